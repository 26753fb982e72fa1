"""The body of a task: one step of the pipeline, its counts as the last line of the log.

DAG files import this module, so nothing of ours is imported before a task runs.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

if TYPE_CHECKING:
    from newsdesk.model import Counts
    from newsdesk.services import Services

log = logging.getLogger(__name__)

CHUNK = 100  # entries for which another task is worth its start: each loads the extractors anew in its workers
CHUNKS_AT_MOST = 3


def run(*steps: "Callable[[Services], Counts]") -> dict[str, int]:
    """Carry out a step, or some that belong together; returns the sum of their counts by outcome, and `produced`.

    A wrong setting or watchlist fails the task at once: no retry can mend it.
    """
    from newsdesk.pipeline import describe

    total = Counter(produced=0)
    with _opened() as services:
        for step in steps:
            counts = step(services)
            log.info("%s", describe(counts))
            total.update({**counts.outcomes, "produced": counts.produced})
    return dict(total)


def run_and_ring(*each: "Callable[[Services], Counts]", for_each: str) -> dict[str, int]:
    """Like `run`, for a task with an outlet: skipped where the count `for_each` is zero, so that nobody is woken."""
    counts = run(*each)
    if not counts.get(for_each):
        raise AirflowSkipException("nothing new, so nobody is woken")
    return counts


def entry_chunks() -> list[int]:
    """Sizes of the chunks in which the entries that wait are collected; one at least, for those still to come."""
    from newsdesk.pipeline import waiting

    with _opened() as services:
        return chunk_sizes(waiting(services).entries)


def chunk_sizes(rows: int) -> list[int]:
    """Share `rows` among a few tasks of like size, each of them worth its start."""
    tasks = max(1, min(CHUNKS_AT_MOST, rows // CHUNK))
    return [max(1, -(-rows // tasks))] * tasks


@contextmanager
def _opened() -> "Iterator[Services]":
    from newsdesk.errors import SettingsError, WatchlistError
    from newsdesk.services import open_services

    try:
        with open_services() as services:
            yield services
    except (SettingsError, WatchlistError) as error:
        raise AirflowFailException(str(error)) from error
