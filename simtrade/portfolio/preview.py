"""What an order would cost before it is sent, judged by the same rules as the order itself."""

from __future__ import annotations

from dataclasses import replace

from matching.market import Phase
from matching.orders import OrderId, OrderKind, PlaceOrder, Side
from matching.reasons import Reason
from matching.taking import day_share_permille
from matching.units import Qty
from simtrade.desk.desk import check_funds, last_day, order_of, refresh
from simtrade.desk.ledger import Asset, holder_of
from simtrade.desk.requests import PlaceRequest, Refusal
from simtrade.desk.settle import Settlement
from simtrade.desk.state import Changes, OrderRecord, VenueState
from simtrade.portfolio.views import FeeItem, Preview

_NEXT_ORDER = OrderId(2**62)  # an id that no order has


def preview(venue: VenueState, request: PlaceRequest) -> Preview | Refusal:
    """``venue`` is a private copy: nothing the desk knows is changed."""
    order = _order(venue, request)
    refused = venue.exchange.check_place(order)
    if refused is not None:
        return Refusal(refused.reason, refused.numbers, refused.rule)
    record = OrderRecord(order, request.key, venue.exchange.working_of(order))
    hold_minor, hold_qty = Settlement(venue, Changes()).needed_hold(record)
    refusal = check_funds(venue, record, hold_minor, hold_qty)
    if refusal is not None:
        return refusal
    listing = venue.exchange.listings[order.instrument_id]
    price_ticks = order.limit_ticks or listing.expected_ticks(order.side)
    assert price_ticks is not None
    assert listing.rules is not None
    notional = listing.instrument.notional_minor(price_ticks, order.qty)
    fees = listing.rules.fee_items(order.side, notional, order.qty)
    fee_total = sum(amount for _, amount in fees)
    total = notional + order.side.sign * fee_total
    cash = _cash(venue, order)
    return Preview(
        price_ticks=price_ticks,
        notional_minor=notional,
        fees=tuple(FeeItem(code, amount) for code, amount in fees),
        total_minor=total,
        hold_minor=hold_minor,
        cash_after_minor=cash - order.side.sign * total,
        max_qty=max_qty(venue, request),
        day_share_permille=day_share_permille(last_day(venue, order.instrument_id), order.qty),
    )


def max_qty(venue: VenueState, request: PlaceRequest) -> int:
    """The largest quantity that today's cash (buy) or sellable holdings (sell) allow, in lots."""
    order = _order(venue, request)
    listing = venue.exchange.listings.get(order.instrument_id)
    if listing is None or listing.rules is None or listing.expected_ticks(order.side) is None:
        return 0
    rules = listing.rules
    most = rules.lots.most(
        market=order.kind is OrderKind.MARKET,
        after_hours=venue.exchange.phase is Phase.AFTER_HOURS,
    )
    if order.side is Side.SELL:
        mine = holder_of(order.account_id)
        shares = venue.ledger.balance(mine, Asset(order.instrument_id)).available
        position = venue.positions.get((order.account_id, order.instrument_id))
        return min(most, max(0, shares - (position.unsettled_qty if position else 0)))
    low, high = 0, most // rules.lot
    while low < high:
        middle = (low + high + 1) // 2
        if _affordable(venue, replace(order, qty=Qty(middle * rules.lot))):
            low = middle
        else:
            high = middle - 1
    found = low * rules.lot
    return found if found >= rules.lots.min_qty else 0


def _affordable(venue: VenueState, order: PlaceOrder) -> bool:
    record = OrderRecord(order, "", venue.exchange.working_of(order))
    minor, qty = Settlement(venue, Changes()).needed_hold(record)
    refusal = check_funds(venue, record, minor, qty)
    return refusal is None or refusal.reason is not Reason.NOT_ENOUGH_CASH


def _order(venue: VenueState, request: PlaceRequest) -> PlaceOrder:
    refresh(venue, request.instrument_id)
    account = venue.accounts[request.account_id]
    return order_of(request, account, _NEXT_ORDER, venue.cursor_ns)


def _cash(venue: VenueState, order: PlaceOrder) -> int:
    mine = holder_of(order.account_id)
    return venue.ledger.balance(mine, Asset(venue.currency.code)).available
