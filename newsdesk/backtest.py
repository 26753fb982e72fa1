"""A topic on trial: what its query would do to articles that are stored already. Nothing is changed by it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import chain
from zoneinfo import ZoneInfo

from newsdesk.model import Article, Evidence, Rule, Tag, Topic
from newsdesk.query import Document, Query, parse, render
from newsdesk.query.evaluate import matches
from newsdesk.query.tree import And, Near, Node, Not, Or, Phrase, phrases
from newsdesk.rules import Firing, alerts_for, notifications_for
from newsdesk.tagging import MissedPart, RuleSet, document_of, explain_miss


class Clock(StrEnum):
    """By which of its instants an article belongs to a window."""

    ARRIVAL = "arrival"  # when it was first seen
    PUBLICATION = "publication"  # as the page or feed says; an article without a date is in no window


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time: from `since`, and before `until`."""

    since: datetime
    until: datetime
    clock: Clock = Clock.ARRIVAL

    def instant(self, article: Article) -> datetime | None:
        """When the article is, by the clock of the window."""
        return article.first_seen_at if self.clock is Clock.ARRIVAL else article.published

    @property
    def length_in_days(self) -> float:
        """At least one: a rate per day of less than a day says little."""
        return max(1.0, (self.until - self.since) / timedelta(days=1))


