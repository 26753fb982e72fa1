"""What sites say of text and data mining, and what that was for each page when it was fetched.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

from newsdesk.ledger.tables import Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table, add the column; of pages fetched before, nothing is known."""
    op.create_table(
        "tdmrep",
        sa.Column("site", sa.Text(), nullable=False, comment="scheme, host and port"),
        sa.Column("body", sa.LargeBinary(), comment="tdmrep.json; null: the site has none that can be read"),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site"),
    )
    comment = "what the site's tdmrep.json said of the page when it was fetched; null: nothing"
    op.add_column("entries", sa.Column("site_rule", sa.JSON(none_as_null=True), nullable=True, comment=comment))
