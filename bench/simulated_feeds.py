"""A thousand made-up feeds whose truth is known: what they publish and when, and what their servers do.

Seconds count from the start of the simulation; entries of the 60 days before it fill the first documents.
"""

import random
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
HOUR = 3600.0
DAY = 86_400.0
_BEFORE = 60 * DAY
SHARED_DOMAIN = "shared.example"


class Kind(StrEnum):
    """What a feed publishes."""

    WIRE = "wire"  # one a minute, day and night
    AGENCY = "agency"  # ten an hour by day, one or two by night
    BURST = "burst"  # two dozen and more at nine on workdays
    SHARED = "shared"  # two a day; 300 feeds on one domain
    DAILY = "daily"  # one each morning
    BLOG = "blog"  # three a week, at any time
    WEEKLY = "weekly"


MANY = {
    Kind.WIRE: 10,
    Kind.AGENCY: 60,
    Kind.BURST: 60,
    Kind.SHARED: 300,
    Kind.DAILY: 250,
    Kind.BLOG: 120,
    Kind.WEEKLY: 200,
}
_WINDOWS = {
    Kind.WIRE: (20, 20),
    Kind.AGENCY: (25, 50),
    Kind.BURST: (20, 30),
    Kind.SHARED: (15, 30),
    Kind.DAILY: (10, 30),
    Kind.BLOG: (10, 15),
    Kind.WEEKLY: (10, 15),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """The server answers with `status` for a while; `waits`: it says how long, by Retry-After."""

    begin: float
    end: float
    status: int
    waits: bool = False
    as_date: bool = False
    target: str = ""  # of a redirect
    is_feed: bool = True  # what stands at the target


@dataclass(slots=True, kw_only=True)
class SimulatedFeed:
    """The truth about one feed. `times` are publication instants, ascending; an entry's number is its place there."""

    name: str
    kind: Kind
    domain: str
    window: int
    times: list[float]
    headers: Mapping[str, str] = field(default_factory=dict)
    ttl: int | None = None
    has_validators: bool = True
    episodes: list[Episode] = field(default_factory=list)
    migrated_at: float | None = None  # from then on every entry has another guid

    def published(self, at: float) -> int:
        """How many entries have been published; the document holds the last `window` of them."""
        return bisect_right(self.times, at)

    def episode(self, at: float) -> Episode | None:
        """What is wrong with the server at that time."""
        for episode in self.episodes:
            if episode.begin <= at < episode.end:
                return episode
        return None


def refusal_headers(episode: Episode, at: float) -> dict[str, str]:
    """What the server sends along with an error."""
    if not episode.waits:
        return {}
    wait = int(min(episode.end - at, 2 * HOUR)) + 1
    until = format_datetime(instant(at + wait), usegmt=True)
    return {"retry-after": until if episode.as_date else str(wait), "date": format_datetime(instant(at), usegmt=True)}


def instant(seconds: float) -> datetime:
    """A time of the simulation as a datetime."""
    return START + timedelta(seconds=seconds)


def make_feeds(seed: int, days: int, share: float) -> list[SimulatedFeed]:
    """The feeds of one world; `share` makes it smaller."""
    chance = random.Random(seed)
    feeds = []
    for kind, many in MANY.items():
        for number in range(max(1, round(many * share))):
            feeds.append(_make(chance, kind, number, days * DAY))  # noqa: PERF401 - the order of drawing is the seed's
    _move_some(chance, feeds, days * DAY)
    return feeds


def _make(chance: random.Random, kind: Kind, number: int, end: float) -> SimulatedFeed:
    name = f"{kind}-{number}"
    feed = SimulatedFeed(
        name=name,
        kind=kind,
        domain=SHARED_DOMAIN if kind is Kind.SHARED else f"{name}.example",
        window=chance.randint(*_WINDOWS[kind]),
        times=sorted(_times(chance, kind, end)),
        has_validators=chance.random() > 0.1,
    )
    feed.headers, feed.ttl = _manners(chance, kind)
    feed.episodes = sorted(_outages(chance, end), key=lambda episode: episode.begin)
    if chance.random() < 0.02:
        feed.migrated_at = chance.uniform(0.1, 0.9) * end
    return feed


def _manners(chance: random.Random, kind: Kind) -> tuple[dict[str, str], int | None]:
    """What the server asks for. A wire that asks for an hour would lose most of its entries by its own wish."""
    longest = 300 if kind in (Kind.WIRE, Kind.AGENCY, Kind.BURST) else 3600
    drawn = chance.random()
    if drawn < 0.15:
        return {"cache-control": f"max-age={chance.choice([60, 120, 300, longest])}"}, None
    if drawn < 0.20:
        return {"cache-control": chance.choice(["max-age=-1", "no-cache, max-age=600", "private"])}, None
    if drawn < 0.23:
        return {"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None
    if drawn < 0.25 and longest == 3600:
        return {"cache-control": "max-age=315360000"}, None
    return {}, chance.choice([longest, longest // 2]) if drawn > 0.92 else None


def _outages(chance: random.Random, end: float) -> Iterator[Episode]:
    for odds, shortest, longest in ((0.3, 0.2 * HOUR, 3 * HOUR), (0.05, 6 * HOUR, 2 * DAY)):
        if chance.random() < odds:
            begin = chance.uniform(0.05, 0.9) * end
            status = chance.choice([500, 502, 404, 503, 503, 429, 429])
            waits = status in (503, 429) and chance.random() < 0.7
            yield Episode(
                begin=begin,
                end=begin + chance.uniform(shortest, longest),
                status=status,
                waits=waits,
                as_date=chance.random() < 0.5,
            )


def _move_some(chance: random.Random, feeds: list[SimulatedFeed], end: float) -> None:
    """Moves for good, for a while and to a page; 410 for good and for half a day."""
    slow = [feed for feed in feeds if feed.kind not in (Kind.WIRE, Kind.AGENCY)]
    chosen = iter(chance.sample(slow, min(len(slow), 58)))
    plans = (
        (20, 301, "moved.example", True, end),
        (10, 302, "elsewhere.example", True, end),
        (5, 301, "login.example", False, 2 * DAY),
        (5, 301, "holiday.example", True, 3 * DAY),
        (10, 410, "", True, end),
        (8, 410, "", True, 0.5 * DAY),
    )
    for many, status, target, is_feed, lasts in plans:
        for _, feed in zip(range(many), chosen, strict=False):
            begin = chance.uniform(0.1, 0.5) * end
            feed.episodes = [
                Episode(begin=begin, end=begin + lasts, status=status, target=target, is_feed=is_feed),
                *(episode for episode in feed.episodes if episode.end < begin),
            ]


def _times(chance: random.Random, kind: Kind, end: float) -> Iterator[float]:
    match kind:
        case Kind.WIRE:
            yield from _steady(chance, 60.0, -DAY, end)
        case Kind.AGENCY:
            yield from _by_day_and_night(chance, end)
        case Kind.BURST:
            yield from _bursts(chance, end)
        case Kind.SHARED:
            yield from _steady(chance, DAY / 2, -_BEFORE, end)
        case Kind.DAILY:
            yield from _each(chance, DAY, 15 * 60.0, end)
        case Kind.BLOG:
            yield from _steady(chance, 7 * DAY / 3, -_BEFORE, end)
        case Kind.WEEKLY:
            yield from _each(chance, 7 * DAY, HOUR, end)


def _steady(chance: random.Random, gap: float, begin: float, end: float) -> Iterator[float]:
    """By chance, `gap` apart on average."""
    at = begin
    while (at := at + chance.expovariate(1 / gap)) < end:
        yield at


def _each(chance: random.Random, period: float, off: float, end: float) -> Iterator[float]:
    at = chance.uniform(0, period) - _BEFORE
    while at < end:
        yield at + chance.gauss(0, off)
        at += period


def _by_day_and_night(chance: random.Random, end: float) -> Iterator[float]:
    morning = chance.choice([0.0, 2.5, 5.0, 8.0, 13.0]) * HOUR
    busiest = chance.uniform(6, 14)
    for at in _steady(chance, HOUR / busiest, -10 * DAY, end):
        if (at - morning) % DAY < 15 * HOUR or chance.random() < 0.12:
            yield at


def _bursts(chance: random.Random, end: float) -> Iterator[float]:
    """At nine in the morning of its zone, on workdays; a few more at any time."""
    nine = (9 - chance.choice([0.0, 1.0, 5.5, -5.0, 8.0])) % 24 * HOUR
    many, lasts = chance.randint(24, 40), chance.uniform(20, 40) * 60
    day = -_BEFORE // DAY
    while day * DAY < end:
        if instant(day * DAY).weekday() < 5:
            begin = day * DAY + nine + chance.uniform(-5, 5) * 60
            yield from (begin + chance.random() * lasts for _ in range(many))
        day += 1
    yield from _steady(chance, DAY / 2, -_BEFORE, end)
