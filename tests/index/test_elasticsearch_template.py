"""The index template on real servers: it takes every field of a document, and refuses what it does not know."""

import dataclasses
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import BadRequestError, Elasticsearch

from newsdesk.index import Document, TopicSpan
from newsdesk.query import parse
from newsdesk.query.export import to_elasticsearch
from newsdesk.query.export.elasticsearch import LONGEST_INDEXED_PREFIX
from tests.index.elasticsearch_articles import TEMPLATE, ArticlesOnServer, articles_on, source_of
from tests.index.samples import START, document

_PROPERTIES = TEMPLATE["template"]["mappings"]["properties"]

FULL = replace(
    document("full", "The price of crude oil fell.", title="Oil falls"),
    summary="Oil is cheaper.",
    tier=1,
    language="en",
    authors=("A. Writer", "डी. लेखक"),
    topics=("energy", "oil"),
    story="s1",
    kind="live-blog",
    published=datetime(1969, 7, 20, 20, 17, 40, 123_000, tzinfo=UTC),
    first_seen=START + timedelta(minutes=1),
    fetched=START + timedelta(minutes=2),
    evidence=(TopicSpan(topic="energy", field="title", start=0, end=3),),
)


@pytest.fixture
def articles(elasticsearch_url: str) -> Iterator[ArticlesOnServer]:
    with articles_on(elasticsearch_url) as made:
        yield made


def found(articles: ArticlesOnServer, text: str) -> set[str]:
    (answer,) = articles.find_all([to_elasticsearch(parse(text).tree)], 100)
    assert not isinstance(answer, str), answer
    return set(answer)


def test_the_file_is_a_template_for_the_indices_of_articles(elasticsearch_url: str) -> None:
    name = f"test-{uuid.uuid4().hex}"
    template = dict(TEMPLATE) | {"index_patterns": [f"{name}-*"], "priority": 10_000}
    with Elasticsearch(elasticsearch_url) as client:
        client.indices.put_index_template(name=name, **template)
        try:
            client.index(index=f"{name}-2026.11", id=FULL.id, document=source_of(FULL))
            (made,) = client.indices.get_mapping(index=f"{name}-2026.11").values()
            client.indices.delete(index=f"{name}-2026.11")
        finally:
            client.indices.delete_index_template(name=name)
    assert made["mappings"] == TEMPLATE["template"]["mappings"]


def test_an_article_comes_back_as_it_went_in(articles: ArticlesOnServer) -> None:
    articles.put([FULL])
    stored = articles.client.get(index=articles.name, id=FULL.id)
    assert stored["_source"] == json.loads(json.dumps(source_of(FULL)))
    assert set(stored["_source"]) == set(_PROPERTIES) - {"modified"}  # no document has it yet


@pytest.mark.parametrize(
    "text",
    [
        "oil crude",
        "title:falls",
        "source:Courier",
        "lang:en",
        'author:"डी. लेखक"',
        "topic:energy topic:oil",
        "story:s1",
        "published:1969-07-20",
        "published:>=1969-07-20T20:17:40",
        "published:<1969-07-20T20:17:41",
        "title:(oil NEAR/3 fal*)",
    ],
)
def test_an_article_is_found_by_each_field(articles: ArticlesOnServer, text: str) -> None:
    other = replace(document("other", "gold"), source="Evening Post", language="hi", published=None)
    articles.put([FULL, other])
    assert found(articles, text) == {FULL.id}


def test_a_field_that_nobody_named_is_refused(articles: ArticlesOnServer) -> None:
    with pytest.raises(BadRequestError, match="strict_dynamic_mapping_exception"):
        articles.client.index(index=articles.name, id="x", document=source_of(FULL) | {"headline": "Oil"})


def test_evidence_is_kept_and_not_searched(articles: ArticlesOnServer) -> None:
    articles.put([FULL])
    answer = articles.client.search(index=articles.name, query={"exists": {"field": "evidence.topic"}})
    assert answer["hits"]["total"]["value"] == 0


def test_words_of_any_length_refuse_no_article(articles: ArticlesOnServer) -> None:
    odd = [
        document(n, f"oil {word}") for n, word in enumerate(("x" * 40_000, "𐐨" * 40_000, "नई" * 20_000, "東" * 40_000))
    ]
    articles.put(odd)
    assert found(articles, "oil") == {one.id for one in odd}


def test_a_prefix_in_a_phrase_stands_for_any_number_of_words(articles: ArticlesOnServer) -> None:
    articles.put(document(n, f"crude pre{n}fix") for n in range(1_500))
    answer = articles.client.count(index=articles.name, query=to_elasticsearch(parse('"crude pre*"').tree))
    assert answer["count"] == 1_500


def test_a_search_without_a_field_looks_at_title_and_body(articles: ArticlesOnServer) -> None:
    articles.put([FULL])
    for word, hits in (("crude", 1), ("falls", 1), ("cheaper", 0), ("energy", 0)):
        answer = articles.client.count(index=articles.name, query={"query_string": {"query": word}})
        assert answer["count"] == hits, word


# ------------------------------------------------------------------ without a server


def test_every_field_of_a_document_has_its_place() -> None:
    fields = {field.name for field in dataclasses.fields(Document)} - {"id"}
    assert fields <= set(_PROPERTIES)


def test_prefixes_are_indexed_as_far_as_queries_rely_on_it() -> None:
    for field in ("title", "body"):
        assert _PROPERTIES[field]["index_prefixes"]["max_chars"] == LONGEST_INDEXED_PREFIX
