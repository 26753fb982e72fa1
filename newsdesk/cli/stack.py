"""Commands that start servers: demo, up, newsroom."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from newsdesk.cli.frame import HomeOption, WatchlistOption, common, err, fail, settings_for
from newsdesk.cli.progress import ProgressDisplay
from newsdesk.cli.summary import print_summary
from newsdesk.newsroom import serve
from newsdesk.services import open_services
from newsdesk.settings import read_settings
from newsdesk.supervisor.demonstration import PORT, run_demonstration
from newsdesk.supervisor.live import run_live

stacks = typer.Typer()

DEMO_HOME = Path("demo-output")


def _project() -> Path:
    """The checkout that holds dags/ and watchlist.yaml."""
    places = (Path.cwd(), Path(__file__).resolve().parents[2])
    found = (folder for folder in places if (folder / "dags").is_dir() and (folder / "watchlist.yaml").is_file())
    return next(found, None) or fail("dags/ and watchlist.yaml are not here: run this in a checkout of Newsdesk")


@stacks.command(rich_help_panel="Start here")
def demo(home: HomeOption = None) -> None:
    """Run the whole line on a sample newsroom with Airflow's real scheduler; ends by itself.

    All state lies in one folder, demo-output unless --home names another; the next demo replaces it.

    newsdesk demo
    newsdesk search 'traders NEAR/12 (protest* OR strike)' --home demo-output
    """
    folder = home or common.home or DEMO_HOME
    began = time.monotonic()
    with ProgressDisplay(err) as display:
        run_demonstration(folder, project=_project(), tell=display.tell)
    with open_services(settings_for(folder)) as services:
        print_summary(services, seconds=time.monotonic() - began, home=str(folder))


@stacks.command(rich_help_panel="Start here")
def up(
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    *,
    port: Annotated[int, typer.Option(help="Port of Airflow's pages.")] = 8080,
) -> None:
    """Run the line live under Airflow until Ctrl-C; a second start goes on where the first stopped.

    Without a watchlist of yours, the sample newsroom is watched.

    newsdesk up
    newsdesk up --watchlist mine.yaml
    """
    project = _project()
    settings = read_settings(home=home or common.home, watchlist=watchlist or common.watchlist)
    with ProgressDisplay(err) as display:
        with suppress(KeyboardInterrupt):
            run_live(settings, project=project, port=port, tell=display.tell, greet=display.say)
        display.say("Stopped. `newsdesk up` goes on from here.")


@stacks.command(rich_help_panel="Start here")
def newsroom(
    port: Annotated[int, typer.Option(help="Port on the loopback address.")] = PORT,
) -> None:
    """Serve the sample newsroom until Ctrl-C, to look at it in a browser.

    newsdesk newsroom
    newsdesk newsroom --port 9000
    """
    serve(port)
