"""When an article was published and last changed: the page's most exact statement, with its zone and its precision."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from .dates import Precision, read_date
from .head import Head
from .jsonld import Structured
from .records import DateFault, DroppedDate

# Meta tags that state the publication, the exact ones first.
_PUBLISHED_TAGS: Final = (
    "article:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "date",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dcterms.issued",
    "cxenseparse:recs:publishtime",
    "publication_date",
    "published_at",
    "article.published",
    "article:published",
    "dc.date.created",
    "og:published_time",
    "og:pubdate",
    "rnews:datepublished",
    "citation_publication_date",
    "iso-8601-publish-date",
    "originalpublicationdate",
    "article_date_original",
    "displaydate",
    "ptime",
    "release_date",
)
_MODIFIED_TAGS: Final = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "lastmod",
    "revised",
)
_CONFIDENCE = {
    "jsonld": 0.95,
    "article:published_time": 0.95,
    "article:modified_time": 0.95,
    "url": 0.75,
    "time-published": 0.65,
    "time": 0.5,
    "shown": 0.5,
}
_IN_PATH = re.compile(
    r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2]|(?<=[/-])[1-9])[/-]?(0[1-9]|[12]\d|3[01]|(?<=[/-])[1-9])(?=[/_-]|$)"
)
_OFFSET = re.compile(r"([+-])([01]\d):?([0-5]\d)\s*$")  # the zone, which the reader turns into UTC
_LOOKS_LIKE_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|^-?\d{1,14}$")
_VAGUE = frozenset(("time", "time-published"))  # they hold times of day and lengths of films as well
_ONE_DAY = timedelta(days=1)
_MAX_DROPPED = 6
_MAX_TEXT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """An aware instant in the zone that the page gave (UTC where it gave none), and who says so."""

    at: datetime
    precision: Precision
    source: str
    confidence: float
    assumed_zone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDates:
    """When the article was published and last changed, and what the page states besides that cannot be."""

    published: Instant | None
    modified: Instant | None
    dropped: tuple[DroppedDate, ...]


def choose_dates(head: Head, structured: Structured, url: str, *, now: datetime | None = None) -> PageDates:
    """The page's instants; what is no date, or none that can be, is dropped with its reason."""
    dropped: list[DroppedDate] = []
    published = _choose_published([*_published(head, structured, url, _Filter("published", now, dropped))])
    modified = next(iter(_modified(head, structured, _Filter("modified", now, dropped))), None)
    if published and modified and modified.at < published.at - _ONE_DAY:
        dropped.append(_dropped("modified", modified.source, modified.at.isoformat(), DateFault.BEFORE_PUBLICATION))
        modified = None
    return PageDates(published=published, modified=modified, dropped=tuple(dict.fromkeys(dropped))[:_MAX_DROPPED])


def _choose_published(found: list[Instant]) -> Instant | None:
    """The first source that gives a possible date, made more exact by others that say the same day."""
    if not found:
        return None
    first = found[0]
    day = first.at.date()
    if first.precision is Precision.DAY:
        exact = (
            i for i in found if i.precision is Precision.MINUTE and day in {i.at.date(), i.at.astimezone(UTC).date()}
        )
        return next(exact, first)
    if first.assumed_zone:  # another source may give the same wall clock with its zone
        wall = first.at.replace(tzinfo=None, second=0, microsecond=0)
        zoned = (i for i in found if not i.assumed_zone and i.at.replace(tzinfo=None, second=0, microsecond=0) == wall)
        return next(zoned, first)
    return first


def _modified(head: Head, structured: Structured, possible: "_Filter") -> Iterator[Instant]:
    """The instants of the last change that the page states."""
    stated = [("jsonld", structured.modified), *((tag, head.first(tag)) for tag in _MODIFIED_TAGS)]
    stated += [("time", mark.machine) for mark in head.times if mark.is_updated]
    yield from possible.read(stated)


def read_instant(text: str, source: str) -> Instant | None:
    """One statement of a date, None where it is none."""
    read = read_date(text) if text else None
    if read is None:
        return None
    at = read.instant
    if (offset := _OFFSET.search(text)) and read.precision is Precision.MINUTE:
        sign = -1 if offset.group(1) == "-" else 1
        at = at.astimezone(timezone(sign * timedelta(hours=int(offset.group(2)), minutes=int(offset.group(3)))))
    return Instant(
        at=at,
        precision=read.precision,
        source=source,
        confidence=_CONFIDENCE.get(source, 0.85),
        assumed_zone=read.assumed_zone,
    )


def _published(head: Head, structured: Structured, url: str, possible: "_Filter") -> Iterator[Instant]:
    stated = [("jsonld", structured.published), *((tag, head.first(tag)) for tag in _PUBLISHED_TAGS)]
    stated += [("itemprop", text) for text in head.micro_dates]
    stated += [("time-published", m.machine or m.visible) for m in head.times if m.is_published and not m.is_updated]
    stated += [("url", _date_in(url) or _date_in(head.canonical))]
    stated += [("time", m.machine) for m in head.times if m.machine and not m.is_updated]
    yield from possible.read(stated)
    yield from map(_day_unless_zoned, possible.read(("shown", text) for text in head.shown_dates))


@dataclass(frozen=True, slots=True)
class _Filter:
    """Reads statements of one field; what cannot be is added to `dropped`, but for what is written for people."""

    field: str
    now: datetime | None
    dropped: list[DroppedDate]

    def read(self, stated: Iterable[tuple[str, str]]) -> Iterator[Instant]:
        for source, text in stated:
            instant = read_instant(text, source)
            fault = date_fault(text, instant, self.now)
            if instant is not None and fault is None:
                yield instant
            elif fault and (source not in _VAGUE or fault is not DateFault.UNREADABLE) and source != "shown":
                self.dropped.append(_dropped(self.field, source, text, fault))


def date_fault(text: str, instant: Instant | None, now: datetime | None) -> DateFault | None:
    """Why a statement is not believed; None where it is, and where nothing is stated."""
    if instant is not None:
        return DateFault.FUTURE if now is not None and instant.at > now + _ONE_DAY else None
    if not text:
        return None
    return DateFault.IMPOSSIBLE if _LOOKS_LIKE_DATE.search(text) else DateFault.UNREADABLE


def _dropped(field: str, source: str, text: str, fault: DateFault) -> DroppedDate:
    return DroppedDate(field=field, source=source, text=text[:_MAX_TEXT], fault=fault)


def _day_unless_zoned(shown: Instant) -> Instant:
    """People know their own clock, so what is written for them mostly tells no zone; the day is right all the same."""
    if shown.precision is Precision.DAY or not shown.assumed_zone:
        return shown
    first = shown.at.replace(hour=0, minute=0, second=0, microsecond=0)
    return replace(shown, at=first, precision=Precision.DAY)


def _date_in(url: str) -> str:
    """The day that stands in the path of many articles."""
    found = _IN_PATH.search(url)
    return f"{found.group(1)}-{int(found.group(2)):02d}-{int(found.group(3)):02d}" if found else ""
