"""Which URLs may be asked for, and under which name a host is paced."""

import re
from functools import cache, lru_cache
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList
from yarl import URL

from newsdesk.errors import FetchError
from newsdesk.model import Reason, redacted

_MAX_LENGTH = 8_000
_MAX_HOST = 253
_SAME_AGAIN = 1024  # URLs; one request asks several times about the same
_ODD = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII)
_QUERY = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*", re.ASCII)
# Ports of other services, which a request must never reach: the list of the Fetch standard, "port blocking".
_OTHER_SERVICES = (
    "0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 "
    "123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 "
    "990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080"
)
_REFUSED_PORTS = frozenset(map(int, _OTHER_SERVICES.split()))


@lru_cache(maxsize=_SAME_AGAIN)
def check_url(text: str) -> URL:
    """The URL as it is to be dialled, credentials included; `FetchError` (url-refused) says what is wrong with it.

    The query stays byte for byte where it is valid: signed links break when an escape is rewritten.
    """
    text = text.strip()
    if len(text) > _MAX_LENGTH:
        raise _refused(text[:80] + "…", f"it is longer than {_MAX_LENGTH} characters")
    try:
        url, query = URL(text), urlsplit(text).query
        port = url.port
    except (ValueError, UnicodeError) as error:
        detail = "" if "@" in text else f" ({error})"  # the detail may repeat credentials
        raise _refused(text, f"it is no valid URL{detail}") from None
    if url.scheme not in ("http", "https"):
        raise _refused(text, "only http and https are fetched")
    if _ODD.search(_authority(text)) or ("[" in _authority(text) and not _is_ip(url.raw_host or "")):
        raise _refused(text, "its host holds a character that no host has")
    if port in _REFUSED_PORTS:
        raise _refused(text, f"port {port} belongs to another service")
    if problem := _host_problem(url.raw_host or ""):
        raise _refused(text, problem)
    verbatim = query if _QUERY.fullmatch(query) else url.raw_query_string
    return URL.build(
        scheme=url.scheme, authority=url.raw_authority, path=url.raw_path, query_string=verbatim, encoded=True
    )


def site_of(url: str) -> str:
    """Scheme, host and port: what a robots.txt speaks for. `FetchError` for a refused URL."""
    return str(check_url(url).origin())


@lru_cache(maxsize=_SAME_AGAIN)
def domain_of(url: str) -> str:
    """The registrable domain of a URL's host by the Public Suffix List (bundled, private section included).

    An IP literal, a public suffix itself and a name without a dot stand for themselves. `FetchError` without a host.
    """
    try:
        host = URL(url.strip()).raw_host
    except (ValueError, UnicodeError):
        host = None
    if not host:
        raise _refused(url, "it names no host")
    host = host.rstrip(".").lower()
    return host if _is_ip(host) else _suffixes().privatesuffix(host) or host


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _refused(url: str, problem: str) -> FetchError:
    return FetchError(f"{redacted(url)!r} is not fetched: {problem}", reason=Reason.URL_REFUSED, permanent=True)


def _authority(text: str) -> str:
    return re.split(r"[/?#]", text.partition("//")[2], maxsplit=1)[0]


def _host_problem(host: str) -> str | None:
    if not host:
        return "it names no host"
    if _is_ip(host):
        return None
    labels = host.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):  # the URL standard, "ends in a number": octal, hex and decimal spellings
        return "its host is an odd spelling of an IP address; write it as four decimal numbers"
    if len(host) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        return "its host is not a name"
    return None


def _is_ip(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return not (isinstance(address, IPv6Address) and address.scope_id)
