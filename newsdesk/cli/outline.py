"""The tree of a query, for people as indented lines, for programs as JSON."""

import dataclasses
from collections.abc import Iterator
from typing import Any, assert_never

from newsdesk.query import render
from newsdesk.query.tree import All, And, Keyword, Near, Node, Not, Or, Phrase, Range


def outline(node: Node, depth: int = 0) -> Iterator[str]:
    """One line for each part, indented by two blanks for each level."""
    yield "  " * depth + _name(node)
    for child in _children(node):
        yield from outline(child, depth + 1)


def _name(node: Node) -> str:
    match node:
        case And():
            return "all of"
        case Or():
            return "any of"
        case Not():
            return "not"
        case Near():
            order = "in this order" if node.ordered else "in any order"
            return f"near, at most {node.distance} {'word' if node.distance == 1 else 'words'} between, {order}"
        case Phrase():
            return f"{'phrase' if len(node.parts) > 1 else 'word'} {render(node)}"
        case Keyword():
            return f"exactly {render(node)}"
        case Range():
            return f"range {render(node)}"
        case All():
            return "every article"
        case _:
            assert_never(node)


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case And() | Or():
            return node.nodes
        case Not():
            return (node.node,)
        case Near():
            return (node.left, node.right)
        case _:
            return ()


def tree_record(node: Node) -> dict[str, Any]:
    """The tree as JSON types; `kind` says what each node is."""
    record: dict[str, Any] = {"kind": type(node).__name__.lower()}
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        match value:
            case tuple() if field.name == "nodes":
                record[field.name] = [tree_record(child) for child in value]
            case Phrase() | Near() | And() | Or() | Not() | Keyword() | Range() | All():
                record[field.name] = tree_record(value)
            case _:
                record[field.name] = list(value) if isinstance(value, tuple) else value
    return record
