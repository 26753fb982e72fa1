"""What the fetcher sends, and what it makes of a status and of its headers."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from newsdesk.fetch import Fetched, Fetcher
from newsdesk.model import Reason
from tests.edges.fetching import NOW, failure, fetch, with_server
from tests.hostile import ETAG, FEED, LAST_MODIFIED, HostileServer


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
