"""What the ledger says when its file is taken away, when somebody else writes, and when a row does not fit."""

import contextlib
import hashlib
import sqlite3
from pathlib import Path

import pytest

from newsdesk.errors import LedgerError
from newsdesk.ledger import Ledger, RowRefusedError, open_ledger, waiting
from newsdesk.ledger.tables import domains
from tests.ledger.make import NOW, store_entries


def test_a_file_that_is_taken_away_while_it_is_open_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    with open_ledger(f"sqlite:///{file}") as ledger:
        with ledger.write() as connection:
            store_entries(connection, "one")
        file.rename(tmp_path / "elsewhere.db")
        with pytest.raises(LedgerError, match="removed or replaced"):
            waiting(ledger, NOW)
        with open_ledger(f"sqlite:///{file}"), pytest.raises(LedgerError, match="removed or replaced"):
            waiting(ledger, NOW)


def test_who_only_reads_does_not_wait_for_who_writes(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    open_ledger(f"sqlite:///{file}").close()
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with open_ledger(f"sqlite:///{file}") as ledger:
            assert waiting(ledger, NOW).entries == 0
        other.execute("ROLLBACK")


def test_a_row_that_does_not_fit_is_told_from_a_ledger_in_trouble(ledger: Ledger) -> None:
    row = {"domain": "gazette.example", "next_at": NOW}
    with ledger.write() as connection:
        connection.execute(domains.insert().values(row))
    with pytest.raises(RowRefusedError), ledger.write() as connection:
        connection.execute(domains.insert().values(row))
    with pytest.raises(RowRefusedError), ledger.write() as connection:
        connection.execute(domains.insert().values(row | {"next_at": NOW.replace(tzinfo=None)}))


def test_what_is_too_long_for_an_index_is_the_rows_fault(ledger: Ledger) -> None:
    noise = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(200))
    row = {"domain": noise, "next_at": NOW}
    with contextlib.suppress(RowRefusedError), ledger.write() as connection:  # SQLite takes it
        connection.execute(domains.insert().values(row))
