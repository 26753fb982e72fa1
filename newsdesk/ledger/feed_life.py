"""The whole life of one feed, and whether an operator may have it polled now."""

import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from newsdesk.feed_health import show_minute
from newsdesk.ledger import events
from newsdesk.ledger.feed_health import WatchedFeed, watched_feeds
from newsdesk.ledger.feeds import hasten, revive
from newsdesk.ledger.tables import entries, entry_aliases, feed_events, feed_windows, feeds, polls, subscriptions
from newsdesk.model import FeedEvent, FeedEventKind, Reason, redacted

DAYS = 30  # of entries that are counted by day
_POLLS, _EVENTS = 15, 30  # shown
_NEAR = 5  # names that may have been meant


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedName:
    """A feed as an operator names it."""

    id: str
    url: str  # without credentials
    name: str
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PollLife:
    """One poll, push or page of a back-fill."""

    started_at: datetime
    seconds: float
    via: str
    status: int | None
    outcome: str
    reason: str | None
    detail: str | None
    entries_seen: int | None
    entries_new: int | None
    entries_changed: int | None
    overlap: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLife:
    """Something that happened to a feed."""

    at: datetime
    kind: FeedEventKind
    detail: str
    since: datetime | None
    until: datetime | None
    missed: float | None
    found: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionLife:
    """A subscription at a hub."""

    hub: str
    topic: str
    state: str
    ends_at: datetime | None
    pushed_at: datetime | None
    reason: str | None
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLife:
    """All that the ledger knows about a feed."""

    feed: WatchedFeed
    active: bool  # in the watchlist
    fetch_url: str  # without credentials
    title: str | None
    home: str | None
    language: str | None
    created_at: datetime
    has_etag: bool
    has_last_modified: bool
    reader: str | None
    guid_rule: str
    entries: int
    aliases: int  # ids that the publisher changed
    window: int | None  # entries of the last good document
    window_at: datetime | None
    move_to: str | None
    move_seen: int
    move_since: datetime | None
    gone_seen: int
    gone_since: datetime | None
    retired_at: datetime | None
    subscription: SubscriptionLife | None
    polls: tuple[PollLife, ...]  # newest first
    events: tuple[EventLife, ...]  # newest first
    days: tuple[tuple[date, int], ...]  # entries that were first seen on each of the last days (UTC)


# ------------------------------------------------------------------ which feed


def find_feed(connection: Connection, text: str) -> FeedName | None:
    """The feed with this URL, address of polling, id or name; None where there is none, or several have the name.

    The URL may be given as it is shown: without credentials.
    """
    named = func.lower(feeds.c.name) == text.lower()
    known = or_(feeds.c.url == text, feeds.c.fetch_url == text, feeds.c.id == text, named)
    rows = connection.execute(_names().where(known)).all() or [
        row for row in connection.execute(_names().where(feeds.c.url.contains("@"))) if redacted(row.url) == text
    ]
    best = [row for row in rows if text in (row.url, row.id)] or [row for row in rows if row.active] or rows
    return _name(best[0]) if len(best) == 1 else None


def near_feeds(connection: Connection, text: str) -> tuple[FeedName, ...]:
    """Feeds of the watchlist that may have been meant."""
    rows = connection.execute(_names().where(feeds.c.active)).all()
    wanted = text.lower()
    held = [row for row in rows if wanted in row.name.lower() or wanted in redacted(row.url).lower()]
    if not held:
        words = {word.lower(): row for row in rows for word in (row.url, row.name)}
        held = [words[word] for word in difflib.get_close_matches(wanted, words, n=_NEAR)]
    return tuple(dict.fromkeys(_name(row) for row in held[:_NEAR]))


def _names() -> Any:
    return select(feeds.c.id, feeds.c.url, feeds.c.name, feeds.c.active).order_by(feeds.c.name, feeds.c.url)


def _name(row: Row[Any]) -> FeedName:
    return FeedName(id=row.id, url=redacted(row.url), name=row.name, active=row.active)


# ------------------------------------------------------------------ its life


