"""Topics against their own examples: judged as tagging judges, and with the reason."""

from pathlib import Path

import pytest

from newsdesk.tagging import RuleSet
from newsdesk.watchlist import Finding, Severity
from tests.core.watchlist_files import load, review, with_query


def of_examples(folder: Path, query: str, examples: str, more: str = "") -> list[Finding]:
    text = with_query(query, f"examples:\n  {examples}\n{more}")
    return [found for found in review(folder, text) if found.where.startswith("topics.one.examples")]


MISSES = [
    ("oil AND price", "Oil leaks.", "it lacks price", "correct the query, or the example"),
    ("(oil OR gas) price", "Prices rise", "it lacks (oil OR gas); it lacks price", "write price*, which finds prices"),
    ("oil NEAR/2 price", "Oil from the new wells has its price", "the words stand there, but not as", "correct"),
    ("oil NEAR/2 (price* OR barrel)", "Oil leaks", "it lacks (price* OR barrel)", "correct"),
    ("oil NOT (olive OR palm)", "Olive oil", "NOT (olive OR palm) excludes it", "correct"),
    ("policy", "New policies", "it lacks policy", "write polic*, which finds policies"),
    ("regulate NEAR/5 trade", "Regulation of trade", "it lacks regulate", "write regulat*, which finds regulation"),
    ("(a1 AND b1 AND c1) OR (oil AND price)", "Oil leaks", "it lacks price", "correct"),
    ('"online retail"', "An online retailer", "it lacks", "write retail*, which finds retailer"),
]  # fmt: skip


@pytest.mark.parametrize("row", MISSES, ids=[row[0] for row in MISSES])
def test_an_example_that_is_missed_is_told_with_what_it_lacks(tmp_path: Path, row: tuple[str, str, str, str]) -> None:
    query, example, reason, remedy = row
    (found,) = of_examples(tmp_path, query, f"match: ['{example}']")
    assert (found.severity, found.where) == (Severity.ERROR, "topics.one.examples.match[0]")
    assert found.message.startswith(f"the query does not match {example!r}: ")
    assert reason in found.message
    assert remedy in found.remedy


def test_a_contrary_example_is_told_with_the_words_that_matched(tmp_path: Path) -> None:
    examples = "match: [Oil price up]\n  no_match:\n    - Gas\n    - Price of olive oil"
    (found,) = of_examples(tmp_path, "oil NEAR/3 price", examples)
    assert (found.severity, found.where, found.line) == (Severity.ERROR, "topics.one.examples.no_match[1]", 16)
    assert found.message == "the query matches 'Price of olive oil' by 'Price of olive oil'"
    (found,) = of_examples(tmp_path, "oil AND price", examples)
    assert found.message.endswith("by 'Price', 'oil'")


def test_each_example_is_told_in_its_line(tmp_path: Path) -> None:
    found = of_examples(tmp_path, "oil", "match:\n    - Oil\n    - Gas\n    - Water")
    assert [(finding.line, finding.where[-8:]) for finding in found] == [(15, "match[1]"), (16, "match[2]")]


def test_as_a_title_one_place_is_enough(tmp_path: Path) -> None:
    assert of_examples(tmp_path, "oil", "match: [Oil leaks]", "at_least: 3") == []
    (found,) = of_examples(tmp_path, "oil", "match: [Oil]\n  no_match: [Oil leaks]", "at_least: 3")
    assert found.message.endswith("; as a title, one place is enough")


def test_in_the_body_alone_places_are_counted_as_tagging_does(tmp_path: Path) -> None:
    (found,) = of_examples(tmp_path, "body:oil", "match: [Oil leaks, 'Oil, oil']", "at_least: 2")
    assert found.where.endswith("match[0]")
    assert "the topic asks for 2" in found.message


def test_language_source_author_and_date_are_not_held_against_an_example(tmp_path: Path) -> None:
    more = "languages: [hi]\nsources: [Press]"
    assert of_examples(tmp_path, "oil", "match: [Oil leaks]", more) == []
    query = 'oil (lang:hi OR lang:en) source:Press author:"A B" author:C published:{2026-01-01T10:00 TO 2027}'
    assert of_examples(tmp_path, query, "match: [Oil leaks]") == []
    assert len(of_examples(tmp_path, query, "match: [Oil leaks]\n  no_match: [Oil burns]")) == 1
    assert of_examples(tmp_path, "oil published:{* TO 0001-01-01T00:00}", "match: [Oil]")  # before the calendar


@pytest.mark.parametrize("at_least", [1, 2, 3])
@pytest.mark.parametrize("query", ["oil", "body:oil", "title:oil", "oil NEAR/2 gas", "oil NOT gas", "body:oil OR gas"])
def test_examples_are_judged_as_tagging_judges_them(tmp_path: Path, query: str, at_least: int) -> None:
    texts = ["Oil", "Oil, oil", "Oil and gas", "Gas", "Oil oil oil gas gas gas", "Water"]
    text = with_query(query, f"at_least: {at_least}\nexamples:\n  match: {[*texts]}")
    missed = {found.where for found in review(tmp_path, text) if found.where.startswith("topics.one.examples.match")}
    rules = RuleSet(load(tmp_path, text).topics)
    untagged = {
        f"topics.one.examples.match[{n}]" for n, each in enumerate(texts) if not rules.tags(title=each, text=each)
    }
    assert missed == untagged


def test_examples_that_say_the_same_are_found(tmp_path: Path) -> None:
    found = of_examples(tmp_path, "oil", "match: [Oil leaks, 'Oil leaks!']\n  no_match: [oil LEAKS]")
    assert [(finding.severity, finding.message) for finding in found] == [
        (Severity.HINT, "is the same as match[0]"),
        (Severity.ERROR, "is the same as match[0], and cannot be both"),
    ]


def unproved(folder: Path, query: str, examples: str) -> list[tuple[int, str]]:
    text = with_query(query, f"examples:\n  {examples}")
    return [(found.line, found.message) for found in review(folder, text) if found.message.startswith("no example")]


def test_an_alternative_that_no_example_needs_is_found(tmp_path: Path) -> None:
    query = "oil NEAR/3 price\nOR gas NEAR/3 (price OR bill)\nOR petrol"
    assert unproved(tmp_path, query, "match: [Oil price, Gas bill]") == []
    assert unproved(tmp_path, query, "match: [Oil price]") == [(12, "no example proves gas NEAR/3 (price OR bill)")]
    (found, _) = unproved(tmp_path, f"(({query}) OR coal AND tax) NOT wax", "match: [Petrol]")
    assert found == (11, "no example proves 3 of 3 alternatives; the first is oil NEAR/3 price")


def test_an_exclusion_that_no_example_needs_is_found(tmp_path: Path) -> None:
    query = "oil\nNOT (olive OR palm)"
    assert unproved(tmp_path, query, "match: [Oil]\n  no_match: [Olive oil]") == []
    assert unproved(tmp_path, query, "match: [Oil]\n  no_match: [Palm leaves]") == [
        (12, "no example shows what NOT (olive OR palm) keeps out")
    ]


def test_a_list_of_synonyms_needs_no_example_for_each(tmp_path: Path) -> None:
    assert unproved(tmp_path, 'oil OR petrol OR "crude oil"', "match: [Oil]") == []
