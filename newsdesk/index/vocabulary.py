"""The words of the embedded index: what wildcards stand for, and which words have one stem.

Words are never taken out again: one that no article holds any more costs a look and finds nothing.
"""

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from difflib import SequenceMatcher
from functools import partial

from newsdesk.index.fts5 import WordsLike
from newsdesk.query.stems import FORMS_OF, algorithm_of, stem

Words = Mapping[str, AbstractSet[str]]  # words by the algorithm of their article's language

_MARK = "\u2020"  # a symbol, so in no token of the analyser; to FTS5 it is a letter
_NO_LETTER = re.compile(r"[^A-Za-z0-9]")
_LEAST_ALIKE = 0.7  # of `SequenceMatcher`: 1 is equal
_MOST_COMPARED = 20_000


def add(connection: sqlite3.Connection, words: Words, languages: Iterable[str]) -> None:
    """Inside a write transaction: words and languages of articles that are put in it."""
    connection.executemany("INSERT OR IGNORE INTO languages VALUES (?)", ((language,) for language in languages))
    for algorithm, some in words.items():
        connection.executemany("INSERT OR IGNORE INTO terms VALUES (?)", ((word,) for word in some))
        stems = ((algorithm, found, word) for word in some if (found := stem(word, algorithm)) != word)
        connection.executemany("INSERT OR IGNORE INTO forms VALUES (?, ?, ?)", stems)


def language_mark(language: str) -> str:
    """A word of FTS5 that says an article's language, and stands in no text."""
    return _MARK + _NO_LETTER.sub(_MARK, language)


def languages_by_algorithm(connection: sqlite3.Connection, among: Sequence[str] = ()) -> Mapping[str, Sequence[str]]:
    """The languages that articles ever had, as `meta` holds them; only those in `among`, if it names any."""
    found: dict[str, list[str]] = {}
    for (language,) in connection.execute("SELECT language FROM languages ORDER BY language"):
        if not among or language in among:
            found.setdefault(algorithm_of(language), []).append(language)
    return found


def words_like(connection: sqlite3.Connection, *algorithms: str) -> WordsLike:
    """A function that tells at most `limit` words that a wildcard, or a word in all its forms, stands for.

    The forms are those of any of `algorithms`.
    """
    return partial(_words_like, connection, algorithms)


def similar(connection: sqlite3.Connection, word: str, limit: int) -> Sequence[str]:
    """Words that look like `word`, the most alike first; of those that begin with the same two letters."""
    start = word[:2]
    rows = connection.execute(
        "SELECT word FROM terms WHERE word >= ? AND word < ? AND length(word) BETWEEN ? AND ? LIMIT ?",
        (start, start + "\U0010ffff", len(word) - 2, len(word) + 2, _MOST_COMPARED),
    )
    compare = SequenceMatcher(autojunk=False)
    compare.set_seq2(word)
    alike = [(likeness, other) for (other,) in rows if (likeness := _likeness(compare, other)) and other != word]
    return [other for _, other in sorted(alike, key=lambda pair: (-pair[0], pair[1]))[:limit]]


def _likeness(compare: SequenceMatcher[str], word: str) -> float:
    """How much alike, or 0 for too little."""
    compare.set_seq1(word)
    if compare.real_quick_ratio() < _LEAST_ALIKE or compare.quick_ratio() < _LEAST_ALIKE:
        return 0.0
    likeness = compare.ratio()
    return likeness if likeness >= _LEAST_ALIKE else 0.0


def _words_like(connection: sqlite3.Connection, algorithms: Sequence[str], pattern: str, limit: int) -> Sequence[str]:
    if pattern.startswith(FORMS_OF):
        return _forms(connection, algorithms, pattern.removeprefix(FORMS_OF), limit)
    start = pattern.replace("?", "*").partition("*")[0]
    rows = connection.execute(  # words hold letters, digits and marks only, so nothing of GLOB's own
        "SELECT word FROM terms WHERE word >= ? AND word < ? AND word GLOB ? LIMIT ?",
        (start, start + "\U0010ffff", pattern, limit),
    )
    return [word for (word,) in rows]


def _forms(connection: sqlite3.Connection, algorithms: Sequence[str], word: str, limit: int) -> Sequence[str]:
    found = {word}
    for algorithm in algorithms:
        common = stem(word, algorithm)
        if common and stem(common, algorithm) == common:  # not always: then another stem is that of `common`
            found.add(common)
        rows = connection.execute(
            "SELECT word FROM forms WHERE algorithm = ? AND stem = ? LIMIT ?", (algorithm, common, limit)
        )
        found.update(form for (form,) in rows)
    return sorted(found)[:limit]
