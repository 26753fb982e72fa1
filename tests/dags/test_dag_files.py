"""Every DAG is as the house wants it, and cheap to parse."""

import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

DAGS = Path(__file__).parents[2] / "dags"
FILES = sorted(DAGS.glob("*.py"))
NAMES = ("deliver_alerts", "maintain", "poll_feeds", "process_entries")

# what a task needs and parsing does not; SQLAlchemy is missing here because Airflow imports it itself
HEAVY = (
    "aiohttp", "elasticsearch", "extractors", "feedparser", "htmldate", "lxml", "newspaper", "newsdesk.fetch",
    "newsdesk.index", "newsdesk.ledger", "newsdesk.pipeline", "newsdesk.services", "newsdesk.watchlist", "pebble",
    "readability", "trafilatura",
)  # fmt: skip

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.filterwarnings("ignore"),  # Airflow's own, about its own dependencies
]


def test_all_files_load_without_errors(dag_bag: "DagBag") -> None:
    assert dag_bag.import_errors == {}
    assert tuple(sorted(dag_bag.dags)) == NAMES
    assert [file.stem for file in FILES] == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_dag_has_owner_tags_and_one_active_run_and_does_not_catch_up(dag_bag: "DagBag", name: str) -> None:
    dag = dag_bag.dags[name]
    assert dag.owner == "newsdesk"
    assert "newsdesk" in dag.tags
    assert dag.catchup is False
    assert dag.max_active_runs == 1
    assert dag.doc_md


@pytest.mark.parametrize("name", NAMES)
def test_every_task_is_tried_again_and_has_a_time_limit(dag_bag: "DagBag", name: str) -> None:
    for task in dag_bag.dags[name].tasks:
        assert task.retries == 2
        assert task.retry_delay == timedelta(seconds=15)
        assert task.execution_timeout == timedelta(minutes=20)


def test_the_line_runs_in_its_order(dag_bag: "DagBag") -> None:
    dag = dag_bag.dags["process_entries"]
    followers = {task.task_id: task.downstream_task_ids for task in dag.tasks}
    assert followers == {
        "entry_chunks": {"collect"},
        "collect": {"tag"},
        "tag": {"index"},
        "index": {"alert"},
        "alert": set(),
    }
    assert dag.get_task("collect").is_mapped


def test_assets_are_rung_and_heard_where_the_design_says(metadata: sqlite3.Connection) -> None:
    rung = "SELECT r.task_id, asset.name FROM task_outlet_asset_reference r JOIN asset ON asset.id = r.asset_id"
    assert set(metadata.execute(rung)) == {
        ("poll", "newsdesk://entries"),
        ("index", "newsdesk://articles"),
        ("alert", "newsdesk://alerts"),
    }
    heard = "SELECT r.dag_id, asset.name FROM dag_schedule_asset_reference r JOIN asset ON asset.id = r.asset_id"
    assert set(metadata.execute(heard)) == {
        ("process_entries", "newsdesk://entries"),
        ("deliver_alerts", "newsdesk://alerts"),
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_dag_file_is_short(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 40


def test_parsing_imports_nothing_heavy(airflow_home: Path) -> None:
    script = (
        "import runpy, sys\n"
        f"for file in {[str(file) for file in FILES]!r}: runpy.run_path(file)\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=airflow_home, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(("text", "schedule"), [("", "* * * * *"), ("*/5 * * * *", "*/5 * * * *"), ("none", None)])
def test_the_poll_schedule_is_read_from_the_environment(
    airflow_home: Path, monkeypatch: pytest.MonkeyPatch, text: str, schedule: str | None
) -> None:
    assert airflow_home.is_dir()
    from newsdesk.airflow.schedules import poll_schedule

    monkeypatch.setenv("NEWSDESK_POLL_SCHEDULE", text)
    assert poll_schedule() == schedule


def test_with_no_schedule_nothing_runs_by_the_clock(airflow_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert airflow_home.is_dir()
    from newsdesk.airflow.assets import ENTRIES
    from newsdesk.airflow.schedules import woken_by

    monkeypatch.setenv("NEWSDESK_POLL_SCHEDULE", "none")
    assert woken_by(ENTRIES) == [ENTRIES]
