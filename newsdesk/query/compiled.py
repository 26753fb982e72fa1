"""Many queries against one document, without asking each: an accelerator of the evaluator, equal to it.

1. Each query has one or two sets of keys (words, wildcards, keyword values), and a matching document holds at least one
   key of each. Only such queries are candidates.
2. A candidate is tested by a Python expression over the document's words, without positions. It accepts all that the
   evaluator accepts, and for most queries nothing else.
3. Where NEAR, a wildcard in a phrase or a date decides, the evaluator has the last word.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain
from typing import assert_never

from newsdesk.query.document import Document
from newsdesk.query.evaluate import matches
from newsdesk.query.language import Query
from newsdesk.query.patterns import is_wild, wild_test
from newsdesk.query.tree import KEYWORD_FIELDS, All, And, Keyword, Near, Node, Not, Or, Phrase, Range, phrases

_Test = Callable[..., bool]

_PARAMETERS = "words, title_words, body_words, running, title_running, body_running"
_WORDS_OF = {None: "words", "title": "title_words", "body": "body_words"}
_RUNNING_OF = {None: "running", "title": "title_running", "body": "body_running"}
_WORDS_REMEMBERED = 100_000
_TOO_FREQUENT = 1.0  # a second set of keys that is likely to be held costs more than it saves


class QuerySet:
    """Queries that are asked together. Tests are compiled when a query first becomes a candidate."""

    def __init__(self, queries: Sequence[Query]) -> None:
        self._trees = [query.tree for query in queries]
        self._tests: list[_Test | None] = [None] * len(self._trees)
        self._is_exact = [False] * len(self._trees)
        self._always: list[int] = []
        self._by_only_key: defaultdict[str, list[int]] = defaultdict(list)
        self._by_first_key: defaultdict[str, list[int]] = defaultdict(list)
        self._by_second_key: defaultdict[str, list[int]] = defaultdict(list)
        for number, tree in enumerate(self._trees):
            self._file(number, _requirements(tree))
        self._wildcards = _Wildcards(
            {part for tree in self._trees for phrase in phrases(tree) for part in phrase.parts if is_wild(part)}
        )

    def _file(self, number: int, requirements: Sequence[AbstractSet[str]]) -> None:
        if not requirements:
            self._always.append(number)
            return
        first, *others = requirements
        second = others[0] if others and _frequency_of(others[0]) < _TOO_FREQUENT else None
        for key in first:
            (self._by_only_key if second is None else self._by_first_key)[key].append(number)
        for key in second or ():
            self._by_second_key[key].append(number)

    def matching(self, document: Document) -> list[int]:
        """The numbers of the queries that accept `document`, ascending."""
        held = self._held(document)
        facts = (
            held,
            document.words("title"),
            document.words("body"),
            document.running(None),
            document.running("title"),
            document.running("body"),
        )
        found = []
        for number in self._candidates(held):
            test = self._tests[number] or self._compile(number)
            if test(*facts) and (self._is_exact[number] or matches(self._trees[number], document)):
                found.append(number)
        return sorted(found)

    def _held(self, document: Document) -> AbstractSet[str]:
        """The document's words, the wildcards that they satisfy, and its keyword values."""
        held = set(document.words(None))
        self._wildcards.add_satisfied(document.words(None), held)
        held.update(_keyword_key(field, value) for field in KEYWORD_FIELDS for value in document.values(field))
        return held

    def _candidates(self, held: AbstractSet[str]) -> set[int]:
        both = _filed(self._by_first_key, held) & _filed(self._by_second_key, held)
        return both.union(self._always, _filed(self._by_only_key, held))

    def _compile(self, number: int) -> _Test:
        condition = _condition(self._trees[number])
        source = f"lambda {_PARAMETERS}: {condition.source}"
        # The source is made of the names above, operators, and literals by repr(): no text of a user is code in it.
        test: _Test = eval(source, {"__builtins__": {}})  # noqa: S307 - see above
        self._tests[number] = test
        self._is_exact[number] = condition.is_exact
        return test


# ------------------------------------------------------------------ wildcards


