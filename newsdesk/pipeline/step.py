"""The one shape of every step: claim, work, record; and the tally of what came of it."""

import asyncio
import dataclasses
import logging
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from newsdesk.errors import LedgerError
from newsdesk.ledger import Connection, Lease
from newsdesk.ledger.leases import Terms, outcome_name
from newsdesk.model import Counts, Outcome, Quarantined, Reason, Retry
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
        if name in ("retry", "quarantined"):
            log.warning("%s %s %s: %s %s", self.step, subject, name, outcome.reason, outcome.detail)

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


def drain(
    services: Services,
    tally: Tally,
    *,
    claim: Callable[[Connection, int], list[tuple[Lease, Row]]],
    work: Callable[[Row], tuple[Outcome, Product | None]],
    record: Callable[[Connection, tuple[Lease, Row], Outcome, Product | None], bool],
    limit: int | None = None,
) -> Counts:
    """Take what is due, batch by batch, until nothing is; one row's fault is that row's alone."""
    left = limit
    while left is None or left > 0:
        size = services.settings.batch if left is None else min(left, services.settings.batch)
        with services.ledger.write() as connection:
            claimed = claim(connection, size)
        if not claimed:
            break
        left = None if left is None else left - len(claimed)
        for lease, row in claimed:
            outcome, product = attempt(work, row)
            services.failpoint(f"{tally.step}.worked")
            with services.ledger.write() as connection:
                held = record(connection, (lease, row), outcome, product)
            services.failpoint(f"{tally.step}.recorded")
            tally.settle(outcome, held=held, subject=lease.id)
    return tally.counts()


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
    one: Callable[[Lease, Row], Awaitable[None]],
    *,
    limit: int | None = None,
) -> None:
    """The same for steps that wait for the network: many rows are under way at once, and a slow one delays no other.

    `one` records its row's outcome by itself; what it raises concerns the whole step.
    """
    running: set[asyncio.Task[None]] = set()
    left = limit
    try:
        while True:
            room = services.settings.fetch_concurrency - len(running)
            size = room if left is None else min(room, left)
            claimed = await asyncio.to_thread(_claim, services, claim, size) if size > 0 else []
            left = None if left is None else left - len(claimed)
            running |= {asyncio.ensure_future(one(lease, row)) for lease, row in claimed}
            if not running:
                return
            ended, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _claim(
    services: Services, claim: Callable[[Connection, Terms], list[tuple[Lease, Row]]], size: int
) -> list[tuple[Lease, Row]]:
    with services.ledger.write() as connection:
        return claim(connection, services.claim_terms(size))
