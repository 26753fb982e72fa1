"""A tree as text that parses to the same tree; of a stemmed search, by `parse(…, stemmed=True)`."""

import re
from typing import assert_never

from newsdesk.query.stems import FORMS_OF
from newsdesk.query.tree import All, And, Keyword, Near, Node, Not, Or, Phrase, Range

_PLAIN_VALUE = re.compile(r"[a-z0-9][a-z0-9._-]*")


def render(node: Node) -> str:
    """`node` as a query."""
    match node:
        case Phrase():
            return _phrase(node)
        case Near():
            operator = "PRE" if node.ordered else "NEAR"
            return f"{_side(node.left)} {operator}/{node.distance} {_side(node.right)}"
        case And():
            return " AND ".join(
                _bracketed(child) if isinstance(child, And | Or) else render(child) for child in node.nodes
            )
        case Or():
            return " OR ".join(_bracketed(child) if isinstance(child, Or) else render(child) for child in node.nodes)
        case Not():
            return f"NOT {_bracketed(node.node) if isinstance(node.node, And | Or) else render(node.node)}"
        case Keyword():
            return f"{node.field}:{_value(node.value)}"
        case Range():
            opening, closing = "[" if node.include_low else "{", "]" if node.include_high else "}"
            return f"{node.field}:{opening}{node.low or '*'} TO {node.high or '*'}{closing}"
        case All():
            return "*:*"
        case _:
            assert_never(node)


def _bracketed(node: Node) -> str:
    return f"({render(node)})"


def _side(node: Phrase | Or) -> str:
    return _bracketed(node) if isinstance(node, Or) else _phrase(node)


def _phrase(phrase: Phrase) -> str:
    words = " ".join(part.removeprefix(FORMS_OF) for part in phrase.parts)
    field = f"{phrase.field}:" if phrase.field else ""
    boost = "" if phrase.boost == 1 else f"^{phrase.boost:.4f}".rstrip("0").rstrip(".")
    return f'{field}"{words}"{boost}' if len(phrase.parts) > 1 else f"{field}{words}{boost}"


def _value(value: str) -> str:
    if _PLAIN_VALUE.fullmatch(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
