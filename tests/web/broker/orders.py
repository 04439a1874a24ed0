"""Orders of a program, placed at the desk without the API's order addresses."""

from __future__ import annotations

import os

from matching.instrument import InstrumentId
from matching.orders import OrderId, OrderKind, Side, TimeInForce
from matching.units import PriceTicks, Qty
from simtrade.desk.requests import ClockAction, Done, PlaceRequest
from tests.web.broker.program import Program, submit


def order(
    program: Program,
    side: Side,
    instrument_id: str,
    qty: int,
    *,
    limit: int | None = None,
    short: bool = False,
) -> OrderId:
    kind = OrderKind.MARKET if limit is None else OrderKind.LIMIT
    price = None if limit is None else PriceTicks(limit)
    wish = PlaceRequest(
        program.account_id, os.urandom(8).hex(), InstrumentId(instrument_id), side, kind, Qty(qty),
        price, TimeInForce.DAY, short=short,
    )  # fmt: skip
    done = submit(program.site, wish)
    assert isinstance(done, Done), done
    assert done.order_id is not None
    if limit is None:
        program.clock(ClockAction.STEP)
        program.clock(ClockAction.STEP)
    return done.order_id


def buy(program: Program, instrument_id: str, qty: int, *, limit: int | None = None) -> OrderId:
    """A market order on a practice market is filled when this returns."""
    return order(program, Side.BUY, instrument_id, qty, limit=limit)


def sell(program: Program, instrument_id: str, qty: int, *, short: bool = False) -> OrderId:
    return order(program, Side.SELL, instrument_id, qty, short=short)
