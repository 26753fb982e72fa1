"""A watchlist file is read whole, or every fault in it is told with its line and remedy."""

from pathlib import Path

import pytest

from newsdesk.errors import WatchlistError
from newsdesk.model import FeedSpec, Reader, Rule
from newsdesk.watchlist import load_watchlist
from tests.core.watchlist_files import GOOD, changed, load, problems, write

TEN_MESSAGES = """\
watchlist.yaml:3: feeds[0].url: 'ftp://press.example/rss' is no http or https URL; write it in full, such as \
https://press.example/rss
watchlist.yaml:5: feeds[1].every: '10' is no duration; write a number and a unit, such as 30s, 10m, 1h or 1d
watchlist.yaml:5: feeds[1].default_zone: 'Asia/Kolkatta' is no time zone; write Asia/Kolkata
watchlist.yaml:6: feeds[2].url: leads to the same place as the URL of feeds[1] in line 5; remove one of the two, or \
correct it
watchlist.yaml:8: feeds[2].languag: is not known here; write language
watchlist.yaml:10: topics.Trade: 'Trade' is no id; write at most 60 lower-case letters, digits and single hyphens, \
such as trade-policy
watchlist.yaml:15: readers.desk.address: 'Desk <desk@paper.example>' is no e-mail address; write it alone, such as \
desk@paper.example
watchlist.yaml:17: rules.now.title: is missing; write title: and a few words
watchlist.yaml:20: rules.now.topics[1]: there is no topic 'tade'; write Trade
watchlist.yaml:22: rules.now.send: daily digests do not exist yet; write send: immediate
"""


def test_a_whole_watchlist_is_read(tmp_path: Path) -> None:
    watchlist = load(tmp_path, GOOD)
    assert watchlist.feeds == (
        FeedSpec(
            url="https://press.example/rss",
            name="Press",
            language="en",
            tier=1,
            every_seconds=600,
            default_zone="Asia/Kolkata",
            day_first=False,
        ),
        FeedSpec(url="https://ledger.example/feed", name="Deccan Ledger"),
    )
    assert watchlist.readers == (
        Reader(id="desk", address="desk@paper.example", name="Desk", zone="Asia/Kolkata", language="hi"),
    )
    assert watchlist.rules == (Rule(id="now", title="At once", topics=("trade",), readers=("desk",)),)
    (topic,) = watchlist.topics
    assert (topic.id, topic.title, topic.languages, topic.sources) == ("trade", "Trade policy", ("en",), ("Press",))
    assert (topic.at_least, topic.medtop) == (2, "medtop:20000199")
    assert (topic.positive, topic.negative) == (("Traders protest",), ("Traders rejoice",))
    assert topic.query.text == "(trader OR traders)\nAND protest"
    assert watchlist.path == str(tmp_path / "watchlist.yaml")


