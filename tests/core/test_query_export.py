"""The table of exports to text: what a query is in Lucene text and in KQL, or what cannot be said."""

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.errors import NewsdeskError
from newsdesk.query import parse
from newsdesk.query.export import ExportError, KibanaForm, to_elasticsearch, to_kibana, to_kql, to_lucene
from newsdesk.query.export.kql import DEEPEST_KQL
from newsdesk.query.tree import Keyword, Node, Not, Phrase
from tests.core.query_texts import ANY_TEXT, QUERY_TEXT, tries

AS_LUCENE = "Save it as a Lucene query."
AS_FILTER = "Save it as a DSL filter."


class Exported(NamedTuple):
    """A query in both languages of Kibana's search bar."""

    query: str
    lucene: str
    kql: str


class Refused(NamedTuple):
    """A query that a language has no form for."""

    query: str
    construct: str
    remedy: str
    message: str


EXPORTED = [
    Exported("oil", "(title:oil OR body:oil)", '(title: "oil" or body: "oil")'),
    Exported("title:oil", "title:oil", 'title: "oil"'),
    Exported("text:Öl", "(title:ol OR body:ol)", '(title: "ol" or body: "ol")'),
    Exported('body:"crude oil"', 'body:"crude oil"', 'body: "crude oil"'),
    Exported("body:e-mail", 'body:"e mail"', 'body: "e mail"'),
    Exported("body:दिल्ली", "body:दिल्ली", 'body: "दिल्ली"'),
    Exported("body:東京", 'body:"東 京"', 'body: "東 京"'),
    Exported("body:and", "body:and", 'body: "and"'),
    Exported("body:null", "body:null", 'body: "null"'),
    Exported("body:trade*", "body:trade*", "body: trade*"),
    Exported("body:*trade", "body:*trade", "body: *trade"),
    Exported("body:tra**de", "body:tra*de", "body: tra*de"),
    Exported("body:oil^2", "body:oil^2", 'body: "oil"'),
    Exported('body:"crude oil"^0.5', 'body:"crude oil"^0.5', 'body: "crude oil"'),
    Exported(
        "title:a AND title:b OR title:c",
        "((title:a AND title:b) OR title:c)",
        '((title: "a" and title: "b") or title: "c")',
    ),
    Exported("title:a title:b", "(title:a AND title:b)", '(title: "a" and title: "b")'),
    Exported("NOT title:a", "(*:* AND NOT title:a)", '(not title: "a")'),
    Exported("title:a -title:b", "(title:a AND NOT title:b)", '(title: "a" and (not title: "b"))'),
    Exported("-title:a -title:b", "(*:* AND NOT title:a AND NOT title:b)", '((not title: "a") and (not title: "b"))'),
    Exported("title:a OR NOT title:b", "(title:a OR (*:* AND NOT title:b))", '(title: "a" or (not title: "b"))'),
    Exported("*:*", "*:*", "*:*"),
    Exported("source:Reuters", 'source:"Reuters"', 'source: "Reuters"'),
    Exported("lang:en", 'language:"en"', 'language: "en"'),
    Exported(
        "topic:(oil OR opec-plus)", '(topics:"oil" OR topics:"opec-plus")', '(topics: "oil" or topics: "opec-plus")'
    ),
    Exported('author:"Ann Lee"', 'authors:"Ann Lee"', 'authors: "Ann Lee"'),
    Exported("story:s1", 'story:"s1"', 'story: "s1"'),
    Exported(r'topic:"a\"b"', r'topics:"a\"b"', r'topics: "a\"b"'),
    Exported(r'topic:"a\\"', r'topics:"a\\"', r'topics: "a\u005c"'),
    Exported(r'topic:"AND) OR *:*"', r'topics:"AND) OR *:*"', r'topics: "AND) OR *:*"'),
    Exported(
        "published:2026-01-31",
        "published:[2026-01-31T00:00:00Z TO 2026-02-01T00:00:00Z}",
        '(published >= "2026-01-31T00:00:00Z" and published < "2026-02-01T00:00:00Z")',
    ),
    Exported(
        "published:>2026-01-31T06:00",
        "published:{2026-01-31T06:00:00Z TO *]",
        'published > "2026-01-31T06:00:00Z"',
    ),
    Exported(
        "published:<=2026-01-31T06:00",
        "published:[* TO 2026-01-31T06:00:00Z]",
        'published <= "2026-01-31T06:00:00Z"',
    ),
    Exported("published:[* TO *]", "_exists_:published", "published: *"),
    Exported("body:(oil PRE/0 price)", 'body:"oil price"', 'body: "oil price"'),
    Exported(
        'body:("crude oil" NEAR/0 price)',
        '(body:"crude oil price" OR body:"price crude oil")',
        '(body: "crude oil price" or body: "price crude oil")',
    ),
    Exported("body:(tora NEAR/0 tora)", 'body:"tora tora"', 'body: "tora tora"'),
]

