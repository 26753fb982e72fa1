"""Which addresses may be dialled: public ones only, judged by our own list on the very address of the connection.

The standard library's `is_global` calls NAT64, 6to4 and multicast addresses global, so it does not decide here.
The ranges are those of the IANA special-purpose registries (RFC 6890 and its successors).
"""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

_REFUSED_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network, unspecified
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")  # all else is loopback, mapped, translated, local, multicast or unassigned
_REFUSED_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_EMBEDDING = tuple(
    (IPv6Network(text), shift)
    for text, shift in (
        ("::/96", 0),  # IPv4-compatible, RFC 4291
        ("::ffff:0:0/96", 0),  # mapped
        ("::ffff:0:0:0/96", 0),  # translated, RFC 2765
        ("64:ff9b::/96", 0),  # NAT64, RFC 6052
        ("64:ff9b:1::/48", 0),  # local NAT64, RFC 8215; the last 32 bits where the prefix is a /96
        ("2002::/16", 80),  # 6to4
    )
)
_TEREDO = IPv6Network("2001::/32")
_ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214: the upper half of the interface identifier


@lru_cache(maxsize=10_000)
def is_allowed(address: str, allow: tuple[Network, ...]) -> bool:
    """Whether a connection to this numeric address may be opened.

    `allow` is the operators' list. An address that carries another one inside (mapped, NAT64, 6to4, Teredo, ISATAP)
    needs both to be allowed: on a network that reaches IPv4 only by NAT64, `64:ff9b::/96` belongs on the list.
    """
    try:
        outer = ip_address(address)
    except ValueError:
        return False
    if isinstance(outer, IPv6Address) and outer.scope_id is not None:
        return False
    inner = _embedded(outer) if isinstance(outer, IPv6Address) else None
    return _permitted(outer, allow) and (inner is None or _permitted(inner, allow))


@lru_cache(maxsize=10_000)
def is_inside(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether a numeric address lies in one of these networks."""
    try:
        number = ip_address(address)
    except ValueError:
        return False
    return any(number in network for network in networks)


def parse_network(text: str) -> Network:
    """A network in CIDR notation, or `ValueError`."""
    return ip_network(text, strict=True)


def _permitted(address: Address, allow: Sequence[Network]) -> bool:
    return _is_public(address) or any(address in network for network in allow)


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _REFUSED_V4)
    return address in _GLOBAL_V6 and not any(address in network for network in _REFUSED_V6)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    number = int(address)
    if address in _TEREDO:  # RFC 4380: the client's address, every bit inverted
        return IPv4Address(~number & 0xFFFFFFFF)
    if number >> 32 & 0xFFFFFFFF in _ISATAP:
        return IPv4Address(number & 0xFFFFFFFF)
    for network, shift in _EMBEDDING:
        if address in network and number > 1:  # :: and ::1 are no IPv4 addresses
            return IPv4Address(number >> shift & 0xFFFFFFFF)
    return None
