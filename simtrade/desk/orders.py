"""Orders as their owners ask for them: checked, reserved, taken in; changed and cancelled.

Each function carries one request out on a venue that stands at the request's moment.
"""

from __future__ import annotations

from dataclasses import replace

from feeds.feed import Interval
from matching.entry_terms import PRICE_MAX
from matching.events import Cause
from matching.instrument import InstrumentId
from matching.listing import DayFigures
from matching.orders import (
    CancelOrder,
    GroupKind,
    OrderId,
    PlaceOrder,
    ReplaceOrder,
)
from matching.reasons import Reason, Refused
from matching.units import LARGEST, Qty
from matching.working import NOT_AT_MARKET
from simtrade.desk.commands import Command
from simtrade.desk.holds import (
    check_funds,
    lead_of,
    more_of,
    needed_after,
    needed_at_entry,
    needed_for_exits,
)
from simtrade.desk.margin_checks import has_fallen_lately
from simtrade.desk.requests import (
    CancelRequest,
    Done,
    PlaceRequest,
    Refusal,
    ReplaceRequest,
    Reply,
)
from simtrade.desk.settle import Settlement
from simtrade.desk.state import Account, Changes, OrderRecord, VenueState


def place(
    venue: VenueState,
    account: Account,
    order_id: OrderId,
    request: PlaceRequest,
    changes: Changes,
    latency_ns: int = 0,
) -> Reply:
    refresh(venue, request.instrument_id)
    orders = orders_of(venue, request, account, order_id, changes, latency_ns)
    if isinstance(orders, Refusal):
        return orders
    refused = venue.exchange.check_place(orders[0], orders[1:])
    if refused is not None:
        return refusal_of(refused)
    records = [OrderRecord(one, request.key, venue.exchange.working_of(one)) for one in orders]
    settlement = Settlement(venue, changes)
    needed = needed_at_entry(venue, records)
    refusal = check_funds(venue, records[0], *needed)
    if refusal is not None:
        return refusal
    for record in records:
        record.working.priority = changes.seq
        venue.add(record)
        changes.orders[record.order.order_id] = record
    settlement.hold(records[0], *needed)
    working, *legs = (record.working for record in records)
    settlement.follow(venue.exchange.place(working, legs))
    release_exits(settlement)
    return Done(changes.seq, venue.venue_id, account.account_id, order_id)


def refresh(venue: VenueState, instrument_id: InstrumentId) -> None:
    """Bring the last price of a listing without quotes up to the cursor, as a screen shows it: bars
    that could touch nobody were left out, and a running bar tells no more than its first price.
    With it come the figures of the last whole day, which an order's size is measured by."""
    listing = venue.exchange.listings.get(instrument_id)
    if listing is None:
        return
    listing.fallen = has_fallen_lately(venue, instrument_id)
    if venue.exchange.shows_depth:
        return
    last = venue.feed.last(instrument_id, venue.cursor_ns)
    if last is not None:
        listing.street.last_ticks = last.last_ticks
    listing.day = last_day(venue, instrument_id)


def last_day(venue: VenueState, instrument_id: InstrumentId) -> DayFigures | None:
    """Volume and range of the newest whole day at the cursor; None before the first one."""
    days = venue.feed.bars(instrument_id, Interval.DAY, venue.cursor_ns, 2)
    whole = len(days.volume) - days.partial
    if whole < 1:
        return None
    high, low = int(days.high_ticks[whole - 1]), int(days.low_ticks[whole - 1])
    return DayFigures(int(days.volume[whole - 1]), high - low)


def orders_of(
    venue: VenueState,
    request: PlaceRequest,
    account: Account,
    first: OrderId,
    changes: Changes,
    latency_ns: int = 0,
) -> tuple[PlaceOrder, ...] | Refusal:
    """The orders that a request asks for: one, or a group whose legs have ids of their own."""
    qty = _qty_of(venue, request)
    if isinstance(qty, Refusal):
        return qty
    order = PlaceOrder(
        order_id=first,
        account_id=account.account_id,
        instrument_id=request.instrument_id,
        side=request.side,
        kind=request.kind,
        qty=qty,
        limit_ticks=request.limit_ticks,
        time_in_force=request.time_in_force,
        profile=account.profile,
        at_ns=venue.cursor_ns,
        latency_ns=latency_ns,
        trigger=request.trigger,
        good_till=request.good_till,
        group_id=None if request.group is None else first,
        group=request.group,
        short=request.short,
    )
    if not request.legs:
        return (order,)
    side = request.side if request.group is GroupKind.OCO else request.side.opposite
    legs = [
        replace(
            order,
            order_id=changes.new_order_id(),
            side=side,
            kind=leg.kind,
            limit_ticks=leg.limit_ticks,
            time_in_force=leg.time_in_force,
            trigger=leg.trigger,
            good_till=leg.good_till,
        )
        for leg in request.legs
    ]
    return (order, *legs)