class _Wildcards:
    """Which of many wildcards a word satisfies, by look-ups of its beginnings and endings."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._by_head: defaultdict[str, list[tuple[str, Callable[[str], object]]]] = defaultdict(list)
        self._by_tail: defaultdict[str, list[tuple[str, Callable[[str], object]]]] = defaultdict(list)
        self._others: list[tuple[str, Callable[[str], object]]] = []
        self._remembered: dict[str, tuple[str, ...]] = {}
        for pattern in patterns:
            head, *_, tail = pattern.replace("?", "*").split("*")
            entry = (pattern, wild_test(pattern))
            if head:
                self._by_head[head].append(entry)
            elif tail:
                self._by_tail[tail].append(entry)
            else:
                self._others.append(entry)
        self._head_lengths = sorted({len(head) for head in self._by_head})
        self._tail_lengths = sorted({len(tail) for tail in self._by_tail})

    def add_satisfied(self, words: Iterable[str], held: set[str]) -> None:
        """Put the wildcards that any of `words` satisfies into `held`."""
        if not (self._by_head or self._by_tail or self._others):
            return
        if len(self._remembered) > _WORDS_REMEMBERED:
            self._remembered.clear()
        for word in words:
            found = self._remembered.get(word)
            if found is None:
                found = self._remembered[word] = tuple(self._of(word))
            if found:
                held.update(found)

    def _of(self, word: str) -> Iterator[str]:
        entries = list(self._others)
        for length in self._head_lengths:
            entries += self._by_head.get(word[:length], ()) if length <= len(word) else ()
        for length in self._tail_lengths:
            entries += self._by_tail.get(word[-length:], ()) if length <= len(word) else ()
        return (pattern for pattern, test in entries if test(word))


# ------------------------------------------------------------------ the test of one query


@dataclass(frozen=True, slots=True)
class _Condition:
    """Python source that is true for every document that the tree accepts; exact: and for no other."""

    source: str
    is_exact: bool


_UNKNOWN = _Condition("True", is_exact=False)


def _condition(node: Node) -> _Condition:
    match node:
        case Phrase():
            return _phrase_condition(node)
        case Near():
            return _Condition(_joined("and", [_condition(node.left), _condition(node.right)]), is_exact=False)
        case And() | Or():
            children = [_condition(child) for child in node.nodes]
            operator = "and" if isinstance(node, And) else "or"
            return _Condition(_joined(operator, children), all(child.is_exact for child in children))
        case Not():
            child = _condition(node.node)
            return _Condition(f"not {child.source}", is_exact=True) if child.is_exact else _UNKNOWN
        case Keyword():
            return _Condition(f"({_keyword_key(node.field, node.value)!r} in words)", is_exact=True)
        case Range():
            return _UNKNOWN
        case All():
            return _Condition("True", is_exact=True)
        case _:
            assert_never(node)


def _phrase_condition(phrase: Phrase) -> _Condition:
    parts = phrase.parts
    if not any(map(is_wild, parts)):
        rarest = f"{min(parts, key=_frequency)!r} in {_WORDS_OF[phrase.field]}"
        if len(parts) == 1:
            return _Condition(f"({rarest})", is_exact=True)
        run = f" {' '.join(parts)} "
        return _Condition(f"({rarest} and {run!r} in {_RUNNING_OF[phrase.field]})", is_exact=True)
    is_exact = len(parts) == 1 and phrase.field is None
    return _Condition(_joined("and", [_Condition(f"{part!r} in words", is_exact=False) for part in parts]), is_exact)


def _joined(operator: str, conditions: Sequence[_Condition]) -> str:
    return f"({f' {operator} '.join(condition.source for condition in conditions)})"


# ------------------------------------------------------------------ the keys of one query


def _requirements(node: Node) -> Sequence[AbstractSet[str]]:
    """At most two sets of keys, the rarer one first; every matching document holds at least one key of each."""
    match node:
        case Phrase():
            return _rarest([{part}] for part in node.parts)
        case Keyword():
            return [{_keyword_key(node.field, node.value)}]
        case Near():
            return _rarest((_requirements(node.left), _requirements(node.right)))
        case And():
            return _rarest(_requirements(child) for child in node.nodes)
        case Or():
            of_children = [_requirements(child) for child in node.nodes]
            if not all(of_children):
                return ()
            first = set().union(*(sets[0] for sets in of_children))
            return _rarest([[first, set().union(*(sets[-1] for sets in of_children))]])
        case Not() | Range() | All():
            return ()
        case _:
            assert_never(node)


def _rarest(of_parts: Iterable[Sequence[AbstractSet[str]]]) -> Sequence[AbstractSet[str]]:
    every = sorted(chain(*of_parts), key=_frequency_of)
    first, *others = every or [frozenset()]
    second = [keys for keys in others if keys != first]
    return [first, *second[:1]] if every else ()


def _filed(by_key: Mapping[str, Sequence[int]], held: AbstractSet[str]) -> set[int]:
    return set(chain.from_iterable(map(by_key.__getitem__, by_key.keys() & held)))


def _frequency_of(keys: AbstractSet[str]) -> float:
    return sum(map(_frequency, keys))


def _frequency(key: str) -> float:
    """A guess at the share of articles that hold `key`: long words are rare. To be wrong costs time, no more."""
    if ":" in key:
        return 0.1
    letters = len(key.replace("*", "").replace("?", ""))
    if letters == 1 and not key.isascii():
        return 0.05  # a Han character
    return 0.75**letters if is_wild(key) else 0.6**letters


def _keyword_key(field: str, value: str) -> str:
    return f"{field}:{value}"  # no word holds a colon
