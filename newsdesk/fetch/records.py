"""What goes into a fetch and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

Accept = Literal["feed", "page", "json"]  # which kinds of document the server is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """How documents are fetched. Sizes are bytes; `user_agent` names the product first: `Newsdesk/0.1 (+https://…)`."""

    user_agent: str
    total_seconds: float = 30.0  # from the DNS question to the last byte, redirects included
    max_raw: int = 10_000_000  # body as it comes over the wire
    max_decoded: int = 20_000_000  # body after its content coding is undone
    max_ratio: int = 50  # decoded to raw, beyond the first `ratio_free` bytes
    ratio_free: int = 1_000_000
    max_redirects: int = 5
    concurrency: int = (
        50  # requests at once; those that take longer than `slow_seconds` move to a lane of four times that
    )
    slow_seconds: float = 0.25  # after which a request no longer holds a place in the first lane
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = ()  # dialled although not public


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What the operator set for one feed. `headers` go to the host that was asked for, never to where it redirects."""

    user_agent: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold a cookie or a token
    proxy: str | None = field(default=None, repr=False)  # http(s) URL; exempt from the address check


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """One hop: the status that `url` answered with."""

    status: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document, or the server's word that it is unchanged (`status` 304, empty `body`).

    `etag` and `last_modified` are to be sent back as they are. A 304 without them repeats those of the request.
    """

    url: str  # as asked for
    final_url: str  # that answered, after redirects, without credentials
    status: int
    headers: Mapping[str, str]  # names in lower case; repeated ones joined by ", "
    body: bytes  # content coding undone
    content_type: str  # the header with its parameters, "" where there is none
    redirects: tuple[Redirect, ...]
    elapsed_ms: int
    etag: str | None
    last_modified: str | None
