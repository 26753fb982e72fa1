"""Articles, their versions and their tags."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from newsdesk.ledger import leases
from newsdesk.ledger.connection import insert_new
from newsdesk.ledger.tables import article_entries, article_versions, articles, tags
from newsdesk.model import UNREAD, Article, Done, Evidence, Outcome, PageReading, Stage, Tag


class TagAlert(StrEnum):
    """Whether a tag may make a rule fire. Rules are asked once, when something arrives."""

    DUE = "due"  # the rules are yet to be asked
    ASKED = "asked"  # they were asked
    MUTED = "muted"  # they are not asked: no news brought the tag, but another topic or another look at an old page


class TagEnd(StrEnum):
    """Why a tag holds no longer."""

    ARTICLE_CHANGED = "article-changed"
    TOPIC_CHANGED = "topic-changed"
    TOPIC_REMOVED = "topic-removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A collected article on its way into the ledger."""

    article: Article
    feed_id: str
    entry_id: str
    fingerprint: str
    page_key: str | None
    provenance: dict[str, tuple[str, float]]
    signals: tuple[str, ...]
    reading: PageReading = UNREAD


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVersion:
    """The present version of an article, and which entry may change it."""

    version: int
    fingerprint: str
    kind: str
    first_entry: str | None


def stored_words(connection: Connection, article_id: str) -> tuple[str, str]:
    """Title and text of an article that is stored."""
    row = connection.execute(select(articles.c.title, articles.c.text).where(articles.c.id == article_id)).one()
    return row.title, row.text


def stored_version(connection: Connection, article_id: str) -> StoredVersion | None:
    """The article's present version, or None where it is not known yet."""
    query = select(articles.c.version, articles.c.fingerprint, articles.c.kind).where(articles.c.id == article_id)
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
    return StoredVersion(version=row.version, fingerprint=row.fingerprint, kind=row.kind, first_entry=entry)


def store(
    connection: Connection, draft: Draft, *, before: StoredVersion | None, now: datetime, muted: bool = False
) -> bool:
    """Write an article's first or next version; it waits for tagging from now on.

    False, and nothing written, where another process has written this version meanwhile. `muted`: no news brought
    this version, so it raises no alert, unless the article was still on its way to its alert.
    """
    article = draft.article
    version = before.version + 1 if before else 1
    values = _values(draft) | {"version": version, "recorded_at": now}
    row = values | leases.opened(Stage.TAG, now) | ({} if muted else {"alerted_at": None})
    if before is None:
        row |= {"id": article.id, "feed_id": draft.feed_id, "source": article.source}
        row |= {"alerted_at": now} if muted else {}
        if not insert_new(connection, articles, [row | {"first_seen_at": article.first_seen_at}]):
            return False
    else:
        as_read = (articles.c.id == article.id) & (articles.c.version == before.version)
        if not connection.execute(update(articles).where(as_read).values(**row)).rowcount:
            return False
    names = ("title", "text", "fingerprint", "published", "modified", "fetched_at", "recorded_at", "page_key")
    history = {name: values[name] for name in names} | {"article_id": article.id, "version": version}
    insert_new(connection, article_versions, [history])
    return True


def is_as_stored(connection: Connection, draft: Draft) -> bool:
    """Whether the article of the draft is there and says the same in every field."""
    row = connection.execute(select(articles).where(articles.c.id == draft.article.id)).one_or_none()
    return row is not None and all(getattr(row, name) == value for name, value in _values(draft).items())


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
        "reading": reading_record(draft.reading),
    }


def reading_record(reading: PageReading) -> dict[str, Any]:
    """As the column holds it: what there is to say, and nothing else."""
    said = {name: getattr(reading, name) for name in PageReading.__dataclass_fields__}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in said.items() if value}


