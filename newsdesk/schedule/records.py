"""What the next poll of a feed depends on, and what comes of it. Intervals are seconds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MINUTE = 60
HOUR = 3_600
DAY = 86_400
WEEK = 7 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class PollLimits:
    """Seconds: the shortest, first and longest time between two polls.

    The first is also as fresh as news is wanted: polls come closer together only where entries would be lost.
    """

    minimum: int
    default: int
    maximum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Where a feed stands before the poll that is judged. Seconds."""

    interval: int | None  # the present one; None before the first poll
    fixed: int | None  # set by the operator
    failures: int  # polls in a row without success, that poll left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Seconds that the other side asks us to wait: by its response (max-age, Expires), by the document (ttl)."""

    response: int = 0
    document: int = 0
    header: Literal["max-age", "Expires"] = "max-age"  # what `response` was read from


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """What a poll that went well showed; 304 and the same bytes as last time went well, too."""

    now: datetime
    arrivals: tuple[datetime, ...] = ()  # the newest publication instants known, 50 at most, ascending
    new: int = 0
    seen: int = 0  # entries in the document; 0 where it was not modified
    window: int | None = None  # entries in the last document that was read, for where `seen` is 0
    overlap: float | None = None  # share of the document that was in the window before; None: no window, or a 304
    has_validators: bool = True  # the server gives ETag or Last-Modified
    is_first: bool = False
    is_pushed: bool = False  # a hub delivers, and polls only see to it that it does
    period: int | None = None  # sy:updatePeriod; most copy it unread, so it is a guess for the first poll and no more
    floor: Floor = Floor()


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Time to the next poll before spreading, and why it is that: a few words for people."""

    seconds: int
    why: str


def in_words(seconds: float) -> str:
    """A length of time for people: `90 s`, `15 min`, `1.5 h`, `2 days`."""
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    if seconds < DAY:
        return f"{seconds / HOUR:.3g} h"
    days = f"{seconds / DAY:.3g}"
    return f"{days} day" if days == "1" else f"{days} days"
