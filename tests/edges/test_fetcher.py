"""The fetcher against the hostile server: every answer is a document or one error with the right reason."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any, TypeVar
from urllib.parse import quote

import pytest

from newsdesk.errors import FetchError
from newsdesk.fetch import Fetched, Fetcher, FetchSettings, Overrides, Redirect
from newsdesk.model import Reason
from tests.hostile import CODINGS, ETAG, FEED, LAST_MODIFIED, HostileServer

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
T = TypeVar("T")
Work = Callable[[Fetcher, HostileServer], Awaitable[T]]


def settings(**changes: Any) -> FetchSettings:
    plain: dict[str, Any] = {
        "user_agent": "Newsdesk/0.1 (+https://newsdesk.example/bot)",
        "allow_networks": (ip_network("127.0.0.0/8"),),
    }
    return FetchSettings(**(plain | changes))


def with_server(work: Work[T], **changes: Any) -> T:
    async def run() -> T:
        async with HostileServer() as server, Fetcher(settings(**changes), clock=lambda: NOW) as fetcher:
            return await work(fetcher, server)

    return asyncio.run(run())


def fetch(path: str, **changes: Any) -> Fetched:
    return with_server(lambda fetcher, server: fetcher.get(server.url(path)), **changes)


def failure(path: str, **changes: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(path, **changes)
    assert path.partition("?")[0] in str(caught.value)
    return caught.value


def test_a_feed_comes_with_its_headers_and_validators() -> None:
    fetched = fetch("/feed")
    assert (fetched.status, fetched.body) == (200, FEED)
    assert (fetched.etag, fetched.last_modified) == (ETAG, LAST_MODIFIED)
    assert fetched.content_type == "application/rss+xml; charset=utf-8"
    assert fetched.headers["etag"] == ETAG
    assert fetched.final_url == fetched.url
    assert fetched.redirects == ()


@pytest.mark.parametrize(("etag", "last_modified"), [(ETAG, None), (None, LAST_MODIFIED), (ETAG, LAST_MODIFIED)])
def test_validators_go_back_byte_for_byte_and_a_304_is_a_success(etag: str | None, last_modified: str | None) -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> Fetched:
        fetched = await fetcher.get(server.url("/feed"), etag=etag, last_modified=last_modified)
        [request] = server.requests
        assert request.headers.get("if-none-match") == etag
        assert request.headers.get("if-modified-since") == last_modified
        return fetched

    fetched = with_server(work)
    assert (fetched.status, fetched.body) == (304, b"")
    assert fetched.headers["cache-control"] == "max-age=7200"
    assert (fetched.etag, fetched.last_modified) == (etag, last_modified)


@pytest.mark.parametrize("etag", ['W/"x"', "unquoted", '"a""b"', '"é"', "  ", '"tab\tinside"'])
def test_odd_validators_make_the_round_trip_or_are_left_out(etag: str) -> None:
    fetched = fetch(f"/status/200?ETag={quote(etag)}")
    assert fetched.etag in (etag, None)

    async def work(fetcher: Fetcher, server: HostileServer) -> None:
        await fetcher.get(server.url("/echo"), etag=fetched.etag)
        sent = f"If-None-Match: {fetched.etag}".encode() if fetched.etag else b""
        assert sent in server.requests[0].head

    with_server(work)


def test_a_304_that_nobody_asked_for_is_an_error() -> None:
    assert failure("/status/304").reason == Reason.BROKEN_TRANSFER


def test_the_request_is_honest_and_tells_nothing_else() -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> None:
        await fetcher.get(server.url("/echo"))  # this answer sets a cookie
        await fetcher.get(server.url("/echo"), accept="page")
        feed, page = (request.headers for request in server.requests)
        assert feed["user-agent"] == "Newsdesk/0.1 (+https://newsdesk.example/bot)"
        assert "rss" in feed["accept"]
        assert page["accept"].startswith("text/html")
        assert page["accept-encoding"] == "gzip, deflate, br, zstd"
        assert not {"cookie", "referer", "authorization"} & (feed.keys() | page.keys())

    with_server(work)


def test_the_query_goes_out_as_it_was_written() -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> None:
        await fetcher.get(server.url("/echo?u=http%3A%2F%2Fa%2fb&s=a+b%20c&x=%7e#part"))
        assert server.requests[0].target == "/echo?u=http%3A%2F%2Fa%2fb&s=a+b%20c&x=%7e"

    with_server(work)


@pytest.mark.parametrize(
    ("status", "reason", "permanent"),
    [
        (404, Reason.NOT_FOUND, True),
        (410, Reason.GONE, True),
        (401, Reason.FORBIDDEN, True),
        (403, Reason.FORBIDDEN, True),
        (451, Reason.FORBIDDEN, True),
        (400, Reason.CLIENT_ERROR, True),
        (408, Reason.CLIENT_ERROR, False),
        (429, Reason.RATE_LIMITED, False),
        (500, Reason.SERVER_ERROR, False),
        (503, Reason.SERVER_ERROR, False),
        (302, Reason.BROKEN_TRANSFER, False),  # to nowhere
    ],
)
def test_a_status_becomes_a_reason(status: int, reason: Reason, permanent: bool) -> None:  # noqa: FBT001 - a table
    error = failure(f"/status/{status}")
    assert (error.reason, error.permanent, error.status, error.retry_at) == (reason, permanent, status, None)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "120"}, timedelta(minutes=2)),
        ({"Retry-After": "0"}, timedelta()),
        ({"Retry-After": "9" * 40}, timedelta(days=366)),
        ({"Retry-After": "Mon, 02 Mar 2026 12:05:00 GMT"}, timedelta(minutes=5)),
        # the server's clock is a day behind: its date counts from its own Date
        (
            {"Retry-After": "Sun, 01 Mar 2026 12:10:00 GMT", "Date": "Sun, 01 Mar 2026 12:00:00 GMT"},
            timedelta(minutes=10),
        ),
        ({"Retry-After": "Sun, 01 Mar 2026 12:10:00 GMT"}, timedelta()),
    ],
)
def test_retry_after_is_read_in_both_forms(status: int, headers: dict[str, str], wait: timedelta) -> None:
    query = "&".join(f"{name}={quote(value)}" for name, value in headers.items())
    error = failure(f"/status/{status}?{query}")
    assert (error.reason, error.retry_at) == (Reason.RATE_LIMITED, NOW + wait)


@pytest.mark.parametrize("text", ["soon", "-5", "1.5", "31 Feb"])
def test_an_unreadable_retry_after_still_limits(text: str) -> None:
    error = failure(f"/status/429?Retry-After={quote(text)}")
    assert (error.reason, error.retry_at) == (Reason.RATE_LIMITED, None)


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


def test_a_cancelled_request_closes_its_socket() -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> None:
        task = asyncio.ensure_future(fetcher.get(server.url("/drip")))
        await server.until(open_connections=1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await server.until(open_connections=0)  # the test's time limit ends this if the socket stays open

    with_server(work)


def test_slow_hosts_give_up_their_places() -> None:
    """Eight that never answer, two places: the good feeds come through all the same."""

    async def work(fetcher: Fetcher, server: HostileServer) -> list[int]:
        slow = [asyncio.ensure_future(fetcher.get(server.url("/nohead"))) for _ in range(8)]
        good = await asyncio.gather(*(fetcher.get(server.url("/feed")) for _ in range(20)))
        assert not any(task.done() for task in slow)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return [fetched.status for fetched in good]

    assert with_server(work, concurrency=2, slow_seconds=0.02, total_seconds=60) == [200] * 20


def test_no_more_requests_than_places_are_in_flight() -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> int:
        tasks = [asyncio.ensure_future(fetcher.get(server.url("/nohead"))) for _ in range(40)]
        await server.until(open_connections=2 + 4 * 2)
        await asyncio.sleep(0.1)  # time for one more, if there could be one
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return server.most_open

    assert with_server(work, concurrency=2, slow_seconds=0.01) == 2 + 4 * 2


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


def test_robots_rules_are_asked_for_once_and_hold_for_a_day() -> None:
    now = [NOW]

    async def run() -> list[str]:
        server = HostileServer(pages={"robots.txt": b"User-agent: newsdesk\nDisallow: /private\nCrawl-delay: 7\n"})
        async with server, Fetcher(settings(), clock=lambda: now[0]) as fetcher:
            first, *_ = await asyncio.gather(*(fetcher.robots(server.url("/a")) for _ in range(5)))
            assert (first.reachable, first.crawl_delay) == (True, 7.0)
            assert first.allows(server.url("/a"))
            assert not first.allows(server.url("/private/b"))
            now[0] += timedelta(hours=23)
            await fetcher.robots(server.url("/a"))
            now[0] += timedelta(hours=2)
            await fetcher.robots(server.url("/a"))
            return [request.target for request in server.requests]

    assert asyncio.run(run()) == ["/robots.txt", "/robots.txt"]


def test_without_robots_txt_all_is_allowed() -> None:
    rules = with_server(lambda fetcher, server: fetcher.robots(server.url("/a")))
    assert rules.reachable
    assert rules.allows("http://a.example/b")


def test_an_unreachable_robots_txt_closes_the_site_for_a_while() -> None:
    now = [NOW]

    async def run() -> None:
        server = HostileServer()
        async with Fetcher(settings(), clock=lambda: now[0]) as fetcher:
            async with server:
                url = server.url("/a")
            closed = await fetcher.robots(url)
            assert not closed.reachable
            assert not closed.allows(url)
            async with HostileServer(port=server.port):
                assert await fetcher.robots(url) is closed
                now[0] += timedelta(minutes=11)
                assert (await fetcher.robots(url)).allows(url)

    asyncio.run(run())


def test_only_the_first_500_kib_of_robots_txt_are_read() -> None:
    lines = b"User-agent: *\nDisallow: /a\n" + b"# filling\n" * 100_000 + b"Disallow: /b\n"
    rules = with_server(lambda fetcher, server: _rules_from(fetcher, server, lines), max_raw=900_000)
    assert not rules.allows("http://a.example/a")
    assert rules.allows("http://a.example/b")


async def _rules_from(fetcher: Fetcher, server: HostileServer, robots: bytes) -> Any:
    server.pages["robots.txt"] = robots
    return await fetcher.robots(server.url("/"))


def test_two_hundred_hosts_that_never_finish_do_not_delay_good_feeds() -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> int:
        slow = [asyncio.ensure_future(fetcher.get(server.url("/drip"))) for _ in range(200)]
        good = await asyncio.gather(*(fetcher.get(server.url("/feed")) for _ in range(200)))
        running = sum(not task.done() for task in slow)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        assert all(fetched.status == 200 for fetched in good)
        return running

    assert with_server(work, slow_seconds=0.05) == 200
