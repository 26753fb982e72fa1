"""A process killed between any two steps, or between work and record of one, loses nothing and doubles nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from newsdesk.ledger import open_ledger, tables
from newsdesk.ledger.overview import overview
from newsdesk.newsroom import Newsroom
from newsdesk.services import open_services
from newsdesk.settings import read_settings
from tests.pipeline.conftest import environment

KILLED = -9
STEPS = ("poll", "collect", "tag", "index", "alert", "render", "deliver")
POINTS = [f"{step}.{place}" for step in STEPS for place in ("worked", "recorded")]
SOURCE = "gujarat-ledger"

Figures = tuple[object, ...]


def run_once(settings: dict[str, str], *, failpoint: str = "") -> int:
    process = subprocess.run(
        [sys.executable, "-m", "newsdesk", "run"],
        env={**os.environ, **settings, "NEWSDESK_FAILPOINT": failpoint},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert process.returncode in (0, KILLED), process.stderr
    return process.returncode


def let_leases_run_out(settings: dict[str, str]) -> None:
    """What two minutes of waiting would do."""
    past = datetime(2020, 1, 1, tzinfo=UTC)
    with open_ledger(read_settings(settings).ledger_address) as ledger, ledger.write() as connection:
        for table in (tables.feeds, tables.entries, tables.articles, tables.notifications, tables.outbox):
            held = table.c.lease_until.is_not(None)
            connection.execute(update(table).where(held).values(lease_until=past))


def figures(settings: dict[str, str]) -> Figures:
    with open_services(read_settings(settings)) as services:
        with services.ledger.read() as connection:
            seen = overview(connection)
        documents = services.index.stats().documents
    mails = sorted(path.name for path in (Path(settings["NEWSDESK_HOME"]) / "mail").rglob("*.eml"))
    endings = (seen.entries, seen.articles, seen.mails)
    return (*endings, seen.topics, seen.version_count, seen.alert_count, documents, mails)


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with Newsroom(port=0, slow_seconds=0) as opened:
        yield opened


@pytest.fixture(scope="module")
def undisturbed(room: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Figures:
    settings = environment(tmp_path_factory.mktemp("clean"), room.port, sources=[SOURCE])
    assert run_once(settings) == 0
    return figures(settings)


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_any_point_loses_and_doubles_nothing(
    point: str, tmp_path: Path, room: Newsroom, undisturbed: Figures
) -> None:
    settings = environment(tmp_path, room.port, sources=[SOURCE])
    assert run_once(settings, failpoint=f"{point}:kill") == KILLED
    let_leases_run_out(settings)
    assert run_once(settings) == 0
    assert figures(settings) == undisturbed


def test_a_planted_fault_that_does_not_exist_is_never_hit(tmp_path: Path, room: Newsroom, undisturbed: Figures) -> None:
    settings = environment(tmp_path, room.port, sources=[SOURCE])
    assert run_once(settings, failpoint="nowhere:kill") == 0
    assert figures(settings) == undisturbed
