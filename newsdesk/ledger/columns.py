"""What all tables of the ledger are made of: instants, and the columns of rows that wait for a step."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class Instant(TypeDecorator[datetime]):
    """An aware instant: timestamptz on PostgreSQL; on SQLite a text of fixed width in UTC, which sorts as time does."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL has a type of its own for this."""
        return dialect.type_descriptor(TIMESTAMP(timezone=True) if dialect.name == "postgresql" else String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuses naive datetimes: they would be read back as another instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a datetime without zone cannot be stored: {value!r}")
        value = value.astimezone(UTC)
        return (
            value
            if dialect.name == "postgresql"
            else value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
        )

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - its signature
        """Always aware UTC."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.fromisoformat(value)


metadata = MetaData()


def work() -> tuple[Column[Any], ...]:
    """Where a row stands in the line, and who works on it."""
    return (
        Column("stage", String(16), nullable=False),
        Column("due_at", Instant, comment="not before; null: not by itself any more (done, dropped, quarantined)"),
        Column("lease_until", Instant),
        Column("lease_token", String(32), comment="fences: only the claimer with this token may record"),
        Column("attempts", Integer, nullable=False, default=0, comment="claims at this stage that did not end well"),
        Column("outcome", String(16), comment="of the last work: done, dropped, retry, quarantined"),
        Column("reason", String(32), comment="a value of newsdesk.model.Reason"),
        Column("detail", Text, comment="for people"),
    )