ONLY_LUCENE = [
    ("body:(oil NEAR/5 price)", '(body:"oil price"~5 OR body:"price oil"~5)', "proximity (NEAR/5)"),
    ('body:"oil price"~5', '(body:"oil price"~5 OR body:"price oil"~5)', "proximity (NEAR/5)"),
    ("body:(oil W/1 price)", 'body:"oil price"~1', "proximity (PRE/1)"),
    ("body:(oil NEAR/5 price)^2", '(body:"oil price"~5^2 OR body:"price oil"~5^2)', "proximity (NEAR/5)"),
    ("body:(oil^3 NEAR/5 price)", '(body:"oil price"~5^3 OR body:"price oil"~5^3)', "proximity (NEAR/5)"),
    ("body:organi?ation", "body:organi?ation", "wildcard ?"),
]

NEITHER = [
    Refused("a W/2 b", "PRE/2", AS_FILTER, "Lucene text has no PRE/2: a PRE/2 b."),
    Refused("a NEAR/3 (b OR c)", "NEAR/3 with an OR group", AS_FILTER, "Lucene text has no NEAR/3 with an OR group"),
    Refused("a NEAR/0 (b OR c)", "NEAR/0 with an OR group", AS_FILTER, "Lucene text has no NEAR/0 with an OR group"),
    Refused('a NEAR/3 "b c"', "NEAR/3 with a phrase", AS_FILTER, "Lucene text has no NEAR/3 with a phrase"),
    Refused("a NEAR/3 bcd*", "NEAR/3 with a wildcard", AS_FILTER, "Lucene text has no NEAR/3 with a wildcard"),
    Refused("a NEAR/3 a", "NEAR/3 of a word with itself", AS_FILTER, "Lucene text has no NEAR/3 of a word with itself"),
    Refused('"a bcd*"', "wildcard in a phrase", AS_FILTER, 'Lucene text has no wildcard in a phrase: "a bcd*".'),
    Refused("a PRE/0 bcd*", "wildcard in a phrase", AS_FILTER, 'Lucene text has no wildcard in a phrase: "a bcd*".'),
]


@pytest.mark.parametrize("row", EXPORTED, ids=lambda row: row.query)
def test_a_query_is_this_in_lucene_text_and_kql(row: Exported) -> None:
    tree = parse(row.query).tree
    assert to_lucene(tree) == row.lucene
    assert to_kql(tree) == row.kql
    found = to_kibana(tree)
    assert (found.form, found.text, found.language) == (KibanaForm.KQL, row.kql, "kuery")
    assert (found.filters, found.reasons) == ((), ())


@pytest.mark.parametrize(("query", "lucene", "construct"), ONLY_LUCENE)
def test_what_kql_cannot_say_is_saved_as_a_lucene_query(query: str, lucene: str, construct: str) -> None:
    tree = parse(query).tree
    assert to_lucene(tree) == lucene
    with pytest.raises(ExportError) as refused:
        to_kql(tree)
    assert (refused.value.construct, refused.value.remedy) == (construct, AS_LUCENE)
    found = to_kibana(tree)
    assert (found.form, found.text, found.language) == (KibanaForm.LUCENE, lucene, "lucene")
    assert found.reasons == (refused.value.message,)
    assert construct in found.reasons[0]


@pytest.mark.parametrize("row", NEITHER, ids=lambda row: row.query)
def test_what_no_text_can_say_is_saved_as_a_filter(row: Refused) -> None:
    tree = parse(row.query).tree
    with pytest.raises(ExportError) as refused:
        to_lucene(tree)
    assert (refused.value.construct, refused.value.remedy) == (row.construct, row.remedy)
    assert refused.value.message.startswith(row.message)
    with pytest.raises(ExportError) as refused_by_kql:
        to_kql(tree)
    assert refused_by_kql.value.remedy == AS_FILTER
    found = to_kibana(tree, label="my topic")
    assert (found.form, found.text, found.language) == (KibanaForm.FILTER, "", "kuery")
    assert found.reasons == (refused_by_kql.value.message, refused.value.message)
    assert found.filters == (
        {
            "meta": {"alias": "my topic", "disabled": False, "negate": False, "type": "custom", "key": "query"},
            "query": to_elasticsearch(tree),
            "$state": {"store": "appState"},
        },
    )


def test_one_part_that_cannot_be_said_names_itself_and_not_the_whole_query() -> None:
    with pytest.raises(ExportError) as refused:
        to_lucene(parse("oil AND (gold OR NOT (a PRE/7 b)) AND published:2026").tree)
    assert str(refused.value) == f"Lucene text has no PRE/7: a PRE/7 b. {AS_FILTER}"
    assert isinstance(refused.value, NewsdeskError)


