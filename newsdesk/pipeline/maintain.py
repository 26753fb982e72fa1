"""maintain: daily work. The index is compared with the ledger and mended; old rows of history go."""

from datetime import timedelta

from newsdesk.ledger import articles, history
from newsdesk.model import Counts
from newsdesk.pipeline.index import document
from newsdesk.query import parse
from newsdesk.services import Services

POLL_DAYS = 90


def maintain(services: Services) -> Counts:
    """Bring missing articles back into the index, take surplus ones out, prune polls older than 90 days."""
    outcomes = {"missing": 0, "surplus": 0, "pruned polls": 0}
    held = services.index.ids(parse("*:*"))
    with services.ledger.read() as connection:
        indexed = articles.indexed_ids(connection)
    outcomes["missing"] = _put(services, sorted(indexed - held))
    outcomes["surplus"] = services.index.delete(sorted(held - indexed))
    with services.ledger.write() as connection:
        outcomes["pruned polls"] = history.prune_polls(connection, services.clock() - timedelta(days=POLL_DAYS))
    return Counts(step="maintain", outcomes={name: number for name, number in outcomes.items() if number})


def rebuild_index(services: Services) -> int:
    """Write every indexed article anew; returns how many. Alerts and stages are not touched."""
    with services.ledger.read() as connection:
        indexed = articles.indexed_ids(connection)
    return _put(services, sorted(indexed))


def _put(services: Services, ids: list[str]) -> int:
    size = services.settings.batch
    for start in range(0, len(ids), size):
        with services.ledger.read() as connection:
            batch = articles.load_ids(connection, ids[start : start + size])
        services.index.put([document(article) for article in batch])
    return len(ids)
