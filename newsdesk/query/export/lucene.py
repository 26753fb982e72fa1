"""A tree as Lucene text, for Kibana's search bar (language: Lucene) and for `query_string`.

Lucene's AND and OR have no precedence, so every group stands in brackets and no bracket mixes the two. A lone NOT finds
nothing there, so it is taken from everything: (*:* AND NOT x). Every word names its field, so the default fields and
the default operator do not matter.

`"a b"~n` allows n moves of a word. With a first that is n words between; turned round, two moves are spent on the
turn. So both orders together are exactly NEAR/n, and PRE/n is exact up to n = 1, too few for a turn.
"""

import re
from collections.abc import Iterator
from typing import assert_never

from newsdesk.query.errors import shortened
from newsdesk.query.export.errors import ExportError
from newsdesk.query.export.fields import is_unicode, name_in_index, refuse_forms, single_stars, text_fields_of
from newsdesk.query.export.wording import AS_FILTER, as_phrases, bracketed, name_of, no_text
from newsdesk.query.patterns import is_wild
from newsdesk.query.render import render
from newsdesk.query.tree import All, And, Keyword, Near, Node, Not, Or, Phrase, Range

_LANGUAGE = "Lucene text"
_FARTHEST_PRE = 1
_SPECIAL_IN_QUOTES = re.compile(r'["\\]')
_EVERYTHING = "*:*"


def to_lucene(node: Node) -> str:
    """`node` as Lucene text that finds the same articles, with boosts; or an `ExportError`."""
    refuse_forms(node, _LANGUAGE)
    return _text(node)


def _text(node: Node) -> str:
    match node:
        case Phrase():
            return bracketed("OR", _in_fields(node, (_phrase(node),)))
        case Near():
            return bracketed("OR", _in_fields(node, _near(node)))
        case And():
            clauses = [f"NOT {_text(child.node)}" if isinstance(child, Not) else _text(child) for child in node.nodes]
            only_not = all(isinstance(child, Not) for child in node.nodes)
            return bracketed("AND", [_EVERYTHING, *clauses] if only_not else clauses)
        case Or():
            return bracketed("OR", map(_text, node.nodes))
        case Not():
            return f"({_EVERYTHING} AND NOT {_text(node.node)})"
        case Keyword():
            return f"{name_in_index(node.field)}:{_value(node)}"
        case Range():
            return _range(node)
        case All():
            return _EVERYTHING
        case _:
            assert_never(node)


def _in_fields(node: Phrase | Near, clauses: tuple[str, ...]) -> Iterator[str]:
    return (f"{field}:{clause}" for field in text_fields_of(node) for clause in clauses)


def _phrase(phrase: Phrase) -> str:
    """A word or phrase. Tokens hold none of Lucene's signs, and its operators are no tokens: they are upper case."""
    boost = _boost(phrase.boost)
    if len(phrase.parts) == 1:
        return f"{single_stars(phrase.parts[0])}{boost}"
    if any(map(is_wild, phrase.parts)):
        raise _refused("wildcard in a phrase", phrase)
    return f'"{" ".join(phrase.parts)}"{boost}'


def _near(near: Near) -> tuple[str, ...]:
    if alternatives := as_phrases(near):
        return tuple(map(_phrase, alternatives))
    left, right = near.left, near.right
    name = name_of(near)
    if near.ordered and near.distance > _FARTHEST_PRE:
        raise _refused(name, near)
    if isinstance(left, Or) or isinstance(right, Or):
        raise _refused(f"{name} with an OR group", near)
    if any(map(is_wild, left.parts + right.parts)):
        raise _refused(f"{name} with a wildcard", near)
    if len(left.parts) > 1 or len(right.parts) > 1:
        raise _refused(f"{name} with a phrase", near)
    if left.parts == right.parts:
        raise _refused(f"{name} of a word with itself", near)
    suffix = f"~{near.distance}{_boost(max(left.boost, right.boost))}"
    there, back = (f'"{a.parts[0]} {b.parts[0]}"{suffix}' for a, b in ((left, right), (right, left)))
    return (there,) if near.ordered else (there, back)


def _boost(boost: float) -> str:
    return "" if boost == 1 else f"^{boost:.4f}".rstrip("0").rstrip(".")


def _value(node: Keyword) -> str:
    if not is_unicode(node.value):
        raise no_text(node.field, _LANGUAGE)
    escaped = _SPECIAL_IN_QUOTES.sub(r"\\\g<0>", node.value)
    return f'"{escaped}"'


def _range(node: Range) -> str:
    field = name_in_index(node.field)
    if node.low is None and node.high is None:
        return f"_exists_:{field}"
    opening, closing = "[" if node.include_low else "{", "]" if node.include_high else "}"
    return f"{field}:{opening}{node.low or '*'} TO {node.high or '*'}{closing}"


def _refused(construct: str, node: Node) -> ExportError:
    message = f"{_LANGUAGE} has no {construct}: {shortened(render(node))}."
    return ExportError(message, construct=construct, remedy=AS_FILTER)
