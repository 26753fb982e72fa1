"""What a feed's server gives: fetched politely, read in a worker that can be killed."""

import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import Literal

from extractors import ParsedFeed, parse_feed
from extractors.feed_links import robots_sitemaps, speaks_of_news
from newsdesk.errors import FetchError
from newsdesk.fetch import Fetched, Fetcher, feed_overrides, site_of
from newsdesk.ledger.feeds import Feed
from newsdesk.model import Reason
from newsdesk.pipeline.manners import Manners, RobotsBook
from newsdesk.pipeline.sitemaps import is_index, read_children
from newsdesk.services import Services
from newsdesk.workers import DocumentWorkers

_SHADOWED = 0.01  # of the documents are read by both parsers
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server gave: a document, or the news that it has not changed (`parsed` None)."""

    fetched: Fetched
    reason: Reason | None
    body_hash: str | None
    parsed: ParsedFeed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReader:
    """Asks for the documents of feeds, each in its slot, and reads them."""

    services: Services
    fetcher: Fetcher
    manners: Manners
    robots: RobotsBook
    workers: DocumentWorkers

    async def ready(self, feed: Feed, url: str) -> None:
        """Return when `url` may be asked for. Raises HostBusyError, FetchError where robots.txt is to be heeded."""
        if feed.options.robots:
            await self.robots.permit(url)
        await self.manners.wait_for_slot(url, is_proxied=feed.options.proxy is not None)

    async def ask(self, feed: Feed) -> Answer:
        """The feed's present document; the request is conditional where the last answer allows that."""
        known = feed.validators
        fetched = await self._get(feed, feed.fetch_url, etag=known.etag, last_modified=known.last_modified)
        if fetched.status == _NOT_MODIFIED:
            return Answer(fetched=fetched, reason=Reason.NOT_MODIFIED, body_hash=known.body_hash, parsed=None)
        body_hash = hashlib.sha256(fetched.body).hexdigest()
        if body_hash == known.body_hash:
            return Answer(fetched=fetched, reason=Reason.UNCHANGED, body_hash=body_hash, parsed=None)
        parsed = await self._whole(feed, await self.read(feed, fetched, known=frozenset(feed.marks)), fetched)
        return Answer(fetched=fetched, reason=None, body_hash=body_hash, parsed=parsed)

    async def again(self, feed: Feed, answer: Answer) -> Answer:
        """The answer with its document read as a whole, whatever is known of it."""
        return replace(answer, parsed=await self._whole(feed, await self.read(feed, answer.fetched), answer.fetched))

    async def page(self, feed: Feed, url: str) -> ParsedFeed:
        """Another document of the feed: an older page, a sitemap below its own."""
        await self.ready(feed, url)
        return await self.read(feed, await self._get(feed, url))

    async def news_sitemap(self, feed: Feed, url: str) -> ParsedFeed | None:
        """The news sitemap of the site of `url`, if its robots.txt names one. Raises as `page` does."""
        body = (await self.robots.rules_for(url)).body
        named = robots_sitemaps(body, site_of(url)) if body else ()
        sitemap = next((address for address in named if speaks_of_news(address)), None)
        if sitemap is None:
            return None
        await self.ready(feed, sitemap)
        fetched = await self._get(feed, sitemap)
        return await self._whole(feed, await self.read(feed, fetched), fetched)

    async def _whole(self, feed: Feed, parsed: ParsedFeed, fetched: Fetched) -> ParsedFeed:
        """The document, with what the sitemaps hold that it names."""
        if not is_index(parsed):
            return parsed
        whole = await read_children(
            parsed,
            fetched.final_url,
            ask=lambda url: self.page(feed, url),
            now=self.services.clock(),
            since=feed.last_success_at,
        )
        _check(whole, fetched.status)
        return whole

    async def read(self, feed: Feed, fetched: Fetched, *, known: frozenset[str] = frozenset()) -> ParsedFeed:
        """What a document says, but for entries with `known` marks.

        Raises FetchError where it is no feed, ExtractError, WorkerError.
        """
        parsed = await self.workers.run(
            parse_feed,
            fetched.body,
            fetched.final_url,
            content_type=fetched.content_type,
            day_first=feed.options.day_first,
            default_zone=feed.options.default_zone,
            now=self.services.clock(),
            reader=self._parser(feed),
            known=known,
        )
        _check(parsed, fetched.status)
        return parsed

    def _parser(self, feed: Feed) -> Literal["auto", "feedparser", "both"]:
        if feed.reader == "feedparser":
            return "feedparser"
        return "both" if self.services.chance() < _SHADOWED else "auto"

    def _get(
        self, feed: Feed, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Awaitable[Fetched]:
        return self.manners.heed(
            url,
            self.fetcher.get(
                url,
                etag=etag,
                last_modified=last_modified,
                accept="feed",
                overrides=feed_overrides(feed.options, url),
            ),
        )


def _check(parsed: ParsedFeed, status: int) -> None:
    if parsed.not_a_feed_reason is not None:
        raise FetchError(parsed.not_a_feed_reason, reason=Reason.NOT_A_FEED, status=status)
