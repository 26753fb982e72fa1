"""Articles, their versions and their tags."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from newsdesk.ledger import leases
from newsdesk.ledger.connection import insert_new
from newsdesk.ledger.tables import article_entries, article_versions, articles, tags
from newsdesk.model import Article, Done, Evidence, Outcome, Stage, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A collected article on its way into the ledger."""

    article: Article
    feed_id: str
    entry_id: str
    fingerprint: str
    page_key: str
    provenance: dict[str, tuple[str, float]]
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVersion:
    """The present version of an article, and which entry may change it."""

    version: int
    fingerprint: str
    first_entry: str | None


def stored_version(connection: Connection, article_id: str) -> StoredVersion | None:
    """The article's present version, or None where it is not known yet."""
    query = select(articles.c.version, articles.c.fingerprint).where(articles.c.id == article_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    first = (
        select(article_entries.c.entry_id)
        .where(article_entries.c.article_id == article_id)
        .order_by(article_entries.c.seen_at, article_entries.c.entry_id)
        .limit(1)
    )
    entry = connection.execute(first).scalar_one_or_none()
    return StoredVersion(version=row.version, fingerprint=row.fingerprint, first_entry=entry)


def store(connection: Connection, draft: Draft, *, before: StoredVersion | None, now: datetime) -> bool:
    """Write an article's first or next version; it waits for tagging from now on.

    False, and nothing written, where another process has written the first version meanwhile.
    """
    article = draft.article
    version = before.version + 1 if before else 1
    values = _values(draft) | {"version": version, "recorded_at": now}
    row = values | leases.opened(Stage.TAG, now)
    if before is None:
        row |= {"id": article.id, "feed_id": draft.feed_id, "source": article.source}
        if not insert_new(connection, articles, [row | {"first_seen_at": article.first_seen_at}]):
            return False
    else:
        connection.execute(update(articles).where(articles.c.id == article.id).values(**row))
    names = ("title", "text", "fingerprint", "published", "modified", "fetched_at", "recorded_at", "page_key")
    history = {name: values[name] for name in names} | {"article_id": article.id, "version": version}
    insert_new(connection, article_versions, [history])
    return True


def _values(draft: Draft) -> dict[str, Any]:
    article = draft.article
    return {
        "url": article.url,
        "kind": article.kind,
        "title": article.title,
        "text": article.text,
        "summary": article.summary,
        "language": article.language,
        "authors": list(article.authors),
        "published": article.published,
        "published_source": article.published_source,
        "modified": article.modified,
        "fetched_at": article.fetched_at,
        "fingerprint": draft.fingerprint,
        "page_key": draft.page_key,
        "provenance": {name: list(pair) for name, pair in draft.provenance.items()},
        "signals": list(draft.signals),
    }


def add_entry(connection: Connection, article_id: str, *, entry_id: str, source: str, now: datetime) -> None:
    """Note that this entry, too, brought the article."""
    row = {"article_id": article_id, "entry_id": entry_id, "source": source, "seen_at": now}
    insert_new(connection, article_entries, [row])


def claim_waiting(connection: Connection, stage: Stage, terms: leases.Terms) -> list[tuple[leases.Lease, Article]]:
    """Lease articles at a stage, with their tags."""
    claimed = leases.claim(connection, articles, stage, terms)
    found = load_rows(connection, [row for _, row in claimed])
    return [(lease, article) for (lease, _), article in zip(claimed, found, strict=True)]


def indexed_ids(connection: Connection) -> frozenset[str]:
    """Every article that the index should hold."""
    return frozenset(connection.execute(select(articles.c.id).where(articles.c.indexed_at.is_not(None))).scalars())


def all_ids(connection: Connection) -> frozenset[str]:
    """Every article, whatever its stage."""
    return frozenset(connection.execute(select(articles.c.id)).scalars())


def load_ids(connection: Connection, ids: Sequence[str]) -> list[Article]:
    """These articles, as far as they are there."""
    return load(connection, articles.c.id.in_(ids))


def load(connection: Connection, where: ColumnElement[bool], *, limit: int | None = None) -> list[Article]:
    """Articles in their present version, with present tags; in order of their ids."""
    query = select(articles).where(where).order_by(articles.c.id).limit(limit)
    return load_rows(connection, connection.execute(query).all())


def load_rows(connection: Connection, rows: Sequence[Row[Any]]) -> list[Article]:
    """Rows of `articles` with their tags and sources."""
    ids = [row.id for row in rows]
    present: dict[str, list[Tag]] = {key: [] for key in ids}
    query = select(tags).where(tags.c.article_id.in_(ids), tags.c.ended_at.is_(None)).order_by(tags.c.topic)
    for row in connection.execute(query):
        present[row.article_id].append(_tag(row))
    sources: dict[str, list[str]] = {key: [] for key in ids}
    brought = select(article_entries).where(article_entries.c.article_id.in_(ids)).order_by(article_entries.c.seen_at)
    for row in connection.execute(brought):
        if row.source not in sources[row.article_id]:
            sources[row.article_id].append(row.source)
    return [_article(row, tuple(present[row.id]), tuple(sources[row.id])) for row in rows]


def _tag(row: Row[Any]) -> Tag:
    evidence = tuple(Evidence(**item) for item in row.evidence)
    return Tag(topic=row.topic, topic_version=row.topic_version, evidence=evidence)


def _article(row: Row[Any], present: tuple[Tag, ...], sources: tuple[str, ...]) -> Article:
    return Article(
        id=row.id,
        url=row.url,
        source=row.source,
        title=row.title,
        text=row.text,
        summary=row.summary,
        language=row.language,
        authors=tuple(row.authors),
        published=row.published,
        modified=row.modified,
        fetched_at=row.fetched_at,
        recorded_at=row.recorded_at,
        first_seen_at=row.first_seen_at,
        version=row.version,
        kind=row.kind,
        published_source=row.published_source,
        sources=sources or (row.source,),
        tags=present,
    )


def replace_tags(connection: Connection, article: Article, found: Sequence[Tag], now: datetime) -> None:
    """These are the tags from now on; those of older versions of article or topic stay as history."""
    connection.execute(
        update(tags).where(tags.c.article_id == article.id, tags.c.ended_at.is_(None)).values(ended_at=now)
    )
    for tag in found:
        key = {"article_id": article.id, "article_version": article.version}
        key |= {"topic": tag.topic, "topic_version": tag.topic_version}
        evidence = [{name: getattr(item, name) for name in Evidence.__dataclass_fields__} for item in tag.evidence]
        if not insert_new(connection, tags, [key | {"evidence": evidence, "tagged_at": now}]):
            again = [tags.c[name] == value for name, value in key.items()]
            connection.execute(update(tags).where(*again).values(ended_at=None, evidence=evidence))


def record(
    connection: Connection, lease: leases.Lease, outcome: Outcome, *, next_stage: Stage, now: datetime, **values: Any
) -> bool:
    """The outcome of a step on an article; `values` count for Done only. False where the lease was lost."""
    due = None if next_stage is Stage.DONE else now
    done = values if isinstance(outcome, Done) else {}
    return leases.record(connection, articles, lease, outcome, next_stage=next_stage, next_due=due, **done)
