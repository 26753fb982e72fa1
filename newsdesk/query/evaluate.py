"""What a tree finds in a document: the definition of the language."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import assert_never

from newsdesk.query.document import Document
from newsdesk.query.render import render
from newsdesk.query.stems import is_open
from newsdesk.query.tree import TEXT_FIELDS, All, And, Keyword, Near, Node, Not, Or, Phrase, Range, phrases

Stretch = tuple[int, int]  # positions of the first and the last token


@dataclass(frozen=True, slots=True)
class Span:
    """A place that matched. Offsets count characters of the text as it was given, end exclusive."""

    field: str  # title or body
    start: int
    end: int
    part: str  # the word, phrase or NEAR of the query that stands here, as a query of its own


def matches(node: Node, document: Document) -> bool:
    """Whether the tree accepts the document."""
    match node:
        case Phrase():
            return _has_phrase(node, document)
        case Near():
            return any(True for field in _fields_of(node) for _ in windows(node, document, field))
        case And():
            return all(matches(child, document) for child in node.nodes)
        case Or():
            return any(matches(child, document) for child in node.nodes)
        case Not():
            return not matches(node.node, document)
        case Keyword():
            return node.value in document.values(node.field)
        case Range():
            return document.published is not None and _within(node, document.published)
        case All():
            return True
        case _:
            assert_never(node)


def evidence(node: Node, document: Document) -> Sequence[Span] | None:
    """Every place that made the tree match, in no order; None if it does not match. What is under NOT gives none."""
    match node:
        case Phrase():
            return list(_spans(node, document)) if _has_phrase(node, document) else None
        case Near():
            return list(_spans(node, document)) or None
        case And():
            found: list[Span] = []
            for child in node.nodes:
                spans = evidence(child, document)
                if spans is None:
                    return None
                found += spans
            return found
        case Or():
            held = [spans for child in node.nodes if (spans := evidence(child, document)) is not None]
            return list(chain(*held)) if held else None
        case _:
            return () if matches(node, document) else None


def _spans(node: Phrase | Near, document: Document) -> Iterator[Span]:
    part = ""
    for field in _fields_of(node):
        found = (
            stretches(node, document, field) if isinstance(node, Phrase) else smallest(windows(node, document, field))
        )
        if found:
            part = part or render(node)
            offsets = document.offsets(field)
            yield from (Span(field, offsets[first][0], offsets[last][1], part) for first, last in found)


def _fields_of(node: Phrase | Near) -> tuple[str, ...]:
    field = next(phrases(node)).field
    return TEXT_FIELDS if field is None else (field,)


def _has_phrase(phrase: Phrase, document: Document) -> bool:
    if any(map(is_open, phrase.parts)):
        if len(phrase.parts) == 1:
            return bool(document.expand(phrase.parts[0], phrase.field))
        return any(stretches(phrase, document, field) for field in _fields_of(phrase))
    if len(phrase.parts) == 1:
        return phrase.parts[0] in document.words(phrase.field)
    return f" {' '.join(phrase.parts)} " in document.running(phrase.field)


def stretches(node: Phrase | Or, document: Document, field: str) -> Sequence[Stretch]:
    """Where a word, phrase or group of them stands in a field, ascending."""
    if isinstance(node, Or):
        found: set[Stretch] = set()
        for child in node.nodes:
            if not isinstance(child, Phrase | Or):
                message = f"NEAR holds words, phrases and OR, not {child!r}"
                raise TypeError(message)
            found.update(stretches(child, document, field))
        return sorted(found)
    if len(node.parts) == 1:
        return [(place, place) for place in _places(node.parts[0], document, field)]
    first, *others = node.parts
    starts = set(_places(first, document, field))
    for distance, part in enumerate(others, start=1):
        if not starts:
            return ()
        starts.intersection_update([place - distance for place in _places(part, document, field)])
    return [(start, start + len(others)) for start in sorted(starts)]


def _places(part: str, document: Document, field: str) -> Sequence[int]:
    """The positions of the words that a part stands for, ascending."""
    positions = document.positions(field)
    if not is_open(part):
        return positions.get(part, ())
    return sorted(chain(*(positions[word] for word in document.expand(part, field))))


def windows(near: Near, document: Document, field: str) -> Iterator[Stretch]:
    """Stretches from one side to the other. All that hold no smaller one are among them."""
    left = stretches(near.left, document, field)
    right = stretches(near.right, document, field) if left else ()
    yield from _followed(left, right, near.distance)
    if not near.ordered:
        yield from _followed(right, left, near.distance)


def _followed(before: Sequence[Stretch], after: Sequence[Stretch], distance: int) -> Iterator[Stretch]:
    # Of those that end at one place only the shortest matters, and of those that begin at one place: so the work for
    # each place is bounded by `distance`.
    latest_start = {last: first for first, last in before}
    soonest_end = dict(reversed(after))
    starts = sorted(soonest_end)
    for last, first in latest_start.items():
        low = bisect_left(starts, last + 1)
        high = bisect_left(starts, last + distance + 2, low)
        if low < high:
            yield first, min(soonest_end[start] for start in starts[low:high])


def smallest(found: Iterator[Stretch]) -> Sequence[Stretch]:
    """Those that hold no other of them, ascending."""
    kept: list[Stretch] = []
    for first, last in sorted(set(found), key=lambda place: (place[0], -place[1])):
        while kept and kept[-1][1] >= last:
            kept.pop()
        kept.append((first, last))
    return kept


def _within(bounds: Range, instant: datetime) -> bool:
    if bounds.low is not None:
        low = _instant(bounds.low)
        if instant < low or (instant == low and not bounds.include_low):
            return False
    if bounds.high is not None:
        high = _instant(bounds.high)
        return instant < high or (instant == high and bounds.include_high)
    return True


@lru_cache(maxsize=1024)
def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
