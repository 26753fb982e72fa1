"""Counts of hits by the values of a field."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from newsdesk.index.protocol import Facet, FacetCount, FacetField
from newsdesk.index.reader import Selection

_Count = tuple[str | int | None, int]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_VALUES = {
    FacetField.TOPIC: "SELECT t.topic AS value FROM {} JOIN article_topics AS t ON t.number = m.number {}",
    FacetField.SOURCE: "SELECT m.source AS value FROM {} {}",
    FacetField.LANGUAGE: "SELECT m.language AS value FROM {} {}",
    FacetField.DAY: "SELECT m.day AS value FROM {} {}",
}


def counted(selection: Selection, fields: Sequence[FacetField], *, limit: int) -> tuple[Facet, ...]:
    """A facet for each field, of at most `limit` values; the selection must be exact."""
    tables, where, parameters = selection.sources()
    if len(fields) > 1 and selection.condition.match is not None:
        # What FTS5 finds is kept with all that is counted, so that it is looked for once.
        columns = "m.number, m.source, m.language, m.day"
        hits = f"WITH hits AS MATERIALIZED (SELECT {columns} FROM {tables} {where}) "  # noqa: S608 - texts of condition.py
        counts = " UNION ALL ".join(_sql(place, field, "hits AS m", "") for place, field in enumerate(fields))
        rows = selection.connection.execute(hits + counts, parameters).fetchall()
    else:
        each = (_sql(place, field, tables, where) for place, field in enumerate(fields))
        rows = [row for sql in each for row in selection.connection.execute(sql, parameters)]
    found: list[list[_Count]] = [[] for _ in fields]
    for place, value, count in rows:
        found[place].append((value, count))
    return tuple(_facet(field, counts, limit) for field, counts in zip(fields, found, strict=True))


def _sql(place: int, field: FacetField, tables: str, where: str) -> str:
    values = _VALUES[field].format(tables, where)
    return f"SELECT {place}, value, count(*) FROM ({values}) GROUP BY 2"  # noqa: S608 - texts of condition.py


def _facet(field: FacetField, counts: Sequence[_Count], limit: int) -> Facet:
    if field is FacetField.DAY:
        dated = sorted(((int(day), count) for day, count in counts if day is not None), reverse=True)
        rows = [*((_date(day), count) for day, count in dated), *(("", count) for day, count in counts if day is None)]
    else:
        rows = sorted(((str(value), count) for value, count in counts), key=lambda pair: (-pair[1], pair[0]))
    return Facet(field=field, counts=tuple(FacetCount(value=value, count=count) for value, count in rows[:limit]))


def _date(day: int) -> str:
    return (_EPOCH + timedelta(days=day)).date().isoformat()
