"""What a step did, in one line; what waits, in one question."""

from newsdesk.ledger import Waiting
from newsdesk.ledger import waiting as count_waiting
from newsdesk.model import Counts
from newsdesk.services import Services


def describe(counts: Counts) -> str:
    """One line for the end of a task's log: `collect: 61 done, 2 dropped:paywall; 61 for the next step`."""
    outcomes = ", ".join(f"{number} {name}" for name, number in counts.outcomes.items()) or "nothing was due"
    return f"{counts.step}: {outcomes}" + (f"; {counts.produced} new" if counts.produced else "")


def waiting(services: Services) -> Waiting:
    """Rows that could be claimed now."""
    return count_waiting(services.ledger, services.clock())
