"""What an operator set for one feed, as it applies to the requests that the feed causes."""

from typing import Protocol

from newsdesk.errors import FetchError
from newsdesk.fetch.headers import is_same_host
from newsdesk.fetch.records import Overrides
from newsdesk.fetch.urls import check_url, domain_of


class DeclaredFeed(Protocol):
    """The part of a feed's declaration that speaks of requests."""

    @property
    def url(self) -> str:
        """As the operator wrote it."""

    @property
    def user_agent(self) -> str | None:
        """How we name ourselves; None: as to everybody."""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """More headers; may hold a cookie or a token."""

    @property
    def proxy(self) -> str | None:
        """An http or https URL."""


def feed_overrides(feed: DeclaredFeed, fetch_url: str) -> Overrides:
    """For a poll of the feed at `fetch_url`, which is another one than its `url` after a lasting redirect.

    Name and proxy are ours and go along; the headers are secrets of the host that the operator named, and stay there.
    """
    headers = dict(feed.headers) if feed.headers and _is_same_host(feed.url, fetch_url) else {}
    return Overrides(user_agent=feed.user_agent, headers=headers, proxy=feed.proxy)


def page_overrides(feed: DeclaredFeed, page_url: str) -> Overrides:
    """For an article page of the feed: name and proxy where it is of the feed's registrable domain, never the headers.

    A publisher that lets in only a certain name, or a certain network, does so for its pages too. A cookie or a token
    was given for the feed: sent with every page, it would tell the publisher of each article that we read.
    """
    try:
        is_of_the_publisher = domain_of(feed.url) == domain_of(page_url)
    except FetchError:
        is_of_the_publisher = False
    return Overrides(user_agent=feed.user_agent, proxy=feed.proxy) if is_of_the_publisher else Overrides()


def _is_same_host(declared: str, fetched: str) -> bool:
    try:
        return is_same_host(check_url(declared), check_url(fetched))
    except FetchError:
        return False
