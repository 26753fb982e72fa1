"""The one door to HTTP."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from newsdesk.errors import FetchError
from newsdesk.fetch import tdmrep
from newsdesk.fetch.decoding import ACCEPT_ENCODING, BodyDecoder, BodyError
from newsdesk.fetch.dialler import Dialler
from newsdesk.fetch.failures import TransferBrokenError, exception_failure, status_failure
from newsdesk.fetch.headers import (
    authorization,
    is_same_host,
    location_of,
    lower_headers,
    validator_of,
    without_credentials,
)
from newsdesk.fetch.lanes import Lanes
from newsdesk.fetch.records import Accept, Fetched, FetchSettings, Overrides, Redirect
from newsdesk.fetch.resolver import HeldLookUp, LookUp, SystemLookUp
from newsdesk.fetch.robots import MAX_BYTES, RobotsCache, RobotsRules, closed_rules, open_rules, parse_robots
from newsdesk.fetch.urls import check_url
from newsdesk.model import Reason, redacted

_ACCEPT: dict[Accept, str] = {
    "feed": "application/rss+xml, application/atom+xml, application/feed+json;q=0.9, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1",
    "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
    "json": "application/json, */*;q=0.1",
}
_REDIRECTS = (301, 302, 303, 307, 308)
_SAME_METHOD = (307, 308)
_NOT_MODIFIED = 304
_MAX_REPLY = 65_536  # bytes of what is said to a form
_NO_OVERRIDES = Overrides()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trip:
    """One request and all that follows from it."""

    url: str
    start: URL  # without credentials
    secrets: Mapping[str, str]  # headers for the first host alone
    headers: Mapping[str, str]
    proxy: str | None
    conditional: bool
    form: Mapping[str, str] | None = None  # sent by POST; None: a GET
    cut_at: int | None = None  # a longer body is cut here, not refused
    began: float = 0.0

    @property
    def redirects(self) -> tuple[int, ...]:
        """The statuses that are followed: a form goes on only where the server says that it is to be sent again."""
        return _REDIRECTS if self.form is None else _SAME_METHOD

    def told(self, target: URL) -> str:
        """How it is named in messages, when `target` is what was asked for last."""
        name = redacted(self.url)
        return name if target == self.start else f"{name}, redirected to {target}"

    def headers_for(self, target: URL) -> dict[str, str]:
        secrets = self.secrets if is_same_host(self.start, target) else {}
        return {**self.headers, **secrets}


class Fetcher:
    """Fetches documents over HTTP(S); to be used as `async with Fetcher(...) as fetcher`, in one event loop.

    `clock` gives the present instant (aware UTC) for Retry-After and robots.txt. `look_up` stands in for the
    system's resolver.
    """

    def __init__(
        self, settings: FetchSettings, *, clock: Callable[[], datetime], look_up: LookUp | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._lanes = Lanes(settings.concurrency, settings.slow_seconds)
        self._system = SystemLookUp(self._lanes.most)
        self._look_up = HeldLookUp(look_up or self._system)
        self._dialler = Dialler(settings, self._look_up)
        self._robots = RobotsCache(clock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._dialler.close()
        await self._look_up.close()
        self._system.close()

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: Accept = "feed",
        overrides: Overrides = _NO_OVERRIDES,
    ) -> Fetched:
        """Fetch a document; with the validators of the last good answer, so that an unchanged one costs nothing.

        Returns for 2xx and for 304. Raises `FetchError` for all else, with a reason of `newsdesk.model.Reason`.
        """
        headers = {
            "User-Agent": overrides.user_agent or self._settings.user_agent,
            "Accept": _ACCEPT[accept],
            "Accept-Encoding": ACCEPT_ENCODING,
        }
        validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        conditional = {name: value for name, value in validators.items() if value}
        target = check_url(url)
        trip = _Trip(
            url=url,
            start=without_credentials(target),
            secrets={**overrides.headers, **authorization(target)},
            headers=headers | conditional,
            proxy=overrides.proxy,
            conditional=bool(conditional),
        )
        return await self._travel(trip)

    async def post(self, url: str, form: Mapping[str, str]) -> Fetched:
        """Send a form, as subscribers do to hubs (WebSub section 5.1); behind the same gate and limits as all else.

        Returns for 2xx, with the beginning of the body. A redirect with 307 or 308 is followed, no other is. Raises
        `FetchError`.
        """
        target = check_url(url)
        trip = _Trip(
            url=url,
            start=without_credentials(target),
            secrets=authorization(target),
            headers={"User-Agent": self._settings.user_agent, "Accept": "*/*", "Accept-Encoding": ACCEPT_ENCODING},
            proxy=None,
            conditional=False,
            form=form,
            cut_at=_MAX_REPLY,
        )
        return await self._travel(trip)

    async def address_of(self, url: str) -> str | None:
        """The address that a request for `url` would dial first; None where there is none. `FetchError` for a bad URL.

        What is learnt is held for the request itself, which does not look the name up again.
        """
        return await self._dialler.first_address(check_url(url).raw_host or "")

    async def robots(self, url: str) -> RobotsRules:
        """The rules of the site that `url` belongs to, kept for 24 hours; `FetchError` only for a refused URL."""
        site = check_url(url).origin()
        return await self._robots.rules_of(str(site), lambda: self._ask_robots(site / "robots.txt"))

    async def tdmrep(self, url: str) -> Fetched:
        """The tdmrep.json of the site that `url` belongs to, cut where it is too long. Raises FetchError."""
        target = check_url(url).origin() / tdmrep.PATH.removeprefix("/")
        return await self._small(target, accept=_ACCEPT["json"], cut_at=tdmrep.MAX_BYTES)

    async def _small(self, url: URL, *, accept: str, cut_at: int) -> Fetched:
        """A file of the whole site."""
        headers = {"User-Agent": self._settings.user_agent, "Accept": accept, "Accept-Encoding": ACCEPT_ENCODING}
        trip = _Trip(url=str(url), start=url, secrets={}, headers=headers, proxy=None, conditional=False, cut_at=cut_at)
        return await self._travel(trip)

    async def _ask_robots(self, url: URL) -> RobotsRules:
        try:
            fetched = await self._small(url, accept="text/plain, */*;q=0.1", cut_at=MAX_BYTES)
        except FetchError as error:
            missing = error.status is not None and 400 <= error.status < 500  # noqa: PLR2004 - all of 4xx, by the RFC
            if error.reason == Reason.RATE_LIMITED:  # but "not now" does not mean "there is none"
                return closed_rules(error)
            return open_rules() if missing or error.reason == Reason.TOO_MANY_REDIRECTS else closed_rules(error)
        return parse_robots(fetched.body, self._settings.user_agent)

    async def _travel(self, trip: _Trip) -> Fetched:
        way = [trip.start]
        async with self._lanes.place():
            try:
                async with asyncio.timeout(self._settings.total_seconds):
                    return await self._follow(replace(trip, began=asyncio.get_running_loop().time()), way)
            except (TimeoutError, OSError, aiohttp.ClientError, HttpProcessingError) as error:
                raise exception_failure(trip.told(way[-1]), error) from error
            except (BodyError, TransferBrokenError) as error:
                raise exception_failure(trip.told(way[-1]), error) from error

    async def _follow(self, trip: _Trip, way: list[URL]) -> Fetched:
        """Ask for the last of `way`, to which the target of each redirect is added."""
        hops = list[Redirect]()
        while True:
            target = way[-1]
            async with self._dialler.session(target, trip.proxy).request(
                "GET" if trip.form is None else "POST",
                target,
                data=trip.form,
                headers=trip.headers_for(target),
                proxy=trip.proxy,
                allow_redirects=False,
            ) as response:
                try:
                    location = location_of(response)
                    if response.status not in trip.redirects or not location:
                        return await self._accept(trip, response, tuple(hops))
                finally:
                    response.close()  # never wait for the rest of a body, never use the connection again
                hops.append(Redirect(status=response.status, url=str(target)))
                way.append(self._next(trip, target, location, len(hops)))

    async def _accept(self, trip: _Trip, response: aiohttp.ClientResponse, hops: tuple[Redirect, ...]) -> Fetched:
        headers = lower_headers(response)
        unchanged = response.status == _NOT_MODIFIED and trip.conditional
        if not unchanged and response.status // 100 != 2:  # noqa: PLR2004 - 2xx
            raise status_failure(
                trip.told(response.url if hops else trip.start), response.status, headers, self._clock()
            )
        body = b"" if unchanged else await self._read(response, headers, trip.cut_at)
        elapsed = asyncio.get_running_loop().time() - trip.began
        return Fetched(
            url=trip.url,
            final_url=str(response.url),
            status=response.status,
            headers=headers,
            body=body,
            content_type=headers.get("content-type", ""),
            redirects=hops,
            elapsed_ms=round(elapsed * 1000),
            etag=validator_of(response, "ETag") or (trip.headers.get("If-None-Match") if unchanged else None),
            last_modified=validator_of(response, "Last-Modified")
            or (trip.headers.get("If-Modified-Since") if unchanged else None),
        )

    async def _read(self, response: aiohttp.ClientResponse, headers: Mapping[str, str], cut_at: int | None) -> bytes:
        decoder = BodyDecoder(headers.get("content-encoding", ""), self._settings)
        if cut_at is None:
            decoder.expect(response.content_length)
        _end_with_connection(response)
        async for chunk in response.content.iter_any():
            decoder.feed(chunk)
            if cut_at is not None and decoder.size >= cut_at:
                return decoder.so_far(cut_at)
        return decoder.finish()

    def _next(self, trip: _Trip, here: URL, location: str, hops: int) -> URL:
        if hops > self._settings.max_redirects:
            raise FetchError(
                f"{redacted(trip.url)}: more than {self._settings.max_redirects} redirects",
                reason=Reason.TOO_MANY_REDIRECTS,
                permanent=True,
            )
        try:
            target = without_credentials(check_url(urljoin(str(here), location)))
        except (FetchError, ValueError) as error:
            raise FetchError(
                f"{redacted(trip.url)}: redirects to what is not fetched: {error}",
                reason=Reason.URL_REFUSED,
                permanent=True,
            ) from error
        if trip.secrets and here.scheme == "https" and target.scheme == "http":
            raise FetchError(
                f"{redacted(trip.url)}: redirects from https to http, where the credentials would be readable",
                reason=Reason.URL_REFUSED,
                permanent=True,
            )
        return target


def _end_with_connection(response: aiohttp.ClientResponse) -> None:
    """Let the body fail when its connection ends before it does.

    aiohttp 3.14 closes the connection at a damaged chunk, but tells the body only where the chunk came with the head:
    else the reader would wait for the deadline.
    """
    protocol = response.connection.protocol if response.connection is not None else None
    closed = protocol.closed if protocol is not None else None
    if closed is None:
        return

    def end(_: object) -> None:
        if not response.content.is_eof() and response.content.exception() is None:
            response.content.set_exception(aiohttp.ClientPayloadError("the connection ended before the body did"))

    closed.add_done_callback(end)
