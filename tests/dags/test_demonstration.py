"""The demonstration, whole: Airflow's real scheduler, both editions, the same figures each time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from newsdesk.ledger.overview import overview
from newsdesk.services import open_services
from newsdesk.settings import read_settings
from newsdesk.supervisor.demonstration import run_demonstration

pytestmark = [pytest.mark.airflow, pytest.mark.demo, pytest.mark.timeout(600)]

PROJECT = Path(__file__).resolve().parents[2]

Figures = tuple[object, ...]


def demonstrate(folder: Path) -> tuple[str, Figures]:
    done = subprocess.run(
        [sys.executable, "-m", "newsdesk", "demo", "--home", str(folder)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    environ = {"NEWSDESK_HOME": str(folder), "NEWSDESK_WATCHLIST": str(folder / "watchlist.yaml")}
    with open_services(read_settings(environ)) as services:
        with services.ledger.read() as connection:
            seen = overview(connection)
        documents = services.index.stats().documents
    polls = [(line.name, [(poll.outcome, poll.reason) for poll in line.last_polls]) for line in seen.feeds]
    mails = len(list((folder / "mail").rglob("*.eml")))
    return done.stdout, (polls, seen.entries, seen.articles, seen.topics, seen.alert_count, documents, mails)


def test_the_demonstration_gives_the_same_figures_twice(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shown, first = demonstrate(folder)
    for section in (
        "From feed to mail in",
        "Feeds polled",
        "What came of the entries",
        "the words that prove them",
        "Search index",
        "Alerts and mails",
        "the first mail",
        "What to try next",
    ):
        assert section in shown
    assert "paywall" in shown
    _, second = demonstrate(folder)
    assert first == second


def test_a_folder_of_somebodys_own_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(Exception, match="was not made by a demonstration"):
        run_demonstration(tmp_path, project=PROJECT, tell=lambda _event: None)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_stage_that_fails_ends_the_demonstration_with_its_cause_and_log(tmp_path: Path) -> None:
    environ = {"NEWSDESK_FAILPOINT": "tag.worked:raise"}
    done = subprocess.run(
        [sys.executable, "-m", "newsdesk", "demo", "--home", str(tmp_path / "demo")],
        cwd=PROJECT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 1
    assert "process_entries.tag" in done.stderr
    assert "FailpointHit: tag.worked" in done.stderr
    assert ".log" in done.stderr