def feed_life(connection: Connection, key: str, now: datetime, *, deadline: float) -> FeedLife:
    """The life of the feed with this id; `deadline`: seconds that an answer may take."""
    row = connection.execute(select(feeds).where(feeds.c.id == key)).one()
    window = connection.execute(select(feed_windows).where(feed_windows.c.feed_id == key)).one_or_none()
    copied = (
        *("active", "title", "home", "language", "created_at", "reader", "guid_rule"),
        *("move_to", "move_seen", "move_since", "gone_seen", "gone_since", "retired_at"),
    )
    (watched,) = watched_feeds(connection, now, deadline=deadline, only=key)
    return FeedLife(
        **{name: getattr(row, name) for name in copied},
        feed=watched,
        fetch_url=redacted(row.fetch_url),
        has_etag=bool(row.etag),
        has_last_modified=bool(row.last_modified),
        entries=_count(connection, entries, key),
        aliases=_count(connection, entry_aliases, key),
        window=len(window.ids) if window else None,
        window_at=window.seen_at if window else None,
        subscription=_subscription(connection, key),
        polls=_polls(connection, key),
        events=_events(connection, key),
        days=_days(connection, key, now),
    )


def _count(connection: Connection, table: Any, key: str) -> int:
    return connection.execute(select(func.count()).select_from(table).where(table.c.feed_id == key)).scalar_one()


def _polls(connection: Connection, key: str) -> tuple[PollLife, ...]:
    query = select(polls).where(polls.c.feed_id == key).order_by(polls.c.started_at.desc()).limit(_POLLS)
    names = [name for name in PollLife.__dataclass_fields__ if name != "seconds"]
    return tuple(
        PollLife(
            **{name: getattr(row, name) for name in names}, seconds=(row.finished_at - row.started_at).total_seconds()
        )
        for row in connection.execute(query)
    )


def _events(connection: Connection, key: str) -> tuple[EventLife, ...]:
    query = select(feed_events).where(feed_events.c.feed_id == key).order_by(feed_events.c.at.desc()).limit(_EVENTS)
    return tuple(_event(row) for row in connection.execute(query))


def events_since(connection: Connection, since: datetime) -> Iterator[tuple[str, EventLife]]:
    """What happened to any feed since then, oldest first, with the feed's id."""
    query = select(feed_events).where(feed_events.c.at > since).order_by(feed_events.c.at, feed_events.c.id)
    for row in connection.execute(query):
        yield row.feed_id, _event(row)


def _event(row: Row[Any]) -> EventLife:
    values = {name: getattr(row, name) for name in EventLife.__dataclass_fields__}
    return EventLife(**values | {"kind": FeedEventKind(row.kind)})


def _subscription(connection: Connection, key: str) -> SubscriptionLife | None:
    query = select(subscriptions).where(subscriptions.c.feed_id == key).order_by(subscriptions.c.asked_at.desc())
    row = connection.execute(query.limit(1)).one_or_none()
    names = SubscriptionLife.__dataclass_fields__
    return SubscriptionLife(**{name: getattr(row, name) for name in names}) if row else None


def _days(connection: Connection, key: str, now: datetime) -> tuple[tuple[date, int], ...]:
    first = now.date() - timedelta(days=DAYS - 1)
    since = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)
    query = select(entries.c.first_seen_at).where(entries.c.feed_id == key, entries.c.first_seen_at >= since)
    counts = Counter(at.date() for at in connection.execute(query).scalars())
    return tuple((day, counts[day]) for day in (first + timedelta(days=number) for number in range(DAYS)))


# ------------------------------------------------------------------ what an operator may do


def hasten_feed(connection: Connection, key: str, now: datetime) -> str | None:
    """Make one feed due now. Returns why not, where its server forbids it or it is not polled at all; else None."""
    row = connection.execute(select(feeds).where(feeds.c.id == key)).one()
    if row.retired_at is not None:
        command = f"`newsdesk feeds revive {redacted(row.url)}`"
        return f"it was retired {show_minute(row.retired_at)}: {command} polls it again"
    if not row.active:
        return "it is no longer in the watchlist"
    for _, until in hasten(connection, now, only=key).held:
        said = f" ({row.detail})" if row.reason == Reason.RATE_LIMITED.value and row.detail else ""
        return f"its server asked us not to come before {show_minute(until)} UTC{said}"
    return None


def revive_feed(connection: Connection, key: str, now: datetime) -> bool:
    """Poll a retired feed again, from now on. False where it is not retired."""
    revived = revive(connection, key, now)
    if revived:
        events.add(connection, key, [FeedEvent(kind=FeedEventKind.REVIVED, detail="by the operator")], now)
    return revived
