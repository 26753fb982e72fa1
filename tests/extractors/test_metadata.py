"""Headline, authors, instants and signals: which of a page's statements is believed."""

from datetime import UTC, datetime

import pytest

from extractors import ParsedArticle, extract_article
from extractors.bylines import split_names
from extractors.jsonld import read_leniently, read_structured
from extractors.opening import opening_names
from extractors.prose import heading_key, one_line, paragraphs
from extractors.titles import choose_title, without_section, without_site

URL = "https://post.example/local/pier-closed-1.html"


def read(head: str, body: str = "<h1>Pier closed after divers find cracks</h1>", url: str = URL) -> ParsedArticle:
    page = f"<html><head>{head}</head><body>{body}<p>{'The pier is closed until May. ' * 20}</p></body></html>"
    return extract_article(page.encode(), url)


def ld(fields: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {fields}}}</script>'


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ada Lindqvist and Tom Okafor", ["Ada Lindqvist", "Tom Okafor"]),
        ("Von Jana Brandt, Uwe Falk und Mia Roth", ["Jana Brandt", "Uwe Falk", "Mia Roth"]),
        ("Tom Okafor, political editor", ["Tom Okafor"]),
        ("Ada Lindqvist (Merrow)", ["Ada Lindqvist"]),
        ("Ada Lindqvist | The Harbour Post", ["Ada Lindqvist"]),
        ("https://social.example/ada", []),
        ("ada@post.example", []),
        ("admin", []),
        ("लेखक: सुनीता वर्मा", ["सुनीता वर्मा"]),
        ("김하나 기자", ["김하나"]),
        ("Text: Jana Brandt; Foto: Uwe Falk", ["Jana Brandt", "Uwe Falk"]),
        ("", []),
    ],
)
def test_names_are_cut_out_of_a_byline(byline: str, names: list[str]) -> None:
    assert split_names(byline) == names


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Pier closed | The Harbour Post", "Pier closed"),
        ("The Harbour Post - Pier closed after divers find cracks", "Pier closed after divers find cracks"),
        ("Pier closed – what next? - The Harbour Post", "Pier closed – what next?"),
        ("Cause - and effect", "Cause - and effect"),
        ("Known heading - Section - Whatever Site", "Known heading"),
    ],
)
def test_the_site_s_name_is_no_part_of_the_headline(title: str, expected: str) -> None:
    assert without_site(title, "The Harbour Post", ("Known heading",)) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Pier closed after divers find cracks | Opinion", "Pier closed after divers find cracks"),
        ("Pier closed after divers find cracks-Local news", "Pier closed after divers find cracks"),
        ("Opinion | Pier closed after divers find cracks", "Pier closed after divers find cracks"),
        ("Opinion: Pier closed after divers find cracks", "Opinion: Pier closed after divers find cracks"),
        ("What voters hold is an opinion", "What voters hold is an opinion"),
        ("Opinion", "Opinion"),
    ],
)
def test_a_section_that_the_page_names_is_no_part_of_the_headline(title: str, expected: str) -> None:
    assert without_section(title, ("Opinion", "Local news")) == expected


def test_sections_are_read_from_meta_tags_and_structured_data() -> None:
    head = ld('"headline": "x", "articleSection": ["Opinion", "Harbour"], "wordCount": "712"')
    assert read_structured(['{"@type": "NewsArticle", "headline": "x", "articleSection": ["A", "B"]}']).sections == (
        "A",
        "B",
    )
    title = "<title>Pier closed after divers find cracks | Harbour</title>"
    found = read(head + title + '<meta property="article:section" content="Local">', "")
    assert found.title == "Pier closed after divers find cracks"


def test_a_headline_that_structured_data_and_title_tag_share_goes_before_that_of_the_page() -> None:
    head = ld('"headline": "Inflation falls: recession looks less likely"')
    head += "<title>Inflation falls: recession looks less likely | Post</title>"
    head += '<meta property="og:title" content="The bad mood is over"><meta property="og:site_name" content="Post">'
    found = read(head, "<h1>The bad mood is over</h1>")
    assert found.title == "Inflation falls: recession looks less likely"
    assert found.headlines == ("The bad mood is over",)


