"""The watchlist: the feeds, topics, readers and rules that `watchlist.yaml` declares, checked."""

from newsdesk.watchlist.findings import Finding, Severity
from newsdesk.watchlist.lint import lint_watchlist
from newsdesk.watchlist.load import load_watchlist
from newsdesk.watchlist.review import Review, review_watchlist
from newsdesk.watchlist.shape import schema, schema_text

__all__ = [
    "Finding",
    "Review",
    "Severity",
    "lint_watchlist",
    "load_watchlist",
    "review_watchlist",
    "schema",
    "schema_text",
]
