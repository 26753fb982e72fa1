"""Feeds and their polls."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from newsdesk.intake import feed_id
from newsdesk.ledger import leases
from newsdesk.ledger.connection import insert_new
from newsdesk.ledger.tables import feeds, polls
from newsdesk.model import FeedSpec, Outcome, Reason, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed as the ledger knows it, claimed for one poll."""

    id: str
    url: str
    fetch_url: str
    name: str
    language: str | None
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    interval_seconds: int | None
    failures: int
    every_seconds: int | None
    default_zone: str | None
    day_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """What one poll showed; becomes a row for ever."""

    started_at: datetime
    finished_at: datetime
    outcome: Outcome
    status: int | None = None
    final_url: str | None = None
    size: int | None = None
    entries_seen: int = 0
    entries_new: int = 0
    entries_changed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What makes the next request conditional. Stored in the transaction that stores the entries, and only there."""

    etag: str | None
    last_modified: str | None
    body_hash: str | None


def sync(connection: Connection, specs: Sequence[FeedSpec], now: datetime) -> None:
    """Make the ledger's feeds those of the watchlist: new ones are due at once, missing ones rest, none is deleted."""
    wanted = {feed_id(spec.url): spec for spec in specs}
    stored = {row.id: row for row in connection.execute(select(feeds))}
    for key, spec in wanted.items():
        values = _values(spec)
        row = stored.get(key)
        if row is None:
            fresh = {
                "id": key,
                "url": spec.url,
                "fetch_url": spec.url,
                "created_at": now,
                "active": True,
                "failures": 0,
            }
            insert_new(connection, feeds, [fresh | values | leases.opened(Stage.POLL, now)])
        elif not row.active or any(getattr(row, name) != value for name, value in values.items()):
            back = {} if row.active else {"due_at": now}
            connection.execute(update(feeds).where(feeds.c.id == key).values(active=True, **values, **back))
    gone = [key for key, row in stored.items() if row.active and key not in wanted]
    if gone:
        connection.execute(update(feeds).where(feeds.c.id.in_(gone)).values(active=False, **leases.rested()))


def _values(spec: FeedSpec) -> dict[str, Any]:
    more = {"every": spec.every_seconds, "default_zone": spec.default_zone, "day_first": spec.day_first}
    more |= {name: value for name in ("licence", "engine") if (value := getattr(spec, name))}
    return {"name": spec.name, "language": spec.language, "tier": spec.tier, "spec": more}


def claim_due(connection: Connection, terms: leases.Terms) -> list[tuple[leases.Lease, Feed]]:
    """Lease feeds whose time has come."""
    claimed = leases.claim(connection, feeds, Stage.POLL, terms)
    return [(lease, _feed(row)) for lease, row in claimed]


def _feed(row: Row[Any]) -> Feed:
    return Feed(
        id=row.id,
        url=row.url,
        fetch_url=row.fetch_url,
        name=row.name,
        language=row.language,
        etag=row.etag,
        last_modified=row.last_modified,
        body_hash=row.body_hash,
        interval_seconds=row.interval_seconds,
        failures=row.failures,
        every_seconds=row.spec["every"],
        default_zone=row.spec["default_zone"],
        day_first=row.spec["day_first"],
    )


def record_success(
    connection: Connection,
    lease: leases.Lease,
    result: PollResult,
    *,
    interval: int,
    next_at: datetime,
    validators: Validators | None,
) -> bool:
    """The poll went well; `validators` None keeps the stored ones (304)."""
    values: dict[str, Any] = {"interval_seconds": interval, "failures": 0, "last_success_at": result.finished_at}
    if validators is not None:
        values |= {"etag": validators.etag, "last_modified": validators.last_modified}
        values["body_hash"] = validators.body_hash
    if result.entries_new:
        values["last_new_at"] = result.finished_at
    return _record(connection, lease, result, next_at=next_at, values=values)


def record_failure(connection: Connection, lease: leases.Lease, result: PollResult, *, failures: int) -> bool:
    """The poll failed; the outcome is a Retry that says when."""
    return _record(connection, lease, result, next_at=None, values={"failures": failures})


def _record(
    connection: Connection, lease: leases.Lease, result: PollResult, *, next_at: datetime | None, values: dict[str, Any]
) -> bool:
    held = leases.record(
        connection,
        feeds,
        lease,
        result.outcome,
        next_stage=Stage.POLL,
        next_due=next_at,
        last_polled_at=result.started_at,
        **values,
    )
    if held:
        row = {
            "id": uuid.uuid4().hex,
            "feed_id": lease.id,
            "started_at": result.started_at,
            "finished_at": result.finished_at,
            "outcome": leases.outcome_name(result.outcome),
            "reason": result.outcome.reason and result.outcome.reason.value,
            "detail": result.outcome.detail[:2000] or None,
            "status": result.status,
            "final_url": result.final_url,
            "size": result.size,
            "entries_seen": result.entries_seen,
            "entries_new": result.entries_new,
            "entries_changed": result.entries_changed,
        }
        connection.execute(polls.insert().values(row))
    return held


def hasten(connection: Connection, now: datetime) -> int:
    """Make all feeds due, but for those whose server told us to wait; returns how many."""
    told = feeds.c.reason.is_not_distinct_from(Reason.RATE_LIMITED.value)
    statement = update(feeds).where(feeds.c.active, feeds.c.due_at > now, ~told).values(due_at=now)
    return connection.execute(statement).rowcount
