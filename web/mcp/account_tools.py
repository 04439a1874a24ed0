"""Tools that look at the key's account: what it holds, what it ordered, what was filled."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from matching.orders import OrderId
from simtrade.portfolio.views import FeeItem, FillView, OrderView, PositionView
from web.broker import wire
from web.i18n import Language
from web.mcp.market_tools import side_name
from web.mcp.tool import (
    Asking,
    Data,
    Moment,
    Money,
    Nothing,
    OrderNumber,
    Price,
    Quantity,
    Spoken,
    Tool,
    ToolRefusal,
    Words,
)
from web.order_words import kind_words, terms_words
from web.words import CAUSES, WAITING, worded

ROWS_MAX = 100


class Account(Struct):
    """equity = cash + reserved + receivable + the positions' values - loan."""

    venue_id: str
    time: Moment
    currency: str
    fill_profile: Annotated[str, Meta(description="beginner, standard or strict.")]
    equity: Money
    cash: Annotated[Money, Meta(description="May be spent.")]
    reserved: Annotated[Money, Meta(description="Held for open orders.")]
    receivable: Annotated[Money, Meta(description="Dividends and rights that are due.")]
    loan: Money
    started_with: Money
    realised_profit: Money
    unrealised_profit: Money
    profit_of_session: Annotated[Money, Meta(description="After fees.")]
    fees_paid: Money
    margin: Annotated[bool, Meta(description="The account may borrow.")]
    orders_by_programs: Annotated[bool, Meta(description="A program has ordered here: BOT.")]


async def account(asking: Asking, _: Nothing) -> Account:
    """Cash, equity and profit of the key's account."""
    reference = asking.program.account
    view, currency = asking.core.portfolio.summary(reference.account_id), reference.currency

    def money(minor: int) -> str:
        return wire.money(currency, minor)

    return Account(
        venue_id=reference.venue_id,
        time=wire.moment(view.at_ns),
        currency=currency.code,
        fill_profile=reference.profile.value,
        equity=money(view.equity_minor),
        cash=money(view.cash_minor),
        reserved=money(view.hold_minor),
        receivable=money(view.receivable_minor),
        loan=money(view.loan_minor),
        started_with=money(view.start_minor),
        realised_profit=money(view.realised_minor),
        unrealised_profit=money(view.unrealised_minor),
        profit_of_session=money(view.day_profit_minor),
        fees_paid=money(view.fees_minor),
        margin=reference.margin,
        orders_by_programs=asking.core.keys.is_bot(reference.user_id, reference.venue_id),
    )


class Position(Struct):
    symbol: str
    name_en: Data
    currency: str
    quantity: Annotated[Quantity, Meta(description="Below zero: borrowed and owed.")]
    sellable_now: Quantity
    held_by_orders: Quantity
    bought_today: Annotated[Quantity, Meta(description="Not sellable before the next session.")]
    last: Price
    cost: Money
    value: Money
    profit: Money
    profit_of_session: Annotated[Money, Meta(description="Before fees.")]
    suspended: bool


class PositionList(Struct):
    time: Moment
    positions: list[Position]


async def positions(asking: Asking, _: Nothing) -> PositionList:
    """What the account owns or owes."""
    view = asking.core.portfolio.summary(asking.program.account.account_id)
    return PositionList(wire.moment(view.at_ns), [_position(one) for one in view.positions])


def _position(view: PositionView) -> Position:
    one = view.instrument
    return Position(
        symbol=one.symbol,
        name_en=one.name_en,
        currency=one.currency.code,
        quantity=wire.qty(one, view.qty),
        sellable_now=wire.qty(one, view.available),
        held_by_orders=wire.qty(one, view.held),
        bought_today=wire.qty(one, view.unsettled),
        last=wire.price(one, view.last_ticks),
        cost=wire.money(one.currency, view.cost_minor),
        value=wire.money(one.currency, view.value_minor),
        profit=wire.money(one.currency, view.profit_minor),
        profit_of_session=wire.money(one.currency, view.day_profit_minor),
        suspended=view.suspended,
    )


class _Orders(Struct, forbid_unknown_fields=True):
    open_only: bool = False
    limit: Annotated[int, Meta(ge=1, le=ROWS_MAX)] = 20
    language: Spoken = None


