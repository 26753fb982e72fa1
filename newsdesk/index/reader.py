"""What a query finds in the embedded index: sets, counts and order. All of it inside one read transaction."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from newsdesk.index.clock import micros
from newsdesk.index.condition import NOTHING, Condition, all_of, any_of, joined, merged, narrowed
from newsdesk.index.fts5 import keyword_condition, scoring_texts, translate
from newsdesk.index.protocol import Filters
from newsdesk.index.rows import load
from newsdesk.index.vocabulary import language_mark, languages_by_algorithm, words_like
from newsdesk.query import Query
from newsdesk.query.tree import phrases

Scored = tuple[float, int]  # score (greater is better), number

_SCORE = "-bm25(news, 3.0, 1.0, 0.0)"  # a word in the title weighs three times; FTS5 calls the best the least
# Asking FTS5 whether one article has a word costs about as much as taking this many articles from its list of hits.
_COST_OF_A_QUESTION = 100
_SAMPLE = 20_000  # numbers in which hits are counted to guess how many there are in all
_QUOTES_OF_ONE = 2  # in a MATCH text of one word or phrase, whose hits FTS5 counts without reading where it stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A query ready to run on this connection. `condition.exact` False: its articles are candidates."""

    connection: sqlite3.Connection
    query: Query
    condition: Condition

    def within(self, row: str, *parameters: str | int) -> "Selection":
        """The same with one more SQL condition on `m`."""
        bound = Condition(rows=(row,), parameters=parameters)
        return replace(self, condition=narrowed([self.condition, bound]))

    def sources(self) -> tuple[str, str, tuple[str | int, ...]]:
        """What stands after FROM, what after it (WHERE …), and the parameters."""
        condition = merged(self.condition)
        if condition.nothing:
            return "meta AS m", "WHERE 0", ()
        if condition.match is None:
            return "meta AS m", f"WHERE {' AND '.join(condition.rows) or '1'}", condition.parameters
        # CROSS JOIN fixes the order: hits first, then their rows.
        where = " AND ".join(("news MATCH ?", *condition.rows))
        tables = "news CROSS JOIN meta AS m ON m.number = news.rowid"
        return tables, f"WHERE {where}", (condition.match, *condition.parameters)


def select(connection: sqlite3.Connection, query: Query, filters: Filters) -> Selection:
    """The candidates of `query` within `filters`."""
    condition = _stemmed(connection, query, filters) if query.stemmed else translate(query, words_like(connection))
    return Selection(connection=connection, query=query, condition=narrowed([condition, *_bounds(filters)]))


def _stemmed(connection: sqlite3.Connection, query: Query, filters: Filters) -> Condition:
    """Words have other forms in articles of another language; mostly there is only one, or it makes no difference."""
    by_condition: dict[Condition, list[str]] = {}
    for algorithm, languages in languages_by_algorithm(connection, filters.languages).items():
        condition = translate(query, words_like(connection, algorithm))
        by_condition.setdefault(condition, []).extend(map(language_mark, languages))
    if not by_condition:
        return NOTHING
    # What is said of the first group, mostly English, is said of all languages that are in no other.
    first, *others = by_condition
    marks = [f'"{mark}"' for condition in others for mark in by_condition[condition]]
    each = [all_of([first, Condition(without=joined("OR", marks))]) if others else first]
    for condition in others:
        text = joined("OR", (f'"{mark}"' for mark in by_condition[condition]))
        each.append(all_of([condition, Condition(match=text)]))
    return any_of(each) if others else first


def candidates(selection: Selection) -> int:
    """How many there are before the evaluator is asked."""
    condition = merged(selection.condition)
    if condition.match is not None and not condition.rows and not condition.nothing:
        tables, where = "news", "WHERE news MATCH ?"
        parameters: tuple[str | int, ...] = (condition.match,)
    else:
        tables, where, parameters = selection.sources()
    sql = f"SELECT count(*) FROM {tables} {where}"  # noqa: S608 - texts of condition.py
    (count,) = selection.connection.execute(sql, parameters).fetchone()
    return int(count)


