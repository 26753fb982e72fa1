"""Queries of topics that can be read and yet hardly say what is meant."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from newsdesk.model import Topic
from newsdesk.query import Document, render
from newsdesk.query.errors import shortened
from newsdesk.query.frequent import FREQUENT
from newsdesk.query.logic import excludes, implies
from newsdesk.query.parser import LONGEST_QUERY, MOST_CLAUSES
from newsdesk.query.places import column_of, leaves
from newsdesk.query.redundancy import DeadPart, Reduced, Why, reduce_tree
from newsdesk.query.tree import And, Keyword, Near, Node, Or, Phrase, Range, phrases
from newsdesk.query.wording import Oddity, odd_words
from newsdesk.watchlist.findings import Remark, Severity

_FAR = 25  # words: more than a sentence
_NEARLY_FULL = 0.8  # of what a query may have
_LONGEST_REWRITE = 100  # characters of a query that is written out anew
_TEXT_OF_FREQUENT_WORDS = " ".join(sorted(FREQUENT))
_PROBABLY_NOT_MEANT = (Oddity.OPERATOR, Oddity.QUOTES, Oddity.FREQUENT, Oddity.ONE_LETTER)


def query_remarks(topic: Topic, now: datetime | None) -> Iterator[Remark]:
    """All remarks on the query of one topic."""
    given = _given(topic)
    reduced = reduce_tree(topic.query.tree, tuple(given))
    if topic.query.matches_nearly_everything or reduced.node is True:
        yield _remark(
            topic,
            "the query matches nearly everything: an article needs none of its words",
            "join what must not occur with something that must: `a AND NOT b`",
        )
        return
    yield from _dead_parts(topic, reduced, given)
    yield from _words(topic)
    for leaf in leaves(topic.query.tree):
        if isinstance(leaf, Near):
            yield from _near(topic, leaf)
        elif isinstance(leaf, Range) and now is not None:
            yield from _past(topic, leaf, now)
    yield from _size(topic)


def _remark(
    topic: Topic,
    message: str,
    remedy: str,
    *,
    at: Node | int | None = None,
    severity: Severity = Severity.WARNING,
) -> Remark:
    offset = at if isinstance(at, int | None) else column_of(at, topic.query)
    path = ("topics", topic.id, "query")
    return Remark(severity=severity, path=path, message=message, remedy=remedy, offset=offset)


# ------------------------------------------------------------------ parts that change nothing


def _given(topic: Topic) -> dict[Node, str]:
    """What the keys of the topic say of every article that the query is asked about, and how the file says it."""
    given: dict[Node, str] = {}
    for key, field, values in (("languages", "lang", topic.languages), ("sources", "source", topic.sources)):
        nodes = tuple(Keyword(field, value) for value in values)
        if nodes:
            given[nodes[0] if len(nodes) == 1 else Or(nodes)] = f"{key}: [{', '.join(values)}]"
    return given


def _dead_parts(topic: Topic, reduced: Reduced, given: Mapping[Node, str]) -> Iterator[Remark]:
    if reduced.node is False:
        *_, last = reduced.dead
        message = f"the query can never match: {_why(last, given)}"
        yield _remark(topic, message, "remove one of the two", at=last.part, severity=Severity.ERROR)
        return
    told = [dead for dead in reduced.dead if dead.is_alone and _changes_nothing(dead, topic)]
    remedy = _rewrite(topic, reduced) if len(told) == len(reduced.dead) == 1 else "remove it"
    for dead in told:
        yield _remark(topic, _why(dead, given), remedy, at=dead.part)


def _changes_nothing(dead: DeadPart, topic: Topic) -> bool:
    """Where mentions are counted, a part that finds no further article may still count."""
    return topic.at_least == 1 or dead.keeps_places


def _rewrite(topic: Topic, reduced: Reduced) -> str:
    """The whole query anew, if it is short and its words stay spelled as their author spelled them."""
    if isinstance(reduced.node, bool):
        return "remove it"
    rewrite, text = render(reduced.node), topic.query.text.lower()
    is_faithful = all(" ".join(phrase.parts) in text for phrase in phrases(reduced.node))
    return f"write {rewrite}" if is_faithful and len(rewrite) <= _LONGEST_REWRITE else "remove it"


def _why(dead: DeadPart, given: Mapping[Node, str]) -> str:
    part = shortened(render(dead.part))
    beside = given.get(dead.beside) or shortened(render(dead.beside))
    if part == beside:
        return f"{part} stands twice"
    match dead.why:
        case Why.COVERED:
            return f"{part} adds nothing: {beside} finds all that it finds"
        case Why.IMPLIED:
            return f"{part} changes nothing beside {beside}"
        case Why.IMPOSSIBLE:
            inner = dead.part.nodes if isinstance(dead.part, And) else ()
            blame = next((node for node in inner if excludes(dead.beside, node)), None)
            so = f", so {part} finds nothing" if blame else ""
            return f"{shortened(render(blame)) if blame else part} can never be true beside {beside}{so}"


# ------------------------------------------------------------------ words, distances, dates


def _words(topic: Topic) -> Iterator[Remark]:
    enough = topic.query.find(Document(title=_TEXT_OF_FREQUENT_WORDS, body=_TEXT_OF_FREQUENT_WORDS))
    if enough and enough.evidence:
        part = enough.evidence[0].part
        message = f"the query matches nearly everything: {shortened(part)} is enough, and stands in nearly every text"
        place = next((leaf for leaf in leaves(topic.query.tree) if render(leaf) == part), None)
        yield _remark(topic, message, "leave it out, or join it with rarer words by AND or NEAR", at=place)
    for odd in odd_words(topic.query):
        if not (enough and odd.oddity is Oddity.FREQUENT):
            severity = Severity.WARNING if odd.oddity in _PROBABLY_NOT_MEANT else Severity.HINT
            yield _remark(topic, odd.message, odd.remedy, at=odd.column, severity=severity)
    for phrase in phrases(topic.query.tree):
        if phrase.boost != 1:
            message = f"the boost of {shortened(render(phrase))} changes nothing: topics have no order"
            yield _remark(topic, message, "leave the ^ and its number out", at=phrase, severity=Severity.HINT)


def _near(topic: Topic, near: Near) -> Iterator[Remark]:
    shown = shortened(render(near))
    if near.distance > _FAR:
        yield _remark(
            topic,
            f"{near.distance} words are more than a sentence: {shown}",
            "write NEAR/15 or less for the same sentence, AND for anywhere in the article",
            at=near,
            severity=Severity.HINT,
        )
    if implies(near.left, near.right) or implies(near.right, near.left):
        yield _remark(
            topic,
            f"both sides ask for the same words, so an article must hold them twice: {shown}",
            "name different words on both sides",
            at=near,
        )
    elif near.ordered and near.distance == 0 and isinstance(near.left, Phrase) and isinstance(near.right, Phrase):
        phrase = render(Phrase(near.left.field, (*near.left.parts, *near.right.parts)))
        yield _remark(topic, f"{shown} is a phrase", f"write {phrase}", at=near, severity=Severity.HINT)


def _past(topic: Topic, dates: Range, now: datetime) -> Iterator[Remark]:
    if dates.high is not None and datetime.fromisoformat(dates.high) < now:
        message = f"no new article falls into {render(dates)}, which is over"
        yield _remark(topic, message, "remove it, or let it end later", at=dates)


def _size(topic: Topic) -> Iterator[Remark]:
    clauses = sum(isinstance(leaf, Keyword | Range) for leaf in leaves(topic.query.tree))
    clauses += sum(1 for _ in phrases(topic.query.tree))
    for count, most, what in (
        (clauses, MOST_CLAUSES, "words, phrases and values"),
        (len(topic.query.text), LONGEST_QUERY, "characters"),
    ):
        if count >= most * _NEARLY_FULL:
            yield _remark(
                topic,
                f"the query has {count:,} of at most {most:,} {what}",
                "use wildcards, or make two topics of it",
                severity=Severity.HINT,
            )
