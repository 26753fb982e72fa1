"""Articles as the embedded index stores them, read back for the evaluator and for showing."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from newsdesk.index.clock import UNDATED, instant
from newsdesk.index.protocol import TopicSpan
from newsdesk.query import Document

_CHUNK = 50
_SELECT = (
    "SELECT number, id, url, title, body, summary, kind, authors, topics, evidence, source, language, story, published,"
    " first_seen FROM articles JOIN meta USING (number) WHERE number IN (SELECT value FROM json_each(?))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One stored article."""

    number: int
    id: str
    url: str
    title: str
    body: str
    summary: str
    kind: str
    authors: tuple[str, ...]
    topics: tuple[str, ...]
    evidence: tuple[TopicSpan, ...]
    source: str
    language: str | None
    story: str | None
    published: datetime | None
    first_seen: datetime

    def analysed(self) -> Document:
        """The article as the evaluator, which defines the language, reads it."""
        return Document(
            title=self.title,
            body=self.body,
            source=self.source,
            lang=self.language,
            topic=self.topics,
            author=self.authors,
            story=self.story,
            published=self.published,
        )


def load(connection: sqlite3.Connection, numbers: Iterable[int]) -> Iterator[Row]:
    """The articles of `numbers`, in that order, a few at a time."""
    rest = iter(numbers)
    while chunk := list(islice(rest, _CHUNK)):
        by_number = {row[0]: _row(row) for row in connection.execute(_SELECT, (json.dumps(chunk),))}
        yield from (by_number[number] for number in chunk)


def _row(columns: tuple[Any, ...]) -> Row:
    number, article_id, url, title, body, summary, kind, *lists, source, language, story, published, first_seen = (
        columns
    )
    authors, topics, evidence = (() if text == "[]" else json.loads(text) for text in lists)
    return Row(
        number=number,
        id=article_id,
        url=url,
        title=title,
        body=body,
        summary=summary,
        kind=kind,
        authors=tuple(authors),
        topics=tuple(topics),
        evidence=tuple(TopicSpan(topic=t, field=f, start=s, end=e) for t, f, s, e in evidence),
        source=source,
        language=language or None,
        story=story or None,
        published=None if published == UNDATED else instant(published),
        first_seen=instant(first_seen),
    )
