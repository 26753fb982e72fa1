"""OPML: documents beside what they must become, and what is written is what was read. A new case adds data alone."""

import contextlib
import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.opml import NAMESPACE, OpmlError, OpmlFeed, parse_opml, write_opml

FOLDER = Path(__file__).resolve().parents[1] / "data" / "opml"
DOCUMENTS = sorted(path for path in FOLDER.iterdir() if not path.name.endswith(".expected.json"))
FEED = OpmlFeed(url="https://press.example/feed", text="The Press")


def as_json(content: bytes) -> object:
    """The record with defaults left out, or the error, as the expectations are written."""
    try:
        record: object = dataclasses.asdict(parse_opml(content))
    except OpmlError as error:
        record = {"error": str(error)}
    return json.loads(json.dumps(without_nothing(record)))


def without_nothing(value: object) -> object:
    if isinstance(value, dict):
        return {key: without_nothing(one) for key, one in value.items() if one not in (None, "", ())}
    if isinstance(value, tuple):
        return [without_nothing(one) for one in value]
    return value


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_becomes_what_its_expectation_says(document: Path) -> None:
    expected = json.loads(document.with_name(document.name + ".expected.json").read_text(encoding="utf-8"))
    assert as_json(document.read_bytes()) == expected


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_was_read_of_a_document_is_written_without_loss(document: Path) -> None:
    try:
        read = parse_opml(document.read_bytes())
    except OpmlError:
        return
    written = write_opml(read.feeds, title=read.title)
    again = parse_opml(written)
    assert (again.title, again.problems) == (read.title, ())
    assert {without_line(feed) for feed in again.feeds} == {without_line(feed) for feed in read.feeds}
    assert write_opml(again.feeds, title=again.title) == written


def without_line(feed: OpmlFeed) -> OpmlFeed:
    return dataclasses.replace(feed, line=0)


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"<opml><body>{text}</body></opml>".encode()))
def test_any_bytes_give_a_document_or_an_error(content: bytes) -> None:
    with contextlib.suppress(OpmlError):
        assert all(feed.url for feed in parse_opml(content).feeds)


def test_entities_bring_in_nothing_of_the_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("kept from everybody", encoding="utf-8")
    text = (
        (FOLDER / "external-entity.opml").read_text(encoding="utf-8").replace("file:///etc/hostname", secret.as_uri())
    )
    assert "kept from" not in str(parse_opml(text.encode()))


def test_a_document_that_is_too_large_is_refused() -> None:
    with pytest.raises(OpmlError, match="split it"):
        parse_opml(b"<opml>" + b" " * 10_000_000 + b"</opml>")


def test_more_feeds_than_are_read_are_told_once() -> None:
    outlines = "".join(f'<outline xmlUrl="https://p{n}.example/f"/>' for n in range(10_003))
    read = parse_opml(f"<opml><body>{outlines}</body></opml>".encode())
    assert len(read.feeds) == 10_000
    assert len(read.problems) == 1


def test_settings_of_our_own_are_apart_from_those_of_others() -> None:
    feed = dataclasses.replace(
        FEED, settings=(("every", "10m"),), attributes=(("every", "other"), ("{urn:x}every", "y"))
    )
    written = write_opml([feed], title="T")
    assert NAMESPACE.encode() in written
    assert b'newsdesk:every="10m"' in written
    (read,) = parse_opml(written).feeds
    assert (read.settings, read.attributes) == (feed.settings, feed.attributes)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("no name", "x", "cannot hold the attribute"),
        ("a", "bell \x07", "cannot hold the attribute"),
        ("xmlURL", "https://other.example/", "written by Newsdesk itself"),
        (f"{{{NAMESPACE}}}tier", "1", ""),
    ],
)
def test_what_cannot_be_written_is_an_error_that_names_feed_and_attribute(name: str, value: str, told: str) -> None:
    feed = dataclasses.replace(FEED, attributes=((name, value),), settings=(("tier", "2"),))
    with pytest.raises(OpmlError) as caught:
        write_opml([feed], title="T")
    assert FEED.url in str(caught.value)
    assert told in str(caught.value)