@pytest.mark.parametrize(("stated", "count"), [("712", 712), ('"712"', 712), ('"many"', 0), ("-3", 0), ("1e99", 0)])
def test_a_count_of_words_is_a_number_or_nothing(stated: str, count: int) -> None:
    assert read_structured([f'{{"@type": "NewsArticle", "headline": "x", "wordCount": {stated}}}']).word_count == count


def test_the_headline_wins_by_vote_and_the_others_are_kept() -> None:
    votes = {
        "jsonld": "SEO: pier",
        "h1-agrees": "Pier closed",
        "og:title": "Pier closed",
        "title-tag": "Pier closed | Post",
    }
    chosen = choose_title(votes, "Post", ("Pier closed",))
    assert chosen.text == "Pier closed"
    assert chosen.others == ("SEO: pier",)
    assert 0.5 < chosen.confidence < 1


@pytest.mark.parametrize(
    "script",
    [
        '<!-- {"@type": "NewsArticle", "headline": "x"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "x"}\n//]]>',
        '{"@type": "NewsArticle", "headline": "x",}',
        '{"@type": "WebSite"} {"@type": "NewsArticle", "headline": "x"};',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;x&quot;}",
        '{"@type": ["NewsArticle"], "headline": ["x", "y"]}',
        '{"@graph": [{"@type": "http://schema.org/NewsArticle", "headline": {"@value": "x"}}]}',
        '{"@type": "NewsArticle", "headline": "x\n"}',
    ],
)
def test_structured_data_is_read_leniently(script: str) -> None:
    assert read_structured([script]).headline == "x"


@pytest.mark.parametrize("script", ["", "no json", "{", "[" * 500, '"text"', "1", "null"])
def test_what_is_no_structured_data_says_nothing(script: str) -> None:
    assert read_structured([script]).headline == ""
    assert all(not isinstance(value, dict) for value in read_leniently(script))


def test_a_list_of_teasers_is_not_the_page_s_article() -> None:
    teasers = '[{"@type": "NewsArticle", "headline": "One"}, {"@type": "NewsArticle", "headline": "Two"}]'
    assert not read_structured([teasers], urls=("https://post.example/local/",)).is_article
    assert read_structured([teasers], headings=frozenset({"two"})).headline == "Two"


def test_persons_go_before_organisations_and_the_site_is_last() -> None:
    both = '"author": [{"@type": "Organization", "name": "Agency"}, {"@type": "Person", "name": "Ada Lindqvist"}]'
    assert read(ld(both)).authors == ("Ada Lindqvist",)
    site = '<meta property="og:site_name" content="The Harbour Post">'
    own = '"author": {"@type": "Organization", "name": "The Harbour Post"}'
    assert read(site + ld(own) + '<meta name="author" content="Tom Okafor">').authors == ("Tom Okafor",)
    alone = read(site + ld(own))
    assert alone.authors == ("The Harbour Post",)
    assert alone.provenance["authors"].confidence < 0.5


def test_the_publication_keeps_its_time_and_its_zone() -> None:
    found = read(ld('"datePublished": "2025-03-03T23:42:10-05:00", "dateModified": "2025-03-04T10:00:00Z"'))
    assert found.published == datetime(2025, 3, 4, 4, 42, 10, tzinfo=UTC)
    assert found.published is not None
    assert found.published.isoformat() == "2025-03-03T23:42:10-05:00"
    assert found.published_precision == "minute"
    assert found.modified == datetime(2025, 3, 4, 10, tzinfo=UTC)


def test_a_day_is_made_exact_by_another_statement_of_the_same_day() -> None:
    found = read(ld('"datePublished": "2025-03-03"') + '<meta name="pubdate" content="2025-03-03T18:42:00+01:00">')
    assert found.published_precision == "minute"
    other = read(ld('"datePublished": "2025-03-03"') + '<meta name="pubdate" content="2025-02-01T18:42:00+01:00">')
    assert other.published_precision == "day"


