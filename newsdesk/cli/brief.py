"""A part of a query on one line: of long groups the beginning."""

from newsdesk.query import render
from newsdesk.query.tree import And, Near, Node, Not, Or


def brief(node: Node, width: int) -> str:
    """`node` as a query of at most `width` characters, where need be with `…` for the later members of its groups."""
    whole = render(node)
    shown = (8, 5, 3, 2, 1)  # members of each group
    tries = (text for members in shown if len(text := _cut(node, members)) <= width)
    if len(whole) <= width:
        return whole
    return next(tries, _cut(node, 1)[: width - 1] + "…")


def _cut(node: Node, members: int) -> str:
    match node:
        case Near():
            operator = "PRE" if node.ordered else "NEAR"
            return f"{_side(node.left, members)} {operator}/{node.distance} {_side(node.right, members)}"
        case And() | Or():
            word = " OR " if isinstance(node, Or) else " AND "
            more = word + "…" if len(node.nodes) > members else ""
            return word.join(_side(child, members) for child in node.nodes[:members]) + more
        case Not():
            return f"NOT {_side(node.node, members)}"
        case _:
            return render(node)


def _side(node: Node, members: int) -> str:
    text = _cut(node, members)
    return f"({text})" if isinstance(node, And | Or) else text
