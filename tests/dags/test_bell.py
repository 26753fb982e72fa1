"""When the watcher rings. No Airflow is needed for that."""

import asyncio
from collections.abc import Callable, Iterator

from newsdesk.airflow.bell import Bell, ring_while_waiting


def make_bell() -> Bell:
    return Bell(patience=10, slowest=30)


def rings_at(bell: Bell, looks: dict[float, int]) -> list[float]:
    return [now for now, waiting in looks.items() if bell.rings(waiting, now)]


def test_it_is_silent_while_nothing_waits() -> None:
    assert rings_at(make_bell(), {float(now): 0 for now in range(100)}) == []


def test_it_rings_when_work_waited_for_its_patience() -> None:
    assert rings_at(make_bell(), {0: 0, 5: 3, 10: 3, 14: 3, 15: 3, 16: 3}) == [15]


def test_it_rings_when_work_is_there_from_the_first_look() -> None:
    assert rings_at(make_bell(), {100: 3, 109: 3, 110: 3}) == [110]


def test_it_is_silent_while_somebody_takes_the_work() -> None:
    assert rings_at(make_bell(), {float(now): 100 - now for now in range(100)}) == []


def test_new_work_does_not_start_the_wait_anew() -> None:
    assert rings_at(make_bell(), {0: 1, 4: 2, 8: 3, 10: 4}) == [10]


def test_rings_that_nobody_answers_become_rare() -> None:
    assert rings_at(make_bell(), {float(now): 5 for now in range(101)}) == [10, 30, 60, 90]


def test_progress_brings_the_patience_back() -> None:
    bell = make_bell()
    assert rings_at(bell, {0: 5, 10: 5, 30: 5, 31: 4, 40: 4, 41: 4}) == [10, 30, 41]


def test_work_that_is_gone_and_comes_again_is_waited_for_again() -> None:
    assert rings_at(make_bell(), {0: 5, 9: 0, 11: 5, 20: 5, 21: 5}) == [21]


def counts(*values: int | Exception) -> Callable[[], int]:
    """A reader of the ledger that finds these, and the last one for ever."""
    left: Iterator[int | Exception] = iter(values)
    last: list[int | Exception] = [0]

    def look() -> int:
        last[0] = next(left, last[0])
        if isinstance(last[0], Exception):
            raise last[0]
        return last[0]

    return look


async def first_rings(look: Callable[[], int], number: int) -> list[int]:
    found: list[int] = []
    async for waiting in ring_while_waiting(look, bell=Bell(patience=0, slowest=0.02), every=0.001):
        found.append(waiting)
        if len(found) == number:
            break
    return found


def test_the_loop_rings_again_and_again_and_never_ends() -> None:
    assert asyncio.run(asyncio.wait_for(first_rings(counts(7), 5), timeout=30)) == [7] * 5


def test_the_loop_survives_a_ledger_that_cannot_be_read() -> None:
    look = counts(OSError("the disk is gone"), ValueError("and something else"), 3)
    assert asyncio.run(asyncio.wait_for(first_rings(look, 1), timeout=30)) == [3]


def test_the_loop_is_silent_while_nothing_waits() -> None:
    async def listen() -> None:
        await asyncio.wait_for(first_rings(counts(0), 1), timeout=0.1)

    try:
        asyncio.run(listen())
    except TimeoutError:
        return
    raise AssertionError("it rang")
