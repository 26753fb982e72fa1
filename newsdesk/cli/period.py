"""The options --since, --until and --by as bounds of time."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from newsdesk.cli.frame import fail
from newsdesk.query.dates import parse_range
from newsdesk.query.errors import Fault
from newsdesk.query.tree import Range

_AGE = re.compile(r"\d{1,6}[smhdw]")
_ABSOLUTE = re.compile(rf"{_AGE.pattern}|now.*|.*[T ].*(?:Z|[+-]\d\d:?\d\d)", re.DOTALL)
_SIGNS = {"--since": ">=", "--until": "<="}
_INSTANT = timedelta(microseconds=1)
_ADVICE = (
    "write an age (7d, 12h, 2w), a year, month or day (2026, 2026-09, 2026-09-01, today, yesterday) or an instant in"
    " UTC (2026-09-01T06:00)"
)


def period(
    since: str | None, until: str | None, now: datetime, *, zone: str = "UTC"
) -> tuple[datetime | None, datetime | None]:
    """The first instant that counts, and the first one that does not any more; None: no bound.

    A year, month or day stands for all of it: until 2026-09 has the whole of September in it. Its midnight, and any
    time that names no zone, is that of `zone`.
    """
    first = None if since is None else _instant(_range("--since", since, now, zone).low, since, zone)
    last = None if until is None else _range("--until", until, now, zone)
    end = None if last is None or until is None else _instant(last.high, until, zone)
    if last is not None and end is not None and last.include_high:
        end += _INSTANT
    if first is not None and end is not None and first >= end:
        fail(f"nothing lies between --since {since} and --until {until}: the first must be the earlier one")
    return first, end


def beginning(since: str, now: datetime, *, zone: str = "UTC") -> datetime:
    """The first instant of what lies between `--since` and `now`."""
    first, _ = period(since, None, now, zone=zone)
    if first is None:
        fail(f"--since {since!r} is no date: {_ADVICE}", code=2)
    return first if first < now else fail(f"--since {since} is not in the past", code=2)


def _range(option: str, text: str, now: datetime, zone: str) -> Range:
    try:
        return parse_range("published", _SIGNS[option] + _in_query_language(text.strip(), now, zone), now)
    except Fault:
        fail(f"{option} {text!r} is no date: {_ADVICE}", code=2)


def _in_query_language(text: str, now: datetime, zone: str) -> str:
    if _AGE.fullmatch(text):
        return f"now-{text}"
    days = {"today": now, "yesterday": now - timedelta(days=1)}
    if text in days:
        return f"{days[text].astimezone(ZoneInfo(zone)):%Y-%m-%d}"
    return text.replace(" ", "T")


def _instant(bound: str | None, text: str, zone: str) -> datetime | None:
    """A bound that was read as UTC; it is of `zone` unless `text` counts from now or names a zone."""
    if bound is None:
        return None
    instant = datetime.fromisoformat(bound)
    if _ABSOLUTE.fullmatch(text.strip()):
        return instant
    try:
        return instant.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except OverflowError:
        return instant
