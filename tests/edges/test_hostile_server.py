"""The hostile server keeps its word: every script stands in the table, and does what is said there."""

import asyncio
import re
from datetime import timedelta
from itertools import pairwise

import pytest

from newsdesk.errors import FetchError
from newsdesk.fetch import Fetched, Fetcher
from tests import hostile
from tests.edges.fetching import fetch, with_server
from tests.hostile import FEED, HostileServer, Rebinding, Silent, Zone
from tests.hostile.scripts import SCRIPTS

TABLE = hostile.__doc__ or ""


def test_every_script_stands_in_the_table_and_nothing_else_does() -> None:
    assert set(re.findall(r"`/([a-z-]+)", TABLE)) - {"page"} == set(SCRIPTS)


def test_every_resolver_stands_in_the_text() -> None:
    assert all(f"`{double.__name__}`" in TABLE for double in (Rebinding, Silent, Zone))


def answers(path: str, times: int = 2, *, etag: str | None = None) -> list[Fetched]:
    async def work(fetcher: Fetcher, server: HostileServer) -> list[Fetched]:
        return [await fetcher.get(server.url(path), etag=etag) for _ in range(times)]

    return with_server(work)


def test_validators_may_lie() -> None:
    first, second = answers("/etag/same")
    assert (first.etag, first.body != second.body) == (second.etag, True)
    first, second = answers("/etag/new")
    assert (first.body, first.etag != second.etag) == (second.body, True)


def test_a_304_may_have_a_max_age_of_its_own() -> None:
    [plain] = answers("/max-age/60?then=7200", 1)
    [same] = answers("/max-age/60?then=7200", 1, etag=plain.etag)
    assert (plain.headers["cache-control"], same.headers["cache-control"]) == ("max-age=60", "max-age=7200")


def guids_of(page: Fetched) -> list[str]:
    return re.findall(r"<guid[^>]*>([^<]+)", page.body.decode())


def test_ids_may_move_at_each_request_or_once() -> None:
    first, second, third = (guids_of(page) for page in answers("/guids/moving", 3))
    assert not (set(first) & set(second)) | (set(second) & set(third))
    first, second, third = (guids_of(page) for page in answers("/guids/migrated", 3))
    assert set(first).isdisjoint(second)
    assert second == third


def test_a_window_rolls_by_requests_or_by_time() -> None:
    pages = [guids_of(page) for page in answers("/window?size=3", 5)]
    assert pages[-1] == ["5", "4", "3"]
    assert all(set(one[:-1]) <= set(two[1:]) for one, two in pairwise(pages) if len(one) == 3)
    assert guids_of(fetch("/window?size=2&every=60&at=600")) == ["10", "9"]


@pytest.mark.parametrize("form", ["seconds", "date"])
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_comes_in_both_forms(status: int, form: str) -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> FetchError:
        with pytest.raises(FetchError) as caught:
            await fetcher.get(server.url(f"/later/{status}?seconds=300&form={form}"))
        return caught.value

    error = with_server(work)
    assert error.retry_at is not None
    assert error.status == status
    assert error.retry_at.second == 0
    assert error.retry_at.minute == timedelta(seconds=300).seconds // 60  # of a clock that stands at twelve


def test_an_archive_links_back_to_its_first_part() -> None:
    parts = [fetch(path).body.decode() for path in ("/archive", "/archive/3", "/archive/2", "/archive/1")]
    assert [re.findall(r"prev-archive' href='([^']+)'", part) for part in parts] == [
        ["/archive/3"],
        ["/archive/2"],
        ["/archive/1"],
        [],
    ]
    assert "urn:story:1<" in parts[-1]


@pytest.mark.parametrize(
    ("path", "content_type", "start"),
    [
        ("/json-feed", "application/feed+json", b'{"version"'),
        ("/sitemap", "application/xml", b"<urlset"),
        ("/wall/login", "text/html", b"<!doctype"),
        ("/wall/parked", "text/html", b"<html"),
        ("/slow/0.01", "application/rss+xml; charset=utf-8", b"<rss"),
    ],
)
def test_other_documents_come_under_their_names(path: str, content_type: str, start: bytes) -> None:
    page = fetch(path)
    assert (page.content_type, page.body.startswith(start)) == (content_type, True)


def test_a_feed_names_its_hub_in_headers() -> None:
    assert re.fullmatch(
        r'<http://hub.example/>; rel="hub", <http://127\.0\.0\.1:\d+/hub-feed\?hub=http://hub.example/>; rel="self"',
        fetch("/hub-feed?hub=http://hub.example/").headers["link"],
    )


def test_resolvers_misbehave_as_they_say() -> None:
    async def run() -> None:
        names = Rebinding(answers=[("1.1.1.1",), ("127.0.0.1",)])
        assert [await names("a") for _ in range(3)] == [("1.1.1.1",), ("127.0.0.1",), ("127.0.0.1",)]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(Silent()("slow.example"), 0.05)
        with pytest.raises(OSError, match="not known"):
            await Zone(hosts={})("a.example")

    asyncio.run(run())


def test_a_test_may_bring_scripts_of_its_own() -> None:
    async def work(fetcher: Fetcher, server: HostileServer) -> bytes:
        server.plays["mine"] = SCRIPTS["feed"]
        return (await fetcher.get(server.url("/mine"))).body

    assert with_server(work) == FEED
