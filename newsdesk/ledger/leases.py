"""Claim and record: the two ends of every step.

A claim is a lease with a token. Whoever holds it may record the outcome; who lost it (the lease ran out and somebody
else took the row) records nothing. `attempts` counts claims: a row that kills its process is not claimed for ever, and
takes no other row with it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Connection, Row, Table, Update, bindparam, func, or_, select, update

from newsdesk.ledger.connection import lock_rows
from newsdesk.ledger.tables import metadata
from newsdesk.model import Done, Dropped, Outcome, Quarantined, Reason, Retry, Stage

_LONGEST_TEXT = 2000
_SUSPECT = 2  # claims without an end; one alone may be a restart of the machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to record the outcome of one row until `until`."""

    table: str
    id: str
    token: str
    attempts: int  # this one included
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How many rows a claimer wants, from when, and for how long; after how many claims a row is given up."""

    now: datetime
    limit: int
    seconds: int
    attempts: int


def is_claimable(table: Table, stage: Stage, now: datetime) -> ColumnElement[bool]:
    """At this stage, due, and nobody's."""
    free = or_(table.c.lease_until.is_(None), table.c.lease_until <= now)
    return (table.c.stage == stage.value) & (table.c.due_at <= now) & free


def claim(
    connection: Connection,
    table: Table,
    stage: Stage,
    terms: Terms,
) -> list[tuple[Lease, Row[Any]]]:
    """Lease up to `terms.limit` rows, those due longest first.

    A row that was begun twice already and not ended may be what ends its claimers: it comes last, and alone. After
    `terms.attempts` it is given up. Feeds are neither: what they bring is read in processes of its own.
    """
    ready = is_claimable(table, stage, terms.now)
    if stage is Stage.POLL:
        rows = _lock(connection, table, ready, terms.limit)
    else:
        _give_up(connection, table, ready, terms)
        suspect = table.c.lease_until.is_not(None) & (table.c.attempts >= _SUSPECT)
        rows = _lock(connection, table, ready & ~suspect, terms.limit) or _lock(connection, table, ready, 1)
    until = terms.now + timedelta(seconds=terms.seconds)
    claimed = [
        (Lease(table=table.name, id=row.id, token=uuid.uuid4().hex, attempts=row.attempts + 1, until=until), row)
        for row in rows
    ]
    taken = [
        {"of_id": lease.id, "lease_until": until, "lease_token": lease.token, "attempts": lease.attempts}
        for lease, _ in claimed
    ]
    if taken:
        connection.execute(_by_id(table), taken)
    return claimed


# Statements are made once for each table, and what they set comes as parameters: making one anew for each row costs
# SQLAlchemy five times what it costs to carry it out.


@cache
def _by_id(table: Table) -> Update:
    return update(table).where(table.c.id == bindparam("of_id"))


@cache
def _held(table: Table) -> Update:
    return _by_id(table).where(table.c.lease_token == bindparam("of_token"))


def _lock(connection: Connection, table: Table, condition: ColumnElement[bool], limit: int) -> Sequence[Row[Any]]:
    query = select(table).where(condition).order_by(table.c.due_at, table.c.id).limit(limit)
    return connection.execute(lock_rows(connection, query, table)).all()


def renew(connection: Connection, lease: Lease, until: datetime) -> bool:
    """Hold a row for longer; False where the lease was lost, and then nothing may be written."""
    held = {"of_id": lease.id, "of_token": lease.token}
    return connection.execute(_held(metadata.tables[lease.table]), held | {"lease_until": until}).rowcount == 1


def release(connection: Connection, leases: Sequence[Lease]) -> None:
    """Give rows back as they were before their claim; a lease that was lost or recorded is passed over."""
    for lease in leases:
        held = {"of_id": lease.id, "of_token": lease.token}
        values = called_back() | {"attempts": lease.attempts - 1}
        connection.execute(_held(metadata.tables[lease.table]), held | values)


def _give_up(connection: Connection, table: Table, ready: ColumnElement[bool], terms: Terms) -> None:
    """A row whose work was begun so often and never ended has killed its process each time: a person must look."""
    detail = f"its work was begun {terms.attempts} times and never came to an end"
    ended = Quarantined(reason=Reason.ATTEMPTS_USED_UP, detail=detail)
    connection.execute(
        update(table)
        .where(ready, table.c.attempts >= terms.attempts)
        .values(due_at=None, lease_until=None, lease_token=None, **_said(ended))
    )


def opened(stage: Stage, now: datetime) -> dict[str, Any]:
    """The columns of a row that waits at `stage` from now on, whatever was before; whoever holds it loses it."""
    return {
        "stage": stage.value,
        "due_at": now,
        "lease_until": None,
        "lease_token": None,
        "attempts": 0,
        "outcome": None,
        "reason": None,
        "detail": None,
    }


