"""Lists for people: the newest articles of a topic, the newest alerts, the mails; and what tries of topics read."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from newsdesk.ledger import articles as article_rows
from newsdesk.ledger.tables import alerts, articles, notification_alerts, notifications, outbox, tags
from newsdesk.model import Article, Stage
from newsdesk.suggest import Text

_AT_ONCE = 500  # ids of one question


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLine:
    """An alert and what became of its mails."""

    id: str
    rule: str
    topics: tuple[str, ...]
    title: str
    source: str
    url: str
    created_at: datetime
    readers: tuple[str, ...]
    sent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLine:
    """A mail of the outbox."""

    id: str
    message_id: str
    recipient: str
    subject: str
    created_at: datetime
    sent_at: datetime | None
    stage: str
    outcome: str | None
    reason: str | None
    detail: str | None


def articles_with_topic(connection: Connection, topic: str, *, limit: int) -> list[Article]:
    """The articles that carry a topic now, those seen last first."""
    query = (
        select(articles)
        .join(tags, tags.c.article_id == articles.c.id)
        .where(tags.c.topic == topic, tags.c.ended_at.is_(None))
        .order_by(articles.c.first_seen_at.desc(), articles.c.published.desc(), articles.c.id)
        .limit(limit)
    )
    return article_rows.load_rows(connection, connection.execute(query).all())


def ids_with_topic(connection: Connection, topic: str) -> frozenset[str]:
    """Every article that carries a topic now."""
    query = select(tags.c.article_id).where(tags.c.topic == topic, tags.c.ended_at.is_(None))
    return frozenset(connection.execute(query).scalars())


def ids_at(connection: Connection, *stages: Stage) -> frozenset[str]:
    """Every article that waits, or stays, at one of these stages."""
    query = select(articles.c.id).where(articles.c.stage.in_([stage.value for stage in stages]))
    return frozenset(connection.execute(query).scalars())


def texts(connection: Connection, ids: Sequence[str]) -> Iterator[Text]:
    """What stands in these articles, in order of their ids; a few hundred at a time."""
    columns = (articles.c.id, articles.c.source, articles.c.language, articles.c.title, articles.c.text)
    for row in connection.execute(select(*columns).where(articles.c.id.in_(ids)).order_by(articles.c.id)):
        yield Text(id=row.id, source=row.source, language=row.language, title=row.title, body=row.text)


def raised(connection: Connection, ids: Collection[str]) -> frozenset[str]:
    """Those of these alerts that there are."""
    found: set[str] = set()
    some = sorted(ids)
    for start in range(0, len(some), _AT_ONCE):
        query = select(alerts.c.id).where(alerts.c.id.in_(some[start : start + _AT_ONCE]))
        found.update(connection.execute(query).scalars())
    return frozenset(found)


def newest_alerts(connection: Connection, *, limit: int) -> tuple[AlertLine, ...]:
    """The latest alerts, newest first."""
    query = (
        select(alerts, articles.c.title, articles.c.source, articles.c.url)
        .join(articles, articles.c.id == alerts.c.article_id)
        .order_by(alerts.c.created_at.desc(), alerts.c.id)
        .limit(limit)
    )
    return tuple(
        AlertLine(
            id=row.id,
            rule=row.rule,
            topics=tuple(row.topics),
            title=row.title,
            source=row.source,
            url=row.url,
            created_at=row.created_at,
            readers=_readers(connection, row.id),
            sent=_sent(connection, row.id),
        )
        for row in connection.execute(query).all()
    )


def _readers(connection: Connection, alert_id: str) -> tuple[str, ...]:
    query = (
        select(notifications.c.reader)
        .join(notification_alerts, notification_alerts.c.notification_id == notifications.c.id)
        .where(notification_alerts.c.alert_id == alert_id)
        .order_by(notifications.c.reader)
    )
    return tuple(connection.execute(query).scalars())


def _sent(connection: Connection, alert_id: str) -> int:
    query = (
        select(func.count())
        .select_from(outbox)
        .join(notification_alerts, notification_alerts.c.notification_id == outbox.c.id)
        .where(notification_alerts.c.alert_id == alert_id, outbox.c.sent_at.is_not(None))
    )
    return connection.execute(query).scalar_one()


def mails(connection: Connection, *, limit: int) -> tuple[MailLine, ...]:
    """The first mails of the outbox, in the order of their making."""
    query = select(outbox).order_by(outbox.c.created_at, outbox.c.id).limit(limit)
    names = MailLine.__dataclass_fields__
    return tuple(MailLine(**{name: getattr(row, name) for name in names}) for row in connection.execute(query))


def mail_bytes(connection: Connection, mail_id: str) -> bytes | None:
    """The bytes of a mail as they are, or were, handed over."""
    data = connection.execute(select(outbox.c.data).where(outbox.c.id == mail_id)).scalar_one_or_none()
    return None if data is None else bytes(data)
