"""The facts from which the states of the feeds follow, on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from newsdesk.feed_health import FeedState
from newsdesk.intake import feed_id
from newsdesk.ledger import Connection, Ledger, events, tables
from newsdesk.ledger.feed_health import WatchedFeed, watched_feeds
from newsdesk.ledger.feed_life import feed_life, find_feed, hasten_feed, near_feeds, revive_feed
from newsdesk.model import FeedEvent, FeedEventKind
from tests.ledger.make import HOUR, NOW
from tests.surfaces.feed_states import DAY, examples, store_feeds

KEYS = {made.name: feed_id(made.url) for made in examples(NOW)}


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    with ledger.write() as connection:
        store_feeds(connection, NOW)
    return ledger


def look_at(connection: Connection, name: str, now: datetime = NOW) -> WatchedFeed:
    (found,) = watched_feeds(connection, now, deadline=30, only=KEYS[name])
    return found


def change(connection: Connection, name: str, /, **values: object) -> None:
    connection.execute(update(tables.feeds).where(tables.feeds.c.id == KEYS[name]).values(values))


def test_each_feed_has_its_state_and_the_worst_stand_first(filled: Ledger) -> None:
    with filled.read() as connection:
        found = watched_feeds(connection, NOW, deadline=30)
    assert [feed.health.state for feed in found] == [
        *(FeedState.GONE, FeedState.BLOCKED, FeedState.FAILING, FeedState.SILENT),
        *(FeedState.SLOW, FeedState.SLOW, FeedState.OK, FeedState.OK),
    ]


def test_the_past_of_a_quiet_feed_is_read_from_the_ledger(filled: Ledger) -> None:
    """Its window reaches back for hours, its rhythm for weeks: without them a weekend would look like silence."""
    later = NOW + 3 * DAY
    with filled.write() as connection:
        change(connection, "Harbour Gazette", last_success_at=later - HOUR)
        assert look_at(connection, "Harbour Gazette", later).health.state is FeedState.SILENT
        connection.execute(tables.entries.delete())
        assert look_at(connection, "Harbour Gazette", later).health.state is FeedState.SLOW


def test_a_gap_that_older_pages_closed_is_no_trouble_any_more(filled: Ledger) -> None:
    with filled.write() as connection:
        assert look_at(connection, "Harbour Gazette").missed == 5.0
        connection.execute(update(tables.feed_events).values(found=14))
        found = look_at(connection, "Harbour Gazette")
        assert (found.gaps, found.missed, found.health.state) == (0, 0.0, FeedState.OK)


def test_a_gap_of_long_ago_counts_no_more(filled: Ledger) -> None:
    gap = FeedEvent(kind=FeedEventKind.GAP, detail="nothing was known", missed=4.0)
    with filled.write() as connection:
        events.add(connection, KEYS["Daily Planet"], [gap], NOW - 8 * DAY)
        assert look_at(connection, "Daily Planet").gaps == 0
        events.add(connection, KEYS["Daily Planet"], [gap], NOW - DAY)
        assert (look_at(connection, "Daily Planet").gaps, look_at(connection, "Daily Planet").missed) == (1, 4.0)


def test_slow_answers_are_judged_by_their_median(filled: Ledger) -> None:
    polls = tables.polls
    of_planet = polls.c.feed_id == KEYS["Daily Planet"]
    with filled.write() as connection:
        last = look_at(connection, "Daily Planet").last_polled_at
        assert last is not None
        slow = update(polls).where(of_planet, polls.c.started_at == last)
        connection.execute(slow.values(finished_at=last + timedelta(seconds=25)))
        assert look_at(connection, "Daily Planet").health.state is FeedState.OK
        connection.execute(update(polls).where(of_planet, polls.c.started_at < last).values(finished_at=last))
        assert "its answers take" in look_at(connection, "Daily Planet").health.why


def test_the_reason_is_the_last_polls_and_not_that_its_host_was_busy(filled: Ledger) -> None:
    with filled.write() as connection:
        change(connection, "Court Notices", reason="host-busy", detail="later")
        assert look_at(connection, "Court Notices").health.why.startswith("forbidden")


def test_a_life_counts_by_day_and_tells_the_newest_first(filled: Ledger) -> None:
    with filled.read() as connection:
        life = feed_life(connection, KEYS["Harbour Gazette"], NOW, deadline=30)
    assert (life.entries, life.window, life.has_etag, life.has_last_modified) == (3360, 30, True, False)
    assert len(life.days) == 30
    assert sum(number for _, number in life.days) <= life.entries
    assert life.days[-1][0] == NOW.date()
    starts = [poll.started_at for poll in life.polls]
    assert starts == sorted(starts, reverse=True)


def test_a_feed_is_found_by_url_id_or_name(filled: Ledger) -> None:
    with filled.read() as connection:
        named = [find_feed(connection, text) for text in ("hill times", KEYS["Hill Times"])]
        named.append(find_feed(connection, "https://hill-times.example/feed.xml"))
        assert {found.id for found in named if found} == {KEYS["Hill Times"]}
        assert find_feed(connection, "Hill") is None
        assert [near.name for near in near_feeds(connection, "hill")] == ["Hill Times"]
        assert [near.name for near in near_feeds(connection, "Hil Tmes")] == ["Hill Times"]


def test_what_is_said_of_a_feed_does_not_begin_with_its_own_address(filled: Ledger) -> None:
    with filled.write() as connection:
        change(connection, "Court Notices", url="https://me:word@a.example/f", fetch_url="https://me:word@a.example/f")
        mine = tables.polls.c.feed_id == KEYS["Court Notices"]
        detail = "https://a.example/f: the server answered 403"
        connection.execute(update(tables.polls).where(mine).values(detail=detail))
        found = look_at(connection, "Court Notices")
        assert found.url == "https://a.example/f"
        assert found.health.why == "forbidden, 12 times in a row: the server answered 403"
        named = [find_feed(connection, url) for url in ("https://a.example/f", "https://me:word@a.example/f")]
        assert [one.id for one in named if one] == [KEYS["Court Notices"]] * 2


def test_two_feeds_of_one_name_are_told_apart_by_their_urls(filled: Ledger) -> None:
    with filled.write() as connection:
        change(connection, "Daily Planet", name="Hill Times")
        assert find_feed(connection, "Hill Times") is None
        assert len(near_feeds(connection, "Hill Times")) == 2


def test_a_server_that_asked_us_to_wait_is_obeyed(filled: Ledger) -> None:
    with filled.write() as connection:
        forbidden = hasten_feed(connection, KEYS["Wire Service"], NOW)
        assert forbidden == "its server asked us not to come before 2026-11-22 15:00 UTC (429 with Retry-After)"
        assert hasten_feed(connection, KEYS["Wire Service"], NOW + 6 * HOUR) is None
        assert hasten_feed(connection, KEYS["Daily Planet"], NOW) is None
        assert look_at(connection, "Daily Planet").due_at == NOW


def test_a_retired_feed_rests_until_it_is_revived(filled: Ledger) -> None:
    with filled.write() as connection:
        assert "revive" in (hasten_feed(connection, KEYS["Old Weekly"], NOW) or "")
        assert revive_feed(connection, KEYS["Old Weekly"], NOW)
        assert not revive_feed(connection, KEYS["Old Weekly"], NOW)
        found = look_at(connection, "Old Weekly")
        assert (found.health.state, found.due_at) == (FeedState.OK, NOW)
