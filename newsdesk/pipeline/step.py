"""The one shape of every step: claim, work, record; and the tally of what came of it."""

import asyncio
import dataclasses
import logging
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from newsdesk.errors import LedgerError
from newsdesk.ledger import Connection, Lease, RowRefusedError
from newsdesk.ledger.leases import Terms, outcome_name, release
from newsdesk.model import Counts, Outcome, Quarantined, Reason, Retry, redacted
from newsdesk.schedule import retry_or_give_up
from newsdesk.services import FailpointHit, Services

log = logging.getLogger("newsdesk")

Row = TypeVar("Row")
Product = TypeVar("Product")


class LeaseLostError(Exception):
    """Somebody else has the row: what was written in this transaction must not stay."""


@dataclass(slots=True)
class Tally:
    """Counts by outcome while a step runs."""

    step: str
    outcomes: Counter[str] = field(default_factory=Counter)
    produced: int = 0

    def settle(self, outcome: Outcome, *, held: bool, subject: str) -> None:
        """Count one row, and log it where it did not simply go well. Not `held`: the lease ran out while we worked."""
        if not held:
            self.outcomes["lease-lost"] += 1
            return
        name = outcome_name(outcome)
        self.outcomes[name if outcome.reason is None else f"{name}:{outcome.reason.value}"] += 1
        if name in ("retry", "quarantined") and outcome.reason is not Reason.HOST_BUSY:
            log.warning("%s %s %s: %s %s", self.step, redacted(subject), name, outcome.reason, outcome.detail)

    def counts(self) -> Counts:
        """What the step returns."""
        return Counts(step=self.step, outcomes=dict(sorted(self.outcomes.items())), produced=self.produced)


def unexpected(error: Exception) -> Quarantined:
    """Any exception that no step knows: a defect of ours, shown with its place, and never the end of a batch."""
    place = traceback.extract_tb(error.__traceback__)[-1] if error.__traceback__ else None
    where = f" at {place.filename.rsplit('/', 1)[-1]}:{place.lineno}" if place else ""
    return Quarantined(reason=Reason.UNEXPECTED, detail=f"{type(error).__name__}: {error}{where}")


def retry(
    services: Services,
    *,
    attempts: int,
    reason: Reason,
    detail: str,
    not_before: datetime | None = None,
    counts: bool = True,
) -> Retry | Quarantined:
    """Another try, or a person must look. Not `counts`: the fault is not this row's, and it is never given up."""
    decision = retry_or_give_up(
        attempts=attempts if counts else min(attempts, services.settings.attempts - 1),
        limit=services.settings.attempts,
        now=services.clock(),
        chance=services.chance(),
        reason=reason,
        detail=detail,
        not_before=not_before,
    )
    return dataclasses.replace(decision, counts=counts) if isinstance(decision, Retry) else decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[Row, Product]):
    """The three parts of a step. The work on a row gives its outcome and, if it went well, a product to record.

    `singly` is for work that cannot be taken back: each row is claimed just before, and not given back once begun.
    `batch` is how many rows are claimed at a time, where that is not for the settings to say: a row whose work is long
    would keep the others waiting.
    """

    claim: Callable[[Connection, int], list[tuple[Lease, Row]]]
    work: Callable[[Row], tuple[Outcome, Product | None]]
    record: Callable[[Connection, tuple[Lease, Row], Outcome, Product | None], bool]
    singly: bool = False
    batch: int | None = None


def drain(services: Services, tally: Tally, step: Step[Row, Product], *, limit: int | None = None) -> Counts:
    """Take what is due, batch by batch, until nothing is; one row's fault is that row's alone."""
    left, batch = limit, 1 if step.singly else step.batch or services.settings.batch
    while left is None or left > 0:
        with services.ledger.write() as connection:
            claimed = step.claim(connection, batch if left is None else min(left, batch))
        if not claimed:
            break
        left = None if left is None else left - len(claimed)
        with given_back(services, [] if step.singly else [lease for lease, _ in claimed]):
            for lease, row in claimed:
                _carry_out(services, tally, step, (lease, row))
    return tally.counts()


