"""Instants as a reader reads them."""

from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from newsdesk.model import Article

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_OLD = timedelta(hours=48)  # an article seen later than this after its publication is told apart
_AHEAD = timedelta(minutes=5)  # clocks differ; more than this is a date in the future
_LATE = timedelta(hours=1)  # a mail written later than this after the match says so


def show_instant(instant: datetime, zone: str) -> str:
    """`Mon 2 March 2026, 14:05 IST`, at the wall clock of `zone`; independent of the process's locale."""
    local = instant.astimezone(ZoneInfo(zone))
    day = f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}"
    return f"{day}, {local:%H:%M} {_zone_name(local, local.tzinfo)}"


def show_times(article: Article, zone: str) -> str:
    """When the article was published; and when it was first seen, if the former is unknown, old or in the future."""
    seen = show_instant(article.first_seen_at, zone)
    if article.published is None:
        return f"Publication time unknown, first seen {seen}"
    published = f"Published {show_instant(article.published, zone)}"
    lag = article.first_seen_at - article.published
    return f"{published}, first seen {seen}" if lag > _OLD or lag < -_AHEAD else published


def show_delay(created_at: datetime, now: datetime, zone: str) -> str:
    """A sentence for a mail that is written long after its match; "" for all others."""
    if now - created_at < _LATE:
        return ""
    hours = int((now - created_at).total_seconds() // 3600)
    return (
        f"This mail is late: the match is of {show_instant(created_at, zone)}, {hours} h before the mail was written."
    )


def _zone_name(local: datetime, zone: tzinfo | None) -> str:
    """The zone's letters; zones without letters have an offset for a name."""
    name = local.tzname() or str(zone)
    return f"UTC{name}" if name.startswith(("+", "-")) else name
