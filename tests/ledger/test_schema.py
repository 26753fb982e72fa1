"""The schema: made, kept, refused; and the two databases alike."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from newsdesk.errors import LedgerError
from newsdesk.ledger import Ledger, open_ledger
from newsdesk.ledger.migrations import HEAD
from newsdesk.ledger.tables import Instant, metadata


def test_the_migrated_schema_is_the_declared_one(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_opening_twice_changes_nothing(ledger_url: str) -> None:
    for _ in range(2):
        with open_ledger(ledger_url) as ledger, ledger.read() as connection:
            assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == HEAD


def test_a_ledger_of_a_newer_version_is_refused(ledger_url: str) -> None:
    with open_ledger(ledger_url) as ledger, ledger.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerError, match="install the newer version"):
        open_ledger(ledger_url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "cannot be read"),
        ("mysql://localhost/x", "NEWSDESK_LEDGER_URL"),
        ("oracle://localhost/x", "not supported"),
        ("postgresql://postgres:secret@127.0.0.1:9/none", "no database server answers"),
    ],
)
def test_a_wrong_address_is_told_with_its_remedy(url: str, words: str) -> None:
    with pytest.raises(LedgerError, match=words) as caught:
        open_ledger(url)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    file.write_text("this is a shopping list, and no database at all " * 50)
    with pytest.raises(LedgerError, match="no SQLite database"):
        open_ledger(f"sqlite:///{file}")


def test_sqlite_keeps_what_was_committed_when_the_power_fails(tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger, ledger.read() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])))
def test_an_instant_keeps_its_microsecond_and_sorts_as_time_does(moment: datetime) -> None:
    instant, dialect = Instant(), create_engine("sqlite://").dialect
    try:
        stored = instant.process_bind_param(moment, dialect)
        later = instant.process_bind_param(moment + timedelta(microseconds=1), dialect)
    except OverflowError:
        return
    assert instant.process_result_value(stored, dialect) == moment
    assert stored < later


def test_a_datetime_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without zone"):
        Instant().process_bind_param(datetime(2026, 1, 1), create_engine("sqlite://").dialect)  # noqa: DTZ001 - the subject
