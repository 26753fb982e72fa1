"""Which topics articles are tagged by."""

from pathlib import Path

from newsdesk.ledger import topics
from newsdesk.model import Topic
from newsdesk.services import Services
from newsdesk.watchlist import load_watchlist


def follow_topics(services: Services) -> tuple[Topic, ...]:
    """The topics that tags are to follow now; those that changed wait for re-tagging from now on.

    One question where nothing changed. Else the watchlist is read again: of two processes, the one that began before
    the change must not take it back. Raises WatchlistError.
    """
    ours = services.watchlist.topics
    with services.ledger.read() as connection:
        if topics.declared_digest(connection) == topics.digest(ours):
            return ours
    ours = load_watchlist(Path(services.watchlist.path)).topics
    with services.ledger.write() as connection:
        topics.declare(connection, ours, services.clock())
    return ours
