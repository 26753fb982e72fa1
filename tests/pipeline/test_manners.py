"""Manners towards a domain: spaced slots, rows sent back one spacing apart, and rest when the server asks for it."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml
from sqlalchemy import event

from newsdesk import pipeline
from newsdesk.errors import FetchError
from newsdesk.fetch import Fetched, Fetcher, FetchSettings
from newsdesk.ledger import sites, tables
from newsdesk.model import DomainSpec, Reason
from newsdesk.pipeline.manners import HostBusyError, Manners
from newsdesk.services import Services, open_services, utc_now
from newsdesk.settings import read_settings
from newsdesk.supervisor.demonstration import sample_settings
from tests.hostile import HostileServer, Zone
from tests.line import Clock

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PAGE, OTHER = "http://news.example/page", "http://www.news.example/other"
T = TypeVar("T")


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


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


def sent_back(manners: Manners, times: int, *urls: str) -> list[datetime]:
    """When those are to come back that get no slot, of so many requests."""

    async def ask() -> list[datetime]:
        found = []
        for url in urls or [PAGE] * times:
            try:
                await manners.wait_for_slot(url)
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


def heed(manners: Manners, error: FetchError, *urls: str) -> None:
    async def ask() -> None:
        for url in urls:
            with pytest.raises(FetchError):
                await manners.heed(url, answer(error))

    asyncio.run(ask())


def naming(services: Services, domain: str, seconds: float) -> Services:
    """The same with a domain of the watchlist's table."""
    spec = DomainSpec(domain=domain, spacing_seconds=seconds)
    return replace(services, watchlist=replace(services.watchlist, domains=(spec,)))


def with_names(services: Services, work: Callable[[Manners], Coroutine[Any, Any, T]], **hosts: str) -> T:
    """With a fetcher that takes names for these addresses; `others` is for all that have none."""
    zone = Zone(hosts={{"others": "*"}.get(name, f"{name}.example"): (to,) for name, to in hosts.items()})

    async def run() -> T:
        settings = FetchSettings(user_agent="T/1", allow_networks=services.settings.allow_networks)
        async with Fetcher(settings, clock=services.clock, look_up=zone) as fetcher:
            return await work(Manners(services, fetcher))

    return asyncio.run(run())


def test_rows_without_a_slot_come_back_one_spacing_apart(open_here: Open) -> None:
    manners = Manners(open_here(spacing_seconds="60"))
    instants = sent_back(manners, 6)
    assert len(instants) == 5
    assert {later - earlier for earlier, later in itertools.pairwise(instants)} == {timedelta(seconds=60)}
    assert instants[0] < NOW + timedelta(seconds=60)  # in time to wait for the slot itself


def test_a_domain_of_the_watchlists_table_has_a_spacing_of_its_own(open_here: Open) -> None:
    manners = Manners(naming(open_here(), "news.example", 300))
    instants = sent_back(manners, 0, PAGE, "http://www.news.example/other", "http://daily.example/", "http://a.test/")
    assert instants == [NOW + timedelta(seconds=290)]


def test_requests_to_one_address_are_spaced_whatever_their_domains(open_here: Open) -> None:
    async def ask(manners: Manners) -> list[datetime]:
        found = []
        for url in ("http://one.example/", "http://two.example/", "http://three.example/", "http://four.example/"):
            try:
                await manners.wait_for_slot(url, is_proxied=url == "http://four.example/")
            except HostBusyError as error:
                found.append(error.at)
        return found

    services = open_here(address_spacing_seconds="60")
    assert with_names(services, ask, one="93.184.216.34", three="93.184.216.35", others="93.184.216.34") == [
        NOW + timedelta(seconds=50)  # two.example alone: three has another address, four goes through a proxy
    ]


def test_ones_own_hosts_have_no_spacing_by_address(open_here: Open) -> None:
    async def ask(manners: Manners) -> None:
        for n in range(5):
            await manners.wait_for_slot(f"http://host{n}.example/")

    with_names(open_here(address_spacing_seconds="60"), ask, others="127.0.0.1")


