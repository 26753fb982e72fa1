"""Whether entries may have come and gone between two documents, and how often new ones come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsdesk.intake.records import Past
from newsdesk.model import FeedEvent, FeedEventKind

MOST_ARRIVALS = 50
LOW_OVERLAP = 0.2
_STALE = 0.5  # a document of which so much is stored is another copy of what was seen, and no gap
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A document's entries as the ledger knows them."""

    ids: tuple[str, ...]  # in document order, old and new
    known: frozenset[str]  # those of them that were stored before
    is_migration: bool
    truncated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What a document's entries say about those of the last one."""

    ids: tuple[str, ...]  # the window from now on; empty: the last one stays
    overlap: float | None
    events: tuple[FeedEvent, ...]


def compare(seen: Seen, past: Past, now: datetime) -> Window:
    """The new window, its overlap with the last one, and the event that follows from it.

    Overlap is the larger of two shares: of the document, what was known; of the last window, what is still there. So
    a document that merely got longer overlaps fully. A gap is a document with something new in it and with nothing
    of the last window, of which less than half is stored (else it is an older copy of the feed).

    A document that breaks off proves a gap only once something in it was stored by one before: the part that is
    missing may hold what is known. Until then it replaces no window. An empty document never does.
    """
    if not seen.ids:
        return Window(ids=(), overlap=None, events=())
    if past.first_sight or past.window is None:
        return Window(ids=seen.ids, overlap=None, events=())
    overlap = _overlap(seen, past.window)
    if not _is_gap(seen, past.window):
        is_low = overlap < LOW_OVERLAP and not seen.truncated and not seen.is_migration
        return Window(ids=seen.ids, overlap=overlap, events=(_low_overlap(seen, past, overlap, now),) if is_low else ())
    if seen.truncated and not seen.known:
        return Window(ids=(), overlap=None, events=())
    return Window(ids=seen.ids, overlap=overlap, events=(_gap(seen, past, now),))


def arrivals(past: Sequence[datetime], instants: Iterable[datetime]) -> tuple[datetime, ...]:
    """The newest publication instants, at most 50, ascending."""
    return tuple(sorted((*past, *instants))[-MOST_ARRIVALS:])


def rate(instants: Sequence[datetime], now: datetime) -> float | None:
    """Entries an hour since the oldest of these publication instants; None where fewer than two tell nothing."""
    if len(set(instants)) < 2:  # noqa: PLR2004 - a rate needs two instants
        return None
    span = now - min(instants)
    return (len(instants) - 1) / (span / _HOUR) if span > timedelta(0) else None


def _overlap(seen: Seen, window: frozenset[str]) -> float:
    ids = frozenset(seen.ids)
    of_document = len(ids & (seen.known | window)) / len(ids)
    return max(of_document, len(ids & window) / len(window)) if window else of_document


def _is_gap(seen: Seen, window: frozenset[str]) -> bool:
    ids = frozenset(seen.ids)
    if seen.is_migration or not window or ids & window or not ids - seen.known:
        return False
    return seen.truncated or len(seen.known) / len(ids) < _STALE


def _gap(seen: Seen, past: Past, now: datetime) -> FeedEvent:
    fresh = len(frozenset(seen.ids) - seen.known)
    detail = f"nothing of the last window of {len(past.window or ())} is among these {len(seen.ids)} entries"
    return FeedEvent(
        kind=FeedEventKind.GAP, detail=detail, since=past.newest_at, until=now, missed=_missed(past, now, fresh)
    )


def _missed(past: Past, now: datetime, fresh: int) -> float | None:
    """Entries that the usual rate makes one expect since the last window, less those that are there."""
    usual = rate(past.arrivals, past.newest_at) if past.newest_at else None  # of the time before the gap
    if usual is None or past.newest_at is None:
        return None
    expected = usual * max(now - past.newest_at, timedelta(0)) / _HOUR
    return round(max(expected - fresh, 0.0), 1)


def _low_overlap(seen: Seen, past: Past, overlap: float, now: datetime) -> FeedEvent:
    fresh = len(frozenset(seen.ids) - seen.known)
    detail = (
        f"{fresh} of {len(seen.ids)} entries are new, {overlap:.0%} of the last window overlaps: the next gap is near"
    )
    return FeedEvent(kind=FeedEventKind.LOW_OVERLAP, detail=detail, since=past.newest_at, until=now)
