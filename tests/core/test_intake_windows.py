"""Gaps between documents, their overlap, how often entries come."""

from datetime import timedelta

import pytest

from extractors.records import ParsedEntry
from newsdesk.intake import list_entries
from newsdesk.intake.windows import rate
from newsdesk.model import Via
from tests.core.intake_ledger import DAY, HOUR, WHEN, Memory, entries, entry, feed, kinds, new_titles, seen


def hourly(*numbers: int) -> tuple[ParsedEntry, ...]:
    return tuple(entry(number, published=WHEN + number * HOUR) for number in numbers)


def test_a_window_without_overlap_is_a_gap_with_bounds_and_an_estimate() -> None:
    memory = seen(*hourly(-3, -2, -1, 0))
    decision = memory.read(feed(*hourly(7, 8, 9, 10)), after=10 * HOUR)
    assert kinds(decision) == ["gap"]
    gap = decision.events[0]
    assert (gap.since, gap.until) == (WHEN, WHEN + 10 * HOUR)
    assert gap.missed == 6.0  # one an hour, and four of the ten are there
    assert (len(new_titles(decision)), decision.overlap) == (4, 0.0)


def test_the_estimate_is_the_rate_over_the_gap_less_what_was_found() -> None:
    memory = seen(*hourly(*range(-30, 1)))
    gap = memory.read(feed(*hourly(99, 100)), after=100 * HOUR).events[0]
    assert gap.missed == 98.0


def test_without_dates_a_gap_has_no_estimate() -> None:
    memory = seen(entry(1, published=None))
    gap = memory.read(feed(entry(2, published=None)), after=DAY).events[0]
    assert (gap.kind.value, gap.missed) == ("gap", None)


@pytest.mark.parametrize(("kept", "expected"), [(1, ["low-overlap"]), (2, []), (10, [])])
def test_from_below_a_fifth_overlap_is_told(kept: int, expected: list[str]) -> None:
    memory = seen(*entries(*range(10)))
    decision = memory.read(feed(*entries(*range(kept), *range(20, 30 - kept))))
    assert (decision.overlap, kinds(decision)) == (kept / 10, expected)


def test_a_document_that_got_longer_overlaps_fully() -> None:
    decision = seen(*entries(1, 2)).read(feed(*entries(*range(1, 30))))
    assert (decision.overlap, decision.events) == (1.0, ())


def test_the_first_window_has_nothing_to_overlap_with() -> None:
    decision = Memory().read(feed(*entries(1, 2)))
    assert (decision.overlap, decision.events, len(decision.window)) == (None, (), 2)


def test_an_empty_document_leaves_the_window_as_it_is() -> None:
    memory = seen(*entries(1, 2))
    decision = memory.read(feed(), after=HOUR)
    assert (decision.window, decision.overlap, decision.events) == ((), None, ())
    assert memory.read(feed(*entries(1, 2)), after=HOUR).events == ()


def test_an_older_copy_of_the_feed_is_no_gap_and_neither_is_what_follows() -> None:
    memory = seen(*entries(*range(10)))
    memory.read(feed(*entries(*range(8, 18))), after=HOUR)
    stale = memory.read(feed(*entries(*range(8))), after=HOUR)
    assert (stale.intents, stale.events) == ((), ())
    assert memory.read(feed(*entries(*range(9, 19))), after=HOUR).events == ()


def test_a_document_that_breaks_off_before_anything_known_is_no_gap() -> None:
    memory = seen(*entries(*range(10)))
    broken = memory.read(feed(*entries(10, 11), truncated=True), after=HOUR)
    assert (len(broken.intents), broken.window, broken.events) == (2, (), ())
    whole = memory.read(feed(*entries(*range(2, 12))), after=HOUR)
    assert (whole.intents, whole.events, whole.overlap) == ((), (), 1.0)


def test_a_gap_behind_a_document_that_breaks_off_is_told_with_the_next_one() -> None:
    memory = seen(*entries(*range(10)))
    memory.read(feed(*entries(38, 39), truncated=True), after=HOUR)
    assert kinds(memory.read(feed(*entries(*range(30, 40))), after=HOUR)) == ["gap"]


def test_a_feed_that_always_breaks_off_has_windows_and_gaps_too() -> None:
    memory = seen(*entries(1, 2, 3))
    assert len(memory.read(feed(*entries(2, 3, 4), truncated=True)).window) == 3
    assert memory.read(feed(*entries(11, 12), truncated=True)).events == ()
    assert kinds(memory.read(feed(*entries(11, 12, 13), truncated=True))) == ["gap"]


def test_of_a_document_over_the_limit_the_newest_stay_whatever_its_order() -> None:
    ascending = hourly(*range(-30, 0))
    for listed in (ascending, ascending[::-1]):
        listing = list_entries(feed(*listed), limit=10)
        assert {item.identity for item in listing.items} == {f"guid-{number}" for number in range(-10, 0)}
        assert listing.left_out == 20


def test_over_the_limit_entries_without_a_date_stay_at_both_ends() -> None:
    listing = list_entries(feed(*(entry(number, published=None) for number in range(30))), limit=4)
    assert listing.identities == ("guid-0", "guid-1", "guid-28", "guid-29")


def test_a_document_over_the_limit_is_told_once() -> None:
    memory = seen(*entries(1))
    listed = feed(*hourly(*range(-2010, 0)))
    decision = memory.read(listed, after=HOUR)
    assert (len(decision.intents), kinds(decision)) == (2000, ["left-out", "gap"])
    assert memory.read(feed(*hourly(*range(-2010, 1))), after=HOUR).events == ()


def test_arrivals_are_the_newest_fifty_dates_in_order() -> None:
    memory = seen(*hourly(*range(-60, 0)))
    assert memory.arrivals == tuple(WHEN + number * HOUR for number in range(-50, 0))
    undated = entry(1, published=None)
    decision = memory.read(feed(*hourly(-2, -1), undated), after=HOUR)
    assert decision.arrivals[-2:] == (WHEN - HOUR, WHEN + HOUR)
    assert len(decision.arrivals) == 50


def test_a_new_date_on_an_old_entry_is_no_arrival() -> None:
    memory = seen(*hourly(-2, -1))
    before = memory.arrivals
    assert memory.read(feed(entry(-1, published=WHEN + HOUR)), after=2 * HOUR).arrivals == before


def test_at_first_sight_entries_without_a_date_are_no_burst() -> None:
    assert Memory().read(feed(*(entry(number, published=None) for number in range(9)))).arrivals == ()


def test_dates_ahead_count_as_now() -> None:
    assert Memory().read(feed(entry(1, published=WHEN + 9 * HOUR))).arrivals == (WHEN,)


@pytest.mark.parametrize(
    ("ages", "expected"),
    [((), None), ((5,), None), ((3, 3, 3), None), ((10, 5), 0.1), ((2, 1, 1, 1, 0), 2.0), ((100, 99, 98), 0.02)],
)
def test_the_rate_is_arrivals_an_hour_since_the_oldest(ages: tuple[int, ...], expected: float | None) -> None:
    assert rate([WHEN - timedelta(hours=age) for age in ages], WHEN) == expected


def test_pushes_keep_gaps_away() -> None:
    memory = seen(*entries(*range(10)))
    for number in range(10, 25):
        memory.read(feed(entry(number)), via=Via.PUSH, after=HOUR)
    decision = memory.read(feed(*entries(*range(16, 26))), after=HOUR)
    assert (new_titles(decision), decision.events) == (["Story 25"], ())
