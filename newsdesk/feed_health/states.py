"""The state of a feed, from facts of the ledger: one word, a sentence that says why, and what a person can do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from newsdesk.feed_health.remedies import remedy_of
from newsdesk.feed_health.silence import Silence, is_quiet, judge_silence, knows_rhythm, rate_a_day
from newsdesk.feed_health.wording import show_age, show_minute, show_number
from newsdesk.model import Reason

LATELY = timedelta(days=7)  # gaps that are younger count
HICCUPS = 1  # failures in a row of a feed that worked before, and mean nothing

_GONE_AFTER = timedelta(days=7)  # of answers that say there is nothing
_LIMITED_AFTER, _LIMITED_TIMES = timedelta(days=1), 3  # how long a server may put us off before it means it
_MEND_THEMSELVES = timedelta(days=2)  # failures that are younger want nobody yet
_LOW_OVERLAP = 0.2
_NEAR_DEADLINE = 0.5  # share of the time that a request may take
_LEAST_DELAY = timedelta(minutes=15)  # behind its time before a feed is overdue

_SHUT = frozenset((Reason.FORBIDDEN, Reason.ROBOTS_DISALLOWED, Reason.ADDRESS_REFUSED, Reason.URL_REFUSED))
_SURE = _SHUT - {Reason.FORBIDDEN}  # decided by rules: a second try says the same
_NOTHING_THERE = frozenset((Reason.GONE, Reason.NOT_FOUND))


class FeedState(StrEnum):
    """How a feed is, worst first."""

    GONE = "gone"  # its server says that there is no such feed any more
    BLOCKED = "blocked"  # we may not have it
    FAILING = "failing"  # polls fail, and not only once
    SILENT = "silent"  # it can be read, and has had nothing new for longer than its rhythm makes believable
    SLOW = "slow"  # it works, but late, or entries slip through between two polls
    OK = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """What the ledger knows of a feed, as far as its state depends on it."""

    created_at: datetime
    outcome: str | None = None  # of the last poll; None: never polled
    reason: Reason | None = None
    detail: str = ""
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    retired_at: datetime | None = None
    not_before: datetime | None = None
    due_at: datetime | None = None
    interval: int | None = None  # seconds
    first_success_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    arrivals: Sequence[float] = ()  # publication instants, seconds since 1970, ascending
    hours_before: Collection[int] = ()  # since 1970, in which older entries arrived
    overlap: float | None = None  # share of the last document that was known before
    gaps: int = 0  # lately
    missed: float = 0.0  # entries in these gaps
    seconds: float | None = None  # that the answers take, at the median of the last ones
    deadline: float = 30.0  # seconds that an answer may take


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """A feed's state. Texts are for people."""

    state: FeedState
    why: str
    remedy: str = ""  # "" where there is nothing to do
    since: datetime | None = None
    needs_person: bool = False
    is_learning: bool = False  # its rhythm is not known yet: silence would be found late


def judge_feed(facts: FeedFacts, now: datetime) -> FeedHealth:
    """The worst that holds. A feed that was never polled is ok: nothing speaks against it."""
    if facts.retired_at is not None:
        why = f"retired {show_minute(facts.retired_at)}: its server says that it is gone for good (410)"
        remedy = f"{remedy_of(Reason.GONE)}; `newsdesk feeds revive` polls it again"
        return _trouble(FeedState.GONE, why, since=facts.retired_at, remedy=remedy)
    if facts.failures:
        failing = _failing(facts, facts.reason or Reason.UNEXPECTED, now)
        if failing is not None:
            return failing
    if facts.first_success_at is None and facts.last_success_at is None:
        return FeedHealth(state=FeedState.OK, why="not polled yet", is_learning=True)
    silence = _silence(facts, facts.last_success_at or now)
    return silence or _slow(facts, now) or _well(facts)


# ------------------------------------------------------------------ it does not answer as it should


def _failing(facts: FeedFacts, reason: Reason, now: datetime) -> FeedHealth | None:
    """None where it is but a hiccup."""
    since = facts.failing_since or facts.created_at
    lasts = now - since
    never_read = facts.first_success_at is None and facts.last_success_at is None
    is_hiccup = facts.failures <= HICCUPS and not never_read
    why = f"{reason.value}, {_times(facts.failures)}" + (f": {facts.detail}" if facts.detail else "")
    remedy = remedy_of(reason)
    if reason in _SURE or (reason in _SHUT and not is_hiccup):
        return _trouble(FeedState.BLOCKED, why, since=since, remedy=remedy)
    if reason is Reason.RATE_LIMITED:
        return _limited(facts, why, lasts=lasts, since=since)
    if is_hiccup:
        return None
    if reason in _NOTHING_THERE and lasts >= _GONE_AFTER:
        return _trouble(FeedState.GONE, why, since=since, remedy=remedy)
    urgent = never_read or lasts >= _MEND_THEMSELVES
    return _trouble(FeedState.FAILING, why, since=since, remedy=remedy, needs_person=urgent)


