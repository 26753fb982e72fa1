"""The tables of the ledger. Every column that is no plain copy of what a document says has a comment.

Ids are hashes of what a row is about, so that doing the same work twice gives the same row. Rows that wait for a step
carry the eight columns of `work()`; their values come from `newsdesk.ledger.leases` and from nowhere else.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class Instant(TypeDecorator[datetime]):
    """An aware instant: timestamptz on PostgreSQL; on SQLite a text of fixed width in UTC, which sorts as time does."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL has a type of its own for this."""
        return dialect.type_descriptor(TIMESTAMP(timezone=True) if dialect.name == "postgresql" else String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuses naive datetimes: they would be read back as another instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a datetime without zone cannot be stored: {value!r}")
        value = value.astimezone(UTC)
        return (
            value
            if dialect.name == "postgresql"
            else value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
        )

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - its signature
        """Always aware UTC."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.fromisoformat(value)


metadata = MetaData()


def work() -> tuple[Column[Any], ...]:
    """Where a row stands in the line, and who works on it."""
    return (
        Column("stage", String(16), nullable=False),
        Column("due_at", Instant, comment="not before; null: not by itself any more (done, dropped, quarantined)"),
        Column("lease_until", Instant),
        Column("lease_token", String(32), comment="fences: only the claimer with this token may record"),
        Column("attempts", Integer, nullable=False, default=0, comment="claims at this stage that did not end well"),
        Column("outcome", String(16), comment="of the last work: done, dropped, retry, quarantined"),
        Column("reason", String(32), comment="a value of newsdesk.model.Reason"),
        Column("detail", Text, comment="for people"),
    )


feeds = Table(
    "feeds",
    metadata,
    Column("id", String(32), primary_key=True, comment="hash of the URL"),
    Column("url", Text, nullable=False, unique=True, comment="as the watchlist declares it"),
    Column("fetch_url", Text, nullable=False, comment="where it is polled: differs after a lasting move"),
    Column("name", Text, nullable=False, comment="the source's name for readers"),
    Column("language", Text),
    Column("tier", Integer, nullable=False),
    Column("spec", JSON, nullable=False, comment="the watchlist's other keys of this feed"),
    Column("active", Boolean, nullable=False, comment="false: no longer in the watchlist; its history stays"),
    Column("created_at", Instant, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", String(64)),
    Column("failures", Integer, nullable=False, default=0, comment="polls in a row without success"),
    Column("interval_seconds", Integer),
    Column("last_polled_at", Instant),
    Column("last_success_at", Instant),
    Column("last_new_at", Instant),
    Column("first_success_at", Instant, comment="null: its entries are yet to be seen for the first time"),
    Column("failing_since", Instant, comment="the first of the present failures in a row"),
    Column("not_before", Instant, comment="the server asked us not to come before (Retry-After)"),
    Column("guid_rule", String(16), nullable=False, server_default="guid", comment="guid, or guid+link for ever"),
    Column("reader", String(16), comment="feedparser: the fast parser reads this feed otherwise; null: any"),
    Column("overlap", Float, comment="share of the last document that was known before"),
    Column("interval_why", Text, comment="what the interval comes from, for people"),
    Column("gone_seen", Integer, nullable=False, server_default="0", comment="answers 410 in a row"),
    Column("gone_since", Instant, comment="the first of them"),
    Column("retired_at", Instant, comment="polled no more: its server says that it is gone"),
    Column("move_to", Text, comment="where lasting redirects lead"),
    Column("move_seen", Integer, nullable=False, server_default="0", comment="how often in a row"),
    Column("move_since", Instant, comment="since when"),
    Column("ttl_seconds", Integer, comment="the document asks not to be polled more often"),
    Column("title", Text, comment="as the document says"),
    Column("home", Text, comment="the site's home page"),
    Column("hub", Text, comment="that pushes what is new (WebSub)"),
    Column("self_url", Text, comment="the topic at that hub"),
    *work(),
    Index("feeds_work", "stage", "due_at"),
)

feed_windows = Table(
    "feed_windows",
    metadata,
    Column("feed_id", String(32), ForeignKey("feeds.id"), primary_key=True),
    Column("ids", JSON, nullable=False, comment="identities of the last good document, in its order"),
    Column("arrivals", JSON, nullable=False, comment="the newest publication instants, seconds since 1970, ascending"),
    Column("seen_at", Instant, nullable=False, comment="when that document was fetched"),
)

entry_aliases = Table(
    "entry_aliases",
    metadata,
    Column("feed_id", String(32), ForeignKey("feeds.id"), primary_key=True),
    Column("identity", Text, primary_key=True, comment="a later id of the same entry"),
    Column("entry_id", String(32), ForeignKey("entries.id"), nullable=False),
    Column("at", Instant, nullable=False),
)

feed_events = Table(
    "feed_events",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("feed_id", String(32), ForeignKey("feeds.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("kind", String(16), nullable=False, comment="a value of newsdesk.model.FeedEventKind"),
    Column("detail", Text, nullable=False),
    Column("since", Instant, comment="bounds of the time in which entries may be missing"),
    Column("until", Instant),
    Column("missed", Float, comment="estimate of the entries that came and went unseen"),
    Column("found", Integer, comment="entries that a back-fill brought"),
    Index("feed_events_feed", "feed_id", "at"),
    Index("feed_events_at", "at"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", String(64), primary_key=True, comment="end of the callback's address: nobody can guess it"),
    Column("feed_id", String(32), ForeignKey("feeds.id"), nullable=False),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False, comment="the feed's address at the hub"),
    Column("secret", Text, nullable=False, comment="signs what the hub pushes"),
    Column("state", String(8), nullable=False, comment="pending, active, denied or ended"),
    Column("asked_at", Instant, comment="when the hub was last asked"),
    Column("verified_at", Instant),
    Column("ends_at", Instant, comment="of the hub's lease"),
    Column("pushed_at", Instant, comment="the last push with a right signature"),
    Column(
        "unpushed",
        Integer,
        nullable=False,
        server_default="0",
        comment="polls in a row that found what no push had brought",
    ),
    *work(),
    Index("subscriptions_feed", "feed_id"),
    Index("subscriptions_work", "stage", "due_at"),
)

polls = Table(
    "polls",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("feed_id", String(32), ForeignKey("feeds.id"), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(32)),
    Column("detail", Text),
    Column("status", Integer),
    Column("final_url", Text),
    Column("size", Integer, comment="bytes of the decoded body"),
    Column("entries_seen", Integer),
    Column("entries_new", Integer),
    Column("entries_changed", Integer),
    Column("overlap", Float, comment="share of the document that was known before"),
    Column("via", String(12), nullable=False, server_default="poll", comment="poll, push or back-fill"),
    Index("polls_feed", "feed_id", "started_at"),
)

entries = Table(
    "entries",
    metadata,
    Column("id", String(32), primary_key=True, comment="hash of feed and identity"),
    Column("feed_id", String(32), ForeignKey("feeds.id"), nullable=False),
    Column("identity", Text, nullable=False, comment="guid, else link, else hash of the text"),
    Column("link", Text),
    Column("link_key", String(32), comment="hash of what all spellings of the link have in common; null: no link"),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("language", Text),
    Column("published", Instant),
    Column("published_source", String(16)),
    Column("updated", Instant),
    Column("fingerprint", String(32), nullable=False, comment="hash of title, text and link: tells an edit"),
    Column("sketch", Text, nullable=False, server_default="", comment="of the text: tells how much an edit changes"),
    Column("version", Integer, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("article_id", String(32), comment="the article that its page gave"),
    Column("page_key", Text, comment="the archived page"),
    Column("fetched_at", Instant),
    Column(
        "site_rule",
        JSON(none_as_null=True),
        comment="what the site's tdmrep.json said of the page when it was fetched; null: nothing",
    ),
    Column(
        "muted",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="old when first seen: indexed, raises no alert",
    ),
    Column("via", String(12), nullable=False, server_default="poll", comment="poll, push or back-fill"),
    *work(),
    UniqueConstraint("feed_id", "identity"),
    Index("entries_feed", "feed_id", "first_seen_at"),
    Index("entries_link_key", "feed_id", "link_key"),
    Index("entries_work", "stage", "due_at"),
    Index("entries_link", "link"),
    Index("entries_article", "article_id"),
)

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
    Index("articles_url", "url"),
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

robots = Table(
    "robots",
    metadata,
    Column("site", Text, primary_key=True, comment="scheme, host and port"),
    Column("body", LargeBinary, comment="robots.txt; null: the site has none"),
    Column("expires_at", Instant, nullable=False),
)

tdmrep = Table(
    "tdmrep",
    metadata,
    Column("site", Text, primary_key=True, comment="scheme, host and port"),
    Column("body", LargeBinary, comment="tdmrep.json; null: the site has none that can be read"),
    Column("expires_at", Instant, nullable=False),
)

domains = Table(
    "domains",
    metadata,
    Column("domain", Text, primary_key=True, comment="registrable domain, or `address 203.0.113.7`"),
    Column("next_at", Instant, nullable=False, comment="the next request may start then"),
    Column("busy_until", Instant, comment="a slow request is under way, at the latest until then"),
    Column("busy_token", String(32), comment="whose request it is"),
    Column("limited_by", Text, comment="the URL that was last told to come later (429, 503)"),
    Column("limited_at", Instant, comment="when that was"),
)
