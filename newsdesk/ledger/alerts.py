"""Alerts, notifications and the outbox."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from newsdesk.ledger import articles as article_rows
from newsdesk.ledger import leases
from newsdesk.ledger.connection import insert_new
from newsdesk.ledger.tables import alerts, articles, notification_alerts, notifications, outbox
from newsdesk.model import Alert, Article, Notification, Outcome, Stage
from newsdesk.rules import Firing, Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A rendered message in the outbox: these bytes and no others are handed over."""

    id: str
    reader: str
    message_id: str
    sender: str
    recipient: str
    subject: str
    data: bytes


def store_alert(connection: Connection, firing: Firing, article: Article, now: datetime) -> bool:
    """A rule matched an article: once for ever. False where that is known already."""
    row = {
        "id": firing.alert,
        "rule": firing.rule,
        "article_id": article.id,
        "article_version": article.version,
        "topics": [tag.topic for tag in firing.tags],
        "created_at": now,
    }
    return insert_new(connection, alerts, [row]) == 1


def store_notification(connection: Connection, notice: Notice, now: datetime) -> bool:
    """A mail that is due: once for ever under its key. False where it is known already."""
    row = {"id": notice.id, "key": notice.key, "reader": notice.reader, "rule": notice.rule, "created_at": now}
    if not insert_new(connection, notifications, [row | leases.opened(Stage.RENDER, now)]):
        return False
    insert_new(connection, notification_alerts, [{"notification_id": notice.id, "alert_id": notice.alert}])
    return True


def claim_notifications(connection: Connection, terms: leases.Terms) -> list[tuple[leases.Lease, Notification]]:
    """Lease notifications that are to be rendered."""
    claimed = leases.claim(connection, notifications, Stage.RENDER, terms)
    return [(lease, _notification(connection, row)) for lease, row in claimed]


def _notification(connection: Connection, row: Row[Any]) -> Notification:
    query = (
        select(alerts)
        .join(notification_alerts, notification_alerts.c.alert_id == alerts.c.id)
        .where(notification_alerts.c.notification_id == row.id)
        .order_by(alerts.c.created_at, alerts.c.id)
    )
    rows = connection.execute(query).all()
    ids = [alert.article_id for alert in rows]
    found = {article.id: article for article in article_rows.load(connection, articles.c.id.in_(ids))}
    return Notification(
        id=row.id,
        key=row.key,
        reader=row.reader,
        rule=row.rule,
        created_at=row.created_at,
        alerts=tuple(_alert(connection, alert, found[alert.article_id]) for alert in rows),
    )


def _alert(connection: Connection, row: Row[Any], article: Article) -> Alert:
    """With the tags that made it so; where one has ended since, since its topic changed, as it was."""
    held = {tag.topic: tag for tag in article.tags}
    gone = [topic for topic in row.topics if topic not in held]
    held |= {tag.topic: tag for tag in article_rows.ended_tags(connection, article, gone)} if gone else {}
    matched = tuple(held[topic] for topic in sorted(row.topics) if topic in held)
    return Alert(id=row.id, rule=row.rule, article=article, tags=matched, created_at=row.created_at)


def record_rendering(
    connection: Connection, lease: leases.Lease, outcome: Outcome, *, mail: Mail | None, channel: str, now: datetime
) -> bool:
    """The notification is rendered, and its mail waits in the outbox. False where the lease was lost."""
    held = leases.record(connection, notifications, lease, outcome, next_stage=Stage.DONE, next_due=None)
    if held and mail is not None:
        work = leases.opened(Stage.SEND, now) | {"channel": channel, "created_at": now}
        columns = ("id", "message_id", "sender", "recipient", "subject", "data")
        insert_new(connection, outbox, [{name: getattr(mail, name) for name in columns} | work])
    return held


def claim_mails(connection: Connection, terms: leases.Terms) -> list[tuple[leases.Lease, Mail]]:
    """Lease mails that are to be handed over."""
    claimed = leases.claim(connection, outbox, Stage.SEND, terms)
    ids = [lease.id for lease, _ in claimed]
    query = select(notifications.c.id, notifications.c.reader).where(notifications.c.id.in_(ids))
    readers = {row.id: row.reader for row in connection.execute(query)}
    return [(lease, _mail(row, readers[row.id])) for lease, row in claimed]


def _mail(row: Row[Any], reader: str) -> Mail:
    return Mail(
        id=row.id,
        reader=reader,
        message_id=row.message_id,
        sender=row.sender,
        recipient=row.recipient,
        subject=row.subject,
        data=bytes(row.data),
    )


def record_delivery(connection: Connection, lease: leases.Lease, outcome: Outcome, *, sent_at: datetime | None) -> bool:
    """The outcome of handing a mail over. False where the lease was lost."""
    return leases.record(connection, outbox, lease, outcome, next_stage=Stage.DONE, next_due=None, sent_at=sent_at)
