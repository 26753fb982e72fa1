"""How well the pages of a source are read, and whether its present looks like its past.

A publisher who changes the template of a site breaks extraction without any error: texts become short, dates vanish,
every article ends in the same boilerplate. So the latest pages of each source are compared with those before them.
"""

import math
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LATELY = timedelta(days=1)
FEWEST_LATELY = 5  # a source that is slower than that a day is judged by its last five pages
FEWEST_BEFORE = 10  # pages that a past is made of
REMEMBERED = timedelta(days=30)
MOST_REMEMBERED = 200  # pages of a source that are compared

_SURE = 3.0  # standard errors
_HALF, _DOUBLE = 0.5, 2.0
_LEAP = 0.3  # by which a share must have grown
_FEW = 3  # pages: what fewer have in common is chance
_DOUBTFUL = 0.75  # confidence in a text below which the extractors disagree


class Quality(StrEnum):
    """How a source's pages are read."""

    LEARNING = "learning"  # there are too few pages to compare
    OK = "ok"
    DEGRADED = "degraded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What extraction made of one page."""

    at: datetime
    characters: int = 0  # of the text
    is_dated: bool = True  # by the page itself
    opening: str = ""  # the beginning of the text: pages of the same length and opening have the same text
    confidence: float = 1.0  # in the text
    has_mojibake: bool = False  # a wrong charset made some of its characters
    has_missed: bool = False  # a selector of the watchlist's `sites` found nothing
    unreadable: bool = False  # dropped as a wall, an empty page or no article; then nothing else is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Some pages of a source; shares from 0 to 1."""

    pages: int
    characters: float  # median, of those that could be read
    undated: float
    identical: float  # share whose text another page has too
    doubtful: float  # share where the extractors disagree
    garbled: float  # share with characters that a wrong charset made
    missed: float  # share where a selector of the operator found nothing
    unreadable: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceQuality:
    """One source: lately against before, and what has changed for the worse, in words."""

    source: str
    quality: Quality
    lately: Figures
    before: Figures
    findings: tuple[str, ...]


def judge_source(source: str, readings: Sequence[Reading], now: datetime) -> SourceQuality:
    """Judge the pages of a source, given in any order."""
    lately, before = _divided(readings, now)
    known = len(before) >= FEWEST_BEFORE and len(lately) >= FEWEST_LATELY
    old, new = _figures(before), _figures(lately)
    findings = tuple(_findings(lately, before, new=new, old=old)) if known else ()
    quality = Quality.LEARNING if not known else Quality.DEGRADED if findings else Quality.OK
    return SourceQuality(source=source, quality=quality, lately=new, before=old, findings=findings)


def _divided(readings: Sequence[Reading], now: datetime) -> tuple[list[Reading], list[Reading]]:
    ordered = sorted((one for one in readings if now - one.at <= REMEMBERED), key=lambda one: one.at)
    ordered = ordered[-MOST_REMEMBERED:]
    of_the_day = sum(now - one.at <= LATELY for one in ordered)
    # what fills the whole memory in a day has no past: half of it must do
    count = min(max(of_the_day, FEWEST_LATELY), max(FEWEST_LATELY, len(ordered) // 2))
    return ordered[-count:], ordered[:-count]


def _figures(readings: Sequence[Reading]) -> Figures:
    read = [one for one in readings if not one.unreadable]
    texts = Counter((one.characters, one.opening) for one in read)
    return Figures(
        pages=len(readings),
        characters=statistics.median(one.characters for one in read) if read else 0,
        undated=_share(read, lambda one: not one.is_dated),
        identical=_share(read, lambda one: texts[one.characters, one.opening] > 1),
        doubtful=_share(read, lambda one: one.confidence < _DOUBTFUL),
        garbled=_share(read, lambda one: one.has_mojibake),
        missed=_share(read, lambda one: one.has_missed),
        unreadable=_share(readings, lambda one: one.unreadable),
    )


def _share(readings: Sequence[Reading], test: Callable[[Reading], bool]) -> float:
    return sum(map(test, readings)) / len(readings) if readings else 0.0


def _findings(lately: Sequence[Reading], before: Sequence[Reading], *, new: Figures, old: Figures) -> list[str]:
    found = []
    lengths = [[one.characters for one in part if not one.unreadable] for part in (lately, before)]
    ratio = new.characters / old.characters if old.characters else 1.0
    if min(map(len, lengths)) >= _FEW and not _HALF < ratio < _DOUBLE and abs(rank_shift(*lengths)) > _SURE:
        found.append(f"texts of {new.characters:,.0f} characters, {old.characters:,.0f} before")
    for share, past, what in (
        (new.undated, old.undated, "pages without a date"),
        (new.identical, old.identical, "pages with the same text as another"),
        (new.doubtful, old.doubtful, "texts that the extractors do not agree on"),
        (new.garbled, old.garbled, "pages with characters of a wrong charset"),
        (new.missed, old.missed, "pages where a selector of `sites` finds nothing"),
        (new.unreadable, old.unreadable, "pages that cannot be read"),
    ):
        if share - past >= _LEAP and round(share * new.pages) >= _FEW:
            found.append(f"{share:.0%} {what}, {past:.0%} before")
    return found


def rank_shift(some: Sequence[float], others: Sequence[float]) -> float:
    """By how many standard errors `some` rank above `others`; below zero: below them.

    The normal approximation of the Mann-Whitney U test (Mann and Whitney 1947), with the correction for ties. Ranks, as
    lengths of articles are spread so widely that means say nothing.
    """
    ranked = sorted([*some, *others])
    places: dict[float, float] = {}
    ties = 0
    for value, count in Counter(ranked).items():
        first = ranked.index(value)
        places[value] = first + (count + 1) / 2
        ties += count**3 - count
    m, n = len(some), len(others)
    total = m + n
    u = sum(places[value] for value in some) - m * (m + 1) / 2
    variance = m * n / 12 * (total + 1 - ties / (total * (total - 1)))
    return (u - m * n / 2) / math.sqrt(variance) if variance > 0 else 0.0
