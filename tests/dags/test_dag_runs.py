"""The DAGs do the work: each is run by itself, on the sample newsroom and a real ledger."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsdesk.newsroom import Newsroom
from tests.pipeline.conftest import environment

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag
    from airflow.models.dagrun import DagRun

SOURCES = ("capital-post", "coastal-courier")  # enough for articles with topics, and so for mails

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.filterwarnings("ignore"),  # Airflow's own, about its own dependencies
]


@pytest.fixture
def newsdesk_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with Newsroom(port=0, slow_seconds=0.2) as newsroom:
        for variable, value in environment(tmp_path, newsroom.port, sources=SOURCES).items():
            monkeypatch.setenv(variable, value)
        yield tmp_path


def run(dag_bag: "DagBag", name: str) -> "DagRun":
    made: DagRun = dag_bag.dags[name].test()
    return made


def states(dag_run: "DagRun") -> dict[str, str]:
    return {task.task_id: str(task.state) for task in dag_run.get_task_instances()}


def rings(metadata: sqlite3.Connection, asset: str) -> int:
    query = "SELECT count(*) FROM asset_event JOIN asset ON asset.id = asset_id WHERE asset.name = ?"
    number: int = metadata.execute(query, (asset,)).fetchone()[0]
    return number


def test_the_dags_take_entries_to_mails_and_then_find_nothing_to_do(
    dag_bag: "DagBag", metadata: sqlite3.Connection, newsdesk_home: Path
) -> None:
    from newsdesk.airflow.trigger import Work, count_waiting

    before = {name: rings(metadata, f"newsdesk://{name}") for name in ("entries", "articles", "alerts")}
    assert states(run(dag_bag, "poll_feeds")) == {"poll": "success"}
    assert count_waiting(Work.PROCESS) > 0

    line = states(run(dag_bag, "process_entries"))
    assert line == dict.fromkeys(("entry_chunks", "collect", "tag", "index", "alert"), "success")
    assert count_waiting(Work.PROCESS) == 0
    assert count_waiting(Work.DELIVER) > 0

    assert states(run(dag_bag, "deliver_alerts")) == {"deliver": "success"}
    assert count_waiting(Work.DELIVER) == 0
    assert list((newsdesk_home / "mail").rglob("*.eml"))
    after = {name: rings(metadata, f"newsdesk://{name}") for name in before}
    assert after == {name: number + 1 for name, number in before.items()}

    assert states(run(dag_bag, "poll_feeds")) == {"poll": "skipped"}  # no feed is due: nobody is woken
    idle = states(run(dag_bag, "process_entries"))
    assert idle == line | {"index": "skipped", "alert": "skipped"}
    assert {name: rings(metadata, f"newsdesk://{name}") for name in before} == after


def test_the_housekeeping_runs_on_an_empty_ledger(dag_bag: "DagBag", newsdesk_home: Path) -> None:
    assert newsdesk_home.is_dir()
    assert states(run(dag_bag, "maintain")) == {"keep_house": "success"}
