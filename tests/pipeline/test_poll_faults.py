"""Feeds that spoil a transaction, documents that come at the same time, first sights that go wrong."""

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select

from extractors import ParsedFeed, parse_feed
from newsdesk import pipeline
from newsdesk.ledger import feeds, leases, tables
from newsdesk.ledger.feeds import Feed
from newsdesk.model import Done, Outcome, Via
from newsdesk.pipeline.step import under_way
from newsdesk.pipeline.take_in import take_in
from newsdesk.services import Services
from tests.behaviours.test_behaviours_line import DAY, HOUR, published
from tests.hostile import HostileServer
from tests.hostile.publishers import XML, rss
from tests.hostile.wire import Request, send
from tests.line import NOW, Clock, line

URL = "http://press.example/feed"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@dataclass
class Press:
    """Documents by the last part of their address."""

    documents: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=lambda: dict(XML))
    asked: list[str] = field(default_factory=list)

    async def __call__(self, writer: asyncio.StreamWriter, request: Request, argument: str) -> None:
        self.asked.append(request.target)
        await send(writer, 200, self.documents[argument], self.headers)


def beside(press: Press, work: Callable[[HostileServer], None]) -> None:
    async def run() -> None:
        async with HostileServer(plays={"press": press}) as server:
            await asyncio.to_thread(work, server)

    asyncio.run(run())


def rows(services: Services, table: Any) -> list[Row[Any]]:
    with services.ledger.read() as connection:
        return list(connection.execute(select(table)).all())


def parsed(*stories: str) -> ParsedFeed:
    return parse_feed(rss(*stories), URL, now=NOW)


def claimed(services: Services) -> tuple[leases.Lease, Feed]:
    with services.ledger.write() as connection:
        feeds.sync(connection, services.watchlist.feeds, services.clock())
        ((lease, feed),) = feeds.claim_due(connection, services.claim_terms(10))
    return lease, feed


def take(services: Services, feed: Feed, document: ParsedFeed, via: Via = Via.POLL) -> int:
    with services.ledger.write() as connection:
        return take_in(connection, services, feed, document, via=via).new


# ------------------------------------------------------------------ what a ledger does not take


def test_a_feed_with_texts_that_no_database_takes_costs_the_others_nothing(tmp_path: Path, ledger_url: str) -> None:
    noise = "".join(chr(0x4E00 + (number * 7919) % 20_000) for number in range(2500))
    odd = {"id": "a\ud800b\x00", "url": "http://p.example/\ud801\x00", "title": "x\ud802", "content_text": "\x00\udfff"}
    strange = {"version": "https://jsonfeed.org/version/1.1", "title": "t\ud800", "items": [odd]}
    press = Press(
        {
            "plain": rss(published(1)),
            "long-link": rss(published(1).replace("http://news.example/", f"http://news.example/{noise}")),
            "long-guid": rss(published(1, noise)),
            "odd": json.dumps(strange).encode(),
        }
    )

    def work(server: HostileServer) -> None:
        urls = [server.url(f"/press/{name}") for name in press.documents]
        with line(tmp_path, *urls, clock=Clock(), ledger_url=ledger_url) as services:
            counts = pipeline.poll(services)
            assert (counts.outcomes, counts.produced) == ({"done": 4}, 4)

    beside(press, work)


# ------------------------------------------------------------------ at the same time


def test_a_push_and_a_poll_of_one_story_wait_for_each_other_and_store_it_once(tmp_path: Path, ledger_url: str) -> None:
    with line(tmp_path, URL, clock=Clock(), ledger_url=ledger_url) as services:
        lease, feed = claimed(services)
        pushed: list[int] = []
        push = threading.Thread(
            target=lambda: pushed.append(take(services, feed, parsed(published(2), published(1)), Via.PUSH))
        )
        with services.ledger.write() as connection:
            assert leases.hold(connection, tables.feeds, [lease]) == {lease.token}
            push.start()
            push.join(0.5)
            polled = take_in(connection, services, feed, parsed(published(1), published(2)), via=Via.POLL).new
        push.join()
        assert (polled, pushed) == (2, [0])
        assert len(rows(services, tables.entries)) == 2


def test_a_challenge_of_a_hub_does_not_wait_for_a_poll_that_is_being_recorded(
    tmp_path: Path, postgres_url: str
) -> None:
    """It holds the subscription and writes an event of the feed; the poll holds the feed, and then the subscription."""
    with line(tmp_path, URL, clock=Clock(), ledger_url=postgres_url) as services:
        lease, _ = claimed(services)
        row = {"id": "e", "feed_id": lease.id, "at": NOW, "kind": "websub", "detail": "d"}
        with services.ledger.write() as connection:
            leases.hold(connection, tables.feeds, [lease])
            with services.ledger.write() as other:
                other.execute(tables.feed_events.insert().values(row))


def test_rows_claimed_while_a_step_is_stopped_are_given_back(tmp_path: Path) -> None:
    with line(tmp_path, URL, clock=Clock()) as services:
        lease, _ = claimed(services)
        with services.ledger.write() as connection:
            leases.release(connection, [lease])

        async def never(_lease: leases.Lease, _feed: Feed) -> Outcome:
            return Done()

        async def stop_during_the_claim() -> None:
            with services.ledger.write():  # so that the claim has to wait
                step = asyncio.ensure_future(under_way(services, feeds.claim_due, never))
                await asyncio.sleep(0.2)
                step.cancel()
                await asyncio.sleep(0.1)
            with pytest.raises(asyncio.CancelledError):
                await step

        asyncio.run(stop_during_the_claim())
        assert claimed(services)[0].attempts == 1


