"""Parts that are called dead change nothing, and the usual ones are found."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.query import Document, parse, render
from newsdesk.query.evaluate import matches
from newsdesk.query.logic import excludes, implies
from newsdesk.query.redundancy import Reduced, Why, reduce_tree
from newsdesk.query.tree import And, Near, Node, Not, Or
from tests.core.query_texts import ARTICLE_TEXT, QUERY_TEXT, tries

ARTICLES = st.builds(
    Document,
    title=ARTICLE_TEXT,
    body=ARTICLE_TEXT,
    source=st.sampled_from((None, "x", "y", "z")),
    lang=st.sampled_from((None, "en", "hi")),
    published=st.sampled_from((None, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, 5, tzinfo=UTC))),
)
MANY_ARTICLES = st.lists(ARTICLES, min_size=4, max_size=6)
# Few words, so that parts often have something to do with each other.
_LEAVES = st.sampled_from(
    (
        *("a", "b", "ab*", "abc", "a?", '"a b"', '"a b c"', '"a ab*"', "title:a", "title:(a b)", "body:ab*", "*:*"),
        *("a NEAR/2 b", "b NEAR/1 a", "a PRE/2 b", "(a OR ab*) NEAR/3 (b OR abc OR b)", '"a b" NEAR/2 c',
          "title:(a NEAR/1 b)", "lang:en", "lang:hi", "source:(x OR y)", "source:x"),
        *("published:>=2026-01-02", "published:2026-01-02", "published:<2026-01-02", "published:[* TO *]"),
    )
)  # fmt: skip
RELATED = st.recursive(
    _LEAVES,
    lambda child: st.one_of(
        st.lists(child, min_size=2, max_size=3).map(lambda parts: f"({' AND '.join(parts)})"),
        st.lists(child, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
        child.map(lambda part: f"(NOT {part})"),
    ),
    max_leaves=7,
)
QUERIES = st.one_of(RELATED, RELATED, QUERY_TEXT).map(lambda text: parse(text).tree)


@given(QUERIES, QUERIES, MANY_ARTICLES)
@tries(120)
def test_what_is_said_of_two_queries_holds_for_every_article(a: Node, b: Node, articles: list[Document]) -> None:
    for article in articles:
        assert not (implies(a, b) and matches(a, article) and not matches(b, article)), (render(a), render(b))
        assert not (excludes(a, b) and matches(a, article) and matches(b, article)), (render(a), render(b))


@given(QUERIES, st.lists(QUERIES, max_size=2), MANY_ARTICLES)
@tries(120)
def test_a_query_without_its_dead_parts_finds_the_same(tree: Node, known: list[Node], articles: list[Document]) -> None:
    reduced = reduce_tree(tree, known)
    for article in articles:
        if all(matches(node, article) for node in known):
            assert holds(reduced.node, article) is matches(tree, article), render(tree)


@given(QUERIES, MANY_ARTICLES)
@tries(120)
def test_any_one_dead_part_may_be_removed_alone(tree: Node, articles: list[Document]) -> None:
    for dead in reduce_tree(tree).dead:
        if dead.is_alone and dead.why is not Why.IMPOSSIBLE:
            left = without(tree, dead.part, is_true=dead.why is Why.IMPLIED)
            for article in articles:
                assert holds(left, article) is matches(tree, article), (render(tree), render(dead.part))


def holds(node: Node | bool, article: Document) -> bool:  # noqa: FBT001 - a truth is a query here
    return node if isinstance(node, bool) else matches(node, article)


def without(node: Node, part: Node, *, is_true: bool) -> Node | bool:
    """`node`, and in it a truth instead of that one `part`."""
    if node is part:
        return is_true
    match node:
        case Not():
            inner = without(node.node, part, is_true=is_true)
            return not inner if isinstance(inner, bool) else Not(inner)
        case And() | Or():
            nodes = [without(child, part, is_true=is_true) for child in node.nodes]
            ending = isinstance(node, Or)
            if any(child is ending for child in nodes):
                return ending
            kept = [child for child in nodes if not isinstance(child, bool)]
            return kept[0] if len(kept) == 1 else type(node)(tuple(kept)) if kept else not ending
        case Near():
            sides = [without(side, part, is_true=is_true) for side in (node.left, node.right)]
            assert not any(isinstance(side, bool) for side in sides)
            return replace(node, left=sides[0], right=sides[1])  # type: ignore[arg-type] # sides stay sides
        case _:
            return node


def reduced(text: str, *known: str) -> Reduced:
    return reduce_tree(parse(text).tree, [parse(each).tree for each in known])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a OR (a AND b)", ("a AND b", "covered", "a", "a")),
        ("(a AND b) OR a", ("a AND b", "covered", "a", "a")),
        ("a AND (a OR b)", ("a OR b", "implied", "a", "a")),
        ("a OR b OR a", ("a", "covered", "a", "a OR b")),
        ("a b a", ("a", "implied", "a", "a AND b")),
        ("(a b) OR (b a)", ("b AND a", "covered", "a AND b", "a AND b")),
        ("trade OR trade*", ("trade", "covered", "trade*", "trade*")),
        ("trade* OR trader*", ("trader*", "covered", "trade*", "trade*")),
        ("*phobia OR xenophobia", ("xenophobia", "covered", "*phobia", "*phobia")),
        ('oil OR "oil price"', ('"oil price"', "covered", "oil", "oil")),
        ('"oil price" OR oil NEAR/3 price', ('"oil price"', "covered", "oil NEAR/3 price", "oil NEAR/3 price")),
        ("oil OR title:oil", ("title:oil", "covered", "oil", "oil")),
        ("oil AND oil NEAR/5 price", ("oil", "implied", "oil NEAR/5 price", "oil NEAR/5 price")),
        ("(a NEAR/5 b) AND (b NEAR/20 a)", ("b NEAR/20 a", "implied", "a NEAR/5 b", "a NEAR/5 b")),
        ("(a PRE/5 b) OR (a NEAR/5 b)", ("a PRE/5 b", "covered", "a NEAR/5 b", "a NEAR/5 b")),
        ("(rule OR law OR rule*) NEAR/5 trade", ("rule", "covered", "rule*", "(law OR rule*) NEAR/5 trade")),
        ("a AND (b OR (a AND c))", ("a", "implied", "a", "a AND (b OR c)")),
        ("(a OR b) NOT a", ("a", "impossible", "NOT a", "b AND NOT a")),
        ("a OR (NOT a AND b)", ("NOT a", "implied", "a", "a OR b")),
        ("lang:en NOT lang:hi AND a", ("NOT lang:hi", "implied", "lang:en", "lang:en AND a")),
        ("a AND *:*", ("*:*", "implied", "a", "a")),
        ("author:x AND (author:y OR author:x)", ("author:y OR author:x", "implied", "author:x", "author:x")),
    ],
)  # fmt: skip
def test_a_dead_part_is_found(text: str, expected: tuple[str, str, str, str]) -> None:
    found = reduced(text)
    (dead,) = found.dead
    assert not isinstance(found.node, bool)
    assert (render(dead.part), dead.why, render(dead.beside), render(found.node)) == expected


def test_a_range_within_another_is_known() -> None:
    (dead,) = reduced("published:2026-01-02 AND published:>=2026").dead
    assert (render(dead.part), dead.why) == ("published:[2026-01-01T00:00:00Z TO *]", Why.IMPLIED)


@pytest.mark.parametrize(
    "text",
    [
        *("a AND NOT a", "lang:en lang:hi", "source:x source:y", "published:2025 published:2026", '"a b" NOT a'),
        *("a NEAR/3 b AND NOT b", "a AND (NOT a OR (b AND NOT b))", "(a b) NOT (a OR c)"),
    ],
)
def test_a_query_that_finds_nothing_is_known(text: str) -> None:
    assert reduced(text).node is False


@pytest.mark.parametrize("text", ["a OR NOT a", "a OR (b OR NOT a)", "NOT (a AND NOT a)"])
def test_a_query_that_finds_everything_is_known(text: str) -> None:
    assert reduced(text).node is True


ALIVE = """\
a OR b
title:oil OR body:"oil price"
(a OR b) AND (a OR c)
"a b" OR "b a"
a NEAR/5 b OR a NEAR/5 c
("oil price" OR oil) NEAR/5 x
a NEAR/5 b AND b PRE/6 a
ab* OR bc*ab
author:x author:y
a NEAR/3 a
oil NOT "olive oil"
trade OR trades OR trader*
a NEAR/1 b OR title:(a NEAR/9 b)
ab? OR ab
(policy OR rules) NEAR/5 trade NOT football
published:<2026 OR published:>2027
"""


@pytest.mark.parametrize("text", ALIVE.splitlines())
def test_a_query_whose_parts_all_matter_has_none(text: str) -> None:
    tree = parse(text).tree
    assert reduce_tree(tree).dead == []
    assert reduce_tree(tree).node == tree


def test_what_a_topic_takes_anyway_counts() -> None:
    assert reduced("lang:en a", "lang:en").dead[0].why is Why.IMPLIED
    assert reduced("lang:hi OR a", "lang:en OR lang:ta").dead[0].why is Why.IMPOSSIBLE


def test_a_part_that_is_dead_only_without_another_is_known() -> None:
    first, second = reduced('"a b" OR (a AND NOT "a b")').dead
    assert (render(first.part), first.is_alone) == ('NOT "a b"', True)
    assert (render(second.part), second.is_alone) == ('"a b"', False)


def test_equal_places_are_known_where_mentions_are_counted() -> None:
    assert reduced("trade OR trade*").dead[0].keeps_places
    assert not reduced('oil OR "oil price"').dead[0].keeps_places


def test_the_largest_queries_are_read_through() -> None:
    widest = " OR ".join(f"w{number}x" for number in range(510))
    assert reduced(f"{widest} OR w7x").dead[0].why is Why.COVERED
    deepest = "(a OR b AND " * 55 + "c" + ")" * 55
    assert reduced(deepest).dead
