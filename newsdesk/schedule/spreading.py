"""Requests that would start together are drawn apart. `chance` is a number from 0 up to 1 that the caller draws."""

from datetime import datetime, timedelta

from newsdesk.schedule.records import MINUTE

LONG_STOP = timedelta(minutes=10)  # a feed that is overdue by so much when the system starts was due while it stood
_LONGEST_START = 15 * MINUTE
_SHORTEST_START = 2 * MINUTE


def spread(seconds: float, chance: float) -> timedelta:
    """`seconds` less 5 % to plus 10 %."""
    return timedelta(seconds=seconds * (0.95 + 0.15 * chance))


def start_after_stop(due_at: datetime, now: datetime, *, interval: int | None, chance: float) -> datetime:
    """When a feed is polled after a stop of the whole system: those that are overdue start one by one, not at once.

    Half the feed's interval is time enough to draw it apart, from two to fifteen minutes: what is asked often, and so
    may lose most, comes first. Feeds that are not due yet stay where they are. For one call when the system starts: a
    feed that is drawn again each time it is due would never be polled.
    """
    if due_at > now:
        return due_at
    within = min(max((interval or 0) / 2, _SHORTEST_START), _LONGEST_START)
    return now + timedelta(seconds=within * chance)
