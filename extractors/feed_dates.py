"""The dates of a feed: read by the feed's own rules, and the publication instant chosen among them."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from .dates import ReadDate, read_date
from .records import DateSource

_AHEAD = timedelta(hours=24)
_UPDATE_ELEMENT = re.compile(r"<(?:[\w.-]{1,30}:)?(?:updated|modified)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRules:
    """How dates of one feed are read. `now`, where given, turns what lies more than 24 hours ahead into None."""

    default_zone: str | None
    day_first: bool
    now: datetime | None

    def read(self, text: object) -> ReadDate | None:
        """The date in `text`, a string from the document; None for anything else."""
        if not isinstance(text, str):
            return None
        found = read_date(text, default_zone=self.default_zone, day_first=self.day_first)
        if found and self.now and found.instant > self.now + _AHEAD:
            return None
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDates:
    """The dates of one entry as `ParsedEntry` holds them."""

    published: datetime | None
    source: DateSource | None
    assumed_zone: bool
    updated: datetime | None


def entry_dates(rules: DateRules, *, published: object, dublin_core: object, updated: object) -> EntryDates:
    """The first of these texts that can be read is the publication, in this order; never the time of fetching."""
    modified = rules.read(updated)
    chosen, source = rules.read(published), DateSource.PUBLISHED
    if not chosen:
        chosen, source = rules.read(dublin_core), DateSource.DC
    if not chosen:
        chosen, source = modified, DateSource.UPDATED
    return EntryDates(
        published=chosen.instant if chosen else None,
        source=source if chosen else None,
        assumed_zone=chosen.assumed_zone if chosen else False,
        updated=modified.instant if modified else None,
    )


def has_update_element(document: str) -> bool:
    """Whether the text of a document has an element that tells when an entry was changed, other than dc:date."""
    return bool(_UPDATE_ELEMENT.search(document))