class Order(Struct):
    order_id: int
    symbol: str
    side: Literal["buy", "sell"]
    kind: str
    kind_words: Words
    time_in_force: str
    quantity: Quantity
    filled: Quantity
    limit_price: Price | None
    stop_price: Price | None
    average_price: Price | None
    state: str
    ended_because: Words
    waits_for: Words
    terms: Words
    placed_at: Moment


class OrderList(Struct):
    orders: Annotated[list[Order], Meta(description="Newest first.")]


async def orders(asking: Asking, given: _Orders) -> OrderList:
    """The account's orders."""
    found = asking.core.portfolio.orders(
        asking.program.account.account_id, open_only=given.open_only, limit=given.limit
    )
    spoken = asking.language(given.language)
    return OrderList([order_value(one, spoken) for one in found])


def order_value(view: OrderView, spoken: Language) -> Order:
    one = view.instrument
    average = view.average_ticks_milli
    return Order(
        order_id=view.order_id,
        symbol=one.symbol,
        side=side_name(view.side),
        kind=view.kind.value,
        kind_words=kind_words(view, spoken),
        time_in_force=view.time_in_force.value,
        quantity=wire.qty(one, view.qty),
        filled=wire.qty(one, view.filled),
        limit_price=wire.price_or_none(one, view.limit_ticks),
        stop_price=wire.price_or_none(one, view.stop_ticks),
        average_price=None if average is None else wire.average_price(one, average),
        state=view.state.value,
        ended_because=worded(CAUSES, view.cause, spoken),
        waits_for=worded(WAITING, view.waiting_for, spoken),
        terms=terms_words(view, spoken),
        placed_at=wire.moment(view.placed_at_ns),
    )


def own_order(asking: Asking, number: int) -> OrderView:
    """An order of the key's account.  Raises ToolRefusal, the same for somebody else's."""
    found = asking.core.portfolio.order(asking.program.account.account_id, OrderId(number))
    if found is None:
        raise ToolRefusal("order_unknown", "This account has no such order.", order_id=number)
    return found


class _Fills(Struct, forbid_unknown_fields=True):
    order_id: OrderNumber | None = None
    limit: Annotated[int, Meta(ge=1, le=ROWS_MAX)] = 20


class Fee(Struct):
    code: str
    amount: Money


class Fill(Struct):
    order_id: int
    number: Annotated[int, Meta(description="Of the fills of its order, from 1.")]
    symbol: str
    currency: str
    side: Literal["buy", "sell"]
    price: Price
    quantity: Quantity
    value: Money
    fees: list[Fee]
    time: Moment


class FillList(Struct):
    fills: Annotated[list[Fill], Meta(description="Newest first.")]


async def fills(asking: Asking, given: _Fills) -> FillList:
    """What was filled, of one order or of all."""
    number = given.order_id
    wanted = None if number is None else own_order(asking, number).order_id
    found = asking.core.portfolio.fills(
        asking.program.account.account_id, limit=given.limit, order_id=wanted
    )
    return FillList([fill_value(one) for one in found])


def fill_value(view: FillView) -> Fill:
    one = view.instrument
    return Fill(
        order_id=view.order_id,
        number=view.number,
        symbol=one.symbol,
        currency=one.currency.code,
        side=side_name(view.side),
        price=wire.price(one, view.price_ticks),
        quantity=wire.qty(one, view.qty),
        value=wire.money(one.currency, view.notional_minor),
        fees=[fee_value(fee, view) for fee in view.fees],
        time=wire.moment(view.at_ns),
    )


def fee_value(fee: FeeItem, view: FillView) -> Fee:
    return Fee(fee.code, wire.money(view.instrument.currency, fee.amount_minor))


TOOLS = (
    Tool("account", "Account", "Cash, equity, profit and fees of the practice account.",
         Nothing, Account, account),
    Tool("positions", "Positions", "What the account owns or owes, with what may be sold now.",
         Nothing, PositionList, positions),
    Tool("orders", "Orders", "The account's orders, newest first, with their state in words.",
         _Orders, OrderList, orders),
    Tool("fills", "Fills", "What was filled, newest first; explain_fill says why.",
         _Fills, FillList, fills),
)  # fmt: skip
