"""When feeds are asked: behaviours 15, 17 to 19 and 21, as far as they are pure. Time is a number."""

import random
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from newsdesk.errors import FetchError
from newsdesk.fetch.failures import status_failure
from newsdesk.model import Reason
from newsdesk.schedule import (
    DAY,
    Gone,
    Move,
    PollLimits,
    Rhythm,
    Success,
    as_asked,
    gone_again,
    interval_after_failure,
    interval_after_success,
    is_lasting,
    is_retired,
    moved_again,
    server_floor,
    spread,
)

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
LIMITS = PollLimits(minimum=300, default=900, maximum=DAY)
MINUTE, HOUR = 60.0, 3600.0


def after_304(headers: dict[str, str], *, now: datetime = START) -> int:
    """Seconds to the next poll of an hourly feed that was not modified."""
    hourly = tuple(now - timedelta(minutes=70 * number) for number in reversed(range(20)))
    success = Success(now=now, arrivals=hourly, window=20, floor=server_floor(headers, None, now))
    return interval_after_success(Rhythm(interval=900, fixed=None, failures=9), LIMITS, success).seconds


def test_behaviour_15_a_304_is_a_success_and_its_headers_replace_those_before() -> None:
    """A 304 counts as success whatever failed before, and its headers hold until the next answer."""
    assert (
        after_304({})
        < 2 * HOUR
        < interval_after_failure(
            Rhythm(interval=900, fixed=None, failures=9), LIMITS, reason=Reason.TIMEOUT, failing_since=None, now=START
        ).seconds
    )
    asked = after_304({"cache-control": "max-age=7200"})
    assert (asked, after_304({"cache-control": "max-age=60"})) == (7200, after_304({}))


@pytest.mark.parametrize(
    ("headers", "delay"),
    [
        ({"cache-control": "max-age=20000"}, 20_000),
        ({"expires": "Mon, 02 Mar 2026 06:00:00 GMT"}, 6 * HOUR),
        ({"expires": "Sun, 01 Mar 2026 00:00:00 GMT"}, None),
        ({"cache-control": "max-age=-1"}, None),
        ({"cache-control": "max-age=315360000"}, DAY),
        ({"expires": "Thu, 01 Mar 2036 00:00:00 GMT"}, DAY),
        ({"cache-control": "no-cache, max-age=20000"}, None),
    ],
)
def test_behaviour_17_max_age_and_expires_of_a_304_delay_within_a_day(
    headers: dict[str, str], delay: float | None
) -> None:
    """What a 304 asks for delays the next poll; the past, negative figures and no-cache do not, ten years are a day."""
    assert after_304(headers) == (after_304({}) if delay is None else delay)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wait", [1, 5400, 3 * DAY, 30 * DAY])
@pytest.mark.parametrize("as_date", [False, True])
def test_behaviour_18_no_request_comes_before_retry_after(status: int, wait: int, *, as_date: bool) -> None:
    """Retry-After holds as seconds and as date, on 429 and on 503, for a week at most."""
    until = f"{START + timedelta(seconds=wait):%a, %d %b %Y %H:%M:%S GMT}"
    failure = status_failure("feed", status, {"retry-after": until if as_date else str(wait)}, START)
    week = timedelta(days=7)
    at = next_try(failure, failures=0)
    assert at >= START + min(timedelta(seconds=wait), week)
    assert at == START + max(at_will(failure), min(timedelta(seconds=wait), week))


def next_try(failure: FetchError, *, failures: int) -> datetime:
    return as_asked(START + at_will(failure, failures=failures), failure.retry_at, START)


def at_will(failure: FetchError, *, failures: int = 0) -> timedelta:
    rhythm = Rhythm(interval=900, fixed=None, failures=failures)
    reason = Reason(failure.reason)
    pause = interval_after_failure(rhythm, LIMITS, reason=reason, failing_since=START, now=START)
    return spread(pause.seconds, 0.5)


