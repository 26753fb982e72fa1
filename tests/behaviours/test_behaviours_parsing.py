"""Feeds are read: nothing is lost, nothing hostile does harm, and one shape comes out of every format."""

import html
import re
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from extractors import ExtractError, parse_feed
from extractors.dates import read_date
from newsdesk.errors import WorkerError
from newsdesk.workers import DocumentWorkers
from tests.extractors.test_feed_conformance import FEEDS, HEADER, KNOWN, documents, feedparsers, losses, read

URL = "https://feeds.example/section/document"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Record = Callable[[str, object], None]

ITEM = (
    "<item><title>Ferry {0}</title><link>https://n.example/{0}</link><guid isPermaLink='false'>{0}</guid>"
    "<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>{1}</item>"
)


def rss(*more: str, prolog: str = "") -> bytes:
    """A feed with an item for each text, which stands in it."""
    items = "".join(ITEM.format(number, text) for number, text in enumerate(more, 1))
    return f"{prolog}<rss version='2.0'><channel><title>News</title>{items}</channel></rss>".encode()


def sound_documents() -> Iterator[tuple[str, bytes]]:
    """Our own documents in the formats that feedparser knows, then the conformance files where they are to be had."""
    for kind in ("rss09x", "rss10", "rss20", "atom03", "atom10"):
        yield kind, FORMATS[kind].format(**STORY).encode()
    yield "several", rss("", "<category>India</category>", "<dc:date xmlns:dc='http://purl.org/dc/elements/1.1/'/>")
    for path in documents() if FEEDS.is_dir() else ():
        yield str(path.relative_to(FEEDS)), path.read_bytes()


def test_behaviour_01_nothing_is_lost_against_feedparser_and_titles_are_plain(record_property: Record) -> None:
    """No entry, link, id or date that feedparser finds is lost, and titles come out as plain text."""
    counts: Counter[str] = Counter()
    lost = {}
    for name, content in sound_documents():
        headers = {key.lower(): value for key, value in HEADER.findall(content[:4000].decode("latin-1"))}
        location = headers.get("content-location", "")
        url = location if location.startswith("http") else URL
        theirs = feedparsers(content, url, headers.get("content-type", "application/xml"))
        ours = read(content, url, headers.get("content-type"))
        counts["documents"] += 1
        counts["entries"] += len(theirs.entries)
        found = [f"{len(theirs.entries)} entries: {len(ours.entries)}"] * (len(ours.entries) < len(theirs.entries))
        for one, other in zip(theirs.entries, ours.entries, strict=False):
            found += losses(one, other, counts)
            assert not re.search(r"</?(?:b|i|p|a|em|strong|br)\b[^<>]*>", other.title)
        if found and name not in KNOWN:
            lost[name] = found
    record_property("figures", f"{dict(counts)}: {len(lost)} lost; {len(KNOWN)} files are left out for a reason")
    assert lost == {}
    assert counts["entries"] >= 8


def test_behaviour_01_a_title_that_was_escaped_twice_is_plain() -> None:
    """Titles come out as plain text: no tags, no double escapes."""
    said = "A &lt;b&gt;ferry&lt;/b&gt; &amp;amp; a pier: 5 &amp;lt; 6 &amp;#8217;boats&amp;#8217;"
    content = rss("").replace(b"Ferry 1", said.encode())
    assert parse_feed(content, URL).entries[0].title == "A ferry & a pier: 5 < 6 ’boats’"


HOSTILE = {
    "attributes": rss("").replace(b"<item>", b"<item " + b" ".join(b'a%d="1"' % n for n in range(200_000)) + b">"),
    "unclosed comments": rss(f"<description><![CDATA[{'<!--' * 100_000}]]></description>"),
    "deep": rss("").replace(b"<item>", b"<x>" * 200_000 + b"</x>" * 200_000 + b"<item>"),
    "50 MB": rss(*["<description>" + "word " * 170 + "</description>"] * 50_000),
}


def outcome(workers: DocumentWorkers, content: bytes) -> str:
    try:
        return f"{len(workers.submit(parse_feed, content, URL).result().entries)} entries"
    except (ExtractError, WorkerError) as error:
        return f"{type(error).__name__}: {error}"


