"""Sitemap indexes read as one feed: which of their sitemaps are asked for, and what one that fails costs."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from extractors import ParsedFeed, parse_feed
from extractors.sitemap import NO_NEWS
from newsdesk import pipeline
from newsdesk.errors import FetchError
from newsdesk.ledger import tables
from newsdesk.model import Reason
from newsdesk.pipeline.manners import HostBusyError
from newsdesk.pipeline.sitemaps import read_children
from tests.pipeline.press import open_press, services_of

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOST = "https://www.daily.example"
INDEX = f"{HOST}/index.xml"
PLAIN = "<urlset><url><loc>https://www.daily.example/about</loc></url></urlset>"


def news(*names: str, day: str = "2026-03-02") -> str:
    pages = "".join(
        f"<url><loc>{HOST}/{name}</loc><news:news><news:publication><news:name>Daily</news:name>"
        f"<news:language>en</news:language></news:publication><news:title>{name}</news:title>"
        f"<news:publication_date>{day}T0{place}:00:00Z</news:publication_date></news:news></url>"
        for place, name in enumerate(names)
    )
    return f'<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{pages}</urlset>'


def index(**children: str | None) -> str:
    """An index of sitemaps: name without ending, and when it changed."""
    parts = "".join(
        f"<sitemap><loc>{HOST}/{name}.xml</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</sitemap>"
        for name, changed in children.items()
    )
    return f"<sitemapindex>{parts}</sitemapindex>"


@dataclass
class Site:
    """Documents by address; an error in place of a document is raised."""

    documents: Mapping[str, str | Exception]
    asked: list[str] = field(default_factory=list)

    async def ask(self, url: str) -> ParsedFeed:
        name = url.removeprefix(f"{HOST}/").removesuffix(".xml")
        self.asked.append(name)
        document = self.documents[name]
        if isinstance(document, Exception):
            raise document
        return parse_feed(document.encode(), url)


def read(site: Site, top: str, *, since: datetime | None = None, **more: Any) -> ParsedFeed:
    parsed = parse_feed(top.encode(), INDEX)
    return asyncio.run(read_children(parsed, INDEX, ask=site.ask, now=NOW, since=since, **more))


def titles(feed: ParsedFeed) -> list[str]:
    return [entry.title for entry in feed.entries]


def test_the_entries_of_all_sitemaps_are_one_feed_newest_first() -> None:
    site = Site({"old": news("a", "b", day="2026-03-01"), "new": news("c", "a")})
    feed = read(site, index(old="2026-03-01T09:00:00Z", new="2026-03-02T10:00:00Z"))
    assert site.asked == ["new", "old"]
    assert titles(feed) == ["a", "c", "b"]
    assert (feed.format, feed.title, feed.language, feed.child_sitemaps) == ("news-sitemap", "Daily", "en", ())
    assert (feed.bozo_reason, feed.not_a_feed_reason, feed.truncated) == (None, None, False)


@pytest.mark.parametrize(
    ("changed", "is_read"),
    [
        ("2026-03-02T11:00:00Z", True),
        ("2026-03-01", True),  # of a date alone the time of day is not known
        ("2026-02-28T10:00:01Z", True),
        ("2026-02-28T09:59:59Z", False),
        ("2019-01-01", False),
    ],
)
def test_a_sitemap_that_did_not_change_lately_is_left_out(changed: str, *, is_read: bool) -> None:
    site = Site({"one": news("a"), "two": news("b")})
    feed = read(site, index(one=changed, two="2026-03-02T11:30:00Z"), since=datetime(2026, 3, 2, 10, tzinfo=UTC))
    assert ("one" in site.asked) is is_read
    assert feed.bozo_reason is None


def test_an_index_in_which_nothing_changed_is_a_feed_without_entries() -> None:
    feed = read(Site({}), index(one="2020-01-01"), since=NOW)
    assert (feed.format, feed.entries, feed.not_a_feed_reason, feed.truncated) == ("news-sitemap", (), None, False)


def test_at_most_twenty_sitemaps_are_asked_for_and_those_are_the_newest() -> None:
    days = {f"d{n:02}": f"2026-02-{n:02}" for n in range(1, 29)}
    site = Site({name: news(name) for name in days})
    feed = read(site, index(**days))
    assert site.asked == [f"d{n:02}" for n in range(28, 8, -1)]
    assert len(feed.entries) == 20
    assert "more sitemaps than are read at once" in (feed.bozo_reason or "")
    assert feed.truncated  # else an unchanged index would keep us from the rest for ever


def test_of_sitemaps_without_dates_those_that_speak_of_news_and_the_latest_go_first() -> None:
    site = Site({name: news(name) for name in ("about", "news-2026-02", "news-2026-03", "shop")})
    feed = read(site, index(**dict.fromkeys(site.documents)), limit=2)
    assert site.asked == ["news-2026-03", "news-2026-02"]
    assert feed.truncated  # the index does not tell when they change


def test_an_index_may_name_indexes_but_those_no_further_ones() -> None:
    site = Site({"inner": index(leaf=None, deeper=None), "leaf": news("a"), "deeper": index(never=None)})
    feed = read(site, index(inner=None))
    assert sorted(site.asked) == ["deeper", "inner", "leaf"]
    assert titles(feed) == ["a"]
    assert "index within an index" in (feed.bozo_reason or "")


def test_an_index_that_names_itself_ends() -> None:
    site = Site({"loop": index(loop=None, leaf=None), "leaf": news("a")})
    assert titles(read(site, index(loop=None))) == ["a"]
    assert sorted(site.asked) == ["leaf", "loop"]


def test_a_sitemap_that_fails_costs_the_others_nothing_and_is_told() -> None:
    broken = FetchError("https://www.daily.example/b.xml: the server answered 500", reason=Reason.SERVER_ERROR)
    site = Site({"a": news("a"), "b": broken, "c": "<html><title>Sign in</title></html>", "d": news("d")})
    feed = read(site, index(a=None, b=None, c=None, d=None))
    assert sorted(titles(feed)) == ["a", "d"]
    assert "b.xml: the server answered 500" in (feed.bozo_reason or "")
    assert "c.xml: The document is an HTML page" in (feed.bozo_reason or "")
    assert feed.truncated


def test_where_no_sitemap_can_be_had_the_error_is_that_of_the_first() -> None:
    broken = FetchError("https://www.daily.example/a.xml: the server answered 403", reason=Reason.FORBIDDEN)
    with pytest.raises(FetchError, match="403"):
        read(Site({"a": broken, "b": ValueError("x")}), index(a="2026-03-02", b="2026-03-01"))
    with pytest.raises(HostBusyError):
        read(Site({"a": HostBusyError(NOW)}), index(a=None))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (HostBusyError(NOW + timedelta(minutes=1)), "no time for more"),
        (FetchError("429", reason=Reason.RATE_LIMITED), "asks us to wait"),
    ],
)
def test_a_site_that_wants_us_to_wait_is_asked_no_further(answer: Exception, told: str) -> None:
    site = Site({"a": news("a"), "b": answer, "c": news("c")})
    feed = read(site, index(a="2026-03-02", b="2026-03-01", c="2026-02-27"))
    assert site.asked == ["a", "b"]
    assert titles(feed) == ["a"]
    assert told in (feed.bozo_reason or "")
    assert feed.truncated


def test_a_slow_site_is_left_before_the_claim_of_its_feed_runs_out() -> None:
    site = Site({"a": news("a")})
    feed = read(site, index(a=None), patience=-1.0)
    assert site.asked == []
    assert "too slow" in (feed.bozo_reason or "")


def test_sitemaps_without_news_are_left_out_in_silence() -> None:
    feed = read(Site({"a": PLAIN, "b": news("b")}), index(a="2026-03-02", b="2026-03-02"))
    assert (titles(feed), feed.bozo_reason, feed.truncated) == (["b"], None, False)


def test_an_index_of_sitemaps_without_news_is_no_feed() -> None:
    feed = read(Site({"a": PLAIN, "b": PLAIN}), index(a=None, b=None))
    assert feed.not_a_feed_reason == "The sitemap index has sitemaps (2), but none that holds news."
    assert feed.entries == ()


def test_a_sitemap_without_news_is_no_failure_where_the_caller_raises_for_it() -> None:
    refused = FetchError(NO_NEWS, reason=Reason.NOT_A_FEED)
    feed = read(Site({"a": refused, "b": news("b")}), index(a=None, b=None))
    assert (titles(feed), feed.bozo_reason) == (["b"], None)


def test_an_index_that_is_polled_brings_the_entries_of_its_sitemaps(tmp_path: Path) -> None:
    with open_press() as press, services_of(tmp_path, press) as services:
        root = f"http://press.localhost:{press.port}"
        press.files["/feed.xml"] = (200, index(today=None, shop=None, gone=None).replace(HOST, root).encode())
        press.files["/today.xml"] = (200, news("a", "b").replace(HOST, root).encode())
        press.files["/shop.xml"] = (200, PLAIN.encode())
        press.files["/gone.xml"] = (404, b"")
        counts = pipeline.poll(services)
        with services.ledger.read() as connection:
            stored = connection.execute(select(tables.entries.c.title)).scalars().all()
            feed = connection.execute(select(tables.feeds.c.etag, tables.feeds.c.body_hash)).one()
    assert counts.outcomes == {"done": 1}
    assert sorted(stored) == ["a", "b"]
    assert tuple(feed) == (None, None)  # the index says nothing of when its sitemaps change: it is read each time
    assert sorted(path for path in press.asked if path.endswith(".xml")) == [
        "/feed.xml",
        "/gone.xml",
        "/shop.xml",
        "/today.xml",
    ]


def test_sitemaps_of_other_sites_are_not_asked_for() -> None:
    top = (
        f"<sitemapindex><sitemap><loc>https://elsewhere.example/a.xml</loc></sitemap>"
        f"<sitemap><loc>https://news.daily.example/b.xml</loc></sitemap><sitemap><loc>{HOST}/c.xml</loc></sitemap>"
        "</sitemapindex>"
    )
    site = Site({"https://news.daily.example/b": news("b"), "c": news("c")})
    feed = read(site, top)
    assert sorted(site.asked) == ["c", "https://news.daily.example/b"]
    assert "elsewhere.example/a.xml: it is of another site" in (feed.bozo_reason or "")


def test_what_is_never_read_is_no_reason_to_ask_for_an_unchanged_index() -> None:
    other = "<sitemap><loc>https://elsewhere.example/a.xml</loc></sitemap>"
    feed = read(Site({"c": news("c")}), index(c="2026-03-02").replace("<sitemap>", f"{other}<sitemap>", 1))
    assert (titles(feed), feed.truncated) == (["c"], False)
    assert feed.bozo_reason
