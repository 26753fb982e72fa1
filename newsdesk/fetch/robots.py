"""robots.txt by RFC 9309: who may fetch what, and how fast. Used for article pages, not for feeds."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from protego import Protego

from newsdesk.errors import FetchError

MAX_BYTES = 500 * 1024  # section 2.5: what comes after is not read

KEEP = timedelta(hours=24)  # section 2.4
_KEEP_UNREACHABLE = timedelta(minutes=10)  # a passing failure must not close a site for a day
_MAX_SITES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsRules:
    """What a site asks of us. `failure`: the file could not be had, so nothing is allowed for the moment."""

    failure: FetchError | None
    crawl_delay: float | None  # seconds between requests, as the site says it
    body: bytes | None = field(repr=False)  # None: there is no such file
    _agent: str = field(repr=False)
    _file: Protego | None = field(repr=False)

    @property
    def reachable(self) -> bool:
        """Whether the site's rules are known, be it that there are none."""
        return self.failure is None

    def allows(self, url: str) -> bool:
        """Whether this page of the site may be fetched."""
        if self._file is None:
            return self.reachable
        return bool(self._file.can_fetch(url, self._agent))


def parse_robots(body: bytes, user_agent: str) -> RobotsRules:
    """The rules for the product that `user_agent` names first; damaged lines are passed over."""
    agent = product_token(user_agent)
    file = Protego.parse(body[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff"))
    delay = file.crawl_delay(agent)
    usable = delay is not None and math.isfinite(delay) and delay > 0
    return RobotsRules(
        failure=None, crawl_delay=delay if usable else None, body=body[:MAX_BYTES], _agent=agent, _file=file
    )


def open_rules() -> RobotsRules:
    """There is no robots.txt (4xx): all is allowed, section 2.3.1.3."""
    return RobotsRules(failure=None, crawl_delay=None, body=None, _agent="", _file=None)


def closed_rules(failure: FetchError) -> RobotsRules:
    """robots.txt cannot be had (5xx, network): nothing is allowed, section 2.3.1.4."""
    return RobotsRules(failure=failure, crawl_delay=None, body=None, _agent="", _file=None)


def product_token(user_agent: str) -> str:
    """`Newsdesk` of `Newsdesk/0.1 (+https://…)`: the name that robots.txt files speak to."""
    return user_agent.split("/", 1)[0].split(" ", 1)[0]


class RobotsCache:
    """The rules of each site for a day; many who ask at once wait for one request."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._rules: dict[str, tuple[datetime, RobotsRules]] = {}
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def rules_of(self, site: str, ask: Callable[[], Awaitable[RobotsRules]]) -> RobotsRules:
        """The rules of `site` (scheme, host and port), by `ask` where none are at hand."""
        async with self._asking.setdefault(site, asyncio.Lock()):
            until, rules = self._rules.get(site, (None, None))
            if rules is None or until is None or until <= self._clock():
                rules = await ask()
                self._keep(site, rules)
        return rules

    def _keep(self, site: str, rules: RobotsRules) -> None:
        self._rules.pop(site, None)
        if len(self._rules) >= _MAX_SITES:
            del self._rules[next(iter(self._rules))]  # the oldest
        self._rules[site] = (self._clock() + (KEEP if rules.reachable else _KEEP_UNREACHABLE), rules)
