"""Mails and the people they are for: nobody gets one twice, and nobody who is no longer in the watchlist gets one."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from newsdesk import pipeline
from newsdesk.services import Services, open_services
from newsdesk.supervisor.processes import free_port
from tests.pipeline.conftest import OpenLine

SOURCES = ("gujarat-ledger", "merchant-market")


class Relay:
    """Takes every mail; before it says so for the first time, something else may happen."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.meanwhile: Callable[[], None] = lambda: None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the server's interface
        head = envelope.content.decode().split("\r\n\r\n")[0].splitlines()
        self.taken[next(line for line in head if line.lower().startswith("message-id:"))] += 1
        if sum(self.taken.values()) == 1:
            await asyncio.to_thread(self.meanwhile)
        return "250 OK"


@contextlib.contextmanager
def relay() -> Iterator[tuple[Relay, int]]:
    taker = Relay()
    controller = Controller(taker, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield taker, controller.port
    finally:
        controller.stop()


def to_the_outbox(services: Services) -> None:
    for step in (pipeline.poll, pipeline.collect, pipeline.tag, pipeline.index, pipeline.alert):
        step(services)


def test_a_process_that_was_stopped_between_mails_sends_none_that_another_one_sent(open_line: OpenLine) -> None:
    """Only the mail that was on its way when the process was stopped may come twice."""
    with (
        relay() as (taker, port),
        open_line(sources=SOURCES, mail_url=f"smtp://127.0.0.1:{port}?security=none") as slow,
    ):
        to_the_outbox(slow)

        def in_an_hour() -> datetime:
            return datetime.now(UTC) + timedelta(hours=1)

        def another_process() -> None:
            with open_services(slow.settings, clock=in_an_hour) as quick:
                pipeline.deliver(quick)

        taker.meanwhile = another_process
        pipeline.deliver(slow)
    assert len(taker.taken) > 3
    assert sum(taker.taken.values()) == len(taker.taken) + 1


def test_mails_that_wait_are_not_sent_to_a_reader_who_was_taken_out(open_line: OpenLine, tmp_path: Path) -> None:
    with open_line(sources=SOURCES, mail_url=f"spool:{tmp_path / 'spool'}") as services:
        to_the_outbox(services)
        (tmp_path / "spool").touch()  # a file where the folder should be
        assert pipeline.deliver(services).produced > 0
        (tmp_path / "spool").unlink()
        nobody = replace(services.watchlist, readers=())
        later = replace(services, watchlist=nobody, clock=lambda: datetime.now(UTC) + timedelta(hours=1))
        assert set(pipeline.deliver(later).outcomes) == {"dropped:no-reader"}
    assert not list((tmp_path / "spool").glob("*.eml"))
