"""Wherever the fast reader has an answer it is feedparser's, in every field; wherever it might not be, it has none."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from extractors import parse_feed
from newsdesk.newsroom import Newsroom
from newsdesk.newsroom.library import load_library
from tests.extractors.fast_and_sure import URL, difference, fast
from tests.extractors.test_feed_conformance import FEEDS, HEADER, documents
from tests.newsroom.client import ask_feed
from tests.newsroom.conftest import SteppingClock

OWN = Path(__file__).resolve().parents[1] / "data" / "feeds"
Record = Callable[[str, object], None]
FIRST_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>News</title><link>https://n.example/</link><description>All of it</description>
<item><title>Ferry resumes</title><link>https://n.example/1</link><guid isPermaLink="false">1</guid>
<pubDate>Mon, 02 Mar 2026 10:00:00 +0530</pubDate><description>It sails again.</description><!--here--></item>
</channel></rss>""".replace("<!--here-->", "{}")
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><link href="https://n.example/"/><id>f</id>
<entry><title>Ferry resumes</title><link href="https://n.example/1"/><id>1</id>
<published>2026-03-02T10:00:00+05:30</published><summary>It sails again.</summary>{}</entry></feed>"""


class Comparison:
    """How many documents the fast reader read, and where it differed."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.differences: dict[str, str] = {}

    def add(self, name: str, content: bytes, content_type: str | None = None) -> None:
        self.counts["documents"] += 1
        self.counts["read fast"] += fast(content, content_type) is not None
        if found := difference(content, content_type):
            self.differences[name] = found

    def close(self, record: Record) -> None:
        figures = ", ".join(f"{count:,} {what}" for what, count in self.counts.items())
        record("figures", f"{figures}, {len(self.differences)} different")
        assert self.differences == {}


@pytest.mark.skipif(not FEEDS.is_dir(), reason="the conformance files are not beside the repository (NEWSDESK_SHARED)")
def test_the_conformance_files_are_read_alike(record_property: Record) -> None:
    comparison = Comparison()
    for path in documents():
        name, content = str(path.relative_to(FEEDS)), path.read_bytes()
        headers = {key.lower(): value for key, value in HEADER.findall(content[:4000].decode("latin-1"))}
        comparison.add(name, content, headers.get("content-type"))
        comparison.add(f"{name} without its comment", FIRST_COMMENT.sub(b"", content, 1), headers.get("content-type"))
    comparison.close(record_property)
    assert comparison.counts["read fast"] > 1000


def test_our_own_documents_are_read_alike(record_property: Record) -> None:
    comparison = Comparison()
    for path in OWN.iterdir():
        comparison.add(path.name, path.read_bytes())
    comparison.close(record_property)
    assert comparison.counts["read fast"] >= 4


def test_the_feeds_of_the_newsroom_are_read_alike(record_property: Record) -> None:
    comparison = Comparison()
    with Newsroom(clock=SteppingClock(), slow_seconds=0.0) as room:
        for _ in range(2):
            for source in load_library().sources:
                reply = ask_feed(room, source.slug)
                comparison.add(source.slug, reply.content, reply.headers.get("content-type"))
            room.advance()
    comparison.close(record_property)
    assert comparison.counts["read fast"] >= 10


