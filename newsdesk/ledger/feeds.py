"""Feeds: which are watched, what is known of each, and what its polls showed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from newsdesk.intake import GuidRule, feed_id
from newsdesk.ledger import leases, subscriptions
from newsdesk.ledger.connection import insert_new
from newsdesk.ledger.tables import declarations, feed_events, feed_windows, feeds, polls
from newsdesk.model import Done, FeedEventKind, FeedSpec, Outcome, Stage, Via
from newsdesk.schedule import Gone, Move

_DECLARATION = "feeds"  # name of their row in `declarations`


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOptions:
    """What the watchlist says of a feed beside its name. Defaults as in `FeedSpec`."""

    url: str  # as declared
    every: int | None = None
    default_zone: str | None = None
    day_first: bool = True
    licence: str | None = None
    engine: str | None = None
    user_agent: str | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # may hold a cookie or a token
    proxy: str | None = field(default=None, repr=False)
    robots: bool = False
    websub: bool = True
    back_fill: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What makes the next request conditional. Stored in the transaction that stores the entries, and only there."""

    etag: str | None
    last_modified: str | None
    body_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a document says of its feed."""

    title: str | None
    home: str | None
    hub: str | None
    self_url: str | None
    ttl_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed as the ledger knows it, claimed for one poll."""

    id: str
    url: str
    fetch_url: str
    name: str
    language: str | None
    options: FeedOptions
    validators: Validators
    told: Told
    interval_seconds: int | None
    failures: int
    failing_since: datetime | None
    first_success_at: datetime | None
    last_polled_at: datetime | None
    last_success_at: datetime | None
    window_at: datetime | None  # when the last good document was seen last
    guid_rule: GuidRule
    reader: str | None
    gone: Gone
    move: Move
    arrivals: tuple[datetime, ...] = ()  # the newest publication instants, ascending
    window: int | None = None  # entries of the last document
    is_subscribed: bool = False  # a hub owes us what is new
    is_pushed: bool = False  # and it pushes it
    has_open_gap: bool = False  # its missing entries are yet to be looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """What one poll showed; becomes a row."""

    started_at: datetime
    finished_at: datetime
    outcome: Outcome
    status: int | None = None
    final_url: str | None = None
    size: int | None = None
    entries_seen: int = 0
    entries_new: int = 0
    entries_changed: int = 0
    overlap: float | None = None
    via: Via = Via.POLL


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPoll:
    """When a feed is due again, and why then."""

    at: datetime
    interval: int  # seconds, before spreading
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a feed is from now on. None keeps what is stored."""

    move: Move
    fetch_url: str | None = None
    validators: Validators | None = None
    told: Told | None = None
    reader: str | None = None
    guid_rule: GuidRule | None = None
    window_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """A poll that went well, to be recorded."""

    lease: leases.Lease
    outcome: Done
    result: PollResult
    next_poll: NextPoll
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What a poll that failed leaves behind."""

    failures: int
    failing_since: datetime
    gone: Gone
    why: str  # of the time to the next try
    not_before: datetime | None = None  # the server asked for that
    retired_at: datetime | None = None  # it is polled no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Hastened:
    """How many feeds were made due, and which were not, since their servers asked us not to come before."""

    count: int
    held: tuple[tuple[str, datetime], ...] = ()  # name, until


def sync(connection: Connection, specs: Sequence[FeedSpec], now: datetime, *, digest: str = "") -> None:
    """Make the ledger's feeds those of the watchlist: new ones are due at once, missing ones rest, none is deleted.

    `digest` stands for all of `specs`: where the ledger follows it already, that is one question ("": there is none).
    A declared URL that
    is where a known feed moved to is that feed: it keeps identity and history.
    """
    if digest and _declared(connection) == digest:
        return
    wanted = {spec.url: spec for spec in specs}
    stored = {row.url: row for row in connection.execute(select(feeds))}
    moved = {row.fetch_url: row for url, row in stored.items() if url not in wanted and row.fetch_url != url}
    for url, spec in wanted.items():
        row = stored.get(url) or moved.get(url)
        if row is None:
            _insert(connection, spec, now)
        else:
            _adapt(connection, row, spec, now)
    kept = {row.id for url in wanted if (row := stored.get(url) or moved.get(url)) is not None}
    gone = [row.id for row in stored.values() if row.active and row.id not in kept]
    for key in gone:
        connection.execute(update(feeds).where(feeds.c.id == key).values(active=False, **leases.rested()))
    _declare(connection, digest, now)


