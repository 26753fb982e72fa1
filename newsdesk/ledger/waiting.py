"""What waits to be done: the question behind every wake-up."""

from dataclasses import dataclass
from datetime import datetime

from newsdesk.ledger.connection import Ledger
from newsdesk.ledger.leases import count_claimable
from newsdesk.ledger.tables import articles, entries, feeds, notifications, outbox
from newsdesk.ledger.topics import count_waiting
from newsdesk.model import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Rows that are due and that nobody works on."""

    feeds: int
    entries: int
    articles: int
    notifications: int
    topics: int = 0  # that changed, so that stored articles are to follow

    @property
    def documents(self) -> int:
        """Work for collect, tag, retag, index and alert."""
        return self.entries + self.articles + self.topics


def waiting(ledger: Ledger, now: datetime) -> Waiting:
    """Count what could be claimed now."""
    with ledger.read() as connection:
        mails = count_claimable(connection, outbox, (Stage.SEND,), now)
        return Waiting(
            feeds=count_claimable(connection, feeds, (Stage.POLL,), now),
            entries=count_claimable(connection, entries, (Stage.COLLECT,), now),
            articles=count_claimable(connection, articles, (Stage.TAG, Stage.INDEX, Stage.ALERT), now),
            notifications=mails + count_claimable(connection, notifications, (Stage.RENDER,), now),
            topics=count_waiting(connection, now),
        )
