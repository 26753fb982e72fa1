"""Queries of topics: their faults are told by the line of the file, and what decides gives the topic its version."""

from pathlib import Path

import pytest

from tests.core.watchlist_files import changed, load, problems


def test_a_fault_of_a_query_is_told_by_the_line_of_the_file_and_the_place_in_the_query(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, changed("      AND protest", "      AND (protest"))
    assert problem.startswith(("watchlist.yaml:17: topics.trade.query: line 2, column 5: ",
                               "watchlist.yaml:17: topics.trade.query: line 2, column 13: "))  # fmt: skip


def test_a_fault_of_a_query_on_one_line_is_told_by_its_column(tmp_path: Path) -> None:
    text = changed("|\n      (trader OR traders)\n      AND protest", "'trader OR OR traders'")
    (problem,) = problems(tmp_path, text)
    assert problem.startswith("watchlist.yaml:15: topics.trade.query: column 8: ")


def test_a_fault_of_a_folded_query_is_told_by_its_column(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, changed("query: |", "query: >").replace("AND protest", "AND OR"))
    assert problem.startswith("watchlist.yaml:15: topics.trade.query: column 2")


@pytest.mark.parametrize(
    "query", ["topic:gst", "trader AND topic:gst", "trader NOT topic:gst", "a OR (b AND topic:gst)"]
)
def test_a_topic_cannot_ask_for_a_topic(tmp_path: Path, query: str) -> None:
    text = changed("|\n      (trader OR traders)\n      AND protest", query)
    (problem,) = problems(tmp_path, text)
    assert problem.startswith("watchlist.yaml:15: topics.trade.query: a topic cannot ask for topic:")


def test_an_empty_query_is_told_once(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, changed("|\n      (trader OR traders)\n      AND protest", "''"))
    assert "is empty; write query: |" in problem


def version(folder: Path, old: str = "version: 1", new: str = "version: 1") -> str:
    return load(folder, changed(old, new)).topics[0].version


def test_the_version_of_a_topic_changes_with_what_decides_and_with_nothing_else(tmp_path: Path) -> None:
    first = version(tmp_path)
    assert len(first) == 12
    assert version(tmp_path, "title: Trade policy", "title: Another") == first
    assert version(tmp_path, "Traders rejoice", "Traders dance") == first
    assert version(tmp_path, "      AND protest", "      AND    protest") == first
    assert version(tmp_path, "      AND protest", "      # and what they do\n      AND protest # or not") == first
    assert version(tmp_path, "(trader OR traders)", "(Trader OR TRADERS)") == first
    assert version(tmp_path, "    medtop: medtop:20000199\n", "") == first
    assert version(tmp_path, "    languages: [en]\n", "    languages: [en, en]\n") == first
    decisive = [
        ("AND protest", "AND protests"),
        ("languages: [en]", "languages: [hi]"),
        ("sources: [Press]", "sources: [Deccan Ledger]"),
        ("at_least: 2", "at_least: 3"),
    ]
    assert len({first, *(version(tmp_path, old, new) for old, new in decisive)}) == 5