GATES = {
    "damaged XML": RSS.format("<category>A & B</category>"),
    "a document type": "<!DOCTYPE rss>" + RSS.format("").partition("?>")[2],
    "an entity": RSS.format("<category>A &nbsp; B</category>"),
    "a base": ATOM.format('<content type="html" xml:base="https://n.example/a/">&lt;a href="b"&gt;</content>'),
    "neither title nor text": RSS.format("").replace("Ferry resumes", "").replace("It sails again.", ""),
    "a relative link": RSS.format("").replace("https://n.example/1", "mailto:desk@n.example"),
    "no identifier": RSS.format("").replace('<guid isPermaLink="false">1</guid>', ""),
    "no date": RSS.format("").replace("Mon, 02 Mar 2026", "yesterday"),
    "another encoding": RSS.format("<category>é</category>").replace("UTF-8", "ISO-8859-1"),
    "another format": ATOM.format("").replace("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"),
    "controls of Windows": RSS.format("<category>it\x92s</category>"),
    "a reference to one": RSS.format("<category>it&#146;s</category>"),
    "a second title": RSS.format("<dc:title>Ferry again</dc:title>"),
    "a second summary": RSS.format("<description>It still does.</description>"),
    "unescaped XHTML": ATOM.format('<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x</div></content>'),
    "a source with elements": ATOM.format("<source><id>https://s.example/</id><title>S</title></source>"),
    "base64": ATOM.format('<content type="image/png">aGVsbG8=</content>'),
    "two authors with addresses": RSS.format("<author>a@n.example</author><author>b@n.example</author>"),
    "two items in one": RSS.format("<item><guid>2</guid></item>"),
    "an element with a rule that is not ours": RSS.format("<itunes:summary>S</itunes:summary>").replace(
        "<rss ", '<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    ),
    "a person beside a name": RSS.format("<author>Asha</author><atom:author><atom:name>Ben</atom:name></atom:author>"),
    "a person without a name": ATOM.format(
        "<author><name>Asha</name></author><author><email>b@n.example</email></author>"
    ),
    "text beside a person": ATOM.format("<author>Asha<name>Ben</name></author>"),
    "a letter in the name of an attribute": RSS.format('<comments \ufffda="1">x</comments>'),
    "a control beside a caption": RSS.format('<media:description a="1"\x01>x</media:description>'),
    "an instruction": RSS.format("<?an instruction?>"),
    "a reference in a comment": RSS.format("<!-- A & B -->"),
    "a prefix of another namespace": RSS.format("<dcterms:created>2026-03-01</dcterms:created>").replace(
        "<rss ", '<rss xmlns:dcterms="urn:other" '
    ),
    "a picture in an item": RSS.format("<image><title>T</title><link>https://n.example/p</link></image>"),
    "the title of a film before its own": RSS.replace("<item>", "<item><media:title>Film</media:title>").format(""),
    "an attribute that means something": RSS.replace("<item>", '<item href="https://n.example/other">').format(""),
}  # fmt: skip


@pytest.mark.parametrize("why", GATES)
def test_a_gate_leaves_to_feedparser(why: str) -> None:
    content = GATES[why].encode()
    feed = parse_feed(content, URL)
    assert feed.reader == "feedparser"
    assert len(feed.entries) in (1, 2)
    assert feed.entries[0].title in ("Ferry resumes", "Film", "") or why == "a second title"
    assert difference(content) is None


def test_the_documents_of_the_gates_pass_without_what_is_refused() -> None:
    for content in (RSS.format(""), ATOM.format("")):
        assert parse_feed(content.encode(), URL).reader == "fast"


PASSES = (
    "<dc:creator>Asha Rao</dc:creator><dc:creator>M. Iyer</dc:creator>",
    "<author>desk@n.example (The Desk)</author>",
    "<author>desk@n.example</author>",
    '<category domain="d">India</category><category/><category domain="d">Sea</category><category>Sea</category>',
    '<source url="https://s.example/feed">S</source>',
    "<content:encoded><![CDATA[<p>It <a href='/2'>sails</a></p><script>x()</script>]]></content:encoded>",
    '<content:encoded xml:lang="hi">x</content:encoded><description>After the content</description>',
    (
        '<media:group><media:content url="u"><media:description type="plain">Pier</media:description>'
        "<media:title>Other</media:title></media:content></media:group><media:description>Quay</media:description>"
    ),
    '<enclosure url="https://n.example/1.mp3" type="audio/mpeg" length="1"/><comments>https://n.example/1#c</comments>',
    '<atom:link rel="alternate" type="text/html" href="https://n.example/other"/>',
    '<atom:link rel="replies" href="https://n.example/1/replies"/>',
    "<dc:date>2026-03-03</dc:date>", "<atom:updated>2026-03-03</atom:updated>", "<dc:language>hi_IN</dc:language>",
    "<!-- a comment -->", f"<author>{'long ' * 400}</author>", "<category><![CDATA[A &#8217; B]]>C&#128512;</category>",
    "<atom:author><atom:name>Asha</atom:name><atom:email>a@n.example</atom:email></atom:author>",
    '<x:y xmlns:x="urn:x" z="1"><x:b>c</x:b></x:y>', '<post-id xmlns="com-wordpress:feed-additions:1">3</post-id>',
    "<category>" + "long " * 400 + "</category>",
)  # fmt: skip


@pytest.mark.parametrize("more", PASSES)
def test_what_feeds_commonly_hold_is_read_fast_and_alike(more: str) -> None:
    content = RSS.format(more).encode()
    assert parse_feed(content, URL).reader == "fast"
    assert difference(content) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ferry resumes", "<![CDATA[India&#8217;s Ferry & Co]]>"),
        ("Ferry resumes", "A &amp;amp; B &amp;bogus; &lt;3"),
        ("Ferry resumes", "5 &lt; 6"),
        ("Ferry resumes", "&lt;b&gt;Ferry&lt;/b&gt; &amp;amp; &lt;i&gt;resumes&lt;/i&gt;"),
        ("Ferry resumes", "&lt;ferry&gt;resumes&lt;/ferry&gt;"),
        ("Ferry resumes", "CafÃ© SÃ£o"),
        ("https://n.example/1<", "https:///n.example/1?a=1&amp;amp;b=2&amp;amp;c;<"),
        ('<guid isPermaLink="false">1</guid>', "<guid>https:///n.example/1</guid>"),
        ("<link>https://n.example/1</link>", ""),
        ("<link>https://n.example/</link>", "<image><url>u</url><title>T</title><link>https://i.example/</link></image>"),
        ("<channel>", '<channel><ttl>15</ttl><atom:link rel="hub" href="https://h.example/"/><language>en</language>'),
        ("<rss ", '<rss xml:lang="en_IN" '),
        ('version="2.0"', 'version="0.92"'),
        ('version="2.0"', ""),
    ],
)  # fmt: skip
def test_other_ways_of_writing_are_read_alike(before: str, after: str) -> None:
    content = RSS.format("").replace(before, after)
    assert before in RSS
    assert fast(content.encode()) is not None
    assert difference(content.encode()) is None
    assert difference(b"\xef\xbb\xbf \n" + content.encode()) is None


def test_both_readers_are_asked_and_feedparser_answers() -> None:
    feed = parse_feed(RSS.format("").encode(), URL, reader="both")
    assert (feed.reader, feed.shadow_difference) == ("feedparser", None)
    assert parse_feed(b"<rss", URL, reader="both").shadow_difference is None


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("<item>", "<item><title>Other</title></item><item>", "1 entries, not 2"),
        ("Ferry resumes", "Ferry stops", "title of entry 1: 'Ferry resumes', not 'Ferry stops'"),
        (">1<", ">2<", "guid of entry 1: '1', not '2'"),
        ("/1<", "/2<", "link of entry 1: 'https://n.example/1', not 'https://n.example/2'"),
        ("10:00:00", "11:00:00", "published of entry 1: '2026-03-02 04:30:00+00:00', not '2026-03-02 05:30:00+00:00'"),
    ],
)
def test_a_difference_is_told_in_words(before: str, after: str, told: str) -> None:
    from extractors.feed import _difference

    one, other = (parse_feed(text.encode(), URL) for text in (RSS.format(""), RSS.format("").replace(before, after)))
    assert _difference(one, other) == told
    assert _difference(one, one) is None


def test_the_record_names_its_reader() -> None:
    readers = {path.name: parse_feed(path.read_bytes(), URL).reader for path in OWN.iterdir()}
    assert readers["hindi.xml"] == "fast"
    assert readers["bare-ampersands.xml"] == "feedparser"
    assert readers["json11.json"] == "json"
    assert readers["news-sitemap.xml"] == "sitemap"
    assert readers["login-page.html"] == ""