def _limited(facts: FeedFacts, why: str, *, lasts: timedelta, since: datetime) -> FeedHealth:
    remedy = remedy_of(Reason.RATE_LIMITED)
    if facts.failures >= _LIMITED_TIMES and lasts >= _LIMITED_AFTER:
        return _trouble(FeedState.BLOCKED, why, since=since, remedy=remedy)
    until = f" until {show_minute(facts.not_before)}" if facts.not_before else ""
    waits = f"its server asks us to wait{until}"
    return _trouble(FeedState.SLOW, waits, since=since, remedy="nothing: it is asked again then", needs_person=False)


def _times(failures: int) -> str:
    return "once" if failures == 1 else f"{failures} times in a row"


# ------------------------------------------------------------------ it answers, and something is wrong


def _heard_at(facts: FeedFacts) -> datetime | None:
    """When it last had something new, as far as that says more than the dates of its entries: not at first sight."""
    first, last = facts.first_success_at, facts.last_new_at
    return last if last is not None and (first is None or last > first or not facts.arrivals) else None


def _silence(facts: FeedFacts, asked: datetime) -> FeedHealth | None:
    """None where it speaks. `asked`: when it was last read; a quiet of ours is none of the feed's."""
    if facts.arrivals and not is_quiet(facts.arrivals, asked):
        return None
    silence = judge_silence(
        facts.arrivals,
        before=facts.hours_before,
        watched_since=facts.first_success_at or facts.created_at,
        heard_at=_heard_at(facts),
    )
    return _silent(silence, asked) if asked >= silence.until else None


def _silent(silence: Silence, asked: datetime) -> FeedHealth:
    if silence.since is None:
        why = "it can be read, and never had an entry"
    else:
        why = f"nothing new since {show_minute(silence.since)}, {show_age(asked - silence.since)} ago"
        if silence.a_day is not None:
            why += f"; before, {show_number(silence.a_day)} a day, and a quiet until {show_minute(silence.until)}"
            why += " would have been like it"
        elif silence.longest:
            why += f"; its longest gap before was {show_age(silence.longest)}"
    remedy = "open the site: where it has news, the feed was left behind; `newsdesk feeds discover` looks for another"
    return _trouble(
        FeedState.SILENT, why, since=silence.since, remedy=remedy, needs_person=True, is_learning=silence.is_learning
    )


def _slow(facts: FeedFacts, now: datetime) -> FeedHealth | None:
    oftener = "let it be polled oftener: `every:` in the watchlist, or a smaller NEWSDESK_POLL_MINIMUM_SECONDS"
    if facts.gaps:
        gaps = "a gap" if facts.gaps == 1 else f"{facts.gaps} gaps"
        lost = f", about {show_number(facts.missed)} entries missed" if facts.missed else ""
        return _trouble(FeedState.SLOW, f"{gaps} within {LATELY.days} days{lost}", remedy=oftener)
    if facts.overlap is not None and facts.overlap < _LOW_OVERLAP:
        why = f"only {facts.overlap:.0%} of the last document was known: entries may come and go between two polls"
        return _trouble(FeedState.SLOW, why, remedy=oftener)
    delay = now - facts.due_at if facts.due_at is not None else timedelta(0)
    if delay > max(_LEAST_DELAY, timedelta(seconds=(facts.interval or 0) / 2)):
        why = f"overdue by {show_age(delay)}"
        return _trouble(FeedState.SLOW, why, since=facts.due_at, remedy=_RUNNING, needs_person=False)
    if facts.seconds is not None and facts.seconds > facts.deadline * _NEAR_DEADLINE:
        why = f"its answers take {facts.seconds:.0f} s; {facts.deadline:.0f} s are allowed"
        remedy = "it may soon fail: raise NEWSDESK_FETCH_SECONDS, or look for another feed of the source"
        return _trouble(FeedState.SLOW, why, remedy=remedy, needs_person=False)
    return None


_RUNNING = "is `make up` or `newsdesk run --loop` running, and on time?"


def _well(facts: FeedFacts) -> FeedHealth:
    is_learning = not knows_rhythm(facts.arrivals)
    if facts.failures:
        reason = facts.reason.value if facts.reason else "it failed"
        why = f"{reason} at the last poll; one failure is a hiccup"
    elif is_learning:
        why = "rhythm not known yet"
    else:
        why = f"{show_number(rate_a_day(facts.arrivals))} new a day"
    return FeedHealth(state=FeedState.OK, why=why, is_learning=is_learning)


def _trouble(
    state: FeedState,
    why: str,
    *,
    since: datetime | None = None,
    remedy: str,
    needs_person: bool = True,
    is_learning: bool = False,
) -> FeedHealth:
    return FeedHealth(
        state=state, why=why, remedy=remedy, since=since, needs_person=needs_person, is_learning=is_learning
    )
