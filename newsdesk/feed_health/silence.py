"""When a feed has been quiet for longer than its own rhythm makes believable.

News does not arrive evenly: nights, weekends and single busy hours come again every week. So time is not counted in
hours but in the entries that the feed's own week lets one expect: the rate of each weekday, times the share of each
hour of the day (a product model; an hour in which something arrived counts once, however much it brought). In that
measure a weekend of a feed that rests at weekends is next to nothing.

A quiet is then compared with the longest one among the last n. If such gaps are exponential, whatever their rate, the
next one is longer than c times the longest of n with the probability 1/(1+c) · 2/(2+c) · … · n/(n+c): the largest of
them is a sum of n independent parts (Rényi 1953), and the Laplace transform of each part is i/(i+c). So c is chosen
for every feed such that a healthy feed would be called silent once in ten years. Few gaps ask for a large c by
themselves. A public holiday is no fault: at least one and a quarter of the feed's days must have passed, too.
`bench/feed_silence.py` tries all this on feeds that are not exponential at all.
"""

import math
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise

REMEMBERED = timedelta(days=35)  # five weeks: each hour of the week was seen some times
SHORTEST = timedelta(days=1)  # a quiet that is shorter is never silence
LEARNING_DAYS = 30  # of quiet, before a feed of unknown rhythm is called silent
FEWEST_GAPS = 10  # that make a rhythm

_HOUR = 3600  # seconds
_DAY, _WEEK, _YEAR = 24, 168, 8766  # hours
_ENOUGH = 21 * _DAY * _HOUR  # seconds: each day of the week three times
_FALSE_ALARMS = 0.1  # a year, of a healthy feed with exponential gaps
_HOLIDAY = 1.25  # days' worth of entries that may be missing without anything being wrong
_WIDEST = 1000.0  # factor on the longest gap
_PRIOR_HOURS = 6  # at the mean rate, added to what was seen of a weekday
_PRIOR_EVENTS = 6  # spread over the day, added to what was seen of its hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What is known of a feed's quiet."""

    since: datetime | None  # the newest arrival; None: there never was one
    until: datetime  # from then on a quiet that goes on is no longer believable
    longest: timedelta | None  # of its gaps before
    a_day: float | None  # entries a day, lately; None: unknown
    is_learning: bool  # there are too few arrivals, or not all weekdays were seen yet


def needs_more(arrivals: Sequence[float], now: datetime) -> bool:
    """Whether arrivals of longer ago should be looked up before the feed is judged: three weeks tell a weekly rhythm.

    A quiet that is not worth judging needs none.
    """
    return bool(arrivals) and is_quiet(arrivals, now) and arrivals[-1] - arrivals[0] < _ENOUGH


def is_quiet(arrivals: Sequence[float], now: datetime) -> bool:
    """Whether the newest arrival, if any, is so long ago that it is worth judging: a day, and half its longest gap."""
    quiet = now.timestamp() - arrivals[-1] if arrivals else math.inf
    return quiet >= SHORTEST.total_seconds() and quiet * 2 >= max(_gaps(arrivals), default=0.0)


def _gaps(arrivals: Sequence[float]) -> Iterator[float]:
    return (after - earlier for earlier, after in pairwise(arrivals))