def _declared(connection: Connection) -> str | None:
    query = select(declarations.c.digest).where(declarations.c.name == _DECLARATION)
    return connection.execute(query).scalar_one_or_none()


def _declare(connection: Connection, digest: str, now: datetime) -> None:
    row = {"name": _DECLARATION, "digest": digest, "declared_at": now}
    if not insert_new(connection, declarations, [row]):
        connection.execute(update(declarations).where(declarations.c.name == _DECLARATION).values(row))


def _insert(connection: Connection, spec: FeedSpec, now: datetime) -> None:
    row = {"id": feed_id(spec.url), "fetch_url": spec.url, "created_at": now, "failures": 0} | _values(spec)
    insert_new(connection, feeds, [row | leases.opened(Stage.POLL, now)])


def _adapt(connection: Connection, row: Row[Any], spec: FeedSpec, now: datetime) -> None:
    values = _values(spec)
    if all(getattr(row, name) == value for name, value in values.items()):
        return
    back = {} if row.active else {**leases.opened(Stage.POLL, now), "retired_at": None, "gone_seen": 0}
    connection.execute(update(feeds).where(feeds.c.id == row.id).values(**values, **back))


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
    query = select(feed_windows.c.feed_id, feed_windows.c.arrivals, size).where(feed_windows.c.feed_id.in_(ids))
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
    if standing.guid_rule is not None:
        values["guid_rule"] = standing.guid_rule.value
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
        "detail": result.outcome.detail[:2000] or None,
        "status": result.status,
        "final_url": result.final_url,
        "size": result.size,
        "entries_seen": result.entries_seen,
        "entries_new": result.entries_new,
        "entries_changed": result.entries_changed,
        "overlap": result.overlap,
        "via": result.via.value,
    }


def note_first_success(connection: Connection, feed: str, now: datetime) -> None:
    """Its entries were seen for the first time."""
    condition = (feeds.c.id == feed) & feeds.c.first_success_at.is_(None)
    connection.execute(update(feeds).where(condition).values(first_success_at=now))


def hasten(connection: Connection, now: datetime, *, only: str | None = None) -> Hastened:
    """Make all feeds due, or one by its id; those whose server asked us not to come before stay as they are."""
    wanted = feeds.c.active & feeds.c.retired_at.is_(None)
    if only is not None:
        wanted &= feeds.c.id == only
    told = wanted & (feeds.c.not_before > now)
    held = connection.execute(select(feeds.c.name, feeds.c.not_before).where(told).order_by(feeds.c.name)).all()
    free = feeds.c.not_before.is_(None) | (feeds.c.not_before <= now)
    statement = update(feeds).where(wanted, free, feeds.c.due_at > now).values(due_at=now)
    return Hastened(count=connection.execute(statement).rowcount, held=tuple((row[0], row[1]) for row in held))


def revive(connection: Connection, feed: str, now: datetime) -> bool:
    """Poll a retired feed again from now on; False where it is not retired."""
    retired = (feeds.c.id == feed) & feeds.c.retired_at.is_not(None) & feeds.c.active
    fresh = {"retired_at": None, "gone_seen": 0, "gone_since": None, "failures": 0, "failing_since": None}
    statement = update(feeds).where(retired).values(**fresh, **leases.opened(Stage.POLL, now))
    return connection.execute(statement).rowcount == 1
