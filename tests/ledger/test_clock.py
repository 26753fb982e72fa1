"""A clock that was ahead and went back: what it put off does not rest until it is right again."""

from datetime import timedelta

from sqlalchemy import select, update

from newsdesk.ledger import Ledger, entries, feeds, sites, subscriptions, tables
from newsdesk.ledger.clock import settle_clock
from newsdesk.ledger.feeds import PollResult
from newsdesk.ledger.sites import SlotRequest
from newsdesk.model import Done
from tests.ledger.make import HOUR, NOW, only, record_success, store_entries, terms

DAY = timedelta(days=1)
REQUEST = SlotRequest(domain="gazette.example", spacing=HOUR)


def poll_tomorrow(ledger: Ledger) -> None:
    """What a process does whose clock is a day ahead: a poll, an entry, a claim, a request."""
    wrong = NOW + DAY
    result = PollResult(started_at=wrong, finished_at=wrong, outcome=Done())
    with ledger.write() as connection:
        store_entries(connection, "one")
        lease, _ = only(feeds.claim_due(connection, terms(now=wrong)))
        record_success(connection, lease, result, interval=900, next_at=wrong + HOUR)
        only(entries.claim_waiting(connection, terms(now=wrong)))
        sites.reserve_slots(connection, [REQUEST], now=wrong, horizon=HOUR)
        sites.mark_busy(connection, "gazette.example", "t", now=wrong, until=wrong + HOUR)


def test_what_was_put_off_by_a_clock_that_was_ahead_is_due_again(ledger: Ledger) -> None:
    poll_tomorrow(ledger)
    with ledger.write() as connection:
        assert settle_clock(connection, NOW) == DAY
        only(feeds.claim_due(connection, terms()))
        only(entries.claim_waiting(connection, terms()))
        [slot] = sites.reserve_slots(connection, [REQUEST], now=NOW, horizon=HOUR)
        assert slot.is_ours
        assert settle_clock(connection, NOW) == timedelta()


def test_of_what_a_wrong_clock_wrote_nothing_lies_in_the_future(ledger: Ledger) -> None:
    poll_tomorrow(ledger)
    wrong = NOW + DAY
    with ledger.write() as connection:
        connection.execute(
            update(tables.feeds).values(
                hub="http://hub.example/", self_url="u", not_before=wrong, gone_since=wrong, window_at=wrong
            )
        )
        subscriptions.settle(connection, wrong, has_callback=True)
        lease, _ = only(subscriptions.claim_due(connection, terms(now=wrong)))
        assert subscriptions.begin(connection, lease, wrong)
        settle_clock(connection, NOW)
        row = connection.execute(select(tables.feeds)).one()
        assert (row.not_before, row.gone_since, row.window_at, row.last_success_at) == (NOW, NOW, NOW, NOW)
        _, subscription = only(subscriptions.claim_due(connection, terms()))
        assert subscription.asked_at == NOW


def test_clocks_that_differ_by_minutes_change_nothing(ledger: Ledger) -> None:
    poll_tomorrow(ledger)
    with ledger.write() as connection:
        before = connection.execute(select(tables.feeds)).all()
        assert settle_clock(connection, NOW + DAY - timedelta(minutes=9)) == timedelta()
        assert connection.execute(select(tables.feeds)).all() == before


def test_a_new_ledger_has_no_opinion(ledger: Ledger) -> None:
    with ledger.write() as connection:
        assert settle_clock(connection, NOW) == timedelta()
