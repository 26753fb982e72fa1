"""Very different pages are read again with the same records, also where a replay is killed in the middle."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsdesk import pipeline
from newsdesk.ledger import tables
from newsdesk.services import Services, open_services
from newsdesk.settings import read_settings
from newsdesk.supervisor.demonstration import sample_settings
from tests.pipeline.many_pages import make_page
from tests.pipeline.press import open_press, services_of
from tests.pipeline.test_replay import EVER, records

KILLED = -9
PAGES = 130  # a replay looks into the ledger after each hundred
TOPIC = {
    "topics": {"protests": {"title": "Protests", "query": "protest OR protester OR händler OR व्यापारियों OR протеста"}}
}
SITES = {"press.localhost": {"title": "h2.kicker", "remove": ["aside.more"]}}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of a line that collected them all."""
    home = tmp_path_factory.mktemp("many")
    with open_press() as press:
        for number in range(PAGES):
            press.story(f"story-{number}")
            press.files[f"/story-{number}"] = (200, make_page(number))
        with services_of(home, press, more=TOPIC, spacing_seconds="0", step_seconds="1000") as services:
            for step in (pipeline.poll, pipeline.collect, pipeline.tag, pipeline.index):
                step(services)
    return home


def environ(home: Path, **more: str) -> dict[str, str]:
    return {**sample_settings(), "NEWSDESK_HOME": str(home), "NEWSDESK_WATCHLIST": str(home / "watchlist.yaml"), **more}


def copy_of(home: Path, folder: Path) -> Path:
    """A copy whose watchlist has selectors that the original has not."""
    shutil.copytree(home, folder)
    watchlist = yaml.safe_load((folder / "watchlist.yaml").read_text())
    (folder / "watchlist.yaml").write_text(yaml.safe_dump(watchlist | {"sites": SITES}))
    return folder


def replay(home: Path, *, failpoint: str = "") -> int:
    command = [sys.executable, "-m", "newsdesk", "replay", "--since", "2d"]
    env = {**os.environ, **environ(home, NEWSDESK_FAILPOINT=failpoint)}
    ended = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=200)
    assert ended.returncode in (0, KILLED), ended.stderr
    return ended.returncode


def without_times(services: Services) -> list[tuple[Any, ...]]:
    """The records, without when something was written."""
    rows = []
    for table in (tables.articles, tables.article_versions, tables.tags, tables.entries):
        kept = [column for column in table.c if column.name == "fetched_at" or not column.name.endswith("_at")]
        with services.ledger.read() as connection:
            found = connection.execute(table.select().with_only_columns(*kept).order_by(*table.primary_key))
            rows += [tuple(row) for row in found]
    return rows


def test_pages_of_all_kinds_give_the_same_records_twice(collected: Path) -> None:
    with open_services(read_settings(environ(collected))) as services:
        before = records(services)
        counts = []
        for _ in range(2):
            counts.append(pipeline.replay(services, EVER))
            for step in (pipeline.tag, pipeline.index):
                step(services)
            assert records(services) == before
    assert counts[0] == counts[1]
    assert (counts[0].produced, sum(counts[0].outcomes.values())) == (0, PAGES)
    assert counts[0].outcomes["done:unchanged"] > PAGES / 2
    assert {"dropped:consent-wall", "dropped:soft-404", "dropped:empty-page"} <= counts[0].outcomes.keys()


def test_a_replay_that_is_killed_in_the_middle_and_begun_again_ends_as_one_that_was_not(
    collected: Path, tmp_path: Path
) -> None:
    whole, broken = copy_of(collected, tmp_path / "whole"), copy_of(collected, tmp_path / "broken")
    assert replay(whole) == 0
    assert replay(broken, failpoint="replay.batch:kill") == KILLED
    with (
        open_services(read_settings(environ(whole))) as one,
        open_services(read_settings(environ(broken))) as other,
    ):
        assert without_times(other) != without_times(one)  # it was in the middle of it
        assert replay(broken) == 0
        assert without_times(other) == without_times(one)
        assert any("override" in str(row) for row in without_times(one))
