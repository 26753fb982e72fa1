"""Topics as the stored tags follow them, and which of them changed, so that stored articles are to follow.

One row of `declarations` holds a hash of all topics and their versions: to see that nothing changed is one question.
Whoever tags holds that row while it records (`hold`); whoever declares other topics waits for those, so no article is
tagged by topics that hold no longer. Locks are taken in one order: declaration, topic, article.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from newsdesk.ledger import leases
from newsdesk.ledger.connection import insert_new
from newsdesk.ledger.tables import articles, declarations, tags, topics
from newsdesk.model import Outcome, Stage, Topic

_NAME = "topics"  # of their row in `declarations`
_UNBEGUN: dict[str, Any] = {"reached": "", "gained": 0, "lost": 0, "kept": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Retagging:
    """A topic that the stored articles are to follow, claimed."""

    topic: str
    wanted: str | None  # its version; None: the watchlist has it no more
    alerts: bool  # tags that it brings may raise alerts
    reached: str  # articles with ids up to this one follow it already


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """So many articles got, lost or kept the tag."""

    gained: int = 0
    lost: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicState:
    """A topic and how far the stored articles follow it. The counts are those of the last re-tagging."""

    id: str
    version: str | None  # that all stored tags follow
    wanted: str | None  # that the watchlist declares; None: it has it no more
    articles: int  # that carry it now
    declared_at: datetime
    retagged_at: datetime | None
    gained: int
    lost: int
    kept: int
    alerts: bool
    stage: str  # retag: it waits, or is under way; done
    due_at: datetime | None
    outcome: str | None
    reason: str | None
    detail: str | None


def digest(declared: Sequence[Topic]) -> str:
    """32 hex digits that change when a topic comes, goes or gets another version."""
    pairs = sorted((topic.id, topic.version) for topic in declared)
    return hashlib.sha256(json.dumps(pairs).encode()).hexdigest()[:32]


def declared_digest(connection: Connection) -> str:
    """The digest of the topics that the ledger follows; empty before the first declaration."""
    query = select(declarations.c.digest).where(declarations.c.name == _NAME)
    return connection.execute(query).scalar_one_or_none() or ""


def hold(connection: Connection, expected: str) -> bool:
    """Whether the topics are still those; if so, they stay until this transaction ends. Before any article's lock."""
    query = select(declarations.c.digest).where(declarations.c.name == _NAME).with_for_update(read=True)
    return connection.execute(query).scalar_one_or_none() == expected


def declare(connection: Connection, declared: Sequence[Topic], now: datetime) -> int:
    """Make these the topics that tags follow; returns how many wait for re-tagging since they are other than before.

    Where nothing was ever tagged there is nothing to re-tag.
    """
    insert_new(connection, declarations, [{"name": _NAME, "digest": "", "declared_at": now}])
    query = select(declarations.c.digest).where(declarations.c.name == _NAME).with_for_update()
    stored, wanted = connection.execute(query).scalar_one(), digest(declared)
    if stored == wanted:
        return 0
    row = {"digest": wanted, "declared_at": now}
    connection.execute(update(declarations).where(declarations.c.name == _NAME).values(row))
    changed = _changes(connection, declared)
    is_tagged = connection.execute(select(articles.c.id).where(articles.c.tagged_at.is_not(None)).limit(1)).first()
    for topic, (version, is_known) in changed.items():
        values = {"wanted": version, "declared_at": now, "alerts": False, **_UNBEGUN}
        values |= leases.opened(Stage.RETAG, now) if is_tagged else _settled(version, now)
        if is_known:
            connection.execute(update(topics).where(topics.c.id == topic).values(values))
        else:
            connection.execute(insert(topics).values(values | {"id": topic}))
    return len(changed) if is_tagged else 0


def _changes(connection: Connection, declared: Sequence[Topic]) -> dict[str, tuple[str | None, bool]]:
    """By topic: the version that is wanted now (None: none), and whether the ledger knows the topic."""
    stored = {row.id: row.wanted for row in connection.execute(select(topics.c.id, topics.c.wanted))}
    wanted = {topic.id: topic.version for topic in declared}
    return {
        topic: (wanted.get(topic), topic in stored)
        for topic in sorted({*stored, *wanted})
        if topic not in stored or stored[topic] != wanted.get(topic)
    }


def _settled(version: str | None, now: datetime) -> dict[str, Any]:
    return leases.opened(Stage.DONE, now) | {"due_at": None, "version": version}


def ask(connection: Connection, topic: str, *, alerts: bool, now: datetime) -> bool:
    """Let the stored articles follow the topic once more, from the first one on. False where no such topic is known."""
    values = {"alerts": alerts, **_UNBEGUN, **leases.opened(Stage.RETAG, now)}
    return connection.execute(update(topics).where(topics.c.id == topic).values(values)).rowcount == 1


def count_waiting(connection: Connection, now: datetime) -> int:
    """How many topics stored articles are to follow now."""
    return leases.count_claimable(connection, topics, (Stage.RETAG,), now)


def claim_changed(connection: Connection, terms: leases.Terms) -> list[tuple[leases.Lease, Retagging]]:
    """Lease topics that stored articles are to follow."""
    claimed = leases.claim(connection, topics, Stage.RETAG, terms)
    return [
        (lease, Retagging(topic=row.id, wanted=row.wanted, alerts=row.alerts, reached=row.reached))
        for lease, row in claimed
    ]


def advance(connection: Connection, topic: str, done: Effect, *, reached: str | None) -> None:
    """So much of a topic is done, in the transaction that did it. `reached` None: some of a batch are left."""
    values: dict[str, Any] = {name: topics.c[name] + getattr(done, name) for name in Effect.__dataclass_fields__}
    if reached is not None:
        values["reached"] = reached
    connection.execute(update(topics).where(topics.c.id == topic).values(values))


def record(connection: Connection, lease: leases.Lease, outcome: Outcome, *, whole: bool, now: datetime) -> bool:
    """The outcome of a re-tagging. Not `whole`: more articles are to follow. False where the lease was lost."""
    stage, due = (Stage.DONE, None) if whole else (Stage.RETAG, now)
    values: dict[str, Any] = {"version": topics.c.wanted, "retagged_at": now, "alerts": False} if whole else {}
    return leases.record(connection, topics, lease, outcome, next_stage=stage, next_due=due, **values)


def states(connection: Connection, *, waiting: bool = False) -> tuple[TopicState, ...]:
    """Every topic that the ledger ever knew, by id; or only those that stored articles do not all follow yet."""
    carried = select(func.count()).where(tags.c.topic == topics.c.id, tags.c.ended_at.is_(None)).scalar_subquery()
    query = select(topics, carried.label("articles")).order_by(topics.c.id)
    if waiting:
        query = query.where(topics.c.stage == Stage.RETAG.value)
    names = TopicState.__dataclass_fields__
    return tuple(TopicState(**{name: getattr(row, name) for name in names}) for row in connection.execute(query))
