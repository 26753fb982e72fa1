"""`newsdesk query --to`: what is printed where, and what cannot be said."""

import json

import pytest

from tests.surfaces.conftest import call


def test_the_query_dsl_is_printed_as_json() -> None:
    ran = call("query", "body:oil AND topic:x", "--to", "elasticsearch")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == {
        "bool": {"must": [{"term": {"body": {"value": "oil"}}}], "filter": [{"term": {"topics": "x"}}]}
    }


@pytest.mark.parametrize(
    ("to", "language", "text"),
    [("lucene", "lucene", "(title:oil AND NOT body:gold)"), ("kql", "kuery", '(title: "oil" and (not body: "gold"))')],
)
def test_text_is_printed_alone_and_with_its_language_as_json(to: str, language: str, text: str) -> None:
    query = "title:oil -body:gold"
    ran = call("query", query, "--to", to)
    assert (ran.code, ran.out, ran.err) == (0, f"{text}\n", "")
    assert json.loads(call("query", query, "--to", to, "--json").out) == {"query": text, "language": language}


def test_what_cannot_be_said_ends_with_1_and_the_remedy() -> None:
    ran = call("query", "oil NEAR/5 price", "--to", "kql")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "error: KQL has no proximity (NEAR/5): oil NEAR/5 price. Save it as a Lucene query.\n"
    ran = call("query", "oil PRE/5 price", "--to", "lucene")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "error: Lucene text has no PRE/5: oil PRE/5 price. Save it as a DSL filter.\n"


def test_for_kibana_the_language_and_the_reasons_are_said_beside_the_text() -> None:
    ran = call("query", "title:oil", "--to", "kibana")
    assert (ran.code, ran.out) == (0, 'title: "oil"\n')
    assert ran.err == "Language of the search bar: KQL.\n"
    ran = call("query", "title:(oil NEAR/5 price)", "--to", "kibana")
    assert (ran.code, ran.out) == (0, '(title:"oil price"~5 OR title:"price oil"~5)\n')
    assert ran.err.splitlines() == [
        "KQL has no proximity (NEAR/5): title:oil NEAR/5 title:price.",
        "Language of the search bar: Lucene.",
    ]


def test_for_kibana_a_filter_is_json_and_its_reasons_are_said() -> None:
    ran = call("query", "oil PRE/5 price", "--to", "kibana")
    assert ran.code == 0
    pill = json.loads(ran.out)
    assert pill["meta"]["alias"] == "oil PRE/5 price"
    assert pill["query"] == json.loads(call("query", "oil PRE/5 price", "--to", "elasticsearch").out)
    assert len(ran.err.splitlines()) == 3
    assert ran.err.splitlines()[-1] == "So this is a filter in the query DSL."


def test_for_kibana_json_has_query_and_filter_as_a_saved_search_has_them() -> None:
    found = json.loads(call("query", "oil PRE/5 price", "--to", "kibana", "--json").out)
    assert found["form"] == "filter"
    assert found["query"] == {"query": "", "language": "kuery"}
    assert found["filter"] == [json.loads(call("query", "oil PRE/5 price", "--to", "kibana").out)]
    assert len(found["reasons"]) == 2
    found = json.loads(call("query", "title:oil", "--to", "kibana", "--json").out)
    assert found == {
        "form": "kql",
        "query": {"query": 'title: "oil"', "language": "kuery"},
        "filter": [],
        "reasons": [],
    }


def test_an_export_matches_nothing_so_it_takes_no_text() -> None:
    for text in (("article.txt",), ("--title", "Oil")):
        ran = call("query", "oil", *text, "--to", "kql")
        assert (ran.code, ran.out) == (1, "")
        assert "leave out the file and --title" in ran.err
