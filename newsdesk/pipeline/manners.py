"""Manners: requests to a registrable domain are spaced, whoever asks, and the robots.txt of a site is heeded."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsdesk.errors import FetchError
from newsdesk.fetch import KEEP_ROBOTS, Fetcher, RobotsRules, domain_of, open_rules, parse_robots, site_of
from newsdesk.ledger import sites
from newsdesk.ledger.sites import KeptRobots
from newsdesk.model import Reason
from newsdesk.services import Services

_LONGEST_CRAWL_DELAY = 60.0  # seconds: some sites ask for hours


class HostBusyError(Exception):
    """All slots of the domain that come soon are taken; `at` is when to come back."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at.isoformat())
        self.at = at


async def wait_for_slot(services: Services, url: str, *, least_seconds: float = 0.0) -> None:
    """Sleep until a request for `url` may start. Raises HostBusyError where that is not soon.

    `least_seconds` is what the site itself asks for (Crawl-delay).
    """
    spacing = timedelta(seconds=max(services.settings.spacing_seconds, min(least_seconds, _LONGEST_CRAWL_DELAY)))
    horizon = timedelta(seconds=services.settings.lease_seconds / 4)
    slot, ours = await asyncio.to_thread(_reserve, services, url, spacing, horizon)
    if not ours:
        raise HostBusyError(slot)
    await asyncio.sleep(max(0.0, (slot - services.clock()).total_seconds()))


def _reserve(services: Services, url: str, spacing: timedelta, horizon: timedelta) -> tuple[datetime, bool]:
    with services.ledger.write() as connection:
        return sites.reserve_slot(connection, domain_of(url), now=services.clock(), spacing=spacing, horizon=horizon)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsBook:
    """The rules of sites for one step: from the ledger, else fetched in a slot of their own; once a day at most."""

    services: Services
    fetcher: Fetcher
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
        await wait_for_slot(self.services, url)
        rules = await self.fetcher.robots(url)
        if rules.failure is None:
            await asyncio.to_thread(self._keep, site, rules)
        return rules

    def _keep(self, site: str, rules: RobotsRules) -> None:
        with self.services.ledger.write() as connection:
            expires_at = self.services.clock() + KEEP_ROBOTS
            sites.keep_robots(connection, site, KeptRobots(body=rules.body), expires_at)


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
