"""poll: ask the feeds that are due, store what is new. One feed's failure is that feed's alone."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from extractors import ExtractError
from newsdesk.errors import FetchError, LedgerError, WorkerError
from newsdesk.ledger import Connection, Lease, events, feeds, leases, subscriptions, tables
from newsdesk.ledger.clock import settle_clock
from newsdesk.ledger.feeds import Feed, Hastened, NextPoll, Polled, PollResult, Standing, Trouble, Validators
from newsdesk.model import Counts, Done, Dropped, FeedEvent, FeedEventKind, Outcome, Reason, Retry, Stage, Via, redacted
from newsdesk.pipeline.back_fill import back_fill
from newsdesk.pipeline.feed_reader import Answer, FeedReader
from newsdesk.pipeline.gathering import Gathering
from newsdesk.pipeline.manners import HostBusyError, Manners, RobotsBook
from newsdesk.pipeline.step import Tally, refused, retry, under_way
from newsdesk.pipeline.take_in import Taken, WholeDocumentNeededError, take_in, told_by
from newsdesk.pipeline.topics import follow_topics
from newsdesk.schedule import (
    Move,
    Rhythm,
    Success,
    as_asked,
    gone_again,
    interval_after_failure,
    interval_after_success,
    is_lasting,
    is_refused,
    is_retired,
    moved_again,
    server_floor,
    spread,
)
from newsdesk.services import Services

log = logging.getLogger("newsdesk")


def poll(services: Services, *, limit: int | None = None) -> Counts:
    """Poll every feed of the watchlist that is due; new and changed entries wait for collection then."""
    with services.ledger.write() as connection:
        back = settle_clock(connection, services.clock())
        feeds.sync(connection, services.watchlist.feeds, services.clock(), digest=services.watchlist.digest)
    if back:
        log.warning("the clock went back by %s: what was put off is due now", back)
    follow_topics(services)  # so that under Airflow, too, a changed topic waits within a minute
    tally = Tally("poll")

    async def run() -> None:
        with services.open_workers() as workers:
            async with services.open_fetcher() as fetcher:
                manners = Manners(services, fetcher)
                robots = RobotsBook(services=services, fetcher=fetcher, manners=manners)
                reader = FeedReader(services=services, fetcher=fetcher, manners=manners, robots=robots, workers=workers)
                visit = _Visit(services=services, tally=tally, reader=reader)
                await under_way(services, feeds.claim_due, visit.one, limit=limit)

    asyncio.run(run())
    return tally.counts()


def hasten(services: Services) -> Hastened:
    """Make every feed due now, but for those whose server asked us not to come before."""
    with services.ledger.write() as connection:
        feeds.sync(connection, services.watchlist.feeds, services.clock(), digest=services.watchlist.digest)
        return feeds.hasten(connection, services.clock())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    """A feed that gave an answer, to be recorded."""

    lease: Lease
    feed: Feed
    answer: Answer
    started: datetime


_Stored = tuple[Outcome, Taken | None]  # None: the lease was lost


class _Visit:
    """The polls of one step. Those that go well are recorded together: a quiet feed costs hardly more than a row."""

    def __init__(self, *, services: Services, tally: Tally, reader: FeedReader) -> None:
        self.services = services
        self.tally = tally
        self.reader = reader
        self._answered = Gathering(self._store_all)

    async def one(self, lease: Lease, feed: Feed) -> Outcome:
        started, taken = self.services.clock(), None
        try:
            await self.reader.ready(feed, feed.fetch_url)
            started = self.services.clock()
            answer = await self.reader.ask(feed)
            self.services.failpoint("poll.worked")
            answered = _Answered(lease=lease, feed=feed, answer=answer, started=started)
            try:
                outcome, taken = await self._answered.ask(answered)
            except WholeDocumentNeededError:
                answer = await self.reader.again(feed, answer)
                outcome, taken = await self._answered.ask(replace(answered, answer=answer))
        except HostBusyError as error:
            busy = Retry(at=error.at, reason=Reason.HOST_BUSY, counts=False)
            outcome = await asyncio.to_thread(self._postpone, lease, feed, busy)
        except Exception as error:
            outcome = await asyncio.to_thread(self._fail, lease, feed, started, error)
        self.services.failpoint("poll.recorded")
        if taken is not None:
            await self._close_gap(feed, answer, taken)
        return outcome

    def _store_all(self, answered: Sequence[_Answered]) -> list[_Stored | Exception]:
        """All in one transaction; where a row is refused, each in its own, so that one feed's fault is its alone."""
        try:
            stored = self._store_together(answered)
        except Exception as error:
            refused(error)  # what concerns the whole step goes on
            if len(answered) == 1:
                return [error]
            return [result for one in answered for result in self._store_all([one])]
        for one, result in zip(answered, stored, strict=True):
            if not isinstance(result, Exception):
                self._settle(one, *result)
        return stored

    def _store_together(self, answered: Sequence[_Answered]) -> list[_Stored | Exception]:
        """Entries, validators and next time at once: a crash before it fetches again and loses nothing."""
        stored: list[_Stored | Exception] = []
        polled: list[Polled] = []
        with self.services.ledger.write() as connection:
            held = leases.hold(connection, tables.feeds, [one.lease for one in answered])
            for one in answered:
                if one.lease.token not in held:
                    stored.append((Done(), None))
                    continue
                try:
                    poll = self._taken_in(connection, one)
                except LedgerError:
                    raise
                except Exception as error:
                    stored.append(error)
                    continue
                outcome = Done(reason=one.answer.reason, detail=poll.remarks())
                stored.append((outcome, poll.taken))
                polled.append(self._polled(one.lease, poll, outcome))
            feeds.record_successes(connection, polled)
        return stored

    def _taken_in(self, connection: Connection, one: _Answered) -> "_Poll":
        if one.answer.parsed is None:
            return self._noted(connection, one, Taken())
        with self.services.ledger.part(connection):
            taken = take_in(connection, self.services, one.feed, one.answer.parsed, via=Via.POLL)
            return self._noted(connection, one, taken)

    def _noted(self, connection: Connection, one: _Answered, taken: Taken) -> "_Poll":
        feed, now = one.feed, self.services.clock()
        poll = _Poll(feed=feed, answer=one.answer, taken=taken, started=one.started, now=now)
        if feed.is_subscribed:
            subscriptions.note_poll(connection, feed.id, new=taken.new, polled_before=feed.last_polled_at, now=now)
        events.add(connection, feed.id, poll.standing()[1], now)
        return poll

    def _polled(self, lease: Lease, poll: "_Poll", outcome: Done) -> Polled:
        return Polled(
            lease=lease,
            outcome=outcome,
            result=poll.result(outcome),
            next_poll=self._next(poll),
            standing=poll.standing()[0],
        )

    def _settle(self, one: _Answered, outcome: Outcome, taken: Taken | None) -> None:
        self.tally.settle(outcome, held=taken is not None, subject=one.feed.url)
        self.tally.produced += taken.new + taken.changed if taken else 0

    def _next(self, poll: "_Poll") -> NextPoll:
        interval = interval_after_success(_rhythm(poll.feed), self.services.poll_limits, poll.success())
        at = poll.now + spread(interval.seconds, self.services.chance())
        return NextPoll(at=at, interval=interval.seconds, why=interval.why)

    async def _close_gap(self, feed: Feed, answer: Answer, taken: Taken) -> None:
        """Older pages are looked for when the poll is recorded: what they bring is more, and never in its way."""
        if answer.parsed is None or not (taken.has_gap or feed.has_open_gap):
            return
        try:
            found = await back_fill(self.reader, feed, answer.parsed, answer.fetched.final_url)
        except Exception as error:
            refused(error)  # what concerns the whole step goes on
            log.warning("poll %s: older pages cannot be taken in: %s", redacted(feed.url), error)
        else:
            self.tally.produced += found

    def _fail(self, lease: Lease, feed: Feed, started: datetime, error: Exception) -> Outcome:
        """Note what went wrong and when to ask again; what concerns the whole step goes on."""
        now, reason, detail = self.services.clock(), *_cause(error)
        if reason is Reason.WORKER_FAILED:
            later = retry(self.services, attempts=1, reason=reason, detail=detail, counts=False)
            return self._postpone(lease, feed, later)
        gone = gone_again(feed.gone, now) if reason is Reason.GONE else feed.gone
        interval = interval_after_failure(
            _rhythm(feed), self.services.poll_limits, reason=reason, failing_since=feed.failing_since, now=now
        )
        asked = error.retry_at if isinstance(error, FetchError) else None
        not_before = as_asked(now, asked, now) if asked is not None else None
        at = now + spread(interval.seconds, self.services.chance())
        outcome: Outcome = Retry(at=max(at, not_before or at), reason=reason, detail=detail)
        if is_retired(gone, now):
            outcome = Dropped(
                reason=reason, detail=f"{detail}: said {gone.seen} times since {gone.since:%Y-%m-%d %H:%M}"
            )
        trouble = Trouble(
            failures=feed.failures + 1,
            failing_since=feed.failing_since or now,
            gone=gone,
            why="the server asks us to wait" if not_before and not_before > at else interval.why,
            not_before=not_before,
            retired_at=now if isinstance(outcome, Dropped) else None,
        )
        self._record_failure(lease, feed, outcome, trouble, started=started, status=_status(error))
        return outcome

    def _record_failure(
        self, lease: Lease, feed: Feed, outcome: Outcome, trouble: Trouble, *, started: datetime, status: int | None
    ) -> None:
        now = self.services.clock()
        result = PollResult(started_at=started, finished_at=now, outcome=outcome, status=status)
        with self.services.ledger.write() as connection:
            held = feeds.record_failure(connection, lease, result, trouble=trouble)
            if held and trouble.retired_at is not None:
                told = FeedEvent(kind=FeedEventKind.RETIRED, detail=outcome.detail)
                events.add(connection, feed.id, (told,), now)
        self.tally.settle(outcome, held=held, subject=feed.url)

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


