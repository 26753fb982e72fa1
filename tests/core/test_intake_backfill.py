"""Which page to ask for next, to close a gap."""

import pytest

from extractors.records import ParsedFeed
from newsdesk.intake import Way, next_page
from tests.core.intake_ledger import entry, feed

FEED = "https://gazette.example/rss.xml"
PAGE = feed(entry(1))


def linked(url: str | None) -> ParsedFeed:
    return feed(entry(1), next_url=url)


def test_the_older_page_that_a_feed_names_comes_next() -> None:
    found = next_page([FEED], linked("https://gazette.example/archive/9.xml"), overlap=None)
    assert (found.url, found.way) == ("https://gazette.example/archive/9.xml", Way.ARCHIVE)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://blog.example/feed/", "https://blog.example/feed/?paged=2"),
        ("https://blog.example/feed", "https://blog.example/feed?paged=2"),
        ("https://blog.example/category/law/feed/atom/", "https://blog.example/category/law/feed/atom/?paged=2"),
        ("https://blog.example/?feed=rss2", "https://blog.example/?feed=rss2&paged=2"),
        ("https://blog.example/feed/?cat=3#x", "https://blog.example/feed/?cat=3&paged=2"),
        ("https://blog.example/feed/?paged=4", "https://blog.example/feed/?paged=5"),
        ("https://blog.example/feeds/all.xml", None),
        ("https://blog.example/newsfeed", None),
        ("https://blog.example/?feed=json", None),
        ("https://blog.example/feed/?paged=x", None),
        (FEED, None),
    ],
)
def test_wordpress_is_known_by_the_shape_of_its_address(url: str, expected: str | None) -> None:
    found = next_page([url], PAGE, overlap=None)
    assert (found.url, found.way) == (expected, Way.WORDPRESS if expected else Way.NO_MORE)


def test_the_sitemap_is_the_last_resort_and_is_asked_once() -> None:
    sitemap = "https://gazette.example/news-sitemap.xml"
    first = next_page([FEED], PAGE, overlap=None, sitemap=sitemap)
    assert (first.url, first.way) == (sitemap, Way.SITEMAP)
    assert next_page([FEED, sitemap], PAGE, overlap=None, sitemap=sitemap).way is Way.NO_MORE


def test_a_page_that_reaches_what_is_known_is_the_last() -> None:
    assert next_page([FEED], linked("https://gazette.example/2.xml"), overlap=0.5).way is Way.REACHED


def test_five_pages_are_enough() -> None:
    visited = ["https://blog.example/feed/"]
    while (found := next_page(visited, PAGE, overlap=None)).url:
        visited.append(found.url)
    assert (len(visited), found.way) == (6, Way.ENOUGH)


@pytest.mark.parametrize("back", [FEED, FEED + "#top", FEED + "?utm_source=archive"])
def test_pages_that_name_each_other_end(back: str) -> None:
    assert next_page([FEED, "https://gazette.example/2.xml"], linked(back), overlap=None).way is Way.NO_MORE


def test_an_empty_page_of_wordpress_is_the_end() -> None:
    assert next_page(["https://blog.example/feed/?paged=3"], feed(), overlap=None).way is Way.EMPTY
