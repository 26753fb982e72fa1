"""Where the fetcher lets itself be sent: redirects, other names, proxies; and who may see a password on the way."""

import asyncio
import re
from urllib.parse import quote

import pytest

from newsdesk.errors import FetchError
from newsdesk.fetch import Fetched, Fetcher, Overrides, Redirect
from newsdesk.model import Reason
from tests.edges.fetching import NOW, failure, settings, with_server
from tests.hostile import FEED, HostileServer


def test_redirects_are_followed_and_recorded() -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> None:
        fetched = await fetcher.get(server.url("/hops/5"))
        assert fetched.body == FEED
        assert fetched.final_url == server.url("/feed")
        assert fetched.redirects == tuple(Redirect(status=301, url=server.url(f"/hops/{n}")) for n in (5, 4, 3, 2, 1))

    with_server(work)


@pytest.mark.parametrize("to", ["/feed?é", "//{host}/feed", "../feed", "/feed#part", " /feed "])
def test_a_relative_redirect_is_resolved(to: str) -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> Fetched:
        target = to.format(host=f"127.0.0.1:{server.port}")
        return await fetcher.get(server.url(f"/redirect?to={quote(target)}"))

    assert with_server(work).body == FEED


@pytest.mark.parametrize(
    "to",
    [
        "file:///etc/passwd",
        "ftp://a.example/x",
        "data:text/xml,<rss/>",
        "javascript:1",
        "http://127.1/",
        "http://a.example:25/",
        "http://a%20b.example/",
        "http://[::1/",
    ],
)
def test_a_redirect_to_what_is_no_web_address_is_refused(to: str) -> None:
    error = failure(f"/redirect?to={quote(to)}")
    assert (error.reason, error.permanent) == (Reason.URL_REFUSED, True)


def test_a_redirect_to_a_private_address_is_refused() -> None:
    error = failure(f"/redirect?to={quote('http://169.254.169.254/latest/meta-data')}")
    assert error.reason == Reason.ADDRESS_REFUSED
    assert ", redirected to http://169.254.169.254/latest/meta-data: the host has no public address" in str(error)


def test_what_a_redirect_led_to_is_named() -> None:
    assert re.search(
        r"redirect\?to=/status/404, redirected to http://\S+/status/404: .* 404",
        str(failure("/redirect?to=/status/404")),
    )


async def _everything_is_here(_host: str) -> tuple[str, ...]:
    return ("127.0.0.1",)


def _credentials_seen(path: str, **overrides: str) -> list[dict[str, str]]:
    """The headers that each host saw on a trip that starts at one.example with a password and a token."""

    async def run() -> list[dict[str, str]]:
        server = HostileServer()
        fetcher = Fetcher(settings(), clock=lambda: NOW, look_up=_everything_is_here)
        async with server, fetcher:
            start = f"http://me:p%40ss@one.example:{server.port}{path.format(port=server.port)}"
            fetched = await fetcher.get(start, overrides=Overrides(headers={"X-Token": "t"}, **overrides))
            assert "p%40ss" not in fetched.final_url + repr(fetched.redirects)
            return [request.headers for request in server.requests]

    return asyncio.run(run())


def test_credentials_stay_with_their_host() -> None:
    first, second = _credentials_seen("/redirect?to=" + quote("http://two.example:{port}/feed", safe="{}"))
    assert first["authorization"] == "Basic bWU6cEBzcw=="
    assert first["x-token"] == "t"
    assert not {"authorization", "x-token"} & second.keys()


def test_credentials_follow_a_redirect_on_the_same_host() -> None:
    first, second = _credentials_seen("/redirect?to=/feed")
    assert first["authorization"] == second["authorization"]
    assert second["x-token"] == "t"


def test_credentials_of_a_redirect_are_not_used() -> None:
    _, second = _credentials_seen("/redirect?to=" + quote("http://evil:word@two.example:{port}/feed", safe="{}"))
    assert "authorization" not in second


def test_no_message_holds_a_password() -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> None:
        await fetcher.get(f"http://me:secret@127.0.0.1:{server.port}/status/500")

    with pytest.raises(FetchError) as caught:
        with_server(work)
    assert "secret" not in str(caught.value)


def test_a_feed_may_have_its_own_user_agent() -> None:
    [headers] = _credentials_seen("/feed", user_agent="Reader/2")
    assert headers["user-agent"] == "Reader/2"


def test_a_proxy_gets_the_whole_address_and_is_exempt_from_the_gate() -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> str:
        proxy = Overrides(proxy=server.url(""))
        fetched = await fetcher.get("http://far.example/feed", overrides=proxy)
        assert fetched.body == FEED
        return server.requests[0].target

    assert with_server(work, allow_networks=()) == "http://far.example/feed"


@pytest.mark.parametrize("url", ["http://127.0.0.1/feed", "http://localhost/feed", "http://[::1]/feed"])
def test_a_private_literal_is_refused_through_a_proxy_too(url: str) -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> None:
        with pytest.raises(FetchError) as caught:
            await fetcher.get(url, overrides=Overrides(proxy=server.url("")))
        assert caught.value.reason == Reason.ADDRESS_REFUSED
        assert server.connections == 0

    with_server(work, allow_networks=())


def test_an_international_name_is_asked_for_in_its_ascii_form() -> None:
    asked: list[str] = []

    async def look_up(host: str) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",)

    async def run() -> Fetched:
        server = HostileServer()
        async with server, Fetcher(settings(), clock=lambda: NOW, look_up=look_up) as fetcher:
            return await fetcher.get(f"http://bücher.example:{server.port}/feed")

    assert asyncio.run(run()).body == FEED
    assert asked == ["xn--bcher-kva.example"]
