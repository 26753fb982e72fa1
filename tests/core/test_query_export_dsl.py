"""Elasticsearch DSL: the shape of cases that are easy to get wrong, and a plain reading of it against the evaluator.

What a real server finds is the subject of `tests/index`.
"""

import json
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsdesk.query import Document, parse
from newsdesk.query.evaluate import matches
from newsdesk.query.export import ExportError, to_elasticsearch
from newsdesk.query.export.elasticsearch import DEEPEST_DSL, LONGEST_INDEXED_PREFIX
from newsdesk.query.tree import And, Keyword, Node, Not, Or, Phrase, Range
from tests.core.query_texts import ARTICLE_TEXT, QUERY_TEXT, tries

Dsl = dict[str, Any]
A, B, C = (Phrase("body", (word,)) for word in "abc")
TERM_A, TERM_B, TERM_C = ({"term": {"body": {"value": word}}} for word in "abc")
WHITESPACE = {"analyzer": "whitespace"}


def dsl(query: str) -> Dsl:
    return to_elasticsearch(parse(query).tree)


def match(words: str, **options: object) -> Dsl:
    return {"match": {"query": words} | WHITESPACE | options}


def ordered(gaps: int, *rules: Dsl) -> Dsl:
    return {"all_of": {"ordered": True, "max_gaps": gaps, "intervals": list(rules)}}


def any_of(*rules: Dsl) -> Dsl:
    return {"any_of": {"intervals": list(rules)}}


# ------------------------------------------------------------------ words


def test_a_word_is_a_term_in_either_field_and_counts_more_in_the_title() -> None:
    queries = [{"term": {"title": {"value": "oil", "boost": 3.0}}}, {"term": {"body": {"value": "oil"}}}]
    assert dsl("Oil") == {"dis_max": {"queries": queries}}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("body:oil", {"term": {"body": {"value": "oil"}}}),
        ("body:oil^2", {"term": {"body": {"value": "oil", "boost": 2.0}}}),
        ("title:oil^0.5", {"term": {"title": {"value": "oil", "boost": 1.5}}}),
        ("body:trade*", {"prefix": {"body": {"value": "trade"}}}),
        ("body:trade**", {"prefix": {"body": {"value": "trade"}}}),
        ("body:tra*de", {"wildcard": {"body": {"value": "tra*de"}}}),
        ("body:trade?*", {"wildcard": {"body": {"value": "trade?*"}}}),
        ("body:*trade", {"wildcard": {"body": {"value": "*trade"}}}),
        ('body:"crude oil"^2', {"match_phrase": {"body": {"query": "crude oil", "boost": 2.0} | WHITESPACE}}),
        (
            'body:"crude oil*"',
            {"intervals": {"body": ordered(0, match("crude"), {"prefix": {"prefix": "oil"} | WHITESPACE})}},
        ),
        (
            'body:"or?de oil"^2',
            {
                "intervals": {
                    "body": ordered(0, {"wildcard": {"pattern": "or?de"} | WHITESPACE}, match("oil")) | {"boost": 2.0}
                }
            },
        ),
    ],
)
def test_a_word_or_phrase_is_this_query(query: str, expected: Dsl) -> None:
    assert dsl(query) == expected


@pytest.mark.parametrize("head", ["abcdefghij", "भार"])
def test_in_intervals_a_prefix_within_the_index_prefixes_is_a_prefix(head: str) -> None:
    assert len(head.encode()) <= LONGEST_INDEXED_PREFIX
    assert dsl(f'body:"a {head}*"') == {
        "intervals": {"body": ordered(0, match("a"), {"prefix": {"prefix": head} | WHITESPACE})}
    }


@pytest.mark.parametrize("head", ["abcdefghijk", "भारत"])
def test_in_intervals_a_longer_prefix_is_a_wildcard_which_may_stand_for_more_words(head: str) -> None:
    assert len(head.encode()) > LONGEST_INDEXED_PREFIX
    assert dsl(f'body:"a {head}*"') == {
        "intervals": {"body": ordered(0, match("a"), {"wildcard": {"pattern": f"{head}*"} | WHITESPACE})}
    }
    assert dsl(f"body:{head}*") == {"prefix": {"body": {"value": head}}}


# ------------------------------------------------------------------ proximity


def test_near_is_any_of_two_orders_and_pre_is_one() -> None:
    there, back = ordered(5, match("oil"), match("price")), ordered(5, match("price"), match("oil"))
    assert dsl("body:(oil NEAR/5 price)") == {"intervals": {"body": any_of(there, back)}}
    assert dsl("body:(oil PRE/5 price)") == {"intervals": {"body": there}}
    assert dsl("body:(oil^2 PRE/5 price^4)") == {"intervals": {"body": there | {"boost": 4.0}}}
    assert [list(query["intervals"]) for query in dsl("oil PRE/5 price")["dis_max"]["queries"]] == [["title"], ["body"]]


