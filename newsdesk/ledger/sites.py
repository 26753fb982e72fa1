"""What is known of sites and domains: their robots.txt and tdmrep.json, and when the next request to them may start."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, select, update

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


def reserve_slot(
    connection: Connection, domain: str, *, now: datetime, spacing: timedelta, horizon: timedelta
) -> tuple[datetime, bool]:
    """The instant at which one request to `domain` may start, and whether it is ours.

    Slots are handed out one after the other to all processes. One beyond `horizon` is not taken: come back then.
    """
    insert_new(connection, domains, [{"domain": domain, "next_at": now}])
    query = select(domains.c.next_at).where(domains.c.domain == domain)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update()
    slot = max(connection.execute(query).scalar_one(), now)
    if slot - now > horizon:
        return slot, False
    connection.execute(update(domains).where(domains.c.domain == domain).values(next_at=slot + spacing))
    return slot, True


def close_until(connection: Connection, domain: str, until: datetime) -> None:
    """No request to `domain` may start before `until`."""
    insert_new(connection, domains, [{"domain": domain, "next_at": until}])
    statement = update(domains).where(domains.c.domain == domain, domains.c.next_at < until)
    connection.execute(statement.values(next_at=until))
