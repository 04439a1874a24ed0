"""Triggers, groups and dates of orders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TEXTS = ("trigger_kind", "good_till", "group_kind")
_COLUMNS = (
    "trigger_kind",
    "trigger_amount",
    "good_till",
    "group_id",
    "group_kind",
    "mark_ticks",
    "triggered_at_ns",
    "triggered_ticks",
    "entry_filled",
)


def upgrade() -> None:
    for name in _COLUMNS:
        kind = sa.String() if name in _TEXTS else sa.BigInteger()
        op.add_column("orders", sa.Column(name, kind, nullable=True))
