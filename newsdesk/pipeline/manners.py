"""Manners: requests to a domain are spaced and come one at a time, whoever asks; and a site's robots.txt is heeded."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from newsdesk.errors import FetchError
from newsdesk.fetch import (
    KEEP_ROBOTS,
    Fetcher,
    RobotsRules,
    domain_of,
    is_inside,
    open_rules,
    parse_robots,
    site_of,
)
from newsdesk.ledger import sites
from newsdesk.ledger.sites import KeptFile, Slot, SlotRequest
from newsdesk.model import Reason, redacted
from newsdesk.pipeline.flights import Flights
from newsdesk.pipeline.gathering import Gathering
from newsdesk.services import Services

_HORIZON = 10.0  # seconds that a row may wait for its slot in the hands of its claimer; a quarter of the lease at most
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_LONGEST_CRAWL_DELAY = 60.0  # seconds: some sites ask for hours
_LOOK_UP_SECONDS = 5.0  # for a name whose look-up takes longer only the domain is spaced
_REST = timedelta(minutes=1)  # of a domain that asks us to wait and does not say how long
_LONGEST_REST = timedelta(hours=1)  # many may share a domain: a feed or page that is to wait longer does so alone
_TOGETHER = timedelta(minutes=10)  # two URLs of a domain told to wait within this time: it is meant for the domain

T = TypeVar("T")


class HostBusyError(Exception):
    """The domain has no slot soon; `at` is when to come back."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at.isoformat())
        self.at = at