def _qty_of(venue: VenueState, request: PlaceRequest) -> Qty | Refusal:
    """The quantity, or what an amount of money buys in whole lots at the limit, the stop or the
    price of now, before fees."""
    listing = venue.exchange.listings.get(request.instrument_id)
    if request.amount_minor is None or listing is None or listing.rules is None:
        return request.qty
    rules = listing.rules
    if not rules.orders.money:
        return Refusal(Reason.AMOUNT_NOT_OFFERED)
    price_ticks = request.limit_ticks or listing.expected_ticks(request.side)
    if request.limit_ticks is None and request.trigger is not None and price_ticks is not None:
        price_ticks = request.trigger.first_stop_ticks(request.side, price_ticks)
    if price_ticks is None:
        return Refusal(Reason.NO_PRICE_YET)
    if not 0 < price_ticks <= PRICE_MAX or request.amount_minor > LARGEST:
        return Refusal(Reason.PRICE_TOO_LARGE)
    qty = listing.instrument.qty_for(price_ticks, request.amount_minor)
    qty = Qty(qty - qty % rules.lot)
    if qty < max(1, rules.lots.min_qty):
        least = listing.instrument.notional_minor(price_ticks, rules.lots.min_qty)
        return Refusal(Reason.AMOUNT_TOO_SMALL, {"least_minor": int(least)}, rules.cite("lot"))
    return qty


def cancel(
    venue: VenueState, request: CancelRequest, changes: Changes, latency_ns: int = 0
) -> Reply:
    working = venue.exchange.find(request.account_id, request.order_id)
    if working is None:
        return Refusal(Reason.ORDER_NOT_OPEN)
    if latency_ns and working.change is not None and not working.change.qty:
        return Refusal(Reason.CHANGE_ON_ITS_WAY)
    asked = CancelOrder(
        request.order_id, request.account_id, venue.cursor_ns, latency_ns, changes.seq
    )
    refused = venue.exchange.check_cancel(asked)
    if refused is not None:
        return refusal_of(refused)
    changes.orders[request.order_id] = venue.orders[request.order_id]
    Settlement(venue, changes).follow(venue.exchange.cancel(asked))
    return Done(changes.seq, venue.venue_id, request.account_id, request.order_id)


def replace_order(
    venue: VenueState, command: Command, request: ReplaceRequest, changes: Changes
) -> Reply:
    asked = venue.orders.get(request.order_id)
    if asked is not None and asked.order.short:
        refresh(venue, asked.order.instrument_id)
    order = ReplaceOrder(
        request.order_id,
        request.account_id,
        request.qty,
        request.limit_ticks,
        venue.cursor_ns,
        command.seq,
        command.body.get("latency_ns", 0),
        request.stop_ticks,
        request.trail,
    )
    refused = venue.exchange.check_replace(order)
    if refused is not None:
        return refusal_of(refused)
    record = venue.orders[request.order_id]
    if record.working.change is not None:
        return Refusal(Reason.CHANGE_ON_ITS_WAY)
    settlement = Settlement(venue, changes)
    limit_ticks = venue.exchange.replaced_limit(order)
    needed = needed_after(venue, record, request.qty, limit_ticks)
    lead = lead_of(venue, record)
    refusal = check_funds(venue, lead, *needed, (request.qty, limit_ticks))
    if refusal is not None:
        return refusal
    if order.latency_ns and record.working.stage not in NOT_AT_MARKET:
        # Until it arrives the order works on as it is.
        needed = more_of(needed, (lead.hold_minor, lead.hold_qty))
    settlement.hold(lead, *needed)
    settlement.follow(venue.exchange.replace(order))
    release_exits(settlement)
    return Done(command.seq, venue.venue_id, request.account_id, request.order_id)


def refusal_of(refused: Refused) -> Refusal:
    return Refusal(refused.reason, refused.numbers, refused.rule)


def release_exits(settlement: Settlement) -> None:
    """Exits whose entry was filled begin to work, once what they need is reserved.  An exit that
    buys may find its cash gone; then it ends."""
    exchange = settlement.venue.exchange
    while due := exchange.take_releases():
        for one in due:
            records = [settlement.venue.orders[each.order_id] for each in exchange.exits(one)]
            if not records:
                continue
            needed = needed_for_exits(settlement.venue, records)
            working = records[0].working
            change = working.entry_filled, working.limit_ticks
            refusal = check_funds(settlement.venue, records[0], *needed, change)
            # They sell what was bought: a rest that is no whole lot may go with it.
            if refusal is None or refusal.reason is Reason.ODD_LOT_SPLIT:
                settlement.hold(records[0], *needed)
                settlement.follow(exchange.release(one))
            else:
                settlement.follow(exchange.refuse(one, Cause.NOT_ENOUGH_CASH))
