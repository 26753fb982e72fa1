"""What a site's robots.txt allows, how long that holds, and what holds where it cannot be read."""

import asyncio
from datetime import timedelta
from typing import Any

from newsdesk.fetch import Fetcher
from tests.edges.fetching import NOW, settings, with_server
from tests.hostile import HostileServer


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


async def _too_often(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 429 Said so\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n")
    writer.close()


def test_asked_too_often_for_its_robots_txt_a_site_is_not_taken_to_have_none() -> None:
    async def run() -> None:
        server = await asyncio.start_server(_too_often, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a"
        async with server, Fetcher(settings(), clock=lambda: NOW) as fetcher:
            rules = await fetcher.robots(url)
        assert not rules.allows(url)
        assert rules.failure is not None
        assert rules.failure.retry_at == NOW + timedelta(minutes=10)

    asyncio.run(run())
