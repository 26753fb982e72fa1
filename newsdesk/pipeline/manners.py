"""Manners: requests to a registrable domain are spaced, whoever asks, and the robots.txt of a site is heeded."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from newsdesk.errors import FetchError
from newsdesk.fetch import KEEP_ROBOTS, Fetched, Fetcher, RobotsRules, domain_of, open_rules, parse_robots, site_of
from newsdesk.ledger import sites
from newsdesk.ledger.sites import KeptFile
from newsdesk.model import Reason
from newsdesk.services import Services

_HORIZON = 10.0  # seconds that a row may wait for its slot in the hands of its claimer; a quarter of the lease at most
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_LONGEST_CRAWL_DELAY = 60.0  # seconds: some sites ask for hours
_REST = timedelta(minutes=1)  # of a domain that asks us to wait and does not say how long
_LONGEST_REST = timedelta(hours=1)  # many may share a domain: a feed or page that is to wait longer does so alone


class HostBusyError(Exception):
    """The domain has no slot soon; `at` is when to come back."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at.isoformat())
        self.at = at


class Manners:
    """When the requests of one step may start. The ledger hands out the slots, one after the other.

    Rows for which there is no slot soon are sent back to instants that are one spacing apart: with the same instant,
    thousands of pages of one domain would be claimed again together, and all but a few of them in vain.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._horizon = timedelta(seconds=min(_HORIZON, services.settings.lease_seconds / 4))
        self._taken: dict[str, datetime] = {}  # by domain: no slot before this one is free
        self._ends: dict[str, datetime] = {}  # by domain: the slot after that of the last row sent back
        self._rests: dict[str, datetime] = {}  # by domain: it asked us to wait until then

    async def wait_for_slot(self, url: str, *, least_seconds: float = 0.0) -> None:
        """Sleep until a request for `url` may start. Raises HostBusyError where that is not soon.

        `least_seconds` is what the site itself asks for (Crawl-delay).
        """
        seconds = max(self._services.settings.spacing_seconds, min(least_seconds, _LONGEST_CRAWL_DELAY))
        domain, spacing = domain_of(url), timedelta(seconds=seconds)
        slot, ours = self._taken.get(domain, _LONG_AGO), False
        if slot - self._services.clock() <= self._horizon:  # else the ledger would say the same
            slot, ours = await asyncio.to_thread(self._reserve, domain, spacing)
            self._taken[domain] = slot
        if not ours:
            raise self._sent_back(domain, slot, spacing)
        await asyncio.sleep(max(0.0, (slot - self._services.clock()).total_seconds()))
        rest = self._rests.get(domain)  # it may have been asked for while we slept
        if rest is not None and rest > self._services.clock():
            raise self._sent_back(domain, rest, spacing)

    async def heed(self, url: str, answer: Awaitable[Fetched]) -> Fetched:
        """The answer. If it is that we ask too much, no process asks the domain again before it allows that."""
        try:
            return await answer
        except FetchError as error:
            await self.heed_failure(url, error)
            raise

    async def heed_failure(self, url: str, failure: FetchError) -> None:
        """The same for an error that is at hand already."""
        if failure.reason == Reason.RATE_LIMITED:
            domain, now = domain_of(url), self._services.clock()
            self._rests[domain] = min(failure.retry_at or now + _REST, now + _LONGEST_REST)
            await asyncio.to_thread(self._close, domain, self._rests[domain])

    def _reserve(self, domain: str, spacing: timedelta) -> tuple[datetime, bool]:
        with self._services.ledger.write() as connection:
            now = self._services.clock()
            return sites.reserve_slot(connection, domain, now=now, spacing=spacing, horizon=self._horizon)

    def _close(self, domain: str, until: datetime) -> None:
        with self._services.ledger.write() as connection:
            sites.close_until(connection, domain, until)

    def _sent_back(self, domain: str, slot: datetime, spacing: timedelta) -> HostBusyError:
        place = max(slot, self._ends.get(domain, slot))
        self._ends[domain] = place + spacing
        return HostBusyError(max(place - self._horizon, self._services.clock()))


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsBook:
    """The rules of sites for one step: from the ledger, else fetched in a slot of their own; once a day at most."""

    services: Services
    fetcher: Fetcher
    manners: Manners
    _rules: dict[str, RobotsRules] = field(default_factory=dict)
    _asking: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def rules_for(self, url: str) -> RobotsRules:
        """The rules of the site of `url`. Raises FetchError where they cannot be had, HostBusyError."""
        site = site_of(url)
        async with self._asking[site]:
            if site not in self._rules:
                kept = await asyncio.to_thread(self._kept, site)
                self._rules[site] = kept or await self._ask(site, url)
        rules = self._rules[site]
        if rules.failure is not None:
            raise _for_a_page(rules.failure)
        return rules

    def _kept(self, site: str) -> RobotsRules | None:
        with self.services.ledger.read() as connection:
            kept = sites.kept_robots(connection, site, self.services.clock())
        if kept is None:
            return None
        return open_rules() if kept.body is None else parse_robots(kept.body, self.services.settings.user_agent)

    async def _ask(self, site: str, url: str) -> RobotsRules:
        await self.manners.wait_for_slot(url)
        rules = await self.fetcher.robots(url)
        if rules.failure is None:
            await asyncio.to_thread(self._keep, site, rules)
        else:
            await self.manners.heed_failure(url, rules.failure)
        return rules

    def _keep(self, site: str, rules: RobotsRules) -> None:
        with self.services.ledger.write() as connection:
            expires_at = self.services.clock() + KEEP_ROBOTS
            sites.keep_robots(connection, site, KeptFile(body=rules.body), expires_at)


def _for_a_page(failure: FetchError) -> FetchError:
    """What a page's entry is told: for good only if the site itself is refused; else robots.txt may yet be had."""
    refused = failure.reason in (Reason.ADDRESS_REFUSED, Reason.URL_REFUSED)
    return FetchError(
        f"robots.txt cannot be had, so the page is not asked for: {failure}",
        reason=failure.reason,
        permanent=refused,
        status=failure.status,
        retry_at=failure.retry_at,
    )
