"""Feed documents beside what they must become: a new case is a document and its `.expected.json`."""

import dataclasses
import json
from datetime import datetime
from pathlib import Path

import pytest

from extractors import parse_feed

FEEDS = Path(__file__).resolve().parents[1] / "data" / "feeds"
DOCUMENTS = sorted(path for path in FEEDS.iterdir() if not path.name.endswith(".expected.json"))
URL = "https://feeds.example/section/feed"


def expected_file(document: Path) -> Path:
    return document.with_name(document.name + ".expected.json")


def as_json(content: bytes) -> object:
    """The record with defaults left out and instants as text, as the expectations are written, whoever read it."""
    feed = parse_feed(content, URL)
    entries = tuple(dataclasses.replace(entry, mark="") for entry in feed.entries)
    parsed = dataclasses.asdict(dataclasses.replace(feed, reader="", entries=entries))
    return json.loads(json.dumps(without_nothing(parsed), default=datetime.isoformat))


def without_nothing(value: object) -> object:
    if isinstance(value, dict):
        return {key: without_nothing(one) for key, one in value.items() if one not in (None, "", (), False)}
    if isinstance(value, tuple):
        return [without_nothing(one) for one in value]
    return value


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_becomes_what_its_expectation_says(document: Path) -> None:
    expected = json.loads(expected_file(document).read_text(encoding="utf-8"))
    assert as_json(document.read_bytes()) == expected


def test_every_format_is_among_the_documents() -> None:
    formats = {parse_feed(document.read_bytes(), URL).format for document in DOCUMENTS}
    assert formats == {
        "rss20", "rss10", "rss09x", "atom10", "atom03", "json10", "json11", "news-sitemap", "sitemap-index", "",
    }  # fmt: skip


def test_a_feed_gives_the_same_record_whatever_its_order_of_bytes() -> None:
    text = (FEEDS / "rss20.xml").read_text(encoding="utf-8")
    plain = as_json(text.encode())
    wide = text.replace("UTF-8", "UTF-16")
    for codec in ("utf-16", "utf-16-le", "utf-16-be"):
        assert as_json(wide.encode(codec)) == plain
    assert as_json(text.encode("utf-8-sig")) == plain
