"""A source whose template changes is told apart from one that only has a short day."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.quality import Quality, Reading, SourceQuality, judge_source, rank_shift

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHANCE = random.Random()


@pytest.fixture(autouse=True)
def _the_same_chance_for_each_test() -> None:
    CHANCE.seed(7)


def pages(count: int, *, hours: float, every: float, **facts: Any) -> list[Reading]:
    """The latest `hours` ago, the others `every` hours before; lengths as spread as those of real articles."""
    return [
        replace(
            Reading(
                at=NOW - timedelta(hours=hours + number * every),
                characters=int(CHANCE.lognormvariate(8, 0.6)),
                opening=f"text {hours} {number}",
            ),
            **facts,
        )
        for number in range(count)
    ]


def judged(*parts: list[Reading]) -> SourceQuality:
    return judge_source("Paper", [one for part in parts for one in part], NOW)


def past() -> list[Reading]:
    return pages(60, hours=26, every=8)


def test_a_source_like_before_is_ok() -> None:
    assert judged(past(), pages(8, hours=1, every=2)).quality is Quality.OK


def test_a_young_source_is_learning() -> None:
    found = judged(pages(12, hours=1, every=2))
    assert (found.quality, found.findings) == (Quality.LEARNING, ())


def test_texts_that_shrink_are_a_finding_with_both_figures() -> None:
    found = judged(past(), pages(8, hours=1, every=2, characters=240))
    assert found.quality is Quality.DEGRADED
    assert len(found.findings) == 1
    assert found.findings[0].startswith("texts of 240 characters, ")


def test_texts_that_swell_are_a_finding_too() -> None:
    found = judged(past(), [*pages(8, hours=1, every=2)])
    swollen = judged(past(), pages(8, hours=1, every=2, characters=90_000))
    assert (found.quality, swollen.quality) == (Quality.OK, Quality.DEGRADED)


def test_dates_that_vanish_are_a_finding() -> None:
    found = judged(past(), pages(6, hours=1, every=2, is_dated=False))
    assert found.findings == ("100% pages without a date, 0% before",)


def test_a_source_that_never_had_dates_is_not_degraded_by_that() -> None:
    undated = pages(60, hours=26, every=8, is_dated=False)
    assert judged(undated, pages(6, hours=1, every=2, is_dated=False)).quality is Quality.OK


def test_the_same_boilerplate_on_every_page_is_a_finding() -> None:
    same = pages(6, hours=1, every=2, characters=3_000, opening="Subscribe to go on reading")
    assert judged(past(), same).findings == ("100% pages with the same text as another, 0% before",)


def test_extractors_that_no_longer_agree_are_a_finding() -> None:
    found = judged(past(), pages(6, hours=1, every=2, confidence=0.3))
    assert found.findings == ("100% texts that the extractors do not agree on, 0% before",)


def test_characters_of_a_wrong_charset_and_selectors_that_miss_are_findings() -> None:
    garbled = judged(past(), pages(6, hours=1, every=2, has_mojibake=True))
    missed = judged(past(), pages(6, hours=1, every=2, has_missed=True))
    assert garbled.findings == ("100% pages with characters of a wrong charset, 0% before",)
    assert missed.findings == ("100% pages where a selector of `sites` finds nothing, 0% before",)


def test_pages_that_become_walls_are_a_finding() -> None:
    walls = pages(6, hours=1, every=2, unreadable=True)
    assert judged(past(), walls).findings == ("100% pages that cannot be read, 0% before",)


def test_two_odd_pages_are_chance() -> None:
    odd = pages(2, hours=1, every=2, is_dated=False, characters=100)
    assert judged(past(), odd, pages(4, hours=6, every=2)).quality is Quality.OK


def test_a_slow_source_is_judged_by_its_last_five_pages() -> None:
    slow = [*pages(5, hours=3, every=24, characters=90), *pages(20, hours=126, every=24)]
    assert judged(slow).quality is Quality.DEGRADED


def test_a_source_with_hundreds_of_pages_a_day_has_a_past_too() -> None:
    busy = [*pages(300, hours=9, every=0.05), *pages(100, hours=0.1, every=0.05, characters=90)]
    assert judged(busy).quality is Quality.DEGRADED


def test_of_a_hundred_healthy_sources_hardly_one_is_called_degraded() -> None:
    alarms = sum(judged(past(), pages(6, hours=1, every=3)).quality is Quality.DEGRADED for _ in range(500))
    assert alarms <= 5


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_the_shift_of_ranks_turns_its_sign_when_the_sides_change(some: list[int], others: list[int]) -> None:
    assert abs(rank_shift(some, others) + rank_shift(others, some)) < 1e-9


def test_the_shift_of_ranks_is_that_of_the_textbook() -> None:
    # 1, 2, 3 against 4, 5, 6, 7: U = 0, mean 6, variance 3 * 4 * 8 / 12 = 8
    assert abs(rank_shift([1, 2, 3], [4, 5, 6, 7]) - (-6 / 8**0.5)) < 1e-12