def test_a_long_part_is_shortened_in_the_message() -> None:
    with pytest.raises(ExportError) as refused:
        to_kql(
            parse(
                " OR ".join(f"w{n}" for n in range(300)) + " OR a NEAR/2 (" + " OR ".join("bcdefg") + "h" * 99 + ")"
            ).tree
        )
    assert len(str(refused.value)) < 200


def test_a_filter_without_a_label_is_called_by_the_query_and_a_long_label_is_cut() -> None:
    def alias_of(query: str) -> object:
        (pill,) = to_kibana(parse(query).tree).filters
        meta = pill["meta"]
        assert isinstance(meta, dict)
        return meta["alias"]

    assert alias_of("Oil PRE/2 price") == "oil PRE/2 price"
    assert alias_of("oil PRE/2 " + "p" * 500) == "oil PRE/2 " + "p" * 109 + "…"


def test_a_stemmed_query_cannot_be_exported() -> None:
    tree = parse("policies", stemmed=True).tree
    for export in (to_elasticsearch, to_lucene, to_kql, to_kibana):
        with pytest.raises(ExportError, match="no words in all their forms: policies") as refused:
            export(tree)
        assert refused.value.construct == "words in all their forms"


def test_too_many_levels_for_kibana_are_lucene_text() -> None:
    deep: Node = Phrase("body", ("a",))
    for _ in range(DEEPEST_KQL):
        deep = Not(deep)
    assert to_kql(deep).count("not") == DEEPEST_KQL
    with pytest.raises(ExportError) as refused:
        to_kql(Not(deep))
    assert refused.value.construct == "more than 25 levels of AND, OR and NOT"
    assert to_kibana(Not(deep)).form is KibanaForm.LUCENE


# ------------------------------------------------------------------ values of others


HOSTILE = (
    '"',
    "\\",
    'a"',
    "a\\",
    '\\"',
    'a" OR *:* OR "',
    "back\\t",
    "line\nbreak",
    "\\u0041",
    "*",
    "?",
    "/x/",
    "[a TO b]",
)


@given(st.one_of(st.sampled_from(HOSTILE), ANY_TEXT))
@tries()
def test_a_value_stays_within_its_quotes(value: str) -> None:
    node = Keyword("topic", value)
    in_lucene = re.fullmatch(r'topics:"((?:\\.|[^"\\])*)"', to_lucene(node), re.DOTALL)
    assert in_lucene
    assert re.sub(r"\\(.)", r"\1", in_lucene[1], flags=re.DOTALL) == value
    in_kql = re.fullmatch(r'topics: "((?:\\u005c|\\"|[^"\\])*)"', to_kql(node))
    assert in_kql
    assert in_kql[1].replace(r"\"", '"').replace(r"\u005c", "\\") == value
    assert to_elasticsearch(node) == {"term": {"topics": value}}


def test_a_value_that_is_no_text_finds_nothing_and_is_not_written() -> None:
    broken = Keyword("topic", "caf\udce9")
    assert to_elasticsearch(broken) == {"match_none": {}}
    for export in (to_lucene, to_kql):
        with pytest.raises(ExportError, match="The value of topic: cannot be written") as refused:
            export(broken)
        assert refused.value.construct == "topic: with a broken value"
    (pill,) = to_kibana(broken).filters
    assert str(pill).isascii()


# ------------------------------------------------------------------ any query


@given(QUERY_TEXT)
@tries()
def test_any_query_is_text_or_names_what_cannot_be_said(text: str) -> None:
    tree = parse(text).tree
    said = [exported_or_refused(export, tree) for export in (to_kql, to_lucene)]
    for outcome in said:
        if isinstance(outcome, ExportError):
            assert outcome.construct
            assert outcome.construct in outcome.message
            assert outcome.remedy in (AS_LUCENE, AS_FILTER)
        else:
            outside_quotes = re.sub(r'"[^"]*"', "", outcome)
            assert outside_quotes.count("(") == outside_quotes.count(")")
    found = to_kibana(tree)
    first_said = next((form for form, outcome in zip(KibanaForm, said, strict=False) if outcome == found.text), None)
    assert found.form is (first_said or KibanaForm.FILTER)
    assert len(found.reasons) == list(KibanaForm).index(found.form)
    assert [pill["query"] for pill in found.filters] == ([] if first_said else [to_elasticsearch(tree)])


def exported_or_refused(export: Callable[[Node], str], tree: Node) -> str | ExportError:
    try:
        return export(tree)
    except ExportError as refused:
        return refused
