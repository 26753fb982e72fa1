"""Feeds: which are watched, what is known of each, and what its polls showed."""

import uuid
from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from newsdesk.intake import GuidRule, feed_id
from newsdesk.ledger import leases, subscriptions
from newsdesk.ledger.connection import insert_new
from newsdesk.ledger.feed_records import (
    Feed,
    FeedOptions,
    Hastened,
    NextPoll,
    Polled,
    PollResult,
    Standing,
    Told,
    Trouble,
    Validators,
)
from newsdesk.ledger.tables import declarations, feed_events, feed_windows, feeds, polls
from newsdesk.model import FeedEventKind, FeedSpec, Stage
from newsdesk.schedule import Gone, Move

_CHUNK = 500  # SQLite takes at most some thousand parameters in a statement
__all__ = [
    "Feed",
    "FeedOptions",
    "Hastened",
    "NextPoll",
    "PollResult",
    "Polled",
    "Standing",
    "Told",
    "Trouble",
    "Validators",
    "add_poll",
    "claim_due",
    "hasten",
    "load",
    "load_rows",
    "options_of",
    "record_failure",
    "record_successes",
    "revive",
    "sync",
]

_DECLARATION = "feeds"  # name of their row in `declarations`
_FRESH = {"retired_at": None, "gone_seen": 0, "gone_since": None, "failures": 0, "failing_since": None}


def sync(connection: Connection, specs: Sequence[FeedSpec], now: datetime, *, digest: str = "") -> None:
    """Make the ledger's feeds those of the watchlist: new ones are due at once, missing ones rest, none is deleted.

    `digest` stands for all of `specs`: where the ledger follows it already, that is one question ("": there is none).
    A declared URL that is where a known feed moved to, or that it had before, is that feed: it keeps identity and
    history. A feed that comes back is due when it would have been, and not before its server allows.
    """
    if digest and _declared(connection) == digest:
        return
    insert_new(connection, declarations, [{"name": _DECLARATION, "digest": "", "declared_at": now}])
    if _declared(connection, lock=True) == digest != "":  # another process has done it meanwhile
        return
    stored = connection.execute(select(feeds).order_by(feeds.c.id).with_for_update(key_share=True)).all()
    known, ids = _known(specs, stored), {row.id for row in stored}
    for spec in {spec.url: spec for spec in specs}.values():
        row = known.get(spec.url)
        if row is None:
            _insert(connection, spec, now, taken=ids)
        else:
            _adapt(connection, row, spec, now)
    kept = {row.id for row in known.values()}
    for row in stored:
        if row.active and row.id not in kept:
            connection.execute(update(feeds).where(feeds.c.id == row.id).values(active=False, **leases.rested()))
    values = {"digest": digest, "declared_at": now}
    connection.execute(update(declarations).where(declarations.c.name == _DECLARATION).values(values))


def _declared(connection: Connection, *, lock: bool = False) -> str | None:
    query = select(declarations.c.digest).where(declarations.c.name == _DECLARATION)
    return connection.execute(query.with_for_update() if lock else query).scalar_one_or_none()


def _known(specs: Sequence[FeedSpec], stored: Sequence[Row[Any]]) -> dict[str, Row[Any]]:
    """The feeds that are declared, by their URLs: those of this URL, those that moved there, those that had it once."""
    known = {row.url: row for row in stored}
    wanted = {spec.url for spec in specs}
    free = sorted((row for row in stored if row.url not in wanted), key=lambda row: (row.active, row.id))
    moved = {row.fetch_url: row for row in free}
    found = {url: row for url in wanted if (row := known.get(url) or moved.get(url)) is not None}
    taken = {row.id for row in found.values()}
    former = {row.id: row for row in free if row.id not in taken}
    return {url: row for url in wanted - found.keys() if (row := former.get(feed_id(url))) is not None} | found


def _insert(connection: Connection, spec: FeedSpec, now: datetime, *, taken: Container[str]) -> None:
    key = feed_id(spec.url)  # a feed that had this URL once and has another now keeps the id
    row = {"id": uuid.uuid4().hex if key in taken else key, "fetch_url": spec.url, "created_at": now, "failures": 0}
    insert_new(connection, feeds, [row | _values(spec) | leases.opened(Stage.POLL, now)])


def _adapt(connection: Connection, row: Row[Any], spec: FeedSpec, now: datetime) -> None:
    values = _values(spec)
    if all(getattr(row, name) == value for name, value in values.items()):
        return
    if spec.url not in (row.url, row.fetch_url):  # where it moved to is given up
        values |= {"fetch_url": spec.url, **dict.fromkeys(Validators.__dataclass_fields__)}
    if not row.active:
        values |= leases.opened(Stage.POLL, _due_again(row, now)) | _FRESH
    connection.execute(update(feeds).where(feeds.c.id == row.id).values(**values))