class Manners:
    """When the requests of one step may start: spaced, and one at a time for each registrable domain.

    The ledger hands out the slots, one after the other, to all processes. Rows for which there is no slot soon are sent
    back to instants that are one spacing apart: with the same instant, thousands of pages of one domain would be
    claimed again together, and all but a few of them in vain.

    With a `fetcher`, requests to one address are spaced too, since many domains may be one machine. In one second no
    more requests start than may be under way at once (`fetch_concurrency`), so that a thousand feeds that are due after
    a stop do not start together.

    Hosts inside `allow_networks` are the operator's own: they have neither limit, and one that tells a feed to wait
    speaks of that feed alone (an RSSHub hands on what many sites say). A domain that the watchlist names is never taken
    for one's own.
    """

    def __init__(self, services: Services, fetcher: Fetcher | None = None) -> None:
        self._services = services
        self._fetcher = fetcher
        self._named = {domain_of(f"http://{spec.domain}"): spec.spacing_seconds for spec in services.watchlist.domains}
        self._horizon = timedelta(seconds=min(_HORIZON, services.settings.lease_seconds / 4))
        self._slots = Gathering(self._take)
        self._flights = Flights(services)
        self._taken: dict[str, datetime] = {}  # by domain: no slot before this one is free
        self._ends: dict[str, datetime] = {}  # by key: the slot after that of the last row sent back

    async def wait_for_slot(self, url: str, *, least_seconds: float = 0.0, is_proxied: bool = False) -> None:
        """Sleep until a request for `url` may start. Raises HostBusyError where that is not soon.

        `least_seconds` is what the site itself asks for (Crawl-delay). `is_proxied`: a proxy will be dialled, not the
        site's address.
        """
        request = await self.slot_request(url, least_seconds=least_seconds, is_proxied=is_proxied)
        end = self._loop_time() + self._horizon.total_seconds()
        while True:
            slot = await self._reserve(request)
            if slot.is_ours and await self._is_free(request.domain, slot):
                return
            is_waited_for = slot.is_ours or (slot.is_busy and self._flights.has(request.domain))
            if not is_waited_for or self._loop_time() >= end:
                raise self._sent_back(request, slot)
            await self._flights.landing(request.domain, end - self._loop_time())

    async def heed(self, url: str, answer: Awaitable[T]) -> T:
        """The answer; until it is there, no process starts another request to the domain.

        If it is that we ask too much, and another URL of the domain said so shortly before, the domain rests.
        """
        domain = domain_of(url)
        async with self._flights.fly(domain, self._spacing(domain)):
            try:
                return await answer
            except FetchError as error:
                await self.heed_failure(url, error)
                raise

    async def heed_failure(self, url: str, failure: FetchError) -> None:
        """The same for an error that is at hand already."""
        if failure.reason != Reason.RATE_LIMITED:
            return
        domain = domain_of(url)
        if not self._is_own(domain, await self._address(url)):
            await asyncio.to_thread(self._note_limit, domain, redacted(url), failure.retry_at)

    def _spacing(self, domain: str) -> float:
        return self._named.get(domain, self._services.settings.spacing_seconds)

    async def slot_request(self, url: str, *, least_seconds: float = 0.0, is_proxied: bool = False) -> SlotRequest:
        """What a request for `url` has to wait for: its domain's slot, and those that it shares with others."""
        domain = domain_of(url)
        spacing = max(self._spacing(domain), min(least_seconds, _LONGEST_CRAWL_DELAY))
        address = None if is_proxied else await self._address(url)
        return SlotRequest(
            domain=domain,
            spacing=timedelta(seconds=spacing),
            shared=() if self._is_own(domain, address) else self._shared(address),
        )

    def _shared(self, address: str | None) -> tuple[tuple[str, timedelta], ...]:
        settings = self._services.settings
        pace = ("all", timedelta(seconds=1 / settings.fetch_concurrency))
        if address is None:
            return (pace,)
        return pace, (f"address {address}", timedelta(seconds=settings.address_spacing_seconds))

    async def _address(self, url: str) -> str | None:
        if self._fetcher is None:
            return None
        try:
            async with asyncio.timeout(_LOOK_UP_SECONDS):
                return await self._fetcher.address_of(url)
        except TimeoutError:
            return None

    def _is_own(self, domain: str, address: str | None) -> bool:
        if address is None or domain in self._named:
            return False
        return is_inside(address, self._services.settings.allow_networks)

    async def _reserve(self, request: SlotRequest) -> Slot:
        known = self._taken.get(request.domain, _LONG_AGO)
        if known - self._services.clock() > self._horizon:  # the ledger would say the same
            return Slot(at=known, key=request.domain, is_ours=False)
        slot = await self._slots.ask(request)
        if slot.key == request.domain and not slot.is_busy:
            self._taken[request.domain] = slot.at
        return slot

    async def _is_free(self, domain: str, slot: Slot) -> bool:
        """Sleep until the slot; whether nobody's request is under way then."""
        await asyncio.sleep(max(0.0, (slot.at - self._services.clock()).total_seconds()))
        # one that was not marked as slow when the slot was taken, and came long before, had ended
        if slot.is_queued and await self._flights.is_busy_elsewhere(domain):
            return False
        await self._flights.keep_distance(domain, self._spacing(domain))
        return not self._flights.has(domain)

    @staticmethod
    def _loop_time() -> float:
        return asyncio.get_running_loop().time()

    def _sent_back(self, request: SlotRequest, slot: Slot) -> HostBusyError:
        now = self._services.clock()
        first = slot.at if not (slot.is_ours or slot.is_busy) else max(slot.at, now + request.spacing)
        place = max(first, self._ends.get(slot.key, first))
        self._ends[slot.key] = place + dict(request.shared).get(slot.key, request.spacing)
        return HostBusyError(place if slot.is_busy else max(place - self._horizon, now))

    def _take(self, requests: Sequence[SlotRequest]) -> Sequence[Slot]:
        with self._services.ledger.write() as connection:
            return sites.reserve_slots(connection, requests, now=self._services.clock(), horizon=self._horizon)

    def _note_limit(self, domain: str, url: str, retry_at: datetime | None) -> None:
        now = self._services.clock()
        with self._services.ledger.write() as connection:
            if sites.note_limit(connection, domain, url, now=now, within=_TOGETHER):
                sites.close_until(connection, domain, min(retry_at or now + _REST, now + _LONGEST_REST))


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

    async def permit(self, url: str) -> None:
        """Return if the site's robots.txt allows `url`.

        Raises FetchError (robots-disallowed, or that the file cannot be had), HostBusyError.
        """
        rules = await self.rules_for(url)
        if not rules.allows(url):
            text = f"{redacted(url)}: robots.txt of the site disallows it"
            raise FetchError(text, reason=Reason.ROBOTS_DISALLOWED, permanent=True)

    def _kept(self, site: str) -> RobotsRules | None:
        with self.services.ledger.read() as connection:
            kept = sites.kept_robots(connection, site, self.services.clock())
        if kept is None:
            return None
        return open_rules() if kept.body is None else parse_robots(kept.body, self.services.settings.user_agent)

    async def _ask(self, site: str, url: str) -> RobotsRules:
        await self.manners.wait_for_slot(url)
        rules = await self.manners.heed(url, self.fetcher.robots(url))
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
