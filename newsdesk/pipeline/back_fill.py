"""back-fill: where entries may have come and gone unseen, the feed's older pages are asked for."""

import asyncio

from extractors import ParsedFeed
from newsdesk.errors import FetchError, WorkerError
from newsdesk.intake import next_page
from newsdesk.ledger import events
from newsdesk.ledger.feeds import Feed, PollResult, add_poll
from newsdesk.model import Done, FeedEvent, FeedEventKind, Via
from newsdesk.pipeline.feed_reader import FeedReader
from newsdesk.pipeline.manners import HostBusyError
from newsdesk.pipeline.take_in import Taken, take_in
from newsdesk.services import Services


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
        except (FetchError, WorkerError, ValueError) as error:
            end = str(error)
            break
        visited.append(step.url)
        taken = await asyncio.to_thread(_take, services, feed, page, step.url)
        found += taken.new
    await asyncio.to_thread(_close, services, feed, found, pages=len(visited) - 1, end=end)
    return found


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
        if pages:
            told = f"{found} entries on {pages} older pages; then: {end}"
            event = FeedEvent(kind=FeedEventKind.BACK_FILL, detail=told, found=found)
            events.add(connection, feed.id, (event,), services.clock())
