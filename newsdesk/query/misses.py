"""Why a query does not match: what it asks for and the article does not have."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import assert_never

from newsdesk.query.document import Document
from newsdesk.query.evaluate import evidence, matches
from newsdesk.query.render import render
from newsdesk.query.tree import All, And, Keyword, Near, Node, Not, Or, Phrase, Range

_QUOTED = 3  # pieces of evidence that a detail shows


class Lack(StrEnum):
    """What is wrong with a part of a query that does not match."""

    ABSENT = "absent"  # words of it do not stand in the article
    APART = "apart"  # its words stand there, but not one after the other, or not near enough
    EXCLUDED = "excluded"  # it says NOT, and what it excludes is there
    OTHER_VALUE = "other-value"  # the article has another value in this field, or none
    OTHER_DATE = "other-date"  # the article was published outside the range, or without a date


@dataclass(frozen=True, slots=True)
class Miss:
    """A part of a query that would have to match, and what it lacks."""

    part: str  # as a query of its own
    lack: Lack
    detail: str  # for people


def misses(node: Node, document: Document) -> Sequence[Miss]:
    """The parts that keep the tree from matching, in the order of the query; none if it matches."""
    if matches(node, document):
        return ()
    match node:
        case And():
            return list(chain(*(misses(child, document) for child in node.nodes)))
        case Or():
            return _of_all(node, document)
        case Phrase() | Near():
            return (_of_words(node, document),)
        case Not():
            found = list(
                dict.fromkeys(document.text(s.field)[s.start : s.end] for s in evidence(node.node, document) or ())
            )
            detail = f"stands there: {', '.join(found[:_QUOTED])}" if found else "is the case"
            return (Miss(render(node), Lack.EXCLUDED, detail),)
        case Keyword():
            values = ", ".join(sorted(document.values(node.field))) or "no value"
            return (Miss(render(node), Lack.OTHER_VALUE, f"the article has {values}"),)
        case Range():
            published = document.published.isoformat() if document.published else "without a date"
            return (Miss(render(node), Lack.OTHER_DATE, f"the article was published {published}"),)
        case All():
            return ()
        case _:
            assert_never(node)


def _of_all(node: Or, document: Document) -> Sequence[Miss]:
    found = list(chain(*(misses(child, document) for child in node.nodes)))
    if all(miss.lack is Lack.ABSENT for miss in found):
        return (Miss(render(node), Lack.ABSENT, "none of these stands in the article"),)
    return found


def _of_words(node: Phrase | Near, document: Document) -> Miss:
    if isinstance(node, Near):
        absent = [side for side in (node.left, node.right) if not matches(side, document)]
        if absent:
            return Miss(render(node), Lack.ABSENT, f"not in the article: {', '.join(map(render, absent))}")
        return Miss(
            render(node), Lack.APART, "both sides stand there, but not so near, not in this order, or not in one field"
        )
    where = f"the {node.field}" if node.field else "the article"
    missing = [part for part in node.parts if not document.expand(part, node.field)]
    if missing:
        return Miss(render(node), Lack.ABSENT, f"not in {where}: {', '.join(missing)}")
    return Miss(render(node), Lack.APART, f"the words stand in {where}, but not one after the other")
