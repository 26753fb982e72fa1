"""The index finds exactly what the evaluator accepts: queries and texts made by chance from a fixed seed."""

import os
import random
from pathlib import Path

import pytest

from newsdesk import query
from newsdesk.index import Document, FacetField, Filters, SearchIndex, Sort, open_index
from newsdesk.query import Query, parse
from tests.index.queries import any_query
from tests.index.samples import SOURCES, many

SEED = 20261122
IS_LONG = os.environ.get("NEWSDESK_LONG") == "1"
TEXTS, QUERIES = (2_000, 2_000) if IS_LONG else (300, 1_000)


def analysed(document: Document) -> query.Document:
    return query.Document(
        title=document.title,
        body=document.body,
        source=document.source,
        lang=document.language,
        topic=document.topics,
        author=document.authors,
        story=document.story,
        published=document.published,
    )


@pytest.mark.timeout(3_600 if IS_LONG else 300)
def test_the_index_finds_exactly_what_the_evaluator_accepts(tmp_path: Path) -> None:
    print(f"seed {SEED}, {TEXTS} texts, {QUERIES} queries")
    documents = many(TEXTS, SEED)
    index = open_index(tmp_path / "index.db")
    index.put(documents)
    texts = {document.id: analysed(document) for document in documents}
    chance = random.Random(SEED)
    differences = []
    found = 0
    for _ in range(QUERIES):
        text = any_query(chance)
        asked = parse(text)
        expected = {article for article, document in texts.items() if asked.accepts(document)}
        got = index.ids(asked)
        found += len(got)
        if got != expected:
            differences.append((text, len(got - expected), len(expected - got)))
    index.close()
    assert not differences, differences[:5]
    assert found > QUERIES * TEXTS / 20  # the queries are worth asking


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
