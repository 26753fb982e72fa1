"""The state of the whole in figures: for `newsdesk status`, the summary of the demonstration, and health checks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select

from newsdesk.ledger.tables import alerts, articles, entries, feeds, notifications, outbox, polls, tags
from newsdesk.ledger.tables import topics as topic_rows
from newsdesk.ledger.topics import TopicState, states
from newsdesk.model import Stage, redacted

_LAST_POLLS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PollLine:
    """One poll of a feed."""

    started_at: datetime
    outcome: str
    reason: str | None
    detail: str | None
    status: int | None
    entries_seen: int
    entries_new: int
    entries_changed: int
    final_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """One feed and what came of its polls."""

    name: str
    url: str  # without credentials
    polls: int
    last_polls: tuple[PollLine, ...]  # up to five, oldest first
    outcome: str | None  # of the last poll
    reason: str | None
    detail: str | None
    entries: int
    failures: int
    last_polled_at: datetime | None
    last_success_at: datetime | None
    last_new_at: datetime | None
    due_at: datetime | None
    interval_seconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """So many rows at a stage ended, or wait, in this way."""

    stage: str
    outcome: str | None
    reason: str | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A row that a person should look at."""

    kind: str  # entry, article, topic, notification, mail
    id: str
    subject: str
    outcome: str
    reason: str | None
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Counts of everything."""

    feeds: tuple[FeedLine, ...]
    entries: tuple[Ending, ...]
    articles: tuple[Ending, ...]
    mails: tuple[Ending, ...]
    topics: tuple[tuple[str, int], ...]
    article_count: int
    version_count: int
    alert_count: int
    mail_count: int
    oldest_mail_at: datetime | None  # the oldest one that waits to be sent
    troubles: tuple[Trouble, ...]
    retags: tuple[TopicState, ...] = ()  # topics that stored articles do not all follow yet


def overview(connection: Connection) -> Overview:
    """Read all figures in one view of the ledger."""
    waiting_mail = select(func.min(outbox.c.created_at)).where(outbox.c.stage == Stage.SEND.value)
    return Overview(
        feeds=_feeds(connection),
        entries=_endings(connection, entries),
        articles=_endings(connection, articles),
        mails=_endings(connection, outbox),
        topics=_topics(connection),
        article_count=_count(connection, articles),
        version_count=connection.execute(select(func.coalesce(func.sum(articles.c.version), 0))).scalar_one(),
        alert_count=_count(connection, alerts),
        mail_count=_count(connection, outbox),
        oldest_mail_at=connection.execute(waiting_mail).scalar_one(),
        troubles=_troubles(connection),
        retags=states(connection, waiting=True),
    )


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _feeds(connection: Connection) -> tuple[FeedLine, ...]:
    counted = select(entries.c.feed_id, func.count().label("n")).group_by(entries.c.feed_id).subquery()
    polled = select(polls.c.feed_id, func.count().label("n")).group_by(polls.c.feed_id).subquery()
    query = (
        select(feeds, counted.c.n.label("entries"), polled.c.n.label("polls"))
        .outerjoin(counted, counted.c.feed_id == feeds.c.id)
        .outerjoin(polled, polled.c.feed_id == feeds.c.id)
        .where(feeds.c.active)
        .order_by(feeds.c.name, feeds.c.url)
    )
    rows = connection.execute(query).all()
    last = _last_polls(connection)
    return tuple(_feed_line(row, last.get(row.id, ())) for row in rows)


def _last_polls(connection: Connection) -> dict[str, list[PollLine]]:
    """The last five of each feed, oldest first."""
    place = func.row_number().over(partition_by=polls.c.feed_id, order_by=polls.c.started_at.desc())
    ranked = select(polls, place.label("place")).subquery()
    query = select(ranked).where(ranked.c.place <= _LAST_POLLS).order_by(ranked.c.feed_id, ranked.c.place.desc())
    found: dict[str, list[PollLine]] = {}
    for row in connection.execute(query):
        line = PollLine(**{name: getattr(row, name) for name in PollLine.__dataclass_fields__})
        found.setdefault(row.feed_id, []).append(line)
    return found


def _feed_line(row: Row[Any], last: Sequence[PollLine]) -> FeedLine:
    names = (
        *("name", "outcome", "reason", "detail", "failures"),
        *("last_polled_at", "last_success_at", "last_new_at", "due_at", "interval_seconds"),
    )
    return FeedLine(
        **{name: getattr(row, name) for name in names},
        url=redacted(row.url),
        polls=row.polls or 0,
        entries=row.entries or 0,
        last_polls=tuple(last),
    )


def _endings(connection: Connection, table: Table) -> tuple[Ending, ...]:
    columns = (table.c.stage, table.c.outcome, table.c.reason)
    query = select(*columns, func.count().label("n")).group_by(*columns).order_by(func.count().desc(), *columns)
    return tuple(
        Ending(stage=row.stage, outcome=row.outcome, reason=row.reason, count=row.n)
        for row in connection.execute(query)
    )


def _topics(connection: Connection) -> tuple[tuple[str, int], ...]:
    query = select(tags.c.topic, func.count().label("n")).where(tags.c.ended_at.is_(None)).group_by(tags.c.topic)
    return tuple((row.topic, row.n) for row in connection.execute(query.order_by(tags.c.topic)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """An entry that gave no article, and why."""

    source: str
    title: str
    link: str | None
    reason: str
    detail: str | None


def drops(connection: Connection, *, limit: int = 1000) -> tuple[Drop, ...]:
    """Every dropped entry, by reason."""
    query = (
        select(entries, feeds.c.name.label("source"))
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(entries.c.outcome == "dropped")
        .order_by(entries.c.reason, feeds.c.name, entries.c.title)
        .limit(limit)
    )
    return tuple(
        Drop(source=row.source, title=row.title, link=row.link, reason=row.reason, detail=row.detail)
        for row in connection.execute(query)
    )


def _troubles(connection: Connection, limit: int = 50) -> tuple[Trouble, ...]:
    found: list[Trouble] = []
    places = (
        ("entry", entries, entries.c.title),
        ("article", articles, articles.c.title),
        ("topic", topic_rows, topic_rows.c.id),
        ("notification", notifications, notifications.c.key),
        ("mail", outbox, outbox.c.subject),
    )
    for kind, table, subject in places:
        query = (
            select(table, subject.label("subject_"))
            .where(table.c.outcome == "quarantined", table.c.due_at.is_(None))
            .limit(limit)
        )
        found += [
            Trouble(
                kind=kind, id=row.id, subject=row.subject_, outcome=row.outcome, reason=row.reason, detail=row.detail
            )
            for row in connection.execute(query)
        ]
    return tuple(found)
