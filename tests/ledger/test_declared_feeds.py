"""The watchlist changes, also back and forth and from two hosts at once: no feed is lost, doubled or asked too soon."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from sqlalchemy import select, update

from newsdesk.ledger import Connection, Ledger, feeds, leases, tables
from newsdesk.ledger.feeds import Feed
from newsdesk.model import FeedSpec
from tests.ledger.make import FEED, FEED_ID, HOUR, NOW, only, terms

TARGET = replace(FEED, url="http://new.example/feed.xml")
MANY = [FeedSpec(url=f"http://press.example/{number}", name=f"Press {number}") for number in range(60)]


def due(connection: Connection, hours: int = 0) -> list[Feed]:
    return [feed for _, feed in feeds.claim_due(connection, terms(100, now=NOW + hours * HOUR))]


def moved(connection: Connection) -> None:
    """The feed has moved for good, and the watchlist names its new address."""
    feeds.sync(connection, [FEED], NOW)
    connection.execute(update(tables.feeds).values(fetch_url=TARGET.url, etag='"there"'))
    feeds.sync(connection, [TARGET], NOW)


def addresses(found: Sequence[Feed]) -> list[tuple[str, str]]:
    return sorted((feed.url, feed.fetch_url) for feed in found)


def test_a_feed_takes_its_history_along_to_where_it_moved_and_back(ledger: Ledger) -> None:
    with ledger.write() as connection:
        moved(connection)
        feeds.sync(connection, [FEED], NOW)
        (feed,) = due(connection)
        assert (feed.id, feed.url, feed.fetch_url) == (FEED_ID, FEED.url, FEED.url)
        assert feed.validators.etag is None, "that of the other address"


def test_the_old_address_declared_beside_the_new_one_is_a_feed_of_its_own(ledger: Ledger) -> None:
    with ledger.write() as connection:
        moved(connection)
        for _ in range(2):
            feeds.sync(connection, [FEED, TARGET], NOW)
        found = due(connection)
        assert addresses(found) == [(FEED.url, FEED.url), (TARGET.url, TARGET.url)]
        assert {feed.id for feed in found if feed.url == TARGET.url} == {FEED_ID}


def test_of_two_feeds_that_moved_to_one_address_one_goes_on_there(ledger: Ledger) -> None:
    with ledger.write() as connection:
        feeds.sync(connection, MANY[:2], NOW)
        connection.execute(update(tables.feeds).values(fetch_url=TARGET.url))
        feeds.sync(connection, [TARGET], NOW)
        feeds.sync(connection, [TARGET], NOW)
        assert addresses(due(connection)) == [(TARGET.url, TARGET.url)]


def test_a_feed_that_comes_back_is_not_asked_before_its_time(ledger: Ledger) -> None:
    with ledger.write() as connection:
        feeds.sync(connection, MANY[:2], NOW)
        one, other = (tables.feeds.c.url == spec.url for spec in MANY[:2])
        connection.execute(update(tables.feeds).where(one).values(not_before=NOW + 5 * HOUR))
        connection.execute(update(tables.feeds).where(other).values(last_polled_at=NOW, interval_seconds=7200))
        for _ in range(2):
            feeds.sync(connection, [], NOW)
            feeds.sync(connection, MANY[:2], NOW)
        assert due(connection, 1) == []
        assert [feed.url for feed in due(connection, 2)] == [MANY[1].url]
        assert MANY[0].url in [feed.url for feed in due(connection, 5)]


def test_a_retired_feed_that_comes_back_is_gone_anew_only_after_a_day(ledger: Ledger) -> None:
    with ledger.write() as connection:
        feeds.sync(connection, [FEED], NOW)
        past = NOW - 50 * HOUR
        connection.execute(
            update(tables.feeds).values(retired_at=NOW, gone_seen=3, gone_since=past, failures=9, failing_since=past)
        )
        feeds.sync(connection, [replace(FEED, name="The Gazette")], NOW)
        assert connection.execute(select(tables.feeds.c.retired_at)).scalar_one() == NOW, "a name changes nothing"
        feeds.sync(connection, [], NOW)
        feeds.sync(connection, [FEED], NOW)
        (feed,) = due(connection)
        assert (feed.gone.seen, feed.gone.since, feed.failures, feed.failing_since) == (0, None, 0, None)


def test_hosts_with_different_watchlists_wait_for_each_other(ledger: Ledger) -> None:
    """And for those who record polls meanwhile: whoever locks several feeds takes them in one order."""

    def declare(number: int) -> None:
        specs = MANY[number % 7 :] if number % 2 else MANY[: 60 - number % 5][::-1]
        with ledger.write() as connection:
            feeds.sync(connection, [replace(spec, tier=number % 3) for spec in specs], NOW, digest=str(number))

    def record(number: int) -> None:
        with ledger.write() as connection:
            claimed = feeds.claim_due(connection, terms(40, now=NOW + number * HOUR))
        with ledger.write() as connection:
            held = leases.hold(connection, tables.feeds, [lease for lease, _ in claimed])
            for lease, _ in claimed:
                if lease.token in held:
                    values = {"due_at": NOW, "lease_until": None}
                    connection.execute(update(tables.feeds).where(tables.feeds.c.id == lease.id).values(values))

    def hasten(number: int) -> None:
        with ledger.write() as connection:
            feeds.hasten(connection, NOW - number * HOUR)

    with ThreadPoolExecutor(4) as threads:
        work = [threads.submit(step, number) for number in range(16) for step in (declare, record, hasten)]
        for one in work:
            one.result()
    with ledger.write() as connection:
        feeds.sync(connection, MANY, NOW)
        assert len(connection.execute(select(tables.feeds)).all()) == len(MANY)


def test_two_leases_of_one_feed_in_a_batch_are_told_apart(ledger: Ledger) -> None:
    """A slow poll whose lease ran out, and the one that took its place in the same process."""
    with ledger.write() as connection:
        feeds.sync(connection, [FEED], NOW)
        slow, _ = only(feeds.claim_due(connection, terms(seconds=60)))
        quick, _ = only(feeds.claim_due(connection, terms(seconds=60, now=NOW + HOUR)))
        for batch in ([slow, quick], [quick, slow]):
            assert leases.hold(connection, tables.feeds, batch) == {quick.token}