def reading_of(record: dict[str, Any]) -> PageReading:
    """What the column says."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in record.items()
    }
    return PageReading(**values)


def add_entry(connection: Connection, article_id: str, *, entry_id: str, source: str, now: datetime) -> None:
    """Note that this entry, too, brought the article."""
    row = {"article_id": article_id, "entry_id": entry_id, "source": source, "seen_at": now}
    insert_new(connection, article_entries, [row])


def claim_waiting(connection: Connection, stage: Stage, terms: leases.Terms) -> list[tuple[leases.Lease, Article]]:
    """Lease articles at a stage, with their tags."""
    claimed = leases.claim(connection, articles, stage, terms)
    found = load_rows(connection, [row for _, row in claimed])
    return [(lease, article) for (lease, _), article in zip(claimed, found, strict=True)]


def claim_for_rules(connection: Connection, terms: leases.Terms) -> list[tuple[leases.Lease, Article]]:
    """Lease articles at the rules, each with those of its tags that may make a rule fire."""
    claimed = leases.claim(connection, articles, Stage.ALERT, terms)
    found = load_rows(connection, [row for _, row in claimed], only=tags.c.alert == TagAlert.DUE.value)
    return [(lease, article) for (lease, _), article in zip(claimed, found, strict=True)]


def note_asked(connection: Connection, article: Article) -> None:
    """The rules were asked for these tags of the article."""
    topics = [tag.topic for tag in article.tags]
    held = (tags.c.article_id == article.id) & tags.c.topic.in_(topics) & tags.c.ended_at.is_(None)
    connection.execute(update(tags).where(held).values(alert=TagAlert.ASKED.value))


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


def load_rows(
    connection: Connection, rows: Sequence[Row[Any]], *, only: ColumnElement[bool] | None = None
) -> list[Article]:
    """Rows of `articles` with their sources and present tags; `only` these of the tags."""
    ids = [row.id for row in rows]
    present: dict[str, list[Tag]] = {key: [] for key in ids}
    query = select(tags).where(tags.c.article_id.in_(ids), tags.c.ended_at.is_(None)).order_by(tags.c.topic)
    for row in connection.execute(query if only is None else query.where(only)):
        present[row.article_id].append(_tag(row))
    sources: dict[str, list[str]] = {key: [] for key in ids}
    brought = select(article_entries).where(article_entries.c.article_id.in_(ids)).order_by(article_entries.c.seen_at)
    for row in connection.execute(brought):
        if row.source not in sources[row.article_id]:
            sources[row.article_id].append(row.source)
    return [_article(row, tuple(present[row.id]), tuple(sources[row.id])) for row in rows]


def ended_tags(connection: Connection, article: Article, topics: Sequence[str]) -> list[Tag]:
    """The tags that the present version of an article had once, of these topics; the last ones last."""
    held = (tags.c.article_id == article.id) & (tags.c.article_version == article.version) & tags.c.topic.in_(topics)
    return [_tag(row) for row in connection.execute(select(tags).where(held).order_by(tags.c.tagged_at))]


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
        signals=tuple(row.signals),
        tags=present,
    )


def replace_tags(connection: Connection, article: Article, found: Sequence[Tag], now: datetime) -> None:
    """These are the tags from now on; those of older versions of article or topic stay as history."""
    row = connection.execute(select(articles.c.stage, articles.c.alerted_at).where(articles.c.id == article.id)).one()
    query = select(tags).where(tags.c.article_id == article.id, tags.c.ended_at.is_(None))
    before = {row.topic: row for row in connection.execute(query)}
    fresh = [tag for tag in found if not is_same_tag(before.get(tag.topic), tag, article.version)]
    kept = {tag.topic for tag in found} - {tag.topic for tag in fresh}
    for topic, old in before.items():
        if topic not in kept:
            changed = old.article_version != article.version
            why = TagEnd.ARTICLE_CHANGED if changed else TagEnd.TOPIC_CHANGED
            end_tags(connection, topic, [article.id], why=why, now=now)
    arrives = is_on_its_way(row.stage, row.alerted_at)
    for tag in fresh:
        alert = alert_of(before.get(tag.topic), arrives=arrives)
        connection.execute(insert(tags).values(tag_row(article.id, article.version, tag, alert=alert, now=now)))


def is_on_its_way(stage: str, alerted_at: datetime | None) -> bool:
    """Whether an article has yet to come to the rules with what arrived."""
    return alerted_at is None and stage != Stage.DONE.value


def alert_of(before: Row[Any] | None, *, arrives: bool, wanted: bool = False) -> TagAlert:
    """What a tag is that follows `before`, or none. `wanted`: alerts are asked for although nothing arrived."""
    held = TagAlert.MUTED if before is None else TagAlert(before.alert)
    return TagAlert.DUE if arrives or (wanted and held is TagAlert.MUTED) else held


def is_same_tag(before: Row[Any] | None, tag: Tag, article_version: int) -> bool:
    """Whether the row holds this very tag already."""
    if before is None:
        return False
    versions = (before.article_version, before.topic_version)
    return versions == (article_version, tag.topic_version) and before.evidence == _evidence_rows(tag)


def end_tags(connection: Connection, topic: str, ids: Sequence[str], *, why: TagEnd, now: datetime) -> None:
    """The present tags of these articles and this topic hold no longer."""
    held = tags.c.article_id.in_(ids) & (tags.c.topic == topic) & tags.c.ended_at.is_(None)
    connection.execute(update(tags).where(held).values(ended_at=now, ended_why=why.value))


def tag_row(article_id: str, article_version: int, tag: Tag, *, alert: TagAlert, now: datetime) -> dict[str, Any]:
    """A new row of `tags`."""
    return {
        "article_id": article_id,
        "article_version": article_version,
        "topic": tag.topic,
        "topic_version": tag.topic_version,
        "tagged_at": now,
        "evidence": _evidence_rows(tag),
        "alert": alert.value,
    }


def _evidence_rows(tag: Tag) -> list[dict[str, Any]]:
    return [{name: getattr(item, name) for name in Evidence.__dataclass_fields__} for item in tag.evidence]


def record(
    connection: Connection, lease: leases.Lease, outcome: Outcome, *, next_stage: Stage, now: datetime, **values: Any
) -> bool:
    """The outcome of a step on an article; `values` count for Done only. False where the lease was lost."""
    due = None if next_stage is Stage.DONE else now
    done = values if isinstance(outcome, Done) else {}
    return leases.record(connection, articles, lease, outcome, next_stage=next_stage, next_due=due, **done)
