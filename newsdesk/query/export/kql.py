r"""A tree as KQL, the language of Kibana's search bar (also the server's `kql` query, from 8.18 on).

Words stand in quotes, so that `and`, `or`, `not`, `null` and `true` are words, and the field's own analyser cuts them
up again into the same tokens. Only * works outside of quotes. Values of keyword fields in quotes are exact. There, a
backslash is written \u005c: after \\ at the end of a value the server would read on over the closing quote.
A group stands in brackets and mixes no operators. KQL has no boosts: they are left out, the articles are the same.

Kibana makes one query of the DSL for each bracket, and one more for each field of each word; servers read 30 of them
inside each other.
"""

from collections.abc import Iterator
from typing import assert_never

from newsdesk.query.errors import shortened
from newsdesk.query.export.errors import ExportError
from newsdesk.query.export.fields import is_unicode, name_in_index, refuse_forms, single_stars, text_fields_of
from newsdesk.query.export.lucene import to_lucene
from newsdesk.query.export.wording import AS_FILTER, AS_LUCENE, as_phrases, bracketed, name_of, no_text
from newsdesk.query.patterns import is_wild
from newsdesk.query.render import render
from newsdesk.query.tree import All, And, Keyword, Near, Node, Not, Or, Phrase, Range

_LANGUAGE = "KQL"
DEEPEST_KQL = 25  # AND, OR and NOT inside each other


class _Unsayable(Exception):  # noqa: N818 - it never leaves the module, which adds the remedy
    def __init__(self, construct: str, node: Node) -> None:
        super().__init__(construct)
        self.construct = construct
        self.node = node


def to_kql(node: Node) -> str:
    """`node` as KQL that finds the same articles; or an `ExportError`."""
    refuse_forms(node, _LANGUAGE)
    try:
        if _levels(node) > DEEPEST_KQL:
            raise _Unsayable(f"more than {DEEPEST_KQL} levels of AND, OR and NOT", node)
        return _text(node)
    except _Unsayable as unsayable:
        message = f"{_LANGUAGE} has no {unsayable.construct}: {shortened(render(unsayable.node))}."
        raise ExportError(message, construct=unsayable.construct, remedy=_remedy(node)) from unsayable


def _remedy(node: Node) -> str:
    try:
        to_lucene(node)
    except ExportError:
        return AS_FILTER
    return AS_LUCENE


def _levels(node: Node) -> int:
    match node:
        case And() | Or():
            return 1 + max(map(_levels, node.nodes))
        case Not():
            return 1 + _levels(node.node)
        case _:
            return 0


def _text(node: Node) -> str:
    match node:
        case Phrase():
            return bracketed("or", _in_fields(node))
        case Near():
            return _near(node)
        case And():
            return bracketed("and", map(_text, node.nodes))
        case Or():
            return bracketed("or", map(_text, node.nodes))
        case Not():
            return f"(not {_text(node.node)})"
        case Keyword():
            return f"{name_in_index(node.field)}: {_value(node)}"
        case Range():
            return _range(node)
        case All():
            return "*:*"
        case _:
            assert_never(node)


def _in_fields(phrase: Phrase) -> Iterator[str]:
    return (f"{field}: {_phrase(phrase)}" for field in text_fields_of(phrase))


def _phrase(phrase: Phrase) -> str:
    if not any(map(is_wild, phrase.parts)):
        return f'"{" ".join(phrase.parts)}"'
    if len(phrase.parts) > 1:
        raise _Unsayable("wildcard in a phrase", phrase)
    if "?" in phrase.parts[0]:
        raise _Unsayable("wildcard ?", phrase)
    return single_stars(phrase.parts[0])


def _near(near: Near) -> str:
    alternatives = as_phrases(near)
    if not alternatives:
        raise _Unsayable(f"proximity ({name_of(near)})", near)
    return bracketed("or", (clause for phrase in alternatives for clause in _in_fields(phrase)))


def _value(node: Keyword) -> str:
    if not is_unicode(node.value):
        raise no_text(node.field, _LANGUAGE)
    return '"' + node.value.replace("\\", r"\u005c").replace('"', r"\"") + '"'


def _range(node: Range) -> str:
    field = name_in_index(node.field)
    bounds = []
    if node.low is not None:
        bounds.append(f'{field} {">=" if node.include_low else ">"} "{node.low}"')
    if node.high is not None:
        bounds.append(f'{field} {"<=" if node.include_high else "<"} "{node.high}"')
    return bracketed("and", bounds) if bounds else f"{field}: *"
