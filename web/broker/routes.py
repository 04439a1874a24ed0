"""Every address of the broker-compatible API; each area lists its own."""

from __future__ import annotations

from starlette.routing import BaseRoute

from web.broker import accounts, clocks, orders

ROUTES: list[BaseRoute] = [*accounts.ROUTES, *clocks.ROUTES, *orders.ROUTES]
