"""Pages written in the shape of real ones, each beside what must be read from it; a new case adds data and no code."""

import contextlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import ExtractError, Kind, ParsedArticle, extract_article

PAGES = Path(__file__).resolve().parents[1] / "data" / "pages"
NAMES = sorted(path.stem for path in PAGES.glob("*.json"))


def expectation(name: str) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((PAGES / f"{name}.json").read_text("utf-8"))
    return expected


def extracted(name: str, **options: Any) -> ParsedArticle:
    return extract_article((PAGES / f"{name}.html").read_bytes(), expectation(name)["url"], **options)


def plain(found: ParsedArticle) -> dict[str, Any]:
    return {
        "kind": found.kind.value,
        "title": found.title,
        "authors": list(found.authors),
        "published": found.published.isoformat() if found.published else None,
        "precision": found.published_precision,
        "modified": found.modified.isoformat() if found.modified else None,
        "language": found.language,
        "summary": found.summary,
        "canonical_url": found.canonical_url,
        "site_name": found.site_name,
        "signals": list(found.signals),
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_what_stands_beside_it(name: str) -> None:
    expected, found = expectation(name), plain(extracted(name))
    stated = {key: value for key, value in expected.items() if key in found}
    assert {key: found[key] for key in stated} == stated


@pytest.mark.parametrize("name", NAMES)
def test_a_text_holds_the_article_and_not_what_stands_around_it(name: str) -> None:
    expected, text = expectation(name), extracted(name).text
    assert [part for part in expected.get("has", []) if part not in text] == []
    assert [part for part in expected.get("lacks", []) if part in text] == []


def test_there_is_a_page_for_every_kind() -> None:
    assert {expectation(name)["kind"] for name in NAMES} == {kind.value for kind in Kind}


def test_paragraphs_are_separated_by_one_blank_line() -> None:
    text = extracted("article").text
    assert "\n\n" in text
    assert "\n\n\n" not in text
    assert all(line == line.strip() for line in text.split("\n"))


def test_every_field_that_is_filled_names_its_source() -> None:
    found = extracted("article")
    filled = {"title", "authors", "published", "modified", "summary", "canonical_url", "site_name", "text", "language"}
    assert set(found.provenance) == filled
    assert found.provenance["published"].source == "jsonld"
    assert all(0 < said.confidence <= 1 for said in found.provenance.values())


def test_the_reason_of_a_kind_is_a_sentence_for_people() -> None:
    assert "isAccessibleForFree is false" in extracted("paywall").kind_reason


def test_only_the_languages_that_are_allowed_are_answered() -> None:
    assert extracted("hindi", languages=("hi", "en")).language == "hi"
    assert extracted("article", languages=("de", "fr")).language in {"de", "fr"}


def test_a_date_of_the_future_is_not_believed() -> None:
    found = extracted("article", now=datetime(2020, 1, 1, tzinfo=UTC))
    assert found.published is None


def test_the_header_s_charset_is_used() -> None:
    page = (PAGES / "hindi.html").read_text("utf-8").replace('<meta charset="utf-8">', "")
    found = extract_article(page.encode("utf-16"), "https://nagar.example/a", content_type="text/html")
    assert found.title == expectation("hindi")["title"]


def test_the_newspaper_engine_reads_the_same_article() -> None:
    found = extracted("article", engine="newspaper")
    assert found.kind is Kind.ARTICLE
    assert found.title == expectation("article")["title"]
    assert expectation("article")["has"][1] in found.text
    assert found.provenance["text"].source == "newspaper"


def test_the_newspaper_engine_survives_a_language_whose_package_is_missing() -> None:
    page = (PAGES / "article.html").read_bytes().replace(b'lang="en-GB"', b'lang="ja"')
    found = extract_article(page, "https://post.example/a-1.html", engine="newspaper")
    assert expectation("article")["has"][1] in found.text


def test_an_unknown_engine_is_named_with_the_engines_that_are_there() -> None:
    with pytest.raises(ExtractError, match="use one of cascade, newspaper"):
        extract_article(b"<p>x</p>", "https://post.example/", engine="magic")


def test_a_page_that_nests_too_deep_gives_its_bare_text() -> None:
    found = extract_article(b"<div>" * 5000 + b"The one sentence of this page.", "https://post.example/a")
    assert found.text == "The one sentence of this page."
    assert "too deep" in found.kind_reason


def test_a_page_that_states_no_date_is_dated_by_what_it_shows() -> None:
    page = (PAGES / "blog.html").read_text("utf-8").replace(' datetime="2024-02-11"', "").replace("entry-date", "x")
    found = extract_article(page.encode(), "https://valley.example/mill")
    assert found.published is not None
    assert found.published.date().isoformat() == "2024-02-11"
    assert found.provenance["published"].source == "shown"


@pytest.mark.parametrize(
    ("line", "day"), [("Copyright 2026 The Mill", None), ("1 January 2026, the mill", "2026-01-01")]
)
def test_the_year_of_a_copyright_is_no_date(line: str, day: str | None) -> None:
    page = f"<title>The mill</title><p>{'The mill turns again after the flood. ' * 20}</p><div>{line}</div>"
    found = extract_article(page.encode(), "https://valley.example/mill").published
    assert (found.date().isoformat() if found else None) == day


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([None, "text/html", "text/html; charset=utf-16", "x; charset=hex"]))
def test_any_bytes_give_an_article_record_or_an_extract_error(content: bytes, content_type: str | None) -> None:
    with contextlib.suppress(ExtractError):
        assert isinstance(extract_article(content, "https://post.example/a", content_type=content_type), ParsedArticle)


TOKENS = st.sampled_from(
    (
        "<p> </p> <div> <h1> <title> <!-- <time·datetime=2025-13-40> <link·rel=canonical·href='//'> text हिन्दी &#0; "
        "&#xD800; "
        "<a·href='http://[x'> <meta·property=og:url·content='http://[::1'> \ufffe <script·type='application/ld+json'> "
        '</script> {"@type":"NewsArticle" ,"author":[1,null] } [ ] ,'
    )
    .replace("·", "\t")
    .split(" ")
)


@settings(max_examples=60, deadline=None)
@given(st.lists(TOKENS, max_size=60), st.sampled_from(["https://post.example/a", "", "http://[", "mailto:x"]))
def test_any_markup_gives_an_article_record(tokens: list[str], url: str) -> None:
    page = "<!doctype html><html><body>" + "".join(tokens)
    found = extract_article(page.encode("utf-8", "surrogatepass"), url)
    assert isinstance(found, ParsedArticle)
    assert found.published is None or found.published.tzinfo is not None


def test_importing_the_extractors_loads_no_engine() -> None:
    heavy = "[m for m in ('trafilatura', 'newspaper', 'readability', 'htmldate', 'py3langid') if m in sys.modules]"
    said = subprocess.run(
        [sys.executable, "-c", f"import sys, extractors; print({heavy})"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert said.stdout.strip() == "[]"
