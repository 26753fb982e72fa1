"""Dates, times and names of sections as feeds and pages write them. Pure."""

import re
import zlib
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

from newsdesk.newsroom.records import FeedDates

IST = timezone(timedelta(hours=5, minutes=30), "IST")
_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    "hi": (
        *("जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई"),
        *("अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"),
    ),
}


def rss_date(instant: datetime, style: FeedDates) -> str | None:
    """A pubDate in the source's manner; None where the source writes none."""
    indian = instant.astimezone(IST)
    match style:
        case FeedDates.IST:
            return format_datetime(indian).replace("+0530", "IST")
        case FeedDates.GMT:
            return format_datetime(instant, usegmt=True)
        case FeedDates.OFFSET:
            return format_datetime(indian)
        case FeedDates.LOCAL:
            return f"{indian:%d-%m-%Y %H:%M}"
        case FeedDates.MISSING:
            return None


def iso_date(instant: datetime) -> str:
    """2021-09-07T18:40:00+05:30, as structured data has it."""
    return instant.astimezone(IST).isoformat()


def page_date(instant: datetime, language: str) -> str:
    """7 September 2021, 6:40 pm IST; in Hindi 7 सितंबर 2021, 18:40."""
    indian = instant.astimezone(IST)
    day = f"{indian.day} {_MONTHS[language][indian.month - 1]} {indian.year}"
    if language == "hi":
        return f"{day}, {indian:%H:%M}"
    hour = indian.hour % 12 or 12
    return f"{day}, {hour}:{indian:%M} {'pm' if indian.hour >= 12 else 'am'} IST"  # noqa: PLR2004 - noon


def section_slug(section: str) -> str:
    """A section's name as it stands in a path; a number where it has no Latin letter."""
    return re.sub(r"[^a-z0-9]+", "-", section.lower()).strip("-") or f"s{zlib.crc32(section.encode()) % 1000}"
