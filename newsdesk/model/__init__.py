"""The words of the product: outcomes and reasons, what is watched, and what the line makes of it."""

from newsdesk.model.articles import (
    FEED_SUMMARY,
    UNREAD,
    Alert,
    Article,
    Counts,
    Evidence,
    Notification,
    PageReading,
    SiteRule,
    Tag,
)
from newsdesk.model.feeds import FeedEvent, FeedEventKind, Via
from newsdesk.model.outcomes import REASONS, Done, Dropped, Outcome, Quarantined, Reason, Retry, Stage
from newsdesk.model.urls import redacted
from newsdesk.model.watched import DomainSpec, FeedSpec, Reader, Rule, Topic, Watchlist

__all__ = [
    "FEED_SUMMARY",
    "REASONS",
    "UNREAD",
    "Alert",
    "Article",
    "Counts",
    "DomainSpec",
    "Done",
    "Dropped",
    "Evidence",
    "FeedEvent",
    "FeedEventKind",
    "FeedSpec",
    "Notification",
    "Outcome",
    "PageReading",
    "Quarantined",
    "Reader",
    "Reason",
    "Retry",
    "Rule",
    "SiteRule",
    "Stage",
    "Tag",
    "Topic",
    "Via",
    "Watchlist",
    "redacted",
]