def test_behaviour_02_a_hostile_document_costs_only_itself() -> None:
    """Documents are parsed in workers; what hangs or fills a parser yields one error, and the others are read."""
    with DocumentWorkers(1, seconds=10.0, memory_bytes=512 << 20) as workers:
        ends = {}
        for name, content in HOSTILE.items():
            ends[name] = outcome(workers, content)
            assert outcome(workers, rss("", "")) == "2 entries"
    assert "attributes" in ends["attributes"]
    assert "bytes; at most" in ends["50 MB"]
    assert ends["unclosed comments"] == ends["deep"] == "1 entries"


@pytest.mark.parametrize(
    ("seconds", "memory", "content", "said"),
    [
        (0.3, 512 << 20, HOSTILE["deep"], "took more than 0.3 s"),
        (30.0, 8 << 20, rss(*["<description>" + "word " * 20 + "</description>"] * 15_000), "memory"),
    ],
    ids=["time", "memory"],
)
def test_behaviour_02_a_worker_is_stopped_at_its_limits(seconds: float, memory: int, content: bytes, said: str) -> None:
    """A worker is killed after its seconds of CPU or its memory, and the next document is read."""
    with DocumentWorkers(1, seconds=seconds, memory_bytes=memory) as workers:
        end = outcome(workers, content)
    assert end.startswith("WorkerError")
    assert said in end


def bomb(levels: int) -> str:
    entities = "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, levels))
    return f'<!DOCTYPE rss [<!ENTITY a0 "ha">{entities}]>'


def test_behaviour_03_entities_open_nothing_and_stay_small(tmp_path: Path) -> None:
    """External and parameter entities open no file and no socket; bombs take < 100 MB and < 2 s; entries come."""
    secret = tmp_path / "secret"
    secret.write_text('<!ENTITY b "the-secret">')
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        web = f"http://127.0.0.1:{server.getsockname()[1]}/x.dtd"
        prologs = [
            f'<!DOCTYPE rss [<!ENTITY b SYSTEM "{secret.as_uri()}">]>',
            f'<!DOCTYPE rss [<!ENTITY b SYSTEM "{web}">]>',
            f'<!DOCTYPE rss SYSTEM "{web}" [<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;]>',
            f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{web}"> %p;]>',
            bomb(10).replace("a9", "b"),
            f'<!DOCTYPE rss [<!ENTITY b "{"ha" * 50_000}">]>',
        ]
        with DocumentWorkers(1, seconds=2.0, memory_bytes=100 << 20) as workers:
            for prolog in prologs:
                content = rss(f"<description>{'&b;' * 1_000}</description>", "", prolog=prolog)
                feed = workers.submit(parse_feed, content, URL).result()
                assert [entry.guid for entry in feed.entries] == ["1", "2"]
                assert "the-secret" not in repr(feed)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (rss("<description>A & B: AT&T</description>"), "bare ampersands"),
        (b"Warning: mysql_connect() in <b>/srv/feed.php</b>\n" + rss(""), "other text stands before"),
        (rss("", "<description>It br")[:-40], "ends before"),
        (rss("<description>caf\xe9</description>").decode().encode("cp1252"), "was read as"),
        (rss("").replace(b"Ferry", b"Fe\x00rr\x0by"), "control characters"),
    ],
    ids=["ampersand", "warning", "cut", "encoding", "controls"],
)
def test_behaviour_04_damage_is_read_and_told(content: bytes, reason: str) -> None:
    """Damaged documents give their entries with a reason; controls never reach the index."""
    feed = parse_feed(content, URL)
    assert reason in (feed.bozo_reason or "")
    assert (feed.entries[0].guid, feed.entries[0].title) == ("1", "Ferry 1")
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", repr(feed).encode().decode("unicode_escape"))


