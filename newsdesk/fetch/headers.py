"""Headers of requests and answers: who may see which, and how foreign bytes become text."""

import base64
from collections.abc import Mapping

import aiohttp
from yarl import URL


def authorization(url: URL) -> dict[str, str]:
    """The header for the credentials of a URL, if it has any (RFC 7617)."""
    if url.raw_user is None and url.raw_password is None:
        return {}
    pair = f"{url.user or ''}:{url.password or ''}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode("ascii")}


def without_credentials(url: URL) -> URL:
    """The URL as it may be sent, shown and stored."""
    return url.with_user(None) if url.raw_user is not None or url.raw_password is not None else url


def is_same_host(start: URL, target: URL) -> bool:
    """The same origin, or the same host after the usual step from http to https."""
    if start.origin() == target.origin():
        return True
    upgrade = (start.scheme, start.port, target.scheme, target.port) == ("http", 80, "https", 443)
    return upgrade and start.raw_host == target.raw_host


def lower_headers(response: aiohttp.ClientResponse) -> Mapping[str, str]:
    """Names in lower case; the values of a repeated one joined, as RFC 9110 section 5.3 allows."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.raw_headers:
        name, value = _text(raw_name).lower(), _text(raw_value)
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def location_of(response: aiohttp.ClientResponse) -> str | None:
    """Where a redirect points. What aiohttp hands on as surrogates are bytes beyond UTF-8: Latin-1, then."""
    location = response.headers.get("Location")
    return _text(location.encode("utf-8", "surrogateescape")) if location else None


def validator_of(response: aiohttp.ClientResponse, name: str) -> str | None:
    """A validator as it came; None where it could not be sent back byte for byte."""
    value = response.headers.get(name)
    return value if value and value.isprintable() else None


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
