"""What may follow published: as two instants."""

import calendar
import re
from datetime import UTC, datetime, timedelta

from newsdesk.query.errors import Fault, shortened
from newsdesk.query.tree import Range

_ADVICE = (
    "Write a date in UTC (published:2026-01-31), a comparison (published:>=2026-01-01T06:00, published:>=now-7d) or a"
    " range (published:[2026-01-01 TO 2026-02-01])."
)
_RANGE = re.compile(r"([\[{])\s*(\S+)\s+TO\s+(\S+?)\s*([\]}])")
_COMPARISON = re.compile(r"(>=|<=|>|<)\s*(\S+)")
_PERIOD = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d(?::\d\d(?::\d\d(?:\.\d{1,6})?)?)?(?:Z|[+-]\d\d:?\d\d)?")
_RELATIVE = re.compile(r"now((?:[+-]\d{1,6}[smhdw])*)(?:/([hd]))?")
_STEP = re.compile(r"([+-]\d+)([smhdw])")
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_DECEMBER = 12


def parse_range(field: str, text: str, now: datetime | None) -> Range:
    """The range that `text` names; `now` resolves relative dates.

    A year, month or day without a time stands for all of it: [2026-01-01 TO 2026-01-31] has the whole of the 31st
    in it, >2026-01-31 begins with February. A time without a zone is UTC. Bounds come out as instants, "Z" at the end.
    """
    if between := _RANGE.fullmatch(text):
        opening, low, high, closing = between.groups()
        return _range(field, (low, opening == "["), (high, closing == "]"), now)
    if compared := _COMPARISON.fullmatch(text):
        sign, value = compared.groups()
        bound = (value, sign.endswith("="))
        return _range(field, bound, ("*", True), now) if sign[0] == ">" else _range(field, ("*", True), bound, now)
    return _range(field, (text, True), (text, True), now)


def _range(field: str, low: tuple[str, bool], high: tuple[str, bool], now: datetime | None) -> Range:
    """Both bounds are (text, inclusive)."""
    start, include_start = _bound(low, now, is_low=True)
    end, include_end = _bound(high, now, is_low=False)
    if start and end and (start > end or (start == end and not (include_start and include_end))):
        raise Fault("No instant lies in this range: it ends before it begins.", "Write the earlier date first.")
    return Range(field, _iso(start), _iso(end), include_start, include_end)


def _bound(bound: tuple[str, bool], now: datetime | None, *, is_low: bool) -> tuple[datetime | None, bool]:
    text, inclusive = bound
    text = text.strip('"')
    if text == "*":
        return None, True
    try:
        first, after = _extent(text, now)
    except (ValueError, OverflowError) as error:
        raise Fault(f"{shortened(text)!r} is not a date.", _ADVICE) from error
    if after is None:
        return first, inclusive
    if is_low:
        return (first, True) if inclusive else (after, True)
    return (after, False) if inclusive else (first, False)


def _extent(text: str, now: datetime | None) -> tuple[datetime, datetime | None]:
    """The first instant of a period and the first one after it, or an instant and None."""
    if period := _PERIOD.fullmatch(text):
        return _period(*(int(part) if part else None for part in period.groups()))
    if relative := _RELATIVE.fullmatch(text):
        return _relative(relative, now), None
    if not _INSTANT.fullmatch(text):
        raise ValueError(text)
    instant = datetime.fromisoformat(text)
    return (instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)), None


def _period(year: int | None, month: int | None, day: int | None) -> tuple[datetime, datetime]:
    first = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
    if day is not None:
        return first, first + timedelta(days=1)
    last_month = month or _DECEMBER
    days = calendar.monthrange(first.year, last_month)[1]
    return first, first.replace(month=last_month, day=days) + timedelta(days=1)


def _relative(text: re.Match[str], now: datetime | None) -> datetime:
    if now is None:
        raise Fault(
            f"{shortened(text[0])} depends on the time of asking, which is not known here.",
            "Write a date, such as published:>=2026-01-01.",
        )
    if now.tzinfo is None:
        message = "now must be an aware datetime"
        raise TypeError(message)
    instant = now.astimezone(UTC).replace(microsecond=0)
    for count, unit in _STEP.findall(text[1]):
        instant += int(count) * _UNITS[unit]
    match text[2]:
        case "d":
            return instant.replace(hour=0, minute=0, second=0)
        case "h":
            return instant.replace(minute=0, second=0)
        case _:
            return instant


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")
