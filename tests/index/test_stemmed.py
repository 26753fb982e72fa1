"""Stemmed search: the evaluator defines it, the index finds the same."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from newsdesk import query
from newsdesk.index import Filters, SearchIndex, Sort, open_index
from newsdesk.query import parse, render
from newsdesk.query.stems import algorithm_of, in_all_forms, stem
from tests.index.queries import any_query
from tests.index.samples import analysed, document, identity, many

SEED = 20261123


def accepts(text: str, body: str, language: str | None = "en") -> bool:
    return parse(text, stemmed=True).accepts(query.Document(body=body, lang=language))


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("policy", "Policies"),
        ("policies", "a policy"),
        ("retailer", "retail"),
        ('"trader protest"', "Traders protested"),
        ("shop NEAR/2 shutting", "they shut many small shops"),
        ("title:policy OR body:policy", "policies"),
        ("e-commerce", "E-Commerce"),
        ("NOT policy", "politics"),
    ],
)
def test_a_word_stands_for_all_words_with_its_stem(text: str, body: str) -> None:
    assert accepts(text, body)


@pytest.mark.parametrize(
    ("text", "body"), [("poli*", "policies"), ("polic??s", "policies"), ('"trader prot*"', "traders protested")]
)
def test_a_wildcard_stands_for_the_words_as_they_are_written(text: str, body: str) -> None:
    assert accepts(text, body)
    assert not accepts("polici*s", "policy")
    assert not accepts("policies*", "policy")


def test_the_language_is_that_of_the_article_and_english_where_none_is_known() -> None:
    assert accepts("नीति", "नई नीतियां", "hi")
    assert not accepts("नीति", "नई नीतियां", "en")
    assert accepts("policy", "policies", None)
    assert accepts("policy", "policies", "en-IN")
    assert not accepts("policy", "policies", "ja")
    assert (algorithm_of("en_GB"), algorithm_of("HI"), algorithm_of("zh")) == ("english", "hindi", "")
    assert stem("policies", "") == "policies"


def test_without_stems_a_word_is_only_itself() -> None:
    assert not parse("policy").accepts(query.Document(body="policies", lang="en"))


def test_evidence_points_to_the_word_that_stands_there_and_names_the_one_that_was_asked_for() -> None:
    found = parse('policy OR "small trader"', stemmed=True).match(body="Policies of small traders", lang="en")
    assert found is not None
    assert [(span.start, span.end, span.part) for span in found.evidence] == [
        (0, 8, "policy"),
        (12, 25, '"small trader"'),
    ]


def test_a_stemmed_tree_prints_as_the_text_that_makes_it() -> None:
    chance = random.Random(SEED)
    for _ in range(200):
        plain = parse(any_query(chance))
        stemmed = parse(plain.text, stemmed=True)
        assert render(stemmed.tree) == render(plain.tree)
        assert parse(render(stemmed.tree), stemmed=True).tree == stemmed.tree
        assert in_all_forms(stemmed.tree) == stemmed.tree


def test_the_index_finds_exactly_what_the_evaluator_accepts(tmp_path: Path) -> None:
    documents = many(250, SEED)
    index = open_index(tmp_path / "index.db")
    index.put(documents)
    texts = {document.id: analysed(document) for document in documents}
    chance = random.Random(SEED)
    differences, more = [], 0
    for _ in range(500):
        asked = parse(any_query(chance), stemmed=True)
        expected = {article for article, document in texts.items() if asked.accepts(document)}
        got = index.ids(asked)
        more += got != index.ids(parse(asked.text))
        if got != expected:
            differences.append((asked.text, len(got - expected), len(expected - got)))
    index.close()
    assert not differences, differences[:5]
    assert more > 100  # stems make a difference


def test_counts_and_every_order_agree_with_the_set_of_ids(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index.db")
    index.put(many(150, SEED))
    chance = random.Random(SEED + 1)
    for _ in range(40):
        asked = parse(any_query(chance), stemmed=True)
        filters = Filters(languages=chance.choice(((), ("hi",), ("en", "ja"))))
        ids = index.ids(asked, filters=filters)
        assert index.count(asked, filters=filters) == len(ids)
        for sort in Sort:
            page = index.search(asked, sort=sort, limit=1_000, filters=filters)
            assert {hit.id for hit in page.hits} == ids
            assert page.total == len(ids)
    index.close()


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    return open_index(tmp_path / "index.db")


def test_the_forms_that_stand_there_are_highlighted(index: SearchIndex) -> None:
    index.put([document("one", "New policies for the trading of shops.", title="A policy of trade")])
    (hit,) = index.search(parse("policy AND trade AND shop", stemmed=True)).hits
    assert [hit.title[m.start : m.end] for m in hit.title_highlights] == ["policy", "trade"]
    assert [hit.snippet[m.start : m.end] for m in hit.snippet_highlights] == ["policies", "trading", "shops"]
    index.close()


def test_an_article_whose_language_is_corrected_changes_its_stems(index: SearchIndex) -> None:
    article = document("one", "policies नीतियां")
    index.put([article])
    assert index.ids(parse("policy", stemmed=True)) == {article.id}
    index.put([replace(article, language="hi")])
    assert index.ids(parse("policy", stemmed=True)) == frozenset()
    assert index.ids(parse("नीति", stemmed=True)) == {article.id}
    index.delete([article.id])
    index.put([replace(article, language="x-odd lang")])
    assert index.ids(parse("policy OR नीति", stemmed=True)) == frozenset()
    assert index.ids(parse("policies", stemmed=True)) == {article.id}
    index.close()


def test_a_mark_of_a_plain_search_is_none_of_the_stemmed_one(index: SearchIndex) -> None:
    index.put([document(n, "oil") for n in range(3)])
    mark = index.search(parse("oil"), limit=1).next
    with pytest.raises(Exception, match="another search"):
        index.search(parse("oil", stemmed=True), limit=1, after=mark)
    index.close()


def test_similar_words_are_those_that_stand_in_articles(index: SearchIndex) -> None:
    index.put([document("one", "protest protests protester prose demonetisation दिल्ली")])
    assert index.similar("protset")[0] == "protest"
    assert index.similar("demonetization") == ("demonetisation",)
    assert index.similar("दिल्लि") == ("दिल्ली",)
    assert "protest" not in index.similar("protest")
    assert index.similar("zebra") == index.similar("") == ()
    assert identity("one") in index.ids(parse("prose"))
    index.close()
