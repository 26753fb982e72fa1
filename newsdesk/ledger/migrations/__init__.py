"""The ledger's schema over time, forward only (Alembic). A schema newer than this code is refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from newsdesk.errors import LedgerError

if TYPE_CHECKING:
    from newsdesk.ledger.connection import Ledger

HEAD = "0005"


def migrate(ledger: Ledger) -> None:
    """Bring the schema to HEAD in one transaction; cheap when it is there already. Raises LedgerError."""
    if _version(ledger) == HEAD:
        return
    with ledger.engine.connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7263545)"))  # two starters at once: one waits
        _upgrade(connection, ledger.engine.url.render_as_string(hide_password=True))


def _version(ledger: Ledger) -> str | None:
    try:
        # reading: a question must not wait for a writer, nor hold one up
        with ledger.engine.connect().execution_options(newsdesk_mode="read") as connection:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except DBAPIError:
        return None  # no such table: a new ledger; anything worse shows itself in the upgrade


def _upgrade(connection: Connection, address: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise LedgerError(
            f"ledger {address}: its schema is unknown to this version of Newsdesk ({error}); install the newer version"
        ) from error
