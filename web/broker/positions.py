"""``/v2/positions``: what an account holds or owes, and closing it."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from matching.orders import OrderKind, Side, TimeInForce
from matching.units import NumberFault, Qty, scaled_integer
from simtrade.desk.requests import PlaceRequest
from simtrade.portfolio.order_history import OrderPage
from simtrade.portfolio.order_versions import OrderVersion, Standing, average_milli
from simtrade.portfolio.views import PositionView
from simtrade.venues.views import QuoteView
from web.broker import wire
from web.broker.configurations import check_may_place
from web.broker.errors import ApiError, against_rule, bad_field, forbidden, not_found
from web.broker.idempotency import desk_key, once
from web.broker.identity import Program, client_of, core_of, may_trade
from web.broker.markets import market_of
from web.broker.order_body import qty_of
from web.broker.order_json import order_value, version_id
from web.broker.orders import cancel_all
from web.broker.placing import held_members, position_of, send
from web.broker.queries import Query
from web.broker.replies import reply, tagged

_PERCENT_DECIMALS = 9
# Cancels are on their way for a second at most; until then shares stay reserved.
_WAITS, _WAIT_SECONDS = 30, 0.05


async def listed(request: Request) -> Response:
    """``GET /v2/positions``."""
    program, core = client_of(request), core_of(request)
    view = core.portfolio.summary(program.account.account_id)
    quotes = {one.instrument_id: one for one in core.venues.quotes(program.venue.venue_id)}
    lends = core.portfolio.margin(program.account.account_id) is not None
    return tagged(
        request,
        [
            position_value(one, quotes.get(one.instrument.instrument_id), marginable=lends)
            for one in view.positions
        ],
    )


async def one(request: Request) -> Response:
    """``GET /v2/positions/{symbol or asset id}``."""
    program, core = client_of(request), core_of(request)
    position = _known(request, program)
    quote = core.venues.quote(program.venue.venue_id, position.instrument.instrument_id)
    lends = core.portfolio.margin(program.account.account_id) is not None
    return reply(position_value(position, quote, marginable=lends))


def position_value(
    one: PositionView, quote: QuoteView | None, *, marginable: bool
) -> dict[str, object]:
    """The Position object.  Short positions have a negative quantity, value and cost."""
    instrument, currency = one.instrument, one.instrument.currency
    market, sign = market_of(instrument.market), -1 if one.qty < 0 else 1
    before = quote.reference_ticks if quote else one.last_ticks
    average = average_milli(instrument, one.cost_minor, one.qty) or 0
    return {
        "asset_id": wire.asset_uuid(instrument.instrument_id),
        "symbol": instrument.symbol,
        "exchange": market.exchange,
        "asset_class": "us_equity",
        "market": instrument.market,
        "asset_marginable": marginable,
        "qty": wire.qty(instrument, one.qty),
        "qty_available": wire.qty(instrument, sign * max(0, one.available)),
        "side": "short" if one.qty < 0 else "long",
        "avg_entry_price": wire.average_price(instrument, average),
        "market_value": wire.money(currency, one.value_minor),
        "cost_basis": wire.money(currency, one.cost_minor),
        "unrealized_pl": wire.money(currency, one.profit_minor),
        "unrealized_plpc": wire.ratio(one.profit_minor, abs(one.cost_minor)),
        "unrealized_intraday_pl": wire.money(currency, one.day_profit_minor),
        "unrealized_intraday_plpc": wire.ratio(
            one.day_profit_minor, abs(one.value_minor - one.day_profit_minor)
        ),
        "current_price": wire.price(instrument, one.last_ticks),
        "lastday_price": wire.price(instrument, before),
        "change_today": wire.ratio(one.last_ticks - before, before),
    }


def _known(request: Request, program: Program) -> PositionView:
    instrument = program.instrument(request.path_params["symbol"])
    found = instrument and position_of(request, program, instrument)
    if not found:
        raise not_found("position does not exist")
    return found


# Closing


async def close(request: Request) -> Response:
    """``DELETE /v2/positions/{symbol or asset id}``: the market order that closes it."""
    program, query = may_trade(request), Query(request)
    position = _known(request, program)
    qty = _closing_qty(request, program, position, query)
    return reply(order_value(await _close(request, program, position, qty)))


def _closing_qty(request: Request, program: Program, one: PositionView, query: Query) -> Qty:
    """How much to close: all of it, a quantity, or a percentage in whole lots."""
    qty, percentage = query.text("qty"), query.text("percentage")
    if qty is not None and percentage is not None:
        raise bad_field("only one of qty and percentage is accepted")
    held = abs(one.qty)
    if qty is not None:
        found = qty_of(qty, one.instrument)
        if found > held:
            raise _too_much(one, found)
        return found
    if percentage is None:
        return Qty(held)
    share = scaled_integer(percentage, _PERCENT_DECIMALS)
    if isinstance(share, NumberFault) or not 0 < share <= 100 * 10**_PERCENT_DECIMALS:
        raise bad_field("percentage must be > 0 and <= 100")
    part = held * share // (100 * 10**_PERCENT_DECIMALS)
    rules = core_of(request).venues.rules(program.venue.venue_id, one.instrument.instrument_id)
    lot = rules.lot if rules else 1
    part = part if part == held else part - part % lot
    if not part:
        raise against_rule(
            "percentage is less than the smallest quantity", lot=wire.qty(one.instrument, lot)
        )
    return Qty(part)


def _too_much(one: PositionView, asked: int) -> ApiError:
    members = held_members(one.instrument, asked, one)
    requested, available = members["requested"], members["available"]
    return forbidden(
        f"insufficient qty available for order (requested: {requested}, available: {available})",
        symbol=one.instrument.symbol,
        **members,
    )


async def _close(request: Request, program: Program, one: PositionView, qty: Qty) -> OrderVersion:
    instrument = one.instrument
    check_may_place(core_of(request), program, short=False)
    wish = PlaceRequest(
        account_id=program.account.account_id,
        key=desk_key(request, f"close {instrument.instrument_id}"),
        instrument_id=instrument.instrument_id,
        side=Side.BUY if one.qty < 0 else Side.SELL,
        kind=OrderKind.MARKET,
        qty=qty,
        limit_ticks=None,
        time_in_force=TimeInForce.DAY,
        frees_key=True,
    )
    return await send(request, program, instrument, wish)


async def close_all(request: Request) -> Response:
    """``DELETE /v2/positions``: 207, one status per position."""
    program = may_trade(request)
    cancels = Query(request).truth("cancel_orders", default=False)
    if cancels:
        await cancel_all(request)
        await _wait_for_cancels(request, program)
    view = core_of(request).portfolio.summary(program.account.account_id)
    found = [await _line(request, program, one) for one in view.positions]
    return reply(found, HTTPStatus.MULTI_STATUS)


async def _line(request: Request, program: Program, one: PositionView) -> dict[str, object]:
    line: dict[str, object] = {"symbol": one.instrument.symbol}
    try:
        order = await _close(request, program, one, Qty(abs(one.qty)))
    except ApiError as error:
        body = {"code": error.code, "message": error.message, **error.more}
        return line | {"status": error.status_code, "body": body}
    return line | {
        "status": HTTPStatus.OK, "order_id": version_id(order), "body": order_value(order)
    }  # fmt: skip


async def _wait_for_cancels(request: Request, program: Program) -> None:
    history, account_id = core_of(request).order_history, program.account.account_id
    for _ in range(_WAITS):
        opened = history.page(account_id, OrderPage(open=True, limit=500))
        if not any(one.standing is Standing.CANCELLING for one in opened):
            return
        await asyncio.sleep(_WAIT_SECONDS)


ROUTES: list[BaseRoute] = [
    Route("/v2/positions", listed),
    Route("/v2/positions", once(close_all), methods=["DELETE"]),
    Route("/v2/positions/{symbol}", one),
    Route("/v2/positions/{symbol}", once(close), methods=["DELETE"]),
]
