"""The only wiring: settings in, everything that a step needs out. Only here is there a clock, and chance."""

import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from newsdesk.archive import Archive
from newsdesk.fetch import Fetcher, FetchSettings
from newsdesk.index import SearchIndex, open_index
from newsdesk.ledger import Ledger, open_ledger
from newsdesk.ledger.leases import Terms
from newsdesk.mail import Mailer, open_mailer
from newsdesk.model import Watchlist
from newsdesk.schedule import PollLimits
from newsdesk.settings import Settings, read_settings
from newsdesk.watchlist import load_watchlist
from newsdesk.workers import DocumentWorkers


class FailpointHit(Exception):  # noqa: N818 - it is a planted fault, not an error of ours
    """The process was told to fail here (NEWSDESK_FAILPOINT); only tests do that."""


def utc_now() -> datetime:
    """The clock of everything that is not a test."""
    return datetime.now(UTC)


def _cores() -> int:
    """Those that this process may use: a container may have fewer than the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class IndexOnDemand:
    """The search index, opened when it is first asked for: polls and mails go on while it is damaged."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._index: SearchIndex | None = None

    def get(self) -> SearchIndex:
        """The open index. Raises SearchIndexError."""
        with self._lock:
            self._index = self._index or open_index(self._address)
            return self._index

    def close(self) -> None:
        """Close it, if it was opened."""
        with self._lock:
            if self._index is not None:
                self._index.close()
            self._index = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the steps work with. Fetcher, workers and mailer are opened by the step that needs them."""

    settings: Settings
    watchlist: Watchlist
    ledger: Ledger
    index_on_demand: IndexOnDemand
    archive: Archive
    clock: Callable[[], datetime] = utc_now
    chance: Callable[[], float] = random.random

    @property
    def index(self) -> SearchIndex:
        """The search index. Raises SearchIndexError where it cannot be opened."""
        return self.index_on_demand.get()

    @property
    def poll_limits(self) -> PollLimits:
        """Bounds of the poll interval."""
        return PollLimits(
            minimum=self.settings.poll_minimum_seconds,
            default=self.settings.poll_default_seconds,
            maximum=self.settings.poll_maximum_seconds,
        )

    def claim_terms(self, limit: int) -> Terms:
        """A claim of up to `limit` rows that are due now."""
        return Terms(
            now=self.clock(), limit=limit, seconds=self.settings.lease_seconds, attempts=self.settings.attempts
        )

    def open_fetcher(self) -> Fetcher:
        """A fetcher for one step; an async context manager."""
        settings = FetchSettings(
            user_agent=self.settings.user_agent,
            total_seconds=self.settings.fetch_seconds,
            concurrency=self.settings.fetch_concurrency,
            allow_networks=self.settings.allow_networks,
        )
        return Fetcher(settings, clock=self.clock)

    def open_workers(self, *preload: str) -> DocumentWorkers:
        """Killable processes for one step; a context manager. `preload`: what they import before they are timed."""
        return DocumentWorkers(
            self.settings.workers or _cores(),
            seconds=self.settings.worker_seconds,
            memory_bytes=self.settings.worker_megabytes * 1024 * 1024,
            preload=("extractors", *preload),
        )

    def open_mailer(self) -> Mailer:
        """The channel of this installation, for one step, which closes it."""
        return open_mailer(self.settings.mail_address)

    def failpoint(self, name: str) -> None:
        """Fail here if NEWSDESK_FAILPOINT says so: `NAME:kill` ends the process at once, `NAME:raise` raises."""
        wanted, _, how = self.settings.failpoint.partition(":")
        if wanted != name:
            return
        if how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise FailpointHit(name)


@contextmanager
def open_services(settings: Settings | None = None, *, clock: Callable[[], datetime] = utc_now) -> Iterator[Services]:
    """Everything open, and closed again. Raises SettingsError, WatchlistError, LedgerError."""
    settings = settings or read_settings()
    watchlist = load_watchlist(settings.watchlist)
    with open_ledger(settings.ledger_address) as ledger:
        index = IndexOnDemand(settings.index_address)
        try:
            yield Services(
                settings=settings,
                watchlist=watchlist,
                ledger=ledger,
                index_on_demand=index,
                archive=Archive(settings.archive_folder),
                clock=clock,
            )
        finally:
            index.close()
