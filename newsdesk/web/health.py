"""Whether all is well, from the figures of the ledger."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from newsdesk.ledger.figures import LATE, Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class WebHealth:
    """The figures and what is wrong with them."""

    figures: Figures
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {"ok": self.ok, "problems": list(self.problems), **dataclasses.asdict(self.figures)}


def judge(figures: Figures) -> WebHealth:
    """Judge them as `newsdesk status` does: what waits longer than half an hour means that nobody works."""
    problems = []
    if figures.feeds_late:
        problems.append(f"{_overdue('feed', figures.feeds_late)}: does the line run?")
    if figures.mails_late:
        problems.append(f"{_overdue('mail', figures.mails_late)}: does the relay work?")
    return WebHealth(figures=figures, problems=tuple(problems))


def _overdue(thing: str, number: int) -> str:
    minutes = round(LATE.total_seconds() / 60)
    these = f"{thing} is" if number == 1 else f"{thing}s are"
    return f"{number:,} {these} overdue by more than {minutes} minutes"
