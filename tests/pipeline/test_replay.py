"""Archived pages are read again: nothing is fetched, what differs becomes a new version, and nobody is alerted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from newsdesk import pipeline
from newsdesk.ledger import lists, tables
from newsdesk.ledger.replays import Period
from newsdesk.model import FEED_SUMMARY
from newsdesk.newsroom import Newsroom
from newsdesk.services import FailpointHit, Services
from tests.pipeline.conftest import OpenLine
from tests.pipeline.press import STORY, Press, life_of, open_press, services_of
from tests.pipeline.test_line import run_line

EVER = Period(since=datetime(2020, 1, 1, tzinfo=UTC), until=datetime(2100, 1, 1, tzinfo=UTC))
AFTER = (pipeline.tag, pipeline.index, pipeline.alert, pipeline.deliver)
SELECTED = {"sites": {"press.localhost": {"title": "h2.kicker", "body": "div.text"}}}
TWO_PARTS = (
    f'<h2 class="kicker">Traders of the port protest</h2><div class="text">{STORY}</div><p>{"Read on. " * 60}</p>'
)


@pytest.fixture
def press() -> Iterator[Press]:
    with open_press() as opened:
        yield opened


def records(services: Services) -> list[tuple[Any, ...]]:
    """All that the ledger holds of articles, their versions and tags."""
    chosen = (tables.articles, tables.article_versions, tables.tags, tables.entries)
    with services.ledger.read() as connection:
        return [
            tuple(row) for table in chosen for row in connection.execute(select(table).order_by(*table.primary_key))
        ]


def alert_count(services: Services) -> int:
    with services.ledger.read() as connection:
        return len(lists.newest_alerts(connection, limit=1000))


def test_pages_that_read_as_before_change_nothing_however_often(open_line: OpenLine, newsroom: Newsroom) -> None:
    with open_line() as services:
        run_line(services)
        before = records(services)
        newsroom.advance()  # what the papers bring out now is not asked for
        counts = [pipeline.replay(services, EVER) for _ in range(2)]
        after = records(services)
    assert after == before
    assert counts[0] == counts[1]
    assert counts[0].produced == 0
    assert counts[0].outcomes["done:unchanged"] > 50
    assert {name for name in counts[0].outcomes if name != "done:unchanged"} == {
        *("dropped:bot-wall", "dropped:consent-wall", "dropped:index-page", "dropped:paywall", "dropped:soft-404")
    }


def test_a_page_that_reads_otherwise_is_a_new_version_with_its_tags_and_without_alerts(
    tmp_path: Path, press: Press
) -> None:
    url = press.story("one", body=TWO_PARTS)
    with services_of(tmp_path, press) as services:
        run_line(services)
        before = life_of(services, url).article
    with services_of(tmp_path, press, more=SELECTED) as services:
        counts = pipeline.replay(services, EVER)
        for step in AFTER:
            step(services)
        life = life_of(services, url)
        again = pipeline.replay(services, EVER)
        alerts = alert_count(services)
        held = services.index.stats().documents
    assert before is not None
    assert life.article is not None
    assert (counts.produced, again.produced, held, alerts) == (1, 0, 1, 1)
    assert (before.title, life.article.title) == ("Traders protest", "Traders of the port protest")
    assert (life.article.id, life.article.url, life.article.version) == (before.id, before.url, 2)
    assert life.article.fetched_at == before.fetched_at
    assert [tag.topic for tag in life.article.tags] == ["protests"]


@pytest.mark.parametrize("alerts", [False, True])
def test_an_article_that_comes_to_light_raises_an_alert_only_where_asked(
    tmp_path: Path, press: Press, *, alerts: bool
) -> None:
    url = press.story("one", body="<div class=text>Traders protest.</div>")
    press.story("two", body=f'<h2 class="kicker">Harvest</h2><div class="text">{STORY.replace("protest", "joy")}</div>')
    with services_of(tmp_path, press, more={"topics": {"protests": {"title": "P", "query": "harvest"}}}) as services:
        run_line(services)
        assert alert_count(services) == 0
        assert life_of(services, url).article is not None
    with services_of(
        tmp_path, press, more={**SELECTED, "topics": {"protests": {"title": "P", "query": "harvest"}}}
    ) as services:
        counts = pipeline.replay(services, EVER, alerts=alerts)
        for step in AFTER:
            step(services)
        assert counts.produced >= 1
        assert alert_count(services) == int(alerts)


def test_a_wall_that_is_read_now_takes_the_place_of_the_feeds_words(tmp_path: Path, press: Press) -> None:
    url = press.story("one", body='<div class="text"></div>')
    with services_of(tmp_path, press) as services:
        run_line(services)
        walled = life_of(services, url)
        assert walled.article is not None
        assert walled.article.kind == FEED_SUMMARY
        counts = pipeline.replay(services, EVER)
        assert counts.outcomes == {"dropped:empty-page": 1}
        assert life_of(services, url) == walled


def test_only_the_pages_of_the_period_and_the_sources_are_read(tmp_path: Path, press: Press) -> None:
    press.story("one")
    with services_of(tmp_path, press) as services:
        run_line(services)
        now = datetime.now(UTC)
        hour = timedelta(hours=1)
        past = pipeline.replay(services, Period(since=now - 2 * hour, until=now - hour))
        others = pipeline.replay(services, Period(since=now - hour, until=now + hour, sources=("Gazette",)))
        ours = pipeline.replay(services, Period(since=now - hour, until=now + hour, sources=("Press",)))
    assert (past.outcomes, others.outcomes, ours.outcomes) == ({}, {}, {"done:unchanged": 1})


def test_a_page_that_is_gone_from_the_archive_or_damaged_costs_no_other(tmp_path: Path, press: Press) -> None:
    for name in ("one", "two", "three"):
        press.story(name, body=STORY.replace("town", f"town {name}"))
    with services_of(tmp_path, press) as services:
        run_line(services)
        first, second, _ = sorted((tmp_path / "archive").rglob("*.warc.gz"))
        first.unlink()
        second.write_bytes(b"noise")
        counts = pipeline.replay(services, EVER)
    assert counts.outcomes == {"page-missing": 1, "page-damaged": 1, "done:unchanged": 1}


def test_a_replay_that_is_broken_off_is_simply_begun_again(tmp_path: Path, press: Press) -> None:
    url = press.story("one", body=TWO_PARTS)
    with services_of(tmp_path, press) as services:
        run_line(services)
    with (
        services_of(tmp_path, press, more=SELECTED, failpoint="replay.batch:raise") as services,
        pytest.raises(FailpointHit),
    ):
        pipeline.replay(services, EVER)
    with services_of(tmp_path, press, more=SELECTED) as services:
        counts = pipeline.replay(services, EVER)
        life = life_of(services, url)
    assert counts.outcomes == {"done:unchanged": 1}
    assert life.article is not None
    assert life.article.version == 2
