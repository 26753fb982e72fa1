"""The policies that poll the simulated feeds: our schedule, and a timer of fixed length."""

import heapq
import random
import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bench.simulated_documents import decide_on
from bench.simulated_feeds import DAY, HOUR, Episode, Kind, SimulatedFeed, instant, refusal_headers
from newsdesk.fetch.failures import status_failure
from newsdesk.model import FeedEventKind, Reason
from newsdesk.schedule import (
    Gone,
    Interval,
    Move,
    PollLimits,
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
from newsdesk.settings import Settings

STOPS = ((10 * DAY, 10 * DAY + 2 * HOUR), (20 * DAY, 20 * DAY + 2 * HOUR))
_SPACING = Settings().spacing_seconds
_PACE = Settings().fetch_concurrency  # starts a second, by all processes: what is overdue after a stop comes in a row
_MEMORY = 50
_SAMPLE = 0.01  # of the documents goes through intake, beside all that seem to share nothing with the last
_LIMITS = PollLimits(
    minimum=Settings().poll_minimum_seconds,
    default=Settings().poll_default_seconds,
    maximum=Settings().poll_maximum_seconds,
)


@dataclass(slots=True)
class Account:
    """What came of the feeds of one kind under one policy."""

    requests: int = 0
    found: int = 0
    lost: Counter[str] = field(default_factory=Counter)  # why: "policy", "asked", "away"
    delays: "array[float]" = field(default_factory=lambda: array("f"))  # seconds


@dataclass(slots=True)
class Report:
    """What came of one policy."""

    name: str
    accounts: dict[Kind, Account] = field(default_factory=lambda: defaultdict(Account))
    rude: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    busiest_second: int = 0
    cpu: float = 0.0

    def total(self, of: Callable[[Account], float]) -> float:
        """Over all kinds."""
        return sum(of(account) for account in self.accounts.values())


def _found(account: Account, feed: SimulatedFeed, known: int, published: int, *, at: float) -> int:
    """Count what a poll finds; returns how many entries rolled out unseen since entry number `known`."""
    first = max(known, published - feed.window)
    for number in range(first, published):
        if feed.times[number] >= 0:
            account.found += 1
            account.delays.append(at - feed.times[number])
    return sum(feed.times[number] >= 0 for number in range(known, first))


def _is_stopped(begin: float, end: float) -> bool:
    return any(begin < stop_end and end > stop for stop, stop_end in STOPS)


class _Starts:
    """Counts requests that start in one second: of one domain, and of all."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._last: dict[str, int] = {}
        self._second, self._many = -1, 0

    def note(self, domain: str, at: float) -> None:
        """One request; instants ascend."""
        second = int(at)
        if self._last.get(domain) == second:
            self._report.rude["same-second starts"] += 1
        self._last[domain] = second
        self._many = self._many + 1 if second == self._second else 1
        self._second = second
        self._report.busiest_second = max(self._report.busiest_second, self._many)


@dataclass(slots=True)
class _Watched:
    """What our ledger knows of a feed."""

    feed: SimulatedFeed
    interval: Interval | None = None
    failures: int = 0
    failing_since: datetime | None = None
    retry_at: datetime | None = None
    seen_at: float = 0.0  # when the document was read last
    known: int | None = None  # entries with lower numbers are known; None before the first document
    arrivals: tuple[datetime, ...] = ()
    has_validators: bool = False
    was_migrated: bool = False
    gone: Gone = field(default_factory=Gone)
    move: Move = field(default_factory=Move)
    has_moved: bool = False  # the target is asked now


class OurSchedule:
    """The pure functions, with a ledger in memory."""

    def __init__(self, feeds: Sequence[SimulatedFeed], *, seed: int, days: int) -> None:
        self.report = Report("ours")
        self._chance = random.Random(seed)
        self._end = days * DAY
        self._watched = [_Watched(feed) for feed in feeds]
        self._free: dict[str, float] = {}  # by domain: when the next request may start
        self._resumed: Counter[float] = Counter()  # by end of a stop: feeds that were due in it
        self._starts = _Starts(self.report)

    def run(self) -> Report:
        """All feeds from the first to the last day."""
        began = time.process_time()
        due = [(number * 0.2, number) for number in range(len(self._watched))]
        while due and due[0][0] < self._end:
            at, number = heapq.heappop(due)
            watched = self._watched[number]
            later = self._put_off(watched, at)
            then = self._poll(watched, at) if later is None else later
            if then is not None:
                heapq.heappush(due, (then, number))
        self.report.cpu = time.process_time() - began
        return self.report

    def _put_off(self, watched: _Watched, at: float) -> float | None:
        for stop, end in STOPS:
            if stop <= at < end:
                self._resumed[end] += 1
                return end + self._resumed[end] / _PACE
        domain = watched.feed.domain
        free = self._free.get(domain, 0.0)
        if free > at:
            return free
        self._free[domain] = at + _SPACING
        return None

    def _poll(self, watched: _Watched, at: float) -> float | None:
        """One request; returns when to ask again, None for a retired feed."""
        feed, now = watched.feed, instant(at)
        self._starts.note(feed.domain, at)
        self.report.accounts[feed.kind].requests += 1
        if watched.retry_at is not None and now < watched.retry_at:
            self.report.rude["before Retry-After"] += 1
        episode = feed.episode(at)
        if episode is not None and episode.target and watched.has_moved:
            episode = None  # the target is asked itself
        if episode is None or (episode.target and episode.is_feed):
            pause = self._succeed(watched, at, episode)
        else:
            pause = self._fail(watched, at, episode)
        if is_retired(watched.gone, now):
            self.report.events["retired" if episode and episode.end >= self._end else "retired wrongly"] += 1
            return None
        return at + pause.total_seconds()

    def _succeed(self, watched: _Watched, at: float, episode: Episode | None) -> timedelta:
        feed, now = watched.feed, instant(at)
        published = feed.published(at)
        is_first = watched.known is None
        known = max(published - feed.window, 0) if watched.known is None else watched.known
        new = min(published - known, feed.window)
        is_migrated = feed.migrated_at is not None and at >= feed.migrated_at and not watched.was_migrated
        unchanged = new == 0 and not is_first and not is_migrated
        if not is_first and feed.has_validators and not watched.has_validators:
            self.report.rude["unconditional"] += 1
        held = min(published, feed.window)
        overlap = None if is_first or unchanged else 1 - new / held
        self._judge(watched, at, known, published, is_migrated=is_migrated)
        if new:
            instants = [instant(feed.times[number]) for number in range(published - new, published)]
            watched.arrivals = (*watched.arrivals, *instants)[-_MEMORY:]
        self._follow(watched, episode, now, 1.0 if unchanged else overlap)
        success = Success(
            now=now,
            arrivals=watched.arrivals,
            new=0 if is_first else new,
            seen=0 if unchanged else held,
            window=held,
            overlap=overlap,
            has_validators=feed.has_validators,
            is_first=is_first,
            floor=server_floor(feed.headers, feed.ttl, now),
        )
        watched.interval = interval_after_success(self._rhythm(watched), _LIMITS, success)
        watched.failures, watched.failing_since, watched.retry_at, watched.seen_at = 0, None, None, at
        watched.known, watched.has_validators, watched.gone = published, feed.has_validators, Gone()
        watched.was_migrated = watched.was_migrated or is_migrated
        return spread(watched.interval.seconds, self._chance.random())

    def _judge(self, watched: _Watched, at: float, known: int, published: int, *, is_migrated: bool) -> None:
        """Count what was found and lost, and whether intake tells the loss and takes the rest for what it is."""
        feed, events = watched.feed, self.report.events
        account = self.report.accounts[feed.kind]
        lost = _found(account, feed, known, published, at=at)
        if lost:
            account.lost[self._fault(watched, at)] += lost
        has_no_overlap = published - known >= feed.window
        if not (has_no_overlap or is_migrated or self._chance.random() < _SAMPLE) or watched.known is None:
            return
        numbers = range(max(published - feed.window, 0), published)
        decision = decide_on(feed, numbers, known=known, at=at, last_seen=watched.seen_at, is_migrated=is_migrated)
        kinds = {event.kind for event in decision.events}
        told = FeedEventKind.GAP in kinds
        if lost or told:
            events["gaps found" if lost and told else "gaps missed" if lost else "gaps told in vain"] += 1
            events["entries lost in gaps"] += lost
            events["entries lost in gaps, by estimate"] += sum(round(event.missed or 0) for event in decision.events)
        if is_migrated:
            events["migrations known as such" if FeedEventKind.GUID_MIGRATION in kinds else "migrations missed"] += 1
        events["documents read by intake"] += 1
        fresh = sum(intent.version == 1 for intent in decision.intents)
        events["documents read otherwise"] += fresh != min(published - known, len(numbers))

    def _fault(self, watched: _Watched, at: float) -> str:
        if watched.failures or _is_stopped(watched.seen_at, at):
            return "away"
        return "asked" if watched.interval and " asks for " in watched.interval.why else "policy"

    def _follow(self, watched: _Watched, episode: Episode | None, now: datetime, overlap: float | None) -> None:
        hops = [(episode.status, watched.feed.name)] if episode else []
        watched.move = moved_again(watched.move, hops, episode.target if episode else "", now, overlap=overlap)
        if episode and is_lasting(watched.move, now) and not is_refused(watched.move):
            watched.has_moved = True
            lasts = episode.end >= self._end and episode.status == 301
            self.report.events["moves followed" if lasts else "moves followed wrongly"] += 1

    def _fail(self, watched: _Watched, at: float, episode: Episode) -> timedelta:
        now, retry_at = instant(at), None
        if episode.target:
            reason = Reason.NOT_A_FEED
            self._follow(watched, episode, now, None)
        else:
            error = status_failure(watched.feed.name, episode.status, refusal_headers(episode, at), now)
            reason, retry_at = Reason(error.reason), error.retry_at
        if reason is Reason.GONE:
            watched.gone = gone_again(watched.gone, now)
        pause = interval_after_failure(
            self._rhythm(watched), _LIMITS, reason=reason, failing_since=watched.failing_since, now=now
        )
        watched.failures += 1
        watched.failing_since = watched.failing_since or now
        watched.retry_at = retry_at
        return as_asked(now + spread(pause.seconds, self._chance.random()), retry_at, now) - now

    @staticmethod
    def _rhythm(watched: _Watched) -> Rhythm:
        interval = watched.interval.seconds if watched.interval else None
        return Rhythm(interval=interval, fixed=None, failures=watched.failures)


class FixedTimer:
    """Every feed each so many minutes, conditionally, whatever its server says; stopped while the system is."""

    def __init__(self, feeds: Sequence[SimulatedFeed], *, minutes: int, days: int) -> None:
        self.report = Report(f"{minutes} min")
        self._feeds = feeds
        self._seconds = minutes * 60.0
        self._ticks = [
            at
            for number in range(int(days * DAY / self._seconds))
            if not any(stop <= (at := number * self._seconds) < end for stop, end in STOPS)
        ]

    def run(self) -> Report:
        """All feeds from the first to the last day."""
        began = time.process_time()
        for feed in self._feeds:
            self._follow(feed, self.report.accounts[feed.kind])
        domains = Counter(feed.domain for feed in self._feeds)
        self.report.rude["same-second starts"] = sum(many - 1 for many in domains.values()) * len(self._ticks)
        self.report.busiest_second = len(self._feeds)
        self.report.cpu = time.process_time() - began
        return self.report

    def _follow(self, feed: SimulatedFeed, account: Account) -> None:
        known, last, fault, closed_until = max(feed.published(0.0) - feed.window, 0), 0.0, "policy", 0.0
        for at in self._ticks:
            account.requests += 1
            if at < closed_until:
                self.report.rude["before Retry-After"] += 1
            episode = feed.episode(at)
            if episode is not None and not (episode.target and episode.is_feed):
                fault = "away"
                if episode.waits:
                    closed_until = max(closed_until, min(episode.end, at + 2 * HOUR))
                continue
            published = feed.published(at)
            if published > known:
                lost = _found(account, feed, known, published, at=at)
                if lost:
                    account.lost["away" if _is_stopped(last, at) else fault] += lost
                known = published
            last, fault = at, "policy"