# ------------------------------------------------------------------ first sights


def test_what_a_first_document_that_breaks_off_did_not_show_is_still_old(tmp_path: Path) -> None:
    old = [published(number, at=NOW - number * DAY) for number in range(2, 6)]
    whole = rss(*old)
    press = Press({"feed": whole[: whole.index(b"Ferry 4")]})

    def work(server: HostileServer) -> None:
        clock = Clock()
        with line(tmp_path, server.url("/press/feed"), clock=clock, first_sight_hours="24") as services:
            pipeline.poll(services)
            press.documents["feed"] = rss(published(9, at=NOW - 9 * DAY), *old)
            clock.now += DAY
            pipeline.poll(services)
            press.documents["feed"] = rss(published(8, at=NOW - 9 * DAY), *old)
            clock.now += DAY
            pipeline.poll(services)
            muted = {row.identity: row.muted for row in rows(services, tables.entries)}
            assert muted == {"2": True, "3": True, "4": True, "5": True, "9": True, "8": False}

    beside(press, work)


def test_the_first_sight_of_a_feed_that_always_breaks_off_ends_with_its_second_document(tmp_path: Path) -> None:
    press = Press()

    def work(server: HostileServer) -> None:
        clock = Clock()
        with line(tmp_path, server.url("/press/feed"), clock=clock, first_sight_hours="24") as services:
            for number in (1, 2, 3):
                stories = [published(one, at=NOW - 9 * DAY) for one in range(number, 0, -1)]
                press.documents["feed"] = rss(*stories).removesuffix(b"</channel></rss>")
                pipeline.poll(services)
                clock.now += 2 * DAY
            assert {row.identity: row.muted for row in rows(services, tables.entries)}["3"] is False

    beside(press, work)


def test_a_push_to_a_feed_that_was_empty_is_news(tmp_path: Path) -> None:
    undated = published(1).partition("<pubDate>")[0] + "</item>"
    with line(tmp_path, URL, clock=Clock()) as services:
        _, feed = claimed(services)
        take(services, feed, parsed())
        assert take(services, feed, parsed(undated), Via.PUSH) == 1
        (entry,) = rows(services, tables.entries)
        assert entry.muted is False


# ------------------------------------------------------------------ what a document teaches


@pytest.mark.parametrize("via", [Via.PUSH, Via.BACK_FILL, Via.POLL])
def test_a_rule_that_any_document_forces_holds_for_a_poll_that_was_under_way(tmp_path: Path, via: Via) -> None:
    one, other = published(1, "same"), published(2, "same")
    with line(tmp_path, URL, clock=Clock()) as services:
        _, feed = claimed(services)
        take(services, feed, parsed(published(7)))
        assert take(services, feed, parsed(one, other), via) == 2
        assert rows(services, tables.feeds)[0].guid_rule == "guid+link"
        assert take(services, feed, parsed(published(3, "same"), published(7))) == 1, "the feed as it was claimed"
        assert rows(services, tables.feeds)[0].guid_rule == "guid+link"
        assert [row.kind for row in rows(services, tables.feed_events)].count("repeated-guids") == 1


@pytest.mark.parametrize(("user", "ends"), [("", "/press/feed"), ("user:word@", "/old/@author/feed")])
def test_only_credentials_hold_a_feed_where_it_is(tmp_path: Path, user: str, ends: str) -> None:
    """They are for the host that they name; a sign in the path, as blogs have it, is none."""
    target = Press({"feed": rss(published(1))})

    async def old(writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
        await send(writer, 301, b"", {"Location": "/press/feed"})

    def work(url: str) -> None:
        clock = Clock()
        with line(tmp_path, url, clock=clock) as services:
            for _ in range(10):
                pipeline.hasten(services)
                pipeline.poll(services)
                clock.now += DAY
            (feed,) = rows(services, tables.feeds)
            assert feed.fetch_url.endswith(ends)

    async def run() -> None:
        async with HostileServer(plays={"press": target, "old": old}) as server:
            await asyncio.to_thread(work, server.url("/old/@author/feed").replace("//", f"//{user}"))

    asyncio.run(run())


def test_an_older_page_that_cannot_be_read_closes_the_gap(tmp_path: Path) -> None:
    """And it is not asked for again with each new document."""
    deep = b"<rss version='2.0'><channel>" + b"<a>" * 5000
    press = Press()

    async def play(writer: asyncio.StreamWriter, request: Request, _argument: str) -> None:
        press.asked.append(request.target)
        await send(writer, 200, deep if request.query.get("paged") else press.documents["feed"], XML)

    def work(url: str) -> None:
        clock = Clock()
        with line(tmp_path, url, clock=clock) as services:
            for top in (5, 50, 51):
                press.documents["feed"] = rss(*(published(number, at=clock.now) for number in range(top, top - 5, -1)))
                pipeline.hasten(services)
                pipeline.poll(services)
                clock.now += HOUR
            assert [row.found for row in rows(services, tables.feed_events) if row.kind == "gap"] == [0]
        assert sum("paged" in target for target in press.asked) == 1

    async def run() -> None:
        async with HostileServer(plays={"press": play}) as server:
            await asyncio.to_thread(work, server.url("/press/feed/"))

    asyncio.run(run())
