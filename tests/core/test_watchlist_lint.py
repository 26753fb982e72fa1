"""Lint of a watchlist that loads: parts that nobody uses, feeds asked too often, values that no feed has."""

import dataclasses
from pathlib import Path

import pytest

from newsdesk.model import Topic, Watchlist
from newsdesk.watchlist import Severity, lint_watchlist
from newsdesk.watchlist.document import show_path
from tests.core.watchlist_files import GOOD, changed, load, review, with_query


def found(watchlist: Watchlist) -> list[tuple[Severity, str]]:
    return [(remark.severity, show_path(remark.path)) for remark in lint_watchlist(watchlist)]


def with_topic(watchlist: Watchlist, **changes: object) -> Watchlist:
    topic: Topic = dataclasses.replace(watchlist.topics[0], **changes)  # type: ignore[arg-type] # any field
    return dataclasses.replace(watchlist, topics=(topic,))


def test_a_good_watchlist_has_no_findings(tmp_path: Path) -> None:
    assert lint_watchlist(load(tmp_path, GOOD)) == ()


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
    assert found(wrong) == [(Severity.HINT, "topics.trade.examples"), (Severity.WARNING, "topics.trade.languages")]


def test_a_feed_of_unknown_language_may_have_any(tmp_path: Path) -> None:
    assert found(with_topic(load(tmp_path, GOOD), sources=(), languages=("ta",))) == []


def test_a_feed_that_is_polled_too_often_is_found(tmp_path: Path) -> None:
    (finding,) = lint_watchlist(load(tmp_path, changed("every: 10m", "every: 60s")))
    assert (finding.severity, show_path(finding.path)) == (Severity.WARNING, "feeds[0].every")
    assert "5m or more" in finding.remedy


def test_an_empty_watchlist_is_found_to_do_nothing(tmp_path: Path) -> None:
    assert found(load(tmp_path, "version: 1\n")) == [(Severity.WARNING, part) for part in ("feeds", "topics", "rules")]


@pytest.mark.parametrize(
    ("query", "message", "remedy"),
    [
        ("oil source:Pres", "there is no feed 'Pres', so source:… never matches", "write source:Press"),
        ('oil source:"Deccan ledger"', "there is no feed 'Deccan ledger'", "Deccan Ledger"),
        ("oil\nOR lang:ta gas", "no feed is written in 'ta'", "add such a feed, or remove this part"),
    ],
)
def test_a_value_that_no_feed_has_is_found_in_its_line(tmp_path: Path, query: str, message: str, remedy: str) -> None:
    found = [finding for finding in review(tmp_path, with_query(query)) if finding.severity is Severity.WARNING]
    assert [finding.line for finding in found] == [11 + query.count("\n")]
    assert message in found[0].message
    assert remedy in found[0].remedy


def test_two_topics_that_take_the_same_are_found(tmp_path: Path) -> None:
    text = with_query("oil AND  gas", 'examples: {match: ["oil, gas"]}')
    text += "  two: {title: Two, query: oil gas, examples: {match: [gas and oil]}}\n"
    (unused, same) = sorted(review(tmp_path, text), key=lambda finding: finding.where)
    assert unused.message == "no rule sends this topic to anybody"
    assert (same.where, same.message) == ("topics.two.query", "the topic takes the same articles as topics.one")
