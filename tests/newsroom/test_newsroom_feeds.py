"""Every feed as a reader gets it: readable, in its format, with its own manner of dates and its own fault."""

import gzip
import io
import json
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as ET

import feedparser
import pytest

from extractors import parse_feed
from newsdesk.newsroom import Newsroom
from newsdesk.newsroom.library import load_library
from newsdesk.newsroom.records import FeedFault, FeedFormat, Source
from tests.newsroom.client import Reply, ask, ask_feed

_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
_SOURCES = {source.slug: source for source in load_library().sources}
_READABLE = [slug for slug, source in _SOURCES.items() if source.fault is not FeedFault.LOGIN_PAGE]


def _entries(source: Source, reply: Reply) -> list[tuple[str, str]]:
    if source.feed_format is FeedFormat.JSON:
        return [(item["url"], item["title"]) for item in json.loads(reply.content)["items"]]
    if source.feed_format is FeedFormat.NEWS_SITEMAP:
        urls = ET.fromstring(reply.content).findall(f"{_SITEMAP}url")
        return [(url.findtext(f"{_SITEMAP}loc", ""), url.findtext(f"{_NEWS}news/{_NEWS}title", "")) for url in urls]
    if source.fault is FeedFault.BARE_AMPERSAND:
        return [(entry.link or "", entry.title) for entry in parse_feed(reply.content, "http://a.localhost/").entries]
    parsed = feedparser.parse(io.BytesIO(reply.content))
    return [(entry.link, entry.title) for entry in parsed.entries]


def _raw_dates(newsroom: Newsroom, source: str) -> list[str]:
    return [item.findtext("pubDate", "") for item in ET.fromstring(ask_feed(newsroom, source).content).iter("item")]


@pytest.mark.parametrize("slug", _READABLE)
def test_a_feed_lists_the_entries_of_both_editions_newest_first(newsroom: Newsroom, slug: str) -> None:
    source = _SOURCES[slug]
    for _ in range(2):
        expected = [(entry.url, entry.title) for entry in newsroom.entries if entry.source == slug]
        if expected:
            assert _entries(source, ask_feed(newsroom, slug)) == expected
        newsroom.advance()
    assert expected


@pytest.mark.parametrize(
    ("slug", "version"),
    [
        ("gujarat-ledger", "rss20"),
        ("coastal-courier", "atom10"),
        ("merchant-market", "rss10"),
        ("byte-verandah", "rss20"),
    ],
)
def test_a_feed_parser_knows_the_format(newsroom: Newsroom, slug: str, version: str) -> None:
    assert feedparser.parse(io.BytesIO(ask_feed(newsroom, slug).content)).version == version


def test_the_broken_feed_is_no_xml_and_yet_every_title_can_be_read(newsroom: Newsroom) -> None:
    reply = ask_feed(newsroom, "byte-verandah")
    with pytest.raises(ET.ParseError):
        ET.fromstring(reply.content)
    parsed = feedparser.parse(io.BytesIO(reply.content))
    assert parsed.bozo
    assert "BazaarKart narrows loss & promises profit in two quarters" in [entry.title for entry in parsed.entries]


def test_dates_are_written_in_each_source_s_own_manner(newsroom: Newsroom) -> None:
    assert all(date.endswith(" IST") for date in _raw_dates(newsroom, "gujarat-ledger"))
    assert "Tue, 07 Sep 2021 18:40:00 IST" in _raw_dates(newsroom, "gujarat-ledger")
    assert all(date.endswith(" +0530") for date in _raw_dates(newsroom, "dharti-wire"))
    assert all(date.endswith(" GMT") for date in _raw_dates(newsroom, "hill-gazette"))
    assert _raw_dates(newsroom, "street-exchange")[0] == "02-03-2026 10:00"  # 2 h before noon in India
    assert set(_raw_dates(newsroom, "lakeside-herald")) == {""}


def test_two_entries_of_one_feed_share_a_guid(newsroom: Newsroom) -> None:
    guids = [
        item.findtext("guid") for item in ET.fromstring(ask_feed(newsroom, "lakeside-herald").content).iter("item")
    ]
    assert guids[0] == guids[1]
    assert len(set(guids)) == len(guids) - 1


def test_a_members_feed_answers_with_a_login_page(newsroom: Newsroom) -> None:
    reply = ask_feed(newsroom, "trade-circular")
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert 'type="password"' in reply.text


