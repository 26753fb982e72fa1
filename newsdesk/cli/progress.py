"""Live progress of a stack: a moving table on a terminal, one line an event elsewhere."""

import time
from types import TracebackType
from typing import Self, assert_never

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from newsdesk.ledger import Waiting
from newsdesk.supervisor.demonstration import DemoEvent, EditionBegins, LineMoved
from newsdesk.supervisor.progress import PhaseReached, RunChanged, TaskChanged

_PHASES = {
    "database": "Airflow's database is ready",
    "api": "Airflow's API answers",
    "ready": "scheduler and triggerer are at work",
}
_STYLES = {"success": "green", "failed": "red", "running": "cyan", "skipped": "dim", "up_for_retry": "yellow"}
_QUIET = {"None", "scheduled", "queued"}  # states that say nothing to a reader


class ProgressDisplay:
    """Shows events as they come; a context manager. On a terminal the last lines move, elsewhere all stay."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()
        self._live = Live(console=console, refresh_per_second=8, transient=True) if console.is_terminal else None
        self._tasks: dict[tuple[str, str], dict[str, str]] = {}
        self._waiting: Waiting | None = None
        self._doing = "starting Airflow"

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def say(self, text: str) -> None:
        """Print lines that stay."""
        self._console.print(text, markup=False)

    def tell(self, event: DemoEvent) -> None:
        """Take one event."""
        match event:
            case PhaseReached():
                self._keep(f"{_PHASES.get(event.phase, event.phase)}", "green")
            case EditionBegins():
                self._doing = f"edition {event.edition} of the sample newsroom"
                self._keep(f"edition {event.edition} of the sample newsroom is out at {event.url}: polling", "bold")
            case RunChanged():
                self._run(event)
            case TaskChanged():
                name = event.task if event.map_index < 0 else f"{event.task}[{event.map_index}]"
                self._tasks.setdefault((event.dag, event.run), {})[name] = str(event.state)
            case LineMoved():
                self._waiting = event.waiting
            case _:
                assert_never(event)
        if self._live:
            self._live.update(self._picture())

    def _run(self, event: RunChanged) -> None:
        if event.state in ("success", "failed"):
            tasks = self._tasks.pop((event.dag, event.run), {})
            steps = " › ".join(name for name, state in tasks.items() if state != "skipped")
            self._keep(f"{event.dag}: {steps or 'nothing new'}", _STYLES[event.state])
        else:
            self._tasks.setdefault((event.dag, event.run), {})

    def _keep(self, text: str, style: str) -> None:
        self._console.print(Text.assemble((f"{time.monotonic() - self._began:5.1f} s  ", "dim"), (text, style)))

    def _picture(self) -> RenderableType:
        lines: list[RenderableType] = [Spinner("dots", Text(self._doing, "bold"))]
        for (dag, _), tasks in self._tasks.items():
            line = Text.assemble("   ", (dag, "bold"), "  ")
            for name, state in tasks.items():
                if state not in _QUIET:
                    line.append(f"{name} ", _STYLES.get(state, ""))
            lines.append(line)
        if self._waiting:
            waiting = self._waiting
            text = f"   waiting: {waiting.entries} entries, {waiting.articles} articles, {waiting.notifications} mails"
            lines.append(Text(text, "dim"))
        return Group(*lines)
