"""The options --since, --until and --by as bounds of a search."""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from newsdesk.cli.frame import fail
from newsdesk.query.dates import parse_range
from newsdesk.query.errors import Fault
from newsdesk.query.tree import Range

_AGE = re.compile(r"\d{1,6}[smhdw]")
_INSTANT = timedelta(microseconds=1)
_ADVICE = (
    "write an age (7d, 12h, 2w), a year, month or day (2026, 2026-09, 2026-09-01, today, yesterday) or an instant in"
    " UTC (2026-09-01T06:00)"
)


class By(StrEnum):
    """Which date of an article."""

    ARRIVAL = "arrival"  # when it was first seen
    PUBLICATION = "publication"  # what the article says itself; one that says none is outside any bound


def period(since: str | None, until: str | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The first instant that counts, and the first one that does not any more; None: no bound.

    A year, month or day stands for all of it: until 2026-09 has the whole of September in it.
    """
    first = None if since is None else _instant(_range("--since", ">=", since, now).low)
    last = None if until is None else _range("--until", "<=", until, now)
    end = None if last is None else _instant(last.high)
    if last is not None and end is not None and last.include_high:
        end += _INSTANT
    if first is not None and end is not None and first >= end:
        fail(f"nothing lies between --since {since} and --until {until}: the first must be the earlier one")
    return first, end


def _range(option: str, sign: str, text: str, now: datetime) -> Range:
    try:
        return parse_range("published", sign + _in_query_language(text.strip(), now), now)
    except Fault:
        fail(f"{option} {text!r} is no date: {_ADVICE}", code=2)


def _in_query_language(text: str, now: datetime) -> str:
    if _AGE.fullmatch(text):
        return f"now-{text}"
    days = {"today": now, "yesterday": now - timedelta(days=1)}
    if text in days:
        return f"{days[text].astimezone(UTC):%Y-%m-%d}"
    return text.replace(" ", "T")


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
