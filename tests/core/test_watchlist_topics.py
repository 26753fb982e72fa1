"""Queries that can be read and yet hardly say what is meant: each is told with its line and what to write."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.model import Topic, Watchlist
from newsdesk.query import QueryError, parse
from newsdesk.watchlist import Finding, Severity, lint_watchlist
from tests.core.query_texts import ANY_TEXT, FRAGMENTS, QUERY_TEXT, tries
from tests.core.watchlist_files import review, with_query

HINT, WARNING, ERROR = Severity.HINT, Severity.WARNING, Severity.ERROR
QUERY = "topics.one.query"


def of_query(folder: Path, query: str, more: str = "") -> list[Finding]:
    return [found for found in review(folder, with_query(query, more)) if found.where == QUERY]


ROWS = [
    # what matches too much
    ("*:*", WARNING, "matches nearly everything: an article needs none of its words", "join what must not occur"),
    ("NOT oil", WARNING, "matches nearly everything", "a AND NOT b"),
    ("oil OR NOT gas", WARNING, "matches nearly everything", "a AND NOT b"),
    ("oil OR NOT oil", WARNING, "matches nearly everything", "a AND NOT b"),
    ("oil OR the OR gas", WARNING, "the is enough, and stands in nearly every text", "by AND or NEAR"),
    ("(oil AND gas) OR peopl*", WARNING, "peopl* is enough", "by AND or NEAR"),
    ("तेल OR के", WARNING, "के is enough", "by AND or NEAR"),
    # what changes nothing
    ("oil OR (oil AND gas)", WARNING, "oil AND gas adds nothing: oil finds all that it finds", "write oil"),
    ("oil AND (oil OR gas)", WARNING, "oil OR gas changes nothing beside oil", "write oil"),
    ("oil OR gas OR oil", WARNING, "oil stands twice", "write oil OR gas"),
    ("trade OR trade*", WARNING, "trade adds nothing: trade* finds all that it finds", "write trade*"),
    ('oil OR "oil price"', WARNING, '"oil price" adds nothing', "write oil"),
    ("oil NEAR/5 gas AND gas NEAR/20 oil", WARNING, "gas NEAR/20 oil changes nothing beside oil NEAR/5 gas", "write"),
    ("oil (lang:en OR gas NOT lang:en)", WARNING, "NOT lang:en changes nothing beside lang:en", "write oil AND"),
    ("Öl OR Öl", WARNING, "ol stands twice", "remove it"),
    ("oil NOT oil", ERROR, "can never match: NOT oil can never be true beside oil", "remove one of the two"),
    ("lang:en oil lang:hi", ERROR, "can never match: lang:hi can never be true beside lang:en", "remove one"),
    ("oil^3 gas", HINT, "the boost of oil^3 changes nothing: topics have no order", "leave the ^"),
    # words that are read in another way
    ("trade and policy", WARNING, "and in small letters is a word", 'write trade AND policy, or "and" in quotes'),
    ('oil or "gas"', WARNING, "or in small letters is a word", 'write oil OR "gas"'),
    ("oil Not gas", WARNING, "Not in small letters", "write oil NOT gas"),
    ("oil near gas", WARNING, "near in small letters", "write oil NEAR/10 gas"),
    ('oil "and"', None, "", ""),
    ("'oil price' rise", WARNING, "single quotes make no phrase: 'oil price' is oil AND price", 'write "oil price"'),
    ("‘oil price’", WARNING, "single quotes make no phrase", 'write "oil price"'),
    ("“oil price” «gas price»", None, "", ""),
    ("traders' strike 'tis", None, "", ""),
    ("WHO vaccine", WARNING, "WHO is read as who, which stands in nearly every text", "write the full name"),
    ("US tariff", WARNING, "US is read as us", "a phrase in quotes"),
    ("oil NEAR/5 the", WARNING, "the stands in nearly every text", "leave it out"),
    ("C++ jobs", WARNING, "C++ is read as c, which stands in many texts", "ask for words near it"),
    ('"C++" NEAR/5 jobs', None, "", ""),
    ("x oil", WARNING, "x is a single letter", "ask for words near it"),
    ("#climate", HINT, "#climate is read as climate: # is not searched", "write climate"),
    ('"a 50% tax" oil', HINT, "50% is read as 50", "write 50"),
    ("@minister", HINT, "@minister is read as minister", "write minister"),
    (".NET oil", HINT, ".NET is read as net", "write net"),
    ("U.S. oil", HINT, 'U.S. is read as the phrase "u s", which does not find US', "name the other spellings"),
    ("A.I. oil", HINT, "does not find AI", 'name the other spellings: ("A.I." OR AI)'),
    ("AT&T oil", HINT, 'AT&T is read as the phrase "at t"', 'write "AT&T" in quotes'),
    ("e-mail oil", HINT, "does not find email", 'write ("e-mail" OR email)'),
    ("trader's oil", HINT, "trader's finds only this form", "write trader, which finds this form too"),
    ("(e-mail OR email) O'Brien 3.5 Vice-President 東京", None, "", ""),
    ('"e-mail" "AT&T" "U.S."', None, "", ""),
    ("ta\u00adx oil", HINT, "tax holds an invisible character (U+00AD SOFT HYPHEN)", "write tax anew"),
    ("rat* oil", HINT, "rat* finds every word that begins with rat", "name the words, such as (rat OR rats)"),
    ("the* oil", WARNING, "begins with the, such as the, their, them", "name the words"),
    ("नि* oil", None, "", ""),
    # distances, dates, sizes
    ("oil NEAR/26 price", HINT, "26 words are more than a sentence: oil NEAR/26 price", "write NEAR/15 or less"),
    ("oil NEAR/25 price", None, "", ""),
    ("oil PRE/0 price", HINT, "oil PRE/0 price is a phrase", 'write "oil price"'),
    ("oil NEAR/0 price", None, "", ""),
    ("petrol NEAR/5 petrol*", WARNING, "both sides ask for the same words", "name different words"),
    ("oil published:2020", WARNING, "no new article falls into published:[2020", "remove it, or let it end later"),
    ("oil published:>=2020", None, "", ""),
    ("(" + " OR ".join(f"word{n}x" for n in range(820)) + ")", HINT, "820 of at most 1,000 words", "use wildcards"),
    # what an author means
    ('("e-commerce" OR ecommerce) NEAR/6 (polic* OR rules) NOT "return policy"', None, "", ""),
    ("# oil and gas, US\noil OR gas # the rest", None, "", ""),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:40] for row in ROWS])
def test_an_odd_query_is_told_once(tmp_path: Path, row: tuple[str, Severity | None, str, str]) -> None:
    query, severity, message, remedy = row
    found = of_query(tmp_path, query)
    assert [finding.severity for finding in found] == ([severity] if severity else []), found
    for finding in found:
        is_on_the_whole = "needs none" in finding.message or "at most" in finding.message
        assert finding.line == (10 if is_on_the_whole else 11)
        assert message in finding.message
        assert remedy in finding.remedy


def test_each_odd_word_is_told_in_its_line(tmp_path: Path) -> None:
    query = "# comment\n(oil and\n  gas) OR\n\n  #fuel NOT 'olive oil'\n  AND lang:hi OR lang:en gas published:2020"
    lines = [(found.line, found.message.split()[0]) for found in of_query(tmp_path, query, "languages: [hi]")]
    assert lines == [(12, "and"), (15, "single"), (15, "#fuel"), (16, "lang:en"), (16, "lang:hi"), (16, "no")]


def test_a_folded_query_is_told_at_its_key(tmp_path: Path) -> None:
    text = with_query("oil\nand gas").replace("query: |", "query: >")
    (found,) = (finding for finding in review(tmp_path, text) if finding.where == QUERY)
    assert (found.line, found.message.split()[0]) == (10, "and")


def test_what_the_topic_takes_anyway_is_known(tmp_path: Path) -> None:
    (found,) = of_query(tmp_path, "oil AND lang:en OR gas", "languages: [en]")
    assert found.message == "lang:en changes nothing beside languages: [en]"
    (found,) = of_query(tmp_path, "oil AND lang:hi OR gas", "languages: [en]")
    assert found.message == "lang:hi can never be true beside languages: [en], so oil AND lang:hi finds nothing"
    assert found.remedy == "write gas"
    assert of_query(tmp_path, "source:Press gas", 'sources: [Press, "Deccan Ledger"]') == []


def test_where_mentions_are_counted_a_part_may_matter_that_else_would_not(tmp_path: Path) -> None:
    assert of_query(tmp_path, 'oil OR "oil price"', "at_least: 2") == []
    assert of_query(tmp_path, "oil OR (oil AND gas)", "at_least: 2") == []
    assert len(of_query(tmp_path, "trade OR trade*", "at_least: 2")) == 1


@pytest.mark.parametrize("field", ["topic", "story"])
def test_a_topic_cannot_ask_for_what_is_not_known_yet(tmp_path: Path, field: str) -> None:
    (found,) = of_query(tmp_path, f"oil NOT {field}:x")
    assert (found.severity, found.line) == (Severity.ERROR, 10)
    assert found.message.startswith(f"a topic cannot ask for {field}:")


@given(st.one_of(ANY_TEXT, FRAGMENTS, QUERY_TEXT), st.integers(1, 2))
@tries(150)
def test_every_query_that_can_be_read_can_be_judged(text: str, at_least: int) -> None:
    now = datetime(2026, 1, 3, tzinfo=UTC)
    try:
        query = parse(text, now=now)
    except QueryError:
        return
    topic = Topic(
        id="one", title="One", query=query, at_least=at_least, positive=("a b c", "abc"), negative=("ab", text)
    )
    watchlist = Watchlist(path="", feeds=(), topics=(topic,), readers=(), rules=())
    for remark in lint_watchlist(watchlist, now=now):
        assert remark.message
        assert remark.remedy
        assert remark.offset is None or 0 <= remark.offset < len(text)