def test_a_time_without_zone_borrows_the_zone_of_the_same_wall_clock() -> None:
    meta = '<meta property="article:published_time" content="2025-03-03T18:42:00+05:30">'
    found = read(ld('"datePublished": "2025-03-03T18:42:00"') + meta)
    assert found.published == datetime(2025, 3, 3, 13, 12, tzinfo=UTC)


def test_the_creation_is_the_publication_where_no_other_is_stated() -> None:
    found = read(ld('"headline": "Pier closed", "dateCreated": "2026-03-03T09:30:00Z"'))
    assert found.published == datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
    found = read(ld('"headline": "Pier closed", "dateCreated": "2026-03-03", "datePublished": "2026-03-04T09:30:00Z"'))
    assert found.published == datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


def test_addresses_of_the_head_go_by_its_base() -> None:
    found = read('<base href="https://www.post.example/en/"><link rel="canonical" href="pier-1">')
    assert found.canonical_url == "https://www.post.example/en/pier-1"


def test_headlines_that_differ_in_a_vowel_of_hindi_are_two() -> None:
    assert heading_key("किताब – नई!") == "किताब नई"
    assert heading_key("कताब नई") != heading_key("किताब नई")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ada Lindqvist and Tom Okafor", ("Ada Lindqvist", "Tom Okafor")),
        ("Von Jana von der Brandt", ("Jana von der Brandt",)),
        ("By the end of the week it was clear", ()),
        ("By noon", ()),
    ],
)
def test_a_byline_that_is_only_text_is_read_at_the_head(line: str, names: tuple[str, ...]) -> None:
    assert opening_names(f"Merrow\n{line}\nThe pier is closed.") == names


def test_a_date_in_the_address_is_a_day() -> None:
    found = read("", url="https://post.example/2025/03/07/pier-closed/")
    assert found.published == datetime(2025, 3, 7, tzinfo=UTC)
    assert found.provenance["published"].source == "url"


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ('<link rel="canonical" href="/local/pier-closed">', "https://post.example/local/pier-closed"),
        ('<link rel="canonical" href="https://post.example/">', None),
        ('<link rel="canonical" href="javascript:void(0)">', None),
        ('<link rel="canonical" href="http://[">', None),
        (
            '<link rel="canonical" href="/"><meta property="og:url" content="/x?a=1&amp;b=2">',
            "https://post.example/x?a=1&b=2",
        ),
    ],
)
def test_the_canonical_address_is_absolute_and_no_home_page(link: str, canonical: str | None) -> None:
    assert read(link).canonical_url == canonical


def test_signals_of_the_publisher_are_kept() -> None:
    head = '<meta name="ROBOTS" content="NoArchive, nosnippet"><meta name="googlebot" content="none">'
    assert read(head + '<meta name="tdm-reservation" content="1">').signals == (
        "noarchive",
        "noindex",
        "nosnippet",
        "tdm-reservation",
    )
    assert read('<meta name="robots" content="index, follow"><meta name="tdm-reservation" content="0">').signals == ()


def test_a_body_that_the_page_does_not_show_is_not_taken() -> None:
    hidden = "The secret part of the story is told to subscribers only, and goes on for long. " * 10
    found = read(ld(f'"headline": "Pier closed", "articleBody": "{hidden}"'))
    assert "secret part" not in found.text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Fish &amp;amp; Chips", "Fish & Chips"),
        ("<b>Pier</b> closed\n again", "Pier closed again"),
        ("a < b", "a < b"),
        ("soft\u00adhy\u200bphen\u2060\ufeff", "softhyphen"),
        ("cafe\u0301", "caf\u00e9"),
        ("क्\u200dष और शर\u094d\u200cमा", "क्\u200dष और शर\u094d\u200cमा"),
        ("zero\u200cwidth", "zerowidth"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
    ],
)
def test_text_is_clean_for_people(text: str, line: str) -> None:
    assert one_line(text) == line


def test_lines_become_paragraphs() -> None:
    assert paragraphs("One\u00a0line.\r\n\n * * \nAnother\u2028and a third.") == "One line.\n\nAnother\n\nand a third."
