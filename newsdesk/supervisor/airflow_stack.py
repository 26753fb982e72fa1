"""A real Airflow on this machine for as long as it is wanted: API server, scheduler, triggerer, on SQLite."""

import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType, TracebackType
from typing import NoReturn, Self

from newsdesk.supervisor.api import AirflowApi
from newsdesk.supervisor.failure import StackError
from newsdesk.supervisor.home import Access, AirflowHome, lock_home, open_home
from newsdesk.supervisor.logs import prune_logs, trim_log
from newsdesk.supervisor.processes import Component, Watchdog, end_sessions, free_port, is_free
from newsdesk.supervisor.progress import (
    Event,
    Observer,
    PhaseReached,
    RunChanged,
    cause_in_log,
    cause_in_task_log,
    take_snapshot,
    task_log,
)

LOOK_EVERY = 0.25  # seconds
QUIET_LOOKS = 2  # one look may fall between two transactions that belong together
START_SECONDS = 180.0  # until all components are there, on a machine that does other things too
STOP_SECONDS = 10.0  # for what runs to end by itself
QUIET_STOP_SECONDS = 1.0  # where nothing runs: the components need seconds to take themselves down, and nothing of it
TIDY_EVERY = 6 * 3600.0
KEPT_DAYS = 7  # of Airflow's runs and task logs; what our own line did stands in the ledger
LOG_BYTES = 10_000_000  # of one component
ENDING = ("prepare", "prune")  # components that do one thing and end

Tell = Callable[[Event], None]


