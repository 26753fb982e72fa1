"""Reservations of text and data mining that a site declares for its pages, in its tdmrep.json."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from newsdesk.errors import FetchError
from newsdesk.fetch import (
    KEEP_NO_TDMREP,
    KEEP_TDMREP,
    TDMREP_PATH,
    Fetched,
    Fetcher,
    TdmRules,
    parse_tdmrep,
    site_of,
)
from newsdesk.ledger import sites
from newsdesk.ledger.sites import KeptFile
from newsdesk.model import Reason, SiteRule
from newsdesk.pipeline.manners import HostBusyError, Manners
from newsdesk.services import Services

log = logging.getLogger("newsdesk")

_PATIENCE = 10.0  # seconds: the pages of the site wait for it
_NO_SUCH_FILE = range(400, 500)
_RESERVATION, _POLICY = "tdm-reservation", "tdm-policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class TdmBook:
    """The tdmrep.json of sites for one step: from the ledger, else fetched in a slot of their own; once a day at most.

    A file that cannot be had never stops a page: then nothing is known to be reserved.
    """

    services: Services
    fetcher: Fetcher
    manners: Manners
    _rules: dict[str, TdmRules] = field(default_factory=dict)
    _asking: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def prepare(self, url: str, *, least_seconds: float = 0.0) -> None:
        """Learn the rules of the site of `url` before its page is asked for. Raises HostBusyError."""
        if self.services.settings.tdmrep:
            await self._rules_of(url, least_seconds=least_seconds, patient=True)

    async def rule_for(self, page: Fetched) -> SiteRule | None:
        """What the site that answered says of the page; it may be another one than was asked, after redirects."""
        if not self.services.settings.tdmrep:
            return None
        rules = await self._rules_of(page.final_url, least_seconds=0.0, patient=False)
        return rules.rule_for(page.final_url)

    async def _rules_of(self, url: str, *, least_seconds: float, patient: bool) -> TdmRules:
        site = site_of(url)
        async with self._asking[site]:
            if site not in self._rules:
                kept = await asyncio.to_thread(self._kept, site)
                self._rules[site] = kept or await self._ask(site, least_seconds=least_seconds, patient=patient)
            return self._rules[site]

    def _kept(self, site: str) -> TdmRules | None:
        with self.services.ledger.read() as connection:
            kept = sites.kept_tdmrep(connection, site, self.services.clock())
        return None if kept is None else parse_tdmrep(kept.body or b"")

    async def _ask(self, site: str, *, least_seconds: float, patient: bool) -> TdmRules:
        try:
            await self.manners.wait_for_slot(site, least_seconds=least_seconds)
        except HostBusyError:
            if patient:
                raise
            # The page is here already, and where a redirect leads no slot is waited for: so be it with its file,
            # once a day. To send the page back would fetch it once more.
        try:
            async with asyncio.timeout(_PATIENCE):
                fetched = await self.manners.heed(site, self.fetcher.tdmrep(site))
        except TimeoutError:
            return await self._keep({site}, b"", KEEP_NO_TDMREP)
        except FetchError as error:
            is_missing = error.status in _NO_SUCH_FILE and error.reason != Reason.RATE_LIMITED
            return await self._keep({site}, b"", KEEP_TDMREP if is_missing else KEEP_NO_TDMREP)
        return await self._keep({site, *_also(fetched)}, fetched.body, KEEP_TDMREP)

    async def _keep(self, named: set[str], body: bytes, time: timedelta) -> TdmRules:
        rules = parse_tdmrep(body)
        if rules.fault:
            log.warning("%s%s: %s", min(named), TDMREP_PATH, rules.fault)
        kept = KeptFile(body=body if rules.rules else None)
        await asyncio.to_thread(self._write, named, kept, time)
        return rules

    def _write(self, named: set[str], kept: KeptFile, time: timedelta) -> None:
        with self.services.ledger.write() as connection:
            for site in sorted(named):
                sites.keep_tdmrep(connection, site, kept, self.services.clock() + time)


def _also(fetched: Fetched) -> set[str]:
    """The site that answered after a redirect, as from press.example to www.press.example: it has told its own."""
    site = site_of(fetched.final_url)
    return {site} if fetched.final_url == f"{site}{TDMREP_PATH}" else set()


def with_site_rule(headers: Mapping[str, str], rule: SiteRule | None) -> dict[str, str]:
    """The headers of an answer, and what the site says of the page where they say nothing: they go before it.

    TDMRep, section "Processing priority". The page itself goes before both.
    """
    if rule is None:
        return dict(headers)
    said = {_RESERVATION: str(int(rule.reserved))}
    if rule.reserved and rule.policy:
        said[_POLICY] = rule.policy
    stated = {name for name, value in headers.items() if name != _RESERVATION or value.strip() in {"0", "1"}}
    return said | {name: headers[name] for name in stated}
