"""poll: ask the feeds that are due, store what is new. One feed's failure is that feed's alone."""

import asyncio
import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime

from extractors import ExtractError, ParsedFeed, parse_feed
from newsdesk.errors import FetchError, WorkerError
from newsdesk.fetch import Fetched, Fetcher
from newsdesk.intake import EntryIntent, decide, identities
from newsdesk.ledger import Connection, Lease, entries, feeds, leases, tables
from newsdesk.ledger.clock import settle_clock
from newsdesk.ledger.feeds import Feed, PollResult, Validators
from newsdesk.model import Counts, Done, Outcome, Reason, Retry, Stage
from newsdesk.pipeline.manners import HostBusyError, Manners
from newsdesk.pipeline.step import LeaseLostError, Tally, refused, retry, under_way
from newsdesk.pipeline.topics import follow_topics
from newsdesk.schedule import (
    LONGEST_RETRY_AFTER,
    Rhythm,
    interval_after_failure,
    interval_after_success,
    server_floor,
    spread,
)
from newsdesk.services import Services
from newsdesk.workers import DocumentWorkers

log = logging.getLogger("newsdesk")

_FOR_GOOD = (301, 308)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What a server gave: a document, or the news that it has not changed (`parsed` None)."""

    fetched: Fetched
    reason: Reason | None
    body_hash: str | None
    parsed: ParsedFeed | None


def poll(services: Services, *, limit: int | None = None) -> Counts:
    """Poll every feed of the watchlist that is due; new and changed entries wait for collection then."""
    with services.ledger.write() as connection:
        back = settle_clock(connection, services.clock())
        feeds.sync(connection, services.watchlist.feeds, services.clock())
    if back:
        log.warning("the clock went back by %s: what was put off is due now", back)
    follow_topics(services)  # so that under Airflow, too, a changed topic waits within a minute
    tally = Tally("poll")

    async def run() -> None:
        with services.open_workers() as workers:
            async with services.open_fetcher() as fetcher:
                visit = _Visit(
                    services=services, tally=tally, fetcher=fetcher, manners=Manners(services), workers=workers
                )
                await under_way(services, feeds.claim_due, visit.one, limit=limit)

    asyncio.run(run())
    return tally.counts()


def hasten(services: Services) -> int:
    """Make every feed due now, but for those whose server told us to wait; returns how many."""
    with services.ledger.write() as connection:
        feeds.sync(connection, services.watchlist.feeds, services.clock())
        return feeds.hasten(connection, services.clock())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    services: Services
    tally: Tally
    fetcher: Fetcher
    manners: Manners
    workers: DocumentWorkers

    async def one(self, lease: Lease, feed: Feed) -> Outcome:
        started = self.services.clock()
        try:
            await self.manners.wait_for_slot(feed.fetch_url)
            started = self.services.clock()
            answer = await self._ask(feed)
            self.services.failpoint("poll.worked")
            outcome = await asyncio.to_thread(self._store, lease, feed, started, answer)
        except HostBusyError as error:
            busy = Retry(at=error.at, reason=Reason.HOST_BUSY, counts=False)
            outcome = await asyncio.to_thread(self._postpone, lease, feed, busy)
        except Exception as error:
            outcome = await asyncio.to_thread(self._fail, lease, feed, started, error)
        self.services.failpoint("poll.recorded")
        return outcome

    async def _ask(self, feed: Feed) -> _Answer:
        request = self.fetcher.get(feed.fetch_url, etag=feed.etag, last_modified=feed.last_modified, accept="feed")
        fetched = await self.manners.heed(feed.fetch_url, request)
        if fetched.status == 304:  # noqa: PLR2004 - RFC 9110 §15.4.5
            return _Answer(fetched=fetched, reason=Reason.NOT_MODIFIED, body_hash=feed.body_hash, parsed=None)
        body_hash = hashlib.sha256(fetched.body).hexdigest()
        if body_hash == feed.body_hash:
            return _Answer(fetched=fetched, reason=Reason.UNCHANGED, body_hash=body_hash, parsed=None)
        parsed = await self.workers.run(
            parse_feed,
            fetched.body,
            fetched.final_url,
            content_type=fetched.content_type,
            day_first=feed.day_first,
            default_zone=feed.default_zone,
            now=self.services.clock(),
        )
        if parsed.not_a_feed_reason is not None:
            raise FetchError(parsed.not_a_feed_reason, reason=Reason.NOT_A_FEED, status=fetched.status)
        return _Answer(fetched=fetched, reason=None, body_hash=body_hash, parsed=parsed)

    def _store(self, lease: Lease, feed: Feed, started: datetime, answer: _Answer) -> Outcome:
        """Entries, validators and next time in one transaction: a crash before it fetches again and loses nothing."""
        now = self.services.clock()
        outcome = Done(reason=answer.reason, detail=_remarks(answer))
        held, written = True, 0
        try:
            with self.services.ledger.write() as connection:
                intents = _store_entries(connection, feed, answer.parsed, now)
                result = _result(answer, outcome, intents, started=started, now=now)
                written = len(intents)
                interval = self._interval(feed, answer, result, now)
                if not feeds.record_success(
                    connection,
                    lease,
                    result,
                    interval=interval,
                    next_at=now + spread(interval, self.services.chance()),
                    validators=_validators(answer),
                ):
                    raise LeaseLostError
        except LeaseLostError:
            held = False
        self.tally.settle(outcome, held=held, subject=feed.url)
        self.tally.produced += written if held else 0
        return outcome

    def _interval(self, feed: Feed, answer: _Answer, result: PollResult, now: datetime) -> int:
        ttl = answer.parsed.ttl_seconds if answer.parsed else None
        return interval_after_success(
            _rhythm(feed),
            self.services.poll_limits,
            new=result.entries_new,
            seen=result.entries_seen,
            floor=server_floor(answer.fetched.headers, ttl, now),
        )

    def _fail(self, lease: Lease, feed: Feed, started: datetime, error: Exception) -> Outcome:
        """Note what went wrong and when to ask again; what concerns the whole step goes on."""
        now, reason, detail = self.services.clock(), *_cause(error)
        if reason is Reason.WORKER_FAILED:
            later = retry(self.services, attempts=1, reason=reason, detail=detail, counts=False)
            return self._postpone(lease, feed, later)
        at = now + spread(interval_after_failure(_rhythm(feed), self.services.poll_limits), self.services.chance())
        if isinstance(error, FetchError) and error.retry_at is not None:
            at = max(at, min(error.retry_at, now + LONGEST_RETRY_AFTER))
        outcome = Retry(at=at, reason=reason, detail=detail)
        status = error.status if isinstance(error, FetchError) else None
        result = PollResult(started_at=started, finished_at=now, outcome=outcome, status=status)
        with self.services.ledger.write() as connection:
            held = feeds.record_failure(connection, lease, result, failures=feed.failures + 1)
        self.tally.settle(outcome, held=held, subject=feed.url)
        return outcome

    def _postpone(self, lease: Lease, feed: Feed, outcome: Outcome) -> Outcome:
        """Another try for a feed that is not to blame: no poll is noted."""
        with self.services.ledger.write() as connection:
            held = leases.record(connection, tables.feeds, lease, outcome, next_stage=Stage.POLL, next_due=None)
        self.tally.settle(outcome, held=held, subject=feed.url)
        return outcome


def _cause(error: Exception) -> tuple[Reason, str]:
    match error:
        case FetchError() | WorkerError():
            return Reason(error.reason), str(error)
        case ExtractError():
            return Reason.NOT_A_FEED, str(error)
        case _:
            defect = refused(error)
            return defect.reason, defect.detail


def _store_entries(
    connection: Connection, feed: Feed, parsed: ParsedFeed | None, now: datetime
) -> tuple[EntryIntent, ...]:
    """Write what is new or changed; returns it."""
    if parsed is None:
        return ()
    names = [name for _, name in identities(parsed)]
    intents = decide(feed.id, parsed, entries.known(connection, feed.id, names))
    entries.store(connection, feed.id, intents, now)
    return intents


def _result(
    answer: _Answer, outcome: Outcome, intents: tuple[EntryIntent, ...], *, started: datetime, now: datetime
) -> PollResult:
    new = sum(intent.version == 1 for intent in intents)
    return PollResult(
        started_at=started,
        finished_at=now,
        outcome=outcome,
        status=answer.fetched.status,
        final_url=answer.fetched.final_url,
        size=len(answer.fetched.body),
        entries_seen=len(answer.parsed.entries) if answer.parsed else 0,
        entries_new=new,
        entries_changed=len(intents) - new,
    )


def _remarks(answer: _Answer) -> str:
    """What a person should know of a poll that went well: the feed moved for good, the document is damaged."""
    moved = [hop for hop in answer.fetched.redirects if hop.status in _FOR_GOOD]
    remarks = [f"moved for good to {answer.fetched.final_url}"] if moved else []
    if answer.parsed is not None and answer.parsed.bozo_reason:
        remarks.append(f"damaged: {answer.parsed.bozo_reason}")
    return "; ".join(remarks)


def _rhythm(feed: Feed) -> Rhythm:
    return Rhythm(interval=feed.interval_seconds, fixed=feed.every_seconds, failures=feed.failures)


def _validators(answer: _Answer) -> Validators | None:
    """None for a 304; none are stored for a document that was cut off: the rest must come yet."""
    if answer.fetched.status == 304:  # noqa: PLR2004 - RFC 9110 §15.4.5
        return None
    if answer.parsed is not None and answer.parsed.truncated:
        return Validators(etag=None, last_modified=None, body_hash=None)
    fetched = answer.fetched
    return Validators(etag=fetched.etag, last_modified=fetched.last_modified, body_hash=answer.body_hash)