def _status(error: Exception) -> int | None:
    return error.status if isinstance(error, FetchError) else None


def _rhythm(feed: Feed) -> Rhythm:
    return Rhythm(interval=feed.interval_seconds, fixed=feed.options.every, failures=feed.failures)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Poll:
    """A poll that went well."""

    feed: Feed
    answer: Answer
    taken: Taken
    started: datetime
    now: datetime

    @property
    def move(self) -> Move:
        """Where permanent redirects lead, with this poll counted."""
        fetched = self.answer.fetched
        hops = [(hop.status, hop.url) for hop in fetched.redirects]
        overlap = self.taken.overlap if self.answer.parsed is not None else 1.0
        return moved_again(self.feed.move, hops, fetched.final_url, self.now, overlap=overlap)

    def success(self) -> Success:
        """What the time of the next poll depends on."""
        parsed, fetched = self.answer.parsed, self.answer.fetched
        ttl = parsed.ttl_seconds if parsed else self.feed.told.ttl_seconds
        return Success(
            now=self.now,
            arrivals=self.taken.arrivals or self.feed.arrivals,
            new=self.taken.new,
            seen=len(parsed.entries) + len(parsed.unchanged) if parsed else 0,
            window=self.feed.window,
            overlap=self.taken.overlap,
            has_validators=bool(fetched.etag or fetched.last_modified),
            is_first=self.feed.interval_seconds is None,
            is_pushed=self.feed.is_pushed,
            period=parsed.update_seconds if parsed else None,
            floor=server_floor(fetched.headers, ttl, self.now),
        )

    def result(self, outcome: Outcome) -> PollResult:
        """What is kept of it."""
        parsed, fetched = self.answer.parsed, self.answer.fetched
        return PollResult(
            started_at=self.started,
            finished_at=self.now,
            outcome=outcome,
            status=fetched.status,
            final_url=fetched.final_url,
            size=len(fetched.body),
            entries_seen=len(parsed.entries) + len(parsed.unchanged) if parsed else 0,
            entries_new=self.taken.new,
            entries_changed=self.taken.changed,
            overlap=self.taken.overlap,
        )

    def remarks(self) -> str:
        """What a person should know of it: the feed seems to have moved, the document is damaged."""
        told, parsed, move = [], self.answer.parsed, self.move
        if move.target is not None:
            told.append(f"moved for good to {move.target}" + (", which is another feed" if is_refused(move) else ""))
        if parsed is not None and parsed.bozo_reason:
            told.append(f"damaged: {parsed.bozo_reason}")
        return "; ".join(told)

    def standing(self) -> tuple[Standing, tuple[FeedEvent, ...]]:
        """What the feed is from now on, and what a person may want to know of that."""
        parsed, fetched, move = self.answer.parsed, self.answer.fetched, self.move
        happened, fetch_url = list[FeedEvent](), None
        has_credentials = redacted(self.feed.fetch_url) != self.feed.fetch_url  # they are for the host they name
        if is_lasting(move, self.now) and not has_credentials:
            fetch_url = fetched.final_url
            told = f"permanent redirects since {move.since:%Y-%m-%d}: polled at {fetch_url} from now on"
            happened.append(FeedEvent(kind=FeedEventKind.MOVED, detail=told))
            move = Move()
        differs = parsed.shadow_difference if parsed else None
        if differs:
            happened.append(FeedEvent(kind=FeedEventKind.PARSERS_DIFFER, detail=differs))
        standing = Standing(
            move=move,
            fetch_url=fetch_url,
            validators=_validators(self.answer),
            told=told_by(parsed, fetched.headers, fetched.final_url) if parsed else None,
            reader="feedparser" if differs else None,
            window_at=self.now if parsed is None or self.taken.has_window else None,
        )
        return standing, tuple(happened)


def _validators(answer: Answer) -> Validators | None:
    """None for a 304; none are stored for a document that was cut off: the rest must come yet."""
    if answer.fetched.status == 304:  # noqa: PLR2004 - RFC 9110 §15.4.5
        return None
    if answer.parsed is not None and answer.parsed.truncated:
        return Validators(etag=None, last_modified=None, body_hash=None)
    fetched = answer.fetched
    return Validators(etag=fetched.etag, last_modified=fetched.last_modified, body_hash=answer.body_hash)
