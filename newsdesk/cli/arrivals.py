"""What comes in between two rounds of `newsdesk run --loop`: pushed entries, retries that fall due."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from newsdesk import pipeline
from newsdesk.errors import NewsdeskError
from newsdesk.services import Services

_LOOK_EVERY = 1.0  # seconds between two looks into the ledger, each of them a few counts on indexes


def rest(
    stop: threading.Event,
    seconds: float,
    opened: Callable[[], AbstractContextManager[Services]],
    process: Callable[[Services], None],
) -> bool:
    """Wait for the next round; what comes in meanwhile is processed within a second or two. True: `stop` was set.

    Whoever stored the work, this process or another: the row says that it waits, and no message is needed.
    """
    end = time.monotonic() + seconds
    try:
        with opened() as services:
            least = _waiting(services)
            while (left := end - time.monotonic()) > 0:
                if stop.wait(min(_LOOK_EVERY, left)):
                    return True
                before, least = least, _waiting(services)
                if least > before:  # what no round could do away with is no reason to try again at once
                    process(services)
                    least = _waiting(services)
    except NewsdeskError:
        return stop.wait(max(0.0, end - time.monotonic()))  # the next round meets it, too, and tells it
    return False


def _waiting(services: Services) -> int:
    found = pipeline.waiting(services)
    return found.documents + found.notifications
