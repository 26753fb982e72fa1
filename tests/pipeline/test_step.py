"""What holds for every step: one row's fault stays with that row, and nobody waits for rows that were not come to."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from newsdesk import pipeline
from newsdesk.errors import LedgerError
from newsdesk.ledger import Connection, Lease, entries, tables
from newsdesk.ledger.entries import Entry
from newsdesk.ledger.leases import Terms
from newsdesk.model import Done, Outcome, Reason, Retry
from newsdesk.pipeline.step import Step, Tally, drain, under_way
from newsdesk.services import Services
from tests.pipeline.conftest import OpenLine

SOURCE = "gujarat-ledger"


def stages(services: Services) -> dict[str, tuple[str | None, int, bool]]:
    """By title: outcome, attempts and whether somebody holds the entry."""
    with services.ledger.read() as connection:
        rows = connection.execute(tables.entries.select()).all()
    return {row.title: (row.reason or row.outcome, row.attempts, row.lease_until is not None) for row in rows}


def make_step(services: Services, fault: Callable[[Entry], None], **more: Any) -> Step[Entry, Entry]:
    """A step that marks entries as done; `fault` may raise while one is recorded."""

    def claim(connection: Connection, size: int) -> list[tuple[Lease, Entry]]:
        return entries.claim_waiting(connection, services.claim_terms(size))

    def record(connection: Connection, claimed: tuple[Lease, Entry], outcome: Outcome, product: Entry | None) -> bool:
        if product is not None:
            fault(product)
        return entries.record(connection, claimed[0], outcome)

    return Step(claim=claim, work=lambda entry: (Done(), entry), record=record, **more)


def nth(number: int, error: Exception) -> Callable[[Entry], None]:
    """Raise for the row that comes as that one."""
    seen: list[str] = []

    def fault(entry: Entry) -> None:
        seen.append(entry.id)
        if len(seen) == number:
            raise error

    return fault


def test_a_row_that_cannot_be_recorded_is_set_aside_and_the_others_go_on(open_line: OpenLine) -> None:
    with open_line(sources=[SOURCE]) as services:
        pipeline.poll(services)
        drain(services, Tally("try"), make_step(services, nth(3, UnicodeError("half a character"))))
        found = sorted(outcome or "" for outcome, _, _ in stages(services).values())
        assert found == [*["done"] * (len(found) - 1), Reason.UNEXPECTED.value]


def test_rows_that_a_failed_step_had_not_come_to_are_free_and_lost_no_attempt(open_line: OpenLine) -> None:
    with open_line(sources=[SOURCE]) as services:
        pipeline.poll(services)
        with pytest.raises(LedgerError):
            drain(services, Tally("try"), make_step(services, nth(3, LedgerError("the disk is full"))))
        found = list(stages(services).values())
        assert found.count(("done", 0, False)) == 2
        assert found.count((None, 0, False)) == len(found) - 2


def test_work_that_cannot_be_taken_back_counts_as_begun_and_is_claimed_row_by_row(open_line: OpenLine) -> None:
    with open_line(sources=[SOURCE]) as services:
        pipeline.poll(services)
        with pytest.raises(LedgerError):
            drain(services, Tally("try"), make_step(services, nth(3, LedgerError("the disk is full")), singly=True))
        found = list(stages(services).values())
        assert found.count((None, 1, True)) == 1
        assert found.count((None, 0, False)) == len(found) - 3


def test_a_step_takes_up_nothing_more_when_its_time_is_over(open_line: OpenLine) -> None:
    with open_line(sources=[SOURCE], step_seconds="0.001", fetch_concurrency="1") as services:
        pipeline.poll(services)
        taken = []

        def claim(connection: Connection, terms: Terms) -> list[tuple[Lease, Entry]]:
            claimed = entries.claim_waiting(connection, terms)
            taken.extend(claimed)
            return claimed

        async def one(lease: Lease, _entry: Entry) -> Outcome:
            later = Retry(at=services.clock() + timedelta(hours=1), reason=Reason.TIMEOUT)
            await asyncio.sleep(0.05)
            with services.ledger.write() as connection:
                entries.record(connection, lease, later)
            return later

        asyncio.run(under_way(services, claim, one))
        assert len(taken) <= 1
        assert pipeline.waiting(services).entries > 0


def test_a_fault_of_the_whole_step_frees_what_was_under_way(open_line: OpenLine) -> None:
    async def one(_lease: Lease, _entry: Entry) -> Outcome:
        await asyncio.sleep(0.01)
        raise LedgerError("the disk is full")

    with open_line(sources=[SOURCE]) as services:
        pipeline.poll(services)
        with pytest.raises(LedgerError):
            asyncio.run(under_way(services, entries.claim_waiting, one))
        assert set(stages(services).values()) == {(None, 0, False)}
