"""Documents that are damaged, hostile, or no feeds at all."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import DateSource, ExtractError, ParsedFeed, parse_feed

URL = "https://feeds.example/section/feed"
FEEDS = Path(__file__).resolve().parents[1] / "data" / "feeds"
SAMPLES = [path.read_bytes() for path in sorted(FEEDS.iterdir()) if not path.name.endswith(".expected.json")]
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


def rss(items: str, *, prolog: str = DECLARATION) -> str:
    return f'{prolog}<rss version="2.0"><channel><title>T</title><link>https://n.example/</link>{items}</channel></rss>'


def item(number: int, more: str = "") -> str:
    return (
        f"<item><title>Title {number}</title><link>https://n.example/{number}</link><guid>g{number}</guid>{more}</item>"
    )


def parsed(text: str | bytes, **options: object) -> ParsedFeed:
    content = text if isinstance(text, bytes) else text.encode()
    return parse_feed(content, URL, **options)  # type: ignore[arg-type]  # each test passes the options it names


NO_FEEDS = {
    b"": "empty",
    b" \r\n\t": "empty",
    b"\xef\xbb\xbf": "empty",
    b"\x89PNG\r\n\x1a\n\x00\x00": "PNG image",
    b"\xff\xd8\xff\xe0": "JPEG image",
    b"%PDF-1.7": "PDF file",
    b"\x1f\x8b\x08\x00": "nobody unpacked",
    b"<!DOCTYPE html><title>Sign in</title>": "HTML page (“Sign in”)",
    b"<html><body>parked</body></html>": "HTML page",
    b"<?xml version='1.0'?><!-- x --><!DOCTYPE html [<!ENTITY a 'b'>]><html xmlns='x'><p/></html>": "HTML page",
    b"<script>location.href='/captcha'</script>": "HTML page",
    b"Service unavailable": "neither XML nor JSON",
    b"<opml version='2.0'><body/></opml>": "<opml>",
    b"<?xml version='1.0'?><error><code>429</code></error>": "<error>",
    b"<!-- never closed": "neither XML nor JSON",
    b'{"error": "login"}': "no version of jsonfeed.org",
    b"[1, 2]": "is no object",
    b'{"version": ': "breaks off",
}


@pytest.mark.parametrize(("content", "reason"), NO_FEEDS.items())
def test_what_is_no_feed_is_told_in_a_sentence(content: bytes, reason: str) -> None:
    feed = parsed(content)
    assert feed.not_a_feed_reason is not None
    assert reason in feed.not_a_feed_reason
    assert feed.not_a_feed_reason.endswith(".")
    assert (feed.entries, feed.format) == ((), "")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("Notice: undefined index in /srv/feed.php\n" + rss(item(1)), "other text stands before"),
        (rss(item(1, "<description>A & B: AT&T &bogus; &nbsp;</description>")), "bare ampersands"),
        (rss(item(1)).replace("Title", "Ti\x00t\x0ble"), "control characters"),
        (rss(item(1, "<description>&#0;&#x1F;&#99999999999;&#xD800;</description>")), "characters that XML forbids"),
        (rss(item(1))[:-20], "ends before"),
        (rss(item(1, "<description><b>open</description>")), "not well-formed"),
        (rss(item(1, "<media:text>x</media:text>")), "not well-formed"),
        (rss(item(1, "<description>caf\xe9</description>")).encode("cp1252"), "was read as"),
        (
            rss(item(1, "<description>नमस्ते दुनिया</description>")).encode() + b"<!-- \xff -->",
            "places of it are not UTF-8",
        ),
        (
            rss(item(1, "<description>é</description>"), prolog='<?xml version="1.0" encoding="utf-16"?>'),
            "but is UTF-8",
        ),
    ],
)
def test_a_damaged_document_gives_its_entries_and_says_what_is_wrong(content: str | bytes, reason: str) -> None:
    feed = parsed(content)
    assert feed.bozo_reason is not None
    assert reason in feed.bozo_reason
    assert [(entry.guid, entry.link) for entry in feed.entries] == [("g1", "https://n.example/1")]
    assert feed.entries[0].title == "Title 1"


def test_blanks_before_the_document_are_no_damage() -> None:
    assert parsed("\n\n  " + rss(item(1))).bozo_reason is None


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "iso-8859-1", "utf-16", "utf-16-le", "utf-32-be"])
def test_every_declared_encoding_is_read(encoding: str) -> None:
    prolog = f'<?xml version="1.0" encoding="{encoding}"?>'
    feed = parsed(rss(item(1).replace("Title", "Ärger über"), prolog=prolog).encode(encoding))
    assert (feed.entries[0].title, feed.bozo_reason) == ("Ärger über 1", None)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("gb2312", "新闻"),
        ("big5", "新聞"),
        ("shift_jis", "ニュース"),
        ("iso-2022-jp", "日本"),
        ("euc-kr", "뉴스"),
        ("koi8-r", "Новости"),
    ],
)
def test_encodings_of_asia_and_russia_are_read(encoding: str, words: str) -> None:
    prolog = f'<?xml version="1.0" encoding="{encoding}"?>'
    content = rss(item(1).replace("Title", words), prolog=prolog).encode(encoding)
    assert parsed(content).entries[0].title == f"{words} 1"
    assert parsed(content, content_type="application/rss+xml; charset=ISO-8859-1").entries[0].title == f"{words} 1"


def test_the_charset_of_the_header_is_used_where_the_document_says_nothing() -> None:
    content = rss(item(1).replace("Title", "Новости"), prolog="").encode("windows-1251")
    assert parsed(content, content_type='text/xml; charset="windows-1251"').entries[0].title == "Новости 1"


def test_a_wrong_header_does_not_spoil_utf_8() -> None:
    feed = parsed(rss(item(1).replace("Title", "Ärger")), content_type="text/xml; charset=ISO-8859-1")
    assert (feed.entries[0].title, feed.bozo_reason) == ("Ärger 1", None)


def test_an_external_entity_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the-secret")
    prolog = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    sitemap = (
        f'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        '<urlset xmlns:news="n"><url><loc>https://n.example/1</loc><news:news><news:title>a&x;b</news:title></news:news></url></urlset>'
    )
    for content in (rss(item(1, "<description>a&x;b</description>"), prolog=prolog), sitemap):
        feed = parsed(content)
        assert len(feed.entries) == 1
        assert "the-secret" not in repr(feed)


def test_an_entity_bomb_stays_small() -> None:
    levels = "".join(f'\n<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 10))
    prolog = f'<?xml version="1.0"?><!DOCTYPE rss [\n<!ENTITY a0 "ha">{levels}\n]>'
    urls = '<urlset xmlns:n="sitemap-news/"><url><news><title>&a9;</title></news></url></urlset>'
    sitemap = f'<!DOCTYPE urlset [<!ENTITY a0 "ha">{levels}]>{urls}'
    for content in (rss(item(1, "<description>&a9;</description>") + item(2), prolog=prolog), sitemap):
        assert len(repr(parsed(content))) < 10_000


@pytest.mark.parametrize(
    "content",
    [
        "<rss version='2.0'><channel " + " ".join(f'a{number}="1"' for number in range(20_000)) + "/></rss>",
        b"<rss>" + b" " * 20_000_000,
    ],
    ids=["attributes", "bytes"],
)
def test_absurd_documents_are_refused(content: str | bytes) -> None:
    with pytest.raises(ExtractError):
        parsed(content)


@pytest.mark.parametrize(
    "content",
    [
        rss(item(1, "<description><![CDATA[" + "<!--" * 20_000 + "]]></description>")),
        rss(item(1) + "<!-- " * 20_000),
        "\n" * 500_000 + rss(item(1)),
        "<!DOCTYPE rss [\n" + "\n" * 500_000 + "]>" + rss(item(1), prolog=""),
        rss(item(1, "<author>" + "a" * 100_000 + "</author>")),
        rss(item(1, "<description>" + "<![CDATA[" * 20_000)),
        rss(item(1, "<description>" + "<a b='" * 10_000)),
        rss(item(1) + "<x>" * 10_000),
    ],
    ids=["comments in CDATA", "comments", "blanks", "blanks in DTD", "long author", "CDATA", "open quotes", "deep"],
)
def test_what_is_quadratic_for_parsers_is_defused(content: str) -> None:
    assert [entry.guid for entry in parsed(content).entries] == ["g1"]


def test_a_cut_document_is_marked_and_an_entry_without_identity_is_left_to_the_next_poll() -> None:
    feed = parsed(rss(item(1) + "<item><title>Half a ti")[: -len("</channel></rss>")])
    assert feed.truncated
    assert [entry.guid for entry in feed.entries] == ["g1"]
    assert not parsed(rss(item(1))).truncated
    assert not parsed('<feed xmlns="http://www.w3.org/2005/Atom"/>').truncated


def test_a_cut_json_feed_gives_the_items_before_the_break() -> None:
    whole = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "1"}, {"id": "2"}]}
    feed = parsed(json.dumps(whole)[:-8])
    assert ([entry.guid for entry in feed.entries], feed.title, feed.truncated) == (["1"], "T", True)
    assert parsed('{"version": "https://jsonfeed.org/version/1.1", broken "items": [{}]}').not_a_feed_reason


def test_json_with_strange_values_loses_no_entry() -> None:
    strange = {
        "version": "https://jsonfeed.org/version/1",
        "title": 5, "home_page_url": [], "hubs": "x", "authors": {}, "author": "Jo",
        "items": [{"id": True, "title": None, "url": {}, "authors": [1], "tags": "a"}, {"id": 1.5, "summary": 5}],
    }  # fmt: skip
    feed = parsed(json.dumps(strange))
    assert [entry.guid for entry in feed.entries] == [None, "1.5"]
    missing = parsed('{"version": "https://jsonfeed.org/version/1"}')
    assert missing.bozo_reason is not None
    assert "no list of items" in missing.bozo_reason


def test_a_date_far_ahead_is_none_only_when_the_time_is_told() -> None:
    content = rss(item(1, "<pubDate>Wed, 04 Mar 2026 10:00:00 GMT</pubDate>"))
    assert parsed(content).entries[0].published == datetime(2026, 3, 4, 10, tzinfo=UTC)
    assert parsed(content, now=datetime(2026, 3, 3, 9, tzinfo=UTC)).entries[0].published is None
    assert parsed(content, now=datetime(2026, 3, 3, 11, tzinfo=UTC)).entries[0].published is not None


def test_the_feeds_own_rules_for_dates_are_used() -> None:
    content = rss(item(1, "<pubDate>02-03-2026 10:00</pubDate>"))
    entry = parsed(content, default_zone="Asia/Kolkata", day_first=False).entries[0]
    assert (entry.published, entry.published_assumed_zone) == (datetime(2026, 2, 3, 4, 30, tzinfo=UTC), True)
    with pytest.raises(ExtractError, match="Atlantis"):
        parsed(content, default_zone="Atlantis/Centre")


def test_the_publication_falls_back_and_says_to_what() -> None:
    dc = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:a="http://www.w3.org/2005/Atom"'
    both = "<dc:date {0}>2026-03-01</dc:date><pubDate>{1}</pubDate>"
    sources = {
        both.format(dc, "2 Mar 2026 10:00 GMT"): DateSource.PUBLISHED,
        both.format(dc, "soon"): DateSource.DC,
        f"<a:updated {dc}>2026-03-02T10:00:00Z</a:updated>": DateSource.UPDATED,
        "<pubDate>soon</pubDate>": None,
    }
    for dates, source in sources.items():
        assert parsed(rss(item(1, dates))).entries[0].published_source is source


def test_links_go_by_xml_base_then_channel_then_document() -> None:
    entry = '<item><link>a</link><description xml:base="x/">&lt;a href="b"&gt;</description></item>'
    based = parsed(f'<rss version="2.0" xml:base="https://b.example/x/"><channel><title/>{entry}</channel></rss>')
    assert based.entries[0].link == "https://b.example/x/a"
    assert parsed(rss("<item><link>a</link></item>")).entries[0].link == "https://n.example/a"
    orphan = parsed("<rss version='2.0'><channel><title/><item><link>a</link></item></channel></rss>")
    assert orphan.entries[0].link == "https://feeds.example/section/a"


def test_content_goes_by_its_own_base() -> None:
    feed = parsed(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><link href="https://n.example/"/><entry><id>1</id>'
        '<content type="html" xml:base="https://b.example/x/">&lt;a href="y"&gt;z&lt;/a&gt;</content></entry>'
        '<entry><id>2</id><content type="html">&lt;a href="y"&gt;z&lt;/a&gt;</content></entry></feed>'
    )
    assert 'href="https://b.example/x/y"' in feed.entries[0].content
    assert 'href="https://n.example/y"' in feed.entries[1].content


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("desk@n.example (The Desk)", "The Desk"),
        ("The Desk &lt;desk@n.example&gt;", "The Desk"),
        ("desk@n.example", "desk@n.example"),
        ("The Desk", "The Desk"),
    ],
)
def test_an_author_is_a_name_where_one_is_given(author: str, name: str) -> None:
    assert parsed(rss(item(1, f"<author>{author}</author>"))).entries[0].authors == (name,)


def test_each_of_several_authors_is_a_name() -> None:
    more = "<author>ada@news.example (Ada Lind)</author><dc:creator>Tom Okafor</dc:creator>"
    assert parsed(rss(item(1, more))).entries[0].authors == ("Ada Lind", "Tom Okafor")


MEDIA = (
    '<media:content url="https://n.example/p.jpg"><media:description type="plain">{}</media:description>'
    "</media:content>"
)


@pytest.mark.parametrize("prefix", ["media", "mrss"])
def test_what_a_picture_shows_is_not_the_text_of_the_entry(prefix: str) -> None:
    caption = MEDIA.format("The pier in March").replace("media:", f"{prefix}:")
    text = "<description>The pier is closed.</description>"
    namespace = f'<rss xmlns:{prefix}="http://search.yahoo.com/mrss/" '
    for more in (caption + text, text + caption):
        (entry,) = parsed(rss(item(1, more)).replace("<rss ", namespace)).entries
        assert (entry.summary, entry.content) == ("The pier is closed.", "")
    (entry,) = parsed(rss(item(1, caption)).replace("<rss ", namespace)).entries
    assert entry.summary == "The pier in March"


def test_a_link_that_left_out_its_scheme_is_no_path() -> None:
    content = rss("<item><title>T</title><link>www.n.example/pier</link></item>")
    assert parsed(content).entries[0].link == "https://www.n.example/pier"


def test_quotation_marks_of_windows_1252_spoil_no_accent_of_a_feed_in_utf_8() -> None:
    content = rss(item(1)).replace("Title", "“Café” à Orléans").encode().replace("“".encode(), b"\x93")
    feed = parsed(content)
    assert feed.entries[0].title == "“Café” à Orléans 1"
    assert feed.bozo_reason == "The document is damaged: it is UTF-8 with places in windows-1252."


@pytest.mark.parametrize(("encoding", "words"), [("euc-kr", "항만 노동자 파업"), ("cp874", "คนงานท่าเรือลงมติให้ขยายเวลา")])
def test_what_declares_no_encoding_is_guessed(encoding: str, words: str) -> None:
    assert parsed(rss(item(1).replace("Title", words), prolog="").encode(encoding)).entries[0].title == f"{words} 1"


def test_an_empty_news_sitemap_is_a_feed_without_entries() -> None:
    feed = parsed('<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"></urlset>')
    assert (feed.format, feed.entries, feed.not_a_feed_reason) == ("news-sitemap", (), None)


def test_a_cut_sitemap_gives_what_stands_before_the_break() -> None:
    whole = (FEEDS / "news-sitemap.xml").read_bytes()
    feed = parsed(whole[: whole.index(b"  <url><loc>https://daily.example/about")])
    assert (len(feed.entries), feed.truncated, feed.bozo_reason is not None) == (1, True, True)


@pytest.mark.parametrize("period", ["sometimes", "daily"])
def test_update_periods_are_read_where_they_mean_something(period: str) -> None:
    content = rss(
        f'<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">{period}</sy:updatePeriod>'
    )
    assert parsed(content).update_seconds == {"daily": 86_400, "sometimes": None}[period]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=30)))
def test_any_bytes_are_a_feed_or_a_refusal(content: bytes, content_type: str | None) -> None:
    check(content, content_type)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_any_damage_to_a_feed_leaves_a_feed_or_a_refusal(sample: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(sample)))
    length = data.draw(st.integers(0, 40))
    noise = data.draw(
        st.one_of(st.binary(max_size=20), st.sampled_from([b"<![CDATA[", b"&#xD800;", b"<!--", b"]]>", b"&"]))
    )
    check(sample[:start] + noise + sample[start + length :], None)


def check(content: bytes, content_type: str | None) -> None:
    try:
        feed = parse_feed(content, URL, content_type=content_type)
    except ExtractError:
        return
    assert feed.not_a_feed_reason is None or feed.entries == ()
    for entry in feed.entries:
        for text in (entry.title, entry.summary, entry.guid or "", entry.link or "", *entry.authors, *entry.categories):
            assert not any(ord(sign) < 32 or 0xD800 <= ord(sign) < 0xE000 for sign in text if sign not in "\t\n")
        assert entry.link is None or entry.link.startswith(("http://", "https://"))
        assert "<script" not in entry.content.lower()