def test_one_feed_moved_for_good(newsroom: Newsroom) -> None:
    url = next(feed.url for feed in newsroom.feeds if feed.source == "merchant-market")
    reply = ask(newsroom, url)
    assert reply.status == 301
    assert ask(newsroom, reply.headers["location"]).status == 200


def test_the_failing_feed_recovers_with_the_second_edition(newsroom: Newsroom) -> None:
    assert ask_feed(newsroom, "plains-observer").status == 500
    newsroom.advance()
    assert ask_feed(newsroom, "plains-observer").status == 200


@pytest.mark.parametrize("slug", [slug for slug in _READABLE if _SOURCES[slug].honours_validators])
def test_either_validator_brings_304_until_the_feed_changes(newsroom: Newsroom, slug: str) -> None:
    if slug == "plains-observer":
        newsroom.advance()
    first = ask_feed(newsroom, slug)
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    for headers in ({"if_none_match": etag}, {"if_none_match": f'"x", {etag}'}, {"if_modified_since": modified}):
        again = ask_feed(newsroom, slug, **headers)
        assert (again.status, again.content) == (304, b"")
        assert again.headers["etag"] == etag
    assert ask_feed(newsroom, slug, if_none_match='"other"', if_modified_since=modified).status == 200
    earlier = parsedate_to_datetime(modified) - timedelta(seconds=1)
    assert ask_feed(newsroom, slug, if_modified_since=f"{earlier:%a, %d %b %Y %H:%M:%S} GMT").status == 200
    assert ask_feed(newsroom, slug, if_modified_since="yesterday").status == 200


@pytest.mark.parametrize("slug", ["gujarat-ledger", "dharti-wire"])
def test_a_feed_with_news_answers_200_to_old_validators(newsroom: Newsroom, slug: str) -> None:
    first = ask_feed(newsroom, slug)
    newsroom.advance()
    assert ask_feed(newsroom, slug, if_none_match=first.headers["etag"]).status == 200
    assert ask_feed(newsroom, slug, if_modified_since=first.headers["last-modified"]).status == 200


def test_a_feed_without_news_answers_304_across_editions(newsroom: Newsroom) -> None:
    etag = ask_feed(newsroom, "capital-post").headers["etag"]
    newsroom.advance()
    assert ask_feed(newsroom, "capital-post", if_none_match=etag).status == 304


def test_one_source_sends_validators_and_does_not_honour_them(newsroom: Newsroom) -> None:
    first = ask_feed(newsroom, "byte-verandah")
    assert ask_feed(newsroom, "byte-verandah", if_none_match=first.headers["etag"]).status == 200


def test_some_sources_compress_where_the_reader_can_read_it(newsroom: Newsroom) -> None:
    plain, packed = ask_feed(newsroom, "gujarat-ledger"), ask_feed(newsroom, "gujarat-ledger", accept_encoding="gzip")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["etag"] == plain.headers["etag"]
    assert "content-encoding" not in ask_feed(newsroom, "dharti-wire", accept_encoding="gzip").headers


def test_the_second_edition_brings_three_new_entries_and_one_new_version(newsroom: Newsroom) -> None:
    first = {entry.url: entry for entry in newsroom.entries}
    newsroom.advance()
    second = {entry.url: entry for entry in newsroom.entries}
    recovered = {url for url, entry in second.items() if entry.source == "plains-observer"}
    new = set(second) - set(first)
    assert set(first) <= set(second)
    assert len(new - recovered) == 2
    assert "sarees-by-bus" in {second[url].slug for url in new & recovered}
    changed = [url for url in first if first[url].title != second[url].title]
    assert [first[url].slug for url in changed] == ["indore-traders-warehouse-raids"]
    assert first[changed[0]].topics == {"trader-protests"}
    assert second[changed[0]].topics == {"trader-protests", "e-commerce-policy"}
    assert first[changed[0]].published == second[changed[0]].published


def test_the_feed_tells_when_an_entry_was_changed(newsroom: Newsroom) -> None:
    tag = "{http://www.w3.org/2005/Atom}updated"
    newsroom.advance()
    items = ET.fromstring(ask_feed(newsroom, "dharti-wire").content).iter("item")
    changes = {item.findtext("title"): item.findtext(tag) for item in items if item.findtext(tag)}
    assert len(changes) == 1
    assert datetime.fromisoformat(next(iter(changes.values())) or "").isoformat() == "2026-03-02T13:00:00+05:30"