STORY: dict[str, Any] = {
    "title": "Ferry",
    "link": "https://n.example/1",
    "summary": "It sails.",
    "when": "2026-03-02T10:00:00Z",
}
_XML = "<title>{title}</title><link>{link}</link><description>{summary}</description>"
_ATOM = '<title>{title}</title><link href="{link}"/><id>tag:n.example,2026:1</id><summary>{summary}</summary>'
_JSON = (
    '{{"version": "https://jsonfeed.org/version/VERSION", "title": "N", "items": [{{"id": "1", "title": "{title}",'
    ' "url": "{link}", "content_text": "{summary}", "date_published": "{when}"}}]}}'
)
FORMATS = {
    "rss09x": f'<rss version="0.91"><channel><title>N</title><item>{_XML}</item></channel></rss>',
    "rss20": f'<rss version="2.0"><channel><title>N</title><item>{_XML}<pubDate>{{when}}</pubDate></item>'
    "</channel></rss>",
    "rss10": '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>N</title></channel><item rdf:about="1">'
    f"{_XML}<dc:date>{{when}}</dc:date></item></rdf:RDF>",
    "atom03": '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>N</title>'
    f"<entry>{_ATOM}<issued>{{when}}</issued></entry></feed>",
    "atom10": f'<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title><entry>{_ATOM}<published>{{when}}</published>'
    "</entry></feed>",
    "json10": _JSON.replace("VERSION", "1"),
    "json11": _JSON.replace("VERSION", "1.1"),
    "news-sitemap": '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>{link}</loc><news:news>'
    "<news:title>{title}</news:title><news:publication_date>{when}</news:publication_date></news:news></url></urlset>",
}


@pytest.mark.parametrize("kind", FORMATS)
def test_behaviour_05_every_format_gives_one_shape(kind: str) -> None:
    """JSON Feed 1.0 and 1.1, RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0 and news sitemaps give the same entry."""
    feed = parse_feed(FORMATS[kind].format(**STORY).encode(), URL)
    entry = feed.entries[0]
    assert (feed.format, entry.title, entry.link) == (kind, STORY["title"], STORY["link"])
    assert entry.summary == (STORY["summary"] if kind != "news-sitemap" else "")
    assert entry.published == (datetime(2026, 3, 2, 10, tzinfo=UTC) if kind != "rss09x" else None)


HARM = (
    '<p onclick="x()">Go <a href="javascript:x()">on</a><script>x()</script><a href="/a?b">there</a>'
    '<img src="p.png" onerror="x()"><iframe src="//x.example"></iframe></p>'
)


@pytest.mark.parametrize(
    ("link", "base", "expected"),
    [
        ("<link>https://n.example/home/</link>", ' xml:base="https://base.example/b/"', "https://base.example/"),
        ("<link>https://n.example/home/</link>", "", "https://n.example/"),
        ("", "", "https://feeds.example/"),
    ],
    ids=["xml:base", "channel link", "final URL"],
)
def test_behaviour_06_html_is_harmless_and_its_links_are_absolute(link: str, base: str, expected: str) -> None:
    """Stored HTML has no script, handler or javascript:; links are absolute by xml:base, channel link or final URL."""
    encoded = f"<c:encoded{base}>{html.escape(HARM)}</c:encoded>"
    content = rss(encoded).replace(b"<title>News", f"{link}<title>News".encode())
    content = content.replace(b"<rss ", b'<rss xmlns:c="http://purl.org/rss/1.0/modules/content/" ')
    stored = parse_feed(content, URL).entries[0].content
    assert not re.search(r"script|onclick|onerror|iframe", stored)
    found = re.findall(r'(?:href|src)="([^"]*)"', stored)
    assert len(found) == 2
    assert all(one.startswith(expected) for one in found)
    assert found[0] == f"{expected}a?b"


