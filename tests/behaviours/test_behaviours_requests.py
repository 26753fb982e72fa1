"""Requests: behaviours 12 to 14, where they go and what they tell."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from newsdesk.fetch import Fetched, Fetcher, Overrides, feed_overrides, page_overrides
from newsdesk.model import FeedSpec, Reason
from tests.behaviours.asking import reason, reason_of, run_child
from tests.edges.certificates import make_certificate, server_context
from tests.edges.fetching import AGENT, NOW, settings, with_server
from tests.hostile import HostileServer, Rebinding, Zone
from tests.hostile.scripts import SCRIPTS
from tests.hostile.wire import Request

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


def test_behaviour_14_a_form_goes_out_once_and_only_where_it_is_to_be_sent_again() -> None:
    """Forms for hubs have the same limits; a redirect that would turn them into a plain question is not followed."""

    async def work(fetcher: Fetcher, server: HostileServer) -> tuple[Fetched, str]:
        again = server.url(f"/redirect?status=307&to={quote('/form')}")
        plain = server.url(f"/redirect?status=302&to={quote('/form')}")
        return await fetcher.post(again, {"hub.mode": "subscribe"}), await reason_of(fetcher.post(plain, {"a": "b"}))

    answer, refused = with_server(work)
    assert (answer.status, answer.body) == (202, b"hub.mode=subscribe")
    assert refused == Reason.BROKEN_TRANSFER
