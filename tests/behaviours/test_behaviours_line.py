"""What polls leave in the ledger: behaviours 15, 18, 19, 23, 24, 25 and 28, through the real step."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select

from newsdesk import pipeline
from newsdesk.ledger import tables
from newsdesk.model import Counts
from newsdesk.services import FailpointHit
from tests.hostile import HostileServer
from tests.hostile.publishers import XML, rss, story
from tests.hostile.wire import Request, send
from tests.line import NOW, Clock, line

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass
class Publisher:
    """A feed whose present answer a test sets."""

    stories: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    asked: list[Request] = field(default_factory=list)
    pages: dict[str, bytes] = field(default_factory=dict)

    async def __call__(self, writer: asyncio.StreamWriter, request: Request, _argument: str) -> None:
        self.asked.append(request)
        if request.query.get("paged"):
            page = self.pages.get(request.query["paged"])
            await send(writer, 404 if page is None else 200, page or b"", XML)
            return
        etag = self.headers.get("ETag")
        known = self.status == 200 and etag and request.headers.get("if-none-match") == etag
        await send(writer, 304 if known else self.status, b"" if known else rss(*self.stories), XML | self.headers)


def published(number: int, guid: str | None = None, *, at: datetime = NOW, title: str | None = None) -> str:
    """A story with a date."""
    plain = story(number, guid or str(number))
    plain = plain.replace(f"Ferry {number} arrives", title) if title else plain
    return plain.replace("</item>", f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>")


Work = Callable[[Publisher, str, Path], None]


def with_publisher(work: Work, folder: Path) -> Publisher:
    """Run `work` in a thread beside the server."""
    publisher = Publisher()

    async def run() -> None:
        async with HostileServer(plays={"press": publisher}) as server:
            await asyncio.to_thread(work, publisher, server.url("/press/feed/"), folder)

    asyncio.run(run())
    return publisher


def polled(folder: Path, url: str, clock: Clock, **settings: str) -> Counts:
    """One poll by a process of its own, with whatever is due or not."""
    with line(folder, url, clock=clock, **settings) as services:
        pipeline.hasten(services)
        return pipeline.poll(services)


def rows(folder: Path, url: str, table: Any) -> list[Row[Any]]:
    with line(folder, url) as services, services.ledger.read() as connection:
        return list(connection.execute(select(table)).all())


def events(folder: Path, url: str) -> list[str]:
    return [row.kind for row in sorted(rows(folder, url, tables.feed_events), key=lambda row: row.at)]


def test_behaviour_15_validators_change_only_with_the_entries_that_came_with_them(tmp_path: Path) -> None:
    """A crash between answer and commit asks again as before, and loses nothing."""

    def work(publisher: Publisher, url: str, folder: Path) -> None:
        clock = Clock()
        publisher.stories, publisher.headers = [published(1)], {"ETag": 'W/"a--gzip"', "Last-Modified": "yesterday"}
        polled(folder, url, clock)
        publisher.stories.insert(0, published(2))
        publisher.headers["ETag"] = '"b"'
        clock.now += HOUR
        with pytest.raises(FailpointHit):
            polled(folder, url, clock, failpoint="poll.worked:raise")
        assert rows(folder, url, tables.feeds)[0].etag == 'W/"a--gzip"'
        assert len(rows(folder, url, tables.entries)) == 1
        clock.now += HOUR
        assert polled(folder, url, clock).produced == 1
        assert polled(folder, url, clock).outcomes == {"done:not-modified": 1}

    publisher = with_publisher(work, tmp_path)
    sent = [(ask.headers.get("if-none-match"), ask.headers.get("if-modified-since")) for ask in publisher.asked]
    first = ('W/"a--gzip"', "yesterday")
    assert sent == [(None, None), first, first, ('"b"', "yesterday")]


def test_behaviour_18_a_manual_refresh_waits_for_retry_after_and_says_so(tmp_path: Path) -> None:
    """No request before Retry-After, also after a restart and by hand."""

    def work(publisher: Publisher, url: str, folder: Path) -> None:
        clock = Clock()
        publisher.status, publisher.headers = 503, {"Retry-After": "7200"}
        polled(folder, url, clock)
        for wait in (timedelta(minutes=5), HOUR, timedelta(minutes=54)):
            clock.now += wait
            with line(folder, url, clock=clock) as services:
                hastened = pipeline.hasten(services)
                assert hastened.count == 0
                assert hastened.held == (("Source 0", NOW + 2 * HOUR),)
                assert pipeline.poll(services).outcomes == {}
        publisher.status, publisher.stories = 200, [published(1)]
        clock.now += timedelta(minutes=2)
        assert polled(folder, url, clock).produced == 1

    assert len(with_publisher(work, tmp_path).asked) == 2


def test_behaviour_19_a_feed_that_is_gone_is_retired_and_told(tmp_path: Path) -> None:
    """Three answers 410 over a day end the polls; nothing else does."""

    def work(publisher: Publisher, url: str, folder: Path) -> None:
        clock = Clock()
        publisher.status = 410
        for _ in range(5):
            polled(folder, url, clock)
            clock.now += 13 * HOUR
        (feed,) = rows(folder, url, tables.feeds)
        assert feed.retired_at == NOW + 26 * HOUR
        assert events(folder, url) == ["retired"]

    assert len(with_publisher(work, tmp_path).asked) == 3


def test_behaviour_19_a_lasting_move_is_followed_and_keeps_its_history(tmp_path: Path) -> None:
    """301 for a week, to the same feed: polled there from then on, with nothing new."""
    publisher = Publisher(stories=[published(number) for number in range(5)])
    moved: list[Request] = []

    async def old(writer: asyncio.StreamWriter, request: Request, argument: str) -> None:
        if not publisher.asked:
            await publisher(writer, request, argument)
        else:
            moved.append(request)
            await send(writer, 301, b"", {"Location": "/press/feed/"})

    def work(url: str) -> None:
        clock = Clock()
        for number in range(10):
            counts = polled(tmp_path, url, clock)
            assert counts.produced == (5 if number == 0 else 0)
            clock.now += DAY
        (feed,) = rows(tmp_path, url, tables.feeds)
        assert (feed.url, feed.fetch_url) == (url, url.replace("/old", "/press/feed/"))
        assert events(tmp_path, url) == ["moved"]

    async def run() -> None:
        async with HostileServer(plays={"press": publisher, "old": old}) as server:
            await asyncio.to_thread(work, server.url("/old"))

    asyncio.run(run())
    assert len(moved) == 8  # the first one is no redirect, the last one asks at the new address


def test_behaviour_23_a_replay_gives_nothing_and_one_new_item_one_event(tmp_path: Path) -> None:
    """The same document in any order, with restarts, gives nothing; one new item gives exactly one entry."""

    def work(publisher: Publisher, url: str, folder: Path) -> None:
        clock = Clock()
        publisher.stories = [published(number) for number in range(6)]
        assert polled(folder, url, clock).produced == 6
        for turn in range(4):
            clock.now += HOUR
            publisher.stories = publisher.stories[turn:] + publisher.stories[:turn]
            assert polled(folder, url, clock).produced == 0
        publisher.stories.insert(2, published(6))
        clock.now += HOUR
        assert polled(folder, url, clock).produced == 1
        assert polled(folder, url, clock).produced == 0
        assert len(rows(folder, url, tables.entries)) == 7

    with_publisher(work, tmp_path)


def test_behaviour_24_a_migration_of_ids_is_one_event_and_no_entry(tmp_path: Path) -> None:
    """All ids change and links stay: aliases, no new entries, also at the next restart."""

    def work(publisher: Publisher, url: str, folder: Path) -> None:
        clock = Clock()
        publisher.stories = [published(number) for number in range(6)]
        polled(folder, url, clock)
        publisher.stories = [published(number, f"urn:new:{number}") for number in range(6)]
        for _ in range(3):
            clock.now += HOUR
            assert polled(folder, url, clock).produced == 0
        assert events(folder, url) == ["guid-migration"]
        assert len(rows(folder, url, tables.entry_aliases)) == 6

    with_publisher(work, tmp_path)


def test_behaviour_24_old_entries_raise_no_alert_at_first_sight(tmp_path: Path) -> None:
    """At the first sight of a feed only entries younger than the set age may alert; later all may."""

    def work(publisher: Publisher, url: str, folder: Path) -> None:
        clock = Clock()
        publisher.stories = [published(1, at=NOW - HOUR), published(2, at=NOW - 3 * DAY)]
        polled(folder, url, clock, first_sight_hours="24")
        publisher.stories.insert(0, published(3, at=NOW - 3 * DAY))
        clock.now += HOUR
        polled(folder, url, clock, first_sight_hours="24")
        muted = {row.identity: row.muted for row in rows(folder, url, tables.entries)}
        assert muted == {"1": False, "2": True, "3": False}

    with_publisher(work, tmp_path)


def test_behaviour_25_a_gap_is_told_and_filled_from_older_pages(tmp_path: Path) -> None:
    """A window without overlap raises one gap with bounds; the older pages add what is missing."""

    def work(publisher: Publisher, url: str, folder: Path) -> None:
        clock = Clock()
        publisher.stories = [published(number, at=NOW - number * HOUR) for number in range(5, 0, -1)]
        polled(folder, url, clock)
        clock.now += 2 * DAY
        newest = [published(number, at=clock.now) for number in range(25, 20, -1)]
        publisher.stories = newest
        older = [rss(*(published(n, at=clock.now) for n in range(top, top - 5, -1))) for top in (20, 15, 10, 5)]
        publisher.pages = {str(number): page for number, page in enumerate(older, 2)}
        assert polled(folder, url, clock).produced == 20
        found = {row.kind: row for row in rows(folder, url, tables.feed_events)}
        assert (found["gap"].since, found["gap"].until, found["gap"].found) == (NOW, clock.now, 15)
        assert found["gap"].missed > 5
        assert found["back-fill"].found == 15
        vias = [row.via for row in rows(folder, url, tables.entries)]
        assert (vias.count("poll"), vias.count("back-fill")) == (10, 15)
        clock.now += HOUR
        assert polled(folder, url, clock).produced == 0
        assert sorted(events(folder, url)) == ["back-fill", "gap"]

    with_publisher(work, tmp_path)


def news_sitemap(*stories: tuple[int, datetime]) -> bytes:
    urls = "".join(
        f"<url><loc>http://news.example/{number}</loc><n:news><n:title>Ferry {number} arrives</n:title>"
        f"<n:publication_date>{at.isoformat()}</n:publication_date></n:news></url>"
        for number, at in stories
    )
    names = (
        "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'"
    )
    return f"<urlset {names}>{urls}</urlset>".encode()


@pytest.mark.parametrize(("stories", "found"), [(8, 6), (90, 0)])
def test_behaviour_25_a_news_sitemap_fills_a_gap_if_it_fits_the_feed(tmp_path: Path, stories: int, found: int) -> None:
    """Where there are no older pages, the news sitemap of the site is asked; that of other sections is left alone."""
    publisher = Publisher(stories=[published(number, at=NOW - number * HOUR) for number in (1, 2)])

    async def sitemap(writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
        body = news_sitemap(*((number, NOW + number * timedelta(minutes=10)) for number in range(3, 3 + stories)))
        await send(writer, 200, body, {"Content-Type": "application/xml"})

    def work(url: str) -> None:
        clock = Clock()
        polled(tmp_path, url, clock)
        clock.now += DAY
        publisher.stories = [published(number, at=NOW + number * timedelta(minutes=10)) for number in (9, 10)]
        assert polled(tmp_path, url, clock).produced == 2 + found
        (gap,) = [row for row in rows(tmp_path, url, tables.feed_events) if row.kind == "gap"]
        assert gap.found == found

    async def run() -> None:
        async with HostileServer(plays={"press": publisher, "news-map": sitemap}) as server:
            server.pages["robots.txt"] = f"Sitemap: {server.url('/news-map')}".encode()
            await asyncio.to_thread(work, server.url("/press"))

    asyncio.run(run())


def test_behaviour_25_a_back_fill_that_was_cut_off_is_made_up_for(tmp_path: Path) -> None:
    """While the gap is open, the next poll that brings a document looks for what is missing."""

    def work(publisher: Publisher, url: str, folder: Path) -> None:
        clock = Clock()
        publisher.stories = [published(number) for number in range(5, 0, -1)]
        polled(folder, url, clock)
        clock.now += 2 * DAY
        publisher.stories = [published(number) for number in range(15, 10, -1)]
        publisher.pages = {"2": rss(*(published(number) for number in range(10, 5, -1)))}
        with pytest.raises(FailpointHit):
            polled(folder, url, clock, failpoint="poll.recorded:raise")
        assert len(rows(folder, url, tables.entries)) == 10
        clock.now += HOUR
        publisher.stories.insert(0, published(16))
        assert polled(folder, url, clock).produced == 6
        assert len(rows(folder, url, tables.entries)) == 16

    with_publisher(work, tmp_path)


def test_behaviour_28_a_poll_costs_a_fraction_of_requests_and_feedparser() -> None:
    """More feeds for each CPU second than the plain road; with thousands it is more still (`bench/poll.py`)."""
    command = [sys.executable, "-m", "bench.poll", "--feeds", "300", "--rounds", "2"]
    folder = Path(__file__).resolve().parents[2]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder).stdout
    ratio = float(said.partition("newsdesk polls ")[2].split()[0])
    assert ratio > 2  # the start of the workers weighs as much as a hundred feeds
