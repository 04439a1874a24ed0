"""How orders meet bars when nothing finer exists: fill model E11.

An order never fills in the bar in which it arrived.  The first price of the next bar fills
takers (with an assumed half spread) and orders the market jumped over; the finished bar fills
orders that it went beyond by at least a tick, from the share of its volume beyond their price.
"""

from __future__ import annotations

from matching.auction_fills import on_first_bar
from matching.board_rules import MarketRemainder
from matching.events import Cause, Event, FillRule, Receipt
from matching.listing import Listing, Stage, WorkingOrder
from matching.market import Bar, BarOpen
from matching.orders import FillProfile, Side, TimeInForce
from matching.taking import beyond, not_beyond_limit, taking_ticks
from matching.units import PriceTicks, Qty


def on_bar_open(listing: Listing, bar: BarOpen, *, matches: bool) -> list[Event]:
    """A bar begins: its first price is known, its range and volume are not."""
    listing.street.apply_bar_open(bar)
    listing.begin_bar(bar.at_ns)
    if not listing.orders or not matches:
        return []
    events: list[Event] = []
    for side in Side:
        for working in listing.reached(side, bar.open_ticks):
            events.extend(_gap(listing, working, bar))
    for working in list(listing.entering.values()):
        if working.since_ns < bar.at_ns:
            events.extend(_enter(listing, working, bar))
    return [*events, *on_first_bar(listing, bar)]


def _gap(listing: Listing, working: WorkingOrder, bar: BarOpen) -> list[Event]:
    """The market opened beyond a resting order: it fills at the open."""
    if not beyond(working, bar.open_ticks):
        return []
    return _fill_at_open(listing, working, bar, bar.open_ticks, half_spread=None)


def _enter(listing: Listing, working: WorkingOrder, bar: BarOpen) -> list[Event]:
    """An order meets its first bar: takers pay the half spread, the rest waits or is cancelled."""
    assert listing.rules is not None
    half_spread = listing.rules.half_spread_ticks(bar.open_ticks)
    price_ticks = taking_ticks(listing, working, bar.open_ticks)
    events: list[Event] = []
    force = working.order.time_in_force
    if price_ticks is not None:
        short = _open_budget(listing, working) < working.leaves
        if force is TimeInForce.FOK and short:
            return [listing.cancel(working, Cause.FOK_NOT_FILLABLE, bar.at_ns)]
        events = _fill_at_open(listing, working, bar, price_ticks, half_spread=half_spread)
    if not working.leaves:
        return events
    if force is TimeInForce.FOK:
        return [listing.cancel(working, Cause.FOK_NOT_FILLABLE, bar.at_ns)]
    if force is TimeInForce.IOC:
        return [*events, listing.cancel(working, Cause.IOC_REMAINDER, bar.at_ns)]
    if working.is_market:
        if listing.rules.market_remainder is MarketRemainder.CANCEL:
            events.append(listing.cancel(working, Cause.MARKET_REMAINDER, bar.at_ns))
        return events
    listing.settle_in(working)
    return events


def _open_budget(listing: Listing, working: WorkingOrder) -> int:
    """At the open only the last finished bar's volume is known: a share of it may be taken."""
    assert listing.rules is not None
    budget = listing.street.previous_volume * listing.rules.bar_share_permille // 1000
    return max(0, budget - listing.bar_used.get(listing.group(working), 0))


def _fill_at_open(
    listing: Listing,
    working: WorkingOrder,
    bar: BarOpen,
    price_ticks: int,
    *,
    half_spread: int | None,
) -> list[Event]:
    budget = _open_budget(listing, working)
    qty = min(working.leaves, budget)
    if not qty:
        return []
    used = listing.bar_used.get(listing.group(working), 0)
    listing.bar_used[listing.group(working)] = used + qty
    assert listing.rules is not None
    receipt = Receipt(
        profile=working.profile,
        rule=FillRule.BAR_OPEN,
        event_seq=bar.seq,
        event_at_ns=bar.at_ns,
        rule_date=listing.rules.rule_date,
        budget_qty=Qty(budget),
        half_spread_ticks=half_spread,
        impact_ticks=None if half_spread is None else working.impact_ticks,
        reference_ticks=bar.open_ticks,
        bar_volume=Qty(listing.street.previous_volume),
    )
    return [listing.fill(working, price_ticks, qty, bar.at_ns, receipt)]


def on_bar(listing: Listing, bar: Bar, *, matches: bool) -> list[Event]:
    """A bar is finished: fill resting orders that it went beyond, best price first."""
    events: list[Event] = []
    listing.begin_bar(bar.start_ns)
    if listing.orders and matches:
        for side, extreme in ((Side.BUY, bar.low_ticks), (Side.SELL, bar.high_ticks)):
            for working in listing.reached(side, extreme):
                if working.stage is Stage.RESTING and working.since_ns < bar.start_ns:
                    events.extend(_fill_in_range(listing, working, bar, extreme))
    listing.street.apply_bar(bar)
    return events


def _fill_in_range(
    listing: Listing, working: WorkingOrder, bar: Bar, extreme_ticks: int
) -> list[Event]:
    past = working.side.sign * (working.limit_ticks - extreme_ticks)
    span = bar.high_ticks - bar.low_ticks
    if working.profile is FillProfile.BEGINNER:
        past, span = past + 1, span + 1  # a touch counts
    if past < 1 or span < 1:
        return []
    allowed = bar.volume * min(past, span) // span
    used = listing.bar_used.get(listing.group(working), 0)
    budget = max(0, allowed - used)
    qty = min(working.leaves, budget)
    if not qty:
        return []
    listing.bar_used[listing.group(working)] = used + qty
    return [_range_fill(listing, working, bar, qty, budget)]


def _range_fill(listing: Listing, working: WorkingOrder, bar: Bar, qty: int, budget: int) -> Event:
    """At the limit; but what the open left over of an order that it jumped over takes on from the
    open: at its limit nothing was traded in that bar."""
    assert listing.rules is not None
    rule, price_ticks, half_spread = FillRule.BAR_RANGE, working.limit_ticks, None
    if beyond(working, bar.open_ticks):
        rule = FillRule.BAR_OPEN
        half_spread = listing.rules.half_spread_ticks(bar.open_ticks)
        taking = bar.open_ticks + working.side.sign * half_spread
        price_ticks = not_beyond_limit(working, taking)
    receipt = Receipt(
        profile=working.profile,
        rule=rule,
        event_seq=bar.seq,
        event_at_ns=bar.at_ns,
        rule_date=listing.rules.rule_date,
        budget_qty=Qty(budget),
        half_spread_ticks=half_spread,
        reference_ticks=PriceTicks(working.limit_ticks if half_spread is None else bar.open_ticks),
        bar_low_ticks=bar.low_ticks,
        bar_high_ticks=bar.high_ticks,
        bar_volume=bar.volume,
    )
    return listing.fill(working, price_ticks, qty, bar.at_ns, receipt)
