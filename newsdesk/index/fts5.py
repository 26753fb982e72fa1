"""The tree of a query as a condition of the embedded index.

Where FTS5 cannot say the same thing (ordered NEAR, sides that may overlap) the condition is wider, and the reader asks
the evaluator about each candidate. Words of a user stand in a MATCH text between double quotes only, and only if they
are words, so nothing of FTS5's own syntax can come from outside.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import assert_never

from newsdesk.index.clock import UNDATED, micros_of_text
from newsdesk.index.condition import EVERYTHING, NOTHING, Condition, all_of, any_of, joined, negated
from newsdesk.query import Query, QueryError
from newsdesk.query.stems import FORMS_OF
from newsdesk.query.tree import All, And, Keyword, Near, Node, Not, Or, Phrase, Range, phrases

WordsLike = Callable[[str, int], Sequence[str]]  # (wildcard or ~word, limit) -> words of the index that it stands for

WORDS_PER_PATTERN = 1_024
WORDS_PER_QUERY = 8_192
_PHRASES_PER_PATTERN = 1_024  # all combinations of the words in the places of one phrase
_PAIRS_PER_NEAR = 400  # each phrase of one side with each of the other
_COMBINATIONS_PER_QUERY = 16_384

_SQL_OF_KEYWORD = {
    "source": "m.source = ?",
    "lang": "m.language = ?",
    "story": "m.story = ?",
    "topic": "m.number IN (SELECT number FROM article_topics WHERE topic = ?)",
    "author": "m.number IN (SELECT number FROM article_authors WHERE author = ?)",
}


def translate(query: Query, words_like: WordsLike) -> Condition:
    """The condition of `query`. A wildcard that stands for too many words is a `QueryError`."""
    return _Translation(query, words_like).condition(query.tree, wanted=True)


def scoring_texts(query: Query, words_like: WordsLike) -> tuple[tuple[float, str], ...]:
    """For each boost of the query, a MATCH text of the words and phrases that have it; those under NOT left out."""
    translation = _Translation(query, words_like)
    by_boost: dict[float, list[str]] = {}
    for phrase in _wanted_phrases(query.tree):
        text = translation.condition(phrase, wanted=True).match
        if text is not None:
            by_boost.setdefault(phrase.boost, []).append(text)
    return tuple((boost, joined("OR", texts)) for boost, texts in by_boost.items())


def _wanted_phrases(node: Node) -> Iterator[Phrase]:
    match node:
        case Not():
            return
        case And() | Or():
            for child in node.nodes:
                yield from _wanted_phrases(child)
        case _:
            yield from phrases(node)


class _Translation:
    """One query on its way; it counts what the wildcards cost."""

    def __init__(self, query: Query, words_like: WordsLike) -> None:
        self._query = query
        self._words_like = words_like
        self._words = 0
        self._combinations = 0

    def condition(self, node: Node, *, wanted: bool) -> Condition:
        """The condition of `node`, or of its contrary. NOT is carried down to the leaves by De Morgan's laws."""
        match node:
            case Not():
                return self.condition(node.node, wanted=not wanted)
            case And() | Or():
                children = [self.condition(child, wanted=wanted) for child in node.nodes]
                return all_of(children) if isinstance(node, And) is wanted else any_of(children)
            case _:
                leaf = self._leaf(node)
                return leaf if wanted else negated(leaf)

    def _leaf(self, node: Phrase | Near | Keyword | Range | All) -> Condition:
        match node:
            case Phrase():
                return self._phrase(node)
            case Near():
                return self._near(node)
            case Keyword():
                return keyword_condition(node.field, node.value)
            case Range():
                return _range(node)
            case All():
                return EVERYTHING
            case _:
                assert_never(node)

    def _phrase(self, phrase: Phrase) -> Condition:
        texts = self._texts(phrase)
        if texts is not None:
            return _matching(phrase.field, texts)
        # Too many combinations: the parts anywhere in the field, and the evaluator sees to the order.
        parts = [self._phrase(Phrase(phrase.field, (part,), 1.0, phrase.column)) for part in phrase.parts]
        return all_of([*parts, Condition(exact=False)])

    def _texts(self, phrase: Phrase) -> list[str] | None:
        """FTS5 phrases that together are this one; None where they would be too many."""
        last = len(phrase.parts) - 1
        choices = [self._choices(phrase, part, is_last=place == last) for place, part in enumerate(phrase.parts)]
        count = 1
        for words in choices:
            count *= len(words)
        if len(choices) > 1 and not self._affordable(count, _PHRASES_PER_PATTERN):
            return None
        return [_quoted(words) for words in product(*choices)]

    def _choices(self, phrase: Phrase, part: str, *, is_last: bool) -> Sequence[str]:
        """The words that may stand in the place of `part`; "abc*" stands for itself at the end of a phrase."""
        in_all_forms = part.startswith(FORMS_OF)
        letters = part.removeprefix(FORMS_OF).replace("*", "").replace("?", "")
        if (
            not letters
            or not _is_encodable(part)
            or any(letter.isascii() and not letter.isalnum() for letter in letters)
        ):
            return ()  # no word of any text is like that
        if part == letters or (is_last and part == letters + "*" and not in_all_forms):
            return (part,)
        words = self._words_like(part, WORDS_PER_PATTERN + 1)
        self._words += len(words)
        if len(words) > WORDS_PER_PATTERN:
            raise self._too_wide(phrase, f"{part} matches more than {WORDS_PER_PATTERN:,} different words.")
        if self._words > WORDS_PER_QUERY:
            raise self._too_wide(
                phrase, f"The wildcards and stems stand for more than {WORDS_PER_QUERY:,} words together."
            )
        return words

    def _too_wide(self, phrase: Phrase, message: str) -> QueryError:
        return QueryError(
            message, query=self._query.text, column=phrase.column, advice="Make it narrower: add letters."
        )

    def _near(self, near: Near) -> Condition:
        field = next(phrases(near)).field
        left, right = self._side(near.left), self._side(near.right)
        if left is None or right is None or not self._affordable(len(left) * len(right), _PAIRS_PER_NEAR):
            sides = [self.condition(side, wanted=True) for side in (near.left, near.right)]
            return all_of([*sides, Condition(exact=False)])
        texts = [f"NEAR({a} {b}, {near.distance})" for a in left for b in right]
        # FTS5 takes the sides in either order, and as near even where they share a word of the text.
        return _matching(field, texts, exact=not near.ordered and not self._may_overlap(near))

    def _affordable(self, count: int, limit: int) -> bool:
        """Whether so many more texts may be written out. If not, the caller says something wider."""
        if count > limit or self._combinations + count > _COMBINATIONS_PER_QUERY:
            return False
        self._combinations += count
        return True

    def _side(self, side: Phrase | Or) -> list[str] | None:
        texts: list[str] = []
        for phrase in phrases(side):
            of_phrase = self._texts(phrase)
            if of_phrase is None:
                return None
            texts += of_phrase
        return texts

    def _may_overlap(self, near: Near) -> bool:
        left, right = ({part for phrase in phrases(side) for part in phrase.parts} for side in (near.left, near.right))
        in_all_forms = [part for part in left | right if part.startswith(FORMS_OF)]
        if not in_all_forms:
            return any(_may_be_equal(a, b) for a in left for b in right)
        if len(in_all_forms) < len(left | right):
            return True  # beside wildcards
        return any(not set(self._of_stem(a)).isdisjoint(self._of_stem(b)) for a in left for b in right)

    def _of_stem(self, part: str) -> Sequence[str]:
        return self._words_like(part, WORDS_PER_PATTERN)


