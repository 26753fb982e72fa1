"""Bodies and connections that break, lie, are too large or never end: a document comes, or one error with a reason."""

import asyncio

import pytest

from newsdesk.errors import FetchError
from newsdesk.fetch import Fetcher
from newsdesk.model import Reason
from tests.edges.fetching import NOW, failure, fetch, settings, with_server
from tests.hostile import CODINGS, FEED, HostileServer


@pytest.mark.parametrize("coding", CODINGS)
def test_each_coding_is_read(coding: str) -> None:
    assert fetch(f"/coded/{coding}").body == FEED


@pytest.mark.parametrize("coding", CODINGS)
def test_a_plain_body_under_the_name_of_a_coding_is_taken_as_it_is(coding: str) -> None:
    assert fetch(f"/plain-as/{coding}").body == FEED


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        *((f"/cut/{coding}", Reason.BROKEN_TRANSFER) for coding in CODINGS),
        *((f"/noise-as/{coding}", Reason.BAD_ENCODING) for coding in CODINGS),
        *((f"/bomb/{coding}", Reason.TOO_LARGE) for coding in CODINGS),
        ("/stacked", Reason.BAD_ENCODING),
        ("/plain-as/compress", Reason.BAD_ENCODING),
        ("/length/long", Reason.BROKEN_TRANSFER),
        ("/chunk/bad", Reason.BROKEN_TRANSFER),
        ("/chunk/late", Reason.BROKEN_TRANSFER),
        ("/chunk/cut", Reason.BROKEN_TRANSFER),
        ("/reset/head", Reason.BROKEN_TRANSFER),
        ("/reset/body", Reason.BROKEN_TRANSFER),
        ("/hangup", Reason.BROKEN_TRANSFER),
        ("/garbage", Reason.BROKEN_TRANSFER),
        ("/flood/many", Reason.TOO_LARGE),
        ("/flood/long", Reason.TOO_LARGE),
        ("/flood/endless", Reason.TOO_LARGE),
        ("/loop", Reason.TOO_MANY_REDIRECTS),
        ("/hops/6", Reason.TOO_MANY_REDIRECTS),
    ],
)
def test_what_cannot_be_read_has_a_reason(path: str, reason: Reason) -> None:
    assert failure(path).reason == reason


@pytest.mark.parametrize("path", ["/big/200001", "/inf"])
def test_a_body_over_the_limit_is_refused(path: str) -> None:
    assert failure(path, max_raw=200_000).reason == Reason.TOO_LARGE


def test_a_body_at_the_limit_is_read() -> None:
    assert len(fetch("/big/200000", max_raw=200_000).body) == 200_000


@pytest.mark.parametrize("path", ["/drip", "/stall", "/nohead"])
def test_the_deadline_covers_everything_up_to_the_last_byte(path: str) -> None:
    assert failure(path, total_seconds=0.3).reason == Reason.TIMEOUT


def test_the_deadline_covers_the_look_up() -> None:
    async def never(_host: str) -> tuple[str, ...]:
        await asyncio.sleep(3600)
        return ()

    async def run() -> None:
        async with Fetcher(settings(total_seconds=0.2), clock=lambda: NOW, look_up=never) as fetcher:
            await fetcher.get("http://slow.example/")

    with pytest.raises(FetchError) as caught:
        asyncio.run(run())
    assert caught.value.reason == Reason.TIMEOUT


def test_a_body_that_is_longer_than_announced_is_never_taken_for_whole() -> None:
    got: object
    try:  # it depends on how the bytes arrive whether the rest is noticed
        got = fetch("/length/short").body
    except FetchError as error:
        got = error.reason
    assert got in (FEED[:-100], Reason.BROKEN_TRANSFER)


def test_broken_connections_are_not_tried_again() -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> int:
        with pytest.raises(FetchError):
            await fetcher.get(server.url("/reset/head"))
        return server.connections

    assert with_server(work) == 1


def test_nobody_listens() -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> None:
        await server.__aexit__(None, None, None)
        await fetcher.get(server.url("/feed"))

    with pytest.raises(FetchError) as caught:
        with_server(work)
    assert caught.value.reason == Reason.CONNECT_FAILED


def test_a_name_that_does_not_resolve() -> None:
    async def nobody(host: str) -> tuple[str, ...]:
        message = f"no such name: {host}"
        raise OSError(message)

    async def run() -> None:
        async with Fetcher(settings(), clock=lambda: NOW, look_up=nobody) as fetcher:
            await fetcher.get("http://nowhere.example/")

    with pytest.raises(FetchError) as caught:
        asyncio.run(run())
    assert caught.value.reason == Reason.DNS_FAILED


def test_a_server_without_tls_fails_as_tls() -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> None:
        await fetcher.get(server.url("/feed").replace("http:", "https:"))

    with pytest.raises(FetchError) as caught:
        with_server(work)
    assert caught.value.reason == Reason.TLS_FAILED
