"""Lint of a watchlist that loads: queries that match too much, parts that nobody uses, feeds asked too often."""

import dataclasses
from pathlib import Path

import pytest

from newsdesk.model import Topic, Watchlist
from newsdesk.watchlist import Finding, Severity, lint_watchlist
from tests.core.watchlist_files import GOOD, changed, load


def found(watchlist: Watchlist) -> list[tuple[Severity, str]]:
    return [(finding.severity, finding.where) for finding in lint_watchlist(watchlist)]


def with_topic(watchlist: Watchlist, **changes: object) -> Watchlist:
    topic: Topic = dataclasses.replace(watchlist.topics[0], **changes)  # type: ignore[arg-type] # any field
    return dataclasses.replace(watchlist, topics=(topic,))


def test_a_good_watchlist_has_no_findings(tmp_path: Path) -> None:
    assert lint_watchlist(load(tmp_path, GOOD)) == ()


def test_a_topic_that_fails_its_examples_is_found(tmp_path: Path) -> None:
    good = load(tmp_path, GOOD)
    wrong = with_topic(good, positive=("Farmers protest",), negative=("Traders protest again",))
    findings = lint_watchlist(wrong)
    assert [finding.severity for finding in findings] == [Severity.ERROR, Severity.ERROR]
    assert findings[0] == Finding(
        severity=Severity.ERROR,
        where="topics.trade.examples",
        message="the query does not match 'Farmers protest'",
        remedy="correct the query, or the example",
    )
    assert findings[1].message == "the query matches 'Traders protest again'"


@pytest.mark.parametrize("query", ["*:*", "NOT trader", "trader OR NOT protest", "NOT (a AND b)"])
def test_a_query_that_matches_nearly_everything_is_found(tmp_path: Path, query: str) -> None:
    text = changed("|\n      (trader OR traders)\n      AND protest", f"'{query}'")
    assert (Severity.WARNING, "topics.trade.query") in found(load(tmp_path, text))


def test_parts_that_nobody_uses_and_rules_that_do_nothing_are_found(tmp_path: Path) -> None:
    text = GOOD.replace("topics: [trade]", "topics:").replace("readers: [desk]", "readers: []")
    assert found(load(tmp_path, text)) == [
        (Severity.ERROR, "rules.now.topics"),
        (Severity.ERROR, "rules.now.readers"),
        (Severity.HINT, "topics.trade"),
        (Severity.HINT, "readers.desk"),
    ]


def test_a_topic_without_examples_and_in_a_language_of_no_feed_is_found(tmp_path: Path) -> None:
    wrong = with_topic(load(tmp_path, GOOD), positive=(), languages=("ta",))
    assert found(wrong) == [(Severity.WARNING, "topics.trade.languages"), (Severity.HINT, "topics.trade")]


def test_a_feed_of_unknown_language_may_have_any(tmp_path: Path) -> None:
    assert found(with_topic(load(tmp_path, GOOD), sources=(), languages=("ta",))) == []


def test_a_feed_that_is_polled_too_often_is_found(tmp_path: Path) -> None:
    (finding,) = lint_watchlist(load(tmp_path, changed("every: 10m", "every: 60s")))
    assert (finding.severity, finding.where) == (Severity.WARNING, "feeds[0].every")
    assert "5m or more" in finding.remedy


def test_an_empty_watchlist_is_found_to_do_nothing(tmp_path: Path) -> None:
    assert found(load(tmp_path, "version: 1\n")) == [(Severity.WARNING, part) for part in ("feeds", "topics", "rules")]
