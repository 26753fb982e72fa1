"""When an article was published and last changed: the page's most exact statement, with its zone and its precision."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from .dates import Precision, read_date
from .head import Head
from .jsonld import Structured

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
_FIRST_YEAR = 1995  # before there were news pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """An aware instant in the zone that the page gave (UTC where it gave none), and who says so."""

    at: datetime
    precision: Precision
    source: str
    confidence: float
    assumed_zone: bool = False


def choose_published(head: Head, structured: Structured, url: str, *, now: datetime | None = None) -> Instant | None:
    """The first source that gives a possible date, made more exact by others that say the same day."""
    found = [i for i in _published(head, structured, url) if _is_possible(i.at, now)]
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


def choose_modified(head: Head, structured: Structured, *, now: datetime | None = None) -> Instant | None:
    """The instant of the last change that the page states."""
    stated = [("jsonld", structured.modified), *((tag, head.first(tag)) for tag in _MODIFIED_TAGS)]
    stated += [("time", mark.machine) for mark in head.times if mark.is_updated]
    return next((i for i in _read_all(stated) if _is_possible(i.at, now)), None)


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


def _published(head: Head, structured: Structured, url: str) -> Iterator[Instant]:
    stated = [("jsonld", structured.published), *((tag, head.first(tag)) for tag in _PUBLISHED_TAGS)]
    stated += [("itemprop", text) for text in head.micro_dates]
    stated += [("time-published", m.machine or m.visible) for m in head.times if m.is_published and not m.is_updated]
    stated += [("url", _date_in(url) or _date_in(head.canonical))]
    stated += [("time", m.machine) for m in head.times if m.machine and not m.is_updated]
    yield from _read_all(stated)
    yield from map(_day_unless_zoned, _read_all(("shown", text) for text in head.shown_dates))


def _day_unless_zoned(shown: Instant) -> Instant:
    """People know their own clock, so what is written for them mostly tells no zone; the day is right all the same."""
    if shown.precision is Precision.DAY or not shown.assumed_zone:
        return shown
    first = shown.at.replace(hour=0, minute=0, second=0, microsecond=0)
    return replace(shown, at=first, precision=Precision.DAY)


def _read_all(stated: Iterable[tuple[str, str]]) -> Iterator[Instant]:
    for source, text in stated:
        if (instant := read_instant(text, source)) is not None:
            yield instant


def _date_in(url: str) -> str:
    """The day that stands in the path of many articles."""
    found = _IN_PATH.search(url)
    return f"{found.group(1)}-{int(found.group(2)):02d}-{int(found.group(3)):02d}" if found else ""


def _is_possible(at: datetime, now: datetime | None) -> bool:
    return at.year >= _FIRST_YEAR and (now is None or at <= now + timedelta(days=1))
