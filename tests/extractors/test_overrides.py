"""What an operator says of a site goes before the engines, is checked against them, and is missed aloud."""

from datetime import UTC, datetime

import pytest

from extractors import OverrideEnd, ParsedArticle, SiteOverride, check_override, extract_article
from extractors.overrides import check_host, find_override
from extractors.selecting import SelectorError

URL = "https://www.post.example/local/pier-1.html"
PROSE = tuple(
    f"On day {number} the divers of the harbour looked at pillar {number} of the northern pier and found cracks in it."
    for number in range(1, 9)
)
BOX = "Readers of the Post may join the walk along the pier that the society of divers holds each year in the spring."


def page(text: str = "story", extra: str = "") -> bytes:
    return (
        '<html lang=en><head><title>Pier closed | Post</title><meta property="og:title" content="Pier closed"></head>'
        f"<body><h1>Pier closed</h1><h2 class=true>Pier closed for good</h2><p class=who>By Ada Lindqvist</p>"
        f"<span class=when data-x=1>3 March 2026, 08:12 UTC</span><div class={text}>"
        + "".join(f"<p>{line}</p>" for line in PROSE)
        + f"<div class=box><p>{BOX}</p></div></div>{extra}</body></html>"
    ).encode()


def read(override: SiteOverride, content: bytes | None = None, now: datetime | None = None) -> ParsedArticle:
    return extract_article(content or page(), URL, overrides=(check_override(override),), now=now)


FULL = SiteOverride(
    host="post.example",
    title="h2.true",
    body="//div[@class='story']",
    date=".when",
    author=".who",
    remove=(".box",),
)


def test_each_field_comes_from_where_the_operator_says() -> None:
    found = read(FULL)
    assert found.title == "Pier closed for good"
    assert found.headlines == ("Pier closed",)
    assert found.authors == ("Ada Lindqvist",)
    assert found.published == datetime(2026, 3, 3, 8, 12, tzinfo=UTC)
    assert found.text.split("\n\n") == list(PROSE)
    assert {found.provenance[field].source for field in ("title", "authors", "published", "text")} == {"override"}
    assert {use.end for use in found.overrides} == {OverrideEnd.USED}
    assert [use.field for use in found.overrides] == ["title", "body", "date", "author", "remove"]


def test_what_the_engines_find_too_is_surer_than_what_they_do_not() -> None:
    found = read(FULL)
    assert found.provenance["text"].confidence > found.provenance["title"].confidence
    assert found.agreement is not None
    assert found.agreement > 0.9


def test_what_is_to_be_removed_is_gone_for_the_engines_too() -> None:
    assert BOX in extract_article(page(), URL).text
    assert BOX not in read(SiteOverride(host="post.example", remove=(".box",))).text


def test_a_selector_that_no_longer_matches_is_told_and_the_engines_answer() -> None:
    found = read(FULL, page("new-layout"))
    assert PROSE[0] in found.text
    assert found.provenance["text"].source != "override"
    missed = [use for use in found.overrides if use.end is OverrideEnd.MISSED]
    assert [(use.field, use.selector) for use in missed] == [("body", "//div[@class='story']")]
    assert missed[0].why == "it matches nothing on this page"


@pytest.mark.parametrize(
    ("override", "why"),
    [
        (SiteOverride(host="post.example", body=".box"), "it holds 110 characters where the engines find"),
        (SiteOverride(host="post.example", body="//br | //img | .//h1/@id"), "matches nothing"),
        (SiteOverride(host="post.example", date=".who"), "'By Ada Lindqvist' is no date"),
        (SiteOverride(host="post.example", author="//span/@data-x"), "holds no name"),
        (SiteOverride(host="post.example", title="div"), "which is no headline"),
        (SiteOverride(host="post.example", title="//span/@data-x"), "it matches 1 characters"),
    ],
)
def test_what_cannot_be_the_field_is_refused(override: SiteOverride, why: str) -> None:
    found = read(override)
    plain = extract_article(page(), URL)
    assert (found.title, found.text, found.authors, found.published) == (
        plain.title,
        plain.text,
        plain.authors,
        plain.published,
    )
    assert [use.end for use in found.overrides] != [OverrideEnd.USED]
    assert why in found.overrides[0].why


def test_a_date_of_the_future_is_refused() -> None:
    found = read(SiteOverride(host="post.example", date=".when"), now=datetime(2025, 1, 1, tzinfo=UTC))
    assert found.overrides[0].why == "'3 March 2026, 08:12 UTC' is a date of the future"


def test_a_page_that_is_too_large_for_a_selector_is_read_without_it() -> None:
    found = read(SiteOverride(host="post.example", remove=("//*//*",)), page(extra="<i>x</i>" * 21_000))
    assert found.overrides[0].end is OverrideEnd.REFUSED
    assert PROSE[0] in found.text


def test_the_whole_page_cannot_be_removed() -> None:
    found = read(SiteOverride(host="post.example", remove=("//*", "/html")))
    assert found.text == ""
    assert found.title == "Pier closed"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://post.example/a", "post.example"),
        ("https://WWW.post.example:8080/a", "post.example"),
        ("https://sport.post.example/a", "sport.post.example"),
        ("https://x.sport.post.example/a", "*.sport.post.example"),
        ("https://news.post.example/a", "*.post.example"),
        ("https://compost.example/a", None),
        ("https://post.example.org/a", None),
        ("mailto:x", None),
    ],
)
def test_the_nearest_host_is_meant(url: str, host: str | None) -> None:
    hosts = ("*.post.example", "post.example", "sport.post.example", "*.sport.post.example")
    found = find_override([SiteOverride(host=name) for name in hosts], url)
    assert (found.host if found else None) == host


def test_hosts_are_kept_as_addresses_have_them() -> None:
    assert check_host(" Press.Example ") == "press.example"
    assert check_host("*.zeitung-köln.example") == "*.xn--zeitung-kln-zfb.example"


@pytest.mark.parametrize(
    "host", ["", "https://post.example/", "post.example/a", "*", "*.", "a b", "*.*.example", "post..example"]
)
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(SelectorError, match=r"is no host; write press\.example"):
        check_host(host)


def test_a_wrong_selector_is_named_by_its_key() -> None:
    with pytest.raises(SelectorError, match=r"^remove: looks at siblings"):
        check_override(SiteOverride(host="post.example", remove=("p + p",)))
    with pytest.raises(SelectorError, match=r"^date: cannot be read as CSS"):
        check_override(SiteOverride(host="post.example", date="..x"))
