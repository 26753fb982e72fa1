"""Feeds put into a watchlist as text: they stand where they belong, and every other character stays."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdesk.errors import WatchlistError
from newsdesk.model import FeedSpec
from newsdesk.watchlist import load_watchlist
from newsdesk.watchlist.addition import add_feeds
from newsdesk.watchlist.writing import feed_keys, render_feeds, with_feeds
from tests.core.feed_specs import feed_specs

NOW = datetime(2026, 3, 2, tzinfo=UTC)
NEW = FeedSpec(url="https://new.example/feed", name="New: #1")
OLD = FeedSpec(url="https://old.example/feed", name="Old")
# What is put in for each mark: entries of a block, at the margin, and between brackets.
MARKS = {
    "<new>": "  - url: https://new.example/feed\n    name: 'New: #1'\n",
    "<new at the margin>": "- url: https://new.example/feed\n  name: 'New: #1'\n",
    "<new, far in>": "    - url: https://new.example/feed\n      name: 'New: #1'\n",
    "<, new>": ", {url: 'https://new.example/feed', name: 'New: #1'}",
    "<new alone>": "{url: 'https://new.example/feed', name: 'New: #1'}",
    "<line end>": "\n",
    "<feeds>": "feeds:\n",
    "<version>": "version: 1\n",
}
PLACES = {
    "an empty file": "<version><feeds><new>",
    "comments alone": "# mine\n<version><feeds><new>",
    "no feeds yet": "version: 1\nreaders:<line end><feeds><new>",
    "feeds without entries": "version: 1\nfeeds:  # soon\n  # none yet\n<new>topics:\n",
    "comments behind the last entry": """\
version: 1
feeds:
  - url: https://old.example/feed
    name: Old  # a daily
    # language: en
<new>
# people
readers:
""",
    "entries at the margin": """\
version: 1
feeds:
- name: Old
  url: https://old.example/feed
<new at the margin>topics:
""",
    "entries between brackets": """\
version: 1
feeds:
    - {url: https://old.example/feed,
       name: Old}
<new, far in>""",
    "a list between brackets": """\
version: 1
feeds: [{url: 'https://old.example/feed', name: Old}<, new>, ]  # short
""",
    "an empty list between brackets": "version: 1\nfeeds: [<new alone>]\n",
    "a block of text at the end": """\
version: 1
feeds:
  - name: Old
    url: |
      https://old.example/feed
<new>
# end
topics:
""",
    "no line end at the end": """\
version: 1
feeds:
  - name: Old 🗞
    url: https://old.example/feed<line end><new>""",
}


@pytest.mark.parametrize("text", PLACES.values(), ids=PLACES)
def test_new_feeds_stand_behind_the_others(text: str, tmp_path: Path) -> None:
    before = after = text
    for mark, put_in in MARKS.items():
        before, after = before.replace(mark, ""), after.replace(mark, put_in)
    assert with_feeds(before, [NEW]) == after
    path = tmp_path / "watchlist.yaml"
    path.write_text(before, encoding="utf-8")
    if before.startswith("version"):
        add_feeds(path, [NEW], now=NOW)
        assert path.read_text(encoding="utf-8") == after
        assert load_watchlist(path).feeds[-1] == NEW


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_line_ends_and_the_mark_of_a_file_stay(line_end: str, tmp_path: Path) -> None:
    path = tmp_path / "watchlist.yaml"
    text = "\ufeffversion: 1\nfeeds:\n  - {url: https://old.example/feed, name: Old}\n"
    path.write_bytes(text.replace("\n", line_end).encode())
    add_feeds(path, [NEW], now=NOW)
    assert path.read_bytes() == (text + MARKS["<new>"]).replace("\n", line_end).encode()


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    add_feeds(tmp_path / "mine.yaml", [NEW, OLD], now=NOW)
    assert load_watchlist(tmp_path / "mine.yaml").feeds == (NEW, OLD)


def test_a_link_to_the_file_stays_a_link_and_its_mode_stays(tmp_path: Path) -> None:
    path, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    path.write_text("version: 1\n", encoding="utf-8")
    path.chmod(0o640)
    link.symlink_to(path)
    add_feeds(link, [NEW], now=NOW)
    assert link.is_symlink()
    assert load_watchlist(path).feeds == (NEW,)
    assert path.stat().st_mode & 0o777 == 0o640


REFUSALS = {
    "the same feed again": ("version: 1\nfeeds: [{url: 'https://new.example/feed', name: Old}]\n", "leads to the same"),
    "the same name again": (
        "version: 1\nfeeds: [{url: 'https://old.example/feed', name: 'New: #1'}]\n",
        "is the same as",
    ),
    "a faulty watchlist": ("version: 1\nfeds: []\n", "is not known here"),
    "a topic that fails its examples": (
        "version: 1\ntopics: {oil: {title: Oil, query: oil, examples: {match: [Gas]}}}\n",
        "oil",
    ),
    "all between brackets": ("{version: 1}\n", "between brackets"),
    "an anchor elsewhere": (
        "version: 1\nsites: {}\ntopics: {a: {title: A, query: a, sources: &s [Old]}}\nfeeds: *s\n",
        "keys",
    ),
}


@pytest.mark.parametrize(("text", "told"), REFUSALS.values(), ids=REFUSALS)
def test_where_anything_is_wrong_nothing_is_written(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "watchlist.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WatchlistError, match=told):
        add_feeds(path, [NEW], now=NOW)
    assert path.read_text(encoding="utf-8") == text
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(WatchlistError, match="cannot be written"):
        add_feeds(tmp_path / "none" / "watchlist.yaml", [NEW], now=NOW)


@settings(deadline=None, max_examples=60)
@given(st.lists(feed_specs(), max_size=4, unique_by=(lambda feed: feed.url, lambda feed: feed.name)))
def test_a_feed_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, feeds: list[FeedSpec]) -> None:
    path = tmp_path_factory.mktemp("watchlist") / "watchlist.yaml"
    path.write_text("version: 1\nfeeds:\n" + render_feeds(feeds), encoding="utf-8")
    assert load_watchlist(path).feeds == tuple(feeds)
    path.write_text(with_feeds("version: 1\nfeeds: []\n", feeds), encoding="utf-8")
    assert load_watchlist(path).feeds == tuple(feeds)


def test_only_what_is_no_default_is_written() -> None:
    assert feed_keys(OLD) == {"url": OLD.url, "name": OLD.name}
    assert [feed_keys(FeedSpec(url="u", name="n", every_seconds=s))["every"] for s in (90, 120, 7200, 86400)] == [
        "90s",
        "2m",
        "2h",
        "1d",
    ]