def test_groups_and_phrases_stand_inside_near() -> None:
    phrase = match("e commerce", ordered=True, max_gaps=0)
    group = any_of(match("policy"), ordered(0, match("draft"), {"prefix": {"prefix": "rule"} | WHITESPACE}))
    assert dsl('body:("e-commerce" NEAR/15 (policy OR "draft rule*"))') == {
        "intervals": {"body": any_of(ordered(15, phrase, group), ordered(15, group, phrase))}
    }
    assert dsl("body:(a PRE/1 (b OR (c OR a)))") == {
        "intervals": {"body": ordered(1, match("a"), any_of(match("b"), match("c"), match("a")))}
    }


def test_of_equal_sides_the_right_one_names_its_field_lest_lucene_takes_them_for_one_that_repeats() -> None:
    words = {"ordered": True, "max_gaps": 0}
    assert dsl('body:("a b" NEAR/5 "a b")') == {
        "intervals": {"body": ordered(5, match("a b", **words), match("a b", **words, use_field="body"))}
    }
    assert dsl("title:((b OR a) NEAR/5 (a OR b))") == {
        "intervals": {
            "title": ordered(
                5,
                any_of(match("b"), match("a")),
                any_of(match("a", use_field="title"), match("b", use_field="title")),
            )
            | {"boost": 3.0}
        }
    }


# ------------------------------------------------------------------ operators


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (And((A, B)), {"must": [TERM_A, TERM_B]}),
        (Or((A, B)), {"should": [TERM_A, TERM_B], "minimum_should_match": 1}),
        (Not(A), {"must_not": [TERM_A]}),
        (Not(Or((A, B))), {"must_not": [TERM_A, TERM_B]}),
        (Not(And((A, B))), {"must_not": [{"bool": {"must": [TERM_A, TERM_B]}}]}),
        (And((A, Not(B), Not(C))), {"must": [TERM_A], "must_not": [TERM_B, TERM_C]}),
        (And((Not(A), Not(B))), {"must_not": [TERM_A, TERM_B]}),
        (
            Or((A, Not(B))),
            {"should": [TERM_A, {"bool": {"must_not": [TERM_B]}}], "minimum_should_match": 1},
        ),
        (And((A, Or((B, C)))), {"must": [TERM_A], "should": [TERM_B, TERM_C], "minimum_should_match": 1}),
        (
            And((Or((A, B)), Or((B, C)))),
            {
                "must": [{"bool": {"should": [TERM_B, TERM_C], "minimum_should_match": 1}}],
                "should": [TERM_A, TERM_B],
                "minimum_should_match": 1,
            },
        ),
        (And((A, And((B, Not(Not(C)))))), {"must": [TERM_A, TERM_B, TERM_C]}),
        (Or((A, Or((B, C)))), {"should": [TERM_A, TERM_B, TERM_C], "minimum_should_match": 1}),
        (
            And((A, Keyword("topic", "x"), Not(Keyword("lang", "en")))),
            {
                "must": [TERM_A],
                "filter": [{"term": {"topics": "x"}}],
                "must_not": [{"term": {"language": "en"}}],
            },
        ),
        (
            And((A, Or((Keyword("source", "X"), Keyword("story", "y"))))),
            {
                "must": [TERM_A],
                "filter": [
                    {
                        "bool": {
                            "should": [{"term": {"source": "X"}}, {"term": {"story": "y"}}],
                            "minimum_should_match": 1,
                        }
                    }
                ],
            },
        ),
    ],
    ids=str,
)
def test_operators_are_one_bool(tree: Node, expected: Dsl) -> None:
    assert to_elasticsearch(tree) == {"bool": expected}


def test_two_nots_are_none() -> None:
    assert to_elasticsearch(Not(Not(A))) == TERM_A
    assert to_elasticsearch(Not(Not(Not(A)))) == {"bool": {"must_not": [TERM_A]}}


def test_values_and_dates_are_exact() -> None:
    assert dsl("author:'Ann'") == {"term": {"authors": "'Ann'"}}
    assert dsl("*:*") == {"match_all": {}}
    assert dsl("published:[* TO *]") == {"exists": {"field": "published"}}
    bounds = {"gt": "2026-01-01T06:00:00Z", "lte": "2026-01-02T06:00:00Z", "format": "strict_date_optional_time"}
    assert dsl("published:{2026-01-01T06:00 TO 2026-01-02T06:00]") == {"range": {"published": bounds}}


def test_a_query_deeper_than_a_server_reads_is_an_error() -> None:
    node: Node = A
    for _ in range(DEEPEST_DSL - 2):
        node = And((A, Not(And((B, node)))))
    assert to_elasticsearch(node)
    with pytest.raises(ExportError) as refused:
        to_elasticsearch(Not(And((A, node))))
    assert refused.value.construct == f"{DEEPEST_DSL + 1} levels of AND, OR and NOT"


