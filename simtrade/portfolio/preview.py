"""What an order would cost before it is sent, judged by the same rules as the order itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from matching.instrument import Instrument
from matching.market import Phase
from matching.orders import OrderId, OrderKind, PlaceOrder, Side
from matching.reasons import Reason
from matching.taking import day_share_permille
from matching.units import Qty
from simtrade.desk.holds import check_funds, needed_at_entry, needed_hold
from simtrade.desk.ledger import Asset, holder_of
from simtrade.desk.lending import margin_book, rules_of, spendable_minor
from simtrade.desk.margin_book import Line
from simtrade.desk.orders import last_day, orders_of, refresh
from simtrade.desk.requests import PlaceRequest, Refusal
from simtrade.desk.state import Changes, OrderRecord, VenueState
from simtrade.portfolio.views import ExitPreview, FeeItem, MarginPreview, Preview

# Refusals that a smaller order does not get.
_TOO_MUCH = (
    Reason.NOT_ENOUGH_CASH, Reason.MARGIN_TOO_SMALL, Reason.MARGIN_EQUITY_TOO_SMALL,
    Reason.SHORT_NONE_TO_BORROW, Reason.COVER_TOO_LARGE, Reason.COVER_NOT_YET,
)  # fmt: skip
_NEXT_ORDER = OrderId(2**62)  # an id that no order has


def preview(venue: VenueState, request: PlaceRequest) -> Preview | Refusal:
    """``venue`` is a private copy: nothing the desk knows is changed."""
    orders = _orders(venue, request)
    if isinstance(orders, Refusal):
        return orders
    order = orders[0]
    refused = venue.exchange.check_place(order, orders[1:])
    if refused is not None:
        return Refusal(refused.reason, refused.numbers, refused.rule)
    records = [OrderRecord(one, request.key, venue.exchange.working_of(one)) for one in orders]
    hold_minor, hold_qty = needed_at_entry(venue, records)
    refusal = check_funds(venue, records[0], hold_minor, hold_qty)
    if refusal is not None:
        return refusal
    listing = venue.exchange.listings[order.instrument_id]
    price_ticks = _likely_ticks(venue, order)
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
        band_ticks=listing.price_band,
        band_rule=listing.rules.cite("limit"),
        sellable_on=_sellable_on(venue, order),
        withdrawable_sessions=(
            listing.rules.settlement.cash_withdrawable_sessions
            if order.side is Side.SELL and not order.short
            else 0
        ),
        exits=tuple(
            _exit(listing.instrument, price_ticks, notional, leg)
            for leg in orders[1:]
            if leg.is_exit
        ),
        margin=_margin(venue, records[0], price_ticks, fee_total),
    )


def _sellable_on(venue: VenueState, order: PlaceOrder) -> date | None:
    """The next session, where what is bought today may not be sold today, or what is sold short
    not bought back."""
    rules = venue.exchange.listings[order.instrument_id].rules
    if order.short and rules is not None and rules.short is not None:
        return venue.feed.next_session(venue.cursor_ns) if rules.short.cover_sessions else None
    if order.side is Side.SELL or rules is None or not rules.settlement.buys_sessions:
        return None
    return venue.feed.next_session(venue.cursor_ns)


def _margin(
    venue: VenueState, record: OrderRecord, price_ticks: int, fees_minor: int
) -> MarginPreview | None:
    """What an order does to a borrower once it is filled at a price; None for an account that may
    not borrow."""
    order = record.order
    account_id, instrument_id = order.account_id, order.instrument_id
    if not venue.accounts[account_id].margin:
        return None
    book = margin_book(venue, account_id, venue.cursor_ns)
    if book is None:
        return None
    rules = rules_of(venue, instrument_id)
    new = Line(venue.instrument(instrument_id), 0, price_ticks, 0, rules)
    after = book.with_trade(new, order.side, order.qty, price_ticks, fees_minor)
    line = next(one for one in after.lines if one.instrument.instrument_id == instrument_id)
    loan = max(0, after.loan_minor - book.loan_minor)
    return MarginPreview(
        needed_minor=max(0, book.free_minor - after.free_minor),
        free_after_minor=after.free_minor,
        loan_minor=loan,
        borrow_day_minor=rules.borrow_minor(line.short_minor, 1) if rules else 0,
        interest_day_minor=book.rules.interest_minor(loan, 1),
        call_ticks=after.call_ticks(instrument_id) if after.in_debt else None,
    )


def _exit(
    instrument: Instrument, entry_ticks: int, entry_minor: int, leg: PlaceOrder
) -> ExitPreview:
    """A stop that follows the price counts where it stands when the entry fills."""
    stop = leg.trigger.first_stop_ticks(leg.side, entry_ticks) if leg.trigger else None
    price_ticks = leg.limit_ticks if stop is None else stop
    assert price_ticks is not None
    gain = leg.side.sign * (entry_minor - instrument.notional_minor(price_ticks, leg.qty))
    return ExitPreview("take_profit" if stop is None else "stop_loss", price_ticks, gain)


def max_qty(venue: VenueState, request: PlaceRequest) -> int:
    """The largest quantity that cash or margin (buy, sell short) or sellable holdings (sell) allow
    now, in lots."""
    listing = venue.exchange.listings.get(request.instrument_id)
    if listing is None or listing.rules is None or listing.expected_ticks(request.side) is None:
        return 0
    whole = replace(request, qty=Qty(1), amount_minor=None, group=None, legs=())
    orders = _orders(venue, whole)
    assert not isinstance(orders, Refusal)
    order = orders[0]
    rules = listing.rules
    most = rules.lots.most(
        market=not order.kind.names_limit,
        after_hours=(
            venue.exchange.phase is Phase.AFTER_HOURS or order.kind is OrderKind.FIXED_PRICE
        ),
    )
    if order.side is Side.SELL and not order.short:
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
    minor, qty = needed_hold(venue, record)
    refusal = check_funds(venue, record, minor, qty)
    return refusal is None or refusal.reason not in _TOO_MUCH


def _orders(venue: VenueState, request: PlaceRequest) -> tuple[PlaceOrder, ...] | Refusal:
    refresh(venue, request.instrument_id)
    account = venue.accounts[request.account_id]
    return orders_of(venue, request, account, _NEXT_ORDER, Changes())


def _likely_ticks(venue: VenueState, order: PlaceOrder) -> int:
    """The limit, the stop of an order that waits for it, or what the market offers."""
    expected = venue.exchange.listings[order.instrument_id].expected_ticks(order.side)
    assert expected is not None
    if order.limit_ticks is not None:
        return order.limit_ticks
    return order.trigger.first_stop_ticks(order.side, expected) if order.trigger else expected


def _cash(venue: VenueState, order: PlaceOrder) -> int:
    return spendable_minor(venue, order.account_id)
