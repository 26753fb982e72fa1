"""Topics that change: which version the stored tags follow, why a tag ended, and whether it may raise an alert.

Revision ID: 0002
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from newsdesk.ledger.tables import Instant

revision = "0002"
down_revision = "0001"

_TAGS = ("article_id", "article_version", "topic", "topic_version", "tagged_at", "evidence", "ended_at")


def upgrade() -> None:
    """Make the new tables, give the tags their history, and take over the versions that the tags show."""
    _make_topics()
    _make_declarations()
    _remake_tags()
    op.create_index("articles_indexed", "articles", ["indexed_at", "id"], unique=False)
    op.execute("UPDATE articles SET alerted_at = NULL WHERE stage <> 'done'")
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        comment = "null: what arrived last has not come to the rules yet"
        op.alter_column("articles", "alerted_at", existing_type=Instant(), comment=comment)
    _take_over_versions()


def _make_topics() -> None:
    op.create_table(
        "topics",
        sa.Column("id", sa.String(length=64), nullable=False, comment="as the watchlist declares it"),
        sa.Column(
            "version",
            sa.String(length=16),
            nullable=True,
            comment="that all stored tags follow; null: none yet, or none any more",
        ),
        sa.Column(
            "wanted",
            sa.String(length=16),
            nullable=True,
            comment="that the watchlist declares; null: it has this topic no more",
        ),
        sa.Column("declared_at", Instant(), nullable=False, comment="when the ledger learned of it"),
        sa.Column("alerts", sa.Boolean(), nullable=False, comment="the re-tagging that waits may raise alerts"),
        sa.Column(
            "reached",
            sa.String(length=32),
            nullable=False,
            comment="articles with ids up to this one are re-tagged already",
        ),
        sa.Column("gained", sa.Integer(), nullable=False, comment="articles that got the tag by the last re-tagging"),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("retagged_at", Instant(), nullable=True, comment="end of the last re-tagging"),
        *_work(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("topics_work", "topics", ["stage", "due_at"], unique=False)


def _work() -> tuple[sa.Column[object], ...]:
    return (
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
    )


def _make_declarations() -> None:
    op.create_table(
        "declarations",
        sa.Column("name", sa.String(length=16), nullable=False, comment="topics"),
        sa.Column(
            "digest",
            sa.String(length=32),
            nullable=False,
            comment="hash of all ids and versions that the ledger follows",
        ),
        sa.Column("declared_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _remake_tags() -> None:
    # SQLite cannot change a primary key, so the table is copied on both databases
    op.drop_index("tags_topic", table_name="tags")
    op.rename_table("tags", "tags_0001")
    op.create_table(
        "tags",
        sa.Column("article_id", sa.String(length=32), nullable=False),
        sa.Column("article_version", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("topic_version", sa.String(length=16), nullable=False),
        sa.Column(
            "tagged_at", Instant(), nullable=False, comment="a topic may go back to a version that it had before"
        ),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column(
            "ended_at",
            Instant(),
            nullable=True,
            comment="null: holds now; else replaced by a newer version of article or topic",
        ),
        sa.Column(
            "ended_why",
            sa.String(length=16),
            nullable=True,
            comment="article-changed, topic-changed or topic-removed",
        ),
        sa.Column(
            "alert",
            sa.String(length=8),
            nullable=False,
            server_default="due",
            comment="due: rules are yet to be asked; asked; muted: never, since it came by re-tagging",
        ),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.PrimaryKeyConstraint("article_id", "article_version", "topic", "topic_version", "tagged_at"),
    )
    _copy_tags()
    op.drop_table("tags_0001")
    op.create_index("tags_topic", "tags", ["topic", "ended_at"], unique=False)
    held = sa.text("ended_at IS NULL")
    op.create_index(
        "tags_present", "tags", ["article_id", "topic"], unique=True, sqlite_where=held, postgresql_where=held
    )


def _copy_tags() -> None:
    """Until now only a new version of an article ended a tag, and an article that was done had been to the rules."""
    old = sa.table("tags_0001", *map(sa.column, _TAGS))
    articles = sa.table("articles", sa.column("id"), sa.column("stage"))
    on_its_way = old.c.ended_at.is_(None) & (articles.c.stage != "done")
    rows = sa.select(
        *(old.c[name] for name in _TAGS),
        sa.case((old.c.ended_at.is_not(None), "article-changed")),
        sa.case((on_its_way, "due"), else_="asked"),
    ).join_from(old, articles, articles.c.id == old.c.article_id)
    new = sa.table("tags", *map(sa.column, (*_TAGS, "ended_why", "alert")))
    op.execute(new.insert().from_select([*_TAGS, "ended_why", "alert"], rows))


def _take_over_versions() -> None:
    """A topic whose tags all have one version follows that one; tags of several want a re-tagging."""
    tags = sa.table("tags", *map(sa.column, ("topic", "topic_version", "ended_at")))
    lowest, highest = sa.func.min(tags.c.topic_version), sa.func.max(tags.c.topic_version)
    query = sa.select(tags.c.topic, lowest, highest).where(tags.c.ended_at.is_(None)).group_by(tags.c.topic)
    plain = ("id", "version", "wanted", "alerts", "reached", "gained", "lost", "kept", "stage", "attempts")
    topics = sa.table("topics", *map(sa.column, plain), sa.column("declared_at", Instant()))
    now, connection = datetime.now(UTC), op.get_bind()
    for topic, first, last in connection.execute(query).all():
        values = {"id": topic, "version": first if first == last else None, "wanted": first if first == last else ""}
        values |= {"declared_at": now, "alerts": False, "reached": "", "gained": 0, "lost": 0, "kept": 0}
        connection.execute(topics.insert().values(**values, stage="done", attempts=0))
