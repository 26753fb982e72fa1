"""When to poll next after a poll that went well."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.schedule import (
    DAY,
    Floor,
    Interval,
    PollLimits,
    Rhythm,
    Success,
    http_date,
    interval_after_success,
    server_floor,
)

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # a Tuesday
HOUR = 3600
LIMITS = PollLimits(minimum=300, default=900, maximum=DAY)
FRESH = Rhythm(interval=None, fixed=None, failures=0)
seconds = st.integers(0, 10 * DAY)


def rhythm(interval: int = 900, *, fixed: int | None = None) -> Rhythm:
    return Rhythm(interval=interval, fixed=fixed, failures=0)


def ago(*ages: float) -> tuple[datetime, ...]:
    return tuple(NOW - timedelta(seconds=age) for age in sorted(ages, reverse=True))


def each(gap: float, many: int = 50) -> tuple[datetime, ...]:
    return ago(*(gap * number for number in range(many)))


def workday_bursts(many: int = 20) -> tuple[datetime, ...]:
    """At nine on the workdays before NOW, one a minute: Monday, Friday, and half of Thursday."""
    nine = NOW.replace(hour=9)
    days = [nine - timedelta(days=days) for days in (1, 4, 5)]
    return tuple(sorted(day + timedelta(minutes=minute) for day in days for minute in range(many))[-50:])


floors = st.builds(
    Floor, response=st.integers(0, DAY), document=st.integers(0, DAY), header=st.sampled_from(["max-age", "Expires"])
)
successes = st.builds(
    Success,
    now=st.just(NOW),
    arrivals=st.lists(st.floats(-DAY, 100 * DAY), max_size=50).map(lambda ages: ago(*ages)),
    new=st.integers(0, 60),
    seen=st.integers(0, 60),
    window=st.none() | st.integers(0, 60),
    overlap=st.none() | st.floats(0, 1),
    has_validators=st.booleans(),
    is_first=st.booleans(),
    is_pushed=st.booleans(),
    period=st.none() | seconds,
    floor=floors,
)


@given(st.none() | st.integers(1, DAY), successes)
def test_an_interval_lies_within_its_bounds_and_says_why(interval: int | None, success: Success) -> None:
    found = interval_after_success(Rhythm(interval=interval, fixed=None, failures=0), LIMITS, success)
    floor = max(success.floor.response, success.floor.document)
    assert max(LIMITS.minimum, floor) <= found.seconds <= max(LIMITS.maximum, floor)
    assert found.why


@given(st.integers(1, DAY), successes)
def test_the_operator_may_fix_the_interval_but_not_below_what_the_response_asks(every: int, success: Success) -> None:
    found = interval_after_success(rhythm(fixed=every), LIMITS, success)
    assert found.seconds == max(every, success.floor.response)


@given(st.floats(1, 20 * DAY), st.integers(3, 60), st.integers(0, 1))
def test_a_third_of_a_window_is_new_at_most_and_a_third_of_an_entry_or_the_default_is_enough(
    gap: float, window: int, new: int
) -> None:
    success = Success(now=NOW, arrivals=each(gap), new=new, window=window)
    found = interval_after_success(rhythm(), LIMITS, success).seconds
    third = window // 3 * gap
    assert found <= max(LIMITS.minimum, third)
    assert found <= max(LIMITS.default * 1.25, gap)
    assert found >= min(LIMITS.default, (third - gap) / 2) or found == LIMITS.minimum


def test_a_new_feed_comes_again_after_the_default_interval_or_sooner_where_it_would_roll_over() -> None:
    first = Success(now=NOW, new=50, seen=50, is_first=True)
    assert interval_after_success(FRESH, LIMITS, first) == Interval(seconds=900, why="a new feed")
    wire = Success(now=NOW, arrivals=each(60), seen=20, is_first=True)
    assert 300 <= interval_after_success(FRESH, LIMITS, wire).seconds <= 400


def test_the_period_that_a_feed_states_is_a_guess_for_the_first_poll_and_no_more() -> None:
    first = Success(now=NOW, new=9, seen=9, is_first=True, period=4 * HOUR)
    assert interval_after_success(FRESH, LIMITS, first).seconds == 4 * HOUR
    hurried = Success(now=NOW, new=9, seen=9, is_first=True, period=1)
    assert interval_after_success(FRESH, LIMITS, hurried).seconds == 600  # nobody knows the host yet
    later = Success(now=NOW, seen=9, period=4 * HOUR)
    assert interval_after_success(rhythm(), LIMITS, later).seconds == 1125


def test_without_dates_nothing_new_lengthens_the_interval_and_much_new_shortens_it() -> None:
    assert interval_after_success(rhythm(), LIMITS, Success(now=NOW, seen=20)).seconds == 1125
    assert interval_after_success(rhythm(), LIMITS, Success(now=NOW, new=1, seen=20)).seconds == 900
    assert interval_after_success(rhythm(3600), LIMITS, Success(now=NOW, new=1, seen=20)).seconds == 1200
    assert interval_after_success(rhythm(1800), LIMITS, Success(now=NOW, new=20, seen=20)).seconds == 600


def test_nothing_new_lengthens_the_interval_by_a_quarter_until_half_an_entry_is_due() -> None:
    recomputed, quarter_more, cut = (
        interval_after_success(rhythm(present), LIMITS, Success(now=NOW, arrivals=each(5 * HOUR, 19), window=9)).seconds
        for present in (900, 8000, 20_000)
    )
    assert recomputed < quarter_more == 10_000 < cut <= 3 * HOUR


def test_an_interval_does_not_sleep_through_an_hour_that_is_known_to_be_busy() -> None:
    for hour in range(10, 33):
        now = NOW.replace(hour=0) + timedelta(hours=hour)
        success = Success(now=now, arrivals=workday_bursts(), window=20)
        found = interval_after_success(rhythm(8 * HOUR), LIMITS, success)
        nine = NOW.replace(hour=9) + timedelta(days=hour >= 9)
        assert now + timedelta(seconds=found.seconds * 1.1) <= nine + timedelta(minutes=5), hour


def test_the_same_weekday_counts_more_than_the_other_days() -> None:
    mondays = tuple(NOW - timedelta(days=8 + 7 * week, hours=1) for week in reversed(range(-1, 6)))
    sunday, wednesday = (NOW.replace(hour=6) + timedelta(days=days) for days in (-2, 1))
    before = [instant for instant in mondays if instant < sunday]
    on_monday_eve = Success(now=sunday + timedelta(hours=23), arrivals=tuple(before), new=0, window=10)
    midweek = Success(now=wednesday, arrivals=mondays, new=0, window=10)
    known_hour = interval_after_success(rhythm(20 * HOUR), LIMITS, on_monday_eve).seconds
    assert known_hour <= 5 * HOUR < interval_after_success(rhythm(20 * HOUR), LIMITS, midweek).seconds


@pytest.mark.parametrize(("overlap", "most"), [(0.0, 300), (0.1, 1200), (0.5, 3600)])
def test_little_overlap_shortens_the_interval_at_once(overlap: float, most: int) -> None:
    success = Success(now=NOW, arrivals=each(9 * HOUR), new=1, seen=20, overlap=overlap)
    found = interval_after_success(rhythm(3600), LIMITS, success)
    assert found.seconds <= most or overlap == 0.5
    assert ("known" in found.why or "rolled over" in found.why) == (overlap < 0.2)


def test_a_feed_without_validators_is_asked_once_an_hour_unless_its_window_would_roll_over() -> None:
    slow, fast = (Success(now=NOW, arrivals=each(gap), new=1, seen=30, has_validators=False) for gap in (600, 60))
    found = interval_after_success(rhythm(), LIMITS, slow)
    assert found == Interval(seconds=3600, why="no validators: once in 1 h at most")
    assert 450 <= interval_after_success(rhythm(), LIMITS, fast).seconds <= 600


def test_a_feed_that_its_hub_pushes_is_asked_a_sixth_as_often_and_each_half_day_at_least() -> None:
    for gap in (60, 1800, 9 * HOUR):
        polled, pushed = (
            interval_after_success(
                rhythm(900 * factor),
                LIMITS,
                Success(now=NOW, arrivals=each(gap), new=1, seen=20, is_pushed=factor > 1),
            )
            for factor in (1, 6)
        )
        assert pushed.why == "pushed by its hub"
        assert pushed.seconds == pytest.approx(min(6 * polled.seconds, 12 * HOUR), abs=6)


def test_a_silent_feed_is_asked_ever_more_rarely_down_to_once_a_day() -> None:
    for days, want in ((20, 8 * HOUR), (50, 12 * HOUR), (365, DAY)):
        arrivals = ago(*(days * DAY + 2 * DAY * number for number in range(20)))
        found = interval_after_success(rhythm(DAY), LIMITS, Success(now=NOW, arrivals=arrivals))
        assert found.seconds == pytest.approx(want, rel=0.01)


def test_a_person_reads_why_an_interval_is_what_it_is() -> None:
    def why(*, floor: Floor | None = None, fixed: int | None = None, gap: float = 300) -> str:
        success = Success(now=NOW, arrivals=each(gap), new=1, seen=30, floor=floor or Floor())
        return interval_after_success(rhythm(fixed=fixed), LIMITS, success).why

    assert why(gap=60) == "about 60 new an hour, window of 30"
    assert why(gap=HOUR) == "about 1 new an hour"
    assert why(gap=9 * DAY) == "about 1 new in 9 days"
    assert why(fixed=600) == "fixed by the watchlist"
    assert why(fixed=600, floor=Floor(response=HOUR)) == "the server asks for 1 h (max-age), the watchlist for 10 min"
    assert why(floor=Floor(response=1800, header="Expires")) == "the server asks for 30 min (Expires)"
    assert why(floor=Floor(document=2 * HOUR)) == ("the feed asks for 2 h (ttl); its window of 30 may roll over sooner")


@pytest.mark.parametrize(
    ("headers", "ttl", "expected"),
    [
        ({}, None, 0),
        ({}, 3600, 3600),
        ({}, -60, 0),
        ({}, 10 * 365 * DAY, DAY),
        ({"cache-control": "public, max-age=600"}, None, 600),
        ({"cache-control": 'max-age="600"'}, None, 600),
        ({"cache-control": "no-cache, max-age=600"}, None, 0),
        ({"cache-control": "no-store, max-age=600"}, None, 0),
        ({"cache-control": "max-age=-5"}, None, 0),
        ({"cache-control": "max-age=٣٠"}, None, 0),
        ({"cache-control": "max-age=315360000"}, None, DAY),
        ({"cache-control": "max-age=" + "9" * 5000}, None, DAY),
        ({"cache-control": "s-maxage=9"}, None, 0),
        ({"expires": "Sun, 22 Nov 2026 10:30:00 GMT"}, None, 1800),
        ({"expires": "Sun, 22 Nov 2026 10:30:00 GMT", "date": "Sun, 22 Nov 2026 10:20:00 GMT"}, None, 600),
        ({"expires": "Sun, 22 Nov 2026 10:30:00 GMT", "cache-control": "no-cache"}, None, 0),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None, 0),
        ({"expires": "Thu, 01 Jan 2037 00:00:00 GMT"}, None, DAY),
        ({"expires": "0"}, None, 0),
        ({"expires": "-1", "cache-control": "max-age=60"}, 30, 60),
    ],
)
def test_what_a_server_asks_for_is_a_floor(headers: dict[str, str], ttl: int | None, expected: int) -> None:
    floor = server_floor(headers, ttl, datetime(2026, 11, 22, 10, 0, tzinfo=UTC))
    assert max(floor.response, floor.document) == expected


@given(
    st.dictionaries(st.sampled_from(["cache-control", "expires", "date"]), st.text(max_size=60)), st.none() | seconds
)
def test_any_header_gives_a_floor_of_a_day_at_most(headers: dict[str, str], ttl: int | None) -> None:
    floor = server_floor(headers, ttl, NOW)
    assert 0 <= floor.response <= DAY
    assert 0 <= floor.document <= DAY


def test_http_dates_are_read_in_all_three_forms_and_never_guessed() -> None:
    want = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
    assert http_date("Sun, 06 Nov 1994 08:49:37 GMT") == want
    assert http_date("Sunday, 06-Nov-94 08:49:37 GMT") == want
    assert http_date("Sun Nov  6 08:49:37 1994") == want
    assert http_date("soon") is None
    assert http_date("Fri, 31 Dec 9999 23:59:59 -2359") is None
    assert http_date("") is None
