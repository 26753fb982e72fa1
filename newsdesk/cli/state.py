"""What state the whole is in: each line green, yellow or red, with the reason and the remedy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsdesk.feed_health import FeedState
from newsdesk.ledger import Waiting
from newsdesk.ledger.feed_health import WatchedFeed
from newsdesk.ledger.overview import Ending, Overview
from newsdesk.model import Reason
from newsdesk.quality import Quality, SourceQuality

WELL, LOOK, BROKEN = 0, 1, 2
_OURS = {reason.value for reason in (Reason.STORAGE_FAILED, Reason.WORKER_FAILED, Reason.UNEXPECTED)}
_WORDS = ("ok", "look", "broken")
_NAMED = 3  # feeds of a state


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLine:
    """One thing and its state."""

    code: int
    text: str

    @property
    def word(self) -> str:
        """ok, look or broken."""
        return _WORDS[self.code]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """All lines; `code` is the worst of them."""

    code: int
    lines: tuple[HealthLine, ...]


def judge(
    seen: Overview,
    waiting: Waiting,
    now: datetime,
    *,
    stale: timedelta,
    sources: Sequence[SourceQuality] = (),
    feeds: Sequence[WatchedFeed] = (),
) -> Health:
    """Judge the figures. What waits longer than `stale` means that nobody works. `feeds`: worst first."""
    lines = (
        *_feeds(feeds, seen.article_count),
        *_overdue(feeds, now, stale),
        *_sources(sources),
        _line(waiting),
        *_retries(seen),
        *_retags(seen),
        *_drops(seen),
        _mails(seen, now, stale),
        *_troubles(seen),
    )
    return Health(code=max(line.code for line in lines), lines=lines)


def _feeds(feeds: Sequence[WatchedFeed], articles: int) -> list[HealthLine]:
    """One line for all, and one for each state but ok, with the worst named."""
    by_state = {state: [feed for feed in feeds if feed.health.state is state] for state in FeedState}
    told = ", ".join(f"{len(held)} {state.value}" for state, held in by_state.items() if held)
    lines = [HealthLine(code=WELL, text=f"{_count(len(feeds))}{f' ({told})' if told else ''}; {articles} articles")]
    lines += [
        HealthLine(
            code=LOOK if any(feed.health.needs_person or state is FeedState.FAILING for feed in held) else WELL,
            text=_state(state, held),
        )
        for state, held in by_state.items()
        if held and state is not FeedState.OK
    ]
    return lines


def _state(state: FeedState, held: Sequence[WatchedFeed]) -> str:
    """With the reason where there is one feed alone; else with some names."""
    if len(held) == 1:
        health = held[0].health
        return f"feed {held[0].name} is {state.value}: {health.why}" + (f" → {health.remedy}" if health.remedy else "")
    names = ", ".join(feed.name for feed in held[:_NAMED])
    more = f" and {len(held) - _NAMED} more" if len(held) > _NAMED else ""
    return f"{len(held)} feeds are {state.value}: {names}{more} → `newsdesk feeds --state {state.value}` says why"


def _count(number: int) -> str:
    return "1 feed" if number == 1 else f"{number} feeds"


def _overdue(feeds: Sequence[WatchedFeed], now: datetime, stale: timedelta) -> list[HealthLine]:
    late = [feed for feed in feeds if feed.due_at is not None and now - feed.due_at > stale]
    if not late:
        return []
    text = f"{_count(len(late))} overdue by more than {stale}: is `make up` or `newsdesk run --loop` running?"
    return [HealthLine(code=BROKEN, text=text)]


def _sources(sources: Sequence[SourceQuality]) -> list[HealthLine]:
    return [
        HealthLine(
            code=LOOK,
            text=f"source {source.source} is read worse since a day: {'; '.join(source.findings)}"
            " → look at a page of it by `newsdesk extract`",
        )
        for source in sources
        if source.quality is Quality.DEGRADED
    ]


def _line(waiting: Waiting) -> HealthLine:
    text = f"{waiting.entries} entries, {waiting.articles} articles and {waiting.notifications} mails are due"
    return HealthLine(code=WELL, text=text)


def _retries(seen: Overview) -> list[HealthLine]:
    """What is tried again by itself later is worth a line; where the fault is our own house's, a look."""
    return [
        HealthLine(
            code=LOOK if _OURS & {ending.reason for ending in found} else WELL,
            text=f"{_total(found)} {name} wait for another try ({_reasons(found)})",
        )
        for name, endings in (("entries", seen.entries), ("articles", seen.articles))
        if (found := [ending for ending in endings if ending.outcome == "retry"])
    ]


def _retags(seen: Overview) -> list[HealthLine]:
    """Topics that stored articles are yet to follow; those that want a person are told among the troubles."""
    return [
        HealthLine(
            code=LOOK if topic.reason in _OURS else WELL,
            text=f"topic {topic.id} {'changed' if topic.wanted else 'was removed'}: stored articles wait for re-tagging"
            + (f" ({topic.reason}: {topic.detail})" if topic.reason else ""),
        )
        for topic in seen.retags
        if topic.due_at is not None
    ]


def _drops(seen: Overview) -> list[HealthLine]:
    found = [ending for ending in seen.entries if ending.outcome == "dropped"]
    return [HealthLine(code=WELL, text=f"{_total(found)} entries were dropped ({_reasons(found)})")] if found else []


def _total(endings: Sequence[Ending]) -> int:
    return sum(ending.count for ending in endings)


def _reasons(endings: Sequence[Ending]) -> str:
    return ", ".join(f"{ending.reason} {ending.count}" for ending in endings)


def _mails(seen: Overview, now: datetime, stale: timedelta) -> HealthLine:
    oldest = seen.oldest_mail_at
    sent = sum(ending.count for ending in seen.mails if ending.outcome == "done")
    if oldest is None:
        return HealthLine(code=WELL, text=f"{seen.alert_count} alerts, {sent} of {seen.mail_count} mails sent")
    text = f"{seen.mail_count - sent} mails are not sent, the oldest since {oldest:%Y-%m-%d %H:%M} UTC"
    reasons = ", ".join(sorted({ending.reason for ending in seen.mails if ending.reason}))
    return HealthLine(
        code=BROKEN if now - oldest > stale else LOOK,
        text=f"{text} ({reasons})" if reasons else text,
    )


def _troubles(seen: Overview) -> list[HealthLine]:
    return [
        HealthLine(
            code=LOOK,
            text=f"{trouble.kind} {trouble.id} ({trouble.subject}) is quarantined: {trouble.reason}: "
            f"{trouble.detail or ''} → `newsdesk requeue` tries again",
        )
        for trouble in seen.troubles
    ]