class Work(StrEnum):
    """What a part of a query does."""

    FINDS = "finds"
    EXCLUDES = "excludes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the alternatives that a query is made of. Parts of one group stand for each other."""

    node: Node
    work: Work
    group: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of one article, without its texts: there may be many."""

    article: str
    when: datetime
    is_tagged: bool
    was_tagged: bool  # in the ledger, now
    parts: frozenset[int]  # tagged: those that match; else: those that excluded it
    firings: tuple[Firing, ...]  # without tags


class Trial:
    """A topic and the rules that ask for it, ready for any number of articles."""

    def __init__(self, topic: Topic, rules: Sequence[Rule]) -> None:
        self.topic = topic
        self.rules = tuple(rule for rule in rules if topic.id in rule.topics)
        wanted, unwanted = _conjuncts(topic.query.tree)
        self.parts = (*_alternatives(wanted), *_exclusions(unwanted, group=len(wanted) * 2))
        self.candidates = Query(topic.query.text, _joined(wanted))  # finds all that the topic finds or excludes
        self._tagging = RuleSet([topic])
        self._without_exclusions = RuleSet([replace(topic, query=self.candidates)])
        self._anything = RuleSet([replace(topic, query=parse("*:*"), at_least=1)])
        self._takes: dict[tuple[str | None, str], bool] = {}
        self._unmet = dict.fromkeys(chain(*map(_asked_for, wanted)))

    def judge(self, article: Article, when: datetime) -> Verdict | None:
        """The verdict; None where the topic has nothing to do with the article, now or then."""
        document = document_of(article)
        is_tagged = self._decides(article, document, self.topic.query, self._tagging)
        was_tagged = any(each.topic == self.topic.id for each in article.tags)
        is_excluded = not is_tagged and self._decides(article, document, self.candidates, self._without_exclusions)
        if not (is_tagged or was_tagged or is_excluded):
            return None
        work = Work.FINDS if is_tagged else Work.EXCLUDES
        return Verdict(
            article=article.id,
            when=when,
            is_tagged=is_tagged,
            was_tagged=was_tagged,
            parts=self._held(document, work) if is_tagged or is_excluded else frozenset(),
            firings=tuple(self._firings(article)) if is_tagged else (),
        )

    def _decides(self, article: Article, document: Document, query: Query, rules: RuleSet) -> bool:
        """What tagging decides. Evidence costs most of its time, and is needed only where mentions are counted."""
        if not query.accepts(document):
            return False
        return bool(rules.tags_of(article)) if self.topic.at_least > 1 else self._is_open_to(article)

    def _is_open_to(self, article: Article) -> bool:
        """Whether the topic takes the article's language and source."""
        key = article.language, article.source
        if key not in self._takes:
            tags = self._anything.tags(title="", text="", language=article.language, source=article.source)
            self._takes[key] = bool(tags)
        return self._takes[key]

    def _firings(self, article: Article) -> Iterator[Firing]:
        others = (other for other in article.tags if other.topic != self.topic.id)
        tag = Tag(topic=self.topic.id, topic_version=self.topic.version, evidence=())
        for firing in alerts_for(replace(article, tags=(*others, tag)), self.rules):
            yield replace(firing, tags=())

    def evidence(self, article: Article) -> tuple[Evidence, ...]:
        """What makes the article match; none if it does not."""
        return tuple(chain(*(tag.evidence for tag in self._tagging.tags_of(article))))

    def _held(self, document: Document, work: Work) -> frozenset[int]:
        if work is Work.FINDS:
            for phrase in [phrase for phrase in self._unmet if matches(phrase, document)]:
                del self._unmet[phrase]
        held = (n for n, part in enumerate(self.parts) if part.work is work and matches(part.node, document))
        return frozenset(held)

    @property
    def unmet(self) -> tuple[str, ...]:
        """The words and phrases of the query, those under NOT apart, that stood in none of the articles tagged."""
        return tuple(map(render, self._unmet))

    def show(self, article: Article, when: datetime) -> "Shown":
        """The article with the evidence that it would have."""
        return Shown(
            id=article.id,
            title=article.title,
            source=article.source,
            when=when,
            url=article.url,
            evidence=self.evidence(article),
            misses=explain_miss(self.topic, document_of(article)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One article for people: with what matches, or with why it does not."""

    id: str
    title: str
    source: str
    when: datetime
    url: str
    evidence: tuple[Evidence, ...]
    misses: tuple[MissedPart, ...]


# ------------------------------------------------------------------ the parts of a query


def _conjuncts(tree: Node) -> tuple[Sequence[Node], Sequence[Node]]:
    """What must hold, and what must not. A query that only excludes is one piece: it has no parts worth telling."""
    nodes = tree.nodes if isinstance(tree, And) else (tree,)
    wanted: list[Node] = [node for node in nodes if not isinstance(node, Not)]
    if not wanted or Query("", _joined(wanted)).matches_nearly_everything:
        return [tree], []
    return wanted, [node.node for node in nodes if isinstance(node, Not)]


def _joined(nodes: Sequence[Node]) -> Node:
    return And(tuple(nodes)) if len(nodes) > 1 else nodes[0]


def _alternatives(wanted: Sequence[Node]) -> Iterator[Part]:
    """What may stand for each other at the top of the query; of a NEAR that is there itself, those of either side."""
    for number, node in enumerate(wanted):
        if isinstance(node, Or):
            yield from (Part(node=child, work=Work.FINDS, group=number * 2) for child in node.nodes)
        elif isinstance(node, Near):
            for place, (side, other) in enumerate(((node.left, node.right), (node.right, node.left))):
                if isinstance(side, Or):
                    yield from (_near_part(node, child, other, number * 2 + place) for child in _members(side))


def _members(side: Or) -> Iterator[Phrase | Or]:
    for child in side.nodes:
        if isinstance(child, Phrase | Or):
            yield child


def _asked_for(node: Node) -> Iterator[Phrase]:
    """The words and phrases that may be why an article is found."""
    match node:
        case And() | Or():
            for child in node.nodes:
                yield from _asked_for(child)
        case Not():
            return
        case _:
            yield from phrases(node)


def _near_part(near: Near, child: Phrase | Or, other: Phrase | Or, group: int) -> Part:
    left, right = (child, other) if other is near.right else (other, child)
    return Part(node=replace(near, left=left, right=right), work=Work.FINDS, group=group)


def _exclusions(unwanted: Sequence[Node], *, group: int) -> Iterator[Part]:
    for node in unwanted:
        for child in node.nodes if isinstance(node, Or) else (node,):
            yield Part(node=child, work=Work.EXCLUDES, group=group)


# ------------------------------------------------------------------ what all verdicts say together


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """How many articles of one day would be tagged."""

    day: date
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWork:
    """What one part of the query did: articles it found, or kept out, and those that no other part of its group did."""

    part: str
    work: Work
    articles: int
    alone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCount:
    """What a rule would have sent to one reader. A rule that does not send at once gathers: it has alerts, no mails."""

    rule: str
    send: str
    reader: str
    alerts: int
    new_alerts: int  # those that were never raised
    mails: int
    new_mails: int


def count_days(verdicts: Iterable[Verdict], window: Window, zone: str) -> tuple[Day, ...]:
    """Every day of the window at the wall clock of `zone`, those without an article too."""
    local = ZoneInfo(zone)
    counts = Counter(verdict.when.astimezone(local).date() for verdict in verdicts if verdict.is_tagged)
    first = window.since.astimezone(local).date()
    last = (window.until - timedelta(microseconds=1)).astimezone(local).date()
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(Day(day=day, articles=counts[day]) for day in days)


def count_parts(verdicts: Iterable[Verdict], parts: Sequence[Part]) -> tuple[PartWork, ...]:
    """The work of each part, in the order of the query."""
    held: Counter[int] = Counter()
    alone: Counter[int] = Counter()
    for verdict in verdicts:
        held.update(verdict.parts)
        groups = Counter(parts[number].group for number in verdict.parts)
        alone.update(number for number in verdict.parts if groups[parts[number].group] == 1)
    return tuple(
        PartWork(part=render(part.node), work=part.work, articles=held[number], alone=alone[number])
        for number, part in enumerate(parts)
    )


def count_mails(verdicts: Iterable[Verdict], rules: Sequence[Rule], raised: frozenset[str]) -> tuple[MailCount, ...]:
    """By rule and reader, in the order of the rules; `raised`: ids of the alerts that there are already."""
    firings = list(chain(*(verdict.firings for verdict in verdicts)))
    fresh = [firing for firing in firings if firing.alert not in raised]
    alerts, new_alerts = (Counter(firing.rule for firing in some) for some in (firings, fresh))
    mails, new_mails = (
        Counter((notice.rule, notice.reader) for notice in notifications_for(some, rules)) for some in (firings, fresh)
    )
    return tuple(
        MailCount(
            rule=rule.id,
            send=rule.send,
            reader=reader,
            alerts=alerts[rule.id],
            new_alerts=new_alerts[rule.id],
            mails=mails[rule.id, reader],
            new_mails=new_mails[rule.id, reader],
        )
        for rule in rules
        for reader in dict.fromkeys(rule.readers)
    )


def choose_samples(verdicts: Iterable[Verdict], number: int) -> tuple[Verdict, ...]:
    """Up to `number` articles tagged, spread over time and over the parts of the query; the same ones each time.

    Of each of `number` equal stretches, the one whose rarest part was shown least; ids are hashes, so their order is
    as good as chance.
    """
    tagged = sorted((v for v in verdicts if v.is_tagged), key=lambda v: (v.when, v.article))
    number = min(number, len(tagged))
    shown: Counter[int] = Counter()
    chosen = []
    for place in range(number):
        stretch = tagged[place * len(tagged) // number : (place + 1) * len(tagged) // number]
        best = min(stretch, key=lambda v: (min((shown[part] for part in v.parts), default=0), v.article))
        shown.update(best.parts)
        chosen.append(best)
    return tuple(chosen)
