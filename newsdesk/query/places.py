"""Where the parts of a tree stand in the text of their query."""

from collections.abc import Iterator
from typing import assert_never

from newsdesk.query.language import Query
from newsdesk.query.lexer import Kind, lexemes
from newsdesk.query.tree import All, And, Keyword, Near, Node, Not, Or, Phrase, Range, phrases

Leaf = Phrase | Near | Keyword | Range | All


def leaves(node: Node) -> Iterator[Leaf]:
    """The parts of a tree that hold no AND, OR and NOT, left to right; a NEAR is one part."""
    match node:
        case And() | Or():
            for child in node.nodes:
                yield from leaves(child)
        case Not():
            yield from leaves(node.node)
        case Phrase() | Near() | Keyword() | Range() | All():
            yield node
        case _:
            assert_never(node)


def column_of(part: Node, query: Query) -> int:
    """The offset, in the text of the query, at which a part of its tree (the very object) begins."""
    first = next(leaves(part))
    if isinstance(first, Phrase | Near):
        return min(phrase.column for phrase in phrases(first))
    # Each word, phrase and value of the text is one leaf, in the same order; those of phrases are known.
    known = {phrase.column for phrase in phrases(query.tree)}
    values = (leaf for leaf in leaves(query.tree) if not isinstance(leaf, Phrase | Near))
    pieces = (piece for piece in lexemes(query.text) if piece.kind in (Kind.WORD, Kind.PHRASE, Kind.VALUE))
    places = (piece.column for piece in pieces if piece.column not in known)
    return next((column for leaf, column in zip(values, places, strict=False) if leaf is first), 0)
