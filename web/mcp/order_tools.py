"""Tools that order: see what it would cost, place exactly that, take it back.

The desk judges every order as it judges a person's.  Beside that an agent needs a confirmation of
this very order, and one order may be worth no more than a part of the account's equity.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from matching.instrument import Instrument
from matching.orders import OrderId
from matching.units import decimal_text
from simtrade.desk.requests import CancelRequest, PlaceRequest, Refusal
from simtrade.portfolio.views import Preview
from web.broker import wire
from web.broker.configurations import check_may_place
from web.broker.errors import ApiError
from web.forms import Typed, new_key
from web.i18n import Language
from web.mcp.account_tools import Fee, Order, order_value, own_order
from web.mcp.confirm import LETTERS, LIFE_SECONDS, Invalid
from web.mcp.tool import (
    Asking,
    Money,
    OrderNumber,
    Price,
    Quantity,
    Spoken,
    Symbol,
    Tool,
    ToolRefusal,
)
from web.order_form import place_request
from web.sentences import sentence

_Number = Annotated[str, Meta(max_length=40, description="Decimal text, as 100 or 12.50.")]
_INVALID = {
    Invalid.EXPIRED: "This confirmation has ended; call preview_order again.",
    Invalid.OTHER: "This confirmation is not for this order; call preview_order first and repeat "
    "its arguments unchanged.",
}


class OrderTerms(Struct, forbid_unknown_fields=True, kw_only=True):
    """One order; with ``take_profit`` or ``stop_loss`` also the exits of a purchase."""

    symbol: Symbol
    side: Literal["buy", "sell"]
    quantity: Annotated[
        str | int, Meta(description='Shares or coins, as 100 or, where allowed, "0.5".')
    ]
    kind: Literal["market", "limit"] = "market"
    limit_price: _Number = ""
    stop_price: _Number = ""
    time_in_force: Literal["day", "gtc", "ioc", "fok", "at_open", "at_close"] = "day"
    take_profit: _Number = ""
    stop_loss: _Number = ""
    language: Spoken = None


class ConfirmedTerms(OrderTerms, kw_only=True):
    """The arguments of the preview, unchanged, with its confirmation."""

    confirmation: Annotated[str, Meta(min_length=LETTERS, max_length=LETTERS)]


class PreviewOfOrder(Struct):
    symbol: str
    currency: str
    price: Annotated[Price, Meta(description="The limit, or what a market order may expect.")]
    value: Money
    fees: list[Fee]
    total: Annotated[Money, Meta(description="To pay for a purchase, to get for a sale.")]
    reserved: Money
    cash_after: Money
    most_possible: Quantity
    sellable_on: Annotated[str | None, Meta(description="Day from which what is bought may go.")]
    confirmation: Annotated[str, Meta(description="For place_order with the same arguments.")]
    confirmation_seconds: Annotated[int, Meta(description="How long it is good for.")]


async def preview_order(asking: Asking, given: OrderTerms) -> PreviewOfOrder:
    """What an order would cost; refuses as the desk would."""
    one = asking.instrument(given.symbol)
    order = _order(asking, given, one)
    _check_allowed(asking)
    found = asking.core.portfolio.preview(order)
    if isinstance(found, Refusal):
        raise _refused(found, one, asking, given.language)
    _check_size(asking, found, one)
    currency = one.currency
    return PreviewOfOrder(
        symbol=one.symbol,
        currency=currency.code,
        price=wire.price(one, found.price_ticks),
        value=wire.money(currency, found.notional_minor),
        fees=[Fee(fee.code, wire.money(currency, fee.amount_minor)) for fee in found.fees],
        total=wire.money(currency, found.total_minor),
        reserved=wire.money(currency, found.hold_minor),
        cash_after=wire.money(currency, found.cash_after_minor),
        most_possible=wire.qty(one, found.max_qty),
        sellable_on=found.sellable_on.isoformat() if found.sellable_on else None,
        confirmation=asking.confirmations.make(asking.program.key, order),
        confirmation_seconds=LIFE_SECONDS,
    )


def _order(asking: Asking, given: OrderTerms, one: Instrument) -> PlaceRequest:
    """The order as it was asked for.  Raises ToolRefusal with every field at fault."""
    typed = Typed(
        key=new_key(),
        side=given.side,
        kind=given.kind,
        qty=str(given.quantity),
        price=given.limit_price,
        tif=given.time_in_force,
        stop=given.stop_price,
        take_profit=given.take_profit,
        stop_loss=given.stop_loss,
    )
    if given.limit_price and given.kind == "market":
        raise ToolRefusal(
            "field_at_fault", "A market order names no limit_price.", field="limit_price"
        )
    account_id, spoken = asking.program.account.account_id, asking.language(given.language)
    checked = place_request(typed, account_id, one, spoken)
    if checked.request is None:
        fields = {_NAMES.get(name, name): text for name, text in checked.errors.items()}
        raise ToolRefusal("field_at_fault", " ".join(fields.values()), fields=fields)
    return checked.request


_NAMES = {"qty": "quantity", "price": "limit_price", "stop": "stop_price", "tif": "time_in_force"}


def _refused(
    refusal: Refusal, one: Instrument | None, asking: Asking, wanted: Language | None
) -> ToolRefusal:
    """The desk's answer in words."""
    reason, zone = refusal.reason, asking.program.venue.traits.time_zone
    text = sentence(reason, refusal.numbers, asking.language(wanted), one, zone)
    return ToolRefusal(
        reason.code, text, field=reason.field, rule=refusal.rule, transient=reason.transient
    )


