"""Feeds: their windows, aliases of entries, events, subscriptions to hubs; what a schedule and a state are made of.

Revision ID: 0005
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from newsdesk.intake import link_key
from newsdesk.ledger.tables import Instant

revision = "0005"
down_revision = "0004"

_AT_ONCE = 1000  # rows


def upgrade() -> None:
    """Make the new tables and columns. Feeds that were polled before have had their first sight."""
    _extend_feeds()
    _extend_polls_and_entries()
    _extend_domains()
    _make_feed_tables()
    _make_subscriptions()
    op.execute("UPDATE feeds SET first_success_at = last_success_at")


def _extend_feeds() -> None:
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("first_success_at", Instant(), comment="null: its entries are yet to be seen for the first time"),
        sa.Column("failing_since", Instant(), comment="the first of the present failures in a row"),
        sa.Column("not_before", Instant(), comment="the server asked us not to come before (Retry-After)"),
        sa.Column(
            "guid_rule",
            sa.String(16),
            nullable=False,
            server_default="guid",
            comment="guid, guid+link or guid+link+title: never back",
        ),
        sa.Column("reader", sa.String(16), comment="feedparser: the fast parser reads this feed otherwise; null: any"),
        sa.Column("overlap", sa.Float(), comment="share of the last document that was known before"),
        sa.Column("window_at", Instant(), comment="when the last good document was seen last, be it by a 304"),
        sa.Column("interval_why", sa.Text(), comment="what the interval comes from, for people"),
        sa.Column("gone_seen", sa.Integer(), nullable=False, server_default="0", comment="answers 410 in a row"),
        sa.Column("gone_since", Instant(), comment="the first of them"),
        sa.Column("retired_at", Instant(), comment="polled no more: its server says that it is gone"),
        sa.Column("move_to", sa.Text(), comment="where lasting redirects lead"),
        sa.Column("move_seen", sa.Integer(), nullable=False, server_default="0", comment="how often in a row"),
        sa.Column("move_since", Instant(), comment="since when"),
        sa.Column("ttl_seconds", sa.Integer(), comment="the document asks not to be polled more often"),
        sa.Column("title", sa.Text(), comment="as the document says"),
        sa.Column("home", sa.Text(), comment="the site's home page"),
        sa.Column("hub", sa.Text(), comment="that pushes what is new (WebSub)"),
        sa.Column("self_url", sa.Text(), comment="the topic at that hub"),
    )
    for column in columns:
        op.add_column("feeds", column)
    op.create_index("feeds_work", "feeds", ["stage", "due_at"], unique=False)


def _extend_polls_and_entries() -> None:
    overlap = "share of the document that was known before"
    muted = "old when first seen: indexed, raises no alert"
    op.add_column("polls", sa.Column("overlap", sa.Float(), comment=overlap))
    op.add_column("entries", sa.Column("muted", sa.Boolean(), nullable=False, server_default=sa.false(), comment=muted))
    for table in ("polls", "entries"):
        via = sa.Column("via", sa.String(12), nullable=False, server_default="poll", comment="poll, push or back-fill")
        op.add_column(table, via)
    sketch = "of the text: tells how much an edit changes"
    op.add_column("entries", sa.Column("sketch", sa.Text(), nullable=False, server_default="", comment=sketch))
    key = "hash of what all spellings of the link have in common; null: no link"
    op.add_column("entries", sa.Column("link_key", sa.String(32), comment=key))
    op.create_index("entries_feed", "entries", ["feed_id", "first_seen_at"], unique=False)
    op.create_index("entries_link_key", "entries", ["feed_id", "link_key"], unique=False)
    op.drop_index("entries_link", table_name="entries")  # a tree of PostgreSQL refuses links beyond 2,704 bytes
    op.create_index("entries_link", "entries", ["link"], unique=False, postgresql_using="hash")
    op.drop_index("articles_url", table_name="articles")
    op.create_index("articles_url", "articles", ["url"], unique=False, postgresql_using="hash")
    _fill_link_keys()


def _fill_link_keys() -> None:
    """Entries of before are found by their links, too: a changed id must not make them new."""
    entries, connection = sa.table("entries", *map(sa.column, ("id", "link", "link_key"))), op.get_bind()
    reached = ""
    while True:
        some = sa.select(entries.c.id, entries.c.link).where(entries.c.id > reached, entries.c.link.is_not(None))
        rows = connection.execute(some.order_by(entries.c.id).limit(_AT_ONCE)).all()
        for row in rows:
            connection.execute(entries.update().where(entries.c.id == row.id).values(link_key=link_key(row.link)))
        if len(rows) < _AT_ONCE:
            return
        reached = rows[-1].id


def _extend_domains() -> None:
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("busy_until", Instant(), comment="a slow request is under way, at the latest until then"),
        sa.Column("busy_token", sa.String(32), comment="whose request it is"),
        sa.Column("limited_by", sa.Text(), comment="the URL that was last told to come later (429, 503)"),
        sa.Column("limited_at", Instant(), comment="when that was"),
    )
    for column in columns:
        op.add_column("domains", column)
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        comment = "registrable domain, `address 203.0.113.7`, or `all`"
        op.alter_column("domains", "domain", existing_type=sa.Text(), comment=comment)


def _make_feed_tables() -> None:
    op.create_table(
        "feed_windows",
        sa.Column("feed_id", sa.String(32), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False, comment="identities of the last good document, in its order"),
        sa.Column(
            "marks",
            sa.JSON(),
            nullable=False,
            server_default="{}",
            comment="marks of the document's elements, each with the id of its entry: what need not be read again",
        ),
        sa.Column(
            "arrivals",
            sa.JSON(),
            nullable=False,
            comment="the newest publication instants, seconds since 1970, ascending",
        ),
        sa.Column("seen_at", Instant(), nullable=False, comment="when that document was fetched"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"]),
        sa.PrimaryKeyConstraint("feed_id"),
    )
    op.create_table(
        "entry_aliases",
        sa.Column("feed_id", sa.String(32), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False, comment="a later id of the same entry"),
        sa.Column("entry_id", sa.String(32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"]),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"]),
        sa.PrimaryKeyConstraint("feed_id", "identity"),
    )
    op.create_table(
        "feed_events",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("feed_id", sa.String(32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False, comment="a value of newsdesk.model.FeedEventKind"),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("since", Instant(), comment="bounds of the time in which entries may be missing"),
        sa.Column("until", Instant()),
        sa.Column("missed", sa.Float(), comment="estimate of the entries that came and went unseen"),
        sa.Column("found", sa.Integer(), comment="entries that a back-fill brought"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("feed_events_feed", "feed_events", ["feed_id", "at"], unique=False)
    op.create_index("feed_events_at", "feed_events", ["at"], unique=False)


def _make_subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.String(64), nullable=False, comment="end of the callback's address: nobody can guess it"),
        sa.Column("feed_id", sa.String(32), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False, comment="the feed's address at the hub"),
        sa.Column("secret", sa.Text(), nullable=False, comment="signs what the hub pushes"),
        sa.Column("state", sa.String(8), nullable=False, comment="pending, active, denied or ended"),
        sa.Column("asked_at", Instant(), comment="when the hub was last asked"),
        sa.Column("verified_at", Instant()),
        sa.Column("ends_at", Instant(), comment="of the hub's lease"),
        sa.Column("pushed_at", Instant(), comment="the last push with a right signature"),
        sa.Column(
            "unpushed",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="polls in a row that found what no push had brought",
        ),
        *_work(),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("subscriptions_feed", "subscriptions", ["feed_id"], unique=False)
    op.create_index("subscriptions_work", "subscriptions", ["stage", "due_at"], unique=False)


def _work() -> tuple[sa.Column[object], ...]:
    due = "not before; null: not by itself any more (done, dropped, quarantined)"
    return (
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("due_at", Instant(), comment=due),
        sa.Column("lease_until", Instant()),
        sa.Column("lease_token", sa.String(32), comment="fences: only the claimer with this token may record"),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="claims at this stage that did not end well"),
        sa.Column("outcome", sa.String(16), comment="of the last work: done, dropped, retry, quarantined"),
        sa.Column("reason", sa.String(32), comment="a value of newsdesk.model.Reason"),
        sa.Column("detail", sa.Text(), comment="for people"),
    )
