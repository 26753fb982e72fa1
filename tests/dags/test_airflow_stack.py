"""The real Airflow: started, used, broken and taken down, in one go because a start takes ten seconds of CPU."""

import os
import signal
from pathlib import Path

import pytest

from newsdesk.supervisor.airflow_stack import AirflowStack, StackPlan
from newsdesk.supervisor.failure import StackError
from newsdesk.supervisor.processes import session_members
from newsdesk.supervisor.progress import Event, PhaseReached, RunChanged

pytestmark = [pytest.mark.airflow, pytest.mark.demo]

CHAIN = """
from airflow.sdk import Asset, dag, task

BELL = Asset("test://bell")

@dag(schedule=None)
def first():
    @task(outlets=[BELL])
    def rings():
        pass
    rings()

@dag(schedule=[BELL])
def second():
    @task
    def hears():
        import os
        assert os.environ["NEWSDESK_TEST_WORD"] == "given"
    hears()

first()
second()
"""
BROKEN = """
from airflow.sdk import dag, task

@dag(schedule=None)
def broken():
    @task
    def fails():
        raise ValueError("the planted fault")
    fails()

broken()
"""


def make_dags(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def components(folder: Path) -> dict[str, int]:
    """The components of the stack in `folder` that run, with their sessions."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (session := int(entry.name)) in session_members(session):
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().split()
            if (entry / "cwd").resolve() == folder.resolve():
                found[next((word for word in ("triggerer", "scheduler") if word in words), "api-server")] = session
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_a_stack_runs_to_the_end_tells_faults_and_leaves_nothing(tmp_path: Path) -> None:
    dags = make_dags(tmp_path / "dags", chain=CHAIN, broken=BROKEN)
    home = tmp_path / "home"
    told: list[Event] = []
    plan = StackPlan(folder=home, dags=dags, environment={"NEWSDESK_TEST_WORD": "given"})
    with AirflowStack(plan, tell=told.append) as stack:
        assert [event.phase for event in told if isinstance(event, PhaseReached)] == ["database", "api", "ready"]
        assert set(components(home)) == {"api-server", "scheduler", "triggerer"}

        stack.trigger("first")
        runs = stack.run_until_quiet(lambda: True, seconds=120)
        assert [(run.dag, run.state) for run in runs] == [("first", "success"), ("second", "success")]
        assert {event.dag for event in told if isinstance(event, RunChanged)} == {"first", "second"}

        stack.trigger("broken")
        with pytest.raises(StackError, match=r"^broken\.fails: ValueError: the planted fault \(log: ") as caught:
            stack.run_until_quiet(lambda: True, seconds=120)
        assert caught.value.log is not None
        assert "the planted fault" in caught.value.log.read_text()

        with pytest.raises(StackError, match="is not done after 0 s: nothing active; work waits"):
            stack.run_until_quiet(lambda: False, seconds=0)

        os.kill(components(home)["triggerer"], signal.SIGKILL)
        with pytest.raises(StackError, match=r"^triggerer: ended with code -9") as died:
            stack.serve()
        assert died.value.log == home.resolve() / "triggerer.log"
    assert components(home) == {}


def test_a_dag_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    dags = make_dags(tmp_path / "dags", wrong="from airflow.sdk import dag\nimport nowhere_to_be_found\n")
    plan = StackPlan(folder=tmp_path / "home", dags=dags)
    with (
        pytest.raises(StackError, match=r"DAG file wrong\.py: ModuleNotFoundError: .*nowhere_to_be_found"),
        AirflowStack(plan),
    ):
        pytest.fail("it started")
