"""Entries: what a feed said, until its page is collected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from newsdesk.intake import EntryIntent, Known
from newsdesk.ledger import leases
from newsdesk.ledger.connection import insert_new
from newsdesk.ledger.keys import link_key
from newsdesk.ledger.tables import entries, feeds
from newsdesk.model import Outcome, Stage

_CHUNK = 500  # SQLite takes at most some thousand parameters in a statement


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
    licence: str | None = None  # what allows us the texts of the feed although the publisher reserves them
    engine: str | None = None  # that reads the feed's pages; None: as the settings say


def known(connection: Connection, feed: str, names: Sequence[str]) -> dict[str, Known]:
    """What is stored under these identities of a feed."""
    found: dict[str, Known] = {}
    for start in range(0, len(names), _CHUNK):
        query = select(entries.c.identity, entries.c.fingerprint, entries.c.version).where(
            entries.c.feed_id == feed, entries.c.identity.in_(names[start : start + _CHUNK])
        )
        found |= {
            row.identity: Known(fingerprint=row.fingerprint, version=row.version) for row in connection.execute(query)
        }
    return found


def store(connection: Connection, feed: str, intents: Sequence[EntryIntent], now: datetime) -> None:
    """Write new entries and edits; both wait for collection from now on."""
    for intent in intents:
        values = _values(intent) | leases.opened(Stage.COLLECT, now)
        if intent.version == 1:
            row = values | {"id": intent.id, "feed_id": feed, "identity": intent.identity, "first_seen_at": now}
            insert_new(connection, entries, [row])
        else:
            connection.execute(update(entries).where(entries.c.id == intent.id).values(**values))


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
        licence=feed.spec.get("licence"),
        engine=feed.spec.get("engine"),
    )


def record(connection: Connection, lease: leases.Lease, outcome: Outcome, **values: Any) -> bool:
    """The outcome of a collection; `values`: article_id, page_key, fetched_at, site_rule. False: the lease was lost."""
    return leases.record(connection, entries, lease, outcome, next_stage=Stage.DONE, next_due=None, **values)
