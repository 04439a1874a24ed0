"""Every address of the broker-compatible API; each area lists its own."""

from __future__ import annotations

from starlette.routing import BaseRoute

from web.broker import (
    accounts,
    activities,
    announcements,
    assets,
    calendars,
    clocks,
    coins,
    configurations,
    corporate_data,
    orders,
    portfolio_history,
    positions,
    screener,
    stocks,
    watchlists,
)
from web.broker.streams import endpoints as streams

ROUTES: list[BaseRoute] = [
    *accounts.ROUTES,
    *configurations.ROUTES,
    *portfolio_history.ROUTES,
    *activities.ROUTES,
    *assets.ROUTES,
    *clocks.ROUTES,
    *calendars.ROUTES,
    *orders.ROUTES,
    *positions.ROUTES,
    *watchlists.ROUTES,
    *stocks.ROUTES,
    *coins.ROUTES,
    *screener.ROUTES,
    *corporate_data.ROUTES,
    *announcements.ROUTES,
    *streams.ROUTES,
]