def test_no_more_requests_start_in_a_second_than_may_be_under_way_at_once(open_here: Open, clock: Clock) -> None:
    manners = Manners(open_here(fetch_concurrency="1000000"))
    assert sent_back(manners, 0, *(f"http://host{n}.test/" for n in range(100))) == []
    manners = Manners(open_here(fetch_concurrency="1", lease_seconds="2"))
    clock.now += timedelta(seconds=1)
    instants = sent_back(manners, 0, *(f"http://host{n}.test/" for n in range(5)))
    assert instants == [NOW + timedelta(seconds=1.5 + n) for n in range(4)]  # the horizon is half a second


def test_a_domain_that_rests_does_not_hold_up_the_rows_of_others(open_here: Open) -> None:
    manners = Manners(open_here(fetch_concurrency="1", lease_seconds="2"))
    heed(manners, told_to_wait(NOW + timedelta(minutes=20)), PAGE, OTHER)
    rested, *others = sent_back(manners, 0, PAGE, "http://a.test/", "http://b.test/", "http://c.test/")
    assert rested == NOW + timedelta(minutes=20)
    assert others == [NOW + timedelta(seconds=0.5), NOW + timedelta(seconds=1.5)]


def test_a_name_is_looked_up_once_for_slot_and_request() -> None:
    async def run() -> list[str]:
        zone = Zone(hosts={"*": ("127.0.0.1",)})
        settings = FetchSettings(user_agent="T/1", allow_networks=(ip_network("127.0.0.0/8"),))
        async with HostileServer() as server, Fetcher(settings, clock=utc_now, look_up=zone) as fetcher:
            url = server.url("/feed", "news.example")
            assert await fetcher.address_of(url) == "127.0.0.1"
            await fetcher.get(url)
            return zone.asked

    assert asyncio.run(run()) == ["news.example"]


@pytest.mark.parametrize("host", ["nowhere.example", "private.example", "[::1]", "10.0.0.1"])
def test_what_will_not_be_dialled_has_no_address(host: str) -> None:
    async def run() -> str | None:
        zone = Zone(hosts={"private.example": ("10.0.0.1", "::1")})
        async with Fetcher(FetchSettings(user_agent="T/1"), clock=utc_now, look_up=zone) as fetcher:
            return await fetcher.address_of(f"http://{host}/")

    assert asyncio.run(run()) is None


def test_many_who_ask_at_once_share_a_transaction(open_here: Open) -> None:
    services, begun = open_here(fetch_concurrency="100000"), Counter[str]()
    event.listen(services.ledger.engine, "begin", lambda _connection: begun.update(["write"]))

    async def run() -> None:
        manners = Manners(services)
        await asyncio.gather(*(manners.wait_for_slot(f"http://host{n}.test/") for n in range(200)))

    asyncio.run(run())
    assert begun["write"] == 4  # fifty at a time, so that others may write in between


def test_a_fast_request_costs_no_further_transaction(open_here: Open) -> None:
    services, begun = open_here(spacing_seconds="60"), Counter[str]()
    event.listen(services.ledger.engine, "begin", lambda _connection: begun.update(["write"]))

    async def run() -> int:
        manners = Manners(services)
        await manners.wait_for_slot(PAGE)
        return await manners.heed(PAGE, asyncio.sleep(0, 7))

    assert (asyncio.run(run()), begun["write"]) == (7, 1)


def test_nobody_else_asks_a_domain_while_a_slow_request_is_under_way(open_here: Open) -> None:
    """Two processes, the clock stands still: the slot is there, the domain is not."""
    services = open_here(spacing_seconds="0.2")

    async def run() -> list[str]:
        here, there, end = Manners(services), Manners(services), asyncio.Event()
        await here.wait_for_slot(PAGE)
        slow = asyncio.ensure_future(here.heed(PAGE, end.wait()))
        await _until_marked(services)
        seen = [await _try(there)]
        waiter = asyncio.ensure_future(_try(here))  # our own process knows when it ends, and waits
        await asyncio.sleep(0.05)
        seen.append("waits" if not waiter.done() else "does not wait")
        end.set()
        await slow
        seen += [await waiter, await _try(there)]
        return seen

    assert asyncio.run(run()) == ["sent back", "waits", "may start", "may start"]


