"""Titles, summaries and content of entries."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.text import clean_html, escaped, looks_like_html, plain_text, plain_title

BASE = "https://n.example/section/page"


@pytest.mark.parametrize(
    ("value", "is_html", "title"),
    [
        ("5 < 6", True, "5 < 6"),
        ("x<y and y>x", True, "x<y and y>x"),
        ("AT&amp;T <b>wins</b> &#8217;22", True, "AT&T wins ’22"),
        ("AT&amp;amp;T", True, "AT&amp;T"),
        ("AT&amp;T", False, "AT&T"),
        ("List<T> and Map<K, V>", True, "List<T> and Map<K, V>"),
        ("The <video> tag", True, "The <video> tag"),
        ("The <b> tag", False, "The <b> tag"),
        ("One<br/>two<p>three</p>", False, "One two three"),
        ("H<sub>2</sub>O", True, "H2O"),
        ("<script>alert(1)</script>News<!-- x -->", True, "News"),
        ("  many \n\t blanks\u00a0here ", False, "many blanks here"),
        ("nul\x00 bell\x07 \ud800x", False, "nul bell x"),
        ("Cafe\u0301", False, "Café"),
        ("&#0;&#7;ok", True, "\ufffdok"),
        ("क्‍ष", False, "क्‍ष"),
    ],
)
def test_a_title_is_one_line_of_plain_text(value: str, is_html: bool, title: str) -> None:  # noqa: FBT001 -- a table
    assert plain_title(value, is_html=is_html) == title


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("<p>One</p><p>two</p>", "One two"),
        ("a<br>b<li>c", "a b c"),
        ("<b>bo</b>ld", "bold"),
        ("x <6 and <b>y</b> &amp; z <", "x <6 and y & z <"),
        ("<style>p{}</style>text<script>x</script>", "text"),
        ("no markup & more", "no markup & more"),
        ("", ""),
    ],
)
def test_a_summary_is_one_line_of_plain_text(value: str, text: str) -> None:
    assert plain_text(value) == text


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="JaVa\tScRiPt:alert(1)">x</a>',
        '<a href="&#106;avascript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        '<iframe src="https://evil.example"></iframe>',
        '<svg onload="alert(1)"><script>alert(1)</script></svg>',
        '<math><a xlink:href="javascript:alert(1)">x',
        '<p style="background:url(javascript:alert(1))">x</p>',
        '<form action="/x"><input onfocus=alert(1) autofocus>',
        '<object data="x.swf"></object><embed src="x">',
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    ],
)
def test_content_can_do_no_harm(hostile: str) -> None:
    cleaned = clean_html(f"<p>before</p>{hostile}", BASE).lower()
    for word in (
        "<script",
        "<iframe",
        "<svg",
        "<form",
        "<object",
        "javascript:",
        "data:",
        "onerror=",
        "onload=",
        "style=",
    ):
        assert word not in cleaned


def test_links_and_images_become_absolute() -> None:
    cleaned = clean_html('<a href="../a">x</a><img src="//cdn.example/i.png"><a href="mailto:a@n.example">m</a>', BASE)
    assert 'href="https://n.example/a"' in cleaned
    assert 'src="https://cdn.example/i.png"' in cleaned
    assert 'href="mailto:a@n.example"' in cleaned


def test_without_a_base_relative_links_go() -> None:
    assert "href" not in clean_html('<a href="/a">x</a>', None)


def test_plain_text_as_html_shows_the_same_signs() -> None:
    assert escaped("5 < 6 & <b>") == "5 &lt; 6 &amp; &lt;b&gt;"


@pytest.mark.parametrize(
    "markup", ["<div>" * 20_000, "<!--" * 50_000, "<b>" * 20_000, "<p " + "a=1 " * 20_000 + ">", "<" * 50_000]
)
def test_hostile_nesting_is_bounded(markup: str) -> None:
    assert len(plain_text(markup + "end")) <= 500_000
    assert len(clean_html(markup + "end", BASE)) <= 5_000_000


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_cleaned_without_controls(value: str) -> None:
    for text in (plain_title(value, is_html=True), plain_title(value, is_html=False), plain_text(value)):
        assert text == " ".join(text.split())
        assert not any(ord(sign) < 32 or 0xD800 <= ord(sign) < 0xE000 for sign in text)
    assert "\x00" not in clean_html(value.encode("utf-8", "ignore").decode(), BASE)
    assert isinstance(looks_like_html(value), bool)
