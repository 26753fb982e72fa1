"""The whole life of an article: which feed, which fetch, which words, which mail; and how old history goes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, or_, select

from newsdesk.intake import article_id
from newsdesk.ledger import articles as article_rows
from newsdesk.ledger.tables import (
    alerts,
    article_entries,
    article_versions,
    articles,
    domains,
    entries,
    feeds,
    notification_alerts,
    notifications,
    outbox,
    polls,
    tags,
)
from newsdesk.model import Article, Evidence, PageReading, Reason, redacted

_QUIET = (Reason.NOT_MODIFIED, Reason.UNCHANGED)  # of polls that found nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLife:
    """An entry and what became of it."""

    feed: str
    feed_url: str
    identity: str
    title: str
    link: str | None
    published: datetime | None
    published_source: str | None
    first_seen_at: datetime
    version: int
    fetched_at: datetime | None
    page_key: str | None
    stage: str
    outcome: str | None
    reason: str | None
    detail: str | None
    attempts: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLife:
    """One version of the article."""

    version: int
    title: str
    characters: int
    recorded_at: datetime
    page_key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagLife:
    """A tag that holds, or held."""

    topic: str
    topic_version: str
    article_version: int
    tagged_at: datetime
    ended_at: datetime | None
    ended_why: str | None  # a value of TagEnd
    alert: str  # a value of TagAlert
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLife:
    """A notification and its mail."""

    reader: str
    rule: str
    created_at: datetime
    message_id: str | None
    recipient: str | None
    subject: str | None
    channel: str | None
    sent_at: datetime | None
    stage: str
    outcome: str | None
    reason: str | None
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLife:
    """An alert and its mails."""

    rule: str
    topics: tuple[str, ...]
    created_at: datetime
    article_version: int
    mails: tuple[MailLife, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """Where the article stands, when each step was done, and where its fields come from."""

    stage: str
    outcome: str | None
    reason: str | None
    detail: str | None
    tagged_at: datetime | None
    indexed_at: datetime | None
    alerted_at: datetime | None
    page_key: str | None
    provenance: dict[str, tuple[str, float]]
    signals: tuple[str, ...]
    reading: PageReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """All that the ledger knows about a URL. Without an article, the entries say why there is none."""

    entries: tuple[EntryLife, ...]
    article: Article | None
    stamps: Stamps | None
    versions: tuple[VersionLife, ...]
    tags: tuple[TagLife, ...]
    alerts: tuple[AlertLife, ...]


def life(connection: Connection, url: str) -> Life | None:
    """The life of the article or entry at `url` (or of the article with that id); None where nothing is known."""
    keys = [url, article_id(url)] if url.startswith(("http://", "https://")) else [url]
    row = connection.execute(select(articles).where(or_(articles.c.id.in_(keys), articles.c.url == url))).first()
    ids = [row.id] if row else []
    brought = select(article_entries.c.entry_id).where(article_entries.c.article_id.in_(ids))
    found = connection.execute(
        select(entries, feeds.c.name.label("feed"), feeds.c.url.label("feed_url"))
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(or_(entries.c.link == url, entries.c.id == url, entries.c.id.in_(brought)))
        .order_by(entries.c.first_seen_at, entries.c.id)
    ).all()
    if row is None and found and found[0].article_id:
        return life(connection, found[0].article_id)
    if row is None and not found:
        return None
    names = EntryLife.__dataclass_fields__
    return Life(
        entries=tuple(
            EntryLife(**{name: getattr(entry, name) for name in names} | {"feed_url": redacted(entry.feed_url)})
            for entry in found
        ),
        article=article_rows.load_rows(connection, [row])[0] if row else None,
        stamps=_stamps(connection, row.id) if row else None,
        versions=_versions(connection, row.id) if row else (),
        tags=_tags(connection, row.id) if row else (),
        alerts=_alerts(connection, row.id) if row else (),
    )


def _stamps(connection: Connection, key: str) -> Stamps:
    row = connection.execute(select(articles).where(articles.c.id == key)).one()
    names = ("stage", "outcome", "reason", "detail", "tagged_at", "indexed_at", "alerted_at", "page_key")
    return Stamps(
        **{name: getattr(row, name) for name in names},
        provenance={name: (pair[0], pair[1]) for name, pair in row.provenance.items()},
        signals=tuple(row.signals),
        reading=article_rows.reading_of(row.reading),
    )


def _versions(connection: Connection, key: str) -> tuple[VersionLife, ...]:
    query = select(article_versions).where(article_versions.c.article_id == key).order_by(article_versions.c.version)
    return tuple(
        VersionLife(
            version=row.version,
            title=row.title,
            characters=len(row.text),
            recorded_at=row.recorded_at,
            page_key=row.page_key,
        )
        for row in connection.execute(query)
    )


def _tags(connection: Connection, key: str) -> tuple[TagLife, ...]:
    query = select(tags).where(tags.c.article_id == key).order_by(tags.c.tagged_at, tags.c.topic)
    return tuple(
        TagLife(
            topic=row.topic,
            topic_version=row.topic_version,
            article_version=row.article_version,
            tagged_at=row.tagged_at,
            ended_at=row.ended_at,
            ended_why=row.ended_why,
            alert=row.alert,
            evidence=tuple(Evidence(**item) for item in row.evidence),
        )
        for row in connection.execute(query)
    )


def _alerts(connection: Connection, key: str) -> tuple[AlertLife, ...]:
    query = select(alerts).where(alerts.c.article_id == key).order_by(alerts.c.created_at, alerts.c.id)
    return tuple(
        AlertLife(
            rule=row.rule,
            topics=tuple(row.topics),
            created_at=row.created_at,
            article_version=row.article_version,
            mails=_mails(connection, row.id),
        )
        for row in connection.execute(query).all()
    )


def _mails(connection: Connection, alert_id: str) -> tuple[MailLife, ...]:
    query = (
        select(notifications, outbox)
        .join(notification_alerts, notification_alerts.c.notification_id == notifications.c.id)
        .outerjoin(outbox, outbox.c.id == notifications.c.id)
        .where(notification_alerts.c.alert_id == alert_id)
        .order_by(notifications.c.reader)
    )
    return tuple(_mail(row._mapping) for row in connection.execute(query))  # noqa: SLF001 - SQLAlchemy's public name


def _mail(row: RowMapping) -> MailLife:
    rendered = row[outbox.c.id] is not None
    table = outbox if rendered else notifications
    return MailLife(
        reader=row[notifications.c.reader],
        rule=row[notifications.c.rule],
        created_at=row[notifications.c.created_at],
        message_id=row[outbox.c.message_id],
        recipient=row[outbox.c.recipient],
        subject=row[outbox.c.subject],
        channel=row[outbox.c.channel],
        sent_at=row[outbox.c.sent_at],
        stage=row[table.c.stage],
        outcome=row[table.c.outcome],
        reason=row[table.c.reason],
        detail=row[table.c.detail],
    )


def prune_polls(connection: Connection, before: datetime, *, quiet_before: datetime | None = None) -> int:
    """Forget polls that ended before then, and before `quiet_before` those that found nothing; returns how many."""
    gone = polls.c.finished_at < before
    if quiet_before is not None:
        gone |= (polls.c.finished_at < quiet_before) & polls.c.reason.in_([reason.value for reason in _QUIET])
    return connection.execute(delete(polls).where(gone)).rowcount


def prune_slots(connection: Connection, before: datetime) -> int:
    """Forget domains and addresses that nobody asked for since then; returns how many."""
    idle = (domains.c.next_at < before) & (domains.c.limited_at.is_(None) | (domains.c.limited_at < before))
    return connection.execute(delete(domains).where(idle)).rowcount
