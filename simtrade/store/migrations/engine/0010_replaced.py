"""How often the terms of an order were replaced, counted from the journal so far."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("orders", sa.Column("replaced", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE orders SET replaced = counted.times FROM ("
        "SELECT account_id, json_extract(body, '$.order_id') AS order_id, count(*) AS times"
        " FROM event WHERE kind = 'replaced' GROUP BY 1, 2"
        ") AS counted"
        " WHERE orders.order_id = counted.order_id AND orders.account_id = counted.account_id"
    )
