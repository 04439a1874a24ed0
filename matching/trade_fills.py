"""How orders meet prints when there are no quotes: fill model E3 with what prints can prove.

Nobody knows who stood at a price, so a print at a limit proves nothing: a resting order fills when
a print goes beyond it (for beginners: reaches it), never more than was traded.  A taker fills at
the first print after it arrived, worse by the assumed half spread and the impact of its size.
"""

from __future__ import annotations

from dataclasses import replace

from matching.board_rules import MarketRemainder
from matching.depth_fills import spend
from matching.events import Cause, Event, FillRule
from matching.listing import Listing
from matching.market import Trade
from matching.orders import AccountId, FillProfile, OrderKind, Side, TimeInForce
from matching.pricing import price_at_print, price_rest
from matching.receipts import fill_receipt
from matching.taking import taking_ticks
from matching.units import QUEUE_SCALE, PriceTicks
from matching.working import WorkingOrder


def on_print(listing: Listing, trade: Trade, *, matches: bool) -> list[Event]:
    """A print: resting orders that it reaches, then takers, all of a group from its one volume."""
    listing.street.apply_trade(trade)
    if not listing.orders or not matches:
        return []
    events: list[Event] = []
    budgets: dict[AccountId, int] = {}
    for side in Side:
        if trade.aggressor is not side:  # the resting side; both where nobody says who took
            events.extend(spend(listing, side, trade, budgets, at_price=True))
    for working in list(listing.entering.values()):
        if working.was_there(trade.at_ns):
            events.extend(_enter(listing, working, trade, budgets))
    return events


def _enter(
    listing: Listing, working: WorkingOrder, trade: Trade, budgets: dict[AccountId, int]
) -> list[Event]:
    """An order meets its first print: takes from it, then rests, works on or is cancelled."""
    assert listing.rules is not None
    force, kind = working.order.time_in_force, working.order.kind
    events = price_at_print(listing, working, trade.price_ticks, trade.at_ns)
    price_ticks = (
        None if kind is OrderKind.OWN_BEST else taking_ticks(listing, working, trade.price_ticks)
    )
    left = budgets.get(listing.group(working), trade.qty * QUEUE_SCALE) // QUEUE_SCALE
    if force is TimeInForce.FOK and (price_ticks is None or left < working.leaves):
        return [listing.cancel(working, Cause.FOK_NOT_FILLABLE, trade.at_ns)]
    priced = bool(events)
    if price_ticks is not None and left:
        qty = min(working.leaves, left)
        budgets[listing.group(working)] = (left - qty) * QUEUE_SCALE
        receipt = replace(
            fill_receipt(listing, working, FillRule.PRINT_TAKER, budget=left),
            half_spread_ticks=listing.rules.half_spread_ticks(trade.price_ticks),
            impact_ticks=working.impact_ticks,
            reference_ticks=PriceTicks(trade.price_ticks),
        )
        events.append(listing.fill(working, price_ticks, qty, trade.at_ns, receipt))
    if not working.leaves:
        return events
    if force is TimeInForce.IOC or kind is OrderKind.SPECIAL_LIMIT:
        return [*events, listing.cancel(working, Cause.IOC_REMAINDER, trade.at_ns)]
    rest = price_rest(listing, working, trade.price_ticks, trade.at_ns)
    events += rest
    if working.is_market and not priced and not rest:
        if listing.rules.market_remainder is MarketRemainder.CANCEL:
            events.append(listing.cancel(working, Cause.MARKET_REMAINDER, trade.at_ns))
        return events
    # Nothing is known of the queue at its price, whatever is printed there.
    working.behind_window = working.profile is not FillProfile.BEGINNER
    listing.settle_in(working)
    return events
