"""How often a healthy feed is called silent, and how long it takes to find one that is dead.

    python bench/feed_silence.py [--feeds 20] [--days 400] [--seed 1]

Feeds of known rhythm are made by chance, and every quiet of theirs is judged as the product would: by the 50 newest
arrivals of the last document, or by five weeks of arrivals where those 50 reach back for less than three weeks. Kinds
that rest at weekends also rest on 15 public holidays a year. Columns:

    alarms    times that a healthy feed was called silent, per feed and year; the first eight weeks are not counted
    found     days from the death of a feed (at any hour) until it is called silent: median, and 95 of 100
    learning  share of feeds whose rhythm is not known after eight weeks
"""

import argparse
import random
import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from newsdesk.feed_health import REMEMBERED, judge_silence, needs_more

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)
LEARNING = 56 * DAY
WINDOW = 50
HOLIDAYS = 15
DEATHS = 25  # of each feed

Maker = Callable[[random.Random, int], Iterator[datetime]]


def at_any_time(a_day: float) -> Maker:
    """Independent of each other (a Poisson process)."""

    def make(chance: random.Random, days: int) -> Iterator[datetime]:
        at = BEGIN
        while (at := at + chance.expovariate(a_day) * DAY) < BEGIN + days * DAY:
            yield at

    return make


def at_work(a_day: float, *, begins: float, ends: float) -> Maker:
    """In office hours (UTC) of weekdays."""

    def make(chance: random.Random, days: int) -> Iterator[datetime]:
        holidays = set(chance.sample(range(days), HOLIDAYS * days // 365))
        for day in range(days):
            if (BEGIN + day * DAY).weekday() < 5 and day not in holidays:
                for _ in range(poisson(chance, a_day)):
                    yield BEGIN + day * DAY + chance.uniform(begins, ends) * DAY / 24

    return make


def by_day_and_night(a_day: float) -> Maker:
    """Every day, with a tenth of the rate at night, and half of it at weekends."""

    def make(chance: random.Random, days: int) -> Iterator[datetime]:
        for at in at_any_time(a_day * 1.6)(chance, days):
            rate = (1.0 if 2 <= at.hour < 17 else 0.1) * (1.0 if at.weekday() < 5 else 0.5)
            if chance.random() < rate:
                yield at

    return make


def regular(every: float, *, missed: float = 0.0, weekdays: bool = False) -> Maker:
    """Every so many days at nine, a quarter of an hour sooner or later; some fail to come."""

    def make(chance: random.Random, days: int) -> Iterator[datetime]:
        for number in range(int(days / every)):
            at = BEGIN + (number * every + 9 / 24) * DAY + chance.uniform(-15, 15) * timedelta(minutes=1)
            if chance.random() >= missed and not (weekdays and at.weekday() > 4):
                yield at

    return make


def in_bursts(size: float, every: float) -> Maker:
    """Many at once, at any time: a magazine, a court, a ministry."""

    def make(chance: random.Random, days: int) -> Iterator[datetime]:
        for at in at_any_time(1 / every)(chance, days):
            for _ in range(1 + poisson(chance, size)):
                yield at + chance.uniform(0, 20) * timedelta(minutes=1)

    return make


def heavy_tailed(a_day: float, index: float) -> Maker:
    """Gaps by Pareto's law: long ones are far commoner than among exponential ones."""

    def make(chance: random.Random, days: int) -> Iterator[datetime]:
        at, least = BEGIN, (index - 1) / index / a_day
        while (at := at + least * chance.paretovariate(index) * DAY) < BEGIN + days * DAY:
            yield at

    return make


def poisson(chance: random.Random, mean: float) -> int:
    """A number by Poisson's law."""
    count, at = 0, chance.expovariate(1.0)
    while at < mean:
        count, at = count + 1, at + chance.expovariate(1.0)
    return count


KINDS: dict[str, Maker] = {
    "200 a day, day and night": by_day_and_night(200),
    "20 a day, at any time": at_any_time(20),
    "20 a day, day and night": by_day_and_night(20),
    "20 a weekday, office in India": at_work(20, begins=4, ends=13),
    "20 a weekday, office in California": at_work(20, begins=17, ends=26),
    "5 a weekday, office in India": at_work(5, begins=4, ends=13),
    "one a weekday": regular(1, weekdays=True),
    "one a day": regular(1),
    "one a day, one in ten missed": regular(1, missed=0.1),
    "one a day, at any time": at_any_time(1),
    "one a week, one in ten missed": regular(7, missed=0.1),
    "30 at once, every other day": in_bursts(30, 2),
    "gaps by Pareto 2.5, 5 a day": heavy_tailed(5, 2.5),
    "gaps by Pareto 1.5, 5 a day": heavy_tailed(5, 1.5),
}


def judged_until(arrivals: Sequence[datetime], newest: int) -> tuple[datetime, bool]:
    """When the quiet after that arrival is no longer believable, judged as the product does; and if it is learning."""
    begins = max(0, newest + 1 - WINDOW)
    known = [instant.timestamp() for instant in arrivals[begins : newest + 1]]
    before: set[int] = set()
    if needs_more(known, arrivals[newest] + 2 * DAY):
        past = arrivals[bisect_left(arrivals, arrivals[begins] - REMEMBERED) : begins]
        before = {int(instant.timestamp() // 3600) for instant in past}
    silence = judge_silence(known, before=before, watched_since=BEGIN)
    return silence.until, silence.is_learning


def tried(arrivals: Sequence[datetime], chance: random.Random, days: int) -> tuple[int, list[float], bool]:
    """False alarms, days until deaths were found, and whether the rhythm was unknown after the time of learning."""
    start = bisect_right(arrivals, BEGIN + LEARNING)
    alarms = 0
    for place in range(max(1, start), len(arrivals)):
        if arrivals[place] - arrivals[place - 1] > DAY:
            alarms += judged_until(arrivals, place - 1)[0] < arrivals[place]
    found = []
    for _ in range(DEATHS):
        death = BEGIN + chance.uniform(LEARNING / DAY, days) * DAY
        until, _ = judged_until(arrivals, max(0, bisect_right(arrivals, death) - 1))
        found.append(max(0.0, (until - death) / DAY))
    return alarms, found, start < 1 or judged_until(arrivals, start - 1)[1]


def main() -> None:
    """Try every kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=20, help="of each kind")
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    print(f"{'kind':36}{'alarms':>8}{'found':>8}{'95 %':>8}{'learning':>10}")
    for name, make in KINDS.items():
        chance = random.Random(f"{wanted.seed} {name}")
        feeds = [tried(sorted(make(chance, wanted.days)), chance, wanted.days) for _ in range(wanted.feeds)]
        years = wanted.feeds * (wanted.days - LEARNING / DAY) / 365
        times = [days for _, found, _ in feeds for days in found]
        alarms, learning = sum(feed[0] for feed in feeds) / years, sum(feed[2] for feed in feeds) / len(feeds)
        late = statistics.quantiles(times, n=20)[-1]
        print(f"{name:36}{alarms:8.2f}{statistics.median(times):8.1f}{late:8.1f}{learning:10.0%}")


if __name__ == "__main__":
    main()
