"""A topic changes, and the stored articles follow it: they alone, with their history, and without alerts."""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import event, select, update

from newsdesk import pipeline
from newsdesk.index import Filters, clear_index
from newsdesk.ledger import articles, history, retags, tables, topics
from newsdesk.ledger.articles import StoredVersion
from newsdesk.ledger.overview import overview
from newsdesk.ledger.topics import TopicState
from newsdesk.model import Done, Stage, Topic
from newsdesk.pipeline.index import document
from newsdesk.pipeline.topics import follow_topics
from newsdesk.query import parse
from newsdesk.services import Services, open_services
from newsdesk.settings import read_settings
from newsdesk.tagging import RuleSet
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
KILLED = -9


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


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    url = (
        f"sqlite:///{tmp_path / 'ledger.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    )
    made = Desk(folder=tmp_path, ledger_url=url)
    made.declare(protests=PROTESTS)
    return made


def process(services: Services) -> None:
    for step in (pipeline.tag, pipeline.retag, pipeline.index, pipeline.alert, pipeline.deliver):
        step(services)


def tagged(services: Services, topic: str = "protests") -> set[str]:
    """Names of the articles that carry the topic."""
    with services.ledger.read() as connection:
        found = articles.load(connection, tables.articles.c.id.is_not(None))
    return {_name(one.url) for one in found for tag in one.tags if tag.topic == topic}


def shown(services: Services, topic: str = "protests") -> set[str]:
    """The same, as the index has it."""
    hits = services.index.search(parse("*:*"), filters=Filters(topics=(topic,)), limit=1000).hits
    return {_name(hit.url) for hit in hits}


def _name(url: str) -> str:
    return url.rsplit("/", 1)[-1]


def alerted(services: Services) -> set[str]:
    with services.ledger.read() as connection:
        rows = connection.execute(select(tables.alerts.c.article_id)).scalars().all()
        found = articles.load_ids(connection, rows)
    assert len(found) == len(rows)
    return {_name(one.url) for one in found}


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


# ------------------------------------------------------------------ what changes, and what does not


def test_articles_gain_lose_and_keep_a_topic_that_changed_and_nobody_is_alerted(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
        assert alerted(services) == {"march", "both"}
    desk.declare(protests=STRIKES)
    with desk.open() as services:
        assert pipeline.retag(services).produced == 3
        assert tagged(services) == {"walkout", "both"}
        state = state_of(services)
        assert counts(state) == (1, 1, 1)
        assert (state.version, state.stage) == (services.watchlist.topics[0].version, "done")
        process(services)
        assert shown(services) == {"walkout", "both"}
        assert alerted(services) == {"march", "both"}
        assert is_at_rest(services)


def test_what_a_topic_was_stays_in_history_with_its_reason(desk: Desk) -> None:
    for declared in (PROTESTS, STRIKES, PROTESTS):
        desk.declare(protests=declared)
        with desk.open() as services:
            if declared is PROTESTS and not tagged(services):
                desk.take_in(services, **TEXTS)
            process(services)
    with desk.open() as services:
        desk.take_in(services, both="Only the policy is left.")
        process(services)
        with services.ledger.read() as connection:
            life = history.life(connection, "http://gazette.example/both")
    assert life is not None
    first, second, third = life.tags
    assert first.topic_version == third.topic_version != second.topic_version
    assert [one.ended_why for one in life.tags] == ["topic-changed", "topic-changed", "article-changed"]
    assert (first.ended_at, second.ended_at) == (second.tagged_at, third.tagged_at)
    assert [one.alert for one in life.tags] == ["asked", "asked", "asked"]


def test_a_new_topic_finds_stored_articles_and_a_removed_one_leaves_them(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
    desk.declare(protests=PROTESTS, policy=POLICY)
    with desk.open() as services:
        process(services)
        assert (tagged(services, "policy"), shown(services, "policy")) == ({"both"}, {"both"})
        assert counts(state_of(services, "policy")) == (1, 0, 0)
    desk.declare(policy=POLICY, rules={})
    with desk.open() as services:
        process(services)
        assert (tagged(services), shown(services)) == (set(), set())
        state = state_of(services)
        assert (state.version, state.wanted, state.stage, counts(state)) == (None, None, "done", (0, 2, 0))
        assert tagged(services, "policy") == {"both"}
        with services.ledger.read() as connection:
            life = history.life(connection, "http://gazette.example/march")
        assert life is not None
        assert [one.ended_why for one in life.tags] == ["topic-removed"]


def test_a_change_that_moves_no_tag_writes_nothing_into_the_index(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
    desk.declare(protests={**PROTESTS, "at_least": 2, "query": "protest* OR protests"} | {"at_least": 1})
    with desk.open() as services:
        assert pipeline.retag(services).produced == 0
        assert counts(state_of(services)) == (0, 0, 2)
        assert pipeline.waiting(services).articles == 0


def test_languages_sources_and_mentions_decide_too(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, once="They protest.", often="They protest. They protest. They protest.")
        process(services)
    desk.declare(protests=PROTESTS | {"at_least": 3})
    with desk.open() as services:
        process(services)
        assert tagged(services) == {"often"}
    desk.declare(protests=PROTESTS | {"languages": ["hi"]})
    with desk.open() as services:
        process(services)
        assert tagged(services) == set()


def test_nothing_changed_costs_one_question(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
    desk.declare(protests=PROTESTS | {"title": "Marches"})  # titles do not tag
    with desk.open() as services:
        with statements(services) as sent:
            follow_topics(services)
        assert len(sent) == 1
        with statements(services) as sent:
            assert pipeline.retag(services).outcomes == {}
        assert len(sent) == 2


def test_the_first_run_on_an_empty_ledger_re_tags_nothing(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        assert pipeline.tag(services).outcomes == {"done": 4}
        assert pipeline.retag(services).outcomes == {}
        state = state_of(services)
        assert (state.version, state.stage, state.retagged_at) == (state.wanted, "done", None)


# ------------------------------------------------------------------ alerts


def test_alerts_come_where_they_are_asked_for_and_once(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
    desk.declare(protests=STRIKES, policy=POLICY, rules={"all": RULE, "late": RULE | {"topics": ["policy"]}})
    with desk.open() as services:
        process(services)
        assert alerted(services) == {"march", "both"}
        for _ in range(2):
            assert pipeline.ask_retag(services, "protests", alerts=True)
            process(services)
            assert alerted(services) == {"march", "both", "walkout"}  # and not for the other topic, which is as new
        assert counts(state_of(services)) == (0, 0, 2)
        assert is_at_rest(services)


def test_a_mail_that_waits_tells_the_words_that_made_it_though_its_topic_changed_since(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        for step in (pipeline.tag, pipeline.index, pipeline.alert):
            step(services)
    desk.declare(protests=STRIKES)
    with desk.open() as services:
        process(services)
    sent = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in desk.folder.rglob("*.eml")]
    assert [message["Subject"] for message in sent] == ["Protests: Traders meet (Gazette)"] * 2
    for message in sent:
        part = message.get_body(("plain",))
        assert part is not None
        assert "protest" in part.get_content()


def test_an_article_that_is_still_on_its_way_alerts_for_what_it_gains(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        pipeline.tag(services)
    desk.declare(protests=STRIKES)
    with desk.open() as services:
        process(services)
        assert alerted(services) == {"walkout", "both"}
        assert shown(services) == {"walkout", "both"}


def test_an_article_that_waits_for_its_alert_is_indexed_again_before(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        pipeline.tag(services)
        pipeline.index(services)
    desk.declare(protests=STRIKES)
    with desk.open() as services:
        process(services)
        assert alerted(services) == {"walkout", "both"}
        assert shown(services) == {"walkout", "both"}


def test_news_in_an_article_that_was_re_tagged_alerts_as_any_news(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
    desk.declare(protests=STRIKES)
    with desk.open() as services:
        process(services)
        desk.take_in(services, walkout="Workers strike for the third day.")
        process(services)
        assert alerted(services) == {"march", "both", "walkout"}


def test_a_version_that_no_news_brought_alerts_nobody(desk: Desk) -> None:
    """What a replay of archived pages does."""
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
        desk.take_in(services, fresh="They protest.")
        with services.ledger.write() as connection:
            for name in ("weather", "fresh"):
                again = draft(name, text="They protest in the rain.")
                before = articles.stored_version(connection, again.article.id)
                assert isinstance(before, StoredVersion)
                articles.store(connection, again, before=before, now=services.clock(), muted=True)
        process(services)
        assert tagged(services) == {"march", "both", "weather", "fresh"}
        assert alerted(services) == {"march", "both", "fresh"}  # the last had not come to its alert yet


# ------------------------------------------------------------------ what the index does not know


def test_articles_that_the_index_lost_are_found_in_the_ledger(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
    clear_index(desk.folder / "index.db")
    desk.declare(protests=STRIKES)
    with desk.open() as services:
        pipeline.retag(services)
        assert tagged(services) == {"walkout", "both"}
        assert state_of(services).detail == "the index lacked 4 articles: they were read from the ledger"


def test_while_the_index_cannot_be_used_the_topic_waits(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
    for path in desk.folder.glob("index.db*"):
        path.unlink()
    (desk.folder / "index.db").write_bytes(b"no index at all " * 500)
    desk.declare(protests=STRIKES, policy=POLICY)
    with desk.open() as services:
        assert pipeline.retag(services).outcomes == {"retry:storage-failed": 2}
        assert tagged(services) == {"march", "both"}
        with services.ledger.read() as connection:
            assert [state.reason for state in overview(connection).retags] == ["storage-failed"] * 2
    (desk.folder / "index.db").unlink()
    desk.clock.now += timedelta(hours=1)
    with desk.open() as services:
        assert pipeline.retag(services).outcomes == {"done": 2}
        assert tagged(services) == {"walkout", "both"}


def test_an_old_state_that_was_written_late_is_written_over(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        pipeline.tag(services)
        with services.ledger.write() as connection:
            slow = articles.claim_waiting(connection, Stage.INDEX, services.claim_terms(10))
    desk.declare(protests=STRIKES)
    with desk.open() as services:
        process(services)
        services.index.put([document(article) for _, article in slow])
        assert shown(services) == {"march", "both"}
        with services.ledger.write() as connection:
            for lease, article in slow:
                if not articles.record(
                    connection, lease, Done(), next_stage=Stage.ALERT, now=services.clock(), indexed_at=services.clock()
                ):
                    retags.mend_index(connection, article, services.clock())
        process(services)
        assert shown(services) == {"walkout", "both"}


# ------------------------------------------------------------------ several processes, and kills

WORDS = ("protest", "strike", "policy", "rain")
MANY = {f"a{number:03}": f"They {WORDS[number % 4]}, and {WORDS[number % 3]}." for number in range(250)}


def run_step(desk: Desk, *steps: str, file: str = "watchlist.yaml", failpoint: str = "") -> "subprocess.Popen[str]":
    lines = [
        "from newsdesk import pipeline",
        "from newsdesk.services import open_services",
        "with open_services() as services:",
        *(f"    pipeline.{step}(services)" for step in steps),
    ]
    environment = {**os.environ, **desk.environment(file), "NEWSDESK_FAILPOINT": failpoint}
    command = [sys.executable, "-c", "\n".join(lines)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def end(started: Sequence["subprocess.Popen[str]"], code: int = 0) -> None:
    for one in started:
        _, errors = one.communicate(timeout=200)
        assert one.returncode == code, errors


def between(services: Services, number: int, happening: Callable[[], None]) -> None:
    """Let something happen once, after so many transactions."""
    seen = itertools.count(1)

    def note(*_: object) -> None:
        if next(seen) == number:
            happening()

    event.listen(services.ledger.engine, "checkin", note)


def test_an_article_is_tagged_by_the_topics_that_hold_when_its_tags_are_recorded(desk: Desk) -> None:
    def change() -> None:
        desk.declare(protests=STRIKES)
        with desk.open() as newer:
            follow_topics(newer)

    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        pipeline.tag(services)
        desk.take_in(services, **{f"new-{name}": text for name, text in TEXTS.items()})
        between(services, 2, change)  # the articles are claimed
        assert pipeline.tag(services).outcomes == {"done": 4, "lease-lost": 4}
        assert tagged(services) == {"march", "both", "new-walkout", "new-both"}
        process(services)
        assert tagged(services) == {"walkout", "both", "new-walkout", "new-both"}


def test_a_topic_that_changes_again_while_it_is_re_tagged_begins_anew(desk: Desk) -> None:
    def change() -> None:
        desk.declare(protests=POLICY)
        with desk.open() as newer:
            follow_topics(newer)

    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
    desk.declare(protests=STRIKES)
    with desk.open() as services:
        between(services, 6, change)  # the articles are read
        assert pipeline.retag(services).outcomes == {"done": 1, "lease-lost": 1}
        assert tagged(services) == {"both"}
        assert counts(state_of(services)) == (0, 1, 1)


def take_in_many(desk: Desk) -> None:
    desk.clock.now -= timedelta(hours=1)  # processes of their own go by the clock of the machine
    with desk.open() as services:
        desk.take_in(services, **MANY)
        process(services)


def test_a_kill_at_any_point_gives_the_same_in_the_end(desk: Desk) -> None:
    take_in_many(desk)
    desk.declare(protests=STRIKES)
    for point in ("retag.batch", "retag.worked"):
        end([run_step(desk, "retag", failpoint=f"{point}:kill")], KILLED)
        with desk.open() as services, services.ledger.write() as connection:
            state = state_of(services)
            assert state.stage == "retag"
            connection.execute(update(tables.topics).values(lease_until=desk.clock.now - timedelta(hours=2)))
    end([run_step(desk, "retag", failpoint="retag.recorded:kill")], KILLED)
    end([run_step(desk, "retag", "index", "alert")])
    with desk.open() as services:
        wanted = {name for name, text in MANY.items() if "strike" in text}
        before = {name for name, text in MANY.items() if "protest" in text}
        assert counts(state_of(services)) == (len(wanted - before), len(before - wanted), len(wanted & before))
        assert tagged(services) == shown(services) == wanted
        assert alerted(services) == before


def test_processes_at_the_same_time_lose_and_double_no_tag(desk: Desk) -> None:
    take_in_many(desk)
    with desk.open() as services:
        desk.take_in(services, **{f"late{number:03}": text for number, text in enumerate(list(MANY.values())[:120])})
    desk.declare("newer.yaml", protests=STRIKES, policy=POLICY)
    old = [run_step(desk, "tag", "index") for _ in range(2)]
    new = [run_step(desk, "tag", "retag", "index", file="newer.yaml") for _ in range(2)]
    end([*old, *new])
    end([run_step(desk, "tag", "retag", "index", "alert", file="newer.yaml")])
    with desk.open("newer.yaml") as services:
        agree(services)
        with services.ledger.read() as connection:
            present = select(tables.tags.c.topic_version).where(tables.tags.c.ended_at.is_(None)).distinct()
            held = set(connection.execute(present).scalars())
        assert held == {topic.version for topic in services.watchlist.topics}


# ------------------------------------------------------------------ the law


def agree(services: Services) -> None:
    """Articles tagged with a topic are those that its query finds, on the index and by the evaluator over all."""
    with services.ledger.read() as connection:
        everything = articles.load(connection, tables.articles.c.id.is_not(None))
    for topic in services.watchlist.topics:
        by_tags = {article.id for article in everything if topic.id in {tag.topic for tag in article.tags}}
        assert by_tags == {article.id for article in everything if _decides(topic, article.title, article.text)}
        assert services.index.ids(topic.query) == by_tags
        assert services.index.ids(parse("*:*"), filters=Filters(topics=(topic.id,))) == by_tags


def _decides(topic: Topic, title: str, text: str) -> bool:
    return bool(RuleSet([topic]).tags(title=title, text=text))


@pytest.mark.parametrize(
    "query",
    ["strike* AND NOT protest*", '"they strike" OR policy', "title:traders", "rain NEAR/2 (strike OR protest)", "*:*"],
)
def test_after_a_change_tags_index_and_evaluator_agree(desk: Desk, query: str) -> None:
    with desk.open() as services:
        desk.take_in(services, **dict(list(MANY.items())[:40]))
        process(services)
    desk.declare(protests=PROTESTS | {"query": query, "examples": {}})
    with desk.open() as services:
        process(services)
        agree(services)
