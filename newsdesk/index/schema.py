"""The file of the embedded index: its tables, its marks, and the one way to open it."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from newsdesk.errors import SearchIndexError
from newsdesk.query.analysis import ANALYSER_VERSION
from newsdesk.query.stems import STEMS_VERSION

SCHEMA_VERSION = 2
_APPLICATION_ID = 0x4E444958  # "NDIX" in the header of the file: it is an index of ours
_PATIENCE = 30.0  # seconds to wait for another writer
_REBUILD = "run `newsdesk index rebuild` to make it anew from the ledger"

# `articles` is wide and read for the hits shown only; all that selects, sorts and counts is in the narrow `meta`.
# `news` has no texts (content=''), only the words of our analyser: the tokenizer "ascii" takes what is not ASCII for
# letters, so each word goes in and comes out as it is; `language` holds one word that no text has (`language_mark`).
# A stemmed search asks for all words with one stem, which `forms` knows: columns of stems would double `news` and more
# than halve the speed of putting articles in. `moves` remembers where an article stood before its date of publication
# was changed, so that a reader who is between two pages sees it once.
_TABLES = (
    """CREATE TABLE about (
        analyser_version TEXT NOT NULL,
        stems_version TEXT NOT NULL, -- the release of Snowball that made `forms`
        generation TEXT NOT NULL, -- another one for each time that the index was made
        sequence INTEGER NOT NULL -- counts the write transactions
    )""",
    """CREATE TABLE articles (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, url TEXT NOT NULL,
        title TEXT NOT NULL, body TEXT NOT NULL, summary TEXT NOT NULL, tier INTEGER, kind TEXT NOT NULL,
        authors TEXT NOT NULL, topics TEXT NOT NULL, evidence TEXT NOT NULL, -- JSON
        fetched INTEGER NOT NULL
    )""",
    """CREATE TABLE meta (
        number INTEGER PRIMARY KEY, first_seen INTEGER NOT NULL, published INTEGER NOT NULL, day INTEGER,
        source TEXT NOT NULL, language TEXT NOT NULL, story TEXT NOT NULL,
        added INTEGER NOT NULL -- the sequence of the transaction that brought the article
    )""",
    "CREATE INDEX meta_first_seen ON meta (first_seen, number)",
    "CREATE INDEX meta_published ON meta (published, number)",
    "CREATE INDEX meta_source ON meta (source, published)",
    "CREATE INDEX meta_story ON meta (story) WHERE story <> ''",
    "CREATE TABLE article_topics (topic TEXT, number INTEGER, PRIMARY KEY (topic, number)) WITHOUT ROWID",
    "CREATE INDEX article_topics_number ON article_topics (number)",
    "CREATE TABLE article_authors (author TEXT, number INTEGER, PRIMARY KEY (author, number)) WITHOUT ROWID",
    "CREATE INDEX article_authors_number ON article_authors (number)",
    """CREATE TABLE moves (
        sequence INTEGER, number INTEGER, published INTEGER NOT NULL, PRIMARY KEY (sequence, number)
    ) WITHOUT ROWID""",
    "CREATE TABLE terms (word TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE languages (language TEXT PRIMARY KEY) WITHOUT ROWID",  # all that articles ever had
    # Words that are not their own stem, by the algorithm of a language in which they stand.
    """CREATE TABLE forms (
        algorithm TEXT, stem TEXT, word TEXT, PRIMARY KEY (algorithm, stem, word)
    ) WITHOUT ROWID""",
    "CREATE VIRTUAL TABLE news USING fts5(title, body, language, content='', columnsize=1, tokenize='ascii')",
)


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the index at `path`, which is made if there is no file.

    Transactions are ours alone (no implicit BEGIN). The connection may pass between threads, one at a time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        _refuse_foreign(connection, path)
        _switch_to_wal(connection)
        # NORMAL: a power cut may lose the last commits but never damages; the ledger can index them again.
        for pragma in ("synchronous=NORMAL", "cache_size=-65536", "temp_store=MEMORY", "journal_size_limit=67108864"):
            connection.execute(f"PRAGMA {pragma}")
        _create_if_empty(connection)
        check_versions(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def clear(path: Path) -> None:
    """Drop all and make the tables anew, in one transaction. Other processes go on with the empty index."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as connection:
        _refuse_foreign(connection, path)
        with _write(connection):
            for kind in ("CREATE VIRTUAL TABLE %", "CREATE TABLE %"):  # a virtual one takes its own tables along
                names = connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE ?", (kind,)).fetchall()
                for (name,) in names:
                    connection.execute(f'DROP TABLE "{name}"')
            _create_tables(connection)


def check_versions(connection: sqlite3.Connection, path: Path) -> str:
    """Raise unless schema, analyser and stems are this program's; the generation."""
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    if schema > SCHEMA_VERSION:
        raise SearchIndexError(
            f"The search index {path} was made by a newer Newsdesk (schema {schema}, this one reads {SCHEMA_VERSION});"
            f" upgrade Newsdesk, or {_REBUILD}."
        )
    if schema < SCHEMA_VERSION:
        raise SearchIndexError(
            f"The search index {path} has the old schema {schema}, not {SCHEMA_VERSION}; {_REBUILD}."
        )
    row = connection.execute("SELECT analyser_version, stems_version, generation FROM about").fetchone()
    analyser, stems, generation = row
    if analyser != str(ANALYSER_VERSION):
        raise SearchIndexError(
            f"The search index {path} holds words of the text analyser {analyser}, this Newsdesk has"
            f" {ANALYSER_VERSION}, so words would not be found; {_REBUILD}."
        )
    if stems != STEMS_VERSION:
        raise SearchIndexError(
            f"The search index {path} holds stems of Snowball {stems}, here is {STEMS_VERSION}, so a stemmed search"
            f" would not find all; {_REBUILD}."
        )
    return str(generation)


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN")  # one view of both, while another process may just be making the tables
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    connection.execute("ROLLBACK")
    if application != _APPLICATION_ID and (application or tables):
        raise SearchIndexError(f"{path} is a database, but no search index of Newsdesk; name another file.")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Readers beside a writer. SQLite does not wait for others here, so we do."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            with closing(connection.execute("PRAGMA journal_mode=WAL")) as cursor:
                (mode,) = cursor.fetchone()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
            continue
        if mode != "wal":
            raise SearchIndexError(
                f"SQLite cannot keep a write-ahead log here (mode {mode}); put the search index on a local disk."
            )
        return


def _create_if_empty(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0]:
        return
    with _write(connection):
        # Another process may have made the tables while this one waited for the lock.
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            _create_tables(connection)


@contextmanager
def _write(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _create_tables(connection: sqlite3.Connection) -> None:
    for statement in _TABLES:
        connection.execute(statement)
    versions = (str(ANALYSER_VERSION), STEMS_VERSION)
    connection.execute("INSERT INTO about VALUES (?, ?, lower(hex(randomblob(8))), 0)", versions)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
