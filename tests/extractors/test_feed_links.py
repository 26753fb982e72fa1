"""Candidates for feeds: what pages, headers and robots.txt name."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import ExtractError, parse_feed
from extractors.feed_links import (
    FeedLink,
    Place,
    feed_links,
    header_links,
    is_of_comments,
    robots_sitemaps,
    speaks_of_news,
    well_known,
)
from extractors.packed import unpacked

PAGE = "https://daily.example/section/"


def urls(html: str, url: str = PAGE) -> list[str]:
    return [link.url for link in feed_links(html.encode(), url)]


@pytest.mark.parametrize(
    ("relation", "media_type", "is_feed"),
    [
        ("alternate", "application/rss+xml", True),
        ("ALTERNATE feed", "Application/Atom+XML; charset=utf-8", True),
        ("alternate", "application/feed+json", True),
        ("alternate", "application/rdf+xml", True),
        ("alternate", "text/xml", True),
        ("feed", "", True),
        ("alternate", "", False),
        ("alternate", "text/html", False),
        ("alternate", "application/json+oembed", False),
        ("alternate stylesheet", "application/rss+xml", False),
        ("canonical", "application/rss+xml", False),
        ("feed", "text/html", False),
    ],
)
def test_a_link_element_names_a_feed_by_relation_and_type(relation: str, media_type: str, *, is_feed: bool) -> None:
    found = urls(f'<head><link rel="{relation}" type="{media_type}" href="/x"></head>')
    assert found == (["https://daily.example/x"] if is_feed else [])


@pytest.mark.parametrize("address", ["/wp-json/wp/v2/posts", "/?rest_route=/wp", "/wp-json/oembed/1.0/embed?url=x"])
def test_interfaces_of_content_systems_are_no_feeds(address: str) -> None:
    assert urls(f'<link rel="alternate" type="application/json" href="{address}"><a href="{address}">x</a>') == []


@pytest.mark.parametrize(
    ("base", "found"),
    [
        ("", "https://daily.example/section/f.rss"),
        ('<base href="/other/">', "https://daily.example/other/f.rss"),
        ('<base target="_top"><base href="https://cdn.example/a/b">', "https://cdn.example/a/f.rss"),
        ('<base href="javascript:x">', "https://daily.example/section/f.rss"),
    ],
)
def test_addresses_are_read_against_the_base_of_the_page(base: str, found: str) -> None:
    assert urls(f'{base}<link rel="alternate" type="application/rss+xml" href=" f.rss\n">') == [found]


@pytest.mark.parametrize(
    "path",
    [
        "/feed", "/feed/", "/rss", "/sport/rss.xml", "/atom.xml", "/index.xml", "/rssfeeds/-21289.cms",
        "/world.rss", "/rssfeedstopstories.cms", "/news/feeder/default.rss", "/feed.json", "/rss2.0",
        "/feeds/posts/default", "/?feed=rss2", "/arc/outboundfeeds/rss/?outputType=xml", "/all.atom", "/rdf",
        "/xmlfeed/latest",
    ],
)  # fmt: skip
def test_a_link_in_the_text_is_a_candidate_by_its_address(path: str) -> None:
    assert urls(f'<p><a href="{path}">Subscribe</a></p>') == [f"https://daily.example{path}"]


@pytest.mark.parametrize(
    "address",
    [
        "/feedback", "/news/feed-the-world-concert", "/about", "mailto:rss@daily.example", "javascript:feed()", "#rss",
        "/subscribe/rss", "https://social.example/share/rss?u=x", "/images/rss.png", "/rss-explained-for-readers",
    ],
)  # fmt: skip
def test_other_links_are_none(address: str) -> None:
    assert urls(f'<a href="{address}">x</a>') == []


def test_what_the_page_declares_goes_first_and_pages_about_feeds_last() -> None:
    html = (
        '<a href="/rss">All our feeds</a><a href="/a.rss">A</a><a href="/a.rss">again</a>'
        '<link rel="alternate" type="application/atom+xml" title="The &amp;amp; Daily" href="/atom">'
    )
    assert feed_links(html.encode(), PAGE) == (
        FeedLink(url="https://daily.example/atom", place=Place.LINK, title="The & Daily"),
        FeedLink(url="https://daily.example/a.rss", place=Place.ANCHOR, title="A"),
        FeedLink(url="https://daily.example/rss", place=Place.ANCHOR, title="All our feeds", is_list=True),
    )


def test_a_page_is_no_candidate_of_its_own() -> None:
    assert urls('<a href="https://DAILY.example:443/rss">here</a>', "https://daily.example/rss") == []


def test_a_page_of_many_links_costs_a_bounded_number() -> None:
    assert len(urls("".join(f'<a href="/{n}.rss">x</a>' for n in range(500)))) == 60


def test_a_document_that_is_no_page_is_told() -> None:
    with pytest.raises(ExtractError, match="PDF"):
        feed_links(b"%PDF-1.7 x", PAGE)


@given(st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn")), max_size=100))
def test_any_page_gives_links_that_can_be_asked_for(text: str) -> None:
    content = f'<link rel=alternate type=text/xml href="{text}"><a href={text}rss>{text}</a><a href="{text}/rss">'
    assert all(link.startswith(("http://", "https://")) for link in urls(content))
    header_links(f"<{text}>; rel=alternate; type=text/xml", PAGE)


def test_a_link_header_names_feeds() -> None:
    value = (
        '<https://hub.example/>; rel="hub",'
        ' </feed?a=1,2>; rel=alternate; type="application/rss+xml"; title="All; news",'
        ' </wp-json/>; rel="https://api.w.org/", </x>; rel="alternate"; type="application/json+oembed", <broken'
    )
    assert header_links(value, PAGE) == (
        FeedLink(url="https://daily.example/feed?a=1,2", place=Place.HEADER, title="All; news"),
    )
    assert header_links("", PAGE) == ()


def test_sitemaps_of_robots_txt_are_those_of_news_first() -> None:
    text = (
        "User-agent: *\nDisallow: /x\nSitemap: /sitemap.xml\r\nSITEMAP :https://daily.example/news-sitemap.xml # new\n"
        "sitemap: /sitemap.xml\nSitemap:\n#Sitemap: /no.xml\n"
    )
    assert robots_sitemaps(text.encode(), PAGE) == (
        "https://daily.example/news-sitemap.xml",
        "https://daily.example/sitemap.xml",
    )
    assert robots_sitemaps(b"", PAGE) == ()


def test_the_name_of_the_host_does_not_make_a_sitemap_one_of_news() -> None:
    assert not speaks_of_news("https://news.example/sitemap.xml")
    assert speaks_of_news("https://x.example/sitemap?type=News")


def test_well_known_paths_are_ten_at_the_root_of_the_site() -> None:
    found = well_known("https://daily.example/section/page?x=1")
    assert len({link.url for link in found}) == len(found) == 10
    assert all(link.url.count("/section") == 0 and link.place is Place.WELL_KNOWN for link in found)


@pytest.mark.parametrize(
    ("url", "title", "answer"),
    [
        ("https://d.example/comments/feed/", "", True),
        ("https://d.example/a-story/feed/", "Comments on: A story", True),
        ("https://d.example/feeds/comments/default", "", True),
        ("https://d.example/feed/", "Comment is free", False),
        ("https://d.example/commentary/feed", "Commentary", False),
    ],
)
def test_feeds_of_comments_are_known_by_address_or_title(url: str, title: str, *, answer: bool) -> None:
    assert is_of_comments(url, title) is answer


# ------------------------------------------------------------------ gzip files


def test_a_gzip_file_is_unpacked_and_other_content_stays() -> None:
    assert unpacked(gzip.compress(b"<rss/>")) == b"<rss/>"
    assert unpacked(b"<rss/>") == b"<rss/>"
    assert unpacked(gzip.compress(b"x" * 1000)[:-9]) == b"x" * 1000
    assert unpacked(b"\x1f\x8b\x08\x00") == b"\x1f\x8b\x08\x00"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(ExtractError, match="more than 20000000 bytes"):
        unpacked(gzip.compress(b"\0" * 100_000_000, 9))
    with pytest.raises(ExtractError, match="damaged"):
        unpacked(b"\x1f\x8b\x08\x00" + b"\xff" * 40)


def test_a_sitemap_that_is_a_gzip_file_is_read() -> None:
    news = (
        '<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://d.example/1</loc><n:news>'
        "<n:title>T</n:title></n:news></url></urlset>"
    )
    parsed = parse_feed(gzip.compress(news.encode()), "https://d.example/news.xml.gz")
    assert [entry.title for entry in parsed.entries] == ["T"]


def test_a_sitemap_of_news_without_any_news_today_is_still_a_feed() -> None:
    quiet = (
        '<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        "<url><loc>https://d.example/old</loc></url></urlset>"
    )
    parsed = parse_feed(quiet.encode(), "https://d.example/news.xml")
    assert (parsed.format, parsed.entries, parsed.not_a_feed_reason) == ("news-sitemap", (), None)
