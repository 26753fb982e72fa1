"""The feeds of a site, from its home page: what the site itself says, and well-known paths where it says nothing."""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from extractors import ExtractError, ParsedFeed, parse_feed
from extractors.feed_links import (
    FeedLink,
    Place,
    feed_links,
    header_links,
    is_of_comments,
    robots_sitemaps,
    speaks_of_news,
    well_known,
)
from extractors.urls import canonical_key, weak_key
from newsdesk.errors import FetchError, WorkerError
from newsdesk.fetch import Fetched, Fetcher, domain_of
from newsdesk.model import Reason
from newsdesk.pipeline.manners import HostBusyError, Manners, RobotsBook
from newsdesk.pipeline.sitemaps import is_index, read_children
from newsdesk.services import Services
from newsdesk.workers import DocumentWorkers

MOST_REQUESTS = 40  # documents fetched for one site

_MOST_SITEMAPS = 4  # of robots.txt, and of an index
_MOST_OF_A_LIST = 15  # links of a page about feeds
_PATIENCE = 60.0  # seconds that are waited for a turn at the site
_FOR_GOOD = frozenset((301, 308))
_ABOUT_THE_SITE = frozenset((Reason.ADDRESS_REFUSED, Reason.URL_REFUSED, Reason.DNS_FAILED, Reason.CONNECT_FAILED,
                             Reason.TLS_FAILED))  # fmt: skip
_HUB = re.compile(r"rel=\"?[^\",;]{0,40}\bhub\b", re.IGNORECASE)
_SAMPLE = 5  # entries by which two documents are seen to be the same feed


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed that was fetched and read."""

    url: str  # to be watched; after lasting redirects
    format: str  # as ParsedFeed has it
    title: str
    entries: int
    newest: datetime | None  # the publication of its newest entry
    language: str | None
    place: Place
    hub: bool  # it names a hub that pushes
    is_of_comments: bool
    is_watched: bool  # the watchlist has it


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLink:
    """A candidate that is no feed to be watched."""

    url: str
    place: Place
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found from `url`, the best first, and what was tried in vain."""

    url: str  # after redirects
    feeds: tuple[FoundFeed, ...]
    refused: tuple[RefusedLink, ...]

    @property
    def is_feed(self) -> bool:
        """Whether the address that was asked for is itself a feed."""
        return any(feed.place is Place.ITSELF for feed in self.feeds)


def discover(services: Services, url: str, *, tell: Callable[[str], None] = lambda _: None) -> Discovery:
    """Find and verify the feeds of the site of `url`, each request in a slot of its domain; `tell` gets what is done.

    A person names the page, so its robots.txt is not asked for that one request, nor for feeds. Raises FetchError where
    the site cannot be reached.
    """

    async def run() -> Discovery:
        with services.open_workers() as workers:
            async with services.open_fetcher() as fetcher:
                manners = Manners(services, fetcher)
                search = _Search(services=services, fetcher=fetcher, manners=manners, workers=workers, tell=tell)
                return await search.site(url)

    return asyncio.run(run())


