"""Cancels and changes that are on their way to the exchange."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for column in ("change_due_ns", "change_place", "change_qty", "change_limit_ticks"):
        op.add_column("orders", sa.Column(column, sa.BigInteger(), nullable=True))
    op.add_column(
        "orders", sa.Column("latency_ns", sa.BigInteger(), nullable=False, server_default="0")
    )
