"""What is allowed in a watchlist and yet hardly meant."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from newsdesk.model import FeedSpec, Topic, Watchlist

_QUICK = 300  # seconds: few feeds change more often, and publishers mind


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"  # something will not happen that the watchlist promises
    WARNING = "warning"  # probably not meant
    HINT = "hint"  # could be better


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to look at. `where` is a key of the watchlist, such as `topics.gst`."""

    severity: Severity
    where: str
    message: str
    remedy: str


def lint_watchlist(watchlist: Watchlist) -> tuple[Finding, ...]:
    """All findings: the worst first, else in the order of the watchlist."""
    findings = [
        *_whole(watchlist),
        *(finding for number, feed in enumerate(watchlist.feeds) for finding in _feed(number, feed)),
        *(finding for topic in watchlist.topics for finding in _topic(topic, watchlist)),
        *_readers(watchlist),
        *_rules(watchlist),
    ]
    order = list(Severity)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))


def _whole(watchlist: Watchlist) -> Iterator[Finding]:
    for name, remedy in (
        ("feeds", "add a feed, or nothing is ever read"),
        ("topics", "add a topic, or no article gets a tag"),
        ("rules", "add a rule, or nobody gets mail"),
    ):
        if not getattr(watchlist, name):
            yield Finding(severity=Severity.WARNING, where=name, message=f"there are no {name}", remedy=remedy)


def _feed(number: int, feed: FeedSpec) -> Iterator[Finding]:
    if feed.every_seconds is not None and feed.every_seconds < _QUICK:
        yield Finding(
            severity=Severity.WARNING,
            where=f"feeds[{number}].every",
            message=f"{feed.name} is polled every {feed.every_seconds} s, which publishers may punish",
            remedy="write 5m or more, or leave `every` out: the feed's own rhythm decides then",
        )


def _topic(topic: Topic, watchlist: Watchlist) -> Iterator[Finding]:
    where = f"topics.{topic.id}"
    yield from _examples(topic, where)
    if topic.query.match(title="", body="") is not None:
        yield Finding(
            severity=Severity.WARNING,
            where=f"{where}.query",
            message="the query matches even an empty article, so nearly everything",
            remedy="join what must not occur with something that must: `a AND NOT b`",
        )
    if not any(topic.id in rule.topics for rule in watchlist.rules):
        yield Finding(
            severity=Severity.HINT,
            where=where,
            message="no rule sends this topic to anybody",
            remedy="name it in a rule, if somebody should get mail about it",
        )
    spoken = {feed.language for feed in watchlist.feeds if not topic.sources or feed.name in topic.sources}
    if topic.languages and None not in spoken and not spoken & set(topic.languages):
        yield Finding(
            severity=Severity.WARNING,
            where=f"{where}.languages",
            message=f"no feed is written in {' or '.join(topic.languages)}",
            remedy="add such a feed, or correct the languages",
        )


def _examples(topic: Topic, where: str) -> Iterator[Finding]:
    """An example counts as a title and as a text, so that one sentence is enough to prove a topic."""
    if not topic.positive:
        yield Finding(
            severity=Severity.HINT,
            where=where,
            message="the topic has no examples that prove it",
            remedy="write a title that must match below `examples: match:`",
        )
    for wanted, texts in ((True, topic.positive), (False, topic.negative)):
        for text in texts:
            if (topic.query.match(title=text, body=text) is not None) is not wanted:
                yield Finding(
                    severity=Severity.ERROR,
                    where=f"{where}.examples",
                    message=f"the query {'does not match' if wanted else 'matches'} {text!r}",
                    remedy="correct the query, or the example",
                )


def _readers(watchlist: Watchlist) -> Iterator[Finding]:
    for reader in watchlist.readers:
        if not any(reader.id in rule.readers for rule in watchlist.rules):
            yield Finding(
                severity=Severity.HINT,
                where=f"readers.{reader.id}",
                message="no rule sends anything to this reader",
                remedy="name the reader in a rule, or remove it",
            )


def _rules(watchlist: Watchlist) -> Iterator[Finding]:
    for rule in watchlist.rules:
        for name, used in (("topics", rule.topics), ("readers", rule.readers)):
            if not used:
                yield Finding(
                    severity=Severity.ERROR,
                    where=f"rules.{rule.id}.{name}",
                    message=f"the rule has no {name}, so it never sends anything",
                    remedy=f"name {name} of the watchlist, or remove the rule",
                )
