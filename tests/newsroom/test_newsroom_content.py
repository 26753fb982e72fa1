"""The content files: enough of them, of every kind that is promised, and loaded strictly."""

from collections import Counter
from pathlib import Path

import pytest

from newsdesk.newsroom.library import load_library
from newsdesk.newsroom.records import ContentError, FeedDates, FeedFormat, Layout, PageKind, Piece, StructuredData

_MEMORANDUM = (
    *("7 September 2021", "Industries and Mines Department", "Gujarat", "memorandum", "Amazon India"),
    *("e-commerce exports", "Ahmedabad", "Vadodara", "Surat", "Bharuch", "Rajkot", "17 foreign marketplaces"),
    *("70,000 Indian exporters", "$3 billion", "cumulative exports", "Chief Minister Vijay Rupani welcomed"),
    *("Confederation of All India Traders (CAIT)", "70 million traders", "Competition Commission"),
    *("Enforcement Directorate", "national meeting on 9 September", "Halla Bol on E-Commerce"),
    *("B. C. Bhartia", "Praveen Khandelwal"),
)

_TOPIC_WORDS = ("trader", "e-commerce", "protest", "policy", "rules", "merchant", "व्यापारियों", "विरोध")
_SOURCE_YAML = "name: A\ntagline: b\ncity: c\nlayout: wire\nfeed_format: rss20\nfeed_path: /f\n"


def _articles() -> list[Piece]:
    return [piece for piece in load_library().pieces if piece.kind is PageKind.ARTICLE]


def test_there_are_at_least_nine_sources_and_sixty_four_articles() -> None:
    assert len(load_library().sources) >= 9
    first_edition = [piece for piece in _articles() if piece.edition == 1]
    assert len(first_edition) >= 64


def test_every_article_has_the_length_of_a_short_news_story() -> None:
    lengths = {f"{piece.source}/{piece.slug}": len(piece.text.split()) for piece in _articles()}
    assert {name: words for name, words in lengths.items() if not 120 <= words <= 320} == {}


def test_every_format_date_style_design_and_kind_of_page_occurs() -> None:
    library = load_library()
    assert {source.feed_format for source in library.sources} == set(FeedFormat)
    assert {source.feed_dates for source in library.sources} == set(FeedDates)
    assert {source.layout for source in library.sources} == set(Layout)
    assert {source.structured_data for source in library.sources} == set(StructuredData)
    assert {piece.kind for piece in library.pieces} == set(PageKind)


def test_the_memorandum_article_holds_all_its_facts() -> None:
    piece = next(piece for piece in _articles() if piece.slug == "gujarat-amazon-memorandum")
    assert [fact for fact in _MEMORANDUM if fact not in piece.text] == []
    assert piece.topics == {"e-commerce-policy", "trader-protests"}
    assert piece.published is not None
    assert piece.published.isoformat() == "2021-09-07T18:40:00+05:30"


def test_at_least_a_dozen_untagged_articles_use_the_words_of_the_topics() -> None:
    close = [
        piece
        for piece in _articles()
        if not piece.topics and any(word in f"{piece.title} {piece.text}".lower() for word in _TOPIC_WORDS)
    ]
    assert len(close) >= 12


def test_one_agency_story_runs_on_four_other_outlets_under_other_headlines() -> None:
    line = "Platforms that sell more than 500 crore rupees of goods a year"
    copies = [piece for piece in _articles() if line in piece.text]
    assert len({piece.source for piece in copies}) == 5  # the agency and four outlets
    assert len({piece.title for piece in copies}) == 5


def test_texts_are_told_apart_by_source_and_slug_and_titles_are_not_repeated() -> None:
    titles = Counter(piece.title for piece in load_library().pieces)
    assert [title for title, count in titles.items() if count > 1] == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("no head at all", "three hyphens"),
        ("---\ntitle: [a\n---\n\nText.\n", "is not YAML"),
        ("---\njust words\n---\n\nText.\n", "keys and values"),
        ("---\ntitle: A\nage: 3h\ncolour: red\n---\n\nText.\n", "colour"),
        ("---\nage: 3h\n---\n\nText.\n", "title"),
        ("---\ntitle: A\n---\n\nText.\n", "either age"),
        ("---\ntitle: A\nage: 3h\npublished: 2021-09-07T18:40:00+05:30\n---\n\nText.\n", "either age"),
        ("---\ntitle: A\nage: three hours\n---\n\nText.\n", "write it as 45m"),
        ("---\ntitle: A\npublished: 2021-09-07T18:40:00\n---\n\nText.\n", "timezone"),
        ("---\ntitle: A\nage: 3h\nkind: poem\n---\n\nText.\n", "kind"),
        ("---\ntitle: A\nage: 3h\nupdates: nothing\n---\n\nText.\n", "which the source lacks"),
    ],
)
def test_a_wrong_content_file_is_refused_by_name(tmp_path: Path, text: str, complaint: str) -> None:
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "source.yaml").write_text(_SOURCE_YAML, encoding="utf-8")
    (folder / "piece.md").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=complaint) as caught:
        load_library(tmp_path)
    assert "piece" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (_SOURCE_YAML + "colour: red\n", "colour"),
        (_SOURCE_YAML.replace("wire", "poster"), "layout"),
        ("name: A\n", "tagline"),
    ],
)
def test_a_wrong_source_file_is_refused_by_name(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "paper").mkdir()
    (tmp_path / "paper" / "source.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=complaint):
        load_library(tmp_path)


def test_two_pieces_of_one_address_are_refused(tmp_path: Path) -> None:
    (tmp_path / "paper").mkdir()
    (tmp_path / "paper" / "source.yaml").write_text(_SOURCE_YAML, encoding="utf-8")
    for name in ("one", "two"):
        head = "---\ntitle: A\nage: 3h\npath: /same\n---\n\nText.\n"
        (tmp_path / "paper" / f"{name}.md").write_text(head, encoding="utf-8")
    with pytest.raises(ContentError, match="has the path /same"):
        load_library(tmp_path)


def test_a_folder_without_sources_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"holds no <slug>/source\.yaml"):
        load_library(tmp_path)
