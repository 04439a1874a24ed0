"""What corporate actions do to the open orders of a listing.

Where the market's rules convert (``OrdersOnExDate.CONVERT``), a good-till-cancelled limit order
goes on with the price and the quantity that mean the same as before: shares times the ratio,
rounded down; price divided by it, a buyer's rounded down and a seller's up; a cash dividend lowers
buyers' prices only.  Reverse splits and rights end every order, and every other order
ends: stops and orders of groups too, whose prices depend on each other.
Source: FINRA rule 5330 and Nasdaq rule 4761 (adjustment of open orders).
"""

from __future__ import annotations

from dataclasses import replace

from matching.corporate_actions import (
    CASH_DECIMALS,
    CodeChange,
    CorporateEvent,
    Delisting,
    Due,
    ExDate,
)
from matching.corporate_rules import CorporateRules, OrdersOnExDate
from matching.events import Cause, Event, OrderAdjusted
from matching.instrument import Instrument
from matching.listing import Listing
from matching.market import Split
from matching.orders import Side, TimeInForce
from matching.units import AtNs, PriceTicks, Qty, divide_up
from matching.working import WorkingOrder


def see_change(listing: Listing, event: Split | CorporateEvent) -> None:
    """The instrument itself is no longer what it was."""
    match event:
        case Split():
            listing.see_split(event)
        case ExDate():
            listing.see_ex_date(event)
        case Delisting() | CodeChange():
            listing.listed = False
        case Due():
            pass


def adjust_orders(
    listing: Listing, event: Split | ExDate | Delisting, rules: CorporateRules
) -> list[Event]:
    """Convert or end every open order of the instrument, in the order they came."""
    events: list[Event] = []
    for working in listing.in_order():
        if working.order_id not in listing.orders:
            continue  # it ended with its group
        if isinstance(event, Delisting):
            events.append(listing.cancel(working, Cause.NOT_LISTED, event.at_ns))
            continue
        new = _converted(listing.instrument, working, event, rules)
        if new is None:
            events.append(listing.cancel(working, Cause.CORPORATE_ACTION, event.at_ns))
        elif new != (working.leaves, working.limit_ticks):
            events.append(_change(listing, working, *new, event.at_ns))
    return events


def _converted(
    instrument: Instrument, working: WorkingOrder, event: Split | ExDate, rules: CorporateRules
) -> tuple[int, int] | None:
    """(open quantity, limit) after the action; None when the order ends."""
    order = working.order
    waits = order.time_in_force is TimeInForce.GTC and not working.is_market
    if order.trigger is not None or order.group_id is not None:
        return None
    if rules.orders is not OrdersOnExDate.CONVERT or not waits:
        return None
    limit_ticks = working.limit_ticks
    if isinstance(event, Split):
        new, old = event.new_shares, event.old_shares
        if new < old:
            return None
    else:
        terms = event.terms
        if terms.rights_new:
            return None
        new, old = terms.bonus_old + terms.bonus_new, terms.bonus_old
        if working.side is Side.BUY:
            limit_ticks -= _cash_ticks(instrument, terms.cash_micro)
    value = limit_ticks * old
    price = value // new if working.side is Side.BUY else divide_up(value, new)
    later = isinstance(event, ExDate) and event.bonus_later and working.side is Side.SELL
    qty = working.leaves if later else working.leaves * new // old  # only what can be sold
    return (qty, price) if qty > 0 and price > 0 else None


def _cash_ticks(instrument: Instrument, cash_micro: int) -> int:
    """Cash per share in ticks, rounded up: the buyer never pays more than before."""
    if instrument.price_decimals >= CASH_DECIMALS:
        cash = cash_micro * 10 ** (instrument.price_decimals - CASH_DECIMALS)
        return divide_up(cash, instrument.tick)
    per_tick = instrument.tick * 10 ** (CASH_DECIMALS - instrument.price_decimals)
    return divide_up(cash_micro, per_tick)


def _change(
    listing: Listing, working: WorkingOrder, leaves: int, limit_ticks: int, at_ns: AtNs
) -> OrderAdjusted:
    """The order keeps its priority: everybody's orders change alike."""
    listing.remove(working)
    working.qty = working.filled + leaves
    working.limit_ticks = limit_ticks
    listing.add(working)
    listing.touched[working.order_id] = None
    return OrderAdjusted(
        order_id=working.order_id,
        account_id=working.account_id,
        instrument_id=listing.instrument.instrument_id,
        qty=Qty(working.qty),
        limit_ticks=PriceTicks(limit_ticks),
        at_ns=at_ns,
    )


def move_orders(old: Listing, new: Listing, at_ns: AtNs) -> list[Event]:
    """The open orders of a renamed instrument go on as they are, with their priority."""
    return [_move(old, new, working, at_ns) for working in old.in_order()]


def _move(old: Listing, new: Listing, working: WorkingOrder, at_ns: AtNs) -> OrderAdjusted:
    old.remove(working)
    working.order = replace(working.order, instrument_id=new.instrument.instrument_id)
    new.add(working)
    new.touched[working.order_id] = None
    return OrderAdjusted(
        order_id=working.order_id,
        account_id=working.account_id,
        instrument_id=new.instrument.instrument_id,
        qty=Qty(working.qty),
        limit_ticks=PriceTicks(working.limit_ticks),
        at_ns=at_ns,
    )
