"""Putting documents into the embedded index and taking them out."""

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from itertools import islice

from newsdesk.index.clock import UNDATED, micros
from newsdesk.index.protocol import Document, PutOutcome, PutStatus
from newsdesk.index.vocabulary import language_mark
from newsdesk.query.analysis import tokens
from newsdesk.query.stems import algorithm_of

BATCH = 200  # documents a transaction: others wait no longer than that
MOVES_KEPT = 100_000  # transactions for which a change of the date of publication is remembered
_ID = re.compile(r"[0-9a-f]{32}")
_DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document made ready outside the transaction, or the reason why it is refused."""

    document: Document
    title: str = ""
    body: str = ""
    title_words: str = ""
    body_words: str = ""
    language: str = ""
    words: frozenset[str] = frozenset()
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """What the index holds under the id now."""

    number: int
    version: int
    first_seen: int
    published: int
    language: str
    title: str
    body: str


def prepare(document: Document) -> Prepared:
    """Check and analyse: all the work that needs no lock."""
    refusal = _refusal(document)
    if refusal:
        return Prepared(document=document, refusal=refusal)
    title, body = encodable(document.title), encodable(document.body)
    title_tokens, body_tokens = tokens(title), tokens(body)
    return Prepared(
        document=document,
        title=title,
        body=body,
        title_words=" ".join(title_tokens),
        body_words=" ".join(body_tokens),
        language=encodable(document.language or ""),
        words=frozenset(title_tokens).union(body_tokens),
    )


def encodable(text: str) -> str:
    """The same, with a question mark for each half of a surrogate pair, which SQLite cannot hold; offsets stay."""
    return text.encode("utf-8", "replace").decode()


def put(connection: sqlite3.Connection, batch: Sequence[Prepared], *, sequence: int) -> list[PutOutcome]:
    """Inside a write transaction: one outcome for each."""
    return [_put(connection, prepared, sequence) for prepared in batch]


def words_of(batch: Iterable[Prepared]) -> dict[str, set[str]]:
    """All their words, by the algorithm of stems for the language of their article."""
    words: dict[str, set[str]] = {}
    for prepared in (prepared for prepared in batch if not prepared.refusal):
        words.setdefault(algorithm_of(prepared.language), set()).update(prepared.words)
    return words


def delete(connection: sqlite3.Connection, ids: Iterable[str]) -> int:
    """Inside a write transaction: how many there were."""
    count = 0
    for article_id in ids:
        stored = _find(connection, article_id)
        if stored is None:
            continue
        _forget_words(connection, stored)
        for table in ("articles", "meta", "article_topics", "article_authors"):
            connection.execute(f"DELETE FROM {table} WHERE number = ?", (stored.number,))  # noqa: S608 - our own names
        count += 1
    return count


def next_sequence(connection: sqlite3.Connection) -> int:
    """Inside a write transaction: its number, greater than that of every transaction before."""
    (sequence,) = connection.execute("UPDATE about SET sequence = sequence + 1 RETURNING sequence").fetchone()
    connection.execute("DELETE FROM moves WHERE sequence < ?", (sequence - MOVES_KEPT,))
    return int(sequence)


def batches(items: Iterable[Prepared]) -> Iterable[list[Prepared]]:
    """Lists of at most BATCH."""
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _refusal(document: Document) -> str:
    if not _ID.fullmatch(document.id):
        return f"the id {document.id!r} is not 32 lower-case hexadecimal digits"
    if not 0 <= document.version < 2**63:
        return f"the version {document.version} is not between 0 and 2**63"
    instants = {"first_seen": document.first_seen, "fetched": document.fetched, "published": document.published}
    for name, value in instants.items():
        if value is not None and not _is_aware(value):
            return f"{name} {value.isoformat()} has no time zone"
    return ""


def _is_aware(value: datetime) -> bool:
    return value.utcoffset() is not None


def _put(connection: sqlite3.Connection, prepared: Prepared, sequence: int) -> PutOutcome:
    document = prepared.document
    if prepared.refusal:
        return PutOutcome(id=document.id, status=PutStatus.REFUSED, detail=prepared.refusal)
    stored = _find(connection, document.id)
    if stored is None:
        _insert(connection, prepared, sequence)
    elif stored.version > document.version:
        detail = f"version {document.version} came after version {stored.version}"
        return PutOutcome(id=document.id, status=PutStatus.OLDER, detail=detail)
    else:
        _replace(connection, prepared, stored, sequence)
    return PutOutcome(id=document.id, status=PutStatus.STORED)


def _find(connection: sqlite3.Connection, article_id: str) -> _Stored | None:
    row = connection.execute(
        "SELECT number, version, first_seen, published, language, title, body FROM articles JOIN meta USING (number)"
        " WHERE id = ?",
        (article_id,),
    ).fetchone()
    if row is None:
        return None
    number, version, first_seen, published, language, title, body = row
    return _Stored(
        number=number,
        version=version,
        first_seen=first_seen,
        published=published,
        language=language,
        title=title,
        body=body,
    )


def _insert(connection: sqlite3.Connection, prepared: Prepared, sequence: int) -> None:
    cursor = connection.execute(
        "INSERT INTO articles (id, version, url, title, body, summary, tier, kind, authors, topics, evidence, fetched)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (prepared.document.id, *_article_row(prepared)),
    )
    number = cursor.lastrowid
    connection.execute(
        "INSERT INTO meta (number, first_seen, added, published, day, source, language, story)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (number, micros(prepared.document.first_seen), sequence, *_meta_row(prepared)),
    )
    _remember_words(connection, number, prepared)
    _add_lists(connection, number, prepared.document)


def _replace(connection: sqlite3.Connection, prepared: Prepared, stored: _Stored, sequence: int) -> None:
    document = prepared.document
    if (stored.title, stored.body, stored.language) != (prepared.title, prepared.body, prepared.language):
        _forget_words(connection, stored)
        _remember_words(connection, stored.number, prepared)
    if stored.published != micros(document.published):
        # Only the first of this transaction counts: that is where readers of before saw it.
        connection.execute("INSERT OR IGNORE INTO moves VALUES (?, ?, ?)", (sequence, stored.number, stored.published))
    connection.execute(
        "UPDATE articles SET version = ?, url = ?, title = ?, body = ?, summary = ?, tier = ?, kind = ?, authors = ?,"
        " topics = ?, evidence = ?, fetched = ? WHERE number = ?",
        (*_article_row(prepared), stored.number),
    )
    connection.execute(
        "UPDATE meta SET published = ?, day = ?, source = ?, language = ?, story = ? WHERE number = ?",
        (*_meta_row(prepared), stored.number),
    )
    for table in ("article_topics", "article_authors"):
        connection.execute(f"DELETE FROM {table} WHERE number = ?", (stored.number,))  # noqa: S608 - our own names
    _add_lists(connection, stored.number, document)


def _article_row(prepared: Prepared) -> tuple[str | int | None, ...]:
    document = prepared.document
    return (
        document.version,
        encodable(document.url),
        prepared.title,
        prepared.body,
        encodable(document.summary),
        document.tier,
        document.kind,
        _json(document.authors),
        _json(document.topics),
        _json([astuple(span) for span in document.evidence]),
        micros(document.fetched),
    )


def _meta_row(prepared: Prepared) -> tuple[int | str | None, ...]:
    document = prepared.document
    published = micros(document.published)
    day = None if published == UNDATED else published // _DAY
    return (
        published,
        day,
        encodable(document.source),
        prepared.language,
        encodable(document.story or ""),
    )


def _json(value: Sequence[object]) -> str:
    return json.dumps(value, separators=(",", ":")) if value else "[]"  # most often it is empty


def _remember_words(connection: sqlite3.Connection, number: int | None, prepared: Prepared) -> None:
    connection.execute(
        "INSERT INTO news (rowid, title, body, language) VALUES (?, ?, ?, ?)",
        (number, prepared.title_words, prepared.body_words, language_mark(prepared.language)),
    )


def _forget_words(connection: sqlite3.Connection, stored: _Stored) -> None:
    """FTS5 without texts must be told the very words that went in; the analyser is the one of then (schema.py)."""
    words = (" ".join(tokens(stored.title)), " ".join(tokens(stored.body)), language_mark(stored.language))
    connection.execute(
        "INSERT INTO news (news, rowid, title, body, language) VALUES ('delete', ?, ?, ?, ?)", (stored.number, *words)
    )


def _add_lists(connection: sqlite3.Connection, number: int | None, document: Document) -> None:
    for table, values in (("article_topics", document.topics), ("article_authors", document.authors)):
        rows = [(encodable(value), number) for value in values]
        connection.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", rows)  # noqa: S608 - our own names
