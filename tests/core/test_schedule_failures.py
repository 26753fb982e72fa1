"""When to ask again after a failure, a 410, a redirect, a stop of the whole system."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.model import Quarantined, Reason, Retry
from newsdesk.schedule import (
    DAY,
    Gone,
    Move,
    PollLimits,
    Rhythm,
    as_asked,
    gone_again,
    interval_after_failure,
    is_lasting,
    is_refused,
    is_retired,
    moved_again,
    retry_or_give_up,
    spread,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
WEEK = 7 * DAY
LIMITS = PollLimits(minimum=300, default=900, maximum=DAY)
chances = st.floats(0, 1, exclude_max=True)


def pause(failures: int, *, reason: Reason = Reason.TIMEOUT, days: float | None = None, interval: int = 900) -> int:
    rhythm = Rhythm(interval=interval, fixed=None, failures=failures)
    since = None if days is None else NOW - timedelta(days=days)
    return interval_after_failure(rhythm, LIMITS, reason=reason, failing_since=since, now=NOW).seconds


def test_failures_double_the_pause_to_a_day_then_to_daily_and_weekly_and_never_end_it() -> None:
    assert [pause(n) for n in (0, 1, 2, 3, 50, 5000)] == [300, 600, 1200, 2400, DAY, DAY]
    assert [pause(3, days=days) for days in (0, 14, 15, 90, 91, 5000)] == [2400, 2400, DAY, DAY, WEEK, WEEK]


@given(st.integers(0, 10**6), st.sampled_from(Reason), st.none() | st.floats(0, 5000), st.integers(1, DAY))
def test_a_pause_is_never_shorter_than_the_shortest_nor_longer_than_a_week(
    failures: int, reason: Reason, days: float | None, interval: int
) -> None:
    found = pause(failures, reason=reason, days=days, interval=interval)
    assert LIMITS.minimum <= found <= WEEK
    assert found <= pause(failures + 1, reason=reason, days=days, interval=interval)


def test_a_server_that_asks_us_to_wait_is_not_asked_sooner_than_usual() -> None:
    assert pause(0, reason=Reason.RATE_LIMITED, interval=7200) == 7200
    assert pause(1, reason=Reason.RATE_LIMITED, interval=7200) == 14400


def test_the_reason_of_a_pause_is_told() -> None:
    def why(failures: int, *, reason: Reason = Reason.TIMEOUT, days: float = 0) -> str:
        rhythm = Rhythm(interval=900, fixed=None, failures=failures)
        since = NOW - timedelta(days=days)
        return interval_after_failure(rhythm, LIMITS, reason=reason, failing_since=since, now=NOW).why

    assert why(0) == "1 failure"
    assert why(2) == "3 failures in a row"
    assert why(20, days=20) == "failing for 20 days: once a day"
    assert why(90, days=100) == "failing for 100 days: once a week"
    assert why(0, reason=Reason.GONE) == "the server says it is gone: asked again before it is retired"


@given(chances)
def test_spreading_keeps_near_the_interval(chance: float) -> None:
    assert timedelta(seconds=95) <= spread(100, chance) <= timedelta(seconds=110)


@given(st.integers(1, 30), chances, st.none() | st.integers(-100, 100 * DAY))
def test_a_retry_lies_ahead_and_honours_the_server_for_a_week_at_most(n: int, chance: float, after: int | None) -> None:
    asked = None if after is None else NOW + timedelta(seconds=after)
    found = retry_or_give_up(
        attempts=n, limit=100, now=NOW, chance=chance, reason=Reason.TIMEOUT, detail="", not_before=asked
    )
    assert isinstance(found, Retry)
    assert found.at > NOW
    if asked is not None:
        assert found.at >= min(asked, NOW + timedelta(days=7))
        assert as_asked(NOW, asked, NOW) <= NOW + timedelta(days=7)


def test_after_the_last_attempt_a_person_must_look() -> None:
    found = retry_or_give_up(
        attempts=8, limit=8, now=NOW, chance=0.0, reason=Reason.TIMEOUT, detail="30 s", not_before=None
    )
    assert found == Quarantined(reason=Reason.ATTEMPTS_USED_UP, detail="timeout after 8 attempts: 30 s")


@given(chances, chances)
def test_a_feed_that_is_gone_is_retired_at_the_third_sighting_of_the_usual_ones(first: float, second: float) -> None:
    gone, now = gone_again(Gone(), NOW), NOW
    for chance in (first, second):
        assert not is_retired(gone, now)
        now += spread(pause(0, reason=Reason.GONE), chance)
        gone = gone_again(gone, now)
    assert gone.seen == 3
    assert is_retired(gone, now)


@given(st.lists(st.floats(0, 40), min_size=1, max_size=9))
def test_a_feed_is_retired_after_three_sightings_over_a_day_and_no_sooner(hours: list[float]) -> None:
    gone, now = Gone(), NOW
    for more in hours:
        now += timedelta(hours=more)
        gone = gone_again(gone, now)
    assert is_retired(gone, now) == (len(hours) >= 3 and now - (NOW + timedelta(hours=hours[0])) >= timedelta(days=1))


OLD, NEW = "http://press.example/feed", "https://press.example/feed"
permanent = st.sampled_from([301, 308])
sightings = st.tuples(st.lists(st.sampled_from([301, 302, 303, 307, 308]), max_size=3), st.none() | st.floats(0, 1))


def seen(move: Move, statuses: list[int], now: datetime, overlap: float | None, *, target: str = NEW) -> Move:
    return moved_again(move, [(status, OLD) for status in statuses], target, now, overlap=overlap)


@given(st.lists(sightings, max_size=12))
def test_a_move_lasts_only_with_five_unbroken_sightings_over_a_week(
    polls: list[tuple[list[int], float | None]],
) -> None:
    move, now, run = Move(), NOW, 0
    for statuses, overlap in polls:
        now += timedelta(days=2)
        move = seen(move, statuses, now, overlap)
        good = bool(statuses) and overlap is not None and not {302, 303, 307} & set(statuses)
        run = run + 1 if good else 0
        assert not is_lasting(move, now) or run >= 5
        assert good == (move != Move())


def test_five_sightings_within_less_than_a_week_are_not_enough() -> None:
    move = Move()
    for hours in range(0, 7 * 24, 24):
        move = seen(move, [301], NOW + timedelta(hours=hours), 1.0)
    assert move.seen == 7
    assert not is_lasting(move, NOW + timedelta(days=6))
    assert is_lasting(move, NOW + timedelta(days=7))


@pytest.mark.parametrize("overlap", [None, 1.0])
def test_a_target_that_is_no_feed_or_another_address_starts_anew(overlap: float | None) -> None:
    move = Move(target=NEW, seen=9, since=NOW - timedelta(days=9))
    assert is_lasting(move, NOW)
    after = seen(move, [301], NOW, overlap, target="https://elsewhere.example/")
    assert not is_lasting(after, NOW)
    assert after.seen == (1 if overlap else 0)


def test_a_target_that_shared_no_entry_at_first_is_refused_however_often_it_is_seen() -> None:
    move = Move()
    for day in range(30):
        move = seen(move, [308], NOW + timedelta(days=day), 0.0 if day == 0 else 1.0)
        assert is_refused(move)
    assert not is_lasting(move, NOW + timedelta(days=30))
    assert not is_refused(seen(move, [], NOW + timedelta(days=30), 1.0, target=OLD))
