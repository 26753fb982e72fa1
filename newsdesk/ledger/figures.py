"""A few figures of the whole, quickly counted: for a health check that is asked every few seconds, and a front page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, func, select

from newsdesk.ledger.leases import is_claimable
from newsdesk.ledger.tables import alerts, articles, entries, feeds, notifications, outbox, subscriptions
from newsdesk.model import Stage

LATE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How much there is, and how much waits."""

    feeds: int  # of the watchlist
    feeds_failing: int
    feeds_late: int  # overdue by more than half an hour
    feeds_pushed: int  # with a hub's lease that runs
    entries_waiting: int
    articles: int
    articles_waiting: int
    alerts: int
    mails_waiting: int
    mails_late: int  # that wait for more than half an hour


def figures(connection: Connection, now: datetime) -> Figures:
    """Count."""
    is_late = feeds.c.active & (feeds.c.stage == Stage.POLL.value) & (feeds.c.due_at < now - LATE)
    is_pushed = (subscriptions.c.state == "active") & (subscriptions.c.ends_at > now)
    is_unsent = outbox.c.stage == Stage.SEND.value
    line = (Stage.TAG, Stage.INDEX, Stage.ALERT)
    return Figures(
        feeds=_count(connection, feeds, feeds.c.active),
        feeds_failing=_count(connection, feeds, feeds.c.active & (feeds.c.failures > 0)),
        feeds_late=_count(connection, feeds, is_late),
        feeds_pushed=_count(connection, subscriptions, is_pushed),
        entries_waiting=_count(connection, entries, is_claimable(entries, Stage.COLLECT, now)),
        articles=_count(connection, articles),
        articles_waiting=sum(_count(connection, articles, is_claimable(articles, stage, now)) for stage in line),
        alerts=_count(connection, alerts),
        mails_waiting=_count(connection, outbox, is_unsent)
        + _count(connection, notifications, is_claimable(notifications, Stage.RENDER, now)),
        mails_late=_count(connection, outbox, is_unsent & (outbox.c.created_at < now - LATE)),
    )


def _count(connection: Connection, table: Table, condition: ColumnElement[bool] | None = None) -> int:
    query = select(func.count()).select_from(table)
    return connection.execute(query if condition is None else query.where(condition)).scalar_one()