@dataclass(slots=True, kw_only=True)
class _Search:
    services: Services
    fetcher: Fetcher
    manners: Manners
    workers: DocumentWorkers
    tell: Callable[[str], None]
    home: str = ""
    left: int = MOST_REQUESTS
    waiting: deque[FeedLink] = field(default_factory=deque)
    asked: set[str] = field(default_factory=set)  # keys of addresses
    samples: dict[tuple[object, ...], str] = field(default_factory=dict)
    feeds: list[FoundFeed] = field(default_factory=list)
    refused: list[RefusedLink] = field(default_factory=list)

    async def site(self, url: str) -> Discovery:
        await self._page(url)
        if not self.feeds:
            self._add(await self._sitemaps())
            await self._verify()
        if not any(feed.format != "news-sitemap" and not feed.is_of_comments for feed in self.feeds):
            self._add(well_known(self.home))
            await self._verify()
        order = list(Place)
        self.feeds.sort(key=lambda feed: (feed.is_of_comments, order.index(feed.place)))
        return Discovery(url=self.home, feeds=tuple(self.feeds), refused=tuple(self.refused))

    async def _page(self, url: str) -> None:
        """Read the page itself; where it is a feed, that is the end of the search."""
        self.home = url
        itself = FeedLink(url=url, place=Place.ITSELF)
        try:
            fetched = await self._fetch(url, is_page=True)
            self.home = fetched.final_url
            parsed = await self._parsed(fetched)
        except (FetchError, ExtractError, WorkerError) as error:
            if isinstance(error, FetchError) and error.reason in _ABOUT_THE_SITE:
                raise
            self._refuse(itself, str(error))  # a page behind a wall may yet have feeds before it
            return
        self.asked |= {canonical_key(url), canonical_key(self.home)}
        if parsed.not_a_feed_reason is None:
            await self._take(itself, fetched, parsed)
        else:
            self._add(header_links(fetched.headers.get("link", ""), fetched.final_url))
            self._add(await self._links(fetched))

    async def _sitemaps(self) -> Sequence[FeedLink]:
        try:
            rules = await RobotsBook(services=self.services, fetcher=self.fetcher, manners=self.manners).rules_for(
                self.home
            )
        except (FetchError, HostBusyError):
            return ()
        named = robots_sitemaps(rules.body or b"", self.home)[:_MOST_SITEMAPS]
        return [FeedLink(url=url, place=Place.ROBOTS) for url in named]

    def _add(self, links: Iterable[FeedLink]) -> None:
        """Candidates to be verified. A link in a text counts only if it stays with the publisher."""
        for link in links:
            is_foreign = link.place in (Place.ANCHOR, Place.LIST) and not self._is_of_the_publisher(link.url)
            if (key := canonical_key(link.url)) not in self.asked and not is_foreign:
                self.asked.add(key)
                self.waiting.append(link)

    def _is_of_the_publisher(self, url: str) -> bool:
        try:
            return domain_of(url) in (domain_of(self.home), "feedburner.com")
        except FetchError:
            return False

    async def _verify(self) -> None:
        while self.waiting:
            link = self.waiting.popleft()
            if self.left <= 0:
                self._refuse(link, f"not tried: {MOST_REQUESTS} documents were fetched already")
                continue
            self.tell(link.url)
            try:
                fetched = await self._fetch(link.url)
                if weak_key(fetched.final_url) == weak_key(self.home):
                    self._refuse(link, "it leads back to the home page")
                else:
                    await self._take(link, fetched, await self._parsed(fetched))
            except (FetchError, WorkerError, ExtractError) as error:
                self._refuse(link, str(error))
            except HostBusyError as error:
                self._refuse(link, f"the site wants us to wait until {error.at:%H:%M} UTC; try again then")

    async def _take(self, link: FeedLink, fetched: Fetched, parsed: ParsedFeed) -> None:
        """Note a document that was fetched: a feed, a list of feeds, an index, or nothing of use."""
        if parsed.not_a_feed_reason is not None:
            found = await self._links(fetched) if link.place is Place.ANCHOR and link.is_list else ()
            listed = [one for one in found if not one.is_list][:_MOST_OF_A_LIST]
            self._add(FeedLink(url=one.url, place=Place.LIST, title=one.title) for one in listed)
            self._refuse(link, "it is a page about feeds" if listed else parsed.not_a_feed_reason)
            return
        if is_index(parsed):
            if not speaks_of_news(fetched.final_url) and link.place is not Place.ITSELF:
                named = [child.url for child in parsed.child_sitemaps if speaks_of_news(child.url)][:_MOST_SITEMAPS]
                self._add(FeedLink(url=url, place=Place.ROBOTS) for url in named)
                self._refuse(link, "it is an index of sitemaps" + (", some of news" if named else ", none of news"))
                return
            parsed = await self._index(fetched, parsed)
        self._note(link, fetched, parsed)

    async def _index(self, fetched: Fetched, parsed: ParsedFeed) -> ParsedFeed:
        async def ask(url: str) -> ParsedFeed:
            return await self._parsed(await self._fetch(url))

        now = self.services.clock()
        return await read_children(parsed, fetched.final_url, ask=ask, now=now, since=now, limit=_MOST_SITEMAPS)

    def _note(self, link: FeedLink, fetched: Fetched, parsed: ParsedFeed) -> None:
        if parsed.format == "news-sitemap" and not parsed.entries:
            self._refuse(link, parsed.not_a_feed_reason or "it is a sitemap that holds no news now")
            return
        lasting = fetched.redirects and all(hop.status in _FOR_GOOD for hop in fetched.redirects)
        url = fetched.final_url if lasting else link.url
        links = tuple(entry.link or entry.title for entry in parsed.entries[:_SAMPLE])
        sample = (parsed.format, parsed.title, len(parsed.entries), links)
        if (same := self.samples.setdefault(sample, url)) != url or any(feed.url == url for feed in self.feeds):
            self._refuse(link, f"it is the same feed as {same}")
            return
        dates = [date for entry in parsed.entries if (date := entry.published or entry.updated)]
        self.feeds.append(
            FoundFeed(
                url=url,
                format=parsed.format,
                title=parsed.title or link.title,
                entries=len(parsed.entries),
                newest=max(dates, default=None),
                language=parsed.language,
                place=link.place,
                hub=bool(parsed.hub_urls or _HUB.search(fetched.headers.get("link", ""))),
                is_of_comments=is_of_comments(url, parsed.title) or is_of_comments(link.url, link.title),
                is_watched=canonical_key(url) in {canonical_key(feed.url) for feed in self.services.watchlist.feeds},
            )
        )

    async def _links(self, page: Fetched) -> tuple[FeedLink, ...]:
        try:
            return await self.workers.run(feed_links, page.body, page.final_url, content_type=page.content_type)
        except (ExtractError, WorkerError):
            return ()

    async def _parsed(self, fetched: Fetched) -> ParsedFeed:
        now = self.services.clock()
        return await self.workers.run(
            parse_feed, fetched.body, fetched.final_url, content_type=fetched.content_type, now=now
        )

    async def _fetch(self, url: str, *, is_page: bool = False) -> Fetched:
        """One document, when it is our turn. Raises FetchError, HostBusyError where that is not soon."""
        self.left -= 1
        clock = asyncio.get_running_loop().time
        end = clock() + _PATIENCE
        while True:
            try:
                await self.manners.wait_for_slot(url)
                break
            except HostBusyError as error:
                pause = max(0.1, (error.at - self.services.clock()).total_seconds())
                if clock() + pause > end:
                    raise
                await asyncio.sleep(pause)
        return await self.manners.heed(url, self.fetcher.get(url, accept="page" if is_page else "feed"))

    def _refuse(self, link: FeedLink, why: str) -> None:
        self.refused.append(RefusedLink(url=link.url, place=link.place, why=why.removeprefix(f"{link.url}: ")))
