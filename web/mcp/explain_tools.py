"""Tools that explain: why a fill came at that price, why an order has not been filled."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from matching.instrument import Instrument
from simtrade.portfolio.views import FillView, OrderState, OrderView
from web import formats
from web.broker import wire
from web.explain import explain, headline
from web.i18n import N_, Language, translate
from web.mcp.account_tools import Fill, Order, fill_value, order_value, own_order
from web.mcp.market_tools import Quote, quote_value
from web.mcp.tool import (
    NUMBER_MAX,
    Asking,
    OrderNumber,
    Price,
    Quantity,
    Spoken,
    Tool,
    ToolRefusal,
    Words,
)
from web.words import CAUSES, PHASES, WAITING, worded

EXPLAINED_MAX = 20

_AHEAD = N_("{ahead} are ahead of it at its price; {traded} traded there since it arrived.")
_TRADED = N_("{traded} traded at its price since it arrived.")
_PAUSED = N_("The clock of this market is paused, so nothing can happen.")
_FILLED = N_("It is filled completely.")
_PART = N_("{filled} of {qty} are filled.")
_NOW = N_("The market now: {phase}.")


class _Which(Struct, forbid_unknown_fields=True):
    order_id: OrderNumber
    fill_number: Annotated[
        Annotated[int, Meta(ge=1, le=NUMBER_MAX)] | None,
        Meta(description="One fill of the order; none: its newest ones."),
    ] = None
    language: Spoken = None


class Units(Struct):
    """What the receipt counts in."""

    ticks: Annotated[Price, Meta(description="What 1 is worth in *_ticks.")]
    quantity: Annotated[Quantity, Meta(description="What 1 is worth in *_qty and volumes.")]
    queue: Annotated[Quantity, Meta(description="What 1000 are worth in *_milli.")]


class Explained(Struct):
    fill: Fill
    headline: Words
    reasons: Annotated[list[str], Meta(description="In words, most important first.")]
    receipt: Annotated[dict[str, Any], Meta(description="The receipt as the exchange wrote it.")]


class Explanation(Struct):
    language: str
    receipt_units: Units
    fills: Annotated[list[Explained], Meta(description="Newest first.")]


async def explain_fill(asking: Asking, given: _Which) -> Explanation:
    """The receipts of an order's fills, in words and as they are."""
    order, spoken = own_order(asking, given.order_id), asking.language(given.language)
    found = asking.core.portfolio.fills(
        asking.program.account.account_id, limit=1_000, order_id=order.order_id
    )
    if given.fill_number is not None:
        found = tuple(one for one in found if one.number == given.fill_number)
    if not found:
        raise ToolRefusal("not_filled", "There is no such fill; why_not_filled says why.")
    return Explanation(
        language=spoken,
        receipt_units=_units(order.instrument),
        fills=[_explained(one, spoken) for one in found[:EXPLAINED_MAX]],
    )


def _units(one: Instrument) -> Units:
    return Units(wire.price(one, 1), wire.qty(one, 1), wire.qty(one, 1))


def _explained(fill: FillView, spoken: Language) -> Explained:
    return Explained(
        fill=fill_value(fill),
        headline=headline(fill, spoken),
        reasons=list(explain(fill, spoken)),
        receipt=msgspec.to_builtins(fill.receipt),
    )


class _Order(Struct, forbid_unknown_fields=True):
    order_id: OrderNumber
    language: Spoken = None


class WhyNot(Struct):
    order: Order
    waiting_code: Annotated[str, Meta(description="Empty once the order has ended.")]
    quantity_ahead: Annotated[
        Quantity | None, Meta(description="Displayed before it in the queue, where one is seen.")
    ]
    traded_at_its_price: Annotated[Quantity | None, Meta(description="Since it arrived.")]
    market: Quote | None
    reasons: Annotated[list[str], Meta(description="In words, most important first.")]


async def why_not_filled(asking: Asking, given: _Order) -> WhyNot:
    """What an order waits for, its place in the queue, or why it ended."""
    order, spoken = own_order(asking, given.order_id), asking.language(given.language)
    one, venue_id = order.instrument, asking.program.venue.venue_id
    quote = asking.core.venues.quote(venue_id, one.instrument_id)
    ahead, traded = order.ahead_qty, order.traded_at_price
    return WhyNot(
        order=order_value(order, spoken),
        waiting_code=order.waiting_for,
        quantity_ahead=None if ahead is None else wire.qty(one, ahead),
        traded_at_its_price=None if traded is None else wire.qty(one, traded),
        market=None if quote is None else quote_value(one, quote),
        reasons=_reasons(asking, order, spoken),
    )


def _reasons(asking: Asking, order: OrderView, spoken: Language) -> list[str]:
    one, found = order.instrument, []

    def say(message: str, **words: str) -> None:
        found.append(translate(message, spoken).format(**words))

    def size(qty: int) -> str:
        return formats.quantity(qty, one)

    if order.state is OrderState.OPEN:
        now = asking.core.venues.clock(asking.program.venue.venue_id)
        if not now.running:
            say(_PAUSED)
        found.append(worded(WAITING, order.waiting_for, spoken))
        traded = size(order.traded_at_price or 0)
        if order.ahead_qty is not None:
            say(_AHEAD, ahead=size(order.ahead_qty), traded=traded)
        elif order.traded_at_price is not None:
            say(_TRADED, traded=traded)
        say(_NOW, phase=worded(PHASES, now.phase.value, spoken))
    elif order.state is OrderState.FILLED:
        say(_FILLED)
    else:
        found.append(worded(CAUSES, order.cause, spoken))
    if 0 < order.filled < order.qty:
        say(_PART, filled=size(order.filled), qty=size(order.qty))
    return [one for one in found if one]


TOOLS = (
    Tool("explain_fill", "Explain a fill", "Why an order was filled when, where and for how much "
         "it was: the receipt in words, in English or Chinese, and the receipt itself.",
         _Which, Explanation, explain_fill),
    Tool("why_not_filled", "Why an order is not filled", "What an open order waits for, with its "
         "place in the queue, or why an order ended.", _Order, WhyNot, why_not_filled),
)  # fmt: skip
