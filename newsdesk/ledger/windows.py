"""What a feed's entries were until now: those of the last document, what is stored of the present ones, later ids."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, select

from newsdesk.intake import Alias, Known
from newsdesk.ledger.connection import insert_new
from newsdesk.ledger.tables import entries, entry_aliases, feed_windows

_CHUNK = 500  # SQLite takes at most some thousand parameters in a statement
_COLUMNS = tuple(
    entries.c[name]
    for name in ("id", "identity", "link_key", *(name for name in Known.__dataclass_fields__ if name != "id"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWindow:
    """The last good document of a feed."""

    ids: frozenset[str]  # of its entries
    arrivals: tuple[datetime, ...]  # the newest publication instants, ascending
    seen_at: datetime


def window(connection: Connection, feed: str) -> StoredWindow | None:
    """The last good document of a feed; None before the first."""
    row = connection.execute(select(feed_windows).where(feed_windows.c.feed_id == feed)).one_or_none()
    if row is None:
        return None
    instants = tuple(datetime.fromtimestamp(second, UTC) for second in row.arrivals)
    return StoredWindow(ids=frozenset(row.ids), arrivals=instants, seen_at=row.seen_at)


def store_window(
    connection: Connection, feed: str, *, ids: Sequence[str], arrivals: Iterable[datetime], seen_at: datetime
) -> None:
    """Make this the last good document."""
    connection.execute(delete(feed_windows).where(feed_windows.c.feed_id == feed))
    row = {
        "feed_id": feed,
        "ids": list(ids),
        "arrivals": [instant.timestamp() for instant in arrivals],
        "seen_at": seen_at,
    }
    connection.execute(feed_windows.insert().values(row))


def known(connection: Connection, feed: str, identities: Sequence[str]) -> dict[str, Known]:
    """What is stored under these identities of a feed, be they the first ones of their entries or later ones."""
    found: dict[str, Known] = {}
    aliased = (
        select(*_COLUMNS, entry_aliases.c.identity.label("alias"))
        .join(entry_aliases, entry_aliases.c.entry_id == entries.c.id)
        .where(entry_aliases.c.feed_id == feed)
    )
    for some in _chunks(identities):
        found |= {
            row.alias: _known(row) for row in _rows(connection, aliased.where(entry_aliases.c.identity.in_(some)))
        }
        named = select(*_COLUMNS).where(entries.c.feed_id == feed, entries.c.identity.in_(some))
        found |= {row.identity: _known(row) for row in _rows(connection, named)}
    return found


def known_by_link(connection: Connection, feed: str, keys: Sequence[str]) -> dict[str, tuple[Known, ...]]:
    """What a feed has under these keys of links (`newsdesk.intake.link_key`), the newest first."""
    found: defaultdict[str, list[Known]] = defaultdict(list)
    newest = entries.c.first_seen_at.desc()
    for some in _chunks(keys):
        query = select(*_COLUMNS).where(entries.c.feed_id == feed, entries.c.link_key.in_(some)).order_by(newest)
        for row in _rows(connection, query):
            found[row.link_key].append(_known(row))
    return {key: tuple(stored) for key, stored in found.items()}


def store_aliases(connection: Connection, feed: str, aliases: Sequence[Alias], now: datetime) -> None:
    """These identities, too, mean entries that are stored."""
    rows = [{"feed_id": feed, "identity": one.identity, "entry_id": one.entry_id, "at": now} for one in aliases]
    insert_new(connection, entry_aliases, rows)


def _rows(connection: Connection, query: Select[Any]) -> Sequence[Row[Any]]:
    return connection.execute(query).all()


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))


def _known(row: Row[Any]) -> Known:
    return Known(**{name: getattr(row, name) for name in Known.__dataclass_fields__})
