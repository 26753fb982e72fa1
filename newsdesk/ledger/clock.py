"""A clock that went back: what was put off until then would rest for as long as the clock was wrong."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from newsdesk.ledger.tables import articles, domains, entries, feeds, notifications, outbox, subscriptions, topics

_TOLERANCE = timedelta(minutes=10)  # clocks of several machines differ, and time servers correct by seconds
_HAPPENED = {  # what came later than now, of all that a decision looks at; and what servers asked for by that clock
    feeds: (
        *("last_polled_at", "last_success_at", "last_new_at", "window_at", "not_before"),
        *("failing_since", "gone_since", "move_since"),
    ),
    subscriptions: ("asked_at", "verified_at"),
}


def settle_clock(connection: Connection, now: datetime) -> timedelta:
    """Make due what lies in the future of a clock that was wrong; returns by how much it went back, zero as a rule.

    The sign is a poll that began later than now. Leases end too: their holders lose at most work that is done twice.
    """
    newest = connection.execute(select(func.max(feeds.c.last_polled_at))).scalar_one()
    if newest is None or newest - now < _TOLERANCE:
        return timedelta()
    for table in (feeds, subscriptions, entries, articles, topics, notifications, outbox):
        connection.execute(update(table).where(table.c.due_at > now).values(due_at=now))
        connection.execute(update(table).where(table.c.lease_until > now).values(lease_until=now))
    for table, names in _HAPPENED.items():
        for name in names:
            connection.execute(update(table).where(table.c[name] > now).values({name: now}))
    for name in ("next_at", "busy_until", "limited_at"):
        connection.execute(update(domains).where(domains.c[name] > now).values({name: now}))
    gone: timedelta = newest - now
    return gone
