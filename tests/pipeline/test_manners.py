"""Manners towards a domain: spaced slots, rows sent back one spacing apart, and rest when the server asks for it."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsdesk import pipeline
from newsdesk.errors import FetchError
from newsdesk.fetch import Fetched
from newsdesk.ledger import tables
from newsdesk.model import Reason
from newsdesk.pipeline.manners import HostBusyError, Manners
from newsdesk.services import Services, open_services, utc_now
from newsdesk.settings import read_settings
from newsdesk.supervisor.demonstration import sample_settings
from tests.hostile import HostileServer

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PAGE = "http://news.example/page"


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


Open = Callable[..., Services]


@pytest.fixture
def open_here(tmp_path: Path, clock: Clock) -> Iterator[Open]:
    """Services in the test's folder; what is opened is closed in the end."""
    opened = []

    def open_it(*feeds: str, stands: bool = True, **more: str) -> Services:
        path = tmp_path / "watchlist.yaml"
        declared = [{"url": url, "name": f"Source {number}"} for number, url in enumerate(feeds)]
        path.write_text(yaml.safe_dump({"version": 1, "feeds": declared or [{"url": PAGE, "name": "Source"}]}))
        environ = {**sample_settings(), "NEWSDESK_HOME": str(tmp_path), "NEWSDESK_WATCHLIST": str(path)}
        environ |= {f"NEWSDESK_{name.upper()}": value for name, value in more.items()}
        context = open_services(read_settings(environ), clock=clock if stands else utc_now)
        opened.append(context)
        return context.__enter__()

    yield open_it
    for context in opened:
        context.__exit__(None, None, None)


def sent_back(manners: Manners, times: int) -> list[datetime]:
    async def ask() -> list[datetime]:
        found = []
        for _ in range(times):
            try:
                await manners.wait_for_slot(PAGE)
            except HostBusyError as error:
                found.append(error.at)
        return found

    return asyncio.run(ask())


def answer(error: FetchError) -> Coroutine[Any, Any, Fetched]:
    async def fail() -> Fetched:
        raise error

    return fail()


def told_to_wait(until: datetime | None) -> FetchError:
    return FetchError("429", reason=Reason.RATE_LIMITED.value, retry_at=until)


def heed(manners: Manners, error: FetchError) -> None:
    with pytest.raises(FetchError):
        asyncio.run(manners.heed(PAGE, answer(error)))


def test_rows_without_a_slot_come_back_one_spacing_apart(open_here: Open) -> None:
    manners = Manners(open_here(spacing_seconds="60"))
    instants = sent_back(manners, 6)
    assert len(instants) == 5
    assert {later - earlier for earlier, later in itertools.pairwise(instants)} == {timedelta(seconds=60)}
    assert instants[0] < NOW + timedelta(seconds=60)  # in time to wait for the slot itself


def test_a_domain_that_asks_for_rest_is_left_alone_by_every_process(open_here: Open, clock: Clock) -> None:
    services = open_here()
    heed(Manners(services), told_to_wait(NOW + timedelta(minutes=20)))
    assert len(sent_back(Manners(services), 3)) == 3
    clock.now += timedelta(minutes=21)
    assert sent_back(Manners(services), 1) == []


def test_a_rest_is_a_minute_where_the_server_names_none_and_an_hour_at_most(open_here: Open, clock: Clock) -> None:
    services = open_here()
    heed(Manners(services), told_to_wait(None))
    clock.now += timedelta(seconds=61)
    assert sent_back(Manners(services), 1) == []
    heed(Manners(services), told_to_wait(NOW + timedelta(days=300)))
    clock.now += timedelta(hours=1, seconds=1)
    assert sent_back(Manners(services), 1) == []


def test_a_feed_may_be_put_off_for_a_week_at_most(open_here: Open) -> None:
    async def run() -> Services:
        async with HostileServer() as server:
            opened = open_here(server.url("/status/503?Retry-After=31536000"))
            await asyncio.to_thread(pipeline.poll, opened)
            return opened

    with asyncio.run(run()).ledger.read() as connection:
        row = connection.execute(tables.feeds.select()).one()
    assert (row.reason, row.due_at) == (Reason.RATE_LIMITED.value, NOW + timedelta(days=7))


def test_a_site_that_is_asked_too_much_is_not_asked_for_the_rest_of_its_pages(open_here: Open) -> None:
    async def run() -> tuple[int, Mapping[str, int]]:
        async with HostileServer() as server:
            items = "".join(
                f"<item><link>{server.url(f'/status/429?Retry-After=600&n={n}')}</link></item>" for n in range(30)
            )
            server.pages["feed"] = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
            services = open_here(server.url("/page/feed"), fetch_concurrency="3")
            await asyncio.to_thread(pipeline.poll, services)
            counts = await asyncio.to_thread(pipeline.collect, services)
            asked = sum(request.path == "/status/429" for request in server.requests)
            return asked, counts.outcomes

    asked, outcomes = asyncio.run(run())
    assert asked <= 3
    assert outcomes == {"retry:rate-limited": asked, "retry:host-busy": 30 - asked}


def test_a_row_that_was_only_sent_back_does_not_use_up_the_limit(open_here: Open) -> None:
    async def run() -> Mapping[str, int]:
        async with HostileServer() as server:
            items = "".join(f"<item><link>{server.url(f'/page/{n}')}</link></item>" for n in range(8))
            server.pages["feed"] = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
            services = open_here(server.url("/page/feed"), spacing_seconds="0.3", lease_seconds="4", stands=False)
            await asyncio.to_thread(pipeline.poll, services)
            return (await asyncio.to_thread(pipeline.collect, services, limit=6)).outcomes

    assert asyncio.run(run())["dropped:not-found"] == 6
