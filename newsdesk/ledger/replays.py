"""Entries whose pages are in the archive, for reading them again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from newsdesk.ledger import entries
from newsdesk.ledger.entries import Entry
from newsdesk.ledger.leases import outcome_name
from newsdesk.ledger.tables import entries as rows
from newsdesk.ledger.tables import feeds
from newsdesk.model import Outcome, SiteRule, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Pages fetched from `since` (inclusive) to `until` (exclusive), of these sources; none: of all."""

    since: datetime
    until: datetime
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedEntry:
    """An entry that was collected, its page, and the article that came of it."""

    entry: Entry
    page_key: str
    fetched_at: datetime
    article_id: str | None
    site_rule: SiteRule | None  # when the page was fetched


def archived(connection: Connection, period: Period, *, after: str, limit: int) -> list[ArchivedEntry]:
    """Up to `limit` collected entries whose ids follow `after`, in the order of their ids."""
    query = (
        select(rows)
        .join(feeds, feeds.c.id == rows.c.feed_id)
        .where(rows.c.id > after, rows.c.page_key.is_not(None), rows.c.stage == Stage.DONE.value)
        .where(rows.c.fetched_at >= period.since, rows.c.fetched_at < period.until)
        .order_by(rows.c.id)
        .limit(limit)
    )
    if period.sources:
        query = query.where(feeds.c.name.in_(period.sources))
    found = connection.execute(query).all()
    made = entries.load_rows(connection, found)
    return [
        ArchivedEntry(
            entry=entry,
            page_key=row.page_key,
            fetched_at=row.fetched_at,
            article_id=row.article_id,
            site_rule=None if row.site_rule is None else SiteRule(**row.site_rule),
        )
        for row, entry in zip(found, made, strict=True)
    ]


def note(connection: Connection, archived: ArchivedEntry, outcome: Outcome, article_id: str | None) -> bool:
    """Another reading of the page: how the collection ended by that. False where the entry was collected anew since."""
    reason = outcome.reason and outcome.reason.value
    statement = (
        update(rows)
        .where(rows.c.id == archived.entry.id, rows.c.page_key == archived.page_key, rows.c.stage == Stage.DONE.value)
        .values(outcome=outcome_name(outcome), reason=reason, detail=outcome.detail or None, article_id=article_id)
    )
    return connection.execute(statement).rowcount == 1
