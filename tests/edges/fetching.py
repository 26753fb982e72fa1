"""One fetch from the hostile server: how a test of the fetcher asks, and how it takes the failure."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any, TypeVar

import pytest

from newsdesk.errors import FetchError
from newsdesk.fetch import Fetched, Fetcher, FetchSettings
from tests.hostile import HostileServer

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
AGENT = "Newsdesk/0.1 (+https://newsdesk.example/bot)"
LOOPBACK = ip_network("127.0.0.0/8")
T = TypeVar("T")
LookUp = Callable[[str], Awaitable[tuple[str, ...]]]
Work = Callable[[Fetcher, HostileServer], Awaitable[T]]


def settings(**changes: Any) -> FetchSettings:
    return FetchSettings(**{"user_agent": AGENT, "allow_networks": (LOOPBACK,), **changes})


def with_server(work: Work[T], look_up: LookUp | None = None, **changes: Any) -> T:
    async def run() -> T:
        fetcher = Fetcher(settings(**changes), clock=lambda: NOW, look_up=look_up)
        async with HostileServer() as server, fetcher:
            return await work(fetcher, server)

    return asyncio.run(run())


def fetch(path: str, **changes: Any) -> Fetched:
    return with_server(lambda fetcher, server: fetcher.get(server.url(path)), **changes)


def failure(path: str, **changes: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(path, **changes)
    assert path.partition("?")[0] in str(caught.value), f"{caught.value} does not name {path}"
    return caught.value
