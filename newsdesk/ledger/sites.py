"""What is known of sites and domains: their robots.txt, and when the next request to them may start."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from newsdesk.ledger.connection import insert_new
from newsdesk.ledger.tables import domains, robots


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRobots:
    """A site's robots.txt as it was fetched; `body` None: it has none."""

    body: bytes | None


def kept_robots(connection: Connection, site: str, now: datetime) -> KeptRobots | None:
    """What was fetched of this site and still holds."""
    query = select(robots.c.body).where(robots.c.site == site, robots.c.expires_at > now)
    row = connection.execute(query).one_or_none()
    return None if row is None else KeptRobots(body=None if row.body is None else bytes(row.body))


def keep_robots(connection: Connection, site: str, kept: KeptRobots, expires_at: datetime) -> None:
    """Keep a site's robots.txt until then."""
    connection.execute(delete(robots).where(robots.c.site == site))
    insert_new(connection, robots, [{"site": site, "body": kept.body, "expires_at": expires_at}])


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
