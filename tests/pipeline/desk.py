"""A desk for tests of topics that change: articles come in by hand, and no feed is ever asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import event, select

from newsdesk import pipeline
from newsdesk.index import Filters
from newsdesk.ledger import articles, tables, topics
from newsdesk.ledger.topics import TopicState
from newsdesk.query import parse
from newsdesk.services import Services, open_services
from newsdesk.settings import read_settings
from tests.ledger.make import FEED, draft, store_entries

PROTESTS = {"title": "Protests", "query": "protest*", "examples": {"match": ["They protest."]}}
STRIKES = {"title": "Protests", "query": "strike*", "examples": {"match": ["They strike."]}}
POLICY = {"title": "Policy", "query": "policy", "examples": {"match": ["The policy."]}}
RULE = {"title": "All", "topics": ["protests"], "readers": ["desk"]}
TEXTS = {
    "march": "Traders protest in Surat.",
    "walkout": "Workers strike at the port.",
    "both": "They protest, and they strike, against the policy.",
    "weather": "It rains in Goa.",
}


@dataclass
class Clock:
    """Goes on by a second each time it is looked at."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Desk:
    """A folder with ledger, index and watchlist; articles come in by hand, and no feed is ever asked."""

    folder: Path
    ledger_url: str
    clock: Clock = field(default_factory=Clock)

    def declare(self, file: str = "watchlist.yaml", /, *, rules: dict[str, Any] | None = None, **declared: Any) -> None:
        written = {
            "version": 1,
            "feeds": [{"url": FEED.url, "name": FEED.name}],
            "topics": declared,
            "readers": {"desk": {"address": "desk@paper.example"}},
            "rules": {"all": RULE} if rules is None else rules,
        }
        (self.folder / file).write_text(yaml.safe_dump(written), encoding="utf-8")

    def environment(self, file: str = "watchlist.yaml", **more: str) -> dict[str, str]:
        return {
            "NEWSDESK_HOME": str(self.folder),
            "NEWSDESK_WATCHLIST": str(self.folder / file),
            "NEWSDESK_LEDGER_URL": self.ledger_url,
            **{f"NEWSDESK_{name.upper()}": value for name, value in more.items()},
        }

    @contextmanager
    def open(self, file: str = "watchlist.yaml", **more: str) -> Iterator[Services]:
        with open_services(read_settings(self.environment(file, **more)), clock=self.clock) as services:
            yield services

    def take_in(self, services: Services, **texts: str) -> None:
        """Articles as `collect` leaves them; one that is there already gets another version."""
        with services.ledger.write() as connection:
            store_entries(connection, *texts)
            for name, text in texts.items():
                made = draft(name, text=text)
                before = articles.stored_version(connection, made.article.id)
                articles.store(connection, made, before=before, now=services.clock())
                articles.add_entry(
                    connection, made.article.id, entry_id=made.entry_id, source=FEED.name, now=services.clock()
                )


def process(services: Services) -> None:
    for step in (pipeline.tag, pipeline.retag, pipeline.index, pipeline.alert, pipeline.deliver):
        step(services)


def tagged(services: Services, topic: str = "protests") -> set[str]:
    """Names of the articles that carry the topic."""
    with services.ledger.read() as connection:
        found = articles.load(connection, tables.articles.c.id.is_not(None))
    return {name_of(one.url) for one in found for tag in one.tags if tag.topic == topic}


def shown(services: Services, topic: str = "protests") -> set[str]:
    """The same, as the index has it."""
    hits = services.index.search(parse("*:*"), filters=Filters(topics=(topic,)), limit=1000).hits
    return {name_of(hit.url) for hit in hits}


def name_of(url: str) -> str:
    return url.rsplit("/", 1)[-1]


def alerted(services: Services) -> set[str]:
    with services.ledger.read() as connection:
        rows = connection.execute(select(tables.alerts.c.article_id)).scalars().all()
        found = articles.load_ids(connection, rows)
    assert len(found) == len(rows)
    return {name_of(one.url) for one in found}


def is_at_rest(services: Services) -> bool:
    waiting = pipeline.waiting(services)
    return not (waiting.articles or waiting.topics or waiting.notifications)


def state_of(services: Services, topic: str = "protests") -> TopicState:
    with services.ledger.read() as connection:
        return next(state for state in topics.states(connection) if state.id == topic)


def counts(state: TopicState) -> tuple[int, int, int]:
    return (state.gained, state.lost, state.kept)


@contextmanager
def statements(services: Services) -> Iterator[list[str]]:
    """The SQL that is sent meanwhile, without the beginnings and ends of transactions."""
    sent: list[str] = []

    def note(*arguments: Any) -> None:
        if not arguments[2].startswith("BEGIN"):
            sent.append(arguments[2])

    event.listen(services.ledger.engine, "before_cursor_execute", note)
    yield sent
    event.remove(services.ledger.engine, "before_cursor_execute", note)