def _check_allowed(asking: Asking) -> None:
    """Raises ToolRefusal when the owner has suspended what programs do in his account."""
    try:
        check_may_place(asking.core, asking.program, short=False)
    except ApiError as error:
        raise ToolRefusal("not_allowed_by_account", error.message) from None


def _check_size(asking: Asking, found: Preview, one: Instrument) -> None:
    """Raises ToolRefusal for an order above the agents' part of the account's equity."""
    permille = asking.core.settings.mcp_order_permille
    percent = decimal_text(permille, 1)
    equity = asking.core.portfolio.summary(asking.program.account.account_id).equity_minor
    most_minor = max(0, equity) * permille // 1000
    if found.notional_minor > most_minor:
        raise ToolRefusal(
            "order_too_large_for_agents",
            f"An agent's order may be worth at most {percent} % of the equity here.",
            value=wire.money(one.currency, found.notional_minor),
            most=wire.money(one.currency, most_minor),
        )


class Placed(Struct):
    order: Order
    repeated: Annotated[
        bool, Meta(description="This confirmation was used before: it is the same order.")
    ]


async def place_order(asking: Asking, given: ConfirmedTerms) -> Placed:
    """Send a previewed order to the desk."""
    one = asking.instrument(given.symbol)
    key = asking.program.key
    order = asking.confirmations.check(given.confirmation, key, _order(asking, given, one))
    if isinstance(order, Invalid):
        raise ToolRefusal(order.value, _INVALID[order])
    _check_allowed(asking)
    reply = await asking.core.gateway.submit(order)
    if isinstance(reply, Refusal):
        raise _refused(reply, one, asking, given.language)
    asking.core.keys.ordered(key)
    assert reply.order_id is not None
    found = own_order(asking, reply.order_id)
    return Placed(order_value(found, asking.language(given.language)), reply.replayed)


class _Cancel(Struct, forbid_unknown_fields=True):
    order_id: OrderNumber
    language: Spoken = None


class Cancelled(Struct):
    order: Annotated[Order, Meta(description="Its cancellation may still be on its way.")]


async def cancel_order(asking: Asking, given: _Cancel) -> Cancelled:
    """Take an open order back."""
    found = own_order(asking, given.order_id)
    account_id = asking.program.account.account_id
    wish = CancelRequest(account_id, f"agent {new_key()}", OrderId(found.order_id))
    reply = await asking.core.gateway.submit(wish)
    if isinstance(reply, Refusal):
        raise _refused(reply, found.instrument, asking, given.language)
    after = own_order(asking, given.order_id)
    return Cancelled(order_value(after, asking.language(given.language)))


TOOLS = (
    Tool("preview_order", "Preview an order", "What an order would cost, or why it would be "
         "refused. Places nothing. Gives the confirmation that place_order needs; show the learner "
         "what it would do before you place it.",
         OrderTerms, PreviewOfOrder, preview_order, orders=True),
    Tool("place_order", "Place an order", "Place the order that was previewed: the same arguments "
         "and the preview's confirmation. It is simulated trading in a practice account.",
         ConfirmedTerms, Placed, place_order, orders=True, reads=False, destructive=True),
    Tool("cancel_order", "Cancel an order", "Take an open order back; what is filled stays.",
         _Cancel, Cancelled, cancel_order, orders=True, reads=False, destructive=True),
)  # fmt: skip
