"""Sitemap indexes as feeds: the news sitemaps that an index names, read as one document."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from extractors import ChildSitemap, ParsedEntry, ParsedFeed
from extractors.feed_links import speaks_of_news
from extractors.sitemap import NO_NEWS
from newsdesk.errors import FetchError
from newsdesk.fetch import domain_of
from newsdesk.model import Reason
from newsdesk.pipeline.manners import HostBusyError

MOST_CHILDREN = 20  # sitemaps fetched for one poll

_DEEPEST = 2  # an index may name indexes, and these sitemaps
_PATIENCE = 30.0  # seconds after which no further sitemap is asked for: the claim of the feed must not run out
_FRESH = timedelta(days=2)  # how long an article stays in a news sitemap, by the rules of those who read them most
_DATE = re.compile(r"(20\d\d)[-_/]?([01]\d)(?:[-_/]?([0-3]\d))?")

Ask = Callable[[str], Awaitable[ParsedFeed]]


def is_index(parsed: ParsedFeed) -> bool:
    """Whether the document names sitemaps instead of articles."""
    return parsed.format == "sitemap-index"


async def read_children(  # noqa: PLR0913 -- each bounds the reading in its own way
    parsed: ParsedFeed,
    url: str,
    *,
    ask: Ask,
    now: datetime,
    since: datetime | None,
    limit: int = MOST_CHILDREN,
    patience: float = _PATIENCE,
) -> ParsedFeed:
    """The entries of the news sitemaps below the index `parsed`, which was had from `url`.

    `ask` fetches and parses one document, in its turn; `since` is the last success. Sitemaps that last changed two days
    before it are left out: an article stays in a news sitemap for two days, so what is left out held nothing that was
    not seen, and what is read overlaps with what was read before. It also makes up for dates without a time. The others
    are read newest first, `limit` at most, and only those of the index's own registrable domain.

    A sitemap that fails is told in `bozo_reason` and costs the others nothing; where none could be read its error is
    raised: FetchError, HostBusyError and what else `ask` raises. Sitemaps without news: elements are left
    out in silence: they are the site's archive, and their dates change with every redesign. Where none holds news the
    answer has a `not_a_feed_reason`. `truncated` is set where the index's validators must not be kept, since an
    unchanged index would not mean that nothing changed.
    """
    reading = _Reading(ask=ask, domain=domain_of(url), now=now, since=since, left=limit, patience=patience)
    reading.seen.add(url)
    await reading.index(parsed, depth=1)
    if reading.error is not None and not reading.read:
        raise reading.error
    return reading.merged(parsed)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What was read so far of one index, and what went wrong."""

    ask: Ask
    domain: str
    now: datetime
    since: datetime | None
    left: int  # sitemaps that may yet be asked for
    patience: float
    began: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    seen: set[str] = field(default_factory=set)
    read: list[ParsedFeed] = field(default_factory=list)  # news sitemaps
    failures: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # what will never be read: no reason to ask the index anew
    error: Exception | None = None  # the first
    stopped: str = ""  # why no further one is asked for
    is_undated: bool = False  # an unchanged index says nothing of a sitemap without a date
    is_pruned: bool = False  # one was left out since it is old
    plain: int = 0  # sitemaps without news

    async def index(self, parsed: ParsedFeed, *, depth: int) -> None:
        """Read the sitemaps of one index."""
        for child in self._chosen(parsed):
            if self.left <= 0:
                self.stopped = self.stopped or "the index names more sitemaps than are read at once"
            elif not self.stopped and asyncio.get_running_loop().time() - self.began > self.patience:
                self.stopped = "the site is too slow for all of its sitemaps at once"
            if self.stopped:
                return
            self.left -= 1
            await self._child(child, depth)

    async def _child(self, child: ChildSitemap, depth: int) -> None:
        try:
            parsed = await self.ask(child.url)
        except Exception as error:
            if str(error) == NO_NEWS:  # where the caller makes an error of what is no feed
                self.plain += 1
                return
            self.error = self.error or error
            self._note(child, error)
        else:
            await self._take(child, parsed, depth)

    def _note(self, child: ChildSitemap, error: Exception) -> None:
        told = str(error) if child.url in str(error) else f"{child.url}: {error}"
        match error:
            case HostBusyError():
                self.stopped = "the site has no time for more of its sitemaps now"
            case FetchError(reason=Reason.RATE_LIMITED):
                self.stopped = f"the site asks us to wait ({told})"
            case _:
                self.failures.append(told)

    async def _take(self, child: ChildSitemap, parsed: ParsedFeed, depth: int) -> None:
        if is_index(parsed):
            if depth < _DEEPEST:
                await self.index(parsed, depth=depth + 1)
            else:
                self.refused.append(f"{child.url}: it is an index within an index within an index, and is not read")
        elif parsed.format == "news-sitemap":
            self.read.append(parsed)
            if parsed.bozo_reason:
                self.failures.append(f"{child.url}: {parsed.bozo_reason}")
        elif parsed.not_a_feed_reason == NO_NEWS:
            self.plain += 1
        else:
            self.failures.append(f"{child.url}: {parsed.not_a_feed_reason or 'it is a feed, and no sitemap'}")

    def _chosen(self, parsed: ParsedFeed) -> list[ChildSitemap]:
        """The sitemaps of the index that are worth a request, newest first; one without a date may be quite new."""
        return sorted(
            self._eligible(parsed),
            key=lambda child: (child.updated or self.now, speaks_of_news(child.url), _date_in(child.url)),
            reverse=True,
        )

    def _eligible(self, parsed: ParsedFeed) -> Iterator[ChildSitemap]:
        for child in parsed.child_sitemaps:
            if child.url in self.seen:
                continue
            self.seen.add(child.url)
            if not self._is_of_the_site(child.url):
                self.refused.append(f"{child.url}: it is of another site; watch it as a feed of its own")
            elif child.updated is not None and self.since is not None and child.updated < self.since - _FRESH:
                self.is_pruned = True
            else:
                self.is_undated = self.is_undated or child.updated is None
                yield child

    def _is_of_the_site(self, url: str) -> bool:
        try:
            return domain_of(url) == self.domain
        except FetchError:
            return False

    def merged(self, parsed: ParsedFeed) -> ParsedFeed:
        """One news sitemap of all that were read; an entry that stands in several is taken once."""
        entries: dict[str, ParsedEntry] = {}
        for sitemap in self.read:
            for entry in sitemap.entries:
                entries.setdefault(entry.link or f"{len(entries)}", entry)
        problems = [*([self.stopped] if self.stopped else ()), *self.failures]
        found_none = not (self.read or problems or self.is_pruned)
        damage = [*([parsed.bozo_reason] if parsed.bozo_reason else ()), *problems, *self.refused]
        told = f"The sitemap index has sitemaps ({self.plain}), but none that holds news."
        return replace(
            parsed,
            format="" if found_none else "news-sitemap",
            title=next((one.title for one in self.read if one.title), parsed.title),
            language=next((one.language for one in self.read if one.language), parsed.language),
            entries=tuple(sorted(entries.values(), key=lambda entry: entry.published or self.now, reverse=True)),
            child_sitemaps=(),
            not_a_feed_reason=told if found_none else None,
            bozo_reason=_told(damage),
            truncated=parsed.truncated or self.is_undated or bool(problems) or any(one.truncated for one in self.read),
        )


def _date_in(url: str) -> str:
    """The date in an address such as /news/2026-03-02.xml, in digits; "" where there is none."""
    found = _DATE.search(url)
    return "".join(part or "" for part in found.groups()) if found else ""


def _told(problems: list[str]) -> str | None:
    """The first of the problems as one text, with the number of the others."""
    few = problems[:3]
    more = f" (and {len(problems) - len(few)} more)" if len(problems) > len(few) else ""
    return " ".join(f"{one.rstrip('.')}." for one in few) + more if few else None
