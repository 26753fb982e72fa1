"""One check shows all: what keeps the watchlist from being used, and what is odd in the rest of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsdesk.errors import WatchlistError
from newsdesk.watchlist import Severity, load_watchlist, review_watchlist
from tests.core.watchlist_files import GOOD, changed, review, with_query, write

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_good_watchlist_comes_with_its_review(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    reviewed = review_watchlist(path, now=NOW)
    assert reviewed.watchlist == load_watchlist(path)
    assert reviewed.findings == ()


def test_a_fault_in_one_part_hides_nothing_in_another(tmp_path: Path) -> None:
    text = with_query("oil or gas", "medtop: x\nexamples: {match: [Water]}").replace("language: en", "language: EN")
    found = [(finding.line, finding.severity, finding.message.split()[0]) for finding in review(tmp_path, text)]
    assert found == [
        (3, Severity.ERROR, "'EN'"),
        (11, Severity.WARNING, "or"),
        (12, Severity.ERROR, "'x'"),
        (13, Severity.ERROR, "the"),  # the example
    ]


def test_nothing_is_said_of_what_a_fault_may_have_taken_away(tmp_path: Path) -> None:
    faulty = [
        changed("topics: [trade]", "topic: [trade]"),  # not: the rule has no topics, the topic is in no rule
        changed('match: ["Traders protest"]', 'matches: ["Traders protest"]'),  # not: there are no examples
        changed("examples:", "example:"),
        changed("AND protest", "AND (protest"),  # not: the topic is in no rule
        changed("title: Trade policy", "title:"),
        changed("    name: Deccan Ledger\n", ""),
        changed("readers: [desk]", "readers: [dusk]"),  # not: nothing goes to this reader
    ]  # fmt: skip
    for text in faulty:
        (found,) = review(tmp_path, text)
        assert found.severity is Severity.ERROR


@pytest.mark.parametrize("text", ["", "- a\n", "version: 1\nfeeds: [\n", "version: 1\ntopics: [x]\nfeeds: {a: b}\n"])
def test_a_file_in_no_shape_at_all_is_told(tmp_path: Path, text: str) -> None:
    reviewed = review_watchlist(write(tmp_path, text), now=NOW)
    assert reviewed.watchlist is None
    assert all(finding.severity is Severity.ERROR and finding.remedy for finding in reviewed.findings)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(WatchlistError, match="cannot be read"):
        review_watchlist(tmp_path / "none.yaml", now=NOW)


def test_findings_are_the_same_in_windows_line_ends(tmp_path: Path) -> None:
    text = with_query("oil and gas\nOR petrol^2", "examples: {match: [Water]}")
    assert review(tmp_path, text.replace("\n", "\r\n")) == review(tmp_path, text)
