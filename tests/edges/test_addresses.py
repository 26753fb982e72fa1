"""No private address is ever dialled: more than two hundred ways to try, with a real socket that would notice."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from urllib.parse import quote

import pytest

from newsdesk.errors import FetchError
from newsdesk.fetch import Fetcher, FetchSettings, domain_of, parse_network
from newsdesk.fetch.addresses import is_allowed
from newsdesk.fetch.urls import check_url
from newsdesk.model import Reason, redacted
from tests.hostile import FEED, HostileServer

REFUSED_V4 = (
    "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1 127.0.0.2 127.255.255.254 "
    "169.254.169.254 169.254.0.1 172.16.0.1 172.31.255.254 192.0.0.1 192.0.0.8 192.0.0.170 192.0.0.192 192.0.2.1 "
    "192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.168.255.254 192.175.48.1 198.18.0.1 198.19.255.254 "
    "198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255"
)
REFUSED_V6 = (
    ":: ::1 ::2 100::1 fc00::1 fd00::1 fd12:3456:789a::1 fe80::1 fe80::1%1 febf::1 fec0::1 ff02::1 ff0e::1 2001::1 "
    "2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002::1 3fff::1 5f00::1 4000::1 64:ff9b:1::1 2620:4f:8000::1"
)
PUBLIC = "1.1.1.1 8.8.8.8 93.184.216.34 100.63.255.255 172.32.0.1 192.0.1.1 223.255.255.255 2606:4700::1111 2a00::1"


def carried(inner: str) -> list[str]:
    """An IPv4 address inside each IPv6 form that can carry one."""
    number = int(ip_address(inner))
    high, low = number >> 16, number & 0xFFFF
    turned = ~number & 0xFFFFFFFF
    return [
        f"::{inner}",
        f"::ffff:{inner}",
        f"::ffff:0:{inner}",
        f"64:ff9b::{inner}",
        f"64:ff9b:1::{inner}",
        f"2002:{high:x}:{low:x}::1",
        f"2001:0:101:101:0:0:{turned >> 16:x}:{turned & 0xFFFF:x}",
        f"2a00::200:5efe:{inner}",
    ]


def refused_addresses() -> list[str]:
    inner = REFUSED_V4.split()
    return [*inner, *REFUSED_V6.split(), *(form for address in inner for form in carried(address))]


def odd_hosts() -> list[str]:
    """Spellings that some resolver or library takes for a private address, and names that lead there."""
    return [
        *("127.1", "127.0.1", "2130706433", "017700000001", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "0x7f.1"),
        *("127.0.0.1.", "127.0.0.01", "127.0.0.0x1", "0", "00000177.1", "1.2.3.4.5", "0x", "999999999999"),
        *("①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1", "127%2e0%2e0%2e1"),  # noqa: RUF100 - digits in other scripts
        *("localhost", "LOCALHOST", "localhost.", "a.localhost", "a.b.localhost.", "localhost.."),
        *("[::1%25lo]", "[fe80::1%251]", "[::1", "[1.2.3.4]", "[v1.a]"),
        *("me@127.0.0.1", "me:word@127.0.0.1", "1.1.1.1@127.0.0.1", "1.1.1.1:80@127.0.0.1"),
        *("1.1.1.1\\@127.0.0.1", "127.0.0.1\\.a.example", "a b.example", "-a.example", "a..example", ""),
    ]


def vectors(port: int) -> Iterator[str]:
    for address in refused_addresses():
        yield f"http://[{address}]:{port}/" if ":" in address else f"http://{address}:{port}/"
    for host in odd_hosts():
        yield f"http://{host}:{port}/"
    yield from ("file:///etc/passwd", f"ftp://127.0.0.1:{port}/", f"//127.0.0.1:{port}/", "http:///", "", "x", "http:")


def settings(*allowed: str) -> FetchSettings:
    return FetchSettings(
        user_agent="Newsdesk/0.1", total_seconds=5, allow_networks=tuple(parse_network(text) for text in allowed)
    )


async def _all_lead_home(_host: str) -> tuple[str, ...]:
    return ("127.0.0.1", "::1")


async def _refusals(fetcher: Fetcher, urls: list[str]) -> dict[str, str]:
    reasons = {}
    for url in urls:
        try:
            await fetcher.get(url)
        except FetchError as error:
            reasons[url] = error.reason
        else:
            reasons[url] = "fetched"
    return reasons


def test_over_two_hundred_vectors_make_no_connection() -> None:
    async def run() -> tuple[dict[str, str], int]:
        server = HostileServer(host="0.0.0.0")
        clock = lambda: datetime.now(UTC)  # noqa: E731 - one line is enough
        async with server, Fetcher(settings(), clock=clock, look_up=_all_lead_home) as fetcher:
            return await _refusals(fetcher, list(vectors(server.port))), server.connections

    reasons, connections = asyncio.run(run())
    assert len(reasons) >= 200
    assert set(reasons.values()) == {Reason.ADDRESS_REFUSED, Reason.URL_REFUSED}
    assert connections == 0


def test_over_two_hundred_redirects_make_no_further_connection() -> None:
    async def run() -> tuple[dict[str, str], int]:
        server, trap = HostileServer(), HostileServer(host="127.0.0.2")
        fetcher = Fetcher(settings("127.0.0.1/32"), clock=lambda: datetime.now(UTC), look_up=_all_lead_home)
        async with server, trap, fetcher:
            urls = [
                server.url(f"/redirect?to={quote(url)}")
                for url in vectors(trap.port)
                if "127.0.0.1" not in url and "localhost" not in url.lower() and url.startswith("http:/")
            ]
            return await _refusals(fetcher, urls), trap.connections

    reasons, connections = asyncio.run(run())
    assert len(reasons) >= 200
    assert "fetched" not in reasons.values()
    assert connections == 0


def test_an_answer_that_changes_between_look_up_and_dial_does_not_matter() -> None:
    """The resolver says a public address first and a private one later; what counts is the address dialled."""
    answers = iter([("93.184.216.34",), *[("127.0.0.1",)] * 10])

    async def rebinding(_host: str) -> tuple[str, ...]:
        return next(answers)

    async def run() -> tuple[FetchError, int]:
        server = HostileServer()
        async with server, Fetcher(settings(), clock=lambda: datetime.now(UTC), look_up=rebinding) as fetcher:
            await rebinding("one.example")  # what an earlier check would have seen
            with pytest.raises(FetchError) as caught:
                await fetcher.get(f"http://one.example:{server.port}/feed")
            return caught.value, server.connections

    error, connections = asyncio.run(run())
    assert (error.reason, error.permanent, connections) == (Reason.ADDRESS_REFUSED, True, 0)


def test_private_answers_beside_an_allowed_one_are_passed_over() -> None:
    async def mixed(_host: str) -> tuple[str, ...]:
        return ("127.0.0.2", "::1", "10.0.0.1", "127.0.0.1")

    async def run() -> tuple[bytes, int]:
        server, trap = HostileServer(), HostileServer(host="127.0.0.2")
        clock, allowed = (lambda: datetime.now(UTC)), settings("127.0.0.1/32")
        async with server, Fetcher(allowed, clock=clock, look_up=mixed) as fetcher:
            trap.port = server.port
            async with trap:
                fetched = await fetcher.get(f"http://mixed.example:{server.port}/feed")
            return fetched.body, trap.connections

    assert asyncio.run(run()) == (FEED, 0)


def test_localhost_is_this_machine_where_the_operator_allows_it() -> None:
    async def nobody(host: str) -> tuple[str, ...]:
        raise AssertionError(host)  # these names are never asked of a server

    async def run() -> list[bytes]:
        server = HostileServer()
        clock, allowed = (lambda: datetime.now(UTC)), settings("127.0.0.0/8")
        async with server, Fetcher(allowed, clock=clock, look_up=nobody) as fetcher:
            names = ("localhost", "feeds.localhost", "LOCALHOST.")
            return [(await fetcher.get(f"http://{name}:{server.port}/feed")).body for name in names]

    assert asyncio.run(run()) == [FEED] * 3


@pytest.mark.parametrize("address", refused_addresses())
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_allowed(address, ())


@pytest.mark.parametrize("address", PUBLIC.split())
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_allowed(address, ())


@pytest.mark.parametrize("text", ["", "localhost", "1.2.3", "1.2.3.4/8", "::g"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert not is_allowed(text, (ip_network("0.0.0.0/0"), ip_network("::/0")))


def test_an_allowed_translation_needs_its_inner_address_allowed_too() -> None:
    nat64 = (ip_network("64:ff9b::/96"),)
    assert is_allowed("64:ff9b::8.8.8.8", nat64)
    assert not is_allowed("64:ff9b::10.0.0.1", nat64)
    assert is_allowed("64:ff9b::10.0.0.1", (*nat64, ip_network("10.0.0.0/8")))
    assert not is_allowed("::ffff:127.0.0.1", (ip_network("127.0.0.0/8"),))


@pytest.mark.parametrize("port", [0, 1, 22, 25, 110, 6667, 10080])
def test_ports_of_other_services_are_refused(port: int) -> None:
    with pytest.raises(FetchError) as caught:
        check_url(f"http://a.example:{port}/")
    assert caught.value.reason == Reason.URL_REFUSED


@pytest.mark.parametrize("url", ["http://a.example:8080/", "https://a.example:8443/x?y", "http://a_b.example/"])
def test_other_ports_and_common_names_are_taken(url: str) -> None:
    assert str(check_url(f" {url}\n")) == url


def test_an_endless_url_is_refused_without_repeating_it() -> None:
    with pytest.raises(FetchError) as caught:
        check_url("http://a.example/" + "x" * 10_000)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://me:word@a.example/x@y", "http://a.example/x@y"),
        ("http://a@b@c.example?q", "http://c.example?q"),
        ("http://a.example/", "http://a.example/"),
        ("no url", "no url"),
    ],
)
def test_credentials_are_not_shown(url: str, shown: str) -> None:
    assert redacted(url) == shown


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("http://FEEDS.Example.com:8080/x", "example.com"),
        ("http://me:word@news.example.com./", "example.com"),
        ("http://alice.github.io/", "alice.github.io"),
        ("http://github.io/", "github.io"),
        ("http://localhost:8080/", "localhost"),
        ("http://192.0.2.7/feed", "192.0.2.7"),
        ("http://[2001:db8::1]:80/feed", "2001:db8::1"),
        ("http://news.bücher.de/", "xn--bcher-kva.de"),
    ],
)
def test_a_host_is_paced_by_its_registrable_domain(url: str, domain: str) -> None:
    assert domain_of(url) == domain


@pytest.mark.parametrize("url", ["", "news", "mailto:a@b.example", "http://", "http://[::1"])
def test_without_a_host_there_is_no_domain(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        domain_of(url)
    assert caught.value.reason == Reason.URL_REFUSED
