"""Requests that are under way, by domain: one at a time, in all processes."""

import asyncio
import math
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from newsdesk.ledger import sites
from newsdesk.services import Services

_SLOW = 0.75  # of a domain's spacing: when a request under way is told to the others, in time for the next slot
_LEAST_SPACING = 0.2  # seconds; with less the others would learn of it too late. Within a process all is known at once
_MARGIN = timedelta(seconds=5)  # beyond the deadline of a fetch; after a crash the domain is free again then


class Flights:
    """The requests of this process, and what the ledger says of those of others.

    A request that ends within three quarters of its domain's spacing costs nothing: nobody else could have started by
    then. A slower one marks its domain as busy until it ends.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._landings: defaultdict[str, set[asyncio.Future[None]]] = defaultdict(set)
        self._starts: dict[str, float] = {}

    @asynccontextmanager
    async def fly(self, domain: str, spacing: float) -> AsyncIterator[None]:
        """The time of one request. With a spacing of 0 the domain need not be spared, and nothing is counted."""
        if spacing <= 0:
            yield
            return
        loop = asyncio.get_running_loop()
        landing: asyncio.Future[None] = loop.create_future()
        self._landings[domain].add(landing)
        self._starts[domain] = loop.time()
        mark = _Mark(self._write, domain, self._services.clock() + self._longest)
        timer = loop.call_later(spacing * _SLOW, mark.set) if spacing >= _LEAST_SPACING else None
        try:
            yield
        finally:
            if timer is not None:
                timer.cancel()
            try:
                await mark.clear()
            finally:
                self._land(domain, landing)

    async def landing(self, domain: str, seconds: float) -> bool:
        """Wait until no request of this process to `domain` is under way; False if that takes longer."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while under_way := self._landings.get(domain):
            if loop.time() >= end:
                return False
            await asyncio.wait(tuple(under_way), timeout=max(0.0, end - loop.time()))
        return True

    async def keep_distance(self, domain: str, spacing: float) -> None:
        """Wait until the last start of this process lies one spacing back: on a busy machine it may have come late."""
        clock = asyncio.get_running_loop().time
        early = self._starts.get(domain, -math.inf) + spacing - clock()
        while early > 0:  # again, for another one may have started meanwhile
            await asyncio.sleep(early)
            early = self._starts[domain] + spacing - clock()

    def has(self, domain: str) -> bool:
        """Whether a request of this process to `domain` is under way."""
        return domain in self._landings

    async def is_busy_elsewhere(self, domain: str) -> bool:
        """Whether another process told of a slow request, or of a rest."""
        return await asyncio.to_thread(self._ask, domain)

    @property
    def _longest(self) -> timedelta:
        return timedelta(seconds=self._services.settings.fetch_seconds) + _MARGIN

    def _land(self, domain: str, landing: asyncio.Future[None]) -> None:
        landing.set_result(None)
        self._landings[domain].discard(landing)
        if not self._landings[domain]:
            del self._landings[domain]

    def _ask(self, domain: str) -> bool:
        with self._services.ledger.read() as connection:
            return sites.is_busy(connection, domain, self._services.clock())

    def _write(self, domain: str, token: str, until: datetime | None) -> None:
        with self._services.ledger.write() as connection:
            if until is None:
                sites.clear_busy(connection, domain, token)
            else:
                sites.mark_busy(connection, domain, token, now=self._services.clock(), until=until)


class _Mark:
    """The mark of one slow request in the ledger."""

    def __init__(self, write: Callable[[str, str, datetime | None], None], domain: str, until: datetime) -> None:
        self._write = write
        self._domain = domain
        self._until = until
        self._token = uuid.uuid4().hex
        self._setting: asyncio.Future[None] | None = None

    def set(self) -> None:
        """Begin to write it."""
        self._setting = asyncio.ensure_future(asyncio.to_thread(self._write, self._domain, self._token, self._until))

    async def clear(self) -> None:
        """Take it away, if it was begun."""
        if self._setting is not None:
            await asyncio.wait((self._setting,))
            self._setting.result()
            await asyncio.to_thread(self._write, self._domain, self._token, None)
