"""The lasting stack: Airflow with its pages, the DAGs on their schedules, until it is told to stop."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from newsdesk.model import Watchlist
from newsdesk.newsroom import Newsroom
from newsdesk.services import open_services
from newsdesk.settings import Settings
from newsdesk.supervisor.airflow_stack import AirflowStack, StackPlan, Tell
from newsdesk.supervisor.demonstration import PORT, keep_environment, sample_settings
from newsdesk.supervisor.home import Access


def run_live(settings: Settings, *, project: Path, port: int, tell: Tell, greet: Callable[[str], None]) -> None:
    """Run until Ctrl-C or SIGTERM; raises NewsdeskError where something cannot start or dies.

    A watchlist that names the sample newsroom gets it, at its usual port.
    """
    with open_services(settings) as services:  # a wrong watchlist, ledger or index is told before anything is started
        sample = is_sample(services.watchlist)
        services.index.stats()
    environment = _environment(settings, sample=sample)
    with ExitStack() as stack:
        if sample:
            stack.enter_context(Newsroom(port=PORT))
        plan = StackPlan(
            folder=settings.home.resolve() / "airflow",
            dags=project / "dags",
            environment=environment,
            port=port,
            access=Access.PASSWORD,
            rereads=True,
        )
        airflow = stack.enter_context(AirflowStack(plan, tell=tell))
        keep_environment(settings.home, environment)  # not before the home is ours
        greet(_greeting(airflow, settings, sample=sample))
        airflow.serve()


def is_sample(watchlist: Watchlist) -> bool:
    """Whether all that is watched is the sample newsroom: what is allowed for it must not hold for anything else."""
    return all(urlsplit(feed.url).netloc.endswith(f".localhost:{PORT}") for feed in watchlist.feeds)


def _environment(settings: Settings, *, sample: bool) -> Mapping[str, str]:
    chosen = {
        "NEWSDESK_HOME": str(settings.home.resolve()),
        "NEWSDESK_WATCHLIST": str(settings.watchlist.resolve()),
    }
    return {**(sample_settings() if sample else {}), **chosen}


def _greeting(airflow: AirflowStack, settings: Settings, *, sample: bool) -> str:
    lines = [
        f"Newsdesk is up and watches {settings.watchlist}; Ctrl-C stops it.",
        f"  Airflow    {airflow.url}   user admin, password {airflow.password}",
        f"  state      {settings.home}   mail {settings.mail_address}",
        "  look       .venv/bin/newsdesk status     .venv/bin/newsdesk search WORDS",
    ]
    if sample:
        advance = f"curl -X POST http://localhost:{PORT}/_newsroom/advance"
        lines.append(f"  newsroom   http://localhost:{PORT}/   next edition: {advance}")
    return "\n".join(lines)
