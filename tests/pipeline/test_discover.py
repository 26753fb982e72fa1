"""Feeds found from a home page: by what the site says of itself, verified, politely, and the way of each refusal."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.feed_links import Place
from newsdesk.errors import FetchError
from newsdesk.newsroom import Newsroom
from newsdesk.pipeline.discover import MOST_REQUESTS, Discovery, discover
from tests.pipeline.press import Press, open_press, services_of

ITEM = "<item><title>{0}</title><guid>{0}</guid><link>http://press.localhost/{0}</link>{1}</item>"
NEWS = (
    '<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>http://press.localhost/a</loc>'
    "<news:news><news:publication><news:name>Press</news:name></news:publication><news:title>A</news:title>"
    "<news:publication_date>2026-03-02T10:00:00Z</news:publication_date></news:news></url></urlset>"
)
LOGIN = "<html><title>Sign in</title></html>"


@pytest.fixture
def press() -> Iterator[Press]:
    with open_press() as made:
        made.files["/robots.txt"] = (404, b"")
        yield made


def rss(title: str, *items: str, more: str = "") -> bytes:
    entries = "".join(ITEM.format(item, "<pubDate>Mon, 02 Mar 2026 10:00:00 +0530</pubDate>") for item in items)
    return f"<rss version='2.0'><channel><title>{title}</title>{more}{entries}</channel></rss>".encode()


def home(press: Press, html: str, **headers: str) -> None:
    """The front page; nothing else is there unless a test puts it there."""
    press.pages[""] = (html, "", {name.replace("_", "-"): value for name, value in headers.items()})
    for path in ("/feed/", "/rss.xml", "/atom.xml", "/index.xml", "/feed.xml", "/rss/", "/feeds/", "/news/rss.xml"):
        press.files.setdefault(path, (404, b""))
    press.files.setdefault("/feed.json", (404, b""))
    press.files.setdefault("/news-sitemap.xml", (404, b""))


def found(press: Press, folder: Path, path: str = "/", *, spacing: str = "0") -> Discovery:
    with services_of(folder, press, spacing_seconds=spacing) as services:
        return discover(services, f"http://press.localhost:{press.port}{path}")


def paths(press: Press, discovery: Discovery) -> list[tuple[str, Place]]:
    root = f"http://press.localhost:{press.port}"
    return [(feed.url.removeprefix(root), feed.place) for feed in discovery.feeds]


def link(path: str, title: str = "") -> str:
    return f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{path}">'


def test_a_declared_feed_is_fetched_and_described(press: Press, tmp_path: Path) -> None:
    home(press, link("/latest.rss"))
    more = "<language>en-in</language><atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='hub' href='http://h.example/'/>"
    press.files["/latest.rss"] = (200, rss("The Press", "a", "b", more=more))
    (feed,) = found(press, tmp_path).feeds
    assert (feed.format, feed.title, feed.entries, feed.language, feed.hub) == ("rss20", "The Press", 2, "en-in", True)
    assert feed.newest == datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
    assert (feed.place, feed.is_watched, feed.is_of_comments) == (Place.LINK, False, False)
    assert press.asked == ["/", "/robots.txt", "/latest.rss"]  # well-known paths are for sites that say nothing


def test_each_feed_format_is_found_whatever_names_it(press: Press, tmp_path: Path) -> None:
    home(
        press,
        link("/a.rss") + '<a href="/world.rss">World</a>',
        Link='</j>; rel="alternate"; type="application/feed+json"',
    )
    press.files["/a.rss"] = (200, rss("A", "a"))
    press.files["/world.rss"] = (200, rss("World", "w"))
    press.files["/j"] = (
        200,
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": []}).encode(),
    )
    press.files["/robots.txt"] = (200, b"Sitemap: /news.xml\n")
    press.files["/news.xml"] = (200, NEWS.encode())
    assert paths(press, found(press, tmp_path)) == [
        ("/a.rss", Place.LINK),
        ("/j", Place.HEADER),
        ("/world.rss", Place.ANCHOR),
        ("/news.xml", Place.ROBOTS),
    ]


def test_an_address_that_is_a_feed_is_said_to_be_one_and_nothing_else_is_asked(press: Press, tmp_path: Path) -> None:
    press.files["/feed.xml"] = (200, rss("The Press", "a"))
    discovery = found(press, tmp_path, "/feed.xml")
    assert discovery.is_feed
    assert paths(press, discovery) == [("/feed.xml", Place.ITSELF)]
    assert discovery.feeds[0].is_watched  # it is the feed of the watchlist
    assert press.asked == ["/feed.xml"]


def test_feeds_of_comments_come_last(press: Press, tmp_path: Path) -> None:
    home(press, link("/comments/feed", "Comments") + link("/main.rss"))
    press.files["/comments/feed"] = (200, rss("Comments for Press", "c"))
    press.files["/main.rss"] = (200, rss("Press", "a"))
    discovery = found(press, tmp_path)
    assert [feed.is_of_comments for feed in discovery.feeds] == [False, True]
    assert [path for path, _ in paths(press, discovery)] == ["/main.rss", "/comments/feed"]


def test_a_silent_site_is_asked_at_ten_well_known_paths(press: Press, tmp_path: Path) -> None:
    home(press, "")
    press.files["/index.xml"] = (200, rss("Press", "a"))
    assert paths(press, found(press, tmp_path)) == [("/index.xml", Place.WELL_KNOWN)]
    assert len(press.asked) == 12  # the page, robots.txt, and ten


def test_a_candidate_that_leads_back_to_the_home_page_is_refused(press: Press, tmp_path: Path) -> None:
    home(press, link("/gone.rss"))
    press.redirects["/gone.rss"] = "/"
    discovery = found(press, tmp_path)
    assert discovery.feeds == ()
    assert {link.why for link in discovery.refused if link.url.endswith("/gone.rss")} == {
        "it leads back to the home page"
    }


def test_where_nothing_is_found_each_try_is_told_with_its_reason(press: Press, tmp_path: Path) -> None:
    home(press, link("/members.rss"))
    press.files["/members.rss"] = (200, LOGIN.encode())
    press.files["/feed/"] = (500, b"")
    why = {one.url.partition(".localhost")[2].partition("/")[2]: one.why for one in found(press, tmp_path).refused}
    assert why["members.rss"] == "The document is an HTML page (“Sign in”), not a feed."
    assert why["feed/"] == "the server answered 500"
    assert why["rss.xml"] == "the server answered 404"
    assert len(why) == 11


def test_a_page_about_feeds_is_read_too(press: Press, tmp_path: Path) -> None:
    home(press, '<a href="/rss/">RSS</a>')
    listed = '<a href="/rssfeeds/1.cms">Top</a><a href="/rssfeeds/2.cms">City</a><a href="/about">About</a>'
    press.files["/rss/"] = (200, f"<html><body>{listed}</body></html>".encode())
    press.files["/rssfeeds/1.cms"] = (200, rss("Top", "t"))
    press.files["/rssfeeds/2.cms"] = (200, rss("City", "c"))
    discovery = found(press, tmp_path)
    assert paths(press, discovery) == [("/rssfeeds/1.cms", Place.LIST), ("/rssfeeds/2.cms", Place.LIST)]
    assert [one.why for one in discovery.refused] == ["it is a page about feeds"]


def test_links_to_feeds_of_other_publishers_are_left_alone(press: Press, tmp_path: Path) -> None:
    home(press, '<a href="http://friend.example/rss.xml">a friend</a>')
    assert not [one for one in found(press, tmp_path).refused if "friend" in one.url]


def test_a_lasting_redirect_gives_the_address_to_be_watched(press: Press, tmp_path: Path) -> None:
    home(press, link("/old.rss") + link("/new.rss"))
    press.redirects["/old.rss"] = "/new.rss"
    press.files["/new.rss"] = (200, rss("Press", "a"))
    discovery = found(press, tmp_path)
    assert paths(press, discovery) == [("/old.rss", Place.LINK)]  # 302: for the moment only
    assert [one.why for one in discovery.refused] == [f"it is the same feed as {discovery.feeds[0].url}"]


def test_a_wall_before_the_page_does_not_hide_its_feed(press: Press, tmp_path: Path) -> None:
    home(press, "")
    press.files["/"] = (403, b"<p>no robots</p>")
    press.files["/feed/"] = (200, rss("Press", "a"))
    discovery = found(press, tmp_path)
    assert paths(press, discovery) == [("/feed/", Place.WELL_KNOWN)]
    assert discovery.refused[0].why == "the server answered 403"


def test_an_index_of_news_sitemaps_is_found_with_what_it_holds(press: Press, tmp_path: Path) -> None:
    home(press, "")
    press.files["/robots.txt"] = (200, b"Sitemap: /all.xml\nSitemap: /news-index.xml\n")
    children = "<sitemapindex><sitemap><loc>{0}</loc></sitemap><sitemap><loc>/shop.xml</loc></sitemap></sitemapindex>"
    press.files["/news-index.xml"] = (200, children.format("/today.xml").encode())
    press.files["/all.xml"] = (200, children.format("/press-news.xml").encode())
    press.files["/today.xml"] = press.files["/press-news.xml"] = (200, NEWS.encode())
    press.files["/shop.xml"] = (200, b"<urlset><url><loc>http://press.localhost/shop</loc></url></urlset>")
    discovery = found(press, tmp_path)
    assert paths(press, discovery) == [("/news-index.xml", Place.ROBOTS)]
    assert discovery.feeds[0].entries == 1
    why = {one.url.rpartition("/")[2]: one.why for one in discovery.refused if one.place is Place.ROBOTS}
    assert why["all.xml"] == "it is an index of sitemaps, some of news"
    assert why["press-news.xml"].startswith("it is the same feed as")


def test_a_site_of_endless_links_costs_a_bounded_number_of_requests(press: Press, tmp_path: Path) -> None:
    home(press, "".join(f'<a href="/{n}.rss">x</a>' for n in range(80)))
    discovery = found(press, tmp_path)
    assert len([path for path in press.asked if path != "/robots.txt"]) == MOST_REQUESTS
    assert any("not tried" in one.why for one in discovery.refused)


def test_requests_are_spaced_and_a_site_that_answers_429_is_obeyed(press: Press, tmp_path: Path) -> None:
    home(press, link("/a.rss") + link("/b.rss"))
    press.files["/a.rss"] = (429, b"")
    press.files["/b.rss"] = (200, rss("B", "b"))
    discovery = found(press, tmp_path, spacing="0.05")
    assert any("429" in one.why for one in discovery.refused)


def test_a_site_that_cannot_be_reached_is_an_error(press: Press, tmp_path: Path) -> None:
    with (
        services_of(tmp_path, press, allow_networks="") as services,
        pytest.raises(FetchError, match="no public address"),
    ):
        discover(services, f"http://press.localhost:{press.port}/")
    assert press.asked == []


@pytest.mark.parametrize(
    ("source", "form"),
    [("gujarat-ledger", "rss20"), ("merchant-market", "rss10"), ("harbour-times", "news-sitemap")],
)
def test_the_sample_newsroom_is_found(source: str, form: str, newsroom: Newsroom, tmp_path: Path) -> None:
    with services_of(tmp_path, Press(port=8080)) as services:
        discovery = discover(services, f"http://{source}.localhost:{newsroom.port}/")
    assert [(feed.format, feed.place) for feed in discovery.feeds] == [(form, Place.LINK)]
    assert discovery.feeds[0].entries > 3
