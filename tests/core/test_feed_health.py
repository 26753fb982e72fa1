"""States of feeds, and when a quiet is silence."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdesk.feed_health import (
    FeedFacts,
    FeedState,
    judge_feed,
    judge_silence,
    needs_more,
    show_age,
    show_number,
)
from newsdesk.feed_health.silence import LEARNING_DAYS, SHORTEST, widening
from newsdesk.model import Reason

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 9, 7, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
WEEKS = 5


def seconds(instants: list[datetime]) -> list[float]:
    return [instant.timestamp() for instant in sorted(instants)]


def at_any_time(a_day: float, days: int, seed: int = 1) -> list[datetime]:
    chance, at, found = random.Random(seed), MONDAY, []
    while (at := at + chance.expovariate(a_day) * DAY) < MONDAY + days * DAY:
        found.append(at)
    return found


def in_the_office(a_day: int, days: int, *, begins: int = 4, seed: int = 1) -> list[datetime]:
    """On weekdays, nine hours from `begins` (UTC) on."""
    chance = random.Random(seed)
    mornings = (MONDAY + day * DAY + begins * HOUR for day in range(days) if (MONDAY + day * DAY).weekday() < 5)
    return sorted(morning + chance.uniform(0, 9) * HOUR for morning in mornings for _ in range(a_day))


def until(arrivals: list[datetime]) -> datetime:
    """As the product judges: the last document's 50, and the hours of what was before."""
    known, before = seconds(arrivals)[-50:], [int(at // 3600) for at in seconds(arrivals)[:-50]]
    return judge_silence(known, before=before, watched_since=MONDAY).until


# ------------------------------------------------------------------ silence


@pytest.mark.parametrize("begins", [0, 4, 9, 17, 22])
@pytest.mark.parametrize("a_day", [3, 20, 60])
def test_a_feed_of_weekdays_is_not_silent_on_a_weekend(a_day: int, begins: int) -> None:
    arrivals = in_the_office(a_day, WEEKS * 7, begins=begins)
    monday = MONDAY + WEEKS * 7 * DAY + begins * HOUR
    assert until(arrivals) > monday + 4 * HOUR


def test_nor_on_the_first_weekend_that_is_watched() -> None:
    assert until(in_the_office(20, 5)) > MONDAY + 7 * DAY + 13 * HOUR


def test_nor_on_a_public_holiday() -> None:
    until_thursday = [at for at in in_the_office(20, 32) if at < MONDAY + 31 * DAY]
    assert until_thursday[-1].weekday() == 2
    assert until(until_thursday) > MONDAY + 32 * DAY


def test_a_feed_of_one_entry_a_day_may_be_quiet_for_two_days() -> None:
    daily = [MONDAY + day * DAY + 9 * HOUR for day in range(50)]
    assert until(daily) > daily[-1] + 2 * DAY
    assert until(daily) < daily[-1] + 4 * DAY


@pytest.mark.parametrize("seed", range(5))
def test_the_silence_of_a_busy_feed_is_found_within_about_a_day(seed: int) -> None:
    arrivals = at_any_time(20, WEEKS * 7, seed)
    assert DAY < until(arrivals) - arrivals[-1] < 1.6 * DAY


def test_the_death_of_a_busy_office_is_found_after_a_day_and_a_half_of_work() -> None:
    arrivals = [at for at in in_the_office(20, 30) if at < MONDAY + 29 * DAY]
    assert arrivals[-1].weekday() == 0
    assert until(arrivals) < MONDAY + 31 * DAY


def test_few_false_alarms_in_a_year() -> None:
    alarms = 0
    for seed in range(4):
        arrivals = at_any_time(1.0, 400, seed)
        for place in range(56, len(arrivals)):
            if arrivals[place] - arrivals[place - 1] > DAY:
                alarms += until(arrivals[max(0, place - 60) : place]) < arrivals[place]
    assert alarms <= 2


def test_a_feed_with_few_entries_has_a_month() -> None:
    silence = judge_silence(seconds([MONDAY, MONDAY + DAY]), watched_since=MONDAY)
    assert silence.is_learning
    assert silence.until == MONDAY + DAY + LEARNING_DAYS * DAY


def test_or_three_times_its_longest_gap() -> None:
    silence = judge_silence(seconds([MONDAY, MONDAY + 100 * DAY]), watched_since=MONDAY)
    assert silence.until == MONDAY + 400 * DAY


def test_a_feed_without_any_entry_has_a_month_from_its_first_poll() -> None:
    silence = judge_silence((), watched_since=MONDAY)
    assert silence.since is None
    assert silence.until == MONDAY + LEARNING_DAYS * DAY


def test_a_feed_that_publishes_late_is_judged_from_when_it_was_heard() -> None:
    arrivals = seconds(at_any_time(20, WEEKS * 7))
    heard = datetime.fromtimestamp(arrivals[-1], UTC) + 2 * DAY
    assert judge_silence(arrivals, watched_since=MONDAY, heard_at=heard).until > heard + DAY


def test_a_burst_counts_as_one_arrival() -> None:
    bursts = [MONDAY + day * DAY + 9 * HOUR for day in range(20)]
    many = [at + minute * timedelta(minutes=1) for at in bursts for minute in range(30)]
    assert until(many).date() == until(bursts).date()


def test_the_past_is_asked_for_only_where_a_quiet_lasts_and_the_window_is_short() -> None:
    busy, slow = seconds(at_any_time(20, 3)), seconds(at_any_time(1, 50))
    assert not needs_more((), NOW)
    assert not needs_more(busy, MONDAY + 3 * DAY)
    assert needs_more(busy, MONDAY + 6 * DAY)
    assert not needs_more(slow, MONDAY + 90 * DAY)


GAPS = st.lists(st.floats(min_value=0.01, max_value=200), min_size=1, max_size=120)  # hours


@given(GAPS)
def test_a_quiet_of_a_day_is_never_silence(gaps: list[float]) -> None:
    at, arrivals = MONDAY, [MONDAY.timestamp()]
    for gap in gaps:
        at += gap * HOUR
        arrivals.append(at.timestamp())
    silence = judge_silence(arrivals, watched_since=MONDAY)
    facts = FeedFacts(
        created_at=MONDAY, first_success_at=MONDAY, last_success_at=at + SHORTEST * 0.99, arrivals=arrivals
    )
    assert silence.until > at
    assert judge_feed(facts, at + SHORTEST).state is FeedState.OK


@given(GAPS, st.integers(1, 60))
@settings(deadline=None)
def test_the_calendar_does_not_matter(gaps: list[float], weeks: int) -> None:
    at, arrivals = 0.0, [MONDAY.timestamp()]
    for gap in gaps:
        at += gap * 3600
        arrivals.append(MONDAY.timestamp() + at)
    first = judge_silence(arrivals, watched_since=MONDAY).until
    later = judge_silence([second + weeks * 604_800 for second in arrivals], watched_since=MONDAY).until
    assert abs(later - first - weeks * timedelta(weeks=1)) < timedelta(seconds=1)


@given(st.integers(1, 500), st.floats(1e-6, 0.4))
def test_the_factor_on_the_longest_gap_has_the_probability_asked_for(gaps: int, probability: float) -> None:
    c = widening(gaps, probability)
    chance = 1.0
    for i in range(1, gaps + 1):
        chance *= i / (i + c)
    assert chance <= probability or c > 999


# ------------------------------------------------------------------ states


def facts(**changes: Any) -> FeedFacts:
    """A feed that is well: six entries a day for ten days, read ten minutes ago."""
    known: dict[str, Any] = {
        "created_at": NOW - 90 * DAY,
        "outcome": "done",
        "first_success_at": NOW - 90 * DAY,
        "last_success_at": NOW - HOUR / 6,
        "last_new_at": NOW - HOUR,
        "due_at": NOW + HOUR,
        "interval": 3600,
        "arrivals": seconds([NOW - HOUR - number * 4 * HOUR for number in range(50)]),
        "overlap": 0.9,
        "seconds": 1.0,
    }
    return FeedFacts(**known | changes)


def failing(reason: Reason, failures: int, since: timedelta, **changes: Any) -> FeedFacts:
    return facts(
        outcome="retry",
        reason=reason,
        failures=failures,
        failing_since=NOW - since,
        last_success_at=NOW - since,
        **changes,
    )


NEVER_READ: dict[str, Any] = {"first_success_at": None, "last_success_at": None, "arrivals": (), "last_new_at": None}


def test_only_a_retired_feed_is_to_be_revived() -> None:
    remedies = [judge_feed(failing(Reason.GONE, 3, 2 * DAY, retired_at=at), NOW).remedy for at in (None, NOW)]
    assert ["revive" in remedy for remedy in remedies] == [False, True]


CASES = {
    "well": (facts(), FeedState.OK, False),
    "never polled": (facts(outcome=None, **NEVER_READ), FeedState.OK, False),
    "one failure": (failing(Reason.TIMEOUT, 1, HOUR), FeedState.OK, False),
    "two failures": (failing(Reason.TIMEOUT, 2, HOUR), FeedState.FAILING, False),
    "failing for days": (failing(Reason.TIMEOUT, 20, 3 * DAY), FeedState.FAILING, True),
    "404 since yesterday": (failing(Reason.NOT_FOUND, 5, DAY), FeedState.FAILING, False),
    "404 for long": (failing(Reason.NOT_FOUND, 30, 8 * DAY), FeedState.GONE, True),
    "410, retired": (failing(Reason.GONE, 3, 2 * DAY, retired_at=NOW - DAY), FeedState.GONE, True),
    "403 once": (failing(Reason.FORBIDDEN, 1, HOUR), FeedState.OK, False),
    "403 twice": (failing(Reason.FORBIDDEN, 2, HOUR), FeedState.BLOCKED, True),
    "robots": (failing(Reason.ROBOTS_DISALLOWED, 1, HOUR), FeedState.BLOCKED, True),
    "address refused": (failing(Reason.ADDRESS_REFUSED, 1, HOUR), FeedState.BLOCKED, True),
    "429": (failing(Reason.RATE_LIMITED, 2, 2 * HOUR, not_before=NOW + HOUR), FeedState.SLOW, False),
    "429 that lasts": (failing(Reason.RATE_LIMITED, 9, 3 * DAY), FeedState.BLOCKED, True),
    "silent": (
        facts(arrivals=seconds([NOW - 5 * DAY - n * 4 * HOUR for n in range(50)]), last_new_at=NOW - 5 * DAY),
        FeedState.SILENT,
        True,
    ),
    "dead when added": (
        facts(
            arrivals=seconds([NOW - 900 * DAY - n * DAY for n in range(50)]),
            last_new_at=NOW - HOUR,
            first_success_at=NOW - HOUR,
        ),
        FeedState.SILENT,
        True,
    ),
    "never had an entry": (facts(arrivals=(), last_new_at=None), FeedState.SILENT, True),
    "a gap": (facts(gaps=1, missed=12.0), FeedState.SLOW, True),
    "low overlap": (facts(overlap=0.1), FeedState.SLOW, True),
    "overdue": (facts(due_at=NOW - 3 * HOUR), FeedState.SLOW, False),
    "slow answers": (facts(seconds=22.0), FeedState.SLOW, False),
}


@pytest.mark.parametrize(("known", "state", "needs_person"), CASES.values(), ids=CASES)
def test_the_state_follows_from_the_facts(known: FeedFacts, state: FeedState, needs_person: bool) -> None:  # noqa: FBT001 - a column
    health = judge_feed(known, NOW)
    assert (health.state, health.needs_person) == (state, needs_person)
    assert health.why
    assert bool(health.remedy) is (state is not FeedState.OK)


def test_a_feed_that_was_never_read_fails_at_once() -> None:
    known = facts(outcome="retry", reason=Reason.NOT_A_FEED, failures=1, failing_since=NOW, **NEVER_READ)
    health = judge_feed(known, NOW)
    assert (health.state, health.needs_person) == (FeedState.FAILING, True)
    assert health.why == "not-a-feed, once"


def test_a_quiet_in_which_nobody_asked_is_none_of_the_feeds() -> None:
    stopped = facts(
        last_success_at=NOW - 20 * DAY,
        due_at=NOW - 20 * DAY,
        arrivals=seconds([NOW - 20 * DAY - n * 4 * HOUR for n in range(50)]),
        last_new_at=NOW - 20 * DAY,
    )
    assert judge_feed(stopped, NOW).state is FeedState.SLOW


ANY = st.builds(
    facts,
    reason=st.sampled_from(Reason),
    failures=st.integers(0, 40),
    failing_since=st.floats(0, 200).map(lambda days: NOW - days * DAY),
    gaps=st.integers(0, 3),
    missed=st.floats(0, 60),
    arrivals=st.lists(st.floats(0, 2000).map(lambda age: NOW - age * HOUR), max_size=50).map(seconds),
)


@given(ANY)
@settings(deadline=None)
def test_any_facts_have_a_state_with_its_why(known: FeedFacts) -> None:
    health = judge_feed(known, NOW)
    assert health.why
    assert bool(health.remedy) is (health.state is not FeedState.OK)
    assert not health.needs_person or health.state is not FeedState.OK


# ------------------------------------------------------------------ wording


def test_lengths_of_time_are_one_figure() -> None:
    shown = [show_age(length) for length in (40 * HOUR / 3600, 12 * HOUR / 60, 31 * HOUR, 12 * DAY, 1100 * DAY, -HOUR)]
    assert shown == ["40 s", "12 min", "31 h", "12 days", "3 years", "0 s"]


def test_numbers_have_no_more_figures_than_are_known() -> None:
    assert [show_number(number) for number in (0.28, 4.0, 4.55, 1234.5)] == ["0.3", "4", "4.5", "1,234"]
