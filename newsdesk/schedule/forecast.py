"""What the last publication instants of a feed let expect. All figures are seconds.

Ages are seconds before now, oldest first. The newest 50 instants are minutes of a news wire and a year of a weekly, so
two readings stand side by side: the plain rate, and the same time of day on the days before (the hour of the week).
"""

from collections.abc import Sequence
from datetime import datetime

from newsdesk.schedule.records import DAY, HOUR, WEEK

LATEST = 1.10  # spreading puts a poll off by a tenth at most: what must not be missed is planned for earlier

_RECENT = 10  # instants that tell the present rate, where it is higher than that of the whole memory
_SEASON = 2 / 3
_LONGEST_SEASON = 28  # days
_SAME_WEEKDAY = 18.0  # an hour of the week weighs three times as much as that hour of the six other days together
_ENOUGH = 10  # instants below which a memory of hours tells nothing of the hours that it does not hold
_BURST = HOUR / 3  # a third of a window in less: the whole of it rolls over within an hour
_BEFORE_BURST = HOUR / 2
_FORGETTING = 50  # a busy stretch of unknown hour is expected back within the time since, divided by this


def ages_of(arrivals: Sequence[datetime], now: datetime) -> list[float]:
    """Seconds from each instant to now, oldest first; instants to come are left out."""
    return [(now - instant).total_seconds() for instant in arrivals if instant <= now]


def rate_of(ages: Sequence[float]) -> float:
    """Entries a second: over the whole memory or over its newest part, whichever is higher. Silence counts."""
    return max((held - 1) / max(ages[-held], 1.0) for held in (len(ages), min(len(ages), _RECENT))) if ages else 0.0


class Outlook:
    """When entries are expected: a third by the plain rate, two thirds by the time of day of those before."""

    def __init__(self, ages: Sequence[float]) -> None:
        self.rate = rate_of(ages)
        self._returns = _returns(ages)

    def seconds_until(self, entries: float) -> float:
        """When so many entries may be expected to have come; may be infinite."""
        slope, come = self.rate * (1 - _SEASON), 0.0
        for phase, weight in self._returns:
            if slope * phase + come >= entries:
                break
            come += weight * _SEASON
            if slope * phase + come >= entries:
                return phase
        return (entries - come) / slope if slope else float("inf")


def _returns(ages: Sequence[float]) -> list[tuple[float, float]]:
    """Each instant of the past weeks as if it came again at its time of day: seconds from now, and its weight."""
    if not ages:
        return []
    days = min(int(ages[0] // DAY) + 1, _LONGEST_SEASON)
    weeks = days // 7
    other = 1 / (days - weeks + weeks * _SAME_WEEKDAY)
    same = other * _SAME_WEEKDAY
    phases = ((age, int(age // DAY) + 1) for age in ages)
    return sorted((day * DAY - age, other if day % 7 else same) for age, day in phases if day <= days)


def seconds_to_fill(ages: Sequence[float], window: int, *, shortest: int) -> float:
    """How soon a third of a window of so many entries may be new, judged by the worst of three readings.

    The newest entries took so long, the silence since then counted: a third of a window, a whole one, all. At this time
    of day it took so long on the busiest of the last eight days. And where the memory does not reach back a day, the
    busiest stretch of it may come back at any hour: there half a window is allowed for. `shortest` is the shortest
    interval there may be.
    """
    if not ages:
        return float("inf")
    third = max(window // 3, 1)
    found = min(ages[-held] * third / held for held in {min(many, len(ages)) for many in (third, window, len(ages))})
    if third <= len(ages):
        found = min(found, _as_on_days_before(ages, third))
    if ages[0] - ages[-1] < DAY and len(ages) >= _ENOUGH:
        found = min(found, _busiest_stretch(ages, max(window // 2, 1), shortest))
    return found


def _as_on_days_before(ages: Sequence[float], entries: int) -> float:
    """So many came until then; where they came in a burst, its beginning counts, since no day's is quite another's.

    A memory that begins amid a burst does not tell its beginning: it is put before the first instant.
    """
    found = float("inf")
    start = next((place for place, age in enumerate(ages) if age < WEEK + DAY), len(ages))
    if start == 0 and entries > 1 and ages[0] - ages[entries - 1] < _BURST:
        found = max(DAY - ages[0] % DAY - _BEFORE_BURST, 0.0)
    for first, last in zip(ages[start:], ages[start + entries - 1 :], strict=False):
        if first // DAY == last // DAY:
            found = min(found, DAY - (first if first - last < _BURST else last) % DAY)
    return found


def _busiest_stretch(ages: Sequence[float], entries: int, shortest: int) -> float:
    """What came faster than the shortest interval was put in at once, and no polling divides it."""
    held = min(entries, len(ages) - 1)
    stretches = [first - last for first, last in zip(ages, ages[held:], strict=False) if first - last >= shortest]
    if not stretches:
        return float("inf")
    return max(min(stretches) * entries / held, ages[-1] / _FORGETTING)


def rate_in_words(rate: float) -> str:
    """A rate for people: `about 12 new an hour`, `about 1 new in 9 days`."""
    for name, seconds in (("an hour", HOUR), ("a day", DAY), ("a week", WEEK)):
        if rate * seconds >= 0.95:  # noqa: PLR2004 - what is rounded to 1
            return f"about {rate * seconds:.0f} new {name}"
    return f"about 1 new in {1 / rate / DAY:.0f} days" if rate else "nothing known of its rate"
