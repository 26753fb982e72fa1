"""What a feed's server gives: fetched politely, read in a worker that can be killed."""

import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Literal

from extractors import ParsedFeed, parse_feed
from newsdesk.errors import FetchError
from newsdesk.fetch import Fetched, Fetcher, feed_overrides
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
        parsed = await self.read(feed, fetched)
        if is_index(parsed):
            parsed = await read_children(
                parsed,
                fetched.final_url,
                ask=lambda url: self.page(feed, url),
                now=self.services.clock(),
                since=feed.last_success_at,
            )
            _check(parsed, fetched.status)
        return Answer(fetched=fetched, reason=None, body_hash=body_hash, parsed=parsed)

    async def page(self, feed: Feed, url: str) -> ParsedFeed:
        """Another document of the feed: an older page, a sitemap below its own."""
        await self.ready(feed, url)
        return await self.read(feed, await self._get(feed, url))

    async def read(self, feed: Feed, fetched: Fetched) -> ParsedFeed:
        """What a document says. Raises FetchError where it is no feed, ExtractError, WorkerError."""
        parsed = await self.workers.run(
            parse_feed,
            fetched.body,
            fetched.final_url,
            content_type=fetched.content_type,
            day_first=feed.options.day_first,
            default_zone=feed.options.default_zone,
            now=self.services.clock(),
            reader=self._parser(feed),
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
