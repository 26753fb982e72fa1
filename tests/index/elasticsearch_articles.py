"""An index of articles on a real Elasticsearch, made as mappings/articles.json says, for one test."""

import json
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from newsdesk.index import Document

TEMPLATE: Mapping[str, Any] = json.loads(
    (Path(__file__).parents[2] / "mappings" / "articles.json").read_text(encoding="utf-8")
)
_END = "endoftext"
_BATCH = 1_000


class ArticlesOnServer:
    """A new index; `Document.topics` and the like stand in it as the mapping names them."""

    def __init__(self, client: Elasticsearch, name: str) -> None:
        self.client = client
        self.name = name
        self._ids: dict[str, str] = {}  # by URL

    def put(self, documents: Iterable[Document]) -> None:
        """Index them all, so that searches see them."""
        rest = iter(documents)
        while batch := list(islice(rest, _BATCH)):
            self._ids |= {one.url: one.id for one in batch}
            lines = [line for one in batch for line in ({"index": {"_id": one.id}}, source_of(one))]
            answer = self.client.bulk(index=self.name, operations=lines)
            assert not answer["errors"], next(item for item in answer["items"] if item["index"]["status"] > 299)
        self.client.indices.refresh(index=self.name)

    def analyse(self, texts: Iterable[str]) -> Iterator[list[str]]:
        """The tokens that the server makes of each text."""
        rest = iter(texts)
        while batch := list(islice(rest, _BATCH)):
            marked = [part for text in batch for part in (text, _END)]
            answer = self.client.indices.analyze(index=self.name, analyzer="news", text=marked)
            tokens: list[str] = []
            for found in answer["tokens"]:
                if found["token"] == _END:
                    yield tokens
                    tokens = []
                else:
                    tokens.append(found["token"])

    def find_all(self, queries: Sequence[Mapping[str, Any]], most: int) -> Iterator[frozenset[str] | str]:
        """The ids that each query finds, or why the server refuses it; `most` is no less than the articles there."""
        rest = iter(queries)
        # By the URL, which stands in a column of its own: to read the ids of so many hits takes twenty times as long.
        hits = {"stored_fields": "_none_", "docvalue_fields": ["url"], "_source": False, "sort": "_doc", "size": most}
        while batch := list(islice(rest, 100)):
            searches = [line for query in batch for line in ({"index": self.name}, {"query": query} | hits)]
            paths = "responses.hits.hits.fields.url,responses.hits.total,responses.error,responses.timed_out"
            answer = self.client.msearch(searches=searches, filter_path=paths)
            for one in answer["responses"]:
                if "error" in one:
                    yield json.dumps(one["error"], ensure_ascii=False)
                else:
                    assert not one["timed_out"]
                    yield frozenset(self._ids[hit["fields"]["url"][0]] for hit in one["hits"].get("hits", ()))


@contextmanager
def articles_on(url: str, settings: Mapping[str, Any] | None = None) -> Iterator[ArticlesOnServer]:
    """A new index on the server at `url`, with `settings` on top of the template's; deleted at the end."""
    template = TEMPLATE["template"]
    of_index = template["settings"]["index"] | (settings or {})
    name = f"test-{uuid.uuid4().hex}"
    with Elasticsearch(url, request_timeout=120) as client:
        client.indices.create(
            index=name, settings=template["settings"] | {"index": of_index}, mappings=template["mappings"]
        )
        try:
            yield ArticlesOnServer(client, name)
        finally:
            client.indices.delete(index=name)


def source_of(document: Document) -> dict[str, object]:
    """A document as the mapping has it. Texts are in normal form C, as the ledger stores them."""
    times = {
        "published": document.published,
        "fetched": document.fetched,
        "first_seen": document.first_seen,
    }
    fields = {
        "title": unicodedata.normalize("NFC", document.title),
        "body": unicodedata.normalize("NFC", document.body),
        "summary": document.summary or None,
        "url": document.url,
        "source": document.source,
        "tier": document.tier,
        "language": document.language,
        "authors": document.authors or None,
        "topics": document.topics or None,
        "story": document.story,
        "kind": document.kind,
        "version": document.version,
        "evidence": [
            {"topic": one.topic, "field": one.field, "start": one.start, "end": one.end} for one in document.evidence
        ]
        or None,
    } | {name: moment.isoformat() if moment else None for name, moment in times.items()}
    return {name: value for name, value in fields.items() if value is not None}
