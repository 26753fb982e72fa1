"""A query: its text, its tree, and what it finds in an article."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from newsdesk.query.document import Document
from newsdesk.query.evaluate import Span, evidence, matches
from newsdesk.query.parser import parse_tree
from newsdesk.query.stems import in_all_forms
from newsdesk.query.tree import TEXT_FIELDS, All, And, Keyword, Near, Node, Not, Or, Phrase, Range


@dataclass(frozen=True, slots=True)
class Match:
    """A query matched, and what made it so: title first, then by place. Empty where no word was asked for."""

    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A query that can be run; `parse` makes it."""

    text: str
    tree: Node
    stemmed: bool = False  # words in all their forms (stems.py): for the search box, never for topics

    def match(
        self, *, title: str = "", body: str = "", **fields: str | Sequence[str] | datetime | None
    ) -> Match | None:
        """What the query finds in an article, or None; `fields` as in `Document`."""
        return self.find(Document(title=title, body=body, **fields))

    def find(self, document: Document) -> Match | None:
        """What the query finds in `document`, or None."""
        found = evidence(self.tree, document)
        return None if found is None else Match(tuple(sorted(set(found), key=_place)))

    def accepts(self, document: Document) -> bool:
        """Whether the query finds `document`: `find` without the evidence, and quicker."""
        return matches(self.tree, document)

    @property
    def matches_nearly_everything(self) -> bool:
        """Whether an article needs none of the words to match: NOT alone, `a OR NOT b`, `*:*`."""
        return _is_broad(self.tree)


def parse(text: str, *, now: datetime | None = None, stemmed: bool = False) -> Query:
    """The query that `text` says, or a `QueryError`.

    `now` (aware) is what relative dates such as now-7d count from; without it they are an error. `stemmed`: each word
    stands for all words with its stem, see `newsdesk.query.stems`.
    """
    tree = parse_tree(text, now)
    return Query(text, in_all_forms(tree) if stemmed else tree, stemmed)


def _place(span: Span) -> tuple[int, int, int, str]:
    return TEXT_FIELDS.index(span.field), span.start, span.end, span.part


def _is_broad(node: Node) -> bool:
    match node:
        case Phrase() | Near() | Keyword():
            return False
        case Range():
            return node.low is None and node.high is None
        case And():
            return all(map(_is_broad, node.nodes))
        case Or():
            return any(map(_is_broad, node.nodes))
        case Not():
            return not _is_broad(node.node)
        case All():
            return True
        case _:
            assert_never(node)
