"""Entries: what a feed said, until its page is collected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, false, select, true, update

from newsdesk.intake import EntryIntent, link_key
from newsdesk.ledger import leases
from newsdesk.ledger.connection import insert_new
from newsdesk.ledger.feeds import FeedOptions, options_of
from newsdesk.ledger.tables import entries, feeds
from newsdesk.model import Outcome, Stage, Via


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry claimed for collection, with what its feed adds."""

    id: str
    feed_id: str
    source: str
    link: str | None
    title: str
    summary: str
    authors: tuple[str, ...]
    language: str | None
    published: datetime | None
    published_source: str | None
    updated: datetime | None
    version: int
    first_seen_at: datetime
    feed: FeedOptions
    muted: bool = False  # old when first seen, or changed in nothing that matters: it raises no alert


def store(
    connection: Connection, feed: str, intents: Sequence[EntryIntent], now: datetime, *, via: Via = Via.POLL
) -> None:
    """Write new entries and edits; both wait for collection from now on."""
    for intent in intents:
        values = _values(intent) | {"via": via.value} | leases.opened(Stage.COLLECT, now)
        if intent.version == 1:
            row = {"id": intent.id, "feed_id": feed, "identity": intent.identity, "first_seen_at": now}
            insert_new(connection, entries, [row | values | {"muted": intent.muted}])
        else:
            # an edit in passing raises no alert, but it does not silence what is yet to be collected
            is_waiting = entries.c.article_id.is_(None) | (entries.c.stage == Stage.COLLECT.value)
            passing = case((is_waiting, entries.c.muted), else_=true())
            muted = false() if intent.material else passing
            connection.execute(update(entries).where(entries.c.id == intent.id).values(**values, muted=muted))


def _values(intent: EntryIntent) -> dict[str, Any]:
    entry = intent.entry
    return {
        "link": entry.link,
        "link_key": link_key(entry.link),
        "title": entry.title,
        "summary": entry.summary,
        "authors": list(entry.authors),
        "language": entry.language,
        "published": entry.published,
        "published_source": entry.published_source and entry.published_source.value,
        "updated": entry.updated,
        "fingerprint": intent.fingerprint,
        "sketch": intent.sketch,
        "version": intent.version,
    }


def claim_waiting(connection: Connection, terms: leases.Terms) -> list[tuple[leases.Lease, Entry]]:
    """Lease entries whose pages are to be collected."""
    claimed = leases.claim(connection, entries, Stage.COLLECT, terms)
    found = load_rows(connection, [row for _, row in claimed])
    return [(lease, entry) for (lease, _), entry in zip(claimed, found, strict=True)]


def load_rows(connection: Connection, rows: Sequence[Row[Any]]) -> list[Entry]:
    """Rows of `entries` with what their feeds add."""
    ids = {row.feed_id for row in rows}
    names = {row.id: row for row in connection.execute(select(feeds).where(feeds.c.id.in_(ids)))}
    return [_entry(row, names[row.feed_id]) for row in rows]


def _entry(row: Row[Any], feed: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        feed_id=row.feed_id,
        source=feed.name,
        link=row.link,
        title=row.title,
        summary=row.summary,
        authors=tuple(row.authors),
        language=row.language or feed.language,
        published=row.published,
        published_source=row.published_source,
        updated=row.updated,
        version=row.version,
        first_seen_at=row.first_seen_at,
        feed=options_of(feed),
        muted=row.muted,
    )


def record(connection: Connection, lease: leases.Lease, outcome: Outcome, **values: Any) -> bool:
    """The outcome of a collection; `values`: article_id, page_key, fetched_at, site_rule. False: the lease was lost."""
    return leases.record(connection, entries, lease, outcome, next_stage=Stage.DONE, next_due=None, **values)
