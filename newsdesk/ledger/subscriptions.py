"""Subscriptions of feeds to hubs, and what became of them.

A row waits at the stage `subscribe` for the next request to its hub: to be subscribed, renewed, or given up. Its due
time is null when nothing is asked any more. Whoever writes a feed and a subscription in one transaction does it in this
order, so that no two wait for each other.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, update

from newsdesk.ledger import events, leases
from newsdesk.ledger.connection import insert_new
from newsdesk.ledger.tables import feeds, subscriptions
from newsdesk.model import FeedEvent, FeedEventKind, Outcome, Stage
from newsdesk.websub import REST, State, Subscription, is_dead, unpushed_after

_SECRET_BYTES = 32
_CHUNK = 500  # SQLite takes at most some thousand parameters in a statement


@dataclass(frozen=True, slots=True, kw_only=True)
class _Changes:
    """What is to be done so that the feeds that want it have a subscription, and no others do."""

    begin: tuple[Row[Any], ...]  # feeds
    end: tuple[str, ...]  # ids of subscriptions

    def __bool__(self) -> bool:
        return bool(self.begin or self.end)


def is_settled(connection: Connection, now: datetime, *, has_callback: bool) -> bool:
    """Whether `settle` would change nothing."""
    return not _changes(connection, now, has_callback=has_callback)


def settle(connection: Connection, now: datetime, *, has_callback: bool) -> None:
    """Make a subscription for each feed that has a hub and may be pushed, and end those of all others; due at once.

    Not `has_callback`: there is no address to which a hub could push.
    """
    concerned = sorted({row.feed for row in _stand(connection)})
    for start in range(0, len(concerned), _CHUNK):  # two processes must not subscribe one feed twice
        some = feeds.c.id.in_(concerned[start : start + _CHUNK])
        connection.execute(select(feeds.c.id).where(some).order_by(feeds.c.id).with_for_update(key_share=True))
    changes = _changes(connection, now, has_callback=has_callback)
    for key in changes.end:
        ended = leases.opened(Stage.SUBSCRIBE, now) | {"state": State.ENDED.value}
        connection.execute(update(subscriptions).where(subscriptions.c.id == key).values(ended))
    for feed in changes.begin:
        at_rest = (subscriptions.c.feed_id == feed.feed) & subscriptions.c.due_at.is_(None)
        connection.execute(delete(subscriptions).where(at_rest))
        row = {
            "id": secrets.token_urlsafe(_SECRET_BYTES),
            "feed_id": feed.feed,
            "hub": feed.feed_hub,
            "topic": feed.feed_topic,
            "secret": secrets.token_hex(_SECRET_BYTES),
            "state": State.PENDING.value,
            "unpushed": 0,
        }
        insert_new(connection, subscriptions, [row | leases.opened(Stage.SUBSCRIBE, now)])


def _changes(connection: Connection, now: datetime, *, has_callback: bool) -> _Changes:
    begin: dict[str, Row[Any]] = {}
    taken: set[str] = set()
    end: list[str] = []
    for row in _stand(connection):
        is_wanted = has_callback and _may_be_pushed(row)
        if is_wanted:
            begin[row.feed] = row
        if row.id is None:
            continue
        fits = is_wanted and (row.hub, row.topic) == (row.feed_hub, row.feed_topic)
        if row.due_at is not None and row.state != State.ENDED.value:
            if fits:
                taken.add(row.feed)
            else:
                end.append(row.id)
        elif fits and (row.due_at is not None or _was_asked(row, now)):
            taken.add(row.feed)
    return _Changes(begin=tuple(row for key, row in begin.items() if key not in taken), end=tuple(end))


def _may_be_pushed(row: Row[Any]) -> bool:
    is_watched = row.active and row.retired_at is None
    return is_watched and row.feed_hub is not None and row.spec.get("websub", True)


def _was_asked(row: Row[Any], now: datetime) -> bool:
    return row.asked_at is not None and now - row.asked_at < REST


def _stand(connection: Connection) -> Sequence[Row[Any]]:
    """Feeds that have a hub or had one, each with each of its subscriptions."""
    columns = (subscriptions.c[name] for name in ("id", "hub", "topic", "state", "due_at", "asked_at"))
    query = (
        select(
            feeds.c.id.label("feed"),
            feeds.c.active,
            feeds.c.retired_at,
            feeds.c.spec,
            feeds.c.hub.label("feed_hub"),
            feeds.c.self_url.label("feed_topic"),
            *columns,
        )
        .outerjoin(subscriptions, subscriptions.c.feed_id == feeds.c.id)
        .where(or_(feeds.c.hub.is_not(None), subscriptions.c.id.is_not(None)))
    )
    return connection.execute(query).all()


# ------------------------------------------------------------------ the step


def count_due(connection: Connection, now: datetime) -> int:
    """How many hubs are to be asked now."""
    return leases.count_claimable(connection, subscriptions, (Stage.SUBSCRIBE,), now)


def claim_due(connection: Connection, terms: leases.Terms) -> list[tuple[leases.Lease, Subscription]]:
    """Lease subscriptions whose hub is to be asked."""
    claimed = leases.claim(connection, subscriptions, Stage.SUBSCRIBE, terms)
    return [(lease, _subscription(row)) for lease, row in claimed]


def _subscription(row: Row[Any]) -> Subscription:
    values = {name: getattr(row, name) for name in Subscription.__dataclass_fields__}
    return Subscription(**values | {"state": State(row.state)})


def begin(connection: Connection, lease: leases.Lease, now: datetime) -> bool:
    """Note, before the hub is asked, that its challenge is expected from now on. False where the lease was lost.

    Some hubs send it before they answer the request.
    """
    held = (subscriptions.c.id == lease.id) & (subscriptions.c.lease_token == lease.token)
    is_refused = held & (subscriptions.c.state == State.DENIED.value)
    connection.execute(update(subscriptions).where(is_refused).values(state=State.PENDING.value))
    return connection.execute(update(subscriptions).where(held).values(asked_at=now)).rowcount == 1


def record(connection: Connection, lease: leases.Lease, outcome: Outcome, *, due: datetime | None) -> bool:
    """What came of a request; `due`, for Done: when to ask again if the hub does not verify. False: the lease was lost.

    Requests that were taken and not verified count as attempts like any others.
    """
    stage = Stage.DONE if due is None else Stage.SUBSCRIBE
    held = leases.record(connection, subscriptions, lease, outcome, next_stage=stage, next_due=due)
    if held and due is not None:
        statement = update(subscriptions).where(subscriptions.c.id == lease.id)
        connection.execute(statement.values(attempts=lease.attempts))
    return held


def is_answered(connection: Connection, lease: leases.Lease) -> bool:
    """Whether a lease that was lost is nobody's: the hub's answer took it."""
    query = select(subscriptions.c.lease_token).where(subscriptions.c.id == lease.id)
    row = connection.execute(query).one_or_none()
    return row is not None and row.lease_token is None


def end(connection: Connection, subscription: Subscription, *, why: str | None, now: datetime) -> None:
    """Nothing is expected of the hub any more; `why` becomes an event of the feed."""
    values = leases.rested() | {"stage": Stage.DONE.value, "state": State.ENDED.value}
    connection.execute(update(subscriptions).where(subscriptions.c.id == subscription.id).values(values))
    if why is not None:
        _note(connection, subscription.feed_id, why, now)


# ------------------------------------------------------------------ what the hub says


def find(connection: Connection, key: str, *, lock: bool = False) -> Subscription | None:
    """The subscription whose callback ends so. `lock`: nobody else changes it before this transaction ends."""
    query = select(subscriptions).where(subscriptions.c.id == key)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _subscription(row)


def confirm(
    connection: Connection, subscription: Subscription, *, now: datetime, ends_at: datetime, renew_at: datetime
) -> None:
    """The hub verified that we want to be subscribed."""
    waits = leases.opened(Stage.SUBSCRIBE, renew_at)
    values = waits | {"state": State.ACTIVE.value, "verified_at": now, "ends_at": ends_at}
    if subscription.state is not State.ACTIVE:
        _note(connection, subscription.feed_id, f"the hub {subscription.hub} pushes this feed from now on", now)
        values |= {"unpushed": 0}
    connection.execute(update(subscriptions).where(subscriptions.c.id == subscription.id).values(values))


def leave(connection: Connection, subscription: Subscription) -> None:
    """The hub verified that we want to be subscribed no more."""
    values = leases.rested() | {"stage": Stage.DONE.value, "attempts": 0}
    connection.execute(update(subscriptions).where(subscriptions.c.id == subscription.id).values(values))


def deny(connection: Connection, subscription: Subscription, why: str, now: datetime) -> None:
    """The hub refuses; it is asked again after a rest."""
    detail = f"the hub {subscription.hub} refuses the subscription" + (f": {why}" if why else "")
    values = leases.opened(Stage.SUBSCRIBE, now + REST) | {
        "state": State.DENIED.value,
        "detail": leases.for_people(detail),
    }
    connection.execute(update(subscriptions).where(subscriptions.c.id == subscription.id).values(values))
    _note(connection, subscription.feed_id, detail, now)


def note_push(connection: Connection, subscription: Subscription, *, new: int, now: datetime) -> None:
    """A push with a right signature came, with so many new entries: the hub delivers."""
    if new:
        connection.execute(update(feeds).where(feeds.c.id == subscription.feed_id).values(last_new_at=now))
    statement = update(subscriptions).where(subscriptions.c.id == subscription.id)
    connection.execute(statement.values(pushed_at=now, unpushed=0))


def note_refused_push(connection: Connection, subscription: Subscription, why: str) -> None:
    """A push was not read; for people."""
    statement = update(subscriptions).where(subscriptions.c.id == subscription.id)
    connection.execute(statement.values(detail=leases.for_people(why)))


# ------------------------------------------------------------------ polls as audit


def note_poll(connection: Connection, feed: str, *, new: int, polled_before: datetime | None, now: datetime) -> bool:
    """Hold a poll that found `new` entries against the feed's hub; True where its lease counts as dead from now on.

    `polled_before` is when the poll before this one began. To be called in the transaction that records the poll.
    """
    died = False
    for subscription in active(connection, [feed]) if new else ():
        unpushed = unpushed_after(subscription, new=new, polled_before=polled_before)
        statement = update(subscriptions).where(subscriptions.c.id == subscription.id)
        if not is_dead(unpushed):
            connection.execute(statement.values(unpushed=unpushed))
            continue
        died = True
        why = f"polls found what the hub {subscription.hub} did not push, {unpushed} times in a row: its lease is dead"
        ended = leases.opened(Stage.SUBSCRIBE, now) | {"state": State.ENDED.value, "unpushed": unpushed}
        connection.execute(statement.values(ended | {"asked_at": now}))  # its rest begins now
        _note(connection, feed, why, now)
    return died


def active(connection: Connection, ids: Sequence[str]) -> list[Subscription]:
    """The subscriptions of these feeds that their hubs have verified."""
    found: list[Subscription] = []
    for start in range(0, len(ids), _CHUNK):
        some = subscriptions.c.feed_id.in_(ids[start : start + _CHUNK])
        query = select(subscriptions).where(some, subscriptions.c.state == State.ACTIVE.value)
        found += [_subscription(row) for row in connection.execute(query)]
    return found


def _note(connection: Connection, feed: str, detail: str, now: datetime) -> None:
    events.add(connection, feed, [FeedEvent(kind=FeedEventKind.WEBSUB, detail=detail)], now)