def _carry_out(services: Services, tally: Tally, step: Step[Row, Product], claimed: tuple[Lease, Row]) -> None:
    lease, row = claimed
    outcome, product = attempt(step.work, row)
    services.failpoint(f"{tally.step}.worked")
    try:
        with services.ledger.write() as connection:
            held = step.record(connection, claimed, outcome, product)
    except Exception as error:
        outcome = refused(error)
        with services.ledger.write() as connection:
            held = step.record(connection, claimed, outcome, None)
    services.failpoint(f"{tally.step}.recorded")
    tally.settle(outcome, held=held, subject=lease.id)


def refused(error: Exception) -> Quarantined:
    """What becomes of a row whose outcome cannot be recorded; where that is not the row's fault, the error goes on."""
    if isinstance(error, FailpointHit) or (isinstance(error, LedgerError) and not isinstance(error, RowRefusedError)):
        raise error
    return unexpected(error)


@contextmanager
def given_back(services: Services, leases: Sequence[Lease]) -> Iterator[None]:
    """When the block is left early, rows that were not come to wait for nobody, and have lost no attempt.

    It is an attempt: if the ledger itself is the trouble, the leases have to run out.
    """
    try:
        yield
    except BaseException:
        with suppress(LedgerError), services.ledger.write() as connection:
            release(connection, leases)
        raise


def attempt(work: Callable[[Row], tuple[Outcome, Product | None]], row: Row) -> tuple[Outcome, Product | None]:
    """The work on one row; an exception becomes an outcome, but for those that concern the whole step."""
    try:
        return work(row)
    except (LedgerError, FailpointHit):
        raise
    except Exception as error:
        return unexpected(error), None


async def under_way(
    services: Services,
    claim: Callable[[Connection, Terms], list[tuple[Lease, Row]]],
    one: Callable[[Lease, Row], Awaitable[Outcome]],
    *,
    limit: int | None = None,
) -> None:
    """The same for steps that wait for the network: many rows are under way at once, and a slow one delays no other.

    `one` records its row's outcome by itself; what it raises concerns the whole step. A row that was only sent back,
    since its host is busy, does not count towards `limit`. After `step_seconds` nothing more is claimed: what was taken
    in goes on to the next steps although more waits, or a slow domain does.
    """
    clock = asyncio.get_running_loop().time
    end = clock() + services.settings.step_seconds
    running: dict[asyncio.Task[Outcome], Lease] = {}
    left, width = limit, services.settings.fetch_concurrency
    try:
        while True:
            room = width - len(running) if clock() < end else 0
            if running and room < width // 4:  # a few rows at a time: each claim is a transaction
                room = 0
            size = room if left is None else min(room, left)
            claimed = await _claimed(services, claim, size) if size > 0 else []
            left = None if left is None else left - len(claimed)
            running |= {asyncio.ensure_future(one(lease, row)): lease for lease, row in claimed}
            if not running:
                return
            ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                sent_back = task.result().reason is Reason.HOST_BUSY
                left = left + 1 if sent_back and left is not None else left
                del running[task]
    except BaseException:
        await _abandon(services, running)
        raise


async def _claimed(
    services: Services, claim: Callable[[Connection, Terms], list[tuple[Lease, Row]]], size: int
) -> list[tuple[Lease, Row]]:
    """What is claimed; where the step is cancelled meanwhile, the thread goes on, and its rows are given back."""
    claiming = asyncio.ensure_future(asyncio.to_thread(_claim, services, claim, size))
    try:
        return await asyncio.shield(claiming)
    except asyncio.CancelledError:
        with suppress(LedgerError):
            claimed = await claiming
            with services.ledger.write() as connection:
                release(connection, [lease for lease, _ in claimed])
        raise


async def _abandon(services: Services, running: dict[asyncio.Task[Outcome], Lease]) -> None:
    """End what is under way, and give its rows back."""
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    with suppress(LedgerError), services.ledger.write() as connection:
        release(connection, list(running.values()))


def _claim(
    services: Services, claim: Callable[[Connection, Terms], list[tuple[Lease, Row]]], size: int
) -> list[tuple[Lease, Row]]:
    with services.ledger.write() as connection:
        return claim(connection, services.claim_terms(size))
