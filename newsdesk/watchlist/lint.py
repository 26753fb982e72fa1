"""What is allowed in a watchlist and yet hardly meant."""

from collections.abc import Iterator
from datetime import datetime

from newsdesk.model import FeedSpec, Rule, Topic, Watchlist
from newsdesk.query.places import column_of, leaves
from newsdesk.query.tree import Keyword
from newsdesk.watchlist.checks import suggest
from newsdesk.watchlist.findings import Remark, Severity
from newsdesk.watchlist.lint_examples import example_remarks
from newsdesk.watchlist.lint_queries import query_remarks

_QUICK = 300  # seconds: few feeds change more often, and publishers mind


def lint_watchlist(watchlist: Watchlist, *, now: datetime | None = None) -> tuple[Remark, ...]:
    """All remarks on a watchlist that can be used. `now` is for dates that are over; None: they are not judged."""
    return (
        *_whole(watchlist),
        *lint_parts(watchlist, now=now),
        *(remark for topic in watchlist.topics for remark in _languages_and_sources(topic, watchlist)),
        *_unused(watchlist),
    )


def lint_parts(watchlist: Watchlist, *, now: datetime | None = None) -> tuple[Remark, ...]:
    """Those remarks for which one entry is enough: they hold even where other entries are not known."""
    return (
        *(remark for number, feed in enumerate(watchlist.feeds) for remark in _feed(number, feed)),
        *(remark for topic in watchlist.topics for remark in _topic(topic, now)),
        *_same_topics(watchlist),
        *(remark for rule in watchlist.rules for remark in _rule(rule)),
    )


def _whole(watchlist: Watchlist) -> Iterator[Remark]:
    for name, remedy in (
        ("feeds", "add a feed, or nothing is ever read"),
        ("topics", "add a topic, or no article gets a tag"),
        ("rules", "add a rule, or nobody gets mail"),
    ):
        if not getattr(watchlist, name):
            message = f"there are no {name}"
            yield Remark(severity=Severity.WARNING, path=(name,), message=message, remedy=remedy)


def _feed(number: int, feed: FeedSpec) -> Iterator[Remark]:
    if feed.every_seconds is not None and feed.every_seconds < _QUICK:
        yield Remark(
            severity=Severity.WARNING,
            path=("feeds", number, "every"),
            message=f"{feed.name} is polled every {feed.every_seconds} s, which publishers may punish",
            remedy="write 5m or more, or leave `every` out: the feed's own rhythm decides then",
        )


def _topic(topic: Topic, now: datetime | None) -> Iterator[Remark]:
    """A place of the query on which something worse is said gets no hint besides."""
    remarks = [*query_remarks(topic, now), *example_remarks(topic)]
    worse = {remark.offset for remark in remarks if remark.severity is not Severity.HINT}
    for remark in remarks:
        if remark.severity is not Severity.HINT or remark.offset is None or remark.offset not in worse:
            yield remark


def _same_topics(watchlist: Watchlist) -> Iterator[Remark]:
    first: dict[str, str] = {}
    for topic in watchlist.topics:
        if first.setdefault(topic.version, topic.id) != topic.id:
            yield Remark(
                severity=Severity.WARNING,
                path=("topics", topic.id, "query"),
                message=f"the topic takes the same articles as topics.{first[topic.version]}",
                remedy="remove one of the two; a rule may send one topic to several readers",
            )


def _languages_and_sources(topic: Topic, watchlist: Watchlist) -> Iterator[Remark]:
    spoken = {feed.language for feed in watchlist.feeds if not topic.sources or feed.name in topic.sources}
    if topic.languages and None not in spoken and not spoken & set(topic.languages):
        yield Remark(
            severity=Severity.WARNING,
            path=("topics", topic.id, "languages"),
            message=f"no feed is written in {' or '.join(topic.languages)}",
            remedy="add such a feed, or correct the languages",
        )
    known = {
        "source": [feed.name for feed in watchlist.feeds],
        "lang": [] if None in spoken else [language for language in spoken if language],
    }
    what = {"source": "there is no feed", "lang": "no feed is written in"}
    for leaf in leaves(topic.query.tree):
        if isinstance(leaf, Keyword) and known.get(leaf.field) and leaf.value not in known[leaf.field]:
            near = suggest(leaf.value, known[leaf.field])
            instead = near.replace("write ", f"write {leaf.field}:") if near.count(" ") == 1 else near
            yield Remark(
                severity=Severity.WARNING,
                path=("topics", topic.id, "query"),
                offset=column_of(leaf, topic.query),
                message=f"{what[leaf.field]} {leaf.value!r}, so {leaf.field}:… never matches",
                remedy=instead or "add such a feed, or remove this part",
            )


def _unused(watchlist: Watchlist) -> Iterator[Remark]:
    sent = {topic for rule in watchlist.rules for topic in rule.topics}
    named = {reader for rule in watchlist.rules for reader in rule.readers}
    for topic in watchlist.topics:
        if topic.id not in sent:
            yield Remark(
                severity=Severity.HINT,
                path=("topics", topic.id),
                message="no rule sends this topic to anybody",
                remedy="name it in a rule, if somebody should get mail about it",
            )
    for reader in watchlist.readers:
        if reader.id not in named:
            yield Remark(
                severity=Severity.HINT,
                path=("readers", reader.id),
                message="no rule sends anything to this reader",
                remedy="name the reader in a rule, or remove it",
            )


def _rule(rule: Rule) -> Iterator[Remark]:
    for name, used in (("topics", rule.topics), ("readers", rule.readers)):
        if not used:
            yield Remark(
                severity=Severity.ERROR,
                path=("rules", rule.id, name),
                message=f"the rule has no {name}, so it never sends anything",
                remedy=f"name {name} of the watchlist, or remove the rule",
            )