def knows_rhythm(arrivals: Sequence[float]) -> bool:
    """Whether these are enough to judge a quiet by: below that only a month of it is silence."""
    return len({int(at // _HOUR) for at in arrivals}) > FEWEST_GAPS


def rate_a_day(arrivals: Sequence[float]) -> float:
    """Entries a day."""
    return len(arrivals) / max(1.0, (arrivals[-1] - arrivals[0]) / _DAY / _HOUR) if arrivals else 0.0


def judge_silence(
    arrivals: Sequence[float],
    *,
    before: Collection[int] = (),
    watched_since: datetime,
    heard_at: datetime | None = None,
) -> Silence:
    """Until when the quiet after `arrivals` is believable: publication instants, seconds since 1970, ascending.

    `before`: the hours since 1970 in which older entries arrived. `watched_since`: when the feed was first read.
    `heard_at`: when something new was last found in it, if that is later than its date says: feeds that publish with a
    delay are judged from then on.
    """
    newest = datetime.fromtimestamp(arrivals[-1], UTC) if arrivals else None
    since = max((at for at in (newest, heard_at) if at is not None), default=None)
    if since is None:
        until = watched_since + timedelta(days=LEARNING_DAYS)
        return Silence(since=None, until=until, longest=None, a_day=None, is_learning=True)
    hours = sorted({*before, *(int(at // _HOUR) for at in arrivals)})
    seconds = max(_gaps(arrivals), default=None)
    longest = None if seconds is None else timedelta(seconds=seconds)
    if len(hours) <= FEWEST_GAPS:
        patience = max(timedelta(days=LEARNING_DAYS), 3 * (longest or timedelta(0)))
        return Silence(since=since, until=since + patience, longest=longest, a_day=None, is_learning=True)
    week = _Week(hours)
    soonest = since + max(SHORTEST, (longest or SHORTEST) / 2)  # before that, `is_quiet` has it speak
    reached = week.reached(max(hours[-1], int(since.timestamp() // _HOUR)), _patience(hours, week))
    return Silence(
        since=since,
        until=max(soonest, datetime.fromtimestamp(_HOUR * reached, UTC)),
        longest=longest,
        a_day=rate_a_day(arrivals),
        is_learning=hours[-1] - hours[0] < _WEEK,
    )


def _patience(hours: Sequence[int], week: "_Week") -> float:
    """Expected entries that may fail to come."""
    expected = [week.until(hour) for hour in hours]
    longest = max(_gaps(expected))
    a_year = (len(hours) - 1) / (hours[-1] - hours[0]) * _YEAR
    return max(_HOLIDAY * week.a_day, widening(len(hours) - 1, _FALSE_ALARMS / max(1.0, a_year)) * longest)


def widening(gaps: int, probability: float) -> float:
    """The factor c: the next exponential gap is longer than c times the longest of `gaps` with this probability."""
    wanted = math.log(min(probability, 0.5))
    low, high = 1.0, _WIDEST
    while high - low > 0.01:  # noqa: PLR2004 - exact enough for a limit of a day or more
        c = (low + high) / 2
        log_p = math.lgamma(gaps + 1) + math.lgamma(c + 1) - math.lgamma(gaps + c + 1)
        low, high = (c, high) if log_p > wanted else (low, c)
    return high


class _Week:
    """Entries to expect at each hour of the week, learnt from the hours (since 1970) in which some arrived."""

    def __init__(self, hours: Sequence[int]) -> None:
        first, last = hours[0], hours[-1]
        seen = hours[1:]  # the first begins the time that was watched
        mean = len(seen) / (last - first)
        self._phase = _quietest(seen)  # so that a working day that crosses midnight in UTC is one day
        days = [_rate_of_day(seen, day, (first, last), mean=mean, phase=self._phase) for day in range(7)]
        shares = _shares(seen, self._phase)
        self._before = [0.0, *accumulate(days[hour // _DAY] * shares[hour % _DAY] for hour in range(_WEEK))]
        self.total = self._before[-1]
        self.a_day = _DAY * sum(rate * rate for rate in days) / sum(days)  # of a day on which something comes

    def until(self, hour: int) -> float:
        """Entries to expect from 1970 up to and with this hour: differences are what counts."""
        weeks, place = divmod(hour + 1 - self._phase, _WEEK)
        return weeks * self.total + self._before[place]

    def reached(self, start: int, amount: float) -> float:
        """The hour, with its fraction, by which so many entries were to be expected behind the hour `start`."""
        wanted = self.until(start) + amount
        weeks, rest = divmod(wanted, self.total)
        place = min(bisect_left(self._before, rest), _WEEK)
        step = self._before[place] - self._before[place - 1] if place else 0.0
        part = 1 - (self._before[place] - rest) / step if step else 1.0
        return weeks * _WEEK + max(0, place - 1) + part + self._phase


def _quietest(hours: Sequence[int]) -> int:
    """The hour of the day (UTC) in the middle of the six in which least arrives."""
    counts = [0] * _DAY
    for hour in hours:
        counts[hour % _DAY] += 1
    around = counts[-3:] + counts + counts[:3]
    return min(range(_DAY), key=lambda hour: sum(around[hour : hour + 6]))


def _rate_of_day(hours: Sequence[int], day: int, span: tuple[int, int], *, mean: float, phase: int) -> float:
    """Entries an hour on this day of the week, drawn towards the mean; 0 for a day that was not seen yet."""
    first, last = span
    start = first + 1 + (day * _DAY - (first + 1 - phase)) % _WEEK  # the first such day that begins in the span
    watched = arrived = 0
    for begin in range(start - _WEEK, last + 1, _WEEK):
        low, high = max(begin, first + 1), min(begin + _DAY, last + 1)
        if low < high:
            watched += high - low
            arrived += bisect_left(hours, high) - bisect_left(hours, low)
    return (arrived + mean * _PRIOR_HOURS) / (watched + _PRIOR_HOURS) if watched else 0.0


def _shares(hours: Sequence[int], phase: int) -> list[float]:
    """How much more than the mean arrives at each hour of the day; their mean is 1. Neighbours lend each other half."""
    counts = [0.0] * _DAY
    for hour in hours:
        counts[(hour - phase) % _DAY] += 1
    total = len(hours) + _PRIOR_EVENTS
    smooth = [counts[hour] / 2 + counts[hour - 1] / 4 + counts[(hour + 1) % _DAY] / 4 for hour in range(_DAY)]
    return [(count + _PRIOR_EVENTS / _DAY) / total * _DAY for count in smooth]
