"""What the owner of a venue calls it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("venue", sa.Column("name", sa.String(), nullable=False, server_default=""))
