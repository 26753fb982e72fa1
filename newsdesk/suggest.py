"""Words that tell one set of articles from another: to be added to a topic's query, or excluded by it.

The measure is the weighted log-odds ratio with an informative Dirichlet prior of Monroe, Colaresi and Quinn,
"Fightin' Words" (Political Analysis 16, 2008, equations 15 to 22), over articles instead of tokens: a word counts once
in each article that holds it, so that one long article says no more than a short one. With two outcomes, held or not,
the Dirichlet prior is a Beta prior. Words that are frequent everywhere get a score near 0 by the measure itself; there
is no list of stop words. Languages are measured apart, or every word of a rare language would separate.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from sys import intern

from newsdesk.query import QueryError, parse
from newsdesk.query.analysis import analyse, tokens
from newsdesk.query.patterns import is_wild, wild_test
from newsdesk.query.tree import Node, Phrase, phrases

LEAST_SUPPORT = 3  # articles that must hold a term, copies counted once
LEAST_SCORE = 1.96  # standard deviations: of terms that differ by chance alone, one in forty reaches it
_RARE = 0.1  # share of the articles outside that may hold a term: what is frequent there says little
_LEAST_SOURCES = 3  # that must have it, where there are as many: no byline or boilerplate of one house
_PRIOR = 10.0  # weight of what both sides say together, in articles
_LEAD = 30  # tokens by which copies of one text are known
_COLLOCATED = 0.9  # share of a word's articles from which on it belongs to its phrase
_BETTER = 1.1  # times the score of either word that a phrase must have to be told instead
_ABSORBED = 0.75  # share of a word's articles from which on the better phrase stands for it
_BUCKETS = 2**22  # of the sieve: bytes
_SEEN = 50  # places from which the commonest form of a term is taken


Sequences = tuple[list[str], list[str]]  # the tokens of title and body


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What stands in an article."""

    id: str
    source: str
    language: str | None
    title: str
    body: str

    def sequences(self) -> Sequences:
        """The tokens of title and body; each word is in memory once, in however many articles it stands."""
        return [*map(intern, tokens(self.title))], [*map(intern, tokens(self.body))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word, or two that follow each other, and how it separates the inside from the outside."""

    parts: tuple[str, ...]  # tokens
    surface: str  # its commonest form in the texts
    inside: int  # articles that hold it, copies counted once
    outside: int  # of those that were counted
    score: float  # standard deviations above no difference

    @property
    def fragment(self) -> str:
        """The term as a query."""
        phrase = Phrase(None, self.parts)
        for text in (self.surface, f'"{self.surface}"'):
            if _tree(text) == phrase:
                return text
        return f'"{" ".join(self.parts)}"'


def _tree(text: str) -> Node | None:
    try:
        return parse(text).tree
    except QueryError:
        return None


class Known:
    """The words that a query names already, wildcards counted as what they stand for."""

    def __init__(self, tree: Node) -> None:
        parts = {part for phrase in phrases(tree) for part in phrase.parts}
        self._words = {part for part in parts if not is_wild(part)}
        self._tests = [wild_test(part) for part in sorted(parts) if is_wild(part)]

    def __contains__(self, word: str) -> bool:
        return word in self._words or any(test(word) for test in self._tests)


class Contrast:
    """Counts the terms of some articles, then how many others hold them.

    All of `inside` is held in memory as tokens, of the outside only counts: it may be of any size. Terms of `known`
    words, numbers and single letters are left out.
    """

    def __init__(self, inside: Iterable[Text], *, known: Known) -> None:
        self._leads: set[tuple[str, ...]] = set()
        # of copies the longest is kept, whichever came first
        longest = sorted(inside, key=lambda text: (-len(text.body), text.body, text.title, text.id))
        every = ((text, text.sequences()) for text in longest)
        self._inside = [(text, sequences) for text, sequences in every if self._is_first(sequences)]
        self._sizes = Counter(text.language for text, _ in self._inside)
        self._others: Counter[str | None] = Counter()
        self._terms = _count_terms(self._inside, known)
        self._heads = _heads(self._terms.total)
        self._outside: dict[str | None, Counter[str]] = {}

    @property
    def inside(self) -> int:
        """Articles inside, copies counted once."""
        return len(self._inside)

    def _is_first(self, sequences: Sequences) -> bool:
        """Whether no other article begins like this one: agencies' texts stand in many papers."""
        lead = tuple((sequences[1] or sequences[0])[:_LEAD])
        before = len(self._leads)
        self._leads.add(lead)
        return len(self._leads) > before

    def add(self, text: Text) -> None:
        """Count an article of the outside."""
        sequences = text.sequences()
        if self._is_first(sequences):
            held = {word for sequence in sequences for word in sequence if word in self._terms.total}
            held.update(
                f"{first} {second}" for first, second in _pairs(sequences) if second in self._heads.get(first, ())
            )
            self._others[text.language] += 1
            self._outside.setdefault(text.language, Counter()).update(held)

    def separating(self, *, limit: int, least_score: float = LEAST_SCORE) -> tuple[Term, ...]:
        """At most `limit` terms, the strongest first; by alphabet where equal."""
        scores = {term: self._score(term) for term in self._terms.total if self._is_fit(term)}
        chosen = self._without_doubles({term: score for term, score in scores.items() if score >= least_score})
        best = sorted(chosen, key=lambda term: (-chosen[term], term))[:limit]
        surfaces = self._surfaces(best)
        return tuple(
            Term(
                parts=tuple(term.split()),
                surface=surfaces[term],
                inside=self._terms.total[term],
                outside=self._count_outside(term),
                score=round(chosen[term], 2),
            )
            for term in best
        )

    def _is_fit(self, term: str) -> bool:
        """Whether it is a word, or two, and rare outside."""
        lettered = [part for part in term.split() if any(letter.isalpha() for letter in part)]
        is_word = len(lettered) > 1 or any(len(part) > 1 for part in lettered)
        return is_word and self._count_outside(term) <= max(1, _RARE * self._others.total())

    def _without_doubles(self, scores: Mapping[str, float]) -> Mapping[str, float]:
        """Pairs that say more than their words, and the words that do not mostly stand in such a pair."""
        kept = {term: score for term, score in scores.items() if " " not in term}
        pairs = {term: score for term, score in scores.items() if " " in term}
        for pair, score in sorted(pairs.items(), key=lambda item: (-item[1], item[0])):
            parts = pair.split()
            is_one_name = all(self._share(pair, part) >= _COLLOCATED for part in parts)
            if is_one_name or all(score > _BETTER * self._score(part) for part in parts):
                kept[pair] = score
                for part in parts:
                    if self._share(pair, part) >= _ABSORBED:
                        kept.pop(part, None)
        return kept

    def _share(self, pair: str, word: str) -> float:
        """Of all articles that hold the word, inside and outside, those that hold the pair."""
        of_pair, of_word = (self._terms.total[term] + self._count_outside(term) for term in (pair, word))
        return of_pair / of_word

    def _count_outside(self, term: str) -> int:
        return sum(counts[term] for counts in self._outside.values())

    def _score(self, term: str) -> float:
        """The best of any language: most words belong to one."""
        return max(
            log_odds(
                (counts[term], self._sizes[language]),
                (self._outside.get(language, Counter())[term], self._others[language]),
            )
            for language, counts in self._terms.by_language.items()
        )

    def _surfaces(self, terms: Sequence[str]) -> Mapping[str, str]:
        """The commonest form of each term in some of the articles; of equal ones the first by alphabet."""
        seen: dict[str, Counter[str]] = {term: Counter() for term in terms}
        for text, sequences in self._inside:
            words = set().union(*sequences)
            wanted = {tuple(term.split()) for term, forms in seen.items() if forms.total() < _SEEN}
            wanted = {parts for parts in wanted if words.issuperset(parts)}
            for field in (text.body, text.title) if wanted else ():
                for form, term in _forms(field, wanted):
                    seen[term][form] += 1
        return {term: min(forms.items(), key=lambda form: (-form[1], form[0]))[0] for term, forms in seen.items()}


def _forms(text: str, wanted: Collection[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Each place where a wanted term stands: how it is written there, and the term."""
    found = analyse(text)
    for length in (1, 2):
        for place in range(len(found) - length + 1):
            some = found[place : place + length]
            parts = tuple(token.text for token in some)
            if parts in wanted:
                yield " ".join(text[some[0].start : some[-1].end].split()), " ".join(parts)


def _pairs(sequences: Sequences) -> Iterator[tuple[str, str]]:
    for sequence in sequences:
        yield from pairwise(sequence)


def _heads(terms: Iterable[str]) -> Mapping[str, Collection[str]]:
    """Of the terms of two words: by the first, all that follow it."""
    found: dict[str, set[str]] = {}
    for term in terms:
        first, _, second = term.partition(" ")
        if second:
            found.setdefault(first, set()).add(second)
    return found


# ------------------------------------------------------------------ the terms of the inside


class _Counts:
    """In how many articles, by language, and in which sources a term stands."""

    def __init__(self) -> None:
        self.by_language: dict[str | None, Counter[str]] = {}
        self.total: Counter[str] = Counter()
        self._sources: dict[str, int] = {}  # term: a bit for each source
        self._bits: dict[str, int] = {}

    def add(self, text: Text, terms: Collection[str]) -> None:
        self.by_language.setdefault(text.language, Counter()).update(terms)
        self.total.update(terms)
        bit = 1 << self._bits.setdefault(text.source, len(self._bits))
        for term in terms:
            self._sources[term] = self._sources.get(term, 0) | bit

    def keep(self, known: Known) -> None:
        """Forget known words, and the terms of too few articles or sources."""
        least = min(_LEAST_SOURCES, len(self._bits))
        for term, sources in self._sources.items():
            if self.total[term] < LEAST_SUPPORT or sources.bit_count() < least or term in known:
                for counts in (self.total, *self.by_language.values()):
                    counts.pop(term, None)
        self._sources.clear()


def _count_terms(inside: Sequence[tuple[Text, Sequences]], known: Known) -> _Counts:
    """Words, then pairs of those words that are kept: no pair has more support than either of its words.

    Most pairs stand in one article only. They are sieved out by counting their hashes first (Park, Chen and Yu, "An
    effective hash-based algorithm for mining association rules", SIGMOD 1995), which saves most of the memory.
    """
    counts = _Counts()
    for text, sequences in inside:
        counts.add(text, set().union(*sequences))
    counts.keep(known)
    words = frozenset(counts.total)
    sieve = bytearray(_BUCKETS)
    for _, sequences in inside:
        for place in {hash(pair) % _BUCKETS for pair in _pairs(sequences)}:
            sieve[place] = min(LEAST_SUPPORT, sieve[place] + 1)
    for text, sequences in inside:
        found = {pair for pair in _pairs(sequences) if sieve[hash(pair) % _BUCKETS] >= LEAST_SUPPORT}
        counts.add(text, {f"{first} {second}" for first, second in found if first in words and second in words})
    counts.keep(known)
    return counts


def log_odds(inside: tuple[int, int], outside: tuple[int, int]) -> float:
    """How much more frequent inside than outside, in standard deviations; each side: articles that hold it, and all.

    Monroe, Colaresi and Quinn 2008, equations 16, 20 and 22, for two outcomes; the prior has the weight of ten articles
    with the frequency of both sides together.
    """
    (held, size), (other_held, other_size) = inside, outside
    share = (held + other_held + 0.5) / (size + other_size + 1)
    prior, prior_without = _PRIOR * share, _PRIOR * (1 - share)
    odds, variance = 0.0, 0.0
    for sign, (count, whole) in ((1, inside), (-1, outside)):
        with_it, without = count + prior, whole - count + prior_without
        odds += sign * math.log(with_it / without)
        variance += 1 / with_it + 1 / without
    return odds / math.sqrt(variance)
