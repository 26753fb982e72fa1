"""The tables of the ledger. Every column that is no plain copy of what a document says has a comment.

Ids are hashes of what a row is about, so that doing the same work twice gives the same row. Rows that wait for a step
carry the eight columns of `work()`; their values come from `newsdesk.ledger.leases` and from nowhere else.
"""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from newsdesk.ledger.columns import Instant, metadata, work
from newsdesk.ledger.feed_tables import (
    domains,
    entries,
    entry_aliases,
    feed_events,
    feed_windows,
    feeds,
    polls,
    robots,
    subscriptions,
    tdmrep,
)

__all__ = [
    "Instant",
    "alerts",
    "article_entries",
    "article_versions",
    "articles",
    "declarations",
    "domains",
    "entries",
    "entry_aliases",
    "feed_events",
    "feed_windows",
    "feeds",
    "metadata",
    "notification_alerts",
    "notifications",
    "outbox",
    "polls",
    "robots",
    "subscriptions",
    "tags",
    "tdmrep",
    "topics",
]

articles = Table(
    "articles",
    metadata,
    Column("id", String(32), primary_key=True, comment="hash of the canonical URL's key"),
    Column("url", Text, nullable=False, comment="where a person reads it"),
    Column("feed_id", String(32), ForeignKey("feeds.id"), nullable=False, comment="the feed that brought it first"),
    Column("source", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("language", Text),
    Column("authors", JSON, nullable=False),
    Column("published", Instant),
    Column("published_source", String(16)),
    Column("modified", Instant),
    Column("fetched_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False, comment="when this version entered the ledger"),
    Column("first_seen_at", Instant, nullable=False),
    Column("fingerprint", String(32), nullable=False, comment="hash of title and text: tells a new version"),
    Column("page_key", Text),
    Column("provenance", JSON, nullable=False, comment="field: [source, confidence]"),
    Column("signals", JSON, nullable=False),
    Column("reading", JSON, nullable=False, server_default="{}", comment="how well the page could be read"),
    Column("tagged_at", Instant),
    Column("indexed_at", Instant),
    Column("alerted_at", Instant, comment="null: what arrived last has not come to the rules yet"),
    *work(),
    Index("articles_work", "stage", "due_at"),
    Index("articles_url", "url", postgresql_using="hash"),  # as entries_link
    Index("articles_indexed", "indexed_at", "id"),
)

article_versions = Table(
    "article_versions",
    metadata,
    Column("article_id", String(32), ForeignKey("articles.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("fingerprint", String(32), nullable=False),
    Column("published", Instant),
    Column("modified", Instant),
    Column("fetched_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("page_key", Text),
)

article_entries = Table(
    "article_entries",
    metadata,
    Column("article_id", String(32), ForeignKey("articles.id"), primary_key=True),
    Column("entry_id", String(32), ForeignKey("entries.id"), primary_key=True),
    Column("source", Text, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

tags = Table(
    "tags",
    metadata,
    Column("article_id", String(32), ForeignKey("articles.id"), primary_key=True),
    Column("article_version", Integer, primary_key=True),
    Column("topic", String(64), primary_key=True),
    Column("topic_version", String(16), primary_key=True),
    Column("tagged_at", Instant, primary_key=True, comment="a topic may go back to a version that it had before"),
    Column("evidence", JSON, nullable=False),
    Column("ended_at", Instant, comment="null: holds now; else replaced by a newer version of article or topic"),
    Column("ended_why", String(16), comment="article-changed, topic-changed or topic-removed"),
    Column(
        "alert",
        String(8),
        nullable=False,
        server_default="due",
        comment="due: rules are yet to be asked; asked; muted: never, since it came by re-tagging",
    ),
    Index("tags_topic", "topic", "ended_at"),
    Index(
        "tags_present",
        "article_id",
        "topic",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

topics = Table(
    "topics",
    metadata,
    Column("id", String(64), primary_key=True, comment="as the watchlist declares it"),
    Column("version", String(16), comment="that all stored tags follow; null: none yet, or none any more"),
    Column("wanted", String(16), comment="that the watchlist declares; null: it has this topic no more"),
    Column("declared_at", Instant, nullable=False, comment="when the ledger learned of it"),
    Column("alerts", Boolean, nullable=False, comment="the re-tagging that waits may raise alerts"),
    Column("reached", String(32), nullable=False, comment="articles with ids up to this one are re-tagged already"),
    Column("gained", Integer, nullable=False, comment="articles that got the tag by the last re-tagging"),
    Column("lost", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("retagged_at", Instant, comment="end of the last re-tagging"),
    *work(),
    Index("topics_work", "stage", "due_at"),
)

declarations = Table(
    "declarations",
    metadata,
    Column("name", String(16), primary_key=True, comment="topics"),
    Column("digest", String(32), nullable=False, comment="hash of all ids and versions that the ledger follows"),
    Column("declared_at", Instant, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", String(32), primary_key=True, comment="hash of rule and article: once for ever"),
    Column("rule", String(64), nullable=False),
    Column("article_id", String(32), ForeignKey("articles.id"), nullable=False),
    Column("article_version", Integer, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("alerts_article", "article_id"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", String(32), primary_key=True, comment="hash of the key"),
    Column("key", Text, nullable=False, unique=True),
    Column("reader", String(64), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    *work(),
    Index("notifications_work", "stage", "due_at"),
)

notification_alerts = Table(
    "notification_alerts",
    metadata,
    Column("notification_id", String(32), ForeignKey("notifications.id"), primary_key=True),
    Column("alert_id", String(32), ForeignKey("alerts.id"), primary_key=True),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(32), ForeignKey("notifications.id"), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("message_id", Text, nullable=False, unique=True),
    Column("sender", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("data", LargeBinary, nullable=False, comment="the bytes as they are handed over: rendered once"),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    *work(),
    Index("outbox_work", "stage", "due_at"),
)
