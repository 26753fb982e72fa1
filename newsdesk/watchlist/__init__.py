"""The watchlist: the feeds, topics, readers and rules that `watchlist.yaml` declares, checked."""

from newsdesk.watchlist.lint import Finding, Severity, lint_watchlist
from newsdesk.watchlist.load import load_watchlist
from newsdesk.watchlist.shape import schema, schema_text

__all__ = ["Finding", "Severity", "lint_watchlist", "load_watchlist", "schema", "schema_text"]
