"""Connections: the sessions of aiohttp, and the gate that every one of their sockets passes."""

import socket

import aiohttp
from yarl import URL

from newsdesk.errors import FetchError
from newsdesk.fetch.addresses import is_allowed
from newsdesk.fetch.failures import AddressRefusedError, TransferBrokenError, exception_failure
from newsdesk.fetch.records import FetchSettings
from newsdesk.fetch.resolver import LookUp, Resolver, is_literal, is_localhost
from newsdesk.model import Reason

_MAX_HEADER = 32_768  # bytes of one header: policies of 10 KB and more are common
_MAX_HEADERS = 256


class Dialler:
    """Two sessions, each opened when it is first needed: one behind the gate, one for proxies."""

    def __init__(self, settings: FetchSettings, look_up: LookUp) -> None:
        self._allow = settings.allow_networks
        self._look_up = look_up
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    def session(self, target: URL, proxy: str | None) -> aiohttp.ClientSession:
        """The session for a request to `target`.

        Through a proxy it is the proxy that is dialled, which the operator chose; there only a target that is itself
        an address can be judged.
        """
        if proxy is not None:
            self._check_proxied(target, proxy)
        proxied = proxy is not None
        if proxied not in self._sessions:
            self._sessions[proxied] = self._open_session(gated=not proxied)
        return self._sessions[proxied]

    async def first_address(self, host: str) -> str | None:
        """The first address of `host` that the gate lets through; None where there is none."""
        try:
            found = await Resolver(self._look_up).resolve(host)
        except OSError:
            return None
        return next((result["host"] for result in found if is_allowed(result["host"], self._allow)), None)

    async def close(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            await session.close()

    def _open_session(self, *, gated: bool) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=Resolver(self._look_up),
            socket_factory=self._open_socket if gated else None,
            force_close=True,  # a feed is asked for once an hour: a connection kept open serves nobody
            limit=0,  # the lanes hold the limit
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),  # one deadline over all hops stands above
            auto_decompress=False,
            trust_env=False,
            max_line_size=_MAX_HEADER,
            max_field_size=_MAX_HEADER,
            max_headers=_MAX_HEADERS,
            middlewares=(_ask_once,),
        )

    def _open_socket(self, address: aiohttp.AddrInfoType) -> socket.socket:
        """The gate: each connection of a gated session begins here, with the address that is about to be dialled."""
        family, kind, protocol, _, endpoint = address
        if not is_allowed(str(endpoint[0]), self._allow):
            raise AddressRefusedError
        return socket.socket(family=family, type=kind, proto=protocol)

    def _check_proxied(self, target: URL, proxy: str) -> None:
        if URL(proxy).scheme not in ("http", "https"):
            raise FetchError(
                "the proxy of a feed must be an http or https URL", reason=Reason.CONNECT_FAILED, permanent=True
            )
        host = target.raw_host or ""
        if is_localhost(host) or (is_literal(host) and not is_allowed(host, self._allow)):
            raise exception_failure(str(target), AddressRefusedError())


async def _ask_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    # aiohttp asks a second time when a connection breaks; whether to ask again is for the schedule to say.
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, TimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise TransferBrokenError(str(error)) from error
