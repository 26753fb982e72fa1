"""Parts of a query that never change what it finds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from newsdesk.query.logic import excludes, implies, same_places
from newsdesk.query.tree import And, Near, Node, Not, Or, Phrase


class Why(StrEnum):
    """Why a part changes nothing."""

    COVERED = "covered"  # another part, one of which is enough, finds all that it finds
    IMPLIED = "implied"  # where it is asked, it is always true
    IMPOSSIBLE = "impossible"  # where it is asked, it is never true


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that holds, or does not hold, wherever a part decides."""

    node: Node
    is_true: bool = True
    is_original: bool = True  # it stands so in the query, nothing of it taken out yet

    def decides(self, part: Node) -> bool | None:
        """What `part` then is; None: not known."""
        if self.is_true:
            return True if implies(self.node, part) else False if excludes(self.node, part) else None
        if implies(part, self.node):
            return False
        if isinstance(part, Phrase) and isinstance(self.node, Phrase):
            return None  # words say nothing of articles without other words
        return True if implies(Not(self.node), part) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadPart:
    """A part of a query that never changes what the query finds."""

    part: Node
    why: Why
    beside: Node  # what makes it so
    keeps_places: bool  # without it the same words are evidence, so that `at_least` counts alike
    is_alone: bool  # it may be removed alone; else only together with dead parts found before


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduced:
    """A query without its dead parts; they are in the order in which they were found, each dead without those before.

    `node` finds exactly what the whole query finds; True is everything, False is nothing.
    """

    node: Node | bool
    dead: Sequence[DeadPart]


def reduce_tree(tree: Node, given: Sequence[Node] = ()) -> Reduced:
    """`tree` without dead parts, for articles that all of `given` find."""
    dead: list[DeadPart] = []
    return Reduced(node=_reduce(tree, [Fact(node=node) for node in given], dead), dead=dead)


def _reduce(node: Node, facts: Sequence[Fact], dead: list[DeadPart]) -> Node | bool:
    for fact in facts:
        value = fact.decides(node)
        if value is not None:
            dead.append(_dead(node, fact, value=value))
            return value
    match node:
        case And() | Or():
            return _reduce_group(node, facts, dead)
        case Not():
            inner = _reduce(node.node, facts, dead)
            return not inner if isinstance(inner, bool) else Not(inner)
        case Near():
            return replace(node, left=_reduce_side(node.left, dead), right=_reduce_side(node.right, dead))
        case _:
            return node


def _dead(part: Node, fact: Fact, *, value: bool) -> DeadPart:
    why = Why.IMPLIED if value else Why.IMPOSSIBLE if fact.is_true else Why.COVERED
    is_word = isinstance(part, Phrase) and isinstance(fact.node, Phrase)
    keeps = why is Why.IMPOSSIBLE or (is_word and same_places(part, fact.node))  # type: ignore[arg-type] # both Phrase
    return DeadPart(part=part, why=why, beside=fact.node, keeps_places=keeps, is_alone=fact.is_original)


def _reduce_group(group: And | Or, facts: Sequence[Fact], dead: list[DeadPart]) -> Node | bool:
    """The later of two equal parts is the dead one. What decides a part are the facts and the other living parts."""
    is_and = isinstance(group, And)
    originals = set(map(id, group.nodes))
    living = list(group.nodes)
    for number in reversed(range(len(living))):
        others = [
            Fact(node=node, is_true=is_and, is_original=id(node) in originals)
            for at, node in enumerate(living)
            if at != number
        ]
        value = _reduce(living[number], [*facts, *others], dead)
        if not isinstance(value, bool):
            living[number] = value
        elif value is is_and:
            del living[number]
        else:
            return value
    if not living:
        return is_and
    return living[0] if len(living) == 1 else replace(group, nodes=tuple(living))


def _reduce_side(side: Phrase | Or, dead: list[DeadPart]) -> Phrase | Or:
    """One side of NEAR: places count there, so only what stands word for word in another part's places is dead."""
    if isinstance(side, Phrase):
        return side
    living = [child for child in side.nodes if isinstance(child, Phrase | Or)]
    for number in reversed(range(len(living))):
        part = living[number] = _reduce_side(living[number], dead)
        others = [node for at, node in enumerate(living) if at != number]
        wider = next(
            (o for o in others if isinstance(part, Phrase) and isinstance(o, Phrase) and same_places(part, o)), None
        )
        if wider is not None:
            dead.append(DeadPart(part=part, why=Why.COVERED, beside=wider, keeps_places=True, is_alone=True))
            del living[number]
    return living[0] if len(living) == 1 else replace(side, nodes=tuple(living))
