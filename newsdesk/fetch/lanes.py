"""Places for requests: few for those that run, many for those that only wait, so that slow hosts hold up nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_SLOW_LANE = 4  # times the width of the first lane


class Lanes:
    """At most `width` young requests at once; one older than `slow_seconds` moves over, while the slow lane has room.

    Stalled connections cost a socket each and no CPU. Without the second lane, fifty of them would stop the batch
    until their deadlines.
    """

    def __init__(self, width: int, slow_seconds: float) -> None:
        self._fast = asyncio.Semaphore(width)
        self._slow_seconds = slow_seconds
        self._slow_room = width * _SLOW_LANE

        self.most = width + self._slow_room  # requests under way at once

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place, hold it inside the block."""
        await self._fast.acquire()
        stay = _Stay()
        timer = asyncio.get_running_loop().call_later(self._slow_seconds, self._move_over, stay)
        try:
            yield
        finally:
            timer.cancel()
            if stay.slow:
                self._slow_room += 1
            else:
                self._fast.release()

    def _move_over(self, stay: "_Stay") -> None:
        if self._slow_room > 0:
            self._slow_room -= 1
            stay.slow = True
            self._fast.release()


class _Stay:
    slow = False
