"""A ledger of an earlier schema is brought up to date with all that it holds."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import newsdesk.ledger.migrations
from newsdesk.ledger import open_ledger, topics
from newsdesk.ledger.connection import _engine
from newsdesk.ledger.tables import Instant, articles, entries, tags
from newsdesk.model import Topic
from newsdesk.query import parse
from tests.ledger.make import HOUR, NOW

EVIDENCE = [{"field": "body", "start": 4, "end": 7, "part": "traders", "sentence": "S", "sentence_start": 0}]


def make_old(url: str, fill: Callable[[sa.Connection], None]) -> None:
    """A ledger of the first schema."""
    config = Config()
    config.set_main_option("script_location", str(Path(newsdesk.ledger.migrations.__file__).parent))
    engine = _engine(url)
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        fill(connection)
    engine.dispose()


def add(connection: sa.Connection, table: str, /, **values: Any) -> None:
    columns = [
        sa.column(key, Instant() if isinstance(value, datetime) else sa.JSON() if isinstance(value, list) else None)
        for key, value in values.items()
    ]
    connection.execute(sa.table(table, *columns).insert().values(**values))


def fill(connection: sa.Connection) -> None:
    work = {"attempts": 0}
    feed = {"id": "f", "url": "u", "fetch_url": "u", "name": "Gazette", "tier": 2, "spec": [], "active": True}
    add(connection, "feeds", **feed, created_at=NOW, failures=0, stage="poll", **work)
    text = {"url": "u", "feed_id": "f", "source": "Gazette", "kind": "article", "version": 2, "title": "T", "text": "x"}
    more = {"summary": "", "authors": [], "fingerprint": "", "provenance": [], "signals": []}
    times = dict.fromkeys(("fetched_at", "recorded_at", "first_seen_at", "tagged_at", "alerted_at"), NOW)
    for key, stage in (("finished", "done"), ("waiting", "index")):
        add(connection, "articles", id=key, **text, **more, **times, stage=stage, **work)
    for key, version, topic, topic_version, ended in (
        ("finished", 1, "steady", "v1", NOW + HOUR),
        ("finished", 2, "steady", "v1", None),
        ("waiting", 2, "steady", "v1", None),
        ("finished", 2, "mixed", "v1", None),
        ("waiting", 2, "mixed", "v2", None),
    ):
        row = {"article_id": key, "article_version": version, "topic": topic, "topic_version": topic_version}
        end = {} if ended is None else {"ended_at": ended}
        add(connection, "tags", **row, evidence=EVIDENCE, tagged_at=NOW, **end)


def test_tags_keep_their_history_and_say_how_they_stand_to_the_rules(ledger_url: str) -> None:
    make_old(ledger_url, fill)
    with open_ledger(ledger_url) as ledger, ledger.read() as connection:
        rows = connection.execute(
            sa.select(tags).order_by(tags.c.article_id, tags.c.article_version, tags.c.topic)
        ).all()
        alerted = {row.id: row.alerted_at for row in connection.execute(sa.select(articles))}
    assert [(row.article_id, row.topic, row.ended_why, row.alert) for row in rows] == [
        ("finished", "steady", "article-changed", "asked"),
        ("finished", "mixed", None, "asked"),
        ("finished", "steady", None, "asked"),
        ("waiting", "mixed", None, "due"),
        ("waiting", "steady", None, "due"),
    ]
    assert all((row.evidence, row.tagged_at) == (EVIDENCE, NOW) for row in rows)
    assert rows[0].ended_at == NOW + HOUR
    assert alerted == {"finished": NOW, "waiting": None}


@pytest.mark.parametrize(("steady", "wanted"), [("v1", []), ("v2", ["steady"])])
def test_topics_are_re_tagged_only_where_the_tags_do_not_show_their_version(
    ledger_url: str, steady: str, wanted: list[str]
) -> None:
    make_old(ledger_url, fill)
    declared = [
        Topic(id=name, title=name, query=parse("x"), version=version)
        for name, version in (("steady", steady), ("mixed", "v2"), ("unseen", "v1"))
    ]
    with open_ledger(ledger_url) as ledger, ledger.write() as connection:
        topics.declare(connection, declared, NOW)
        waiting = [state.id for state in topics.states(connection, waiting=True)]
    assert waiting == ["mixed", *wanted, "unseen"]


def test_of_pages_of_an_earlier_schema_no_rule_of_a_site_is_known(ledger_url: str) -> None:
    def fill_entries(connection: sa.Connection) -> None:
        fill(connection)
        text = {"identity": "g", "title": "T", "summary": "", "authors": [], "fingerprint": "", "version": 1}
        times = {"first_seen_at": NOW, "fetched_at": NOW}
        add(connection, "entries", id="e", feed_id="f", page_key="k", stage="done", attempts=0, **text, **times)

    make_old(ledger_url, fill_entries)
    with open_ledger(ledger_url) as ledger, ledger.read() as connection:
        row = connection.execute(sa.select(entries)).one()
    assert (row.page_key, row.site_rule) == ("k", None)
