"""Counts of hits by the values of a field."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from newsdesk.index.condition import merged
from newsdesk.index.protocol import Facet, FacetCount, FacetField
from newsdesk.index.reader import Selection

_Value = str | int | None
_Counts = Mapping[_Value, int]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = {FacetField.SOURCE: "m.source", FacetField.LANGUAGE: "m.language", FacetField.DAY: "m.day"}
_CHUNK = 10_000  # hits in memory at a time
_TOPICS = "JOIN article_topics AS t ON t.number ="


def counted(selection: Selection, fields: Sequence[FacetField], *, limit: int) -> tuple[Facet, ...]:
    """A facet for each field, of at most `limit` values; the selection must be exact."""
    condition = merged(selection.condition)
    columns = [field for field in fields if field in _COLUMNS]
    if condition.match is None or condition.nothing:
        counts = {field: _grouped(selection, field) for field in columns}  # each may have an index of its own
    else:
        counts = _together(selection, columns)
    if FacetField.TOPIC in fields:
        counts[FacetField.TOPIC] = _topics(selection)
    return tuple(_facet(field, counts[field], limit) for field in fields)


def _grouped(selection: Selection, field: FacetField) -> _Counts:
    tables, where, parameters = selection.sources()
    sql = f"SELECT {_COLUMNS[field]}, count(*) FROM {tables} {where} GROUP BY 1"  # noqa: S608 - texts of condition.py
    return dict(selection.connection.execute(sql, parameters).fetchall())


def _together(selection: Selection, columns: Sequence[FacetField]) -> dict[FacetField, _Counts]:
    """All in one look, counted here: SQLite would keep the hits and sort them once for each field."""
    if not columns:
        return {}
    tables, where, parameters = selection.sources()
    names = ", ".join(_COLUMNS[field] for field in columns)
    sql = f"SELECT {names} FROM {tables} {where}"  # noqa: S608 - texts of condition.py
    counts: list[Counter[_Value]] = [Counter() for _ in columns]
    cursor = selection.connection.execute(sql, parameters)
    while rows := cursor.fetchmany(_CHUNK):
        for of_column, values in zip(counts, zip(*rows, strict=True), strict=True):
            of_column.update(values)
    return dict(zip(columns, counts, strict=True))


def _topics(selection: Selection) -> _Counts:
    condition = merged(selection.condition)
    tables, where, parameters = selection.sources()
    join = f"{tables} {_TOPICS} m.number"
    if condition.match is not None and not condition.rows and not condition.nothing:
        join = f"news {_TOPICS} news.rowid"  # `meta` has nothing to say
    sql = f"SELECT t.topic FROM {join} {where}"  # noqa: S608 - texts of condition.py
    return Counter(topic for (topic,) in selection.connection.execute(sql, parameters))


def _facet(field: FacetField, counts: _Counts, limit: int) -> Facet:
    if field is FacetField.DAY:
        days = sorted((int(day) for day in counts if day is not None), reverse=True)
        rows = [*((_date(day), counts[day]) for day in days), *(("", counts[day]) for day in counts if day is None)]
    else:
        rows = sorted(((str(value), count) for value, count in counts.items()), key=lambda pair: (-pair[1], pair[0]))
    return Facet(field=field, counts=tuple(FacetCount(value=value, count=count) for value, count in rows[:limit]))


def _date(day: int) -> str:
    return (_EPOCH + timedelta(days=day)).date().isoformat()
