"""The watcher's trigger: rings an asset while the ledger holds work that nobody takes."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import assert_never

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from newsdesk.airflow.bell import Bell, ring_while_waiting

LOOK_EVERY = 3.0  # seconds between two looks into the ledger
SLOWEST = 300.0  # seconds between two rings that nobody answers


class Work(StrEnum):
    """What a watcher looks for."""

    PROCESS = "process"  # entries to collect; articles to tag, index or alert on; topics that changed
    DELIVER = "deliver"  # notifications that are due


class WaitingWorkTrigger(BaseEventTrigger):
    """Rings while work of one kind waits in the ledger.

    Airflow knows a trigger by class path and arguments, so the arguments name the work and nothing else: the ledger's
    address is read where the trigger runs, and never stands in Airflow's database.
    """

    def __init__(self, work: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow's, without types
        self.work = Work(work)

    def serialize(self) -> tuple[str, dict[str, str]]:
        """Class path and arguments: the identity of the watcher."""
        return "newsdesk.airflow.trigger.WaitingWorkTrigger", {"work": self.work.value}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Ring for ever. The event carries a number only; whoever wakes reads the ledger."""
        from newsdesk.settings import read_settings

        patience = read_settings().watch_patience
        bell = Bell(patience=patience, slowest=SLOWEST)
        async for waiting in ring_while_waiting(partial(count_waiting, self.work), bell=bell, every=LOOK_EVERY):
            yield TriggerEvent({"waiting": waiting})  # type: ignore[no-untyped-call]  # Airflow's, without types


def count_waiting(work: Work) -> int:
    """Count the claimable rows. Blocks on the ledger, and opens it anew: a lost connection heals by itself."""
    from newsdesk.ledger import open_ledger
    from newsdesk.ledger import waiting as count
    from newsdesk.settings import read_settings

    with open_ledger(read_settings().ledger_address) as ledger:
        found = count(ledger, datetime.now(UTC))
    match work:
        case Work.PROCESS:
            return found.documents
        case Work.DELIVER:
            return found.notifications
        case _:
            assert_never(work)
