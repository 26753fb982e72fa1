"""The tree of a query. Frozen; equal trees are equal queries; `render.render(node)` prints text that parses to it."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

TEXT_FIELDS = ("title", "body")
KEYWORD_FIELDS = ("source", "lang", "topic", "author", "story")
RANGE_FIELDS = ("published",)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Patterns at consecutive positions of one field; one pattern is a word. A pattern may hold * and ?."""

    field: str | None  # None: any text field
    parts: tuple[str, ...]  # analysed tokens; unescaped * and ? are wildcards
    boost: float = dataclasses.field(default=1.0)
    column: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Both sides in one field with at most `distance` other words between, not overlapping."""

    left: "Phrase | Or"
    right: "Phrase | Or"
    distance: int
    ordered: bool
    column: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All of `nodes` (two or more)."""

    nodes: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """Any of `nodes` (two or more)."""

    nodes: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """Not `node`."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class Keyword:
    """An exact value of a keyword field."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Range:
    """Instants between two bounds, each an ISO 8601 text in UTC or None for open."""

    field: str
    low: str | None
    high: str | None
    include_low: bool
    include_high: bool


@dataclass(frozen=True, slots=True)
class All:
    """Every article, written `*:*`."""


Node = Phrase | Near | And | Or | Not | Keyword | Range | All


def phrases(node: Node) -> Iterator[Phrase]:
    """Every word and phrase of the tree, left to right."""
    match node:
        case Phrase():
            yield node
        case Near():
            yield from phrases(node.left)
            yield from phrases(node.right)
        case And() | Or():
            for child in node.nodes:
                yield from phrases(child)
        case Not():
            yield from phrases(node.node)
        case _:
            return