def failing(reason: Reason, *, days: float, chance: random.Random) -> Iterator[datetime]:
    """When a feed is asked that only fails."""
    now, failures = START, 0
    while now < START + timedelta(days=days):
        yield now
        pause = interval_after_failure(
            Rhythm(interval=900, fixed=None, failures=failures), LIMITS, reason=reason, failing_since=START, now=now
        )
        now, failures = now + spread(pause.seconds, chance.random()), failures + 1


@pytest.mark.parametrize("reason", [Reason.TIMEOUT, Reason.NOT_FOUND, Reason.NOT_A_FEED, Reason.SERVER_ERROR])
def test_behaviour_19_back_off_doubles_to_a_day_and_no_feed_dies(reason: Reason) -> None:
    """Each failure doubles the pause, with jitter, to a day; after 90 days it is a week, and it never ends."""
    asked = list(failing(reason, days=365, chance=random.Random(1)))
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(asked)]
    for number, pause in enumerate(pauses[:8]):
        assert 0.95 * 300 * 2**number <= pause <= 1.1 * 300 * 2**number
    assert len({round(pause / 300 / 2**number, 3) for number, pause in enumerate(pauses[:8])}) > 1
    assert all(0.95 * DAY <= pause <= 1.1 * DAY for pause in pauses[9:80])
    assert all(0.95 * 7 * DAY <= pause <= 7.7 * DAY for pause in pauses[-20:])
    assert max(asked) > START + timedelta(days=350)


def test_behaviour_19_a_success_resets_the_back_off() -> None:
    """After one success the pause of the next failure is the first one again."""
    first = at_will(status_failure("feed", 500, {}, START), failures=0)
    assert at_will(status_failure("feed", 500, {}, START), failures=6) == 64 * first
    assert after_304({}) < 3 * HOUR  # a success with nine failures behind it


def test_behaviour_19_a_feed_is_retired_at_the_third_410_after_a_day_and_not_before() -> None:
    """410 retires a feed at its third sighting over a day or more; a success between begins anew."""
    gone, asked = Gone(), list(failing(Reason.GONE, days=3, chance=random.Random(1)))
    retired = [is_retired(gone := gone_again(gone, now), now) for now in asked[:3]]
    assert retired == [False, False, True]
    assert asked[2] - asked[0] >= timedelta(days=1)
    hurried = gone_again(gone_again(gone_again(Gone(), START), START), START)
    assert not is_retired(hurried, START + timedelta(hours=23))


MOVED = "https://press.example/feed"


