"""An article, analysed once for any number of queries."""

import sys
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime

from newsdesk.query.analysis import analyse, tokens
from newsdesk.query.patterns import wild_test
from newsdesk.query.stems import FORMS_OF, algorithm_of, is_open, stem
from newsdesk.query.tree import KEYWORD_FIELDS, RANGE_FIELDS, TEXT_FIELDS

_LAST_CHARACTER = chr(sys.maxunicode)  # in no token
_SEPARATOR = "\n"  # in no token: a phrase cannot run from one field into the next


class Document:
    """Title, body and values of one article, with what the evaluator needs to know of them; all made when first asked.

    `fields` are the keyword fields (source, lang, topic, author, story), each a text, several texts or None, and
    published: an aware datetime or ISO 8601 text (UTC where it names no zone).
    """

    __slots__ = (
        "_expanded",
        "_offsets",
        "_positions",
        "_running",
        "_sorted",
        "_texts",
        "_tokens",
        "_values",
        "_words",
        "published",
    )

    def __init__(self, *, title: str = "", body: str = "", **fields: str | Sequence[str] | datetime | None) -> None:
        unknown = fields.keys() - {*KEYWORD_FIELDS, *RANGE_FIELDS}
        if unknown:
            message = f"unknown fields: {', '.join(sorted(unknown))}"
            raise TypeError(message)
        self._texts = {"title": title, "body": body}
        self.published = _instant(fields.get("published"))
        self._values = {name: _values(fields.get(name)) for name in KEYWORD_FIELDS if fields.get(name)}
        self._tokens: dict[str, list[str]] = {}
        self._words: dict[str | None, AbstractSet[str]] = {}
        self._running: dict[str | None, str] = {}
        self._positions: dict[str, Mapping[str, Sequence[int]]] = {}
        self._offsets: dict[str, Sequence[tuple[int, int]]] = {}
        self._sorted: dict[str | None, Sequence[str]] = {}
        self._expanded: dict[tuple[str | None, str], Sequence[str]] = {}

    def text(self, field: str) -> str:
        """The original text of a text field."""
        return self._texts[field]

    def values(self, field: str) -> AbstractSet[str]:
        """The values of a keyword field."""
        return self._values.get(field, frozenset())

    def tokens(self, field: str) -> list[str]:
        """The tokens of a text field, in order."""
        found = self._tokens.get(field)
        if found is None:
            found = self._tokens[field] = tokens(self._texts[field])
        return found

    def words(self, field: str | None) -> AbstractSet[str]:
        """The different tokens of a text field; None: of them all."""
        found = self._words.get(field)
        if found is None:
            found = self._words[field] = set().union(*map(self.tokens, _fields(field)))
        return found

    def running(self, field: str | None) -> str:
        """The tokens in order with a blank before and after each; None: the fields with a line break between.

        A phrase stands in a field if and only if it stands in this text with a blank at both ends.
        """
        found = self._running.get(field)
        if found is None:
            found = self._running[field] = _SEPARATOR.join(
                f" {' '.join(self.tokens(name))} " for name in _fields(field)
            )
        return found

    def positions(self, field: str) -> Mapping[str, Sequence[int]]:
        """For each token of a text field, its positions, ascending."""
        found = self._positions.get(field)
        if found is None:
            places: dict[str, list[int]] = {}
            for position, token in enumerate(self.tokens(field)):
                places.setdefault(token, []).append(position)
            found = self._positions[field] = places
        return found

    def offsets(self, field: str) -> Sequence[tuple[int, int]]:
        """For each position of a text field, where its token starts and ends in the original text."""
        found = self._offsets.get(field)
        if found is None:
            found = self._offsets[field] = [(token.start, token.end) for token in analyse(self._texts[field])]
        return found

    def expand(self, pattern: str, field: str | None) -> Sequence[str]:
        """The words of a text field that `pattern` stands for: itself, a wildcard, or a word in all its forms."""
        if not is_open(pattern):
            return (pattern,) if pattern in self.words(field) else ()
        found = self._expanded.get((field, pattern))
        if found is None:
            alike = self._forms if pattern.startswith(FORMS_OF) else self._alike
            found = self._expanded[field, pattern] = alike(pattern, field)
        return found

    def _forms(self, pattern: str, field: str | None) -> Sequence[str]:
        algorithm = algorithm_of(next(iter(self.values("lang")), None))
        wanted = stem(pattern.removeprefix(FORMS_OF), algorithm)
        return [word for word in self._in_order(field) if stem(word, algorithm) == wanted]

    def _alike(self, pattern: str, field: str | None) -> Sequence[str]:
        return _alike(pattern, self._in_order(field))

    def _in_order(self, field: str | None) -> Sequence[str]:
        found = self._sorted.get(field)
        if found is None:
            found = self._sorted[field] = sorted(self.words(field))
        return found


def _alike(pattern: str, words: Sequence[str]) -> Sequence[str]:
    """Those of `words`, which are sorted, that a wildcard stands for."""
    head = pattern.replace("?", "*").partition("*")[0]
    low = bisect_left(words, head)
    among = words[low : bisect_left(words, head + _LAST_CHARACTER, low)] if head else words
    if pattern == head + "*":
        return among
    test = wild_test(pattern)
    return [word for word in among if test(word)]


def _fields(field: str | None) -> tuple[str, ...]:
    return TEXT_FIELDS if field is None else (field,)


def _values(value: str | Sequence[str] | datetime | None) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset((value,))
    if value is None or isinstance(value, datetime):
        message = f"a keyword field takes text, not {value!r}"
        raise TypeError(message)
    return frozenset(value)


def _instant(value: str | Sequence[str] | datetime | None) -> datetime | None:
    if not value:
        return None
    if isinstance(value, str):
        instant = datetime.fromisoformat(value)
        return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    message = f"published takes an aware datetime or ISO 8601 text, not {value!r}"
    raise TypeError(message)
