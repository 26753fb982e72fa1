"""What the fetcher owes to us, to publishers and to the networks around it: behaviours 8 to 14."""

import asyncio
import gzip
import os
import random
import re
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import pytest
import yaml

from newsdesk import pipeline
from newsdesk.errors import FetchError
from newsdesk.fetch import Fetched, Fetcher, FetchSettings, Overrides, feed_overrides, page_overrides
from newsdesk.fetch.decoding import BodyDecoder
from newsdesk.ledger import tables
from newsdesk.model import FeedSpec, Reason
from newsdesk.services import Services, open_services
from newsdesk.settings import read_settings
from newsdesk.supervisor.demonstration import sample_settings
from tests.edges.certificates import make_certificate, server_context
from tests.hostile import CODINGS, ETAG, FEED, HostileServer, Rebinding, Silent, Zone, encode
from tests.hostile.scripts import SCRIPTS, Script
from tests.hostile.wire import Request

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
AGENT = "Newsdesk/0.1 (+https://newsdesk.example/bot)"
LOOPBACK = ip_network("127.0.0.0/8")
PROJECT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("NEWSDESK_SHARED", PROJECT / "../shared"))
T = TypeVar("T")


def settings(**changes: Any) -> FetchSettings:
    return FetchSettings(**{"user_agent": AGENT, "allow_networks": (LOOPBACK,), **changes})


def with_server(
    work: Callable[[Fetcher, HostileServer], Awaitable[T]],
    look_up: Callable[[str], Awaitable[tuple[str, ...]]] | None = None,
    **changes: Any,
) -> T:
    async def run() -> T:
        fetcher = Fetcher(settings(**changes), clock=lambda: NOW, look_up=look_up)
        async with HostileServer() as server, fetcher:
            return await work(fetcher, server)

    return asyncio.run(run())


async def reason_of(request: Awaitable[Any]) -> str:
    try:
        await request
    except FetchError as error:
        return error.reason
    return "fetched"


def reason(path: str, **changes: Any) -> str:
    return with_server(lambda fetcher, server: reason_of(fetcher.get(server.url(path))), **changes)


