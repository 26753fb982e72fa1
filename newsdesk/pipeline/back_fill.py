"""back-fill: where entries may have come and gone unseen, the feed's older pages are asked for."""

import asyncio
from dataclasses import replace

from extractors import ExtractError, ParsedFeed
from newsdesk.errors import FetchError, WorkerError
from newsdesk.intake import Way, next_page
from newsdesk.ledger import events
from newsdesk.ledger.feeds import Feed, PollResult, add_poll
from newsdesk.model import Done, FeedEvent, FeedEventKind, Via
from newsdesk.pipeline.feed_reader import FeedReader
from newsdesk.pipeline.manners import HostBusyError
from newsdesk.pipeline.take_in import Taken, take_in
from newsdesk.services import Services

_FEW = 10  # stories that a sitemap may bring whatever the estimate says
_ROOM = 2  # times the estimate


async def back_fill(reader: FeedReader, feed: Feed, newest: ParsedFeed, url: str) -> int:
    """Take in the pages that lie before `newest`, the document at `url`, until one reaches what was known.

    Returns the number of entries found. The gap stays open where the site has no time for us now: the next poll tries
    again. A page that cannot be had ends the search, for the older ones hang on it.
    """
    services = reader.services
    found, visited, page, taken, end = 0, [url], newest, Taken(), ""
    while True:
        step = next_page(visited, page, overlap=taken.overlap)
        if step.url is None or not feed.options.back_fill:
            end = end or (step.way.value if feed.options.back_fill else "the watchlist says not to look")
            break
        try:
            page = await reader.page(feed, step.url)
        except HostBusyError:
            return found
        except (FetchError, WorkerError, ExtractError, ValueError) as error:
            end = str(error)
            break
        visited.append(step.url)
        taken = await asyncio.to_thread(_take, services, feed, page, step.url)
        found += taken.new
    if feed.options.back_fill and step.way not in (Way.REACHED, Way.ENOUGH):
        more, told = await _from_sitemap(reader, feed, url)
        found, end = found + more, f"{end}; {told}"
    await asyncio.to_thread(_close, services, feed, found, pages=len(visited) - 1, end=end)
    return found


async def _from_sitemap(reader: FeedReader, feed: Feed, url: str) -> tuple[int, str]:
    """Take in what the news sitemap of the site has of the gap's time; how much that was, and what is to be told.

    A sitemap speaks for the whole site: where it has much more than the feed can have missed, it is of other sections.
    """
    services = reader.services
    with services.ledger.read() as connection:
        gap = events.open_gap(connection, feed.id)
    if gap is None or gap.event.since is None:
        return 0, "no sitemap was looked for"
    try:
        sitemap = await reader.news_sitemap(feed, url)
    except (HostBusyError, FetchError, WorkerError, ExtractError, ValueError) as error:
        return 0, f"the news sitemap cannot be had: {error}"
    if sitemap is None:
        return 0, "the site names no news sitemap"
    since, until = gap.event.since, gap.event.until or services.clock()
    entries = tuple(entry for entry in sitemap.entries if entry.published and since <= entry.published <= until)
    most = max(_FEW, _ROOM * (gap.event.missed or 0.0))
    if len(entries) > most:
        return 0, f"the news sitemap has {len(entries)} stories of that time, those of other sections too"
    taken = await asyncio.to_thread(_take, services, feed, replace(sitemap, entries=entries), url)
    return taken.new, f"{taken.new} from the news sitemap"


def _take(services: Services, feed: Feed, page: ParsedFeed, url: str) -> Taken:
    now = services.clock()
    with services.ledger.write() as connection:
        gap = events.open_gap(connection, feed.id)
        since = gap.event.since if gap else feed.last_success_at
        taken = take_in(connection, services, feed, page, via=Via.BACK_FILL, since=since)
        result = PollResult(
            started_at=now,
            finished_at=now,
            outcome=Done(),
            final_url=url,
            entries_seen=len(page.entries),
            entries_new=taken.new,
            via=Via.BACK_FILL,
        )
        add_poll(connection, feed.id, result)
    return taken


def _close(services: Services, feed: Feed, found: int, *, pages: int, end: str) -> None:
    with services.ledger.write() as connection:
        events.close_gaps(connection, feed.id, found)
        if pages or found:
            told = f"{found} entries; {pages} older pages were read, then: {end}"
            event = FeedEvent(kind=FeedEventKind.BACK_FILL, detail=told, found=found)
            events.add(connection, feed.id, (event,), services.clock())
