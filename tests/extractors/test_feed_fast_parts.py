"""The short cuts of the fast road give what the long way gives, and its tables are those of feedparser."""

import html
import itertools
import sys

from feedparser.api import StrictFeedParser
from feedparser.sanitizer import _HTMLSanitizer
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import dates, prose, text, urls
from extractors.feed_names import HTML_TAGS, RULED, STANDARD_PREFIXES, is_only_noted, tags_of
from extractors.prose import words
from extractors.zones import zone_of

BLANK = st.sampled_from(("", " ", "\n", "/", " /"))
NAMES = sorted(
    words(
        "a abbr address article b big blockquote br center code dd div dl dt em figcaption figure font footer h1 h6 "
        "header hr i img li nobr ol p pre section small span strong sub textarea u ul table td select wbr svg"
    )
)
ATTRIBUTES = (
    "", ' href="x?a=1&b=2"', " c='d e'", " a=b", " disabled", " a = b", "\n q=1/", ' x="', ' b"c="d"', ' d=">"', " a`b",
    ' b"c="d" e=\'',
)  # fmt: skip
WORDS = (
    " ", "word", "a & b", "AT&T", "&amp;", "&#8217;", "&#39;", "&lt;", "&lt;b&gt;", "&nbsp;", "&copy", "&notit;", "é",
    "&eacute;", "&#150;", "&#x41;", "5 < 6", "<", "<3", ">", "x\ny", "&am", "p;", "&amp;amp;", "&Tab;", "&hellip;",
    "]]>", "<!-- c -->", "<?x", "\u200b", "&#160;", "&shy;", "\u0301", "\x00",
)  # fmt: skip


def markup() -> st.SearchStrategy[str]:
    tag = st.builds(
        lambda end, name, attribute, blank: f"<{end}{name}{attribute}{blank}>",
        st.sampled_from(("", "/")),
        st.sampled_from((*NAMES, *map(str.upper, NAMES))),
        st.sampled_from((*[""] * 8, *ATTRIBUTES)),
        BLANK,
    )
    return st.lists(st.one_of(tag, st.sampled_from(WORDS)), max_size=10).map("".join)


@settings(max_examples=400, deadline=None)
@given(markup())
def test_simple_markup_gives_the_text_that_a_parser_finds(value: str) -> None:
    simple = text._simple_text(value)
    if simple is not None:
        assert text.one_line(html.unescape(simple)) == text.one_line(html.unescape(text._parsed_text(value)))


def test_common_markup_is_simple() -> None:
    for value in (
        '<a href="https://n.example/1?a=2"><img border="0" src="https://n.example/1.jpg" /></a>Four dead in fire',
        "<p>One &#8217; two</p>\n<p>The post <a href='https://n.example/'>first</a> appeared.</p>",
        "<img width=120 src=/x.png><br/>Text",
    ):
        assert text._simple_text(value) is not None
    assert text._simple_text("<table><tr><td>1</td></tr></table>") is None
    assert text._simple_text("<p>" * 10_000) is None


def test_a_plain_line_holds_nothing_that_is_cleaned_away() -> None:
    for code in range(sys.maxunicode + 1):
        sign = chr(code)
        if sign == "\n" or not prose.is_plain(sign):
            continue
        cut = prose._UNSEEN.sub("", prose._LINE_ENDS.sub("\n", sign))
        assert (prose._STRAY_JOINER.sub("", cut), len(sign.split())) == (sign, int(sign != " "))


@given(st.text(st.sampled_from("a \t\n\x00\x85\xa0\xad\u0301\u200b\u200c\u200d\u2028\ufeff\ufffcक्é"), max_size=12))
def test_one_line_is_cleaned_and_folded(value: str) -> None:
    assert text.one_line(value) == " ".join(prose.clean(value).split())


DAYS = ("Mon, ", "Sun, ", "", "Mo, ")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
OFFSETS = ("GMT", "+0530", "-0000", "-0800", "+1400", "+0560", "IST", "Z")


def slowly(value: str, zone: str | None) -> dates.ReadDate | None:
    try:
        found = dates._read_other(dates._plain_line(value), zone_of(zone) if zone else None, day_first=True)
    except (ValueError, OverflowError):
        return None
    return found if found and dates._EARLIEST <= found.instant <= dates._LATEST else None


def test_the_common_dates_of_mail_are_the_instants_that_the_long_way_finds() -> None:
    for weekday, day, month, year, offset in itertools.product(
        DAYS, ("2", "02", "31", "30", "0"), MONTHS, ("1994", "2026"), OFFSETS
    ):
        value = f"{weekday}{day} {month} {year} 23:59:05 {offset}"
        assert dates.read_date(value) == slowly(value, None), value


def test_the_default_zone_decides_what_gmt_means() -> None:
    for zone in ("Europe/London", "Africa/Monrovia", "Asia/Kolkata"):
        for value in ("Mon, 02 Mar 2026 10:00:00 GMT", "Thu, 02 Jul 2026 10:00:00 GMT", "02 Mar 2026 10:00:00 +0530"):
            assert dates.read_date(value, default_zone=zone) == slowly(value, zone)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from((0, 1, 1994, 1995, 2024, 2026, 2100, 2101, 9999)),
    st.tuples(st.integers(0, 13), st.integers(0, 32), st.integers(0, 24), st.integers(0, 60), st.integers(0, 61)),
    st.sampled_from(("", ".1", ".123", ".123456789")),
    st.sampled_from(("Z", "+05:30", "-13:59", "+14:00", "-00:00", "+0530", "")),
)
def test_the_common_dates_of_the_internet_are_the_instants_that_the_long_way_finds(
    year: int, parts: tuple[int, int, int, int, int], fraction: str, offset: str
) -> None:
    month, day, hour, minute, second = parts
    value = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}"
    assert dates.read_date(value) == slowly(value, None)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(("http://", "https://", "HTTP://")),
    st.lists(st.text("abz09-", min_size=1, max_size=64), min_size=1, max_size=3).map(".".join),
    st.sampled_from(("com", "in", "xn--p1ai", "co1", "123", "a" * 25)),
    st.text("abXYZ019._~!$&'()*+,=:@%/-;?#é ", max_size=20),
)
def test_a_clean_url_is_what_joining_makes_of_it(scheme: str, host: str, domain: str, path: str) -> None:
    for base in (None, "https://b.example/x/", "http://b.example/"):
        url = f"{scheme}{host}.{domain}/{path}"
        assert urls.absolute(url, base) == urls._joined(url, base)


def test_the_elements_with_a_rule_are_those_of_feedparser() -> None:
    parts = (name.split("_", 2) for name in dir(StrictFeedParser) if name.startswith(("_start_", "_end_")))
    assert {name.lower() for _, _, name in parts} - {"image_"} == set(RULED)


def test_the_tags_of_html_are_those_of_feedparser() -> None:
    assert frozenset(_HTMLSanitizer.acceptable_elements) == HTML_TAGS


def test_the_namespaces_are_those_of_feedparser() -> None:
    assert {name.lower(): prefix for name, prefix in StrictFeedParser.namespaces.items()} == STANDARD_PREFIXES


def test_an_element_with_a_rule_is_never_taken_for_one_without() -> None:
    for name in RULED:
        prefix, _, local = name.rpartition("_")
        assert not is_only_noted(name, None)
        assert not is_only_noted(f"{{urn:x}}{local}", prefix or None)
    assert is_only_noted("{urn:x}videoId", "yt")
    assert not is_only_noted("{urn:x}télé", "yt")
    assert "{http://purl.org/dc/elements/1.1/}date" in tags_of("dc:date")