async def run_child(*urls: str, **environ: str) -> list[tuple[str, int]]:
    """Outcome and growth in kilobytes of each fetch in one other process."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.behaviours.fetch_child", *urls),
        stdout=asyncio.subprocess.PIPE,
        cwd=PROJECT,
        env={**os.environ, **environ},
    )
    printed, _ = await child.communicate()
    return [(line.split("\t")[0], int(line.split("\t")[1])) for line in printed.decode().splitlines()]


# ------------------------------------------------------------------ 8: sizes


def test_behaviour_08_limits_are_10_mb_raw_20_mb_decoded_and_50_fold() -> None:
    """A body is at most 10 MB on the wire, 20 MB decoded, and 50 times and 1 MB larger than it came."""
    plain = FetchSettings(user_agent=AGENT)
    assert (plain.max_raw, plain.max_decoded, plain.max_ratio, plain.ratio_free) == (10**7, 2 * 10**7, 50, 10**6)
    assert reason("/big/10000001") == Reason.TOO_LARGE
    noise = encode(random.Random(1).randbytes(9_000_000) + b" " * 20_000_000, "gzip")
    with pytest.raises(Exception, match="20000000 bytes when decoded"):
        decode(noise, "gzip", 65536, plain)


def test_behaviour_08_bombs_and_endless_bodies_are_refused_in_64_mb() -> None:
    """Bombs of every coding, of one coding in another and bodies without end cost less than 64 MB of memory."""

    async def run() -> list[tuple[str, int]]:
        async with HostileServer() as server:
            return await run_child(*(server.url(f"/bomb/{coding}") for coding in CODINGS), server.url("/inf"))

    outcomes = asyncio.run(run())
    assert [outcome for outcome, _ in outcomes] == [Reason.TOO_LARGE] * 6
    assert max(growth for _, growth in outcomes) < 64 * 1024


def test_behaviour_08_stacked_codings_are_refused() -> None:
    """A body in two codings, one inside the other, is refused."""
    assert reason("/stacked") == Reason.BAD_ENCODING


# ------------------------------------------------------------------ 9: time


@pytest.mark.parametrize("path", ["/drip", "/stall", "/nohead", "/flood/endless", "/inf"])
def test_behaviour_09_one_deadline_covers_all_of_a_request(path: str) -> None:
    """The deadline, 30 s where nothing is set, runs from the look-up to the last byte, however slowly bytes come."""
    assert FetchSettings(user_agent=AGENT).total_seconds == 30
    assert reason(path, total_seconds=0.3, max_raw=10**12, max_decoded=10**12) in (Reason.TIMEOUT, Reason.TOO_LARGE)


def test_behaviour_09_the_deadline_covers_redirects_and_look_ups() -> None:
    """A chain of slow hops, and a name server that is silent, have the same deadline."""

    async def work(fetcher: Fetcher, server: HostileServer) -> list[str]:
        slow = server.url(f"/redirect?to={quote('/slow/60')}")
        return [await reason_of(fetcher.get(url)) for url in (slow, server.url("/feed", "slow.example"))]

    assert with_server(work, Silent(), total_seconds=0.3) == [Reason.TIMEOUT] * 2


def test_behaviour_09_slow_hosts_delay_no_others() -> None:
    """A hundred hosts that are silent, in their answers or in their names, and a good feed is there at once."""

    async def work(fetcher: Fetcher, server: HostileServer) -> tuple[str, int]:
        urls = [server.url("/nohead")] * 50 + [server.url("/feed", f"slow{n}.example") for n in range(50)]
        slow = [asyncio.ensure_future(fetcher.get(url)) for url in urls]
        good = await reason_of(fetcher.get(server.url("/feed", "good.example")))
        waiting = sum(not task.done() for task in slow)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return good, waiting

    assert with_server(work, Silent(), concurrency=25, slow_seconds=0.02) == ("fetched", 100)


def test_behaviour_09_a_cancelled_request_closes_its_socket() -> None:
    """Who gives up a request leaves no connection behind."""

    async def work(fetcher: Fetcher, server: HostileServer) -> int:
        request = asyncio.ensure_future(fetcher.get(server.url("/drip")))
        await server.until(open_connections=1)
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)
        await server.until(open_connections=0)
        return server.open_connections

    assert with_server(work) == 0


# ------------------------------------------------------------------ 10: broken answers


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


Watch = Callable[[str], Services]


@pytest.fixture
def watch(tmp_path: Path, clock: Clock) -> Iterator[Watch]:
    opened = []

    def open_it(url: str) -> Services:
        path = tmp_path / "watchlist.yaml"
        path.write_text(yaml.safe_dump({"version": 1, "feeds": [{"url": url, "name": "Harbour"}]}))
        environ = {**sample_settings(), "NEWSDESK_HOME": str(tmp_path), "NEWSDESK_WATCHLIST": str(path)}
        context = open_services(read_settings(environ), clock=clock)
        opened.append(context)
        return context.__enter__()

    yield open_it
    for context in opened:
        context.__exit__(None, None, None)


BROKEN = {
    "reset/head": Reason.BROKEN_TRANSFER,
    "reset/body": Reason.BROKEN_TRANSFER,
    "chunk/bad": Reason.BROKEN_TRANSFER,
    "chunk/cut": Reason.BROKEN_TRANSFER,
    "length/long": Reason.BROKEN_TRANSFER,
    "cut/gzip": Reason.BROKEN_TRANSFER,
    "noise-as/zstd": Reason.BAD_ENCODING,
    "wall/login": Reason.NOT_A_FEED,
    "wall/parked": Reason.NOT_A_FEED,
}


def playing(path: str) -> Script:
    """The script of that path, whatever path is asked for."""
    name, _, argument = path.partition("/")
    return lambda writer, request, _: SCRIPTS[name](writer, request, argument)


def test_behaviour_10_a_broken_answer_is_an_error_and_changes_nothing(watch: Watch, clock: Clock) -> None:
    """A broken answer, and a web page where a feed was, give an error; no entry comes of it, the validators stay."""

    async def run() -> list[tuple[Any, ...]]:
        async with HostileServer() as server:
            services, seen = watch(server.url("/switch")), []
            for path in ("feed", *BROKEN):
                server.plays["switch"] = playing(path)
                await asyncio.to_thread(pipeline.poll, services)
                with services.ledger.read() as connection:
                    row = connection.execute(tables.feeds.select()).one()
                    entries = len(connection.execute(tables.entries.select()).all())
                seen.append((row.reason, row.etag, entries))
                clock.now = row.due_at
            return seen

    first, *others = asyncio.run(run())
    assert first == (None, ETAG, 40)
    assert others == [(expected, ETAG, 40) for expected in BROKEN.values()]


@pytest.mark.parametrize("path", ["/plain-as/gzip", "/plain-as/br", "/plain-as/zstd", "/coded/rawdeflate"])
def test_behaviour_10_harmless_lies_are_read(path: str) -> None:
    """A plain body under the name of a coding, and deflate without its frame, are read."""
    assert with_server(lambda fetcher, server: fetcher.get(server.url(path))).body == FEED


# ------------------------------------------------------------------ 11: decoders


def decode(raw: bytes, coding: str, chunk: int, limits: FetchSettings | None = None) -> bytes:
    decoder = BodyDecoder("deflate" if coding == "rawdeflate" else coding, limits or settings(max_ratio=10**6))
    step = chunk or max(len(raw), 1)
    for start in range(0, len(raw), step):
        decoder.feed(raw[start : start + step])
    return decoder.finish()


def real_feeds() -> list[bytes]:
    """A sample of the stored feeds, small and large."""
    paths = sorted(path for path in (SHARED / "data/feeds").rglob("*") if path.is_file())
    by_size = sorted(paths, key=lambda path: path.stat().st_size)
    return [path.read_bytes() for path in [*paths[::40], *by_size[-4:]]]


DOCUMENTS = {
    "feed": FEED,
    "long": FEED * 60,  # beyond one piece of every decoder
    "devanagari": ("<rss><title>" + "मुंबई में दुकानें बंद रहीं। " * 400 + "</title></rss>").encode(),
    "noise": random.Random(5).randbytes(150_000),
    "tiny": b"<rss/>",
    "empty": b"",
}


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_behaviour_11_documents_come_back_byte_for_byte(name: str, coding: str) -> None:
    """Every decoder gives back the very bytes, whatever the pieces in which they come."""
    document = DOCUMENTS[name]
    raw = encode(document, coding)
    assert all(decode(raw, coding, chunk) == document for chunk in (1, 1000, 65536, 0))


@pytest.mark.skipif(not (SHARED / "data/feeds").is_dir(), reason="the shared test data is not here")
@pytest.mark.parametrize("coding", CODINGS)
def test_behaviour_11_real_feeds_come_back_byte_for_byte(coding: str) -> None:
    """The same for real feeds."""
    for document in real_feeds():
        raw = encode(document, coding)
        for chunk in (1, 1000, 65536, 0):
            assert decode(raw, coding, chunk) == document


# ------------------------------------------------------------------ 12: addresses

V4 = (
    "10.0.0.1 172.16.0.1 192.168.1.1 127.0.0.2 0.0.0.0 169.254.169.254 100.64.0.1 224.0.0.1 240.0.0.1 255.255.255.255 "
    "198.18.0.1 192.0.2.1 192.88.99.1"
)
V6 = (
    ":: ::1 fe80::1 fc00::1 fd00:ec2::254 ff02::1 ::ffff:10.0.0.1 ::ffff:127.0.0.2 64:ff9b::10.0.0.1 "
    "64:ff9b:1::10.0.0.1 2002:a00:1::1 2001:0:0:0:0:0:f5ff:fffe ::10.0.0.1 2001:db8::1"
)
REFUSED = [*V4.split(), *V6.split()]
ODD = ["0177.0.0.2", "0x7f000002", "2130706434", "127.2", "0x7f.2", "017700000002", "127.0.0.02"]

Ask = Callable[[Fetcher, str], Awaitable[Any]]


async def ask_robots(fetcher: Fetcher, url: str) -> None:
    rules = await fetcher.robots(url)
    if rules.failure is not None:
        raise rules.failure


WAYS: dict[str, Ask] = {
    "feed": lambda fetcher, url: fetcher.get(url),
    "page": lambda fetcher, url: fetcher.get(url, accept="page"),
    "robots": ask_robots,
    "tdmrep": lambda fetcher, url: fetcher.tdmrep(url),
    "hub": lambda fetcher, url: fetcher.post(url, {"hub.mode": "subscribe"}),
}


def literal(address: str) -> str:
    return f"[{address}]" if ":" in address else address


@pytest.mark.parametrize("way", sorted(WAYS))
def test_behaviour_12_no_private_address_is_dialled(way: str) -> None:
    """Addresses that are not public are refused at the dial: written out, as answers of name servers, at every hop."""
    hosts: dict[str, tuple[str, ...]] = {f"h{n}.example": (address,) for n, address in enumerate(REFUSED)}
    zone = Zone(hosts={**hosts, "ok.example": ("127.0.0.1",)})

    async def work(fetcher: Fetcher, server: HostileServer) -> tuple[set[str], int]:
        urls = [f"http://{host}:{server.port}/feed" for host in (*map(literal, REFUSED), *ODD, *hosts)]
        hops = [server.url(f"/redirect?status=307&to={quote(url)}", "ok.example") for url in urls]
        asked = [*urls, *hops] if way in ("feed", "page", "hub") else urls  # files of a site have one path
        found = {await reason_of(WAYS[way](fetcher, url)) for url in asked}
        return found, server.connections - (len(hops) if way in ("feed", "page", "hub") else 0)

    found, connections = with_server(work, zone, allow_networks=(ip_network("127.0.0.1/32"),), total_seconds=5)
    assert found == {Reason.ADDRESS_REFUSED, Reason.URL_REFUSED}
    assert connections == 0


@pytest.mark.parametrize("way", ["robots", "tdmrep"])
def test_behaviour_12_files_of_a_site_lead_to_no_private_address(way: str) -> None:
    """A robots.txt or tdmrep.json that redirects goes through the same gate."""

    async def work(fetcher: Fetcher, server: HostileServer) -> tuple[str, int]:
        async with HostileServer(host="127.0.0.2") as trap:

            async def away(writer: asyncio.StreamWriter, request: Request, argument: str) -> None:
                target = f"/redirect?to={quote(trap.url('/feed'))}"
                await SCRIPTS["redirect"](writer, replace(request, target=target), argument)

            server.plays |= {"robots.txt": away, ".well-known": away}
            return await reason_of(WAYS[way](fetcher, server.url("/page"))), trap.connections

    assert with_server(work, allow_networks=(ip_network("127.0.0.1/32"),)) == (Reason.ADDRESS_REFUSED, 0)


def test_behaviour_12_a_name_that_changes_its_address_is_judged_at_each_dial() -> None:
    """A name server that tells the truth once and a private address later gains nothing."""
    names = Rebinding(answers=[("127.0.0.1",), ("127.0.0.2",)])

    async def run() -> tuple[list[str], int]:
        outcomes, allowed = [], settings(allow_networks=(ip_network("127.0.0.1/32"),))
        async with HostileServer() as server, HostileServer(host="127.0.0.2", port=server.port) as trap:
            for _ in range(2):  # what a fetcher holds of a name it holds for seconds: a later step has another fetcher
                async with Fetcher(allowed, clock=lambda: NOW, look_up=names) as fetcher:
                    outcomes.append(await reason_of(fetcher.get(server.url("/feed", "two-faced.example"))))
            return outcomes, trap.connections

    assert asyncio.run(run()) == (["fetched", Reason.ADDRESS_REFUSED], 0)


def test_behaviour_12_an_operators_networks_are_open() -> None:
    """Networks that the operator names in CIDR form are dialled, and no others."""
    assert reason("/feed", allow_networks=(ip_network("127.0.0.0/30"),)) == "fetched"
    assert reason("/feed", allow_networks=(ip_network("127.0.0.4/30"),)) == Reason.ADDRESS_REFUSED


# ------------------------------------------------------------------ 13: redirects


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/hops/5", "fetched"),
        ("/hops/5?status=308", "fetched"),
        ("/hops/6", Reason.TOO_MANY_REDIRECTS),
        ("/loop", Reason.TOO_MANY_REDIRECTS),
        ("/cookies", Reason.TOO_MANY_REDIRECTS),
        ("/redirect?to=ftp%3A%2F%2F127.0.0.1%2F", Reason.URL_REFUSED),
        ("/redirect?to=file%3A%2F%2F%2Fetc%2Fpasswd", Reason.URL_REFUSED),
        ("/redirect?to=gopher%3A%2F%2F127.0.0.1%2F", Reason.URL_REFUSED),
    ],
)
def test_behaviour_13_at_most_five_redirects_to_the_web_alone(path: str, expected: str) -> None:
    """Five redirects are followed, over http and https alone; a loop ends."""
    assert reason(path) == expected


def test_behaviour_13_credentials_never_travel_from_https_to_http(tmp_path: Path) -> None:
    """A redirect from https to http is refused where a password would go with it, and followed without one."""
    certificate = make_certificate(tmp_path)

    async def run() -> list[tuple[str, int]]:
        async with HostileServer() as plain, HostileServer(tls=server_context(certificate)) as safe:
            url = safe.url(f"/redirect?to={quote(plain.url('/feed'))}")
            with_password = url.replace("//", "//me:word@", 1)
            found = await run_child(url, with_password, SSL_CERT_FILE=str(certificate[0]))
            assert [request.headers.get("authorization") for request in plain.requests] == [None]
            return found

    assert [outcome for outcome, _ in asyncio.run(run())] == ["fetched", Reason.URL_REFUSED]


def test_behaviour_13_credentials_stay_with_their_host() -> None:
    """Password, cookie and token of a feed are not sent to where it redirects."""

    async def work(fetcher: Fetcher, server: HostileServer) -> list[bool]:
        secret = Overrides(headers={"Cookie": "k=1", "X-Token": "t"})
        away = server.url("/echo", "other.example")
        url = server.url(f"/redirect?to={quote(away)}", "me:word@one.example")
        await fetcher.get(url, overrides=secret)
        return [{"authorization", "cookie", "x-token"} <= request.headers.keys() for request in server.requests]

    assert with_server(work, Zone(hosts={"*": ("127.0.0.1",)})) == [True, False]


# ------------------------------------------------------------------ 14: what is told


def test_behaviour_14_requests_tell_our_name_and_nothing_else() -> None:
    """No cookie, although one was set; no Referer, although there was a redirect; the name that is set."""

    async def work(fetcher: Fetcher, server: HostileServer) -> None:
        await fetcher.get(server.url("/echo"))
        await fetcher.get(server.url(f"/redirect?to={quote('/echo')}"))
        await fetcher.get(server.url("/echo"), accept="page")
        await fetcher.robots(server.url("/"))
        assert {request.headers["user-agent"] for request in server.requests} == {AGENT}
        told = {name for request in server.requests for name in request.headers}
        assert told == {"host", "user-agent", "accept", "accept-encoding", "connection"}

    with_server(work)


def test_behaviour_14_international_names_work() -> None:
    """A host with letters beyond ASCII is looked up and asked in its ASCII form."""

    async def work(fetcher: Fetcher, server: HostileServer) -> str:
        await fetcher.get(server.url("/feed", "समाचार.example"))
        return server.requests[0].headers["host"].partition(":")[0]

    zone = Zone(hosts={"*": ("127.0.0.1",)})
    assert with_server(work, zone) == zone.asked[0]
    assert re.fullmatch(r"xn--[a-z0-9]+\.example", zone.asked[0])


def test_behaviour_14_a_feed_may_have_its_own_name_headers_and_proxy() -> None:
    """What the operator declares for a feed goes with its polls: the headers to its own host alone."""

    async def work(fetcher: Fetcher, server: HostileServer) -> None:
        feed = FeedSpec(
            url="http://press.example/feed",
            name="Press",
            user_agent="Reader/2",
            headers=(("Cookie", "k=1"),),
            proxy=server.url(""),
        )
        moved, page = "http://moved.example/feed", "http://www.press.example/story"
        await fetcher.get(feed.url, overrides=feed_overrides(feed, feed.url))
        await fetcher.get(moved, overrides=feed_overrides(feed, moved))
        await fetcher.get(page.replace("story", "echo"), overrides=page_overrides(feed, page))
        seen = [(r.target, r.headers["user-agent"], r.headers.get("cookie")) for r in server.requests]
        assert seen == [
            ("http://press.example/feed", "Reader/2", "k=1"),
            ("http://moved.example/feed", "Reader/2", None),
            ("http://www.press.example/echo", "Reader/2", None),
        ]
        assert page_overrides(feed, "http://elsewhere.example/story") == Overrides()

    with_server(work)


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the shared test data is not here")
def test_behaviour_11_real_pages_come_back_byte_for_byte() -> None:
    """The same for real pages, which are larger."""
    pages = sorted((SHARED / "data/articles").rglob("*.html.gz"))[::60][:6]
    for number, path in enumerate(pages):
        page, coding = gzip.decompress(path.read_bytes()), CODINGS[number % len(CODINGS)]
        assert all(decode(encode(page, coding), coding, chunk) == page for chunk in (1, 1000, 65536, 0))


def test_behaviour_14_a_form_goes_out_once_and_only_where_it_is_to_be_sent_again() -> None:
    """Forms for hubs have the same limits; a redirect that would turn them into a plain question is not followed."""

    async def work(fetcher: Fetcher, server: HostileServer) -> tuple[Fetched, str]:
        again = server.url(f"/redirect?status=307&to={quote('/form')}")
        plain = server.url(f"/redirect?status=302&to={quote('/form')}")
        return await fetcher.post(again, {"hub.mode": "subscribe"}), await reason_of(fetcher.post(plain, {"a": "b"}))

    answer, refused = with_server(work)
    assert (answer.status, answer.body) == (202, b"hub.mode=subscribe")
    assert refused == Reason.BROKEN_TRANSFER
