"""What is known of sites and domains: their robots.txt and tdmrep.json, and when the next request to them may start."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from newsdesk.ledger.connection import insert_new
from newsdesk.ledger.tables import domains, robots, tdmrep


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file that speaks for a whole site, as it was fetched; `body` None: the site has none."""

    body: bytes | None


def kept_robots(connection: Connection, site: str, now: datetime) -> KeptFile | None:
    """The site's robots.txt, if it was fetched and still holds."""
    return _kept(connection, robots, site, now)


def keep_robots(connection: Connection, site: str, kept: KeptFile, expires_at: datetime) -> None:
    """Keep a site's robots.txt until then."""
    _keep(connection, robots, {"site": site, "body": kept.body, "expires_at": expires_at})


def kept_tdmrep(connection: Connection, site: str, now: datetime) -> KeptFile | None:
    """The site's tdmrep.json, if it was asked for and the answer still holds."""
    return _kept(connection, tdmrep, site, now)


def keep_tdmrep(connection: Connection, site: str, kept: KeptFile, expires_at: datetime) -> None:
    """Keep a site's tdmrep.json until then."""
    _keep(connection, tdmrep, {"site": site, "body": kept.body, "expires_at": expires_at})


def _kept(connection: Connection, table: Table, site: str, now: datetime) -> KeptFile | None:
    query = select(table.c.body).where(table.c.site == site, table.c.expires_at > now)
    row = connection.execute(query).one_or_none()
    return None if row is None else KeptFile(body=None if row.body is None else bytes(row.body))


def _keep(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    connection.execute(delete(table).where(table.c.site == row["site"]))
    insert_new(connection, table, [row])


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRequest:
    """One request that wants to start. `shared`: further keys, such as an address, each with the spacing of its own."""

    domain: str
    spacing: timedelta
    shared: tuple[tuple[str, timedelta], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """When a request may start. Not `is_ours`: it was not taken, and there is none before `at`."""

    at: datetime
    key: str  # whose queue decides: the domain, or one of the shared keys
    is_ours: bool
    is_busy: bool = False  # a slow request to the domain is still under way, or the domain rests
    is_queued: bool = False  # another request to the domain starts before it, or has just started


def reserve_slots(
    connection: Connection, requests: Sequence[SlotRequest], *, now: datetime, horizon: timedelta
) -> list[Slot]:
    """A slot for each request, in their order. Slots are handed out one after the other to all processes.

    One beyond `horizon` is not taken: come back then. The slots of a shared key are handed out in the order of asking;
    whoever has to wait longer for its domain starts later than its slot there, so that the queue of one domain does
    not stop its neighbours at an address.
    """
    book = _Book(_locked_rows(connection, {key for request in requests for key in _keys(request)}, now), now)
    slots = [book.reserve(request, horizon) for request in requests]
    if book.taken:
        statement = update(domains).where(domains.c.domain == bindparam("key")).values(next_at=bindparam("then"))
        connection.execute(statement, [{"key": key, "then": book.next_at[key]} for key in sorted(book.taken)])
    return slots


def mark_busy(connection: Connection, domain: str, token: str, *, now: datetime, until: datetime) -> None:
    """A request to `domain` takes long: nobody starts another one before it ends, or before `until` if it never does.

    Where another one is marked already, that mark stays.
    """
    insert_new(connection, domains, [{"domain": domain, "next_at": now}])
    free = or_(domains.c.busy_until.is_(None), domains.c.busy_until <= now)
    statement = update(domains).where(domains.c.domain == domain, free)
    connection.execute(statement.values(busy_until=until, busy_token=token))


def clear_busy(connection: Connection, domain: str, token: str) -> None:
    """That request has ended; the mark of another one stays."""
    statement = update(domains).where(domains.c.domain == domain, domains.c.busy_token == token)
    connection.execute(statement.values(busy_until=None, busy_token=None))


def is_busy(connection: Connection, domain: str, now: datetime) -> bool:
    """Whether a slow request to `domain` is under way, or the domain rests."""
    query = select(domains.c.busy_until).where(domains.c.domain == domain)
    until = connection.execute(query).scalar_one_or_none()
    return until is not None and until > now


def note_limit(connection: Connection, domain: str, url: str, *, now: datetime, within: timedelta) -> bool:
    """`url` of `domain` was told to come later; whether that was said to another URL of it `within` this time."""
    insert_new(connection, domains, [{"domain": domain, "next_at": now}])
    query = select(domains.c.limited_by, domains.c.limited_at).where(domains.c.domain == domain)
    row = connection.execute(query).one()
    statement = update(domains).where(domains.c.domain == domain)
    connection.execute(statement.values(limited_by=url, limited_at=now))
    return row.limited_at is not None and row.limited_by != url and now - row.limited_at < within


def close_until(connection: Connection, domain: str, until: datetime) -> None:
    """No request to `domain` may start before `until`; those that have a slot already learn it from the mark."""
    insert_new(connection, domains, [{"domain": domain, "next_at": until}])
    here = domains.c.domain == domain
    connection.execute(update(domains).where(here, domains.c.next_at < until).values(next_at=until))
    free = or_(domains.c.busy_until.is_(None), domains.c.busy_until < until)
    connection.execute(update(domains).where(here, free).values(busy_until=until, busy_token=None))


class _Book:
    """The rows of some keys while slots are taken from them."""

    def __init__(self, rows: Iterable[Row[Any]], now: datetime) -> None:
        self._now = now
        self.next_at: dict[str, datetime] = {}
        self._busy: set[str] = set()
        self.taken: set[str] = set()
        for row in rows:
            self.next_at[row.domain] = row.next_at
            if row.busy_until is not None and row.busy_until > now:
                self._busy.add(row.domain)

    def reserve(self, request: SlotRequest, horizon: timedelta) -> Slot:
        slots = {key: max(self.next_at[key], self._now) for key in _keys(request)}
        key = max(slots, key=slots.__getitem__)
        at = slots[key]
        if request.domain in self._busy:
            then = max(slots[request.domain], self._now + request.spacing)
            return Slot(at=then, key=request.domain, is_ours=False, is_busy=True)
        if at - self._now > horizon:
            return Slot(at=at, key=key, is_ours=False)
        self._take(request.domain, at + request.spacing)
        for shared, spacing in request.shared:
            self._take(shared, slots[shared] + spacing)
        return Slot(at=at, key=key, is_ours=True, is_queued=slots[request.domain] > self._now)

    def _take(self, key: str, then: datetime) -> None:
        self.next_at[key] = then
        self.taken.add(key)


def _keys(request: SlotRequest) -> tuple[str, ...]:
    return request.domain, *(key for key, _ in request.shared)


def _locked_rows(connection: Connection, keys: Iterable[str], now: datetime) -> Sequence[Row[Any]]:
    """The rows of these keys, made where they are missing, held until the end of the transaction.

    One statement, in the order of the keys: two processes that want the same rows never wait for each other.
    """
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(domains)
        .on_conflict_do_update(index_elements=[domains.c.domain], set_={"next_at": domains.c.next_at})
        .returning(domains.c.domain, domains.c.next_at, domains.c.busy_until)
    )
    return connection.execute(statement, [{"domain": key, "next_at": now} for key in sorted(keys)]).all()
