"""How all feeds are: the facts of the ledger, judged by their own rhythm."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Row, String, cast, extract, func, select

from newsdesk.feed_health import LATELY, REMEMBERED, FeedFacts, FeedHealth, FeedState, judge_feed, needs_more
from newsdesk.ledger.tables import entries, feed_events, feed_windows, feeds, polls, subscriptions
from newsdesk.model import FeedEventKind, Reason, redacted

_CHUNK = 500  # ids of one question
_HOUR = 3600  # seconds
_POLLS = 5  # whose median tells how long answers take
_WORST_FIRST = {state: place for place, state in enumerate(FeedState)}


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedFeed:
    """A feed of the watchlist and how it is."""

    id: str
    url: str  # without credentials
    name: str
    health: FeedHealth
    last_polled_at: datetime | None
    last_success_at: datetime | None
    newest_at: datetime | None  # the newest entry: when it was published
    last_new_at: datetime | None  # when the last new entry was found
    overlap: float | None  # share of the last document that was known before
    interval_seconds: int | None
    interval_why: str | None
    due_at: datetime | None
    not_before: datetime | None  # as its server asks
    failures: int
    reason: str | None  # of the last poll
    gaps: int  # within the last week
    missed: float  # entries that came and went unseen in these
    is_pushed: bool  # a hub pushes what is new


def watched_feeds(
    connection: Connection, now: datetime, *, deadline: float, only: str | None = None
) -> tuple[WatchedFeed, ...]:
    """Every feed of the watchlist, worst first; `only`: the one with this id, watched or not.

    `deadline`: seconds that an answer may take. However many feeds there are, it takes a handful of statements; the
    past of a feed is read only where it has been quiet for a day.
    """
    rows = connection.execute(_query(feeds.c.active if only is None else feeds.c.id == only)).all()
    gaps = _gaps(connection, now)
    pushed = _pushed(connection)
    seconds = _slow_ones(connection, rows, deadline)
    facts = {
        row.id: _facts(row, gaps=gaps.get(row.id, (0, 0.0)), seconds=seconds.get(row.id), deadline=deadline)
        for row in rows
    }
    quiet = {
        key: known.arrivals[0]
        for key, known in facts.items()
        if needs_more(known.arrivals, known.last_success_at or now)
    }
    for key, hours in _hours_before(connection, quiet).items():
        facts[key] = replace(facts[key], hours_before=hours)
    found = [_watched(row, facts[row.id], now, is_pushed=row.id in pushed) for row in rows]
    return tuple(sorted(found, key=lambda one: (_WORST_FIRST[one.health.state], one.name.casefold(), one.url)))


# ------------------------------------------------------------------ the facts

_COLUMNS = (
    *("id", "url", "fetch_url", "name", "created_at", "failures", "failing_since", "retired_at"),
    *("not_before", "due_at", "interval_seconds", "interval_why", "overlap"),
    *("first_success_at", "last_polled_at", "last_success_at", "last_new_at"),
)


def _query(condition: ColumnElement[bool]) -> Any:
    """Feeds with their window and their last poll.

    The outcome is the poll's, since the feed's own may be that its host was busy.
    """
    newest = (
        select(polls.c.id)
        .where(polls.c.feed_id == feeds.c.id, polls.c.via == "poll")
        .order_by(polls.c.started_at.desc())
        .limit(1)
        .correlate(feeds)
        .scalar_subquery()
    )
    return (
        select(
            *(feeds.c[name] for name in _COLUMNS),
            feed_windows.c.arrivals,
            *(polls.c[name] for name in ("outcome", "reason", "detail", "started_at", "finished_at")),
        )
        .outerjoin(feed_windows, feed_windows.c.feed_id == feeds.c.id)
        .outerjoin(polls, polls.c.id == newest)
        .where(condition)
    )


def _facts(row: Row[Any], *, gaps: tuple[int, float], seconds: float | None, deadline: float) -> FeedFacts:
    return FeedFacts(
        created_at=row.created_at,
        outcome=row.outcome,
        reason=Reason(row.reason) if row.reason else None,
        detail=(row.detail or "").removeprefix(f"{redacted(row.fetch_url)}: "),  # all know which feed it is
        failures=row.failures,
        failing_since=row.failing_since,
        retired_at=row.retired_at,
        not_before=row.not_before,
        due_at=row.due_at,
        interval=row.interval_seconds,
        first_success_at=row.first_success_at,
        last_success_at=row.last_success_at,
        last_new_at=row.last_new_at,
        arrivals=row.arrivals or (),
        overlap=row.overlap,
        gaps=gaps[0],
        missed=gaps[1],
        seconds=seconds,
        deadline=deadline,
    )


def _watched(row: Row[Any], facts: FeedFacts, now: datetime, *, is_pushed: bool) -> WatchedFeed:
    names = (
        *("id", "name", "last_polled_at", "last_success_at", "last_new_at", "overlap"),
        *("interval_seconds", "interval_why", "due_at", "not_before", "failures", "reason"),
    )
    return WatchedFeed(
        **{name: getattr(row, name) for name in names},
        url=redacted(row.url),
        health=judge_feed(facts, now),
        newest_at=datetime.fromtimestamp(facts.arrivals[-1], UTC) if facts.arrivals else None,
        gaps=facts.gaps,
        missed=facts.missed,
        is_pushed=is_pushed,
    )


def _gaps(connection: Connection, now: datetime) -> dict[str, tuple[int, float]]:
    """By feed: how many gaps of the last week no older page closed, and the entries that are still missed."""
    query = select(feed_events.c.feed_id, feed_events.c.missed, feed_events.c.found).where(
        feed_events.c.at > now - LATELY, feed_events.c.kind == FeedEventKind.GAP.value
    )
    found: dict[str, tuple[int, float]] = {}
    for row in connection.execute(query):
        gaps, missed = found.get(row.feed_id, (0, 0.0))
        lost = max(0.0, (row.missed or 0.0) - (row.found or 0))
        if lost or not row.found:
            found[row.feed_id] = (gaps + 1, missed + lost)
    return found


def _pushed(connection: Connection) -> frozenset[str]:
    return frozenset(
        connection.execute(select(subscriptions.c.feed_id).where(subscriptions.c.state == "active")).scalars()
    )


def _slow_ones(connection: Connection, rows: Sequence[Row[Any]], deadline: float) -> dict[str, float]:
    """Seconds that answers take, of those feeds whose last answer took long."""
    slow = [
        row.id for row in rows if row.started_at and (row.finished_at - row.started_at).total_seconds() > deadline / 4
    ]
    found = {}
    for key in slow:
        query = select(polls.c.started_at, polls.c.finished_at).where(polls.c.feed_id == key, polls.c.via == "poll")
        last = connection.execute(query.order_by(polls.c.started_at.desc()).limit(_POLLS)).all()
        found[key] = statistics.median((one.finished_at - one.started_at).total_seconds() for one in last)
    return found


def _hours_before(connection: Connection, starts: Mapping[str, float]) -> dict[str, list[int]]:
    """By feed: the hours since 1970 in which entries were first seen, in the five weeks before the instant given.

    One row a feed, and nothing but an index is read.
    """
    hour = cast(cast(extract("epoch", entries.c.first_seen_at) / _HOUR, Integer), String)
    joined = func.aggregate_strings(hour, " ").label("hours")
    found = {}
    keys = sorted(starts, key=starts.__getitem__)  # so that those of one question begin at about the same time
    for begin in range(0, len(keys), _CHUNK):
        some = keys[begin : begin + _CHUNK]
        oldest = datetime.fromtimestamp(starts[some[0]], UTC) - REMEMBERED
        query = (
            select(entries.c.feed_id, joined)
            .where(entries.c.feed_id.in_(some), entries.c.first_seen_at >= oldest)
            .group_by(entries.c.feed_id)
        )
        for row in connection.execute(query):
            last = int(starts[row.feed_id] // _HOUR)
            first = last - REMEMBERED // timedelta(hours=1)
            found[row.feed_id] = [at for at in map(int, set(row.hours.split())) if first <= at < last]
    return found
