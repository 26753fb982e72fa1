"""Asks a sample newsroom: names under localhost need no resolver here, the connection goes to the loopback address."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from newsdesk.newsroom import Newsroom


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    headers: Mapping[str, str]  # names in lower case
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


def ask(newsroom: Newsroom, url: str, *, method: str = "GET", **headers: str) -> Reply:
    """One request, no redirect followed. `if_none_match="…"` sends If-None-Match."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", newsroom.port, timeout=10)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, parts.path or "/", headers={"Host": parts.netloc, **named})
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Reply(status=response.status, headers=found, content=response.read())
    finally:
        connection.close()


def ask_feed(newsroom: Newsroom, source: str, **headers: str) -> Reply:
    """The feed of that source, a redirect followed once."""
    url = next(feed.url for feed in newsroom.feeds if feed.source == source)
    reply = ask(newsroom, url, **headers)
    return ask(newsroom, reply.headers["location"], **headers) if reply.status == 301 else reply


def url_of(newsroom: Newsroom, slug: str) -> str:
    """The address of the entry of that slug."""
    return next(entry.url for entry in newsroom.entries if entry.slug == slug)
