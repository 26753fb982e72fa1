"""What state the whole is in: each line green, yellow or red, with the reason and the remedy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsdesk.ledger import Waiting
from newsdesk.ledger.overview import Ending, Overview
from newsdesk.model import Reason
from newsdesk.quality import Quality, SourceQuality

WELL, LOOK, BROKEN = 0, 1, 2
_OURS = {reason.value for reason in (Reason.STORAGE_FAILED, Reason.WORKER_FAILED, Reason.UNEXPECTED)}
_WORDS = ("ok", "look", "broken")


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
    seen: Overview, waiting: Waiting, now: datetime, *, stale: timedelta, sources: Sequence[SourceQuality] = ()
) -> Health:
    """Judge the figures. What waits longer than `stale` means that nobody works."""
    lines = (
        *_feeds(seen, now, stale),
        *_sources(sources),
        _line(waiting),
        *_retries(seen),
        *_retags(seen),
        *_drops(seen),
        _mails(seen, now, stale),
        *_troubles(seen),
    )
    return Health(code=max(line.code for line in lines), lines=lines)


def _feeds(seen: Overview, now: datetime, stale: timedelta) -> list[HealthLine]:
    failing = [feed for feed in seen.feeds if feed.failures]
    late = [feed for feed in seen.feeds if feed.due_at is not None and now - feed.due_at > stale]
    lines = [
        HealthLine(
            code=LOOK if failing else WELL,
            text=f"{len(seen.feeds)} feeds, {len(failing)} failing; {seen.article_count} articles",
        )
    ]
    lines += [
        HealthLine(
            code=LOOK,
            text=f"feed {feed.name}: {feed.reason}, "
            f"{'once' if feed.failures == 1 else f'{feed.failures} times in a row'}: {feed.detail or ''}",
        )
        for feed in failing
    ]
    if late:
        text = f"{len(late)} feeds are overdue by more than {stale}: is `make up` or `newsdesk run --loop` running?"
        lines.append(HealthLine(code=BROKEN, text=text))
    return lines


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
