"""Every back end finds exactly what the evaluator accepts: queries and texts made by chance from a fixed seed.

The answers of the evaluator, which defines the language, are made once and asked of each back end.
"""

import os
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import BadRequestError

from newsdesk.index import Document, FacetField, Filters, SearchIndex, Sort, open_index
from newsdesk.model import Topic
from newsdesk.query import Query, parse, render
from newsdesk.query.compiled import QuerySet
from newsdesk.query.export import ExportError, to_elasticsearch, to_kql, to_lucene
from newsdesk.query.tree import And, Keyword, Near, Node, Not, Or
from newsdesk.tagging import RuleSet
from tests.index.elasticsearch_articles import ArticlesOnServer, articles_on
from tests.index.queries import any_query
from tests.index.samples import SOURCES, analysed, many

SEED = 20261122
IS_LONG = os.environ.get("NEWSDESK_LONG") == "1"
TEXTS, QUERIES = (5_000, 5_000) if IS_LONG else (2_000, 1_000)
TAGGED = 100  # texts that are tagged, with all evidence

pytestmark = pytest.mark.timeout(3_600 if IS_LONG else 600)

Record = Callable[[str, object], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the evaluator says."""

    documents: Sequence[Document]
    queries: Sequence[Query]
    accepted: Sequence[frozenset[str]]  # for each query, the ids of its documents


@cache
def answers() -> Answers:
    documents = many(TEXTS, SEED)
    texts = {document.id: analysed(document) for document in documents}
    chance = random.Random(SEED)
    queries = [parse(any_query(chance, chance.randrange(4))) for _ in range(QUERIES)]
    accepted = [frozenset(one for one, text in texts.items() if asked.accepts(text)) for asked in queries]
    return Answers(documents=documents, queries=queries, accepted=accepted)


class Comparison:
    """What one back end found, beside what the evaluator accepts."""

    def __init__(self) -> None:
        self.compared = self.matches = self.unsayable = 0
        self.differences: list[str] = []

    def add(self, asked: Query, expected: frozenset[str], found: frozenset[str] | str) -> None:
        """One query's answer; a text is why there is none, and as wrong as a wrong one."""
        self.compared += 1
        self.matches += len(expected)
        if found != expected:
            why = found if isinstance(found, str) else f"{len(found - expected)} more, {len(expected - found)} fewer"
            self.differences.append(f"{asked.text}\n    {why}")

    def close(self, record: Record, texts: int = TEXTS) -> None:
        """Print the figures, and fail unless all answers were equal."""
        cannot = f", {self.unsayable:,} cannot be said" if self.unsayable else ""
        record(
            "figures",
            f"seed {SEED}, {self.compared:,} queries x {texts:,} texts = {self.compared * texts:,} pairs,"
            f" {self.matches:,} matches: {self.compared - len(self.differences):,} queries equal,"
            f" {len(self.differences):,} different{cannot}",
        )
        assert not self.differences, "\n".join(self.differences[:5])


def test_the_queries_are_worth_asking(record_property: Record) -> None:
    known = answers()
    shares = [len(accepted) / TEXTS for accepted in known.accepted]
    telling = sum(0 < share < 1 for share in shares)
    assert telling > QUERIES * 0.6
    assert sum(0 < share < 0.1 for share in shares) > QUERIES * 0.1
    kinds = {type(node).__name__ for asked in known.queries for node in nodes_of(asked.tree)}
    assert kinds == {"Phrase", "Near", "And", "Or", "Not", "Keyword", "Range", "All"}
    matches = sum(map(len, known.accepted))
    record_property(
        "figures",
        f"seed {SEED}, {QUERIES:,} queries x {TEXTS:,} texts = {QUERIES * TEXTS:,} pairs, {matches:,} matches;"
        f" {telling:,} queries accept some texts and not others",
    )


def nodes_of(node: Node) -> Iterator[Node]:
    yield node
    match node:
        case And() | Or():
            for child in node.nodes:
                yield from nodes_of(child)
        case Not():
            yield from nodes_of(node.node)
        case Near():
            yield from nodes_of(node.left)
            yield from nodes_of(node.right)
        case _:
            return


def test_a_query_that_was_printed_and_read_again_is_the_same() -> None:
    for asked in answers().queries:
        assert parse(render(asked.tree)).tree == asked.tree


def test_the_compiled_queries(record_property: Record) -> None:
    known = answers()
    queries = QuerySet(known.queries)
    found: list[set[str]] = [set() for _ in known.queries]
    for document in known.documents:
        for number in queries.matching(analysed(document)):
            found[number].add(document.id)
    compare(record_property, map(frozenset, found))


def test_tagging(record_property: Record) -> None:
    # A topic's query does not see topics and story: such texts have none here.
    known = answers()
    documents = known.documents[:TAGGED]
    topics = [topic_of(number, asked) for number, asked in enumerate(known.queries)]
    rules = RuleSet(topics)
    found: list[set[str]] = [set() for _ in known.queries]
    for document in documents:
        tags = rules.tags(
            title=document.title,
            text=document.body,
            language=document.language,
            source=document.source,
            authors=document.authors,
            published=document.published,
        )
        for tag in tags:
            found[int(tag.topic)].add(document.id)
    comparison = Comparison()
    for asked, accepted, its in zip(known.queries, known.accepted, found, strict=True):
        if any(isinstance(node, Keyword) and node.field in ("topic", "story") for node in nodes_of(asked.tree)):
            comparison.unsayable += 1
        else:
            comparison.add(asked, accepted.intersection(document.id for document in documents), frozenset(its))
    comparison.close(record_property, TAGGED)


def topic_of(number: int, asked: Query) -> Topic:
    return Topic(id=str(number), title="", query=asked, version="1")


def test_the_embedded_index(tmp_path: Path, record_property: Record) -> None:
    known = answers()
    index = open_index(tmp_path / "index.db")
    index.put(known.documents)
    compare(record_property, map(index.ids, known.queries))
    index.close()


def compare(record: Record, found: Iterable[frozenset[str]]) -> None:
    comparison = Comparison()
    known = answers()
    for asked, accepted, its in zip(known.queries, known.accepted, found, strict=True):
        comparison.add(asked, accepted, its)
    comparison.close(record)


# ------------------------------------------------------------------ Elasticsearch


@pytest.fixture(scope="module")
def articles(elasticsearch_url: str) -> Iterator[ArticlesOnServer]:
    with articles_on(elasticsearch_url) as made:
        made.put(answers().documents)
        yield made


def test_the_dsl_of_elasticsearch(articles: ArticlesOnServer, record_property: Record) -> None:
    compare_on_server(articles, record_property, to_elasticsearch)


def test_lucene_text(articles: ArticlesOnServer, record_property: Record) -> None:
    compare_on_server(articles, record_property, lambda tree: {"query_string": {"query": to_lucene(tree)}})


def test_kql(articles: ArticlesOnServer, record_property: Record) -> None:
    if not knows_kql(articles):
        pytest.skip("this distribution of the server has no kql query")
    compare_on_server(articles, record_property, lambda tree: {"kql": {"query": to_kql(tree)}})


def knows_kql(articles: ArticlesOnServer) -> bool:
    try:
        articles.client.search(index=articles.name, query={"kql": {"query": "title:oil"}})
    except BadRequestError as error:
        if "unknown query [kql]" in str(error):
            return False
        raise
    return True


def compare_on_server(
    articles: ArticlesOnServer, record: Record, translate: Callable[[Node], Mapping[str, Any]]
) -> None:
    comparison = Comparison()
    known = answers()
    said: list[Mapping[str, Any]] = []
    sayable = []
    for asked, accepted in zip(known.queries, known.accepted, strict=True):
        try:
            said.append(translate(asked.tree))
        except ExportError:
            comparison.unsayable += 1
        else:
            sayable.append((asked, accepted))
    for (asked, accepted), found in zip(sayable, articles.find_all(said, TEXTS), strict=True):
        comparison.add(asked, accepted, found)
    comparison.close(record)


# ------------------------------------------------------------------ pages, counts and facets


def test_pages_counts_and_facets_agree_with_the_set_of_ids(tmp_path: Path) -> None:
    documents = many(200, SEED)
    index = open_index(tmp_path / "index.db")
    index.put(documents)
    chance = random.Random(SEED + 1)
    for _ in range(60):
        asked = parse(any_query(chance))
        filters = Filters(sources=chance.choice(((), SOURCES[:2])))
        ids = index.ids(asked, filters=filters)
        assert index.count(asked, filters=filters) == len(ids)
        for sort in Sort:
            assert sorted(pages(index, asked, sort, filters)) == sorted(ids), (asked.text, sort)
        (facet,) = index.facets(asked, (FacetField.SOURCE,), filters=filters)
        assert sum(count.count for count in facet.counts) == len(ids)
    index.close()


def pages(index: SearchIndex, asked: Query, sort: Sort, filters: Filters) -> list[str]:
    page = index.search(asked, sort=sort, limit=17, filters=filters)
    ids = [hit.id for hit in page.hits]
    total = page.total
    while page.next is not None:
        page = index.search(asked, sort=sort, limit=17, after=page.next, filters=filters)
        ids += [hit.id for hit in page.hits]
    assert page.total == total == len(ids)
    return ids
