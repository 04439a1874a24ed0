"""Where the protocol is spoken: one address that only reads, one that also takes orders."""

from __future__ import annotations

NAME = "simtrade"
PATH = "/mcp"
ORDERS_PATH = "/mcp/orders"
PATHS = (PATH, ORDERS_PATH)
