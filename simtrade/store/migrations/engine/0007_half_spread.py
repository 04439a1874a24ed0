"""What the spread cost, in half minor units: the middle of a quote may lie half a tick away."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("ALTER TABLE account RENAME COLUMN spread_minor TO spread_half_minor")
    op.execute("UPDATE account SET spread_half_minor = 2 * spread_half_minor")