def tell_nobody(_event: Event) -> None:
    """For callers that show no progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackPlan:
    """What is to run. A folder that was used before goes on where it was."""

    folder: Path  # Airflow's home: database, logs, secrets
    dags: Path
    environment: Mapping[str, str] = field(
        default_factory=dict
    )  # what tasks see beside ours: NEWSDESK_…, AIRFLOW_CONN_…
    port: int | None = None  # None: any free one
    access: Access = Access.OPEN
    rereads: bool = False  # notice changed DAG files while it runs: one more component


class AirflowStack:
    """The stack of a plan: up when the `with` block begins, gone without a trace of a process when it ends.

    It ends so however the block ends: exception, Ctrl-C, SIGTERM; and a watchdog sees to it if we are killed outright.
    `tell` is called with each event, from the methods that wait. Raises StackError, and so do all methods.
    """

    def __init__(self, plan: StackPlan, *, tell: Tell = tell_nobody) -> None:
        self._plan = plan
        self._tell = tell
        self._components: list[Component] = []
        self._at_the_end = ExitStack()
        self._began = 0.0
        self._observer: Observer | None = None

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where the user interface and the API answer."""
        return self._home.url

    @property
    def password(self) -> str | None:
        """The password of the user `admin`; None where nobody is asked for one."""
        return self._home.secrets.admin if self._plan.access is Access.PASSWORD else None

    def trigger(self, dag: str) -> str:
        """Start a run of a DAG; returns its id."""
        return self._api.trigger(dag)

    def run_until_quiet(self, nothing_waits: Callable[[], bool], *, seconds: float) -> tuple[RunChanged, ...]:
        """Wait until no run is active or about to be, and `nothing_waits`; returns all runs since the start.

        A failed run ends the wait with a StackError that names task, cause and log; so do `seconds` that have passed.
        """
        observer = self._observing()
        deadline = time.monotonic() + seconds
        quiet = 0
        while quiet < QUIET_LOOKS:
            self._check_components()
            self._look(fail=True)
            quiet = quiet + 1 if observer.seen.is_quiet and nothing_waits() else 0
            if time.monotonic() > deadline:
                waits = "" if nothing_waits() else "; work waits in the ledger"
                cause = f"the line is not done after {seconds:.0f} s: {observer.seen.busy}{waits}"
                raise StackError("airflow", cause, log=self._home.log("scheduler"))
            time.sleep(LOOK_EVERY)
        return observer.new_runs()

    def serve(self) -> NoReturn:
        """Go on until we are stopped (KeyboardInterrupt, SystemExit) or a component dies; failed runs are only told."""
        tidied = -TIDY_EVERY
        while True:
            self._check_components()
            self._look(fail=False)
            if time.monotonic() - tidied > TIDY_EVERY:
                tidied = time.monotonic()
                self._tidy()
            time.sleep(LOOK_EVERY * 4)

    def stop(self) -> None:
        """End all processes, those of running tasks too. Does nothing where nothing runs."""
        grace = STOP_SECONDS if self._is_busy() else QUIET_STOP_SECONDS
        end_sessions([component.session for component in self._components], grace=grace)
        for component in self._components:
            component.bury()
        self._components.clear()
        self._at_the_end.close()

    def _start(self) -> None:
        lock = self._at_the_end.enter_context(lock_home(self._plan.folder))
        self._at_the_end.callback(_end_on_signals())
        if self._plan.port is not None and not is_free(self._plan.port):
            cause = f"port {self._plan.port} of this machine is taken by another program; name a free one with --port"
            raise StackError("airflow", cause)
        self._watchdog = Watchdog(holding=[lock.fileno()])
        self._at_the_end.callback(self._watchdog.dismiss)
        self._home: AirflowHome = open_home(
            self._plan.folder, dags=self._plan.dags, port=self._plan.port or free_port(), access=self._plan.access
        )
        self._api = AirflowApi(self._home.url, password=self.password)
        began = datetime.now(UTC)
        preparing = self._run("prepare", "-m", "newsdesk.airflow.prepare")
        self._run("api-server", "-m", "airflow", "api-server")  # reads the database with the first request only
        self._await(lambda: preparing.exit_code() == 0, missing="prepare")
        self._components.remove(preparing)
        self._tell(PhaseReached(phase="database", seconds=self._elapsed()))
        self._observer = Observer(self._home.metadata)
        self._run("triggerer", "-m", "airflow", "triggerer", "--skip-serve-logs")
        if self._plan.rereads:
            self._run("dag-processor", "-m", "airflow", "dag-processor")
        self._await(self._api.answers, missing="api-server")
        self._tell(PhaseReached(phase="api", seconds=self._elapsed()))
        # only now: tasks that an earlier stack left would start at once, and overrun a server that is not warm
        self._run("scheduler", "-m", "airflow", "scheduler", "--skip-serve-logs")
        self._await(lambda: self._has_heartbeats(since=began), missing="scheduler or triggerer")
        self._tell(PhaseReached(phase="ready", seconds=self._elapsed()))

    def _tidy(self) -> None:
        """Keep logs and database of a stack that runs for months from filling the disk."""
        for component in self._components:
            trim_log(component.log, size=LOG_BYTES)
        prune_logs(self._home.folder / "logs", before=datetime.now(UTC) - timedelta(days=KEPT_DAYS))
        self._run("prune", "-m", "newsdesk.airflow.prune", str(KEPT_DAYS))

    def _run(self, name: str, *arguments: str) -> Component:
        component = Component(
            name,
            [sys.executable, *arguments],
            environment=self._home.environment(self._plan.environment),
            folder=self._home.folder,
            log=self._home.log(name),
        )
        self._components.append(component)
        self._watchdog.watch(component)
        return component

    def _await(self, is_there: Callable[[], bool], *, missing: str) -> None:
        while not is_there():
            self._check_components()
            if self._elapsed() > START_SECONDS:
                raise StackError(missing, f"not there after {START_SECONDS:.0f} s", log=self._home.folder)
            time.sleep(LOOK_EVERY)

    def _has_heartbeats(self, *, since: datetime) -> bool:
        wanted = {"scheduler", "triggerer"} | ({"dag_processor"} if self._plan.rereads else set())
        beats = self._api.heartbeats()
        return all(name in beats and datetime.fromisoformat(beats[name]) > since for name in wanted)

    def _check_components(self) -> None:
        for component in tuple(self._components):
            code = component.exit_code()
            if component.name == "prune" and code is not None:
                self._components.remove(component)  # if it failed: it comes again, and its log says why
            elif code not in (None, 0) or (code == 0 and component.name not in ENDING):
                cause = f"ended with code {code}: {cause_in_log(component.log)}"
                raise StackError(component.name, cause, log=component.log)

    def _observing(self) -> Observer:
        if self._observer is None:
            raise StackError("airflow", "the stack is not up")
        return self._observer

    def _is_busy(self) -> bool:
        if self._observer is None:
            return False
        try:
            return not take_snapshot(self._home.metadata).is_quiet
        except sqlite3.Error:  # we are here to end it, whatever state it is in
            return True

    def _look(self, *, fail: bool) -> None:
        for event in self._observing().changes():
            self._tell(event)
            if fail and isinstance(event, RunChanged) and event.state == "failed":
                raise self._failure(event)

    def _failure(self, run: RunChanged) -> StackError:
        mine = [task for task in self._observing().seen.tasks if (task.dag, task.run) == (run.dag, run.run)]
        failed = min((task for task in mine if task.state == "failed"), key=lambda task: task.task, default=None)
        if failed is None:
            return StackError(run.dag, f"run {run.run} failed without a failed task", log=self._home.log("scheduler"))
        log = task_log(self._home.folder / "logs", failed)
        return StackError(f"{failed.dag}.{failed.task}", cause_in_task_log(log), log=log)

    def _elapsed(self) -> float:
        return time.monotonic() - self._began


def _end_on_signals() -> Callable[[], None]:
    """Let SIGTERM, SIGHUP and Ctrl-C end the `with` block; returns what undoes it.

    Ctrl-C is named too: a shell that starts us in the background has it ignored otherwise.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None

    def leave(number: int, _frame: FrameType | None) -> NoReturn:
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}

    def undo() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    return undo
