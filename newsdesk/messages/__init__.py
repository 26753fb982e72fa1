"""From a notification, or a report, to the bytes of a mail. Pure: the same input gives the same bytes."""

from newsdesk.messages.compose import Message, Sender, parse_sender, render
from newsdesk.messages.feed_report import (
    FeedIncident,
    FeedReport,
    FeedTrouble,
    headline,
    render_feed_report,
    write_feed_report,
)

__all__ = [
    "FeedIncident",
    "FeedReport",
    "FeedTrouble",
    "Message",
    "Sender",
    "headline",
    "parse_sender",
    "render",
    "render_feed_report",
    "write_feed_report",
]
