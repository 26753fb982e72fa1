"""What a feed's entries were until now: those of the last document, what is stored of the present ones, later ids."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, func, select, update

from newsdesk.intake import Alias, GuidRule, Known
from newsdesk.ledger.connection import insert_new
from newsdesk.ledger.tables import entries, entry_aliases, feed_windows, feeds

_CHUNK = 500  # SQLite takes at most some thousand parameters in a statement
_MOST_OF_A_LINK = 50  # entries that have one link, such as the home page; more tell nothing
_FIELDS = tuple(Known.__dataclass_fields__)
_OF_FEED: BindParameter[str] = bindparam("of_feed")
_NAMES: BindParameter[Sequence[str]] = bindparam("names", expanding=True)


def _by_link() -> Select[Any]:
    place = func.row_number().over(partition_by=entries.c.link_key, order_by=entries.c.first_seen_at.desc())
    columns = (*_STORED, entries.c.link_key.label("name"), place.label("place"))
    ranked = select(*columns).where(entries.c.feed_id == _OF_FEED, entries.c.link_key.in_(_NAMES)).subquery()
    return select(ranked).where(ranked.c.place <= _MOST_OF_A_LINK).order_by(ranked.c.name, ranked.c.place)


# Made once: to make a statement anew for each document costs more than to carry it out.
_STORED = tuple(entries.c[name] for name in _FIELDS)
_BY_IDENTITY = select(*_STORED, entries.c.identity.label("name")).where(
    entries.c.feed_id == _OF_FEED, entries.c.identity.in_(_NAMES)
)
_BY_ALIAS = (
    select(*_STORED, entry_aliases.c.identity.label("name"))
    .join(entry_aliases, entry_aliases.c.entry_id == entries.c.id)
    .where(entry_aliases.c.feed_id == _OF_FEED, entry_aliases.c.identity.in_(_NAMES))
)
_BY_LINK = _by_link()
_WINDOW = select(feed_windows).where(feed_windows.c.feed_id == _OF_FEED)
_REPLACE = update(feed_windows).where(feed_windows.c.feed_id == _OF_FEED)
_SIGHT = (
    select(feeds.c.guid_rule, feeds.c.first_success_at, feeds.c.window_at)
    .where(feeds.c.id == _OF_FEED)
    .with_for_update(key_share=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How a feed's documents are looked at."""

    guid_rule: GuidRule
    first_success_at: datetime | None
    window_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWindow:
    """The last good document of a feed."""

    ids: frozenset[str]  # of its entries
    arrivals: tuple[datetime, ...]  # the newest publication instants, ascending
    seen_at: datetime


def sight(connection: Connection, feed: str) -> Sight:
    """How a feed's documents are looked at now; until this transaction ends no other document of it is taken in."""
    row = connection.execute(_SIGHT, {"of_feed": feed}).one()
    return Sight(guid_rule=GuidRule(row.guid_rule), first_success_at=row.first_success_at, window_at=row.window_at)


def note_first_success(connection: Connection, feed: str, now: datetime) -> None:
    """The entries of a feed were seen for the first time."""
    condition = (feeds.c.id == feed) & feeds.c.first_success_at.is_(None)
    connection.execute(update(feeds).where(condition).values(first_success_at=now))


def note_guid_rule(connection: Connection, feed: str, rule: GuidRule) -> None:
    """A document forced the feed to this rule."""
    connection.execute(update(feeds).where(feeds.c.id == feed).values(guid_rule=rule.value))


def window(connection: Connection, feed: str) -> StoredWindow | None:
    """The last good document of a feed; None before the first."""
    row = connection.execute(_WINDOW, {"of_feed": feed}).one_or_none()
    if row is None:
        return None
    instants = tuple(datetime.fromtimestamp(second, UTC) for second in row.arrivals)
    return StoredWindow(ids=frozenset(row.ids), arrivals=instants, seen_at=row.seen_at)


def store_window(
    connection: Connection,
    feed: str,
    *,
    ids: Sequence[str],
    marks: Mapping[str, str],
    arrivals: Iterable[datetime],
    seen_at: datetime,
) -> None:
    """Make this the last good document; `marks` of its elements with the ids of their entries."""
    seconds = [instant.timestamp() for instant in arrivals]
    row = {"ids": list(ids), "marks": dict(marks), "arrivals": seconds, "seen_at": seen_at}
    if not connection.execute(_REPLACE, {"of_feed": feed, **row}).rowcount:
        connection.execute(feed_windows.insert(), {"feed_id": feed, **row})


def store_arrivals(connection: Connection, feed: str, arrivals: Iterable[datetime]) -> None:
    """Keep the instants of what came otherwise than in a whole document."""
    seconds = [instant.timestamp() for instant in arrivals]
    connection.execute(_REPLACE, {"of_feed": feed, "arrivals": seconds})


def known(connection: Connection, feed: str, identities: Sequence[str]) -> dict[str, Known]:
    """What is stored under these identities of a feed, be they the first ones of their entries or later ones."""
    found: dict[str, Known] = {}
    for query in (_BY_ALIAS, _BY_IDENTITY):
        found |= {row.name: _known(row) for row in _rows(connection, query, feed, identities)}
    return found


def known_by_link(connection: Connection, feed: str, keys: Sequence[str]) -> dict[str, tuple[Known, ...]]:
    """What a feed has under these keys of links (`newsdesk.intake.link_key`), the newest first."""
    found: defaultdict[str, list[Known]] = defaultdict(list)
    for row in _rows(connection, _BY_LINK, feed, keys):
        found[row.name].append(_known(row))
    return {key: tuple(stored) for key, stored in found.items()}


def store_aliases(connection: Connection, feed: str, aliases: Sequence[Alias], now: datetime) -> None:
    """These identities, too, mean entries that are stored."""
    rows = [{"feed_id": feed, "identity": one.identity, "entry_id": one.entry_id, "at": now} for one in aliases]
    insert_new(connection, entry_aliases, rows)


def _rows(connection: Connection, query: Select[Any], feed: str, names: Sequence[str]) -> Iterable[Row[Any]]:
    for start in range(0, len(names), _CHUNK):
        yield from connection.execute(query, {"of_feed": feed, "names": names[start : start + _CHUNK]}).all()


def _known(row: Row[Any]) -> Known:
    return Known(**{name: getattr(row, name) for name in _FIELDS})
