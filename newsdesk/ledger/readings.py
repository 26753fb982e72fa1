"""What extraction made of the latest pages of each source."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection, func, select

from newsdesk.ledger.tables import articles, entries, feeds
from newsdesk.model import FEED_SUMMARY, Reason
from newsdesk.quality import MOST_REMEMBERED, REMEMBERED, Reading

_OPENING = 200  # characters
_GARBLED = 0.001  # of the characters: one wrong quotation mark is a slip of the author
_UNREADABLE = (
    Reason.CONSENT_WALL,
    Reason.PAYWALL,
    Reason.BOT_WALL,
    Reason.INDEX_PAGE,
    Reason.SOFT_404,
    Reason.EMPTY_PAGE,
)


def readings(connection: Connection, now: datetime) -> dict[str, list[Reading]]:
    """By source, in no order: its latest pages, those that gave an article and those that gave none."""
    found: defaultdict[str, list[Reading]] = defaultdict(list)
    for source, reading in (*_of_articles(connection, now), *_of_drops(connection, now)):
        found[source].append(reading)
    return dict(found)


def _of_articles(connection: Connection, now: datetime) -> list[tuple[str, Reading]]:
    latest = func.row_number().over(partition_by=articles.c.source, order_by=articles.c.fetched_at.desc())
    columns = (articles.c.source, articles.c.fetched_at, articles.c.provenance, articles.c.reading)
    query = (
        select(
            *columns,
            func.length(articles.c.text).label("characters"),
            func.substr(articles.c.text, 1, _OPENING).label("opening"),
            latest.label("latest"),
        )
        .where(articles.c.fetched_at >= now - REMEMBERED, articles.c.kind != FEED_SUMMARY)
        .subquery()
    )
    rows = connection.execute(select(query).where(query.c.latest <= MOST_REMEMBERED))
    return [
        (
            row.source,
            Reading(
                at=row.fetched_at,
                characters=row.characters,
                is_dated="published" in row.provenance,
                opening=row.opening,
                has_mojibake=row.reading.get("mojibake", 0.0) > _GARBLED,
                has_missed=bool(row.reading.get("missed_selectors")),
                confidence=row.provenance.get("text", ("", 1.0))[1],
            ),
        )
        for row in rows
    ]


def _of_drops(connection: Connection, now: datetime) -> list[tuple[str, Reading]]:
    query = (
        select(feeds.c.name, entries.c.fetched_at)
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(entries.c.fetched_at >= now - REMEMBERED, entries.c.reason.in_([reason.value for reason in _UNREADABLE]))
        .order_by(entries.c.fetched_at.desc())
    )
    return [(row.name, Reading(at=row.fetched_at, unreadable=True)) for row in connection.execute(query)]
