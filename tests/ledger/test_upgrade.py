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
from newsdesk.intake import digest, link_key
from newsdesk.ledger import feeds, open_ledger, topics, windows
from newsdesk.ledger.connection import _engine
from newsdesk.ledger.tables import Instant, articles, entries, tags
from newsdesk.model import Topic
from newsdesk.query import parse
from tests.ledger.make import HOUR, NOW, terms

EVIDENCE = [{"field": "body", "start": 4, "end": 7, "part": "traders", "sentence": "S", "sentence_start": 0}]


def make_old(url: str, fill: Callable[[sa.Connection], None], *, version: str = "0001") -> None:
    """A ledger of an earlier schema."""
    config = Config()
    config.set_main_option("script_location", str(Path(newsdesk.ledger.migrations.__file__).parent))
    engine = _engine(url)
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, version)
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


def fill_feeds(connection: sa.Connection) -> None:
    feed = {
        "name": "Gazette",
        "tier": 2,
        "active": True,
        "created_at": NOW,
        "failures": 0,
        "stage": "poll",
        "attempts": 0,
    }
    for key, polled_at in (("polled", NOW), ("waiting", None)):
        times = {"last_polled_at": NOW, "last_success_at": NOW, "etag": "e", "body_hash": "h"} if polled_at else {}
        row = sa.table("feeds", *(sa.column(name) for name in ("spec", "id")))
        add(
            connection,
            "feeds",
            id=key,
            url=f"http://{key}.example/",
            fetch_url="u",
            spec=[],
            **feed,
            **times,
            due_at=NOW,
        )
        connection.execute(row.update().where(row.c.id == key).values(spec='{"every": 900}'))
    text = {"title": "T", "summary": "", "authors": [], "fingerprint": "", "version": 1, "first_seen_at": NOW}
    for number in range(1005):
        link = {} if number == 7 else {"link": f"https://www.gazette.example/{number}"}
        names = {"id": f"{number:04}", "feed_id": "polled", "identity": str(number)}
        add(connection, "entries", **names, **text, **link, stage="collect", attempts=0)
    add(connection, "domains", domain="gazette.example", next_at=NOW)


def test_feeds_and_entries_of_before_are_known_and_go_on(ledger_url: str) -> None:
    make_old(ledger_url, fill_feeds, version="0004")
    with open_ledger(ledger_url) as ledger, ledger.write() as connection:
        claimed = {feed.id: feed for _, feed in feeds.claim_due(connection, terms())}
        assert {key: feed.first_success_at for key, feed in claimed.items()} == {"polled": NOW, "waiting": None}
        assert {(feed.options.every, feed.guid_rule.value, feed.gone.seen) for feed in claimed.values()} == {
            (900, "guid", 0)
        }
        wanted = ("http://gazette.example/0", "http://gazette.example/1004")
        found = windows.known_by_link(connection, "polled", [key for link in wanted if (key := link_key(link))])
        assert sorted(known.id for same in found.values() for known in same) == ["0000", "1004"]
        rows = connection.execute(sa.select(entries)).all()
        assert {(row.muted, row.via, row.sketch) for row in rows} == {(False, "poll", "")}
        assert [row.id for row in rows if row.link_key is None] == ["0007"]
        entry = sa.update(entries).where(entries.c.id == "0007")
        connection.execute(entry.values(link="".join(digest(str(number)) for number in range(200))))
