"""The demonstration: the whole line on the sample newsroom, under Airflow's real scheduler, until nothing is left.

Two editions are polled. The second brings new articles, an update, and feeds that answer "not modified".
"""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from newsdesk import pipeline
from newsdesk.errors import NewsdeskError
from newsdesk.ledger import Waiting
from newsdesk.ledger.overview import overview
from newsdesk.model import Reason
from newsdesk.newsroom import Newsroom
from newsdesk.services import Services, open_services
from newsdesk.settings import read_settings
from newsdesk.supervisor.airflow_stack import AirflowStack, StackPlan
from newsdesk.supervisor.failure import StackError
from newsdesk.supervisor.home import lock_home
from newsdesk.supervisor.progress import Event

PORT = 8700  # of the sample newsroom, where it is free: so the addresses in the mails can be opened again
EDITION_SECONDS = 240.0  # a limit for machines that are busy with other things, not a measure
_OURS = {
    reason.value
    for reason in (
        Reason.STORAGE_FAILED,
        Reason.SPOOL_FAILED,
        Reason.RELAY_DOWN,
        Reason.WORKER_FAILED,
        Reason.UNEXPECTED,
    )
}
DEMO_MARK = "made-by-newsdesk-demo"
AIRFLOW = "airflow"
KEPT = "settings.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionBegins:
    """The newsroom brought out its next edition, and its feeds are about to be polled."""

    edition: int
    url: str  # the list of its sources, for people; the port is another one where the usual one is taken


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMoved:
    """What waits in the ledger now."""

    waiting: Waiting


DemoEvent = Event | EditionBegins | LineMoved
TellDemo = Callable[[DemoEvent], None]


def run_demonstration(folder: Path, *, project: Path, tell: TellDemo) -> None:
    """Replace `folder` by a fresh demonstration. `project` holds dags/ and watchlist.yaml. Raises NewsdeskError."""
    folder = folder.resolve()
    _clear(folder)
    with open_newsroom(PORT) as newsroom:
        environment = _environment(folder, project=project, port=newsroom.port)
        keep_environment(folder, environment)
        (folder / DEMO_MARK).touch()
        with open_services(read_settings(environment)) as services:

            def nothing_waits() -> bool:
                waiting = pipeline.waiting(services)
                tell(LineMoved(waiting=waiting))
                return not (waiting.documents or waiting.notifications)

            plan = StackPlan(folder=folder / AIRFLOW, dags=project / "dags", environment=environment)
            with AirflowStack(plan, tell=tell) as stack:
                tell(EditionBegins(edition=1, url=newsroom.url))
                stack.trigger("poll_feeds")
                stack.run_until_quiet(nothing_waits, seconds=EDITION_SECONDS)
                _check(services, folder)
                newsroom.advance()
                pipeline.hasten(services)
                tell(EditionBegins(edition=2, url=newsroom.url))
                stack.trigger("poll_feeds")
                stack.run_until_quiet(nothing_waits, seconds=EDITION_SECONDS)
                _check(services, folder)


def _check(services: Services, folder: Path) -> None:
    """Rows that failed for a reason of ours fail the demonstration, though no task did. Raises StackError."""
    with services.ledger.read() as connection:
        seen = overview(connection)
    logs = folder / "airflow" / "logs"
    for trouble in seen.troubles:
        raise StackError(trouble.kind, f"{trouble.subject}: {trouble.reason}: {trouble.detail}", log=logs)
    for ending in (*seen.entries, *seen.articles, *seen.mails):
        if ending.outcome == "retry" and ending.reason in _OURS:
            raise StackError(ending.stage, f"{ending.count} rows wait after {ending.reason}", log=logs)
    if not seen.article_count or not any(ending.outcome == "done" for ending in seen.mails):
        cause = f"{seen.article_count} articles and {seen.mail_count} mails came of {len(seen.feeds)} feeds"
        raise StackError("the line", cause, log=logs)


def keep_environment(home: Path, environment: Mapping[str, str]) -> None:
    """Let the folder remember how it is run: `newsdesk --home FOLDER …` then works with the same settings."""
    (home / KEPT).write_text(json.dumps(environment, indent=2) + "\n", encoding="utf-8")


def open_newsroom(port: int) -> Newsroom:
    """The sample newsroom at its usual port, or at a free one."""
    try:
        return Newsroom(port=port)
    except NewsdeskError:  # somebody listens there
        return Newsroom(port=0)


def sample_watchlist(project: Path, port: int) -> str:
    """The sample watchlist for a newsroom at `port`."""
    text = (project / "watchlist.yaml").read_text(encoding="utf-8")
    return text.replace(f".localhost:{PORT}/", f".localhost:{port}/")


def _clear(folder: Path) -> None:
    """Only what a demonstration made is replaced: a folder of somebody's own is left alone."""
    try:
        if folder.exists() and any(folder.iterdir()) and not (folder / DEMO_MARK).is_file():
            raise NewsdeskError(
                f"{folder} is not empty and was not made by a demonstration; name another one with --home"
            )
        if (folder / AIRFLOW).is_dir():
            lock_home(folder / AIRFLOW).close()  # nobody's demonstration is taken away while it runs
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    except OSError as error:
        raise NewsdeskError(f"{folder} cannot be made anew: {error}; name another folder with --home") from error


def _environment(folder: Path, *, project: Path, port: int) -> Mapping[str, str]:
    watchlist = folder / "watchlist.yaml"
    watchlist.write_text(sample_watchlist(project, port), encoding="utf-8")
    return {
        "NEWSDESK_HOME": str(folder),
        "NEWSDESK_WATCHLIST": str(watchlist),
        "NEWSDESK_POLL_SCHEDULE": "none",  # the demonstration says when
        "NEWSDESK_TASK_RETRIES": "0",  # a fault is told at once
        **sample_settings(),
    }


def sample_settings() -> Mapping[str, str]:
    """What differs from the defaults since all servers are our own: loopback is allowed, nobody need be spared."""
    return {
        "NEWSDESK_ALLOW_NETWORKS": "127.0.0.0/8,::1/128",
        "NEWSDESK_SPACING_SECONDS": "0.02",
        "NEWSDESK_FIRST_SIGHT_HOURS": "1000000",  # all that the sample holds may alert, however old
        "NEWSDESK_FETCH_SECONDS": "10",
    }
