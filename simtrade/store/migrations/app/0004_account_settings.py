"""What an owner sets for an account's programs, and his lists of instruments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "account_configurations",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fractional_trading", sa.Boolean(), nullable=False),
        sa.Column("max_margin_multiplier", sa.String(), nullable=False),
        sa.Column("no_shorting", sa.Boolean(), nullable=False),
        sa.Column("suspend_trade", sa.Boolean(), nullable=False),
        sa.Column("trade_confirm_email", sa.String(), nullable=False),
        sa.Column("ptp_no_exception_entry", sa.Boolean(), nullable=False),
        sa.Column("disable_overnight_trading", sa.Boolean(), nullable=False),
        sa.Column("max_options_trading_level", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_configurations")),
    )
    op.create_table(
        "watchlists",
        sa.Column("watchlist_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("instruments", sa.String(), nullable=False),
        sa.Column("created_at_ns", sa.BigInteger(), nullable=False),
        sa.Column("updated_at_ns", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("watchlist_id", name=op.f("pk_watchlists")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_watchlists_account_id_name")),
    )
