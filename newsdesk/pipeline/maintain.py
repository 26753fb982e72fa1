"""maintain: daily work. The index is compared with the ledger and mended; old rows of history go; feeds are told of."""

from datetime import timedelta

from newsdesk.index import PutStatus
from newsdesk.ledger import articles, history
from newsdesk.model import Counts
from newsdesk.pipeline.feed_report import queue_feed_report
from newsdesk.pipeline.index import document
from newsdesk.pipeline.topics import follow_topics
from newsdesk.query import parse
from newsdesk.services import Services

POLL_DAYS = 90
QUIET_POLL_DAYS = 7  # of polls that found nothing new: nine of ten rows


def maintain(services: Services) -> Counts:
    """Bring missing articles back into the index, take surplus ones out, prune old polls and archived pages.

    With the first call of an ISO week the report of the feeds is queued, where somebody wants it.
    """
    follow_topics(services)
    outcomes = {}
    held = services.index.ids(parse("*:*"))
    with services.ledger.read() as connection:
        indexed, known = articles.indexed_ids(connection), articles.all_ids(connection)
    outcomes["missing"] = _put(services, sorted(indexed - held))
    # what the ledger knows but has not marked yet is being indexed at this moment
    outcomes["surplus"] = services.index.delete(sorted(held - known))
    with services.ledger.write() as connection:
        now = services.clock()
        outcomes["pruned polls"] = history.prune_polls(
            connection, now - timedelta(days=POLL_DAYS), quiet_before=now - timedelta(days=QUIET_POLL_DAYS)
        )
        history.prune_slots(connection, now - timedelta(days=1))
    if services.settings.archive_days:
        oldest = services.clock() - timedelta(days=services.settings.archive_days)
        outcomes["pruned pages"] = services.archive.prune(oldest.date())
    if services.settings.report_to:
        outcomes["feed reports"] = int(queue_feed_report(services) is None)
    return Counts(step="maintain", outcomes={name: number for name, number in outcomes.items() if number})


def rebuild_index(services: Services) -> int:
    """Write every indexed article anew; returns how many the index took. Alerts and stages are not touched."""
    with services.ledger.read() as connection:
        indexed = articles.indexed_ids(connection)
    return _put(services, sorted(indexed))


def _put(services: Services, ids: list[str]) -> int:
    size, written = services.settings.batch, 0
    for start in range(0, len(ids), size):
        with services.ledger.read() as connection:
            batch = articles.load_ids(connection, ids[start : start + size])
        written += len(services.index.put([document(article) for article in batch]).ids(PutStatus.STORED))
    return written
