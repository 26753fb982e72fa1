"""The line on the sample newsroom, in a folder of the test's own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import yaml

from newsdesk.newsroom import Newsroom
from newsdesk.services import Services, open_services
from newsdesk.settings import Settings, read_settings
from newsdesk.supervisor.demonstration import sample_settings, sample_watchlist
from tests.pipeline.desk import PROTESTS, Desk

PROJECT = Path(__file__).resolve().parents[2]

OpenLine = Callable[..., AbstractContextManager[Services]]


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(port=0, slow_seconds=0.2) as room:
        yield room


def write_watchlist(folder: Path, port: int, *, sources: Sequence[str] = ()) -> Path:
    """The sample watchlist for this port; only the feeds of `sources`, where some are named."""
    declared = yaml.safe_load(sample_watchlist(PROJECT, port))
    if sources:
        declared["feeds"] = [feed for feed in declared["feeds"] if any(f"//{name}." in feed["url"] for name in sources)]
    path = folder / "watchlist.yaml"
    path.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    return path


def environment(folder: Path, port: int, *, sources: Sequence[str] = (), **more: str) -> dict[str, str]:
    watchlist = write_watchlist(folder, port, sources=sources)
    return {
        **sample_settings(),
        "NEWSDESK_HOME": str(folder),
        "NEWSDESK_WATCHLIST": str(watchlist),
        **{f"NEWSDESK_{name.upper()}": value for name, value in more.items()},
    }


@pytest.fixture
def open_line(tmp_path: Path, newsroom: Newsroom) -> OpenLine:
    def open_it(*, sources: Sequence[str] = (), **more: str) -> AbstractContextManager[Services]:
        settings: Settings = read_settings(environment(tmp_path, newsroom.port, sources=sources, **more))
        return open_services(settings)

    return open_it


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    url = (
        f"sqlite:///{tmp_path / 'ledger.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    )
    made = Desk(folder=tmp_path, ledger_url=url)
    made.declare(protests=PROTESTS)
    return made
