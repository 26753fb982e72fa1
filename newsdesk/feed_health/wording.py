"""Instants, lengths of time and numbers as people read them; alike in commands, mails and sentences of the ledger."""

from datetime import UTC, datetime, timedelta

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_TWO_DAYS, _TWO_YEARS = 2 * _DAY, 730 * _DAY


def show_minute(instant: datetime) -> str:
    """`2026-11-22 10:00` at the clock of UTC."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M}"


def show_age(length: timedelta) -> str:
    """`40 s`, `12 min`, `31 h`, `12 days`, `3 years`: one figure and its unit."""
    seconds = max(0.0, length.total_seconds())
    for least, size, unit in (
        (_TWO_YEARS, 365 * _DAY, "years"),
        (_TWO_DAYS, _DAY, "days"),
        (2 * _HOUR, _HOUR, "h"),
        (2 * _MINUTE, _MINUTE, "min"),
    ):
        if seconds >= least:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def show_number(number: float) -> str:
    """`0.3`, `4.5`, `1,200`: no more figures than are known."""
    return f"{number:.1f}".removesuffix(".0") if number < 10 else f"{number:,.0f}"  # noqa: PLR2004 - one decimal
