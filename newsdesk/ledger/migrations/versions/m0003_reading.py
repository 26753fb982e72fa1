"""Articles keep how well their page could be read.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; what was read before is not known."""
    comment = "how well the page could be read"
    op.add_column("articles", sa.Column("reading", sa.JSON(), nullable=False, server_default="{}", comment=comment))