def test_a_request_that_is_given_up_frees_its_domain(open_here: Open) -> None:
    services = open_here(spacing_seconds="0.2")

    async def run() -> None:
        manners = Manners(services)
        slow = asyncio.ensure_future(manners.heed(PAGE, asyncio.Event().wait()))
        await _until_marked(services)
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)

    asyncio.run(run())
    assert not _is_marked(services)


def test_a_waiter_whose_slot_comes_while_a_request_is_under_way_does_not_start(open_here: Open) -> None:
    services = open_here(spacing_seconds="0.05", stands=False)

    async def run() -> tuple[int, int]:
        manners, now, most = Manners(services), 0, 0

        async def request() -> None:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.12)  # longer than two spacings
            now -= 1

        async def one() -> int:
            await manners.wait_for_slot(PAGE)
            await manners.heed(PAGE, request())
            return 1

        return sum(await asyncio.gather(*(one() for _ in range(5)))), most

    assert asyncio.run(run()) == (5, 1)


async def _try(manners: Manners) -> str:
    try:
        await manners.wait_for_slot(PAGE)
    except HostBusyError:
        return "sent back"
    return "may start"


async def _until_marked(services: Services) -> None:
    while not _is_marked(services):  # noqa: ASYNC110 - it is the ledger that changes
        await asyncio.sleep(0.01)


def _is_marked(services: Services) -> bool:
    with services.ledger.read() as connection:
        return sites.is_busy(connection, "news.example", services.clock())


def test_one_url_that_is_told_to_wait_speaks_for_itself(open_here: Open) -> None:
    services = open_here()
    heed(Manners(services), told_to_wait(NOW + timedelta(minutes=20)), PAGE, PAGE)
    assert sent_back(Manners(services), 1) == []


def test_a_domain_that_tells_two_urls_to_wait_is_left_alone_by_every_process(open_here: Open, clock: Clock) -> None:
    services = open_here()
    heed(Manners(services), told_to_wait(NOW + timedelta(minutes=20)), PAGE)
    heed(Manners(services), told_to_wait(NOW + timedelta(minutes=20)), OTHER)
    assert len(sent_back(Manners(services), 3)) == 3
    clock.now += timedelta(minutes=21)
    assert sent_back(Manners(services), 1) == []


def test_two_limits_that_are_long_apart_are_two_urls_affair(open_here: Open, clock: Clock) -> None:
    services = open_here()
    heed(Manners(services), told_to_wait(None), PAGE)
    clock.now += timedelta(minutes=11)
    heed(Manners(services), told_to_wait(None), OTHER)
    assert sent_back(Manners(services), 1) == []


@pytest.mark.parametrize(
    ("address", "named", "rests"),
    [
        ("127.0.0.1", "", False),
        ("127.0.0.1", "news.example", True),
        ("93.184.216.34", "", True),
    ],
)
def test_ones_own_host_speaks_of_single_feeds(open_here: Open, address: str, named: str, rests: bool) -> None:  # noqa: FBT001 - a table
    services = naming(open_here(), named or "none.example", 10)

    async def ask(manners: Manners) -> str:
        for url in (PAGE, OTHER):
            with pytest.raises(FetchError):
                await manners.heed(url, answer(told_to_wait(NOW + timedelta(minutes=20))))
        return await _try(manners)

    assert with_names(services, ask, news=address) == ("sent back" if rests else "may start")


def test_a_rest_is_a_minute_where_the_server_names_none_and_an_hour_at_most(open_here: Open, clock: Clock) -> None:
    services = open_here()
    heed(Manners(services), told_to_wait(None), PAGE, OTHER)
    assert len(sent_back(Manners(services), 1)) == 1
    clock.now += timedelta(seconds=61)
    assert sent_back(Manners(services), 1) == []
    heed(Manners(services), told_to_wait(NOW + timedelta(days=300)), PAGE, OTHER)
    clock.now += timedelta(minutes=59)
    assert len(sent_back(Manners(services), 1)) == 1
    clock.now += timedelta(minutes=1, seconds=1)
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
            services = naming(open_here(server.url("/page/feed"), fetch_concurrency="3"), "127.0.0.1", 0.02)
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
