"""The first schema.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

from newsdesk.ledger.tables import Instant

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of the straight line."""
    op.create_table(
        "domains",
        sa.Column("domain", sa.Text(), nullable=False, comment="registrable domain"),
        sa.Column("next_at", Instant(), nullable=False, comment="the next request may start then"),
        sa.PrimaryKeyConstraint("domain"),
    )
    op.create_table(
        "robots",
        sa.Column("site", sa.Text(), nullable=False, comment="scheme, host and port"),
        sa.Column("body", sa.LargeBinary(), nullable=True, comment="robots.txt; null: the site has none"),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site"),
    )
    op.create_table(
        "feeds",
        sa.Column("id", sa.String(length=32), nullable=False, comment="hash of the URL"),
        sa.Column("url", sa.Text(), nullable=False, comment="as the watchlist declares it"),
        sa.Column("fetch_url", sa.Text(), nullable=False, comment="where it is polled: differs after a lasting move"),
        sa.Column("name", sa.Text(), nullable=False, comment="the source's name for readers"),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False, comment="the watchlist's other keys of this feed"),
        sa.Column(
            "active", sa.Boolean(), nullable=False, comment="false: no longer in the watchlist; its history stays"
        ),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.String(length=64), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False, comment="polls in a row without success"),
        sa.Column("interval_seconds", sa.Integer(), nullable=True),
        sa.Column("last_polled_at", Instant(), nullable=True),
        sa.Column("last_success_at", Instant(), nullable=True),
        sa.Column("last_new_at", Instant(), nullable=True),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column(
            "due_at",
            Instant(),
            nullable=True,
            comment="not before; null: not by itself any more (done, dropped, quarantined)",
        ),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column(
            "lease_token",
            sa.String(length=32),
            nullable=True,
            comment="fences: only the claimer with this token may record",
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="claims at this stage that did not end well"),
        sa.Column(
            "outcome",
            sa.String(length=16),
            nullable=True,
            comment="of the last work: done, dropped, retry, quarantined",
        ),
        sa.Column("reason", sa.String(length=32), nullable=True, comment="a value of newsdesk.model.Reason"),
        sa.Column("detail", sa.Text(), nullable=True, comment="for people"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("url"),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.String(length=32), nullable=False, comment="hash of the key"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reader", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column(
            "due_at",
            Instant(),
            nullable=True,
            comment="not before; null: not by itself any more (done, dropped, quarantined)",
        ),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column(
            "lease_token",
            sa.String(length=32),
            nullable=True,
            comment="fences: only the claimer with this token may record",
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="claims at this stage that did not end well"),
        sa.Column(
            "outcome",
            sa.String(length=16),
            nullable=True,
            comment="of the last work: done, dropped, retry, quarantined",
        ),
        sa.Column("reason", sa.String(length=32), nullable=True, comment="a value of newsdesk.model.Reason"),
        sa.Column("detail", sa.Text(), nullable=True, comment="for people"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("notifications_work", "notifications", ["stage", "due_at"], unique=False)
    op.create_table(
        "articles",
        sa.Column("id", sa.String(length=32), nullable=False, comment="hash of the canonical URL's key"),
        sa.Column("url", sa.Text(), nullable=False, comment="where a person reads it"),
        sa.Column("feed_id", sa.String(length=32), nullable=False, comment="the feed that brought it first"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("published", Instant(), nullable=True),
        sa.Column("published_source", sa.String(length=16), nullable=True),
        sa.Column("modified", Instant(), nullable=True),
        sa.Column("fetched_at", Instant(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False, comment="when this version entered the ledger"),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=32), nullable=False, comment="hash of title and text: tells a new version"
        ),
        sa.Column("page_key", sa.Text(), nullable=True),
        sa.Column("provenance", sa.JSON(), nullable=False, comment="field: [source, confidence]"),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("tagged_at", Instant(), nullable=True),
        sa.Column("indexed_at", Instant(), nullable=True),
        sa.Column("alerted_at", Instant(), nullable=True),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column(
            "due_at",
            Instant(),
            nullable=True,
            comment="not before; null: not by itself any more (done, dropped, quarantined)",
        ),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column(
            "lease_token",
            sa.String(length=32),
            nullable=True,
            comment="fences: only the claimer with this token may record",
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="claims at this stage that did not end well"),
        sa.Column(
            "outcome",
            sa.String(length=16),
            nullable=True,
            comment="of the last work: done, dropped, retry, quarantined",
        ),
        sa.Column("reason", sa.String(length=32), nullable=True, comment="a value of newsdesk.model.Reason"),
        sa.Column("detail", sa.Text(), nullable=True, comment="for people"),
        sa.ForeignKeyConstraint(
            ["feed_id"],
            ["feeds.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("articles_url", "articles", ["url"], unique=False)
    op.create_index("articles_work", "articles", ["stage", "due_at"], unique=False)
    op.create_table(
        "entries",
        sa.Column("id", sa.String(length=32), nullable=False, comment="hash of feed and identity"),
        sa.Column("feed_id", sa.String(length=32), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False, comment="guid, else link, else hash of the text"),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("published", Instant(), nullable=True),
        sa.Column("published_source", sa.String(length=16), nullable=True),
        sa.Column("updated", Instant(), nullable=True),
        sa.Column(
            "fingerprint", sa.String(length=32), nullable=False, comment="hash of title, text and link: tells an edit"
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.Column("article_id", sa.String(length=32), nullable=True, comment="the article that its page gave"),
        sa.Column("page_key", sa.Text(), nullable=True, comment="the archived page"),
        sa.Column("fetched_at", Instant(), nullable=True),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column(
            "due_at",
            Instant(),
            nullable=True,
            comment="not before; null: not by itself any more (done, dropped, quarantined)",
        ),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column(
            "lease_token",
            sa.String(length=32),
            nullable=True,
            comment="fences: only the claimer with this token may record",
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="claims at this stage that did not end well"),
        sa.Column(
            "outcome",
            sa.String(length=16),
            nullable=True,
            comment="of the last work: done, dropped, retry, quarantined",
        ),
        sa.Column("reason", sa.String(length=32), nullable=True, comment="a value of newsdesk.model.Reason"),
        sa.Column("detail", sa.Text(), nullable=True, comment="for people"),
        sa.ForeignKeyConstraint(
            ["feed_id"],
            ["feeds.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("feed_id", "identity"),
    )
    op.create_index("entries_article", "entries", ["article_id"], unique=False)
    op.create_index("entries_link", "entries", ["link"], unique=False)
    op.create_index("entries_work", "entries", ["stage", "due_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False, comment="the bytes as they are handed over: rendered once"),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column(
            "due_at",
            Instant(),
            nullable=True,
            comment="not before; null: not by itself any more (done, dropped, quarantined)",
        ),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column(
            "lease_token",
            sa.String(length=32),
            nullable=True,
            comment="fences: only the claimer with this token may record",
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="claims at this stage that did not end well"),
        sa.Column(
            "outcome",
            sa.String(length=16),
            nullable=True,
            comment="of the last work: done, dropped, retry, quarantined",
        ),
        sa.Column("reason", sa.String(length=32), nullable=True, comment="a value of newsdesk.model.Reason"),
        sa.Column("detail", sa.Text(), nullable=True, comment="for people"),
        sa.ForeignKeyConstraint(
            ["id"],
            ["notifications.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id"),
    )
    op.create_index("outbox_work", "outbox", ["stage", "due_at"], unique=False)
    op.create_table(
        "polls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("feed_id", sa.String(length=32), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("final_url", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True, comment="bytes of the decoded body"),
        sa.Column("entries_seen", sa.Integer(), nullable=True),
        sa.Column("entries_new", sa.Integer(), nullable=True),
        sa.Column("entries_changed", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["feed_id"],
            ["feeds.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("polls_feed", "polls", ["feed_id", "started_at"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=32), nullable=False, comment="hash of rule and article: once for ever"),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("article_id", sa.String(length=32), nullable=False),
        sa.Column("article_version", sa.Integer(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("alerts_article", "alerts", ["article_id"], unique=False)
    op.create_table(
        "article_entries",
        sa.Column("article_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["entries.id"],
        ),
        sa.PrimaryKeyConstraint("article_id", "entry_id"),
    )
    op.create_table(
        "article_versions",
        sa.Column("article_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("published", Instant(), nullable=True),
        sa.Column("modified", Instant(), nullable=True),
        sa.Column("fetched_at", Instant(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("page_key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
        ),
        sa.PrimaryKeyConstraint("article_id", "version"),
    )
    op.create_table(
        "tags",
        sa.Column("article_id", sa.String(length=32), nullable=False),
        sa.Column("article_version", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("topic_version", sa.String(length=16), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("tagged_at", Instant(), nullable=False),
        sa.Column(
            "ended_at",
            Instant(),
            nullable=True,
            comment="null: holds now; else replaced by a newer version of article or topic",
        ),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
        ),
        sa.PrimaryKeyConstraint("article_id", "article_version", "topic", "topic_version"),
    )
    op.create_index("tags_topic", "tags", ["topic", "ended_at"], unique=False)
    op.create_table(
        "notification_alerts",
        sa.Column("notification_id", sa.String(length=32), nullable=False),
        sa.Column("alert_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notifications.id"],
        ),
        sa.PrimaryKeyConstraint("notification_id", "alert_id"),
    )