def called_back() -> dict[str, Any]:
    """The columns of a row whose claimer works with what no longer holds: it loses the row, which waits as before."""
    return {"lease_until": None, "lease_token": None}


def rested() -> dict[str, Any]:
    """The columns of a row that is to wait for nothing more; whoever holds it loses it."""
    return {"due_at": None, "lease_until": None, "lease_token": None}


def record(
    connection: Connection,
    table: Table,
    lease: Lease,
    outcome: Outcome,
    *,
    next_stage: Stage,
    next_due: datetime | None,
    **values: Any,
) -> bool:
    """Write the outcome and give the lease back; False where the lease was lost, and then nothing may be written.

    `next_stage` and `next_due` count for Done only. A row at its last stage has no due time. A value may be an
    expression, such as another column.
    """
    settled = _settle(outcome, lease, next_stage=next_stage, next_due=next_due) | values
    held = {"of_id": lease.id, "of_token": lease.token}
    told = {name: value for name, value in settled.items() if isinstance(value, ColumnElement)}
    statement = _held(table).values(told) if told else _held(table)
    given = {name: value for name, value in settled.items() if name not in told}
    return connection.execute(statement, held | given | called_back()).rowcount == 1


def hold(connection: Connection, table: Table, leases: Sequence[Lease]) -> frozenset[str]:
    """The tokens of those of these leases that still hold; nobody else can take them before this transaction ends.

    All who lock several rows of a table do it in the order of their ids, so that no two wait for each other. Rows that
    only refer to these, as entries do to their feed, may be written meanwhile.
    """
    tokens = {lease.token for lease in leases}
    query = select(table.c.lease_token).where(table.c.id.in_([lease.id for lease in leases])).order_by(table.c.id)
    found: Sequence[str | None] = connection.execute(query.with_for_update(key_share=True)).scalars().all()
    return frozenset(token for token in found if token in tokens)


def record_done(
    connection: Connection, table: Table, done: Sequence[tuple[Lease, Done, dict[str, Any]]], *, stage: Stage
) -> None:
    """`record` for rows that are held (`hold`) and went well; the values of each have its next `due_at` among them."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for lease, outcome, values in done:
        row = _settle(outcome, lease, next_stage=stage, next_due=None) | values | called_back() | {"of_id": lease.id}
        alike.setdefault(tuple(sorted(row)), []).append(row)
    for rows in alike.values():  # those that set the same columns are one statement
        connection.execute(_by_id(table), rows)


def _settle(outcome: Outcome, lease: Lease, *, next_stage: Stage, next_due: datetime | None) -> dict[str, Any]:
    common = _said(outcome)
    match outcome:
        case Done():
            return common | {"stage": next_stage.value, "due_at": next_due, "attempts": 0}
        case Dropped():
            return common | {"stage": Stage.DONE.value, "due_at": None, "attempts": 0}
        case Retry():
            return common | {"due_at": outcome.at, "attempts": lease.attempts - (0 if outcome.counts else 1)}
        case Quarantined():
            return common | {"due_at": None}
        case _:
            assert_never(outcome)


def _said(outcome: Outcome) -> dict[str, Any]:
    reason = outcome.reason and outcome.reason.value
    return {"outcome": outcome_name(outcome), "reason": reason, "detail": for_people(outcome.detail) or None}


def for_people(text: str) -> str:
    """A text as it is kept: of a practical length, and without what a database refuses (NUL, halves of surrogates).

    What went wrong must always be recorded, whatever a server or a document made part of its description.
    """
    return text[:_LONGEST_TEXT].replace("\x00", "").encode("utf-8", "replace").decode()


def outcome_name(outcome: Outcome) -> str:
    """The word that is stored and counted: done, dropped, retry or quarantined."""
    return type(outcome).__name__.lower()


def count_claimable(connection: Connection, table: Table, stages: Sequence[Stage], now: datetime) -> int:
    """How many rows a step would find."""
    conditions = or_(*(is_claimable(table, stage, now) for stage in stages))
    return connection.execute(select(func.count()).select_from(table).where(conditions)).scalar_one()


def requeue(connection: Connection, table: Table, *, now: datetime, row_id: str | None = None) -> int:
    """Give quarantined rows another life; returns how many."""
    statement = update(table).where(table.c.outcome == "quarantined", table.c.due_at.is_(None))
    if row_id is not None:
        statement = statement.where(table.c.id == row_id)
    again = {"due_at": now, "attempts": 0, "outcome": None, "lease_until": None, "lease_token": None}
    return connection.execute(statement.values(**again)).rowcount
