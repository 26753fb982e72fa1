"""Words that would sharpen a topic, from what is stored: it reads ledger and index, and changes neither."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsdesk.backtest import Trial, Window
from newsdesk.model import Topic
from newsdesk.pipeline.stock import Stock
from newsdesk.query import Query, QueryError, render
from newsdesk.query.tree import And, Near, Node, Or, Phrase, phrases
from newsdesk.services import Services
from newsdesk.suggest import Contrast, Known, Term

MOST_INSIDE = 2_000  # articles of the topic that are read whole
MOST_OUTSIDE = 10_000  # others that are counted
_CORE_SENTENCES = 3  # with evidence: so much is no chance mention
_POOL = 40  # terms that are tried near the query's own words
_LEAST_NEAR = 1.5  # score of such a term: it stands by the query's own words besides
_EXAMPLES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An article that a suggestion would bring, or take away."""

    title: str
    source: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A term, how often it stands where, and what to write into the query."""

    term: str
    inside: int  # articles of the topic, or of its doubtful part, that hold it
    elsewhere: int  # articles that it would bring; of an exclusion: sure articles of the topic that it would cost
    score: float
    fragment: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """What may be added to a topic's query, or excluded by it."""

    topic: str
    title: str
    window: Window
    begins: datetime | None
    articles: int  # of the topic
    others: int
    read: int  # articles of the topic that were read for it; beyond `MOST_INSIDE` a sample
    others_read: int
    doubtful: int  # of the articles read, those with no evidence in the title and in one sentence only
    sure: int  # those with evidence in the title, or in three sentences
    add: tuple[Suggestion, ...]
    near: tuple[Suggestion, ...]  # to add beside the query's own words
    exclude: tuple[Suggestion, ...]


def suggest(services: Services, topic: Topic, window: Window, *, limit: int) -> Suggestions:
    """At most `limit` terms of each kind. Samples are the first by id, a hash: always the same, and as good as chance.

    Raises SearchIndexError.
    """
    stock = Stock(services, window)
    trial = Trial(topic, ())
    judged = (trial.judge(*found) for found in stock.read(stock.candidates(topic, topic.query)))
    inside = frozenset(verdict.article for verdict in judged if verdict and verdict.is_tagged)
    others = stock.indexed - inside
    known = Known(topic.query.tree)
    contrast = Contrast(stock.texts(sorted(inside)[:MOST_INSIDE]), known=known)
    for text in stock.texts(sorted(others)[:MOST_OUTSIDE]):
        contrast.add(text)
    doubtful, sure = _divided(stock, trial, sorted(inside)[:MOST_INSIDE])
    return Suggestions(
        topic=topic.id,
        title=topic.title,
        window=window,
        begins=stock.begins,
        articles=len(inside),
        others=len(others),
        read=min(len(inside), MOST_INSIDE),
        others_read=min(len(others), MOST_OUTSIDE),
        doubtful=len(doubtful),
        sure=len(sure),
        add=tuple(_additions(stock, contrast, inside, limit)),
        near=tuple(_near(stock, contrast, inside, topic=topic, limit=limit)),
        exclude=tuple(_exclusions(stock, doubtful, sure, known=known, limit=limit)),
    )


def _divided(stock: Stock, trial: Trial, ids: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The articles that may be in the topic by chance, and those that surely belong to it; many are neither."""
    doubtful, sure = set(), set()
    for article, _ in stock.read(ids):
        places = {(item.field, item.sentence_start) for item in trial.evidence(article)}
        if any(field == "title" for field, _ in places) or len(places) >= _CORE_SENTENCES:
            sure.add(article.id)
        elif len(places) <= 1:
            doubtful.add(article.id)
    return frozenset(doubtful), frozenset(sure)


def _additions(stock: Stock, contrast: Contrast, inside: frozenset[str], limit: int) -> Iterator[Suggestion]:
    for term in contrast.separating(limit=limit):
        brought = _found(stock, Phrase(None, term.parts)) - inside
        yield _suggestion(stock, term, sorted(brought), fragment=f"OR {term.fragment}")


def _exclusions(
    stock: Stock, doubtful: frozenset[str], sure: frozenset[str], *, known: Known, limit: int
) -> Iterator[Suggestion]:
    contrast = Contrast(stock.texts(doubtful), known=known)
    for text in stock.texts(sure):
        contrast.add(text)
    for term in contrast.separating(limit=limit):
        found = _found(stock, Phrase(None, term.parts))
        taken = sorted(found & doubtful)
        yield Suggestion(
            term=term.surface,
            inside=term.inside,
            elsewhere=len(found & sure),
            score=term.score,
            fragment=f"NOT {term.fragment}",
            examples=_examples(stock, taken),
        )


def _suggestion(stock: Stock, term: Term, brought: Sequence[str], *, fragment: str) -> Suggestion:
    return Suggestion(
        term=term.surface,
        inside=term.inside,
        elsewhere=len(brought),
        score=term.score,
        fragment=fragment,
        examples=_examples(stock, brought),
    )


def _examples(stock: Stock, ids: Sequence[str]) -> tuple[Example, ...]:
    return tuple(
        Example(title=article.title, source=article.source, url=article.url)
        for article, _ in stock.read(ids[:_EXAMPLES])
    )


def _found(stock: Stock, node: Node) -> frozenset[str]:
    try:
        return stock.found(Query(render(node), node))
    except QueryError:  # too many words for the index
        return frozenset()


# ------------------------------------------------------------------ near the query's own words


def _near(
    stock: Stock, contrast: Contrast, inside: frozenset[str], *, topic: Topic, limit: int
) -> Iterator[Suggestion]:
    """Terms of the topic that stand elsewhere as near to its query's own words as the query asks of others."""
    anchors = [_anchor(stock, near, inside) for near in _nears(topic.query.tree)]
    told = 0
    for term in contrast.separating(limit=_POOL, least_score=_LEAST_NEAR) if anchors else ():
        brought = {
            tried: found
            for anchor, distance in anchors
            if (found := _found(stock, tried := _beside(anchor, term, distance)) - inside)
        }
        if brought and told < limit:
            told += 1
            best = max(brought, key=lambda near: (len(brought[near]), render(near)))
            ids = sorted(frozenset().union(*brought.values()))
            yield _suggestion(stock, term, ids, fragment=f"OR {render(best)}")


def _beside(anchor: Phrase | Or, term: Term, distance: int) -> Near:
    return Near(anchor, Phrase(next(phrases(anchor)).field, term.parts), distance, ordered=False)


def _nears(node: Node) -> Iterator[Near]:
    """Those that may find something; what is under NOT finds nothing."""
    match node:
        case Near():
            yield node
        case And() | Or():
            for child in node.nodes:
                yield from _nears(child)
        case _:
            return


def _anchor(stock: Stock, near: Near, inside: frozenset[str]) -> tuple[Phrase | Or, int]:
    """The side whose articles are more often of the topic says what it is about; the other is asked for beside it."""

    def share(side: Phrase | Or) -> float:
        found = _found(stock, side)
        return len(found & inside) / len(found) if found else 0.0

    return max((near.left, near.right), key=share), near.distance
