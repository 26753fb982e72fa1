"""Mails to the operator: they stand in the outbox beside those to readers, and no rule asks for them."""

from datetime import datetime

from sqlalchemy import Connection, select

from newsdesk.intake import digest
from newsdesk.ledger import leases
from newsdesk.ledger.connection import insert_new
from newsdesk.ledger.tables import notifications, outbox
from newsdesk.messages import Message
from newsdesk.model import Stage

OPERATOR = "@operator"  # no reader of a watchlist can have this id


def queue_report(connection: Connection, message: Message, *, key: str, channel: str, now: datetime) -> bool:
    """Put a rendered mail into the outbox: once for ever under its key. False where it is known already."""
    row = {
        "id": digest("report", key),
        "key": key,
        "reader": OPERATOR,
        "rule": key.partition(" ")[0],
        "created_at": now,
    }
    rendered = leases.opened(Stage.DONE, now) | {"due_at": None, "outcome": "done"}
    if not insert_new(connection, notifications, [row | rendered]):
        return False
    columns = ("message_id", "sender", "recipient", "subject", "data")
    work = leases.opened(Stage.SEND, now) | {"channel": channel, "created_at": now}
    insert_new(connection, outbox, [{"id": row["id"]} | {name: getattr(message, name) for name in columns} | work])
    return True


def queued_at(connection: Connection, key: str) -> datetime | None:
    """When the report with this key was queued; None where it was not yet."""
    return connection.execute(select(notifications.c.created_at).where(notifications.c.key == key)).scalar_one_or_none()
