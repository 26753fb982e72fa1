"""Claim and record: nobody works on what somebody else holds, and nothing is lost when a process dies."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select, update

from newsdesk.ledger import Ledger, entries, feeds, waiting
from newsdesk.ledger.feeds import PollResult
from newsdesk.ledger.leases import release, requeue
from newsdesk.ledger.tables import entries as table
from newsdesk.model import Done, Dropped, Quarantined, Reason, Retry
from tests.ledger.make import FEED, HOUR, NOW, only, record_success, store_entries, terms


def test_a_claimed_row_is_nobody_elses_until_the_lease_runs_out(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, "one")
        only(entries.claim_waiting(connection, terms(seconds=60)))
        assert entries.claim_waiting(connection, terms()) == []
        lease, _ = only(entries.claim_waiting(connection, terms(now=NOW + timedelta(seconds=61))))
        assert lease.attempts == 2


def test_who_lost_the_lease_records_nothing(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, "one")
        slow, _ = only(entries.claim_waiting(connection, terms(seconds=60)))
        quick, _ = only(entries.claim_waiting(connection, terms(now=NOW + timedelta(seconds=61))))
        assert not entries.record(connection, slow, Dropped(reason=Reason.GONE))
        assert entries.record(connection, quick, Done())
        row = connection.execute(select(table)).one()
        assert (row.stage, row.outcome, row.attempts, row.lease_token) == ("done", "done", 0, None)


def test_a_retry_comes_back_at_its_time_and_counts_the_attempt(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, "one")
        lease, _ = only(entries.claim_waiting(connection, terms()))
        entries.record(connection, lease, Retry(at=NOW + HOUR, reason=Reason.TIMEOUT, detail="30 s"))
        assert entries.claim_waiting(connection, terms(now=NOW + HOUR / 2)) == []
        again, _ = only(entries.claim_waiting(connection, terms(now=NOW + HOUR)))
        assert again.attempts == 2


def test_a_retry_that_is_not_the_rows_fault_uses_up_no_attempt(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, "one")
        lease, _ = only(entries.claim_waiting(connection, terms()))
        entries.record(connection, lease, Retry(at=NOW, reason=Reason.HOST_BUSY, counts=False))
        again, _ = only(entries.claim_waiting(connection, terms()))
        assert again.attempts == 1


def test_a_quarantined_row_waits_for_a_person(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, "one")
        lease, _ = only(entries.claim_waiting(connection, terms()))
        entries.record(connection, lease, Quarantined(reason=Reason.PARSER_TIMEOUT))
        assert entries.claim_waiting(connection, terms(now=NOW + 1000 * HOUR)) == []
        assert requeue(connection, table, now=NOW) == 1
        only(entries.claim_waiting(connection, terms()))


def test_what_went_wrong_is_recorded_whatever_its_description_holds(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, "one")
        lease, _ = only(entries.claim_waiting(connection, terms()))
        detail = "redirects to \x00\ud800" + "x" * 5000
        assert entries.record(connection, lease, Dropped(reason=Reason.GONE, detail=detail))
        stored = connection.execute(select(table.c.detail)).scalar_one()
        assert (stored[:16], len(stored)) == ("redirects to ?xx", 1999)


def test_a_row_that_kills_its_process_each_time_is_given_up(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, "one", "two")
        for attempt in range(3):
            later = NOW + timedelta(minutes=2 * attempt)
            lease, _ = entries.claim_waiting(connection, terms(1, now=later, seconds=60, attempts=3))[0]
            assert lease.attempts == attempt + 1
            connection.execute(update(table).where(table.c.identity == "two").values(due_at=NOW + 100 * HOUR))
        assert entries.claim_waiting(connection, terms(now=NOW + HOUR, attempts=3)) == []
        row = connection.execute(select(table).where(table.c.id == lease.id)).one()
        assert (row.outcome, row.reason, row.due_at) == ("quarantined", "attempts-used-up", None)
        assert "begun 3 times" in row.detail
        only(entries.claim_waiting(connection, terms(now=NOW + 100 * HOUR, attempts=3)))


def test_a_feed_is_never_given_up(ledger: Ledger) -> None:
    with ledger.write() as connection:
        feeds.sync(connection, [FEED], NOW)
        for attempt in range(9):
            only(feeds.claim_due(connection, terms(now=NOW + attempt * HOUR, attempts=3)))


def test_a_feed_that_leaves_the_watchlist_during_its_poll_rests(ledger: Ledger) -> None:
    with ledger.write() as connection:
        feeds.sync(connection, [FEED], NOW)
        lease, _ = only(feeds.claim_due(connection, terms()))
        feeds.sync(connection, [], NOW)
        result = PollResult(started_at=NOW, finished_at=NOW, outcome=Done())
        assert not record_success(connection, lease, result, interval=1, next_at=NOW)
        assert feeds.claim_due(connection, terms(now=NOW + HOUR)) == []


def die_with(ledger: Ledger, *, hours: int, poison: str, limit: int = 10) -> list[str]:
    """Claim and record as a process does that is killed by the work on `poison`; the names that it finished."""
    finished: list[str] = []
    now = NOW + hours * HOUR
    while True:
        with ledger.write() as connection:
            claimed = entries.claim_waiting(connection, terms(limit=limit, now=now, attempts=4))
        if not claimed:
            return finished
        for lease, entry in claimed:
            if (entry.link or "").endswith(poison):
                return finished
            with ledger.write() as connection:
                entries.record(connection, lease, Done())
            finished.append((entry.link or "").rpartition("/")[2])


def test_a_row_that_kills_its_process_takes_no_other_with_it_and_is_given_up(ledger: Ledger) -> None:
    names = [f"entry-{number}" for number in range(9)]
    with ledger.write() as connection:
        store_entries(connection, *names)
    finished = [name for hours in range(20) for name in die_with(ledger, hours=hours, poison="entry-4")]
    assert sorted(finished) == sorted(set(names) - {"entry-4"})
    with ledger.read() as connection:
        rows = connection.execute(select(table.c.identity, table.c.reason).where(table.c.outcome != "done")).all()
    assert [tuple(row) for row in rows] == [("entry-4", Reason.ATTEMPTS_USED_UP.value)]


def test_rows_that_are_given_back_are_free_at_once_and_lost_no_attempt(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, "one", "two")
        (first, _), (second, _) = entries.claim_waiting(connection, terms())
        entries.record(connection, first, Done())
        release(connection, [first, second])
        again, _ = only(entries.claim_waiting(connection, terms()))
        assert (again.id, again.attempts) == (second.id, 1)


def test_claims_are_bounded_and_take_what_waited_longest(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, "one", "two", "three")
        connection.execute(update(table).where(table.c.identity == "two").values(due_at=NOW - HOUR))
        claimed = entries.claim_waiting(connection, terms(limit=2))
        assert len(claimed) == 2
        assert claimed[0][1].link == "http://gazette.example/two"


def test_claimers_at_the_same_time_never_share_a_row(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, *(f"entry-{number}" for number in range(60)))

    def claim_some() -> list[str]:
        found: list[str] = []
        while True:
            with ledger.write() as connection:
                claimed = entries.claim_waiting(connection, terms(limit=7))
            if not claimed:
                return found
            found += [lease.id for lease, _ in claimed]

    with ThreadPoolExecutor(4) as pool:
        results = [future.result() for future in [pool.submit(claim_some) for _ in range(4)]]
    together = [row for result in results for row in result]
    # on PostgreSQL a claimer that finds only locked rows ends early: what it left was taken by the others
    assert sorted(together) == sorted(set(together))
    assert len(together) == 60


def test_what_waits_is_counted_by_step(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, "one", "two")
    counts = waiting(ledger, NOW)
    assert (counts.feeds, counts.entries, counts.articles, counts.notifications) == (1, 2, 0, 0)
    assert counts.documents == 2


def test_a_transaction_that_fails_leaves_nothing(ledger: Ledger) -> None:
    class PlannedError(Exception):
        pass

    try:
        with ledger.write() as connection:
            store_entries(connection, "one")
            raise PlannedError
    except PlannedError:
        pass
    assert waiting(ledger, NOW).entries == 0
