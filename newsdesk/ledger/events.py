"""What happened to feeds, as rows: gaps, migrations, moves, and what was done about them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from newsdesk.ledger.leases import for_people
from newsdesk.ledger.tables import feed_events
from newsdesk.model import FeedEvent, FeedEventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event of a feed, with its place in time."""

    id: str
    feed_id: str
    at: datetime
    event: FeedEvent


def add(connection: Connection, feed: str, happened: Sequence[FeedEvent], now: datetime) -> None:
    """Keep these events of a feed."""
    for event in happened:
        row = {
            "id": uuid.uuid4().hex,
            "feed_id": feed,
            "at": now,
            "kind": event.kind.value,
            "detail": for_people(event.detail),
            "since": event.since,
            "until": event.until,
            "missed": event.missed,
            "found": event.found,
        }
        connection.execute(feed_events.insert(), row)


def open_gap(connection: Connection, feed: str) -> StoredEvent | None:
    """The last gap of a feed for which no older pages were asked for yet."""
    query = (
        select(feed_events)
        .where(
            feed_events.c.feed_id == feed,
            feed_events.c.kind == FeedEventKind.GAP.value,
            feed_events.c.found.is_(None),
        )
        .order_by(feed_events.c.at.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    event = FeedEvent(
        kind=FeedEventKind(row.kind), detail=row.detail, since=row.since, until=row.until, missed=row.missed
    )
    return StoredEvent(id=row.id, feed_id=row.feed_id, at=row.at, event=event)


def close_gaps(connection: Connection, feed: str, found: int) -> None:
    """Older pages were asked for, or there are none: so many entries were found."""
    open_ = (feed_events.c.feed_id == feed) & (feed_events.c.kind == FeedEventKind.GAP.value)
    connection.execute(update(feed_events).where(open_, feed_events.c.found.is_(None)).values(found=found))
