"""When to poll next and when to try again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.model import Quarantined, Reason, Retry
from newsdesk.schedule import (
    DAY,
    Floor,
    PollLimits,
    Rhythm,
    http_date,
    interval_after_failure,
    interval_after_success,
    retry_or_give_up,
    server_floor,
    spread,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LIMITS = PollLimits(minimum=300, default=900, maximum=DAY)
FRESH = Rhythm(interval=None, fixed=None, failures=0)
counts = st.integers(0, 500)
seconds = st.integers(0, 10 * DAY)


def rhythm(interval: int = 900, *, fixed: int | None = None, failures: int = 0) -> Rhythm:
    return Rhythm(interval=interval, fixed=fixed, failures=failures)


@given(st.none() | seconds, counts, counts, st.integers(0, DAY))
def test_an_interval_lies_within_its_bounds(interval: int | None, new: int, seen: int, floor: int) -> None:
    state = Rhythm(interval=interval, fixed=None, failures=0)
    found = interval_after_success(state, LIMITS, new=min(new, seen), seen=seen, floor=Floor(document=floor))
    assert max(LIMITS.minimum, floor) <= found <= max(LIMITS.maximum, floor)


def test_the_first_poll_says_nothing_about_the_rhythm() -> None:
    assert interval_after_success(FRESH, LIMITS, new=50, seen=50, floor=Floor()) == LIMITS.default


def test_nothing_new_lengthens_the_interval_and_much_new_shortens_it() -> None:
    assert interval_after_success(rhythm(), LIMITS, new=0, seen=20, floor=Floor()) == 1125
    assert interval_after_success(rhythm(), LIMITS, new=1, seen=20, floor=Floor()) == 900
    assert interval_after_success(rhythm(3600), LIMITS, new=20, seen=20, floor=Floor()) == 1200


def test_the_operator_may_fix_the_interval_but_not_below_what_the_server_asks() -> None:
    assert interval_after_success(rhythm(fixed=60), LIMITS, new=0, seen=9, floor=Floor()) == 60
    assert (
        interval_after_success(rhythm(fixed=60), LIMITS, new=0, seen=9, floor=Floor(response=600, document=999)) == 600
    )


@pytest.mark.parametrize(
    ("headers", "ttl", "expected"),
    [
        ({}, None, 0),
        ({}, 3600, 3600),
        ({"cache-control": "public, max-age=600"}, None, 600),
        ({"cache-control": 'max-age="600"'}, None, 600),
        ({"cache-control": "no-cache, max-age=600"}, None, 0),
        ({"cache-control": "max-age=-5"}, None, 0),
        ({"cache-control": "max-age=315360000"}, None, DAY),
        ({"cache-control": "s-maxage=9"}, None, 0),
        ({"expires": "Sun, 22 Nov 2026 10:30:00 GMT"}, None, 1800),
        ({"expires": "Sun, 22 Nov 2026 10:30:00 GMT", "date": "Sun, 22 Nov 2026 10:20:00 GMT"}, None, 600),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None, 0),
        ({"expires": "0"}, None, 0),
        ({"expires": "-1", "cache-control": "max-age=60"}, 30, 60),
    ],
)
def test_what_a_server_asks_for_is_a_floor(headers: dict[str, str], ttl: int | None, expected: int) -> None:
    floor = server_floor(headers, ttl, NOW)
    assert max(floor.response, floor.document) == expected


@given(
    st.dictionaries(st.sampled_from(["cache-control", "expires", "date"]), st.text(max_size=60)), st.none() | seconds
)
def test_any_header_gives_a_floor_of_a_day_at_most(headers: dict[str, str], ttl: int | None) -> None:
    floor = server_floor(headers, ttl, NOW)
    assert 0 <= floor.response <= DAY
    assert 0 <= floor.document <= DAY


def test_failures_double_the_pause_and_never_end_it() -> None:
    pauses = [interval_after_failure(rhythm(failures=n), LIMITS) for n in (0, 1, 2, 3, 50, 5000)]
    assert pauses == [300, 600, 1200, 2400, DAY, DAY]


@given(st.floats(0, 1, exclude_max=True))
def test_spreading_keeps_near_the_interval(chance: float) -> None:
    assert timedelta(seconds=95) <= spread(100, chance) <= timedelta(seconds=110)


@given(st.integers(1, 30), st.floats(0, 1, exclude_max=True), st.none() | st.integers(-100, 100 * DAY))
def test_a_retry_lies_ahead_and_honours_the_server_for_a_week_at_most(n: int, chance: float, after: int | None) -> None:
    asked = None if after is None else NOW + timedelta(seconds=after)
    found = retry_or_give_up(
        attempts=n, limit=100, now=NOW, chance=chance, reason=Reason.TIMEOUT, detail="", not_before=asked
    )
    assert isinstance(found, Retry)
    assert found.at > NOW
    if asked is not None:
        assert found.at >= min(asked, NOW + timedelta(days=7))


def test_after_the_last_attempt_a_person_must_look() -> None:
    found = retry_or_give_up(
        attempts=8, limit=8, now=NOW, chance=0.0, reason=Reason.TIMEOUT, detail="30 s", not_before=None
    )
    assert found == Quarantined(reason=Reason.ATTEMPTS_USED_UP, detail="timeout after 8 attempts: 30 s")


def test_http_dates_are_read_in_all_three_forms_and_never_guessed() -> None:
    want = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
    assert http_date("Sun, 06 Nov 1994 08:49:37 GMT") == want
    assert http_date("Sunday, 06-Nov-94 08:49:37 GMT") == want
    assert http_date("Sun Nov  6 08:49:37 1994") == want
    assert http_date("soon") is None
    assert http_date("") is None
