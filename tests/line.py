"""The line on a ledger of its own with a clock that a test sets, as each process opens it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from newsdesk.services import Services, open_services, utc_now
from newsdesk.settings import read_settings
from newsdesk.supervisor.demonstration import sample_settings

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


def line(
    folder: Path, *urls: str, clock: Callable[[], datetime] = utc_now, **settings: str
) -> AbstractContextManager[Services]:
    """Services on the ledger of the folder, as another process opens them."""
    path = folder / "watchlist.yaml"
    feeds = [{"url": url, "name": f"Source {number}"} for number, url in enumerate(urls)]
    path.write_text(yaml.safe_dump({"version": 1, "feeds": feeds}))
    environ = {**sample_settings(), "NEWSDESK_HOME": str(folder), "NEWSDESK_WATCHLIST": str(path)}
    environ |= {f"NEWSDESK_{name.upper()}": value for name, value in settings.items()}
    return open_services(read_settings(environ), clock=clock)
