"""Topics against their own examples.

An example is judged as tagging judges an article that has it as its title and as its text. As a title, one place is
enough, whatever `at_least` says. Language, source, author and date are whatever the query asks for, since an example
has none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice, product, takewhile

from newsdesk.model import Topic
from newsdesk.query import Document, render
from newsdesk.query.analysis import tokens
from newsdesk.query.errors import shortened
from newsdesk.query.evaluate import matches
from newsdesk.query.misses import Lack, misses
from newsdesk.query.patterns import is_wild
from newsdesk.query.places import column_of, leaves
from newsdesk.query.tree import And, Keyword, Near, Node, Not, Or, Phrase, Range, phrases
from newsdesk.tagging import explain_miss
from newsdesk.watchlist.document import Path
from newsdesk.watchlist.findings import Remark, Severity

_MOST_CIRCUMSTANCES = 100  # combinations of language, source and date that an example is tried in
_MOST_NAMED = 3  # parts, reasons or words in one message
_SAME_STEM = 4  # letters
_ENDING = 2  # letters that the stem may be shorter than the word


def example_remarks(topic: Topic) -> Iterator[Remark]:
    """All remarks on the examples of one topic."""
    if not topic.positive:
        yield Remark(
            severity=Severity.HINT,
            path=("topics", topic.id, "examples"),
            message="the topic has no examples that prove it",
            remedy="write a title that must match below `examples: match:`",
        )
    seen: dict[tuple[str, ...], str] = {}
    proofs: dict[str, list[Document]] = {"match": [], "no_match": []}
    for key, texts in (("match", topic.positive), ("no_match", topic.negative)):
        for number, text in enumerate(texts):
            path: Path = ("topics", topic.id, "examples", key, number)
            first = seen.setdefault(tuple(tokens(text)), f"{key}[{number}]")
            if first != f"{key}[{number}]":
                yield _twice(path, first, is_contrary=not first.startswith(f"{key}["))
                continue
            proofs[key] += _articles(topic, text)
            yield from (_positive if key == "match" else _negative)(topic, text, path)
    if topic.positive:
        yield from _unproved(topic, proofs["match"])
        yield from _unproved_exclusions(topic, proofs["no_match"])


def _twice(path: Path, first: str, *, is_contrary: bool) -> Remark:
    return Remark(
        severity=Severity.ERROR if is_contrary else Severity.HINT,
        path=path,
        message=f"is the same as {first}, and cannot be both" if is_contrary else f"is the same as {first}",
        remedy="keep it where it belongs" if is_contrary else "remove one of the two",
    )


def _positive(topic: Topic, text: str, path: Path) -> Iterator[Remark]:
    bare = replace(topic, languages=(), sources=())
    article, reasons = min(
        ((article, explain_miss(bare, article)) for article in _articles(topic, text)), key=lambda tried: len(tried[1])
    )
    if not reasons:
        return
    lacking = _lacking(topic.query.tree, article)
    said = [_reason(part, article) for part in lacking] or [reason.reason for reason in reasons]
    stem = next((found for part in lacking for found in _same_stem(part, article)), None)
    yield Remark(
        severity=Severity.ERROR,
        path=path,
        message=f"the query does not match {shortened(text)!r}: {'; '.join(said[:_MOST_NAMED])}",
        remedy=f"write {stem[0]}*, which finds {stem[1]}, or correct the example"
        if stem
        else "correct the query, or the example",
    )


def _negative(topic: Topic, text: str, path: Path) -> Iterator[Remark]:
    bare = replace(topic, languages=(), sources=())
    article = next((article for article in _articles(topic, text) if not explain_miss(bare, article)), None)
    if article is None:
        return
    match = topic.query.find(article)
    words = list(dict.fromkeys(text[span.start : span.end] for span in match.evidence)) if match else []
    by = f" by {', '.join(repr(shortened(word)) for word in words[:_MOST_NAMED])}" if words else ""
    as_title = "; as a title, one place is enough" if topic.at_least > 1 else ""
    yield Remark(
        severity=Severity.ERROR,
        path=path,
        message=f"the query matches {shortened(text)!r}{by}{as_title}",
        remedy="exclude what sets it apart (NOT …), ask for more words, or correct the example",
    )


def _articles(topic: Topic, text: str) -> list[Document]:
    """The text as an article, in each language, from each source and at each time that the query asks for."""
    asked = list(leaves(topic.query.tree))
    values = {
        field: [leaf.value for leaf in asked if isinstance(leaf, Keyword) and leaf.field == field]
        for field in ("lang", "source", "author")
    }
    dates = [date for leaf in asked if isinstance(leaf, Range) for date in _dates(leaf)]
    circumstances = product(
        topic.languages or dict.fromkeys((None, *values["lang"])),
        topic.sources or dict.fromkeys((None, *values["source"])),
        (values["author"], ()) if values["author"] else ((),),
        dict.fromkeys((None, *dates)),
    )
    return [
        Document(title=text, body=text, lang=lang, source=source, author=author, published=published)
        for lang, source, author, published in islice(circumstances, _MOST_CIRCUMSTANCES)
    ]


def _dates(dates: Range) -> Iterator[datetime]:
    """The first and the last instant of a range."""
    second = timedelta(seconds=1)
    for bound, is_inside, step in (
        (dates.low, dates.include_low, second),
        (dates.high, dates.include_high, -second),
    ):
        if bound is not None:
            try:
                yield datetime.fromisoformat(bound) + (timedelta(0) if is_inside else step)
            except OverflowError:
                continue  # the calendar ends there


# ------------------------------------------------------------------ why not


def _lacking(node: Node, article: Document) -> list[Node]:
    """The parts that would have to match for the query to match, on the way that asks for the least."""
    if matches(node, article):
        return []
    match node:
        case And():
            return [part for child in node.nodes for part in _lacking(child, article)]
        case Or() if not all(isinstance(child, Phrase) for child in node.nodes):
            ways = [_lacking(child, article) for child in node.nodes]
            return min(ways, key=lambda way: sum(_cost(part, article) for part in way))
        case _:
            return [node]


def _cost(part: Node, article: Document) -> int:
    """How far a part is from matching: by the sides that are missing."""
    if isinstance(part, Near):
        return 1 + 2 * sum(not matches(side, article) for side in (part.left, part.right))
    return 1 if isinstance(part, Not) else 2


def _reason(part: Node, article: Document) -> str:
    shown = shortened(render(part))
    sides = [side for side in (part.left, part.right) if not matches(side, article)] if isinstance(part, Near) else []
    if sides:
        return f"it lacks {' and '.join(_bracketed(side) for side in sides)}"
    miss = misses(part, article)[0]
    match miss.lack:
        case Lack.ABSENT:
            return f"it lacks {_bracketed(part)}"
        case Lack.APART:
            return f"the words stand there, but not as {shown} wants them"
        case Lack.EXCLUDED:
            return f"{shown} excludes it"
        case Lack.OTHER_VALUE | Lack.OTHER_DATE:
            return f"{shown} is not true of it"


def _bracketed(part: Node) -> str:
    return f"({shortened(render(part))})" if isinstance(part, Or) else shortened(render(part))


def _same_stem(part: Node, article: Document) -> Iterator[tuple[str, str]]:
    """Words that the query misses by their endings only: what to write before the *, and the word of the article."""
    if isinstance(part, Not):
        return
    for word in dict.fromkeys(word for phrase in phrases(part) for word in phrase.parts if not is_wild(word)):
        if word in article.words(None):
            continue
        for other in sorted(article.words(None)):
            stem = _common_start(word, other)
            if len(stem) >= max(_SAME_STEM, len(word) - _ENDING):
                yield stem, other


def _common_start(one: str, other: str) -> str:
    length = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return one[:length]


# ------------------------------------------------------------------ parts without a proof


def _unproved(topic: Topic, positive: Sequence[Document]) -> Iterator[Remark]:
    """Alternatives that no example needs. Single words are not judged: those are lists of synonyms."""
    tree = topic.query.tree
    groups = [child for child in (tree.nodes if isinstance(tree, And) else (tree,)) if isinstance(child, Or)]
    for group in groups:
        ways = [way for way in _alternatives(group) if not isinstance(way, Phrase)]
        proved = [article for article in positive if matches(tree, article)]
        unproved = [way for way in ways if not any(matches(way, article) for article in proved)]
        if not unproved:
            continue
        first = shortened(render(unproved[0]))
        yield Remark(
            severity=Severity.HINT,
            path=("topics", topic.id, "query"),
            offset=column_of(unproved[0], topic.query),
            message=f"no example proves {first}"
            if len(unproved) == 1
            else f"no example proves {len(unproved)} of {len(ways)} alternatives; the first is {first}",
            remedy="add a title that needs it below `examples: match:`, or remove it",
        )


def _alternatives(node: Or) -> Iterator[Node]:
    for child in node.nodes:
        if isinstance(child, Or):
            yield from _alternatives(child)
        else:
            yield child


def _unproved_exclusions(topic: Topic, negative: Sequence[Document]) -> Iterator[Remark]:
    tree = topic.query.tree
    for child in tree.nodes if isinstance(tree, And) else ():
        if not isinstance(child, Not) or not any(True for _ in phrases(child)):
            continue
        others = [other for other in tree.nodes if other is not child] if isinstance(tree, And) else []
        if any(
            not matches(child, article) and all(matches(other, article) for other in others) for article in negative
        ):
            continue
        yield Remark(
            severity=Severity.HINT,
            path=("topics", topic.id, "query"),
            offset=column_of(child, topic.query),
            message=f"no example shows what {shortened(render(child))} keeps out",
            remedy="add such a title below `examples: no_match:`, or remove the exclusion",
        )
