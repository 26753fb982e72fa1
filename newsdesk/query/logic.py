"""What is known of two queries before any article is seen: that one finds all that the other finds, or nothing of it.

A yes holds for every article; a no may also mean that it is not known. An article has one source and one language.
Words are taken as they stand: trees of a stemmed search are not for here.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from newsdesk.query.patterns import is_wild, wild_test
from newsdesk.query.tree import All, And, Keyword, Near, Node, Not, Or, Phrase, Range, phrases

_ONE_VALUE = ("source", "lang")  # fields of which an article has one value at most
_REMEMBERED = 100_000  # answers; without them nested brackets would be asked about again and again


def implies(a: Node, b: Node) -> bool:
    """Whether every article that `a` finds is found by `b` too."""
    if isinstance(a, Phrase) and isinstance(b, Phrase):
        return _phrase_implies(a, b)
    return _implies(a, b)


def excludes(a: Node, b: Node) -> bool:
    """Whether no article is found by both."""
    if isinstance(a, Phrase) and isinstance(b, Phrase):
        return False
    return _excludes(a, b)


@lru_cache(maxsize=_REMEMBERED)
def _implies(a: Node, b: Node) -> bool:
    match a, b:
        case Or(nodes), _:
            return all(implies(node, b) for node in nodes)
        case _, And(nodes):
            return all(implies(a, node) for node in nodes)
        case (Not(Not(inner)), _):
            return implies(inner, b)
        case (_, Not(Not(inner))):
            return implies(a, inner)
        case Not(x), Not(y) if implies(y, x):
            return True
        case _, Not(y) if excludes(a, y):
            return True
    if any(implies(part, b) for part in _conjuncts(a)):
        return True
    return any(implies(a, node) for node in b.nodes) if isinstance(b, Or) else _leaf_implies(a, b)


@lru_cache(maxsize=_REMEMBERED)
def _excludes(a: Node, b: Node) -> bool:
    match a, b:
        case (Or(nodes), other) | (other, Or(nodes)):
            return all(excludes(node, other) for node in nodes)
        case (Not(x), other) | (other, Not(x)) if implies(other, x):
            return True
        case Range(), Range():
            return _ends_before(a, b) or _ends_before(b, a)
        case Keyword(), Keyword():
            return a.field == b.field and a.field in _ONE_VALUE and a.value != b.value
    pairs = [*((part, b) for part in _conjuncts(a)), *((a, part) for part in _conjuncts(b))]
    return any(excludes(one, other) for one, other in pairs)


def _conjuncts(node: Node) -> Sequence[Node]:
    """What must match besides, if `node` does."""
    match node:
        case And(nodes):
            return nodes
        case Near():
            return (node.left, node.right)
        case _:
            return ()


def _leaf_implies(a: Node, b: Node) -> bool:
    match a, b:
        case _, All():
            return True
        case Phrase(), Near():
            return _field_holds(b, a) and _phrase_holds_near(a, b)
        case Near(), Near():
            return _field_holds(b, a) and _near_implies(a, b)
        case Range(), Range():
            return _lies_within(a, b)
        case Keyword(), Keyword():
            return a == b
        case _:
            return False


# ------------------------------------------------------------------ words


def same_places(narrow: Phrase, wide: Phrase) -> bool:
    """Whether `wide` stands, word for word, wherever `narrow` stands; their fields are not compared."""
    return len(narrow.parts) == len(wide.parts) and all(map(_covers, wide.parts, narrow.parts))


def _phrase_implies(a: Phrase, b: Phrase) -> bool:
    if b.field is not None and b.field != a.field:
        return False
    if len(a.parts) == len(b.parts) == 1:
        return _covers(b.parts[0], a.parts[0])
    return any(True for _ in _runs(b, a))


def _field_holds(wide: Phrase | Near, narrow: Phrase | Near) -> bool:
    field = next(phrases(wide)).field
    return field is None or field == next(phrases(narrow)).field


def _runs(inner: Phrase, outer: Phrase) -> Iterator[tuple[int, int]]:
    """Where in the words of `outer` those of `inner` stand: first position, and the one after the last."""
    length = len(inner.parts)
    for start in range(len(outer.parts) - length + 1):
        if all(map(_covers, inner.parts, outer.parts[start : start + length])):
            yield start, start + length


def _covers(wide: str, narrow: str) -> bool:
    """Whether every word that the pattern `narrow` stands for is one that `wide` stands for."""
    return wide == narrow or (is_wild(wide) and _wild_covers(wide, narrow))


@lru_cache(maxsize=_REMEMBERED)
def _wild_covers(wide: str, narrow: str) -> bool:
    if not is_wild(narrow):
        return bool(wild_test(wide)(narrow))
    head, tail = wide.removesuffix("*"), wide.removeprefix("*")
    if not is_wild(head):
        return narrow.replace("?", "*").partition("*")[0].startswith(head)
    return not is_wild(tail) and narrow.replace("?", "*").rpartition("*")[2].endswith(tail)


def _phrase_holds_near(a: Phrase, b: Near) -> bool:
    lefts, rights = ([run for side in _sides(node) for run in _runs(side, a)] for node in (b.left, b.right))
    gaps = [right[0] - left[1] for left in lefts for right in rights]
    if not b.ordered:
        gaps += [left[0] - right[1] for left in lefts for right in rights]
    return any(0 <= gap <= b.distance for gap in gaps)


def _near_implies(a: Near, b: Near) -> bool:
    if a.distance > b.distance or (b.ordered and not a.ordered):
        return False
    is_same = _side_implies(a.left, b.left) and _side_implies(a.right, b.right)
    return is_same or (not b.ordered and _side_implies(a.left, b.right) and _side_implies(a.right, b.left))


def _side_implies(a: Phrase | Or, b: Phrase | Or) -> bool:
    return all(any(same_places(narrow, wide) for wide in _sides(b)) for narrow in _sides(a))


def _sides(node: Phrase | Or) -> list[Phrase]:
    """The words and phrases of one side of NEAR."""
    return list(phrases(node))


# ------------------------------------------------------------------ dates


def _lies_within(a: Range, b: Range) -> bool:
    begins = b.low is None or (
        a.low is not None and (_instant(a.low), not a.include_low) >= (_instant(b.low), not b.include_low)
    )
    ends = b.high is None or (
        a.high is not None and (_instant(a.high), a.include_high) <= (_instant(b.high), b.include_high)
    )
    return begins and ends


def _ends_before(a: Range, b: Range) -> bool:
    """Whether `a` is over when `b` begins."""
    if a.high is None or b.low is None:
        return False
    end, start = _instant(a.high), _instant(b.low)
    return end < start or (end == start and not (a.include_high and b.include_low))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
