"""Subscriptions: which feeds have one, who may ask a hub, and how polls judge it."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Row, select, update

from newsdesk.ledger import Connection, Ledger, feeds, subscriptions, tables
from newsdesk.ledger.leases import Lease
from newsdesk.model import Done, Reason, Retry
from newsdesk.websub import REST, State, Subscription
from tests.ledger.make import FEED, FEED_ID, HOUR, NOW, terms

Found = TypeVar("Found")

HUB = {"hub": "https://hub.example/", "self_url": FEED.url}
MANY_DAYS = timedelta(days=30)


def only(found: Sequence[Found]) -> Found:
    (one,) = found
    return one


def prepare(connection: Connection, **values: Any) -> None:
    """The feed, as a poll left it that found a hub."""
    feeds.sync(connection, [FEED], NOW)
    connection.execute(update(tables.feeds).values(**HUB | values))


def settle(connection: Connection, now: datetime = NOW, *, has_callback: bool = True) -> list[Row[Any]]:
    subscriptions.settle(connection, now, has_callback=has_callback)
    assert subscriptions.is_settled(connection, now, has_callback=has_callback)
    return list(connection.execute(select(tables.subscriptions).order_by(tables.subscriptions.c.state)).all())


def claim(connection: Connection, now: datetime = NOW) -> tuple[Lease, Subscription]:
    return only(subscriptions.claim_due(connection, terms(now=now)))


def subscribed(connection: Connection, now: datetime = NOW) -> Subscription:
    """A subscription that its hub has verified."""
    settle(connection, now)
    lease, subscription = claim(connection, now)
    assert subscriptions.begin(connection, lease, now)
    subscriptions.confirm(connection, subscription, now=now, ends_at=now + MANY_DAYS, renew_at=now + MANY_DAYS / 2)
    found = subscriptions.find(connection, subscription.id)
    assert found is not None
    return found


def told(connection: Connection) -> list[str]:
    rows = connection.execute(select(tables.feed_events).order_by(tables.feed_events.c.at)).all()
    return [row.detail for row in rows]


def test_a_feed_with_a_hub_gets_one_subscription_with_secrets_of_its_own(ledger: Ledger) -> None:
    with ledger.write() as connection:
        prepare(connection)
        assert not subscriptions.is_settled(connection, NOW, has_callback=True)
        row = only(settle(connection))
        assert (row.hub, row.topic, row.state, row.due_at) == (HUB["hub"], FEED.url, "pending", NOW)
        assert len(row.id) >= 43
        assert len(bytes.fromhex(row.secret)) == 32
        assert only(settle(connection)).id == row.id


@pytest.mark.parametrize("values", [{"hub": None}, {"active": False}, {"retired_at": NOW}, {"spec": {"websub": False}}])
def test_a_feed_that_is_not_to_be_pushed_gets_none_and_loses_what_it_had(
    ledger: Ledger, values: dict[str, Any]
) -> None:
    with ledger.write() as connection:
        prepare(connection, **values)
        assert settle(connection) == []
        prepare(connection, active=True, retired_at=None, spec={})
        assert only(settle(connection)).state == "pending"
        connection.execute(update(tables.feeds).values(**values))
        assert only(settle(connection, NOW + HOUR)).state == "ended"


def test_without_a_callback_no_feed_is_subscribed(ledger: Ledger) -> None:
    with ledger.write() as connection:
        prepare(connection)
        assert settle(connection, has_callback=False) == []
        assert only(settle(connection)).state == "pending"
        assert only(settle(connection, has_callback=False)).state == "ended"


def test_a_feed_with_another_hub_changes_over(ledger: Ledger) -> None:
    with ledger.write() as connection:
        prepare(connection)
        first = subscribed(connection)
        connection.execute(update(tables.feeds).values(hub="https://new.example/"))
        ended, pending = settle(connection, NOW + HOUR)
        assert (ended.id, ended.state, ended.due_at) == (first.id, "ended", NOW + HOUR)
        assert (pending.hub, pending.state) == ("https://new.example/", "pending")
        assert pending.secret != first.secret


def test_two_processes_at_once_make_one_subscription(ledger: Ledger) -> None:
    with ledger.write() as connection:
        prepare(connection)
    together = threading.Barrier(4)

    def settle_too() -> None:
        together.wait()
        with ledger.write() as connection:
            subscriptions.settle(connection, NOW, has_callback=True)

    threads = [threading.Thread(target=settle_too) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.read() as connection:
        assert len(connection.execute(select(tables.subscriptions)).all()) == 1


def test_requests_that_come_to_nothing_are_counted_until_the_hub_verifies(ledger: Ledger) -> None:
    with ledger.write() as connection:
        prepare(connection)
        settle(connection)
        for number in range(1, 4):
            now = NOW + number * HOUR
            lease, _ = claim(connection, now)
            assert lease.attempts == number
            outcome = Done() if number < 3 else Retry(at=now + HOUR, reason=Reason.SERVER_ERROR)
            assert subscriptions.record(connection, lease, outcome, due=now + HOUR if number < 3 else None)
            assert subscriptions.count_due(connection, now) == 0
        lease, subscription = claim(connection, NOW + 5 * HOUR)
        subscriptions.confirm(connection, subscription, now=NOW, ends_at=NOW + MANY_DAYS, renew_at=NOW + 9 * HOUR)
        assert not subscriptions.record(connection, lease, Done(), due=NOW + 6 * HOUR), "the hub's answer stands"
        assert subscriptions.is_answered(connection, lease)
        lease, subscription = claim(connection, NOW + 9 * HOUR)
        assert (lease.attempts, subscription.state) == (1, State.ACTIVE)


def test_a_lost_claim_is_neither_begun_nor_answered(ledger: Ledger) -> None:
    with ledger.write() as connection:
        prepare(connection)
        settle(connection)
        lost, _ = claim(connection)
        held, _ = claim(connection, NOW + HOUR)
        assert not subscriptions.begin(connection, lost, NOW + HOUR)
        assert not subscriptions.record(connection, lost, Done(), due=NOW + 2 * HOUR)
        assert not subscriptions.is_answered(connection, lost)
        assert subscriptions.begin(connection, held, NOW + HOUR)


def test_a_refusal_is_told_and_asked_about_again_after_a_rest(ledger: Ledger) -> None:
    with ledger.write() as connection:
        prepare(connection)
        subscription = subscribed(connection)
        subscriptions.deny(connection, subscription, "no more", NOW + HOUR)
        assert told(connection)[-1] == "the hub https://hub.example/ refuses the subscription: no more"
        assert only(settle(connection, NOW + HOUR)).state == "denied"
        assert subscriptions.claim_due(connection, terms(now=NOW + REST)) == []
        lease, refused = claim(connection, NOW + HOUR + REST)
        assert refused.state is State.DENIED
        assert subscriptions.begin(connection, lease, NOW + HOUR + REST)
        assert only(settle(connection)).state == "pending"


def delivers(connection: Connection, now: datetime) -> bool:
    (one,) = subscriptions.active(connection, [FEED_ID, "other"])
    return one.delivers(now)


def test_a_hub_delivers_from_its_first_push_to_the_end_of_its_lease(ledger: Ledger) -> None:
    with ledger.write() as connection:
        prepare(connection)
        subscription = subscribed(connection)
        assert not delivers(connection, NOW)
        subscriptions.note_push(connection, subscription, new=2, now=NOW + HOUR)
        assert delivers(connection, NOW + HOUR)
        assert not delivers(connection, NOW + MANY_DAYS)
        assert connection.execute(select(tables.feeds.c.last_new_at)).scalar_one() == NOW + HOUR


def test_polls_that_find_what_was_not_pushed_end_a_subscription_which_rests_then(ledger: Ledger) -> None:
    with ledger.write() as connection:
        prepare(connection)
        subscription = subscribed(connection)

        def poll(hours: int, new: int) -> bool:
            at = NOW + hours * HOUR
            return subscriptions.note_poll(connection, FEED_ID, new=new, polled_before=at - HOUR, now=at)

        assert not poll(1, new=5)
        assert not poll(2, new=0)
        subscriptions.note_push(connection, subscription, new=0, now=NOW + 2 * HOUR)
        assert not poll(3, new=1)
        assert not poll(4, new=0), "nothing new says nothing"
        assert poll(5, new=1)
        assert not poll(6, new=1), "it is dead already"
        assert "its lease is dead" in told(connection)[-1]
        row = only(settle(connection, NOW + 5 * HOUR))
        assert (row.state, row.due_at) == ("ended", NOW + 5 * HOUR)
        subscriptions.leave(connection, subscription)
        assert only(settle(connection, NOW + 6 * HOUR)).state == "ended"
        assert only(settle(connection, NOW + 5 * HOUR + REST)).state == "pending", "its row is replaced"


def test_a_subscription_that_was_given_up_is_told_and_rests(ledger: Ledger) -> None:
    with ledger.write() as connection:
        prepare(connection)
        settle(connection)
        lease, subscription = claim(connection)
        assert subscriptions.begin(connection, lease, NOW)
        assert subscriptions.record(connection, lease, Done(), due=None)
        subscriptions.end(connection, subscription, why="it is silent", now=NOW)
        assert told(connection) == ["it is silent"]
        row = only(settle(connection, NOW + HOUR))
        assert (row.state, row.stage, row.due_at) == ("ended", "done", None)
        subscriptions.note_refused_push(connection, subscription, "forged")
        assert subscriptions.find(connection, row.id, lock=True) is not None
        assert only(settle(connection, NOW + REST)).id != row.id