@pytest.mark.parametrize(
    ("statuses", "overlap", "days", "lasts"),
    [
        ([301], 0.9, 8, True),
        ([308, 301], 0.9, 8, True),
        ([301], 0.9, 6, False),
        ([302], 0.9, 30, False),
        ([303], 0.9, 30, False),
        ([307], 0.9, 30, False),
        ([301, 302], 0.9, 30, False),
        ([301], None, 30, False),  # the target is HTML
        ([301], 0.0, 30, False),  # another feed
        ([], 0.9, 30, False),
    ],
)
def test_behaviour_19_only_a_permanent_redirect_to_the_same_feed_is_followed_for_good(
    statuses: list[int], overlap: float | None, days: int, *, lasts: bool
) -> None:
    """A feed has moved if 301 or 308 alone led to a feed with its entries five times over seven days."""
    move = Move()
    for day in range(days):
        hops = [(status, "http://press.example/feed") for status in statuses]
        move = moved_again(move, hops, MOVED, START + timedelta(days=day), overlap=overlap)
    assert is_lasting(move, START + timedelta(days=days - 1)) == lasts
    if lasts:
        html = moved_again(move, [(301, "http://press.example/feed")], MOVED, START, overlap=None)
        assert not is_lasting(html, START + timedelta(days=99))


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What came of following a feed for some days."""

    polls_a_day: float
    missed: int
    delays: list[float]  # seconds from publication to the poll that found it


def follow(times: Sequence[float], *, window: int, days: int, chance: random.Random) -> Followed:
    """Follow a feed that publishes at `times` (seconds from START; those before it are there at first sight)."""
    at, polls, missed, delays = 0.0, 0, 0, list[float]()
    known, interval, arrivals = max(bisect_right(times, 0.0) - window, 0), None, list[datetime]()
    while at < days * DAY:
        published, is_first = bisect_right(times, at), interval is None
        found = range(max(known, published - window), published)
        missed += found.start - known
        delays += [at - times[number] for number in found if times[number] > 0]
        arrivals = [*arrivals, *(START + timedelta(seconds=times[number]) for number in found)][-50:]
        success = Success(
            now=START + timedelta(seconds=at),
            arrivals=tuple(arrivals),
            new=len(found),
            seen=min(window, published) if found else 0,
            window=window,
            overlap=1 - len(found) / window if found and not is_first else None,
            is_first=is_first,
        )
        interval = interval_after_success(Rhythm(interval=interval, fixed=None, failures=0), LIMITS, success).seconds
        at, polls, known = at + spread(interval, chance.random()).total_seconds(), polls + 1, published
    return Followed(polls_a_day=polls / days, missed=missed, delays=delays)


def wire(chance: random.Random) -> Iterator[float]:
    return (minute * MINUTE + chance.uniform(-30, 30) for minute in range(-1000, 10 * 1440))


def busy_by_day(chance: random.Random) -> Iterator[float]:
    """One a minute from eight to eighteen, nothing by night: what is remembered does not reach back a day."""
    for day in range(-3, 14):
        yield from (day * DAY + 8 * HOUR + chance.uniform(0, 10 * HOUR) for _ in range(600))


def daily(chance: random.Random) -> Iterator[float]:
    return (day * DAY + 6 * HOUR + chance.gauss(0, 15 * MINUTE) for day in range(-20, 30))


def once_a_day_at_any_time(chance: random.Random) -> Iterator[float]:
    return (day * DAY + chance.uniform(0, DAY) for day in range(-20, 30))


def nine_o_clock(chance: random.Random) -> Iterator[float]:
    """Thirty entries within half an hour of nine in Delhi, on workdays."""
    for day in range(-20, 28):
        if (START + timedelta(days=day)).weekday() < 5:
            begin = day * DAY + 3.5 * HOUR + chance.uniform(-5, 5) * MINUTE
            yield from (begin + chance.uniform(0, 30) * MINUTE for _ in range(30))


def test_behaviour_21_a_feed_of_one_a_minute_loses_nothing_from_a_window_of_twenty() -> None:
    """A window that rolls over in twenty minutes is asked often enough that no entry is missed."""
    chance = random.Random(21)
    found = follow(sorted(wire(chance)), window=20, days=10, chance=chance)
    assert found.missed == 0
    assert found.polls_a_day < 288  # and no oftener than each five minutes


def test_behaviour_21_a_feed_that_is_silent_by_night_loses_nothing_in_the_morning() -> None:
    """However long a fast feed is silent, it is asked before the window that it once filled can roll over."""
    chance = random.Random(21)
    found = follow(sorted(busy_by_day(chance)), window=20, days=14, chance=chance)
    assert found.missed == 0
    assert found.polls_a_day < 240


@pytest.mark.parametrize("publish", [daily, once_a_day_at_any_time])
def test_behaviour_21_a_feed_of_one_a_day_is_asked_four_times_a_day_at_most(
    publish: Callable[[random.Random], Iterator[float]],
) -> None:
    """A slow feed is left in peace, and yet no story of it is found more than nine hours late."""
    chance = random.Random(21)
    found = follow(sorted(publish(chance)), window=15, days=28, chance=chance)
    assert found.polls_a_day <= 4
    assert found.missed == 0
    assert max(found.delays) <= 9 * HOUR


def test_behaviour_21_bursts_at_nine_are_caught_and_foreseen() -> None:
    """A busy hour that is known is not slept through: nothing of a burst is missed, and half is found in 10 minutes."""
    chance = random.Random(21)
    found = follow(sorted(nine_o_clock(chance)), window=20, days=28, chance=chance)
    assert found.missed == 0
    assert sorted(found.delays)[len(found.delays) // 2] <= 10 * MINUTE
    assert found.polls_a_day < 60
