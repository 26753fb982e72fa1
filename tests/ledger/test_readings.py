"""What extraction made of the latest pages of each source, read back from the ledger."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from newsdesk.ledger import Ledger, articles, entries
from newsdesk.ledger.readings import readings
from newsdesk.model import FEED_SUMMARY, Dropped, Reason
from newsdesk.quality import MOST_REMEMBERED, REMEMBERED
from tests.ledger.make import FEED, HOUR, NOW, draft, store_entries, terms


def store(ledger: Ledger, *names: str, hours: float = 1, **changes: Any) -> None:
    with ledger.write() as connection:
        store_entries(connection, "feed")
        for name in names:
            made = draft(name, fetched_at=NOW - hours * HOUR, **changes)
            articles.store(connection, made, before=None, now=NOW)


def test_an_article_is_a_reading_with_length_opening_date_and_confidence(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, "a")
        made = draft("a", text="x" * 500)
        sure = {"text": ("trafilatura", 0.4), "published": ("jsonld", 0.9)}
        articles.store(connection, replace(made, provenance=sure), before=None, now=NOW)
    with ledger.read() as connection:
        (found,) = readings(connection, NOW)[FEED.name]
    assert (found.at, found.characters, found.opening) == (NOW, 500, "x" * 200)
    assert (found.is_dated, found.confidence, found.unreadable) == (True, 0.4, False)


def test_a_date_of_the_feed_is_no_date_of_the_page(ledger: Ledger) -> None:
    store(ledger, "a", published_source="feed:published")
    with ledger.read() as connection:
        (found,) = readings(connection, NOW)[FEED.name]
    assert not found.is_dated


def test_words_of_the_feed_and_old_pages_are_no_readings(ledger: Ledger) -> None:
    store(ledger, "a", kind=FEED_SUMMARY)
    store(ledger, "b", hours=(REMEMBERED + timedelta(days=1)) / HOUR)
    with ledger.read() as connection:
        assert readings(connection, NOW) == {}


def test_of_a_busy_source_the_latest_pages_are_read(ledger: Ledger) -> None:
    store(ledger, "old", hours=9, text="old")
    store(ledger, *(f"n{number}" for number in range(MOST_REMEMBERED)), text="new")
    with ledger.read() as connection:
        found = readings(connection, NOW)[FEED.name]
    assert [one.opening for one in found] == ["new"] * MOST_REMEMBERED


def test_a_wall_is_an_unreadable_page_and_a_missing_page_is_none(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, "wall", "gone")
        claimed = entries.claim_waiting(connection, terms())
        for (lease, entry), reason in zip(claimed, (Reason.PAYWALL, Reason.GONE), strict=True):
            fetched = {"fetched_at": NOW} if reason is Reason.PAYWALL else {}
            assert entries.record(connection, lease, Dropped(reason=reason), **fetched), entry.id
    with ledger.read() as connection:
        assert [one.unreadable for one in readings(connection, NOW)[FEED.name]] == [True]
