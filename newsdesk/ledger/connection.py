"""Two connections, SQLite and PostgreSQL. Every difference between them is here.

SQLite: WAL, one writer at a time (`BEGIN IMMEDIATE`), `synchronous=FULL` since the feed cursors advance here.
PostgreSQL: read committed; claims lock their rows and skip those of others.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy
from sqlalchemy import Connection, Engine, Select, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    InvalidRequestError,
    NoSuchModuleError,
    SQLAlchemyError,
    StatementError,
)

from newsdesk.errors import LedgerError
from newsdesk.ledger.migrations import migrate

LOCK_SECONDS = 60.0

_REMEDIES = (
    ("disk is full", "the disk is full: make room, the work goes on by itself"),
    ("no space left", "the disk is full: make room, the work goes on by itself"),
    (
        "disk i/o error",
        "the disk refuses: a limit of file size, a quota or a fault; once it takes data again, all goes on",
    ),
    ("locked", f"another process held the database for more than {LOCK_SECONDS:.0f} s: it is tried again"),
    ("readonly", "the file or its folder may not be written: check the owner and rights"),
    ("unable to open", "the file cannot be opened: check that the folder exists and may be written"),
    ("not a database", "the file is no SQLite database: move it away or name another one"),
    ("malformed", "the file is damaged: restore it from a backup"),
    ("connection refused", "no database server answers there: check the address and that it runs"),
    ("password authentication", "the server refuses user or password"),
)


class RowRefusedError(LedgerError):
    """The database is well, but does not take these values: the fault of one row, not of the ledger."""


class Ledger:
    """The only state of the product. `read()` and `write()` give a connection inside a transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._file = 0  # inode of SQLite's file

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; nothing may be written. Raises LedgerError."""
        with self._transaction("read") as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """All or nothing. Keep it short: on SQLite nobody else can write meanwhile. Raises LedgerError."""
        with self._transaction("write") as connection:
            yield connection

    @contextmanager
    def part(self, connection: Connection) -> Iterator[None]:
        """A part of a transaction that fails alone: what it wrote is undone, the rest stays. Raises LedgerError."""
        try:
            with connection.begin_nested():
                yield
        except SQLAlchemyError as error:
            raise translate(error, self.engine) from error

    @contextmanager
    def _transaction(self, mode: str) -> Iterator[Connection]:
        try:
            with self.engine.connect().execution_options(newsdesk_mode=mode) as connection, connection.begin():
                self._check_file()
                yield connection
        except SQLAlchemyError as error:
            raise translate(error, self.engine) from error

    def _check_file(self) -> None:
        """SQLite goes on with a file that was deleted, and what it writes is gone with the process."""
        file = self.engine.url.database
        if not self.is_sqlite or not file or file == ":memory:":
            return
        try:
            number = Path(file).stat().st_ino
        except FileNotFoundError:
            number = 0
        self._file = self._file or number
        if number != self._file:
            raise LedgerError(
                f"ledger {file}: the file was removed or replaced while it was open; put it back from a backup, or"
                " go on with a new one: all feeds are read anew then, and alerts are mailed again"
            )

    def close(self) -> None:
        """Give up all connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_ledger(url: str) -> Ledger:
    """Open the ledger at `url` (sqlite:///FILE or postgresql://…), made or brought up to date. Raises LedgerError."""
    engine = _engine(url)
    ledger = Ledger(engine)
    try:
        migrate(ledger)
    except SQLAlchemyError as error:
        engine.dispose()
        raise translate(error, engine) from error
    except LedgerError:
        engine.dispose()
        raise
    return ledger


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        if address.drivername in ("postgresql", "postgres"):
            address = address.set(drivername="postgresql+psycopg")
        if address.get_backend_name() == "sqlite":
            return _sqlite_engine(address)
        if address.get_backend_name() == "postgresql":
            return create_engine(address, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except (ArgumentError, NoSuchModuleError) as error:
        raise LedgerError(f"NEWSDESK_LEDGER_URL cannot be read: {error}") from error
    raise LedgerError(f"NEWSDESK_LEDGER_URL: {address.get_backend_name()} is not supported; use sqlite or postgresql")


def _sqlite_engine(address: sqlalchemy.URL) -> Engine:
    if address.database and address.database != ":memory:":
        try:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(f"the ledger's folder cannot be made: {error}") from error
    engine = create_engine(address, connect_args={"timeout": LOCK_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # a deferred transaction that comes to write late fails at once when another one writes: say so from the start
    write = connection.get_execution_options().get("newsdesk_mode") != "read"
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def translate(error: SQLAlchemyError, engine: Engine) -> LedgerError:
    """A driver's error in our words, with the remedy; the URL is shown without its password."""
    text = str(error.orig if isinstance(error, DBAPIError) else error)
    remedy = next((remedy for sign, remedy in _REMEDIES if sign in text.lower()), "")
    where = engine.url.render_as_string(hide_password=True)
    kind = RowRefusedError if _is_refusal(error) else LedgerError
    return kind(f"ledger {where}: {text.strip()}" + (f" ({remedy})" if remedy else ""))


def _is_refusal(error: SQLAlchemyError) -> bool:
    if isinstance(error, DBAPIError):
        code: str = getattr(error.orig, "sqlstate", None) or ""  # class 54: too long for an index of PostgreSQL
        return isinstance(error, DataError | IntegrityError) or code.startswith("54")
    return isinstance(error, StatementError | InvalidRequestError)  # values that cannot even be handed over


def lock_rows(connection: Connection, query: Select[Any], table: Table) -> Select[Any]:
    """The rows of `table` in `query` locked against other claimers, theirs skipped; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        return query.with_for_update(of=table, skip_locked=True)
    return query


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows whose key is not there yet; returns how many were."""
    statement = _insert_new(table, connection.dialect.name)
    # row by row, and returned: only so do both drivers tell which were new
    return sum(len(connection.execute(statement, dict(row)).all()) for row in rows)


@cache
def _insert_new(table: Table, dialect: str) -> Any:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing().returning(next(iter(table.primary_key)))