def numbers(selection: Selection) -> list[int]:
    """All articles that match, in no order."""
    tables, where, parameters = selection.sources()
    sql = f"SELECT m.number FROM {tables} {where}"  # noqa: S608 - texts of condition.py
    found = [number for (number,) in selection.connection.execute(sql, parameters)]
    return found if selection.condition.exact else list(verified(selection, iter(found)))


def ids(selection: Selection) -> frozenset[str]:
    """The ids of all articles that match."""
    found = json.dumps(numbers(selection))
    rows = selection.connection.execute(
        "SELECT id FROM articles WHERE number IN (SELECT value FROM json_each(?))", (found,)
    )
    return frozenset(article_id for (article_id,) in rows)


def verified(selection: Selection, candidate_numbers: Iterator[int]) -> Iterator[int]:
    """Those of the candidates that the evaluator accepts."""
    for row in load(selection.connection, candidate_numbers):
        if selection.query.accepts(row.analysed()):
            yield row.number


def exact(selection: Selection) -> Selection:
    """The same articles with nothing left to verify."""
    if selection.condition.exact:
        return selection
    condition = selection.condition
    rows = (*condition.rows, "m.number IN (SELECT value FROM json_each(?))")
    parameters = (*condition.parameters, json.dumps(numbers(selection)))
    return replace(selection, condition=replace(condition, rows=rows, parameters=parameters, exact=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The first of all candidates, and how many there are."""

    total: int
    first: Sequence[Scored]


def counted(selection: Selection, column: str | None, *, limit: int) -> Counted | None:
    """Both in one look at the index, the greatest `column` first (None: the best); None where two looks are cheaper."""
    condition = merged(selection.condition)
    has_one_phrase = condition.match is not None and condition.match.count('"') == _QUOTES_OF_ONE
    if condition.match is None or condition.nothing or (has_one_phrase and not condition.rows):
        return None
    if column is None and _has_boosts(selection):
        return None
    if column is not None and _is_walk_cheaper(selection, condition.match, expected=_estimate(selection), wanted=limit):
        return None
    tables, where, parameters = selection.sources()
    key = _SCORE if column is None else f"m.{column}"
    number = "m.number" if condition.rows or column is not None else "news.rowid"
    sql = (
        f"WITH found AS MATERIALIZED (SELECT {key} AS key, {number} AS number FROM {tables} {where})"  # noqa: S608 - texts of condition.py
        " SELECT key, number, (SELECT count(*) FROM found) FROM found ORDER BY 1 DESC, 2 DESC LIMIT ?"
    )
    rows = selection.connection.execute(sql, (*parameters, limit)).fetchall()
    return Counted(total=rows[0][2] if rows else 0, first=[(key, number) for key, number, _ in rows])


def _estimate(selection: Selection) -> int:
    """About how many candidates a MATCH has: as many in all as in the latest numbers."""
    size = _size(selection)
    sample = candidates(selection.within("news.rowid > ?", size - _SAMPLE))
    return sample * max(size // _SAMPLE, 1)


def _size(selection: Selection) -> int:
    """The greatest number: about how many articles there are."""
    (size,) = selection.connection.execute("SELECT ifnull(max(number), 0) FROM meta").fetchone()
    return int(size)


def latest(selection: Selection, column: str, *, expected: int, limit: int | None) -> Iterator[tuple[int, int]]:
    """(value of `column`, number) of the candidates, the greatest first; `expected`: about how many candidates."""
    condition = merged(selection.condition)
    wanted = -1 if limit is None else limit
    if (
        condition.match is not None
        and wanted > 0
        and _is_walk_cheaper(selection, condition.match, expected=expected, wanted=wanted)
    ):
        # So frequent that walking back in time meets enough of them soon.
        asked = "EXISTS (SELECT 1 FROM news WHERE news MATCH ? AND rowid = m.number)"
        # Told so, as SQLite may prefer to begin with an OR of `rows`, and then asks about every article.
        tables = f"meta AS m INDEXED BY meta_{column}"
        where = f"WHERE {' AND '.join((*condition.rows, asked))}"
        parameters: tuple[str | int, ...] = (*condition.parameters, condition.match)
    else:
        tables, where, parameters = selection.sources()
    order = f"ORDER BY m.{column} DESC, m.number DESC LIMIT ?"
    sql = f"SELECT m.{column}, m.number FROM {tables} {where} {order}"  # noqa: S608 - texts of condition.py
    yield from selection.connection.execute(sql, (*parameters, wanted))


def _is_walk_cheaper(selection: Selection, match: str, *, expected: int, wanted: int) -> bool:
    """Whether to ask about one article after the other, the newest first, instead of sorting all hits."""
    if '" *' in match:
        return False  # each question would go through all words of a prefix again
    questions = _size(selection) * wanted / max(expected, 1)
    return bool(questions * _COST_OF_A_QUESTION * (match.count('"') // 2) < expected)


def ranked(selection: Selection, *, limit: int) -> Iterator[Scored]:
    """The candidates, the best first, the later number first among equals."""
    condition = merged(selection.condition)
    if condition.match is None or _has_boosts(selection) or condition.nothing:
        yield from _ranked_by_parts(selection, limit=limit)
        return
    tables, where, parameters = selection.sources()
    number = "m.number"
    if not condition.rows:
        tables, number = "news", "news.rowid"
    sql = f"SELECT {_SCORE} AS score, {number} FROM {tables} {where} ORDER BY 1 DESC, 2 DESC LIMIT ?"  # noqa: S608 - texts of condition.py
    yield from selection.connection.execute(sql, (*parameters, limit))


def _has_boosts(selection: Selection) -> bool:
    return any(phrase.boost != 1 for phrase in phrases(selection.query.tree))


def _ranked_by_parts(selection: Selection, *, limit: int) -> Iterator[Scored]:
    """By the sum of the scores of its words, each times its boost: for what is not one MATCH text of equal boosts."""
    tables, where, parameters = selection.sources()
    connection = selection.connection
    algorithms = languages_by_algorithm(connection) if selection.query.stemmed else ()
    scores = scoring_texts(selection.query, words_like(connection, *algorithms))
    chosen = f"chosen AS MATERIALIZED (SELECT m.number, m.first_seen FROM {tables} {where})"  # noqa: S608 - texts of condition.py
    part = (
        f"SELECT rowid AS number, ? * {_SCORE} AS score FROM news"  # noqa: S608 - our own text
        " WHERE news MATCH ? AND rowid IN (SELECT number FROM chosen)"
    )
    none = "SELECT 0 AS number, 0.0 AS score"
    sql = (
        f"WITH {chosen}, parts AS MATERIALIZED ({' UNION ALL '.join([none, *[part] * len(scores)])}),"  # noqa: S608 - texts of condition.py
        " scores AS MATERIALIZED (SELECT number, sum(score) AS score FROM parts GROUP BY number)"
        " SELECT ifnull(s.score, 0.0), c.number FROM chosen AS c LEFT JOIN scores AS s ON s.number = c.number"
        " ORDER BY 1 DESC, c.first_seen DESC, c.number DESC LIMIT ?"
    )
    weights = tuple(value for pair in scores for value in pair)
    yield from connection.execute(sql, (*parameters, *weights, limit))


def _bounds(filters: Filters) -> Iterator[Condition]:
    lists = {"source": filters.sources, "lang": filters.languages, "topic": filters.topics, "author": filters.authors}
    for field, values in lists.items():
        if values:
            yield any_of([keyword_condition(field, value) for value in values])
    if filters.published_from is not None or filters.published_before is not None:
        yield Condition(rows=("m.published > ?",), parameters=(micros(None),))
    bounds = {
        "m.published >= ?": filters.published_from,
        "m.published < ?": filters.published_before,
        "m.first_seen >= ?": filters.arrived_from,
        "m.first_seen < ?": filters.arrived_before,
    }
    for row, instant in bounds.items():
        if instant is not None:
            yield Condition(rows=(row,), parameters=(micros(instant),))
