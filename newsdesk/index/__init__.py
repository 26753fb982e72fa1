"""The search index: a view of the ledger that answers queries and can be made anew at any time."""

from newsdesk.index.opening import clear_index, open_index
from newsdesk.index.protocol import (
    NO_FILTERS,
    Document,
    Facet,
    FacetCount,
    FacetField,
    Filters,
    Highlight,
    Hit,
    IndexStats,
    Page,
    PutOutcome,
    PutReport,
    PutStatus,
    SearchIndex,
    Sort,
    TopicSpan,
)

__all__ = [
    "NO_FILTERS",
    "Document",
    "Facet",
    "FacetCount",
    "FacetField",
    "Filters",
    "Highlight",
    "Hit",
    "IndexStats",
    "Page",
    "PutOutcome",
    "PutReport",
    "PutStatus",
    "SearchIndex",
    "Sort",
    "TopicSpan",
    "clear_index",
    "open_index",
]
