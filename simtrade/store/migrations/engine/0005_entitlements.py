"""What holders are owed after an ex-date, and since when they have held."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("position", sa.Column("lots", sa.String(), nullable=False, server_default="[]"))
    op.create_table(
        "entitlement",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("instrument_id", sa.String(), nullable=False),
        sa.Column("ex_session", sa.String(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("cash_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("cash_due", sa.Boolean(), nullable=False),
        sa.Column("bonus_qty", sa.BigInteger(), nullable=False),
        sa.Column("bonus_due", sa.Boolean(), nullable=False),
        sa.Column("rights_qty", sa.BigInteger(), nullable=False),
        sa.Column("rights_ticks", sa.BigInteger(), nullable=False),
        sa.Column("rights_open", sa.Boolean(), nullable=False),
        sa.Column("subscribed_qty", sa.BigInteger(), nullable=False),
        sa.Column("rights_due", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id", "instrument_id", "ex_session", name=op.f("pk_entitlement")
        ),
    )
