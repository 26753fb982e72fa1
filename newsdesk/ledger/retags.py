"""What a changed topic does to the tags of stored articles."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from newsdesk.ledger import leases
from newsdesk.ledger.articles import (
    TagAlert,
    TagEnd,
    alert_of,
    end_tags,
    is_on_its_way,
    is_same_tag,
    load_ids,
    tag_row,
)
from newsdesk.ledger.connection import lock_rows
from newsdesk.ledger.tables import articles, tags
from newsdesk.ledger.topics import Effect
from newsdesk.model import Article, Stage, Tag

_PAST_INDEX = (Stage.ALERT.value, Stage.DONE.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an article, as it was read in that version, is about the topic."""

    article_id: str
    article_version: int
    tag: Tag | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of a batch of verdicts."""

    effect: Effect
    sent_on: int  # articles that wait for the index, or the rules, since their tags changed
    left: tuple[str, ...]  # articles that others hold, or that changed meanwhile: they are to be read again


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How many articles the index should hold."""

    indexed: int
    unrecorded: int  # that it may hold besides: written, and the writer died


def extent(connection: Connection) -> Extent:
    """For a comparison with the size of the index."""
    count = select(func.count()).select_from(articles)
    unrecorded = count.where(articles.c.stage == Stage.INDEX.value, articles.c.indexed_at.is_(None))
    return Extent(
        indexed=connection.execute(count.where(articles.c.indexed_at.is_not(None))).scalar_one(),
        unrecorded=connection.execute(unrecorded).scalar_one(),
    )


@dataclass(slots=True)
class _Plan:
    """What is to be written, gathered so that each kind is one statement."""

    ended: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    unmuted: list[str] = field(default_factory=list)
    to_index: list[str] = field(default_factory=list)
    to_rules: list[str] = field(default_factory=list)
    gained: int = 0
    lost: int = 0
    kept: int = 0


def apply(
    connection: Connection, topic: str, verdicts: Sequence[Verdict], *, why: TagEnd, alerts: bool, now: datetime
) -> Applied:
    """Make the tags of one topic what the verdicts say; articles whose tags changed wait for the index again.

    A tag that comes to an article past the rules is muted, unless `alerts` are asked for. Articles that wait for
    tagging are left to that step. None that somebody else holds is waited for: waiting for several rows in one
    transaction is how two of them come to wait for each other for ever.
    """
    wanted = {verdict.article_id: verdict for verdict in verdicts}
    columns = (articles.c.id, articles.c.version, articles.c.stage, articles.c.alerted_at)
    query = select(*columns).where(articles.c.id.in_(wanted)).order_by(articles.c.id)
    rows = connection.execute(lock_rows(connection, query, articles)).all()
    rows = [row for row in rows if row.version == wanted[row.id].article_version]
    held = tags.c.article_id.in_(wanted) & (tags.c.topic == topic) & tags.c.ended_at.is_(None)
    before = {row.article_id: row for row in connection.execute(select(tags).where(held))}
    plan = _Plan()
    for row in rows:
        if row.stage != Stage.TAG.value:
            _add(plan, row, before.get(row.id), wanted[row.id].tag, alerts=alerts, now=now)
        elif why is TagEnd.TOPIC_REMOVED and row.id in before:
            plan.ended.append(row.id)
            plan.lost += 1
    _write(connection, topic, plan, why=why, now=now)
    left = wanted.keys() - {row.id for row in rows}
    effect = Effect(gained=plan.gained, lost=plan.lost, kept=plan.kept)
    return Applied(effect=effect, sent_on=len(plan.to_index) + len(plan.to_rules), left=tuple(sorted(left)))


def _add(plan: _Plan, row: Row[Any], before: Row[Any] | None, tag: Tag | None, *, alerts: bool, now: datetime) -> None:
    if tag is None:
        if before is not None:
            plan.ended.append(row.id)
            plan.to_index.append(row.id)
            plan.lost += 1
        return
    alert = alert_of(before, arrives=is_on_its_way(row.stage, row.alerted_at), wanted=alerts)
    plan.kept += before is not None
    plan.gained += before is None
    if before is None or not is_same_tag(before, tag, row.version):
        plan.rows.append(tag_row(row.id, row.version, tag, alert=alert, now=now))
        plan.ended += [row.id] if before is not None else []
    elif alert != before.alert:
        plan.unmuted.append(row.id)
    if before is None or _places(before.evidence) != _places(tag_row("", 0, tag, alert=alert, now=now)["evidence"]):
        plan.to_index.append(row.id)
    elif alert is TagAlert.DUE and before.alert != alert:
        plan.to_rules.append(row.id)


def _places(evidence: Sequence[dict[str, Any]]) -> list[tuple[str, int, int]]:
    """What the index shows of a tag, beside its topic."""
    return [(place["field"], place["start"], place["end"]) for place in evidence]


def _write(connection: Connection, topic: str, plan: _Plan, *, why: TagEnd, now: datetime) -> None:
    if plan.ended:
        end_tags(connection, topic, plan.ended, why=why, now=now)
    if plan.rows:
        connection.execute(insert(tags), plan.rows)
    if plan.unmuted:
        held = tags.c.article_id.in_(plan.unmuted) & (tags.c.topic == topic) & tags.c.ended_at.is_(None)
        connection.execute(update(tags).where(held).values(alert=TagAlert.DUE.value))
    _send(connection, plan.to_index, Stage.INDEX, now)
    _send(connection, plan.to_rules, Stage.ALERT, now)


def mend_index(connection: Connection, written: Article, now: datetime) -> None:
    """An article was written into the index by one who had lost it: where its tags are others now, it is old there."""
    present = load_ids(connection, [written.id])
    if present and present[0].tags != written.tags:
        _send(connection, [written.id], Stage.INDEX, now)


def _send(connection: Connection, ids: Sequence[str], stage: Stage, now: datetime) -> None:
    """Articles go to a stage; those that stand before the index already stay there, and nobody writes an old state."""
    before_index, past = articles.c.stage == Stage.INDEX.value, articles.c.stage.in_(_PAST_INDEX)
    for part, values in ((before_index, leases.called_back()), (past, leases.opened(stage, now))):
        if ids:
            connection.execute(update(articles).where(articles.c.id.in_(ids), part).values(values))
