"""Accounts that may borrow, their calls, and sales of borrowed shares."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("account", sa.Column("margin", sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("account", sa.Column("call_session", sa.String(), nullable=True))
    op.add_column(
        "account", sa.Column("call_left", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.add_column("orders", sa.Column("short", sa.Boolean(), nullable=False, server_default="0"))