DATES = {
    "Mon, 02 Mar 2026 10:00:00 IST": "2026-03-02T04:30",
    "2026-03-02 10:00:00 IST": "2026-03-02T04:30",
    "Mon, 02 Mar 2026 10:00:00 GMT+5:30": "2026-03-02T04:30",
    "Mon, 02 Mar 2026 10:00:00 GMT+0530": "2026-03-02T04:30",
    "Mon, 02 Mar 2026 10:00:00 +0530": "2026-03-02T04:30",
    "Mon, 02 Mar 2026 10:00:00 +05:30": "2026-03-02T04:30",
    "2026-03-02T10:00:00+05:30": "2026-03-02T04:30",
    "2026-03-02T10:00:00+0530": "2026-03-02T04:30",
    "March 2, 2026 10:00 AM IST": "2026-03-02T04:30",
    "02 Mar 2026, 10:00 hrs IST": "2026-03-02T04:30",
    "02-03-2026 10:00:00": "2026-03-02T10:00",
    "02/03/2026 10:00": "2026-03-02T10:00",
    "13/02/2026 10:00": "2026-02-13T10:00",
    "02.03.2026 10:00": "2026-03-02T10:00",
    "1772445600": "2026-03-02T10:00",
    "1772445600000": "2026-03-02T10:00",
    "Mon, 02 Mar 2026 10:00:00 BST": "2026-03-02T09:00",
    "Mon, 02 Mar 2026 10:00:00 CET": "2026-03-02T09:00",
    "Mon, 02 Mar 2026 10:00:00 CEST": "2026-03-02T08:00",
    "Mon, 02 Mar 2026 10:00:00 EET": "2026-03-02T08:00",
    "Mon, 02 Mar 2026 10:00:00 JST": "2026-03-02T01:00",
    "Mon, 02 Mar 2026 10:00:00 PKT": "2026-03-02T05:00",
    "Mon, 02 Mar 2026 10:00:00 NPT": "2026-03-02T04:15",
    "Mon, 02 Mar 2026 10:00:00 SGT": "2026-03-02T02:00",
    "Mon, 02 Mar 2026 10:00:00 AEST": "2026-03-02T00:00",
    "Mon, 02 Mar 2026 10:00:00 EST": "2026-03-02T15:00",
    "Mon, 02 Mar 2026 10:00:00 PDT": "2026-03-02T17:00",
    "Mon, 02 Mar 2026 10:00:00 GMT": "2026-03-02T10:00",
    "Mon, 02 Mar 26 10:00:00 GMT": "2026-03-02T10:00",
    "2026-03-02T10:00:00Z": "2026-03-02T10:00",
    "2026-03-02T10:00:00.123Z": "2026-03-02T10:00",
    "2026-03-02 10:00:00": "2026-03-02T10:00",
    "2026-03-02": "2026-03-02T00:00",
    "20260302T100000Z": "2026-03-02T10:00",
    "2 mars 2026 10h00 CET": "2026-03-02T09:00",
    "2. März 2026 10:00 MEZ": "2026-03-02T09:00",
    "२ मार्च २०२६ १०:०० IST": "2026-03-02T04:30",
    "0001-01-01T00:00:00Z": None,
    "1970-01-01T00:00:00Z": None,
    "1994-12-31T23:59:59Z": None,
    "2026-02-30T10:00:00Z": None,
    "2026-13-02T10:00:00Z": None,
    "Mon, 02 Mar 2026 25:00:00 GMT": None,
    "2 hours ago": None,
}


@pytest.mark.parametrize(("said", "meant"), DATES.items(), ids=list(DATES))
def test_behaviour_07_dates_are_right_or_null(said: str, meant: str | None) -> None:
    """A date text is the right instant or none: IST is +05:30, and nothing before 1995 is believed."""
    assert len(DATES) == 44
    expected = datetime.fromisoformat(meant).replace(tzinfo=UTC) if meant else None
    found = read_date(said)
    assert (found.instant.replace(microsecond=0) if found else None) == expected
    entry = parse_feed(rss("").replace(b"Mon, 02 Mar 2026 10:00:00 GMT", said.encode()), URL).entries[0]
    assert (entry.published.replace(microsecond=0) if entry.published else None) == expected


def test_behaviour_07_what_lies_ahead_is_not_published() -> None:
    """No instant more than 24 hours ahead is stored as published, and the time of fetching is never put instead."""
    for hours, believed in ((-12, True), (23, True), (25, False), (24 * 400, False)):
        moment = NOON + timedelta(hours=hours)
        said = moment.strftime("%a, %d %b %Y %H:%M:%S GMT").encode()
        feed = parse_feed(rss("").replace(b"Mon, 02 Mar 2026 10:00:00 GMT", said), URL, now=NOON)
        assert feed.entries[0].published == (moment if believed else None)
        assert (feed.entries[0].published_source is None) != believed