def _matching(field: str | None, texts: Sequence[str], *, exact: bool = True) -> Condition:
    if not texts:
        return NOTHING
    text = joined("OR", texts)
    return Condition(match=text if field is None else f"({{{field}}} : {text})", exact=exact, depth=1)


def _quoted(words: Sequence[str]) -> str:
    is_prefix = words[-1].endswith("*")
    text = " ".join(words).removesuffix("*").replace('"', '""')
    return f'"{text}" *' if is_prefix else f'"{text}"'


def _may_be_equal(pattern: str, other: str) -> bool:
    """Whether one word can be both."""
    is_plain = [not ("*" in part or "?" in part) for part in (pattern, other)]
    if all(is_plain):
        return pattern == other
    if not any(is_plain):
        return True
    wild, plain = (other, pattern) if is_plain[0] else (pattern, other)
    return plain.startswith(wild.replace("?", "*").partition("*")[0])


def keyword_condition(field: str, value: str) -> Condition:
    """Articles with exactly that value in a keyword field."""
    if not value or not _is_encodable(value):
        return NOTHING
    return Condition(rows=(_SQL_OF_KEYWORD[field],), parameters=(value,))


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False  # a half of a surrogate pair: SQLite cannot hold it, so no article has it
    return True


def _range(bounds: Range) -> Condition:
    tests, parameters = ["m.published > ?"], [UNDATED]
    if bounds.low is not None:
        tests.append("m.published >= ?" if bounds.include_low else "m.published > ?")
        parameters.append(micros_of_text(bounds.low))
    if bounds.high is not None:
        tests.append("m.published <= ?" if bounds.include_high else "m.published < ?")
        parameters.append(micros_of_text(bounds.high))
    return Condition(rows=(f"({' AND '.join(tests)})",), parameters=tuple(parameters))