def _due_again(row: Row[Any], now: datetime) -> datetime:
    polled = row.last_polled_at
    usual = polled + timedelta(seconds=row.interval_seconds) if polled and row.interval_seconds else now
    return max(now, usual, row.not_before or now)


def _values(spec: FeedSpec) -> dict[str, Any]:
    more: dict[str, Any] = {
        "every": spec.every_seconds,
        "default_zone": spec.default_zone,
        "day_first": spec.day_first,
        "headers": [list(pair) for pair in spec.headers],
    }
    more |= {name: getattr(spec, name) for name in ("licence", "engine", "user_agent", "proxy")}
    more |= {name: getattr(spec, name) for name in ("robots", "websub", "back_fill")}
    bare = _bare_options()
    said = {name: value for name, value in more.items() if value != bare[name]}
    fixed = {"url": spec.url, "name": spec.name, "language": spec.language, "tier": spec.tier, "active": True}
    return {**fixed, "spec": said}


def _bare_options() -> dict[str, Any]:
    bare = FeedOptions(url="")
    return {name: getattr(bare, name) for name in FeedOptions.__dataclass_fields__} | {"headers": []}


def options_of(row: Row[Any]) -> FeedOptions:
    """What a row of `feeds` holds of them."""
    headers = tuple((name, value) for name, value in row.spec.get("headers", ()))
    return FeedOptions(**{**row.spec, "headers": headers}, url=row.url)


def claim_due(connection: Connection, terms: leases.Terms) -> list[tuple[leases.Lease, Feed]]:
    """Lease feeds whose time has come."""
    claimed = leases.claim(connection, feeds, Stage.POLL, terms)
    found = load_rows(connection, [row for _, row in claimed], terms.now)
    return [(lease, feed) for (lease, _), feed in zip(claimed, found, strict=True)]


def load(connection: Connection, feed: str, now: datetime) -> Feed | None:
    """A feed by its id, whether it is due or not."""
    rows = connection.execute(select(feeds).where(feeds.c.id == feed)).all()
    return next(iter(load_rows(connection, rows, now)), None)


