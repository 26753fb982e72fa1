"""The line of a log that says why."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from newsdesk.supervisor.logs import prune_logs, trim_log
from newsdesk.supervisor.progress import TaskChanged, cause_in_log, cause_in_task_log, task_log


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_last_error_line_of_a_log_is_the_cause(tmp_path: Path) -> None:
    log = write(
        tmp_path / "scheduler.log",
        "Traceback (most recent call last):",
        "ValueError: first",
        '  File "x.py", line 1',
        "sqlite3.OperationalError: database is locked",
        "shutting down",
    )
    assert cause_in_log(log) == "sqlite3.OperationalError: database is locked"


def test_a_log_without_an_error_gives_its_last_line(tmp_path: Path) -> None:
    assert cause_in_log(write(tmp_path / "x.log", "one", "two", "")) == "two"


def test_a_broken_dag_file_is_the_cause(tmp_path: Path) -> None:
    log = write(tmp_path / "prepare.log", "ImportError: no module", "DAG file x.py: ImportError: no module")
    assert cause_in_log(log) == "DAG file x.py: ImportError: no module"


def test_a_log_that_is_missing_or_empty_is_said_to_be(tmp_path: Path) -> None:
    assert cause_in_log(tmp_path / "none.log") == "no output"
    assert cause_in_log(write(tmp_path / "empty.log")) == "no output"


def test_the_cause_in_a_tasks_log_is_the_exception(tmp_path: Path) -> None:
    error = {"event": "Task failed with exception", "error_detail": [{"exc_type": "LedgerError", "exc_value": "full"}]}
    log = write(tmp_path / "attempt=1.log", json.dumps({"event": "start"}), json.dumps(error), "not JSON", "[]")
    assert cause_in_task_log(log) == "LedgerError: full"


def test_a_tasks_log_without_an_exception_gives_its_last_line(tmp_path: Path) -> None:
    assert cause_in_task_log(write(tmp_path / "attempt=1.log", "killed")) == "killed"


def test_the_log_of_a_mapped_task_has_its_index_in_its_path(tmp_path: Path) -> None:
    plain = TaskChanged(dag="d", run="r", task="t", map_index=-1, attempt=2, state="failed")
    mapped = TaskChanged(dag="d", run="r", task="t", map_index=3, attempt=1, state="failed")
    assert task_log(tmp_path, plain) == tmp_path / "dag_id=d/run_id=r/task_id=t/attempt=2.log"
    assert task_log(tmp_path, mapped) == tmp_path / "dag_id=d/run_id=r/task_id=t/map_index=3/attempt=1.log"


def test_a_log_that_grew_too_large_begins_anew_under_its_writer(tmp_path: Path) -> None:
    log = tmp_path / "scheduler.log"
    with log.open("a", encoding="utf-8") as writer:
        writer.write("old line\n" * 10)
        writer.flush()
        trim_log(log, size=1000)
        assert not (tmp_path / "scheduler.log.1").exists()
        trim_log(log, size=50)
        writer.write("new line\n")
    assert log.read_text() == "new line\n"
    assert (tmp_path / "scheduler.log.1").read_text() == "old line\n" * 10


def test_old_task_logs_go_and_young_ones_stay(tmp_path: Path) -> None:
    for name, day in (("old", 1), ("young", 20)):
        (tmp_path / "logs" / name).mkdir(parents=True)
        file = write(tmp_path / "logs" / name / "attempt=1.log", "line")
        os.utime(file, (datetime(2026, 11, day, tzinfo=UTC).timestamp(),) * 2)
    assert prune_logs(tmp_path / "logs", before=datetime(2026, 11, 10, tzinfo=UTC)) == 1
    assert [path.name for path in (tmp_path / "logs").iterdir()] == ["young"]