# ------------------------------------------------------------------ a plain reading


class Reading:
    """What the DSL means for one article, over lists of words and with no thought of speed."""

    def __init__(self, words: dict[str, list[str]], values: dict[str, str], published: datetime | None) -> None:
        self.words = words
        self.values = values
        self.published = published

    def accepts(self, query: Dsl) -> bool:
        ((name, inside),) = query.items()
        match name:
            case "bool":
                return self.accepts_all(inside)
            case "dis_max":
                return any(map(self.accepts, inside["queries"]))
            case "match_all":
                return True
            case "exists":
                return self.published is not None
            case "range":
                return self.is_within(inside["published"])
            case _:
                ((field, options),) = inside.items()
                return self.has(name, field, options)

    def accepts_all(self, clauses: Dsl) -> bool:
        assert clauses.keys() <= {"must", "filter", "must_not", "should", "minimum_should_match"}
        assert clauses.get("minimum_should_match") == (1 if "should" in clauses else None)
        wanted = [*clauses.get("must", ()), *clauses.get("filter", ())]
        chosen = [self.accepts(query) for query in clauses.get("should", ())]
        unwanted = clauses.get("must_not", ())
        return all(map(self.accepts, wanted)) and any(chosen or [True]) and not any(map(self.accepts, unwanted))

    def is_within(self, bounds: Dsl) -> bool:
        tests = {"gt": datetime.__gt__, "gte": datetime.__ge__, "lt": datetime.__lt__, "lte": datetime.__le__}
        instant = self.published
        return instant is not None and all(
            tests[name](instant, datetime.fromisoformat(bounds[name])) for name in bounds.keys() & tests.keys()
        )

    def has(self, name: str, field: str, options: Any) -> bool:
        if isinstance(options, str):
            return self.values.get(field) == options
        if name == "intervals":
            rule = {key: value for key, value in options.items() if key != "boost"}
            return bool(self.intervals(rule, field))
        if name == "match_phrase":
            return bool(self.phrase(options["query"], field))
        pattern = options["value"] + ("*" if name == "prefix" else "")
        return bool(self.places(pattern, field))

    def places(self, pattern: str, field: str) -> set[tuple[int, int]]:
        return {(n, n) for n, word in enumerate(self.words[field]) if fnmatchcase(word, pattern)}

    def phrase(self, words: str, field: str) -> set[tuple[int, int]]:
        wanted = words.split()
        there = self.words[field]
        return {(n, n + len(wanted) - 1) for n in range(len(there)) if there[n : n + len(wanted)] == wanted}

    def intervals(self, rule: Dsl, field: str) -> set[tuple[int, int]]:
        ((name, options),) = rule.items()
        match name:
            case "match":
                return self.phrase(options["query"], options.get("use_field", field))
            case "prefix":
                return self.places(options["prefix"] + "*", field)
            case "wildcard":
                return self.places(options["pattern"], field)
            case "any_of":
                return set().union(*(self.intervals(inner, field) for inner in options["intervals"]))
            case _:
                assert options["ordered"]
                first, *rest = (self.intervals(inner, field) for inner in options["intervals"])
                return self.followed(first, rest, options["max_gaps"])

    def followed(
        self, before: set[tuple[int, int]], rest: list[set[tuple[int, int]]], gaps: int
    ) -> set[tuple[int, int]]:
        for after in rest:
            assert gaps == 0 or len(rest) == 1  # else the gaps would have to be summed
            before = {(a, d) for a, b in before for c, d in after if 0 <= c - b - 1 <= gaps}
        return before


DAYS = st.sampled_from((None, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, 5, tzinfo=UTC)))
SOURCES = st.sampled_from((None, "x", "y", "z"))


@given(QUERY_TEXT, st.tuples(ARTICLE_TEXT, ARTICLE_TEXT), SOURCES, DAYS)
@tries(200)
@example('"a a" NEAR/4 "a a"', ("a a a", ""), None, None)
@example('(a OR "a b c") NEAR/0 b', ("", "a b c b"), None, None)
def test_the_dsl_finds_what_the_evaluator_finds(
    query: str, texts: tuple[str, str], source: str | None, published: datetime | None
) -> None:
    title, body = texts
    tree = parse(query).tree
    exported = json.loads(json.dumps(to_elasticsearch(tree)))
    reading = Reading(
        {"title": title.split(), "body": body.split()},
        {"source": source} if source else {},
        published,
    )
    document = Document(title=title, body=body, source=source, published=published)
    assert reading.accepts(exported) is matches(tree, document)


def test_a_range_without_bounds_asks_for_a_date() -> None:
    anything = Range("published", None, None, include_low=True, include_high=True)
    assert to_elasticsearch(And((A, anything))) == {
        "bool": {"must": [TERM_A], "filter": [{"exists": {"field": "published"}}]}
    }
