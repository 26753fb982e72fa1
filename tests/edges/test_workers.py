"""Document workers: a document that hangs, hoards or crashes costs itself and nothing else."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from newsdesk.errors import WorkerError
from newsdesk.workers import DocumentWorkers
from tests.edges import documents


def workers(count: int = 1, seconds: float = 20.0, memory_bytes: int = 256 << 20, **more: int) -> DocumentWorkers:
    return DocumentWorkers(count, seconds, memory_bytes, preload=(), **more)


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def wait_until_gone(pids: list[int]) -> None:
    while any(is_running(pid) for pid in pids):  # the time limit of the test ends this
        time.sleep(0.01)


def reason_of(future: Future[Any]) -> str:
    with pytest.raises(WorkerError) as caught:
        future.result()
    return caught.value.reason


def test_fifty_documents_come_back_in_order() -> None:
    with workers(2) as pool:
        futures = [pool.submit(documents.slow_double, number) for number in range(50)]
        assert [future.result() for future in futures] == [number * 2 for number in range(50)]


def test_a_document_of_twenty_megabytes_makes_the_round_trip() -> None:
    document = os.urandom(20_000_000)
    with workers() as pool:
        assert pool.submit(documents.echo, document).result() == document


def test_coroutines_wait_for_documents_without_blocking() -> None:
    async def run() -> list[int]:
        with workers(2) as pool:
            return await asyncio.gather(*(pool.run(documents.double, number) for number in range(10)))

    assert asyncio.run(run()) == [number * 2 for number in range(10)]


@pytest.mark.parametrize("function", [documents.hang, documents.sleep_for_ever])
def test_a_hang_costs_its_own_document_only(function: Callable[[], None]) -> None:
    with workers(seconds=0.3) as pool:
        before = pool.submit(documents.double, 1)
        stuck = pool.submit(function)
        after = [pool.submit(documents.double, number) for number in range(5)]
        assert before.result() == 2
        assert reason_of(stuck) == "parser-timeout"
        assert [future.result() for future in after] == [0, 2, 4, 6, 8]


def test_a_hoarder_is_stopped_and_its_worker_replaced() -> None:
    with workers(memory_bytes=128 << 20) as pool:
        first = pool.submit(documents.pid).result()
        assert reason_of(pool.submit(documents.hog)) == "parser-memory"
        assert pool.submit(documents.pid).result() != first


@pytest.mark.parametrize(
    ("function", "trace"),
    [(documents.leave, "exit code 7"), (documents.fault, "SIGSEGV"), (documents.exit_politely, "exit code 1")],
)
def test_a_crash_is_an_error_that_names_its_kind(function: Callable[[], None], trace: str) -> None:
    with workers() as pool:
        future = pool.submit(function)
        with pytest.raises(WorkerError, match=trace) as caught:
            future.result()
        assert caught.value.reason == "parser-crash"
        assert pool.submit(documents.double, 4).result() == 8


def test_an_error_of_the_function_is_raised_as_it_was_with_its_traceback() -> None:
    with workers() as pool:
        first = pool.submit(documents.pid).result()
        with pytest.raises(ValueError, match="line 3: no title") as caught:
            pool.submit(documents.complain, "line 3: no title").result()
        assert "in complain" in caught.value.__notes__[0]
        assert pool.submit(documents.pid).result() == first  # an ordinary error costs no worker


def test_an_error_that_does_not_travel_is_told_in_words() -> None:
    with workers() as pool, pytest.raises(WorkerError, match="OddError: odd"):
        pool.submit(documents.complain_oddly).result()


def test_a_result_that_does_not_travel_is_an_error() -> None:
    with workers() as pool, pytest.raises(Exception, match="pickle"):
        pool.submit(documents.give_what_does_not_pickle).result()


def test_what_a_library_prints_does_not_disturb() -> None:
    with workers() as pool:
        assert [pool.submit(documents.chatter, text).result() for text in ("a" * 100_000, "b")] == ["a" * 100_000, "b"]
        assert pool.submit(documents.read_input).result() == ""


def test_a_worker_is_replaced_after_its_share_of_documents() -> None:
    with workers(documents=3) as pool:
        pids = [pool.submit(documents.pid).result() for _ in range(7)]
    assert len(set(pids)) == 3


def test_a_worker_that_died_while_idle_costs_no_document() -> None:
    with workers() as pool:
        first = pool.submit(documents.pid).result()
        os.kill(first, signal.SIGKILL)
        wait_until_gone([first])
        assert pool.submit(documents.double, 3).result() == 6


def test_no_worker_starts_without_work_and_none_stays() -> None:
    with workers(2) as pool:
        assert not pool._children
        pids = [pool.submit(documents.pid).result() for _ in range(3)]
        stuck = pool.submit(documents.hang)
        waiting = [pool.submit(documents.hang) for _ in range(4)]
        while not stuck.running():
            time.sleep(0.01)
    wait_until_gone(pids)
    assert reason_of(stuck) in {"parser-crash", "worker-failed"}  # the latter where its child was only starting
    assert waiting[-1].cancelled()


PARENT = """
import sys, time
from newsdesk.workers import DocumentWorkers
from tests.edges import documents
pool = DocumentWorkers(2, 60, 1 << 28, preload=())
print(pool.submit(documents.pid).result(), flush=True)
futures = [pool.submit(documents.hang) for _ in range(2)]
while len(pool._children) < 2:
    time.sleep(0.01)
print(*(child._process.pid for child in pool._children), flush=True)
time.sleep(600)
"""


def test_no_worker_outlives_a_killed_parent_even_while_it_hangs() -> None:
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout is not None
        pids = [int(word) for _ in range(2) for word in parent.stdout.readline().split()]
        assert all(is_running(pid) for pid in pids)
        parent.kill()
    wait_until_gone(pids)
    assert len(set(pids)) == 2


def test_a_worker_that_does_not_start_is_no_fault_of_the_document() -> None:
    with DocumentWorkers(1, 20.0, 256 << 20, preload=("a_module_that_is_not_there",)) as pool:
        assert reason_of(pool.submit(len, b"page")) == "worker-failed"
