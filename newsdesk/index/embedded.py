"""The embedded search index: one SQLite file, any number of processes."""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from newsdesk.errors import SearchIndexError
from newsdesk.index import facets, pages, reader, schema, vocabulary, writer
from newsdesk.index.clock import instant
from newsdesk.index.pages import Search
from newsdesk.index.protocol import (
    NO_FILTERS,
    Document,
    Facet,
    FacetField,
    Filters,
    IndexStats,
    Page,
    PutOutcome,
    PutReport,
    Sort,
)
from newsdesk.query import Query
from newsdesk.query.analysis import ANALYSER_VERSION

_LIMIT = 1_000  # hits of a page
_WORDS_REMEMBERED = 500_000


class EmbeddedIndex:
    """See `protocol.SearchIndex`. Threads of one process take turns; each process opens its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._generation = ""
        # Known to be in `terms` and `forms` of this generation, as most words of a text are.
        self._words: dict[str, set[str]] = {}
        with _explained(path):
            self._connection: sqlite3.Connection | None = schema.connect(path)
            self._file = path.stat().st_ino

    def put(self, documents: Sequence[Document]) -> PutReport:
        """One transaction for each few hundred documents; those of a transaction become visible together."""
        outcomes: list[PutOutcome] = []
        for batch in writer.batches(map(writer.prepare, documents)):
            words = writer.words_of(batch)
            with self._writing() as connection:
                sequence = writer.next_sequence(connection)
                new_words = {name: some - self._words.get(name, set()) for name, some in words.items()}
                vocabulary.add(connection, new_words, {prepared.language for prepared in batch})
                outcomes += writer.put(connection, batch, sequence=sequence)
                generation = self._generation
            self._remember(new_words, generation)
        return PutReport(outcomes=tuple(outcomes))

    def delete(self, ids: Iterable[str]) -> int:
        """Remove; how many were there."""
        with self._writing() as connection:
            writer.next_sequence(connection)
            return writer.delete(connection, ids)

    def search(
        self,
        query: Query,
        *,
        sort: Sort = Sort.NEWEST,
        limit: int = 10,
        after: str | None = None,
        filters: Filters = NO_FILTERS,
    ) -> Page:
        """One page of hits."""
        if not 1 <= limit <= _LIMIT:
            raise SearchIndexError(f"A page has 1 to {_LIMIT:,} hits, not {limit}.")
        with self._reading() as connection:
            return pages.page(connection, Search(query=query, sort=sort, limit=limit, after=after, filters=filters))

    def count(self, query: Query, *, filters: Filters = NO_FILTERS) -> int:
        """How many articles match, exactly: where FTS5 is not, by reading every candidate."""
        with self._reading() as connection:
            selection = reader.select(connection, query, filters)
            return reader.candidates(selection) if selection.condition.exact else len(reader.numbers(selection))

    def facets(
        self, query: Query, fields: Sequence[FacetField], *, filters: Filters = NO_FILTERS, limit: int = 50
    ) -> tuple[Facet, ...]:
        """Counts by the values of each field."""
        with self._reading() as connection:
            return facets.counted(reader.exact(reader.select(connection, query, filters)), fields, limit=limit)

    def ids(self, query: Query, *, filters: Filters = NO_FILTERS) -> frozenset[str]:
        """Every article that matches."""
        with self._reading() as connection:
            return reader.ids(reader.select(connection, query, filters))

    def similar(self, word: str, *, limit: int = 5) -> tuple[str, ...]:
        """Words of the index that look like `word`."""
        with self._reading() as connection:
            return tuple(vocabulary.similar(connection, word, limit))

    def stats(self) -> IndexStats:
        """Size and age; the bytes count the write-ahead log too."""
        with self._reading() as connection:
            (documents, newest), (words,) = (
                connection.execute(sql).fetchone()
                for sql in ("SELECT count(*), max(first_seen) FROM meta", "SELECT count(*) FROM terms")
            )
        files = (self._path, self._path.with_name(self._path.name + "-wal"))
        return IndexStats(
            documents=documents,
            bytes=sum(file.stat().st_size for file in files if file.exists()),
            words=words,
            analyser_version=str(ANALYSER_VERSION),
            path=str(self._path),
            newest=None if newest is None else instant(newest),
        )

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _remember(self, words: vocabulary.Words, generation: str) -> None:
        """After the commit: these need not be offered again, unless the index was emptied since."""
        with self._lock:
            if sum(map(len, self._words.values())) > _WORDS_REMEMBERED:
                self._words.clear()
            if generation == self._generation:
                for algorithm, some in words.items():
                    self._words.setdefault(algorithm, set()).update(some)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        # IMMEDIATE: a transaction that begins by reading and then writes is refused at once, however patient it is.
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock, _explained(self._path):
            connection = self._usable()
            connection.execute(begin)
            try:
                generation = schema.check_versions(connection, self._path)
                if generation != self._generation:
                    self._words.clear()
                    self._generation = generation
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _usable(self) -> sqlite3.Connection:
        if self._connection is None:
            raise SearchIndexError(f"The search index {self._path} was closed; open it again.")
        if os.getpid() != self._process:
            raise SearchIndexError(f"The search index {self._path} was opened before a fork; open it in each process.")
        if not self._path.exists() or self._path.stat().st_ino != self._file:
            raise SearchIndexError(
                f"The file of the search index {self._path} was removed or replaced while it was open; open it again,"
                " and if articles are missing, run `newsdesk index rebuild`."
            )
        return self._connection


def clear(path: Path) -> None:
    """Empty the index at `path` whatever its versions, or make it; a file that is none of ours is refused."""
    with _explained(path):
        schema.clear(path)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """SQLite's errors with the file and the remedy."""
    try:
        yield
    except sqlite3.Error as error:
        raise SearchIndexError(f"The search index {path} cannot be used: {error}. {_remedy(error)}") from error
    except OSError as error:
        raise SearchIndexError(f"The search index {path} cannot be used: {error}.") from error


def _remedy(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "") or ""
    remedies = {
        "SQLITE_BUSY": "Another process held it for more than 30 seconds; try again, and look what that process does.",
        "SQLITE_FULL": "The disk is full; make room and try again, nothing was half written.",
        "SQLITE_NOTADB": (
            "It is damaged from its first byte on, or was never a search index. If it is yours, remove it and run"
            " `newsdesk index rebuild`; if it is something else, name another file."
        ),
        "SQLITE_CORRUPT": "The file is damaged; remove it and run `newsdesk index rebuild`.",
        "SQLITE_CANTOPEN": "Look whether the folder exists and may be written.",
        "SQLITE_READONLY": "The file or its folder may not be written by this user.",
        "SQLITE_IOERR": "The disk failed; look at the system's log.",
    }
    fitting = (remedy for prefix, remedy in remedies.items() if name.startswith(prefix))
    return next(fitting, "This should not happen; if it does again, run `newsdesk index rebuild`.")
