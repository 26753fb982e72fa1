"""When waiting work is worth a ring, and the loop that rings. No Airflow in here.

The ring is level-triggered: it says "work waits", never "this is new", so a lost or doubled ring does no harm.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Bell:
    """Decides when to ring. Seconds of a monotonic clock come in as `now`.

    It rings when work waited for `patience` seconds while nobody took any of it. While nobody answers, the pause
    between two rings doubles, up to `slowest`; the first sign of progress sets it back.
    """

    patience: float
    slowest: float
    _waiting: int = field(default=0, init=False)
    _since: float = field(default=0.0, init=False)
    _pause: float = field(default=0.0, init=False)

    def rings(self, waiting: int, now: float) -> bool:
        """Say whether to ring now that `waiting` rows are claimable."""
        before, self._waiting = self._waiting, waiting
        if before == 0 or waiting < before:
            self._since, self._pause = now, self.patience
        if waiting == 0 or now - self._since < self._pause:
            return False
        self._since, self._pause = now, min(self._pause * 2, self.slowest)
        return True


async def ring_while_waiting(look: Callable[[], int], *, bell: Bell, every: float) -> AsyncIterator[int]:
    """Yield the number of waiting rows at each ring, for ever.

    `look` reads the ledger; it may block, so it runs in a thread, every `every` seconds. Where it raises, it is asked
    again after a pause that doubles up to `bell.slowest`: an ended trigger would be started again without any pause.
    """
    pause = every
    while True:
        try:
            waiting = await asyncio.to_thread(look)
        except Exception:
            pause = min(pause * 2, bell.slowest)
            log.exception("The ledger cannot be read; the next look is in %.0f s", pause)
        else:
            pause = every
            if bell.rings(waiting, time.monotonic()):
                log.info("%d rows wait: ring", waiting)
                yield waiting
        await asyncio.sleep(pause)
