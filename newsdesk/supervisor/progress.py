"""What goes on in Airflow, read from its database, and told as events.

The database is read, never written: reading costs microseconds where the REST API costs the busy cores milliseconds.
The tables are Airflow's own affair, so this module goes with the version that is locked.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

_ERROR_LINE = re.compile(r"^\s*(?:(?:[\w.]+\.)?\w*(?:Error|Exception|Interrupt|Exit)\b(?::|$)|DAG file )")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseReached:
    """The stack itself came on: `phase` is one of `database`, `api`, `ready`; `seconds` since its start."""

    phase: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChanged:
    """A run is queued, running, success or failed now."""

    dag: str
    run: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskChanged:
    """A task of a run has another state; `map_index` is -1 for a task that is not mapped."""

    dag: str
    run: str
    task: str
    map_index: int
    attempt: int
    state: str


Event = PhaseReached | RunChanged | TaskChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All runs, tasks and wake-ups at one moment."""

    runs: frozenset[RunChanged] = frozenset()
    tasks: frozenset[TaskChanged] = frozenset()
    wakeups: int = 0  # rows by which an asset event will yet make a run

    @property
    def is_quiet(self) -> bool:
        """Nothing runs, and nothing is about to."""
        return not self.wakeups and all(run.state in ("success", "failed") for run in self.runs)

    @property
    def busy(self) -> str:
        """What keeps it from being quiet, for a message."""
        active = sorted(f"{run.dag} {run.state}" for run in self.runs if run.state not in ("success", "failed"))
        return ", ".join([*active, *([f"{self.wakeups} wake-ups pending"] if self.wakeups else [])]) or "nothing active"


@dataclass(slots=True)
class Observer:
    """Tells what changed since the last look; what was there at the first look is no news."""

    metadata: Path
    seen: Snapshot = field(init=False)
    _first: Snapshot = field(init=False)

    def __post_init__(self) -> None:
        self._first = self.seen = take_snapshot(self.metadata)

    def changes(self) -> Iterator[RunChanged | TaskChanged]:
        """The new states, tasks before runs; `seen` is the newest snapshot afterwards."""
        before, self.seen = self.seen, take_snapshot(self.metadata)
        yield from sorted(self.seen.tasks - before.tasks, key=lambda task: (task.dag, task.task, task.map_index))
        yield from sorted(self.seen.runs - before.runs, key=lambda run: (run.dag, run.run))

    def new_runs(self) -> tuple[RunChanged, ...]:
        """The runs that ended or changed since the first look, in their present state."""
        return tuple(sorted(self.seen.runs - self._first.runs, key=lambda run: (run.dag, run.run)))


# a stack that lives for months has hundreds of thousands of rows that no longer change
_RUNS = """
SELECT dag_id, run_id, state FROM dag_run
WHERE state IN ('queued', 'running') OR updated_at > datetime('now', '-1 hour')
"""
_TASKS = """
SELECT dag_id, run_id, task_id, map_index, try_number, state FROM task_instance
WHERE state IN ('queued', 'running') OR state IS NOT NULL AND updated_at > datetime('now', '-1 hour')
"""


def take_snapshot(metadata: Path) -> Snapshot:
    """Read what goes on, and what ended within the last hour, in one transaction."""
    with closing(sqlite3.connect(f"file:{metadata}?mode=ro", uri=True, timeout=60)) as connection:
        connection.execute("BEGIN")
        runs = connection.execute(_RUNS).fetchall()
        tasks = connection.execute(_TASKS).fetchall()
        (wakeups,) = connection.execute("SELECT count(*) FROM asset_dag_run_queue").fetchone()
    return Snapshot(
        runs=frozenset(RunChanged(dag=dag, run=run, state=state) for dag, run, state in runs),
        tasks=frozenset(
            TaskChanged(dag=dag, run=run, task=task, map_index=index, attempt=attempt, state=state)
            for dag, run, task, index, attempt, state in tasks
        ),
        wakeups=wakeups,
    )


def task_log(logs: Path, task: TaskChanged) -> Path:
    """The log of a task's attempt."""
    folder = logs / f"dag_id={task.dag}" / f"run_id={task.run}" / f"task_id={task.task}"
    return (folder if task.map_index < 0 else folder / f"map_index={task.map_index}") / f"attempt={task.attempt}.log"


def cause_in_task_log(path: Path) -> str:
    """The error that ended a task, from its log of JSON lines."""
    for line in reversed(_last_lines(path)):
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        for detail in (entry.get("error_detail") if isinstance(entry, dict) else None) or ():
            return f"{detail.get('exc_type')}: {detail.get('exc_value')}"
    return cause_in_log(path)


def cause_in_log(path: Path) -> str:
    """The last line of a log that looks like an error, else its last line."""
    lines = [line.strip() for line in _last_lines(path) if line.strip()]
    return next((line for line in reversed(lines) if _ERROR_LINE.match(line)), lines[-1] if lines else "no output")


def _last_lines(path: Path) -> list[str]:
    if not path.exists():
        return []
    return path.read_text(encoding="utf-8", errors="replace").splitlines()[-400:]