def test_ten_faults_give_ten_messages_in_the_order_of_lines(tmp_path: Path) -> None:
    text = """\
version: 1
feeds:
  - url: ftp://press.example/rss
    name: Press
  - {url: "https://coast.example/rss", name: Coast, every: 10, default_zone: Asia/Kolkatta}
  - url: HTTPS://COAST.example:443/rss
    name: Harbour
    languag: en
topics:
  Trade:
    title: Trade
    query: trade
readers:
  desk:
    address: "Desk <desk@paper.example>"
rules:
  now:
    topics:
      - Trade
      - tade
    readers: [desk]
    send: daily
"""
    assert problems(tmp_path, text) == TEN_MESSAGES.splitlines()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "the watchlist is empty; write version: 1"),
        ("# nothing but a comment\n", 1, "the watchlist is empty"),
        ("- a\n- b\n", 1, "the watchlist must hold keys"),
        ("version: 1\nfeeds: [\n", 3, "this is no YAML at column 1"),
        ("version: 1\nfeeds:\n\t- url: x\n", 3, "a tab stands before the text; indent with blanks"),
        ("version: 1\ntitle: a: b\n", 2, "check the indentation"),
        ("version: 1\n---\nversion: 1\n", 2, "this is no YAML"),
        ("version: 1\nfeeds: \x07\n", 2, "U+0007 is not allowed; remove it"),
        ("version: 1\nfeeds: !python/object:os.system []\n", 2, "the tag !python/object:os.system is not known"),
        ("version: 1\n? [a]\n: b\n", 2, "a key must be one word"),
        ("version: 1\nfeeds: &a\n  - *a\n", 2, "too much is nested here, or repeated by aliases"),
        (changed("version: 1\n", ""), 1, "version: is missing; write version: 1"),
        (changed("version: 1", "version: 2"), 1, "version: 2 is not known; write version: 1"),
        (changed("version: 1", "version: one"), 1, "version: must be a whole number"),
        (changed("rules:", "rule:"), 27, "rule: is not known here; write rules"),
        (changed("    name: Deccan Ledger\n", ""), 10, "feeds[1].name: is missing; write name:"),
        (changed("name: Deccan Ledger", "name: [Press]"), 11, "feeds[1].name: must be one text"),
        (changed("name: Deccan Ledger", "name:"), 11, "feeds[1].name: is empty"),
        (changed("name: Deccan Ledger", 'name: "a\\nb"'), 11, "has line breaks"),
        (changed("name: Deccan Ledger", "name: Press"), 11, "is the same as the name of feeds[0] in line 3"),
        (changed("language: en", "language: EN"), 5, "write the ISO 639 code alone"),
        (changed("tier: 1", "tier: 4"), 6, "tier: is out of range; write at most 3"),
        (changed("every: 10m", "every: 1s"), 7, "out of range; write between 10s and 30d"),
        (changed("every: 10m", "every: [1]"), 7, "is no duration"),
        (changed("day_first: false", "day_first: maybe"), 9, "write true or false"),
        (changed("title: Trade policy", "title: ''"), 14, "is empty"),
        (changed("[Press]", "Press"), 19, "sources: must be a list"),
        (changed("[Press]", "[Pres]"), 19, "topics.trade.sources[0]: there is no feed 'Pres'; write Press"),
        (changed("at_least: 2", "at_least: 0"), 20, "write at least 1"),
        (changed("at_least: 2", "at_least: 2.5"), 20, "must be a whole number"),
        (changed("medtop:20000199", "20000199"), 21, "write medtop: and eight digits"),
        (changed("no_match:", "nomatch:"), 24, "topics.trade.examples.nomatch: is not known here; write no_match"),
        (changed("desk@paper.example", '"desk@paper.example\\r\\nBcc: x@y.example"'), 26, "is no e-mail address"),
        (changed("desk@paper.example", "büro@paper.example"), 26, "letters beyond ASCII"),
        (changed("topics: [trade]", "topics: [sport]"), 30, "there is no topic 'sport'; add it to the topics"),
        (changed("readers: [desk]", "readers: [dusk]"), 31, "there is no reader 'dusk'; write desk"),
        (changed("send: immediate", "send: sometimes"), 32, "'sometimes' is not known; write send: immediate"),
        (changed("send: immediate", "send: immediate\n  now: {title: A}"), 33, "stands twice (first in line 28)"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_line_and_remedy(tmp_path: Path, text: str, line: int, words: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(f"watchlist.yaml:{line}: ")
    assert words in problem


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(WatchlistError, match="cannot be read") as caught:
            load_watchlist(path)
        assert str(path) in str(caught.value)


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, b"version: 1\n# caf\xe9\n")
    assert problem == "watchlist.yaml:2: the file is not in UTF-8; save it as UTF-8"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_watchlist(path) == load(tmp_path, GOOD)


def test_many_brackets_are_refused(tmp_path: Path) -> None:
    for text in ("[" * 5000, "[" * 500 + "]" * 500, "- " * 20_000, "[" * 200_000 + "]" * 200_000):
        (problem,) = problems(tmp_path, text)
        assert problem.startswith("watchlist.yaml:")


def test_a_bomb_of_aliases_is_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert any("repeated by aliases" in problem for problem in problems(tmp_path, "\n".join(lines)))


def test_lists_may_be_shared_by_aliases(tmp_path: Path) -> None:
    text = GOOD.replace("readers: [desk]", "readers: &all [desk]") + "  later:\n    title: L\n    topics: [trade]\n"
    assert load(tmp_path, text + "    readers: *all\n").rules[1].readers == ("desk",)


def test_empty_sections_are_sections_without_entries(tmp_path: Path) -> None:
    watchlist = load(tmp_path, "version: 1\nfeeds:\ntopics:\nreaders:\nrules:\n")
    assert (watchlist.feeds, watchlist.topics, watchlist.readers, watchlist.rules) == ((), (), (), ())


def test_words_that_yaml_takes_for_switches_and_numbers_stay_words(tmp_path: Path) -> None:
    watchlist = load(tmp_path, changed("language: en", "language: no").replace("title: At once", "title: 2026"))
    assert watchlist.feeds[0].language == "no"
    assert watchlist.rules[0].title == "2026"
