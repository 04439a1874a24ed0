"""``/v2/assets``: the instruments of the key's venue, with lot and tick of the running session."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from matching.units import decimal_text
from simtrade.venues.assets import AssetView
from web.broker import wire
from web.broker.errors import not_found
from web.broker.identity import client_of, core_of
from web.broker.markets import market_of
from web.broker.queries import Query
from web.broker.replies import tagged

ASSET_CLASS = "us_equity"  # clients know no class that fits better
_CLASSES = (ASSET_CLASS, "us_option", "crypto", "crypto_perp")
_STATUSES = ("active", "inactive", "all")


async def assets(request: Request) -> Response:
    """``GET /v2/assets?status=&asset_class=&exchange=&attributes=``."""
    program, query = client_of(request), Query(request)
    status = query.choice("status", _STATUSES, "all")
    asset_class = query.choice("asset_class", _CLASSES, ASSET_CLASS)
    exchange, attributes = query.text("exchange"), query.words("attributes")
    values = [asset_value(one) for one in core_of(request).venues.assets(program.venue.venue_id)]
    found = [
        one
        for one in values
        if status in ("all", one["status"])
        and one["class"] == asset_class
        and exchange in (None, one["exchange"], one["market"])
        and not attributes  # nothing here has any
    ]
    return tagged(request, found)


async def asset(request: Request) -> Response:
    """``GET /v2/assets/{symbol or id}``."""
    program, wanted = client_of(request), request.path_params["symbol"]
    instrument = program.instrument(wanted)
    if instrument is None:
        raise not_found(f"asset not found for {wanted}")
    found = core_of(request).venues.assets(program.venue.venue_id)
    return tagged(request, asset_value(next(one for one in found if one.instrument == instrument)))


def asset_value(one: AssetView) -> dict[str, object]:
    instrument, lots = one.instrument, one.rules.lots if one.rules else None
    return {
        "id": wire.asset_uuid(instrument.instrument_id),
        "class": ASSET_CLASS,
        "exchange": market_of(instrument.market).exchange,
        "symbol": instrument.symbol,
        "name": instrument.name_en,
        "status": "active" if one.listed else "inactive",
        "tradable": one.tradable,
        "marginable": one.marginable,
        "shortable": one.shortable,
        "easy_to_borrow": one.shortable,
        "fractionable": instrument.qty_decimals > 0,
        "maintenance_margin_requirement": one.maintenance_permille / 10,
        "min_order_size": wire.qty(instrument, lots.min_qty) if lots else None,
        "min_trade_increment": wire.qty(instrument, lots.lot) if lots else None,
        "price_increment": decimal_text(one.step, one.step_decimals),
        "attributes": [],
        "market": instrument.market,
        "name_zh": instrument.name_zh,
        "currency": instrument.currency.code,
    }


ROUTES: list[BaseRoute] = [
    Route("/v2/assets", assets),
    Route("/v2/assets/{symbol:path}", asset),
]
