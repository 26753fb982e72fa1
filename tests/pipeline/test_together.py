"""Several processes on one ledger, and the line on PostgreSQL: the same figures as one process on SQLite."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsdesk.ledger.overview import overview
from newsdesk.newsroom import Newsroom
from newsdesk.services import open_services
from newsdesk.settings import read_settings
from tests.pipeline.conftest import environment

SOURCES = ("gujarat-ledger", "coastal-courier", "merchant-market")


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with Newsroom(port=0, slow_seconds=0) as opened:
        yield opened


def run_together(settings: dict[str, str], processes: int) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "newsdesk", "run"],
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    for process in started:
        _, errors = process.communicate(timeout=200)
        assert process.returncode == 0, errors


def figures(settings: dict[str, str]) -> dict[str, object]:
    with open_services(read_settings(settings)) as services:
        with services.ledger.read() as connection:
            seen = overview(connection)
        documents = services.index.stats().documents
    mails = [path.name for path in (Path(settings["NEWSDESK_HOME"]) / "mail").rglob("*.eml")]
    return {
        "entries": Counter((ending.stage, ending.outcome, ending.reason) for ending in seen.entries),
        "articles": (seen.article_count, seen.version_count, documents),
        "stages": [(ending.stage, ending.outcome, ending.count) for ending in seen.articles],
        "topics": seen.topics,
        "alerts": (seen.alert_count, seen.mail_count, sorted(mails)),
    }


@pytest.fixture(scope="module")
def alone(room: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    settings = environment(tmp_path_factory.mktemp("alone"), room.port, sources=SOURCES)
    run_together(settings, 1)
    return figures(settings)


def test_processes_at_the_same_time_do_the_work_once(room: Newsroom, alone: dict[str, object], tmp_path: Path) -> None:
    settings = environment(tmp_path, room.port, sources=SOURCES)
    run_together(settings, 3)
    run_together(settings, 1)  # what one process had made while the others were past that step
    assert figures(settings) == alone


@pytest.mark.postgres
def test_the_line_on_postgresql_gives_the_same(
    room: Newsroom, alone: dict[str, object], tmp_path: Path, postgres_url: str
) -> None:
    settings = environment(tmp_path, room.port, sources=SOURCES, ledger_url=postgres_url)
    run_together(settings, 3)
    run_together(settings, 1)
    assert figures(settings) == alone
