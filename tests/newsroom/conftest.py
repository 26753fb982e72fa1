"""A newsroom of its own for every test: it opens at a fixed instant and nothing in it is slow."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from newsdesk.newsroom import Newsroom

OPENED = datetime(2026, 3, 2, 6, 30, 0, 250_000, tzinfo=UTC)


class SteppingClock:
    """An hour later at each look."""

    def __init__(self) -> None:
        self._now = OPENED - timedelta(hours=1)

    def __call__(self) -> datetime:
        self._now += timedelta(hours=1)
        return self._now


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(clock=SteppingClock(), slow_seconds=0.0) as room:
        yield room
