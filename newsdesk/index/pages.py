"""Pages of hits that neither skip nor repeat an article while others write."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from newsdesk.index import cursor as marks
from newsdesk.index import reader
from newsdesk.index.cursor import Cursor
from newsdesk.index.protocol import Filters, Highlight, Hit, Page, Sort
from newsdesk.index.reader import Selection
from newsdesk.index.rows import Row, load
from newsdesk.index.snippets import snippet, united
from newsdesk.query import Query
from newsdesk.query.tree import And, Keyword, Node, Or

RANKED = 1_000  # hits that a search by relevance shows at most
_VERIFIED = 1_000  # candidates that are read to know the hits at once; beyond it the total is a lower bound
_COLUMNS = {Sort.NEWEST: "first_seen", Sort.PUBLISHED: "published"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is asked for."""

    query: Query
    sort: Sort
    limit: int
    after: str | None
    filters: Filters


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One article of the page: what it was sorted by, and its number."""

    key: float
    number: int


def page(connection: sqlite3.Connection, search: Search) -> Page:
    """The page asked for, inside a read transaction."""
    selection = reader.select(connection, search.query, search.filters)
    if not selection.condition.exact and reader.candidates(selection) <= _VERIFIED:
        selection = reader.exact(selection)
    start, found = _first(selection, search) if search.after is None else _next(selection, search, search.after)
    shown = found[: search.limit]
    is_last = len(found) <= search.limit
    if search.sort is Sort.RELEVANCE:
        is_last = is_last or len(start.seen) + len(shown) >= RANKED
    return Page(
        hits=tuple(_hits(selection, search, shown)),
        total=start.total,
        total_is_exact=start.total_is_exact,
        next=None if is_last else marks.write(_moved_on(start, shown, search.sort)),
    )


def _first(selection: Selection, search: Search) -> tuple[Cursor, list[_Found]]:
    """The mark of this moment, and the articles of the first page with one more."""
    sequence, generation = _moment(selection.connection)
    column = _COLUMNS.get(search.sort)
    counted = reader.counted(selection, column, limit=search.limit + 1) if selection.condition.exact else None
    total, total_is_exact = _total(selection) if counted is None else (counted.total, True)
    start = Cursor(
        search=marks.name_of(search.query, search.sort, search.filters),
        generation=generation,
        bound=sequence,
        total=total,
        total_is_exact=total_is_exact,
    )
    if counted is None:
        return start, list(islice(_found(selection, search, start), search.limit + 1))
    return start, [_Found(key=key, number=number) for key, number in counted.first]


def _next(selection: Selection, search: Search, mark: str) -> tuple[Cursor, list[_Found]]:
    """The mark that came in, and the articles of its page with one more."""
    _, generation = _moment(selection.connection)
    start = marks.read(mark, search=marks.name_of(search.query, search.sort, search.filters), generation=generation)
    of_then = selection.within("m.added <= ?", start.bound)
    return start, list(islice(_found(of_then, search, start), search.limit + 1))


def _moment(connection: sqlite3.Connection) -> tuple[int, str]:
    sequence, generation = connection.execute("SELECT sequence, generation FROM about").fetchone()
    return sequence, generation


def _moved_on(start: Cursor, shown: Sequence[_Found], sort: Sort) -> Cursor:
    last = shown[-1]
    by_relevance = sort is Sort.RELEVANCE
    return Cursor(
        search=start.search,
        generation=start.generation,
        bound=start.bound,
        total=start.total,
        total_is_exact=start.total_is_exact,
        key=0 if by_relevance else int(last.key),
        number=0 if by_relevance else last.number,
        seen=(*start.seen, *(found.number for found in shown)) if by_relevance else (),
    )


def _total(selection: Selection) -> tuple[int, bool]:
    count = reader.candidates(selection)
    if selection.condition.exact:
        return count, True
    some = (number for _, number in reader.latest(selection, "first_seen", expected=count, limit=_VERIFIED))
    return sum(1 for _ in reader.verified(selection, some)), False


def _found(selection: Selection, search: Search, start: Cursor) -> Iterator[_Found]:
    """The articles from the mark on, in order, verified; lazily, as verifying costs reading."""
    limit = search.limit + 1 if selection.condition.exact else None
    if search.sort is Sort.RELEVANCE:
        seen = selection.within("m.number NOT IN (SELECT value FROM json_each(?))", json.dumps(start.seen))
        in_order: Iterator[tuple[float, int]] = reader.ranked(seen, limit=-1 if limit is None else limit)
    else:
        in_order = _latest(selection, search, start, limit)
    if selection.condition.exact:
        yield from (_Found(key=key, number=number) for key, number in in_order)
        return
    keys: dict[int, float] = {}

    def noted() -> Iterator[int]:
        for key, number in in_order:
            keys[number] = key
            yield number

    yield from (_Found(key=keys[number], number=number) for number in reader.verified(selection, noted()))


def _latest(selection: Selection, search: Search, start: Cursor, limit: int | None) -> Iterator[tuple[int, int]]:
    column = _COLUMNS[search.sort]
    if search.after is None:
        return reader.latest(selection, column, expected=start.total, limit=limit)
    place = (start.key, start.number)
    moved = _moved_since(selection.connection, start.bound) if search.sort is Sort.PUBLISHED else {}
    still = selection.within(f"(m.{column}, m.number) < (?, ?)", *place)
    if not moved:
        return reader.latest(still, column, expected=start.total, limit=limit)
    listed = json.dumps(list(moved))
    still = still.within("m.number NOT IN (SELECT value FROM json_each(?))", listed)
    others = selection.within("m.number IN (SELECT value FROM json_each(?))", listed)
    back = [(moved[number], number) for _, number in reader.latest(others, column, expected=len(moved), limit=None)]
    back = sorted((pair for pair in back if pair < place), reverse=True)
    return merge(reader.latest(still, column, expected=start.total, limit=limit), back, reverse=True)


def _moved_since(connection: sqlite3.Connection, bound: int) -> dict[int, int]:
    """For each article whose date of publication was changed after `bound`: its date at `bound`."""
    rows = connection.execute("SELECT number, published FROM moves WHERE sequence > ? ORDER BY sequence DESC", (bound,))
    return dict(rows.fetchall())  # the earliest change wins, as it comes last


def _hits(selection: Selection, search: Search, found: Sequence[_Found]) -> Iterator[Hit]:
    topics = frozenset((*_topics(search.query.tree), *search.filters.topics))
    rows = load(selection.connection, (one.number for one in found))
    for one, row in zip(found, rows, strict=True):
        yield _hit(row, search, topics, score=one.key if search.sort is Sort.RELEVANCE else None)


def _hit(row: Row, search: Search, topics: frozenset[str], *, score: float | None) -> Hit:
    match = search.query.find(row.analysed())
    spans = [(s.field, s.start, s.end) for s in (() if match is None else match.evidence)]
    spans += [(s.field, s.start, s.end) for s in row.evidence if s.topic in topics]
    of_body = snippet(row.body, [Highlight(start=start, end=end) for field, start, end in spans if field == "body"])
    of_title = [Highlight(start=start, end=end) for field, start, end in spans if field == "title"]
    return Hit(
        id=row.id,
        url=row.url,
        title=row.title,
        source=row.source,
        language=row.language,
        published=row.published,
        first_seen=row.first_seen,
        topics=row.topics,
        snippet=of_body.text,
        title_highlights=united(of_title, len(row.title)),
        snippet_highlights=of_body.highlights,
        score=score,
        story=row.story,
        kind=row.kind,
    )


def _topics(node: Node) -> Iterator[str]:
    """Topics that the query asks for: their stored evidence is shown too."""
    match node:
        case Keyword(field="topic"):
            yield node.value
        case And() | Or():
            for child in node.nodes:
                yield from _topics(child)
        case _:
            return
