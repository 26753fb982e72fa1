"""Instants as SQLite holds them: whole microseconds since 1970 in UTC."""

from datetime import UTC, datetime, timedelta

UNDATED = -(2**62)  # an article without a date: before every date, so that it sorts last
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(instant: datetime | None) -> int:
    """An aware instant, or UNDATED for None."""
    return UNDATED if instant is None else (instant - _EPOCH) // _MICROSECOND


def micros_of_text(text: str) -> int:
    """A bound of a range: ISO 8601, in UTC where it names no zone."""
    instant = datetime.fromisoformat(text)
    return micros(instant if instant.tzinfo else instant.replace(tzinfo=UTC))


def instant(value: int) -> datetime:
    """The reverse of `micros`, for a date."""
    return _EPOCH + timedelta(microseconds=value)
