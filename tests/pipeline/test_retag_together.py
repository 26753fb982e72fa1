"""Topics change while several processes work and some are killed; and the law that holds after each change."""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from newsdesk import pipeline
from newsdesk.index import Filters
from newsdesk.ledger import articles, tables
from newsdesk.model import Topic
from newsdesk.pipeline.topics import follow_topics
from newsdesk.query import parse
from newsdesk.services import Services
from newsdesk.tagging import RuleSet
from tests.pipeline.desk import (
    POLICY,
    PROTESTS,
    STRIKES,
    TEXTS,
    Desk,
    alerted,
    counts,
    process,
    shown,
    state_of,
    tagged,
)

KILLED = -9

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