def load_rows(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> list[Feed]:
    """Rows of `feeds` with their rhythm, their subscriptions and their open gaps: three questions for all of them."""
    ids = [row.id for row in rows]
    if not ids:
        return []
    size = func.json_array_length(feed_windows.c.ids).label("size")
    query = select(feed_windows.c.feed_id, feed_windows.c.arrivals, feed_windows.c.marks, size).where(
        feed_windows.c.feed_id.in_(ids)
    )
    windows = {row.feed_id: row for row in connection.execute(query)}
    pushed = {one.feed_id: one.delivers(now) for one in subscriptions.active(connection, ids)}
    gaps = select(feed_events.c.feed_id).where(
        feed_events.c.feed_id.in_(ids), feed_events.c.kind == FeedEventKind.GAP.value, feed_events.c.found.is_(None)
    )
    open_gaps = frozenset(connection.execute(gaps).scalars())
    return [
        replace(
            _feed(row, windows.get(row.id)),
            is_subscribed=row.id in pushed,
            is_pushed=pushed.get(row.id, False),
            has_open_gap=row.id in open_gaps,
        )
        for row in rows
    ]


def _feed(row: Row[Any], window: Any) -> Feed:
    return Feed(
        id=row.id,
        url=row.url,
        fetch_url=row.fetch_url,
        name=row.name,
        language=row.language,
        options=options_of(row),
        validators=Validators(etag=row.etag, last_modified=row.last_modified, body_hash=row.body_hash),
        told=Told(title=row.title, home=row.home, hub=row.hub, self_url=row.self_url, ttl_seconds=row.ttl_seconds),
        interval_seconds=row.interval_seconds,
        failures=row.failures,
        failing_since=row.failing_since,
        first_success_at=row.first_success_at,
        last_polled_at=row.last_polled_at,
        last_success_at=row.last_success_at,
        window_at=row.window_at,
        guid_rule=GuidRule(row.guid_rule),
        reader=row.reader,
        gone=Gone(seen=row.gone_seen, since=row.gone_since),
        move=Move(target=row.move_to, seen=row.move_seen, since=row.move_since),
        marks=window.marks if window else {},
        arrivals=tuple(datetime.fromtimestamp(second, UTC) for second in (window.arrivals if window else ())),
        window=window.size if window else None,
    )


def record_successes(connection: Connection, polled: Sequence[Polled]) -> None:
    """These polls went well; their leases must be held (`leases.hold`) in this transaction."""
    done = [(one.lease, one.outcome, _values_after(one)) for one in polled]
    leases.record_done(connection, feeds, done, stage=Stage.POLL)
    if polled:
        connection.execute(polls.insert(), [_poll_row(one.lease.id, one.result) for one in polled])


def _values_after(polled: Polled) -> dict[str, Any]:
    result, next_poll, standing = polled.result, polled.next_poll, polled.standing
    values: dict[str, Any] = {
        "due_at": next_poll.at,
        "interval_seconds": next_poll.interval,
        "interval_why": next_poll.why,
        "failures": 0,
        "failing_since": None,
        "not_before": None,
        "gone_seen": 0,
        "gone_since": None,
        "last_polled_at": result.started_at,
        "last_success_at": result.finished_at,
        "move_to": standing.move.target,
        "move_seen": standing.move.seen,
        "move_since": standing.move.since,
    }
    if standing.validators is not None:
        values |= {name: getattr(standing.validators, name) for name in Validators.__dataclass_fields__}
    if standing.told is not None:
        values |= {name: getattr(standing.told, name) for name in Told.__dataclass_fields__}
    for name in ("fetch_url", "reader", "window_at"):
        if getattr(standing, name) is not None:
            values[name] = getattr(standing, name)
    if result.overlap is not None:
        values["overlap"] = result.overlap
    if result.entries_new:
        values["last_new_at"] = result.finished_at
    return values


def record_failure(connection: Connection, lease: leases.Lease, result: PollResult, *, trouble: Trouble) -> bool:
    """The poll failed; a Retry says when it is tried again, a Dropped that it is not."""
    values = {
        "failures": trouble.failures,
        "failing_since": trouble.failing_since,
        "not_before": trouble.not_before,
        "interval_why": trouble.why,
        "gone_seen": trouble.gone.seen,
        "gone_since": trouble.gone.since,
        "retired_at": trouble.retired_at,
    }
    held = leases.record(
        connection,
        feeds,
        lease,
        result.outcome,
        next_stage=Stage.POLL,
        next_due=None,
        last_polled_at=result.started_at,
        **values,
    )
    if held:
        add_poll(connection, lease.id, result)
    return held


def add_poll(connection: Connection, feed: str, result: PollResult) -> None:
    """Keep what a poll, a push or a back-fill showed."""
    connection.execute(polls.insert(), _poll_row(feed, result))


def _poll_row(feed: str, result: PollResult) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex,
        "feed_id": feed,
        "started_at": result.started_at,
        "finished_at": result.finished_at,
        "outcome": leases.outcome_name(result.outcome),
        "reason": result.outcome.reason and result.outcome.reason.value,
        "detail": leases.for_people(result.outcome.detail) or None,
        "status": result.status,
        "final_url": result.final_url,
        "size": result.size,
        "entries_seen": result.entries_seen,
        "entries_new": result.entries_new,
        "entries_changed": result.entries_changed,
        "overlap": result.overlap,
        "via": result.via.value,
    }


def hasten(connection: Connection, now: datetime, *, only: str | None = None) -> Hastened:
    """Make all feeds due, or one by its id; those whose server asked us not to come before stay as they are."""
    wanted = feeds.c.active & feeds.c.retired_at.is_(None)
    if only is not None:
        wanted &= feeds.c.id == only
    told = wanted & (feeds.c.not_before > now)
    held = connection.execute(select(feeds.c.name, feeds.c.not_before).where(told).order_by(feeds.c.name)).all()
    free = wanted & (feeds.c.due_at > now) & (feeds.c.not_before.is_(None) | (feeds.c.not_before <= now))
    locked = select(feeds.c.id).where(free).order_by(feeds.c.id).with_for_update(key_share=True)
    ids = connection.execute(locked).scalars().all()
    for start in range(
        0, len(ids), _CHUNK
    ):  # these and no others: what is due later by now would be locked in disorder
        some = feeds.c.id.in_(ids[start : start + _CHUNK])
        connection.execute(update(feeds).where(some).values(due_at=now))
    return Hastened(count=len(ids), held=tuple((row[0], row[1]) for row in held))


def revive(connection: Connection, feed: str, now: datetime) -> bool:
    """Poll a retired feed again from now on; False where it is not retired."""
    retired = (feeds.c.id == feed) & feeds.c.retired_at.is_not(None) & feeds.c.active
    statement = update(feeds).where(retired).values(**_FRESH, **leases.opened(Stage.POLL, now))
    return connection.execute(statement).rowcount == 1
