"""Queries as conditions of FTS5: what is exact, what is asked of the evaluator, what is too much."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from newsdesk.index import Filters, SearchIndex, Sort, open_index
from newsdesk.index.fts5 import translate
from newsdesk.query import Query, QueryError, parse
from newsdesk.query.tree import And, Keyword, Near, Node, Not, Or, Phrase
from tests.index.samples import START, document, identity


def words_like(pattern: str, limit: int) -> Sequence[str]:
    del pattern, limit
    return ("bank", "banks")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("oil", '"oil"'),
        ("AT&T", '"at t"'),
        ("oil OR gold", '("oil" OR "gold")'),
        ("oil NOT gold", '("oil" NOT "gold")'),
        ("compan*", '"compan" *'),
        ("ban?s", '("bank" OR "banks")'),
        ("title:oil", '({title} : "oil")'),
        ("oil NEAR/3 gold", 'NEAR("oil" "gold", 3)'),
    ],
)
def test_what_fts5_can_say_is_said_exactly(text: str, match: str) -> None:
    condition = translate(parse(text), words_like)
    assert condition.exact
    assert condition.as_text() == match


@pytest.mark.parametrize("text", ["oil PRE/3 gold", "oil NEAR/3 oil", "oil NEAR/3 oi*", "oil NOT (a PRE/2 b)"])
def test_what_fts5_cannot_say_is_left_to_the_evaluator(text: str) -> None:
    assert not translate(parse(text), words_like).exact


@pytest.mark.parametrize("text", ["NOT oil", "oil OR NOT gold", "NOT (oil OR gold)", "oil OR source:Courier", "*:*"])
def test_negations_and_keywords_are_exact_in_sql(text: str) -> None:
    condition = translate(parse(text), words_like)
    assert condition.exact
    assert condition.as_text() is None


def test_a_part_that_cannot_be_excluded_exactly_excludes_nothing() -> None:
    condition = translate(parse("NOT (oil PRE/3 gold)"), words_like)
    assert condition.is_everything
    assert not condition.exact


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("oil", '("bank" OR "banks")'),
        ('"oil gold"', '("bank bank" OR "bank banks" OR "banks bank" OR "banks banks")'),
        ("oi*", '"oi" *'),
        ("title:oil NOT gold", '(({title} : ("bank" OR "banks")) NOT ("bank" OR "banks"))'),
    ],
)
def test_a_word_in_all_its_forms_is_any_of_the_words_that_the_index_knows(text: str, match: str) -> None:
    condition = translate(parse(text, stemmed=True), words_like)
    assert condition.exact
    assert condition.as_text() == match


def test_near_of_words_in_all_their_forms_is_exact_unless_one_word_can_be_both_sides() -> None:
    def forms(pattern: str, limit: int) -> Sequence[str]:
        return {"~oil": ("oil", "oils"), "~oils": ("oil", "oils"), "~gold": ("gold",)}[pattern][:limit]

    assert translate(parse("oil NEAR/3 gold", stemmed=True), forms).exact
    assert not translate(parse("oil NEAR/3 oils", stemmed=True), forms).exact
    assert not translate(parse("oil NEAR/3 gol*", stemmed=True), forms).exact


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    return open_index(tmp_path / "index.db")


def test_a_wildcard_for_too_many_words_is_an_error_that_names_it(index: SearchIndex) -> None:
    index.put([document("one", " ".join(f"x{n}word" for n in range(1_100)))])
    with pytest.raises(QueryError, match=r"\*word matches more than 1,024 different words.*narrower") as caught:
        index.ids(parse("oil OR *word"))
    assert caught.value.column == 7
    # At the end of a word it is FTS5's own and has no bound.
    assert index.count(parse("x1* OR x10*")) == 1
    index.close()


def test_many_words_for_the_places_of_a_phrase_are_found_all_the_same(index: SearchIndex) -> None:
    words = [f"ab{n}yz" for n in range(40)]
    index.put([document("one", " ".join(words)), document("two", " ".join(reversed(words)))])
    query = parse('"ab?yz ab*?yz ab1?yz"')
    assert not translate(query, lambda _pattern, _limit: words).exact
    assert index.ids(query) == {identity("one")}
    assert index.ids(parse('"ab*8yz ab*9yz ab1?yz"')) == {identity("one")}
    assert index.ids(parse("(ab*?yz OR ab1?yz) NEAR/0 (ab*yz OR ab?yz)")) == {identity("one"), identity("two")}
    index.close()


HOSTILE = (
    '"',
    "'",
    "*",
    "(",
    ")",
    "oil*",
    "^",
    ":",
    "{title}",
    "NEAR(",
    "AND",
    "OR",
    "NOT",
    "-",
    "+",
    "\x00",
    "--",
    "?",
    "",
)


def test_no_text_becomes_syntax_of_fts5_or_sql(index: SearchIndex) -> None:
    index.put([document("one", "oil and gold"), document("two", "near not or")])
    chance = random.Random(7)
    for _ in range(300):
        text = " ".join(chance.choice((*HOSTILE, "oil", "gold")) for _ in range(chance.randrange(1, 6)))
        try:
            query = parse(text)
        except QueryError:
            continue
        index.ids(query)
    index.close()


@pytest.mark.parametrize("part", [*HOSTILE, 'a" OR "oil', "oil) OR (gold", "title : oil", "oil gold", "\ud800"])
def test_even_a_tree_made_by_hand_stays_a_word(index: SearchIndex, part: str) -> None:
    index.put([document("one", "oil and gold"), document("two", "near not or")])
    word, plain = Phrase(None, (part,)), Phrase("body", ("oil",))
    for tree in (word, And((word, plain)), Not(word), Near(Phrase("body", (part,)), plain, 3, ordered=False)):
        index.count(Query(text=part, tree=tree))
    index.close()


def test_deep_and_wide_trees_are_answered(index: SearchIndex) -> None:
    index.put([document("one", "oil"), document("two", "gold"), document("three", "tin")])
    gold, tin = Phrase(None, ("gold",)), Phrase(None, ("tin",))
    trees: list[Node] = [Phrase(None, ("oil",)), Keyword("source", "Courier")]
    for turn in range(30):
        trees = [And((Or((tree, gold)), Not(tin))) if turn % 2 else Or((And((tree, Not(gold))), tin)) for tree in trees]
        for tree in trees:
            query = Query(text="", tree=tree)
            assert translate(query, words_like).depth <= 12
            bounds = Filters(sources=("none", "such"), topics=("a", "b"), arrived_from=START)
            assert index.search(query, sort=Sort.RELEVANCE, filters=bounds).hits == ()
    wide = parse(" OR ".join(f"word{n}" for n in range(400)) + " OR gold")
    assert index.ids(wide) == {identity("two")}
    nested = "oil"
    for turn in range(20):
        nested = f"({nested} {'OR' if turn % 2 else 'AND'} {'gold' if turn % 2 else 'NOT tin'})"
    assert index.ids(parse(nested)) == {identity("one"), identity("two")}
    index.close()
