"""Slow hosts, and how many requests are in flight: nobody slow holds a place for long."""

import asyncio

from newsdesk.fetch import Fetcher
from tests.edges.fetching import with_server
from tests.hostile import HostileServer


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
