"""Floors on real pages that are not in the repository: skipped where the shared test data are absent."""

import pytest

from bench.extraction import Gold, Prediction, articles_folder, by_cascade, predict, read_gold, score

FOLDER = articles_folder()
pytestmark = pytest.mark.skipif(
    FOLDER is None, reason="the shared test data (articles/gold.json) are not beside the repository"
)


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Gold, Prediction]]:
    assert FOLDER is not None
    return [(gold, predict(gold, by_cascade)) for gold in read_gold(FOLDER, every=4)]


@pytest.mark.parametrize(("name", "f1"), [("fundus", 0.95), ("aed", 0.935)])
def test_texts_are_as_good_as_the_floor(pairs: list[tuple[Gold, Prediction]], name: str, f1: float) -> None:
    figures = score([pair for pair in pairs if pair[0].set == name])
    assert figures.body_f1 >= f1
    assert figures.lost <= 0.03


# Each fourth page only, so the floors lie under what all pages give: title 0.867, authors 0.85.
def test_fields_are_as_good_as_the_floor(pairs: list[tuple[Gold, Prediction]]) -> None:
    figures = score(pairs)
    assert figures.title >= 0.81
    assert figures.authors >= 0.76


def test_dates_are_right_to_the_minute(pairs: list[tuple[Gold, Prediction]]) -> None:
    figures = score([pair for pair in pairs if pair[0].set == "fundus"])
    assert figures.day >= 0.97
    assert figures.minute >= 0.95


def test_hardly_a_real_article_is_taken_for_something_else(pairs: list[tuple[Gold, Prediction]]) -> None:
    assert score(pairs).not_article <= 2
