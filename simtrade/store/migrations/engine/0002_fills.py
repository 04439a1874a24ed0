"""What decides fills: when takings began to fade, the impact of an order's size, a venue's scope.

The defaults say what was true before: takings did not fade, sizes moved nothing, and every account
was alone with the market.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    columns = (("taken", "at_ns"), ("orders", "joined_seq"), ("orders", "impact_ticks"))
    for table, column in columns:
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column(
        "venue", sa.Column("scope", sa.String(), nullable=False, server_default="account")
    )
