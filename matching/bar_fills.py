"""How orders meet bars when nothing finer exists: fill model E11.

An order never fills in the bar in which it arrived.  The first price of the next bar fills
takers (with an assumed half spread) and orders the market jumped over; the finished bar fills
orders that it went beyond by at least a tick, from the share of its volume beyond their price.
"""

from __future__ import annotations

from dataclasses import replace

from matching.auction_fills import on_first_bar
from matching.board_rules import MarketRemainder
from matching.events import Cause, Event, FillRule, Receipt
from matching.listing import Listing
from matching.market import Bar, BarOpen
from matching.orders import FillProfile, OrderKind, Side, TimeInForce
from matching.pricing import price_at_print, price_rest
from matching.taking import beyond, not_beyond_limit, taking_ticks
from matching.units import AtNs, PriceTicks, Qty
from matching.volume_share import budget_of, draw, takers_part
from matching.working import WorkingOrder


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
        if working.was_there(bar.at_ns):
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
    events = price_at_print(listing, working, bar.open_ticks, bar.at_ns)
    if working.order.kind is OrderKind.OWN_BEST:
        listing.settle_in(working)
        return events
    price_ticks = taking_ticks(listing, working, bar.open_ticks)
    force = working.order.time_in_force
    if price_ticks is not None:
        short = _open_budget(listing, working) < working.leaves
        if force is TimeInForce.FOK and short:
            return [listing.cancel(working, Cause.FOK_NOT_FILLABLE, bar.at_ns)]
        events += _fill_at_open(listing, working, bar, price_ticks, half_spread=half_spread)
    if force is TimeInForce.FOK and working.leaves:
        return [listing.cancel(working, Cause.FOK_NOT_FILLABLE, bar.at_ns)]
    return [*events, *_left_over(listing, working, bar.open_ticks, bar.at_ns)]


def _open_budget(listing: Listing, working: WorkingOrder) -> int:
    """At the open only the last finished bar's volume is known: a share of it may be taken."""
    return budget_of(listing, working, takers_part(listing, listing.street.previous_volume))


def _fill_at_open(
    listing: Listing,
    working: WorkingOrder,
    bar: BarOpen,
    price_ticks: int,
    *,
    half_spread: int | None,
) -> list[Event]:
    budget = _open_budget(listing, working)
    qty = draw(listing, working, budget)
    if not qty:
        return []
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


def fill_in_range(
    listing: Listing, working: WorkingOrder, bar: Bar, first_ticks: int, extreme_ticks: int
) -> list[Event]:
    """A finished bar went beyond a resting order: the share of its volume beyond its limit.
    ``first_ticks`` and ``extreme_ticks`` are the first and the best price the order was there for:
    those of the bar, or of the rest of its path."""
    past = working.side.sign * (working.limit_ticks - extreme_ticks)
    span = bar.high_ticks - bar.low_ticks
    if working.profile is FillProfile.BEGINNER:
        past, span = past + 1, span + 1  # a touch counts
    if past < 1 or span < 1:
        return []
    budget = budget_of(listing, working, bar.volume * min(past, span) // span)
    qty = draw(listing, working, budget)
    if not qty:
        return []
    return [_range_fill(listing, working, bar, first_ticks, qty, budget)]


def fill_triggered(
    listing: Listing, working: WorkingOrder, bar: Bar, price_ticks: int
) -> list[Event]:
    """A stop that the finished bar sent at ``price_ticks`` takes from there like everybody who
    takes, for at most the share of the bar's volume that takers may have."""
    assert listing.rules is not None
    paid = taking_ticks(listing, working, price_ticks)
    budget = budget_of(listing, working, takers_part(listing, bar.volume))
    short = paid is None or budget < working.leaves
    if working.order.time_in_force is TimeInForce.FOK and short:
        return [listing.cancel(working, Cause.FOK_NOT_FILLABLE, bar.at_ns)]
    events: list[Event] = []
    qty = 0 if paid is None else draw(listing, working, budget)
    if paid is not None and qty:
        half_spread = listing.rules.half_spread_ticks(price_ticks)
        receipt = replace(
            _bar_receipt(
                listing, working, bar, FillRule.BAR_STOP, budget, half_spread, price_ticks
            ),
            impact_ticks=working.impact_ticks,
        )
        events.append(listing.fill(working, paid, qty, bar.at_ns, receipt))
    return [*events, *_left_over(listing, working, price_ticks, bar.at_ns)]


def _left_over(
    listing: Listing, working: WorkingOrder, print_ticks: int, at_ns: AtNs
) -> list[Event]:
    """What becomes of the part of an order that its first bar did not fill."""
    assert listing.rules is not None
    order = working.order
    if not working.leaves:
        return []
    if order.time_in_force.immediate or order.kind is OrderKind.SPECIAL_LIMIT:
        return [listing.cancel(working, Cause.IOC_REMAINDER, at_ns)]
    rest = price_rest(listing, working, print_ticks, at_ns)
    if working.is_market and not rest and order.kind is not OrderKind.OPPOSITE_BEST:
        if listing.rules.market_remainder is MarketRemainder.CANCEL:
            return [listing.cancel(working, Cause.MARKET_REMAINDER, at_ns)]
        return []
    listing.settle_in(working)
    return rest


def _range_fill(
    listing: Listing, working: WorkingOrder, bar: Bar, first_ticks: int, qty: int, budget: int
) -> Event:
    """At the limit; but what the open left over of an order that it jumped over takes on from the
    open: at its limit nothing was traded in that bar."""
    assert listing.rules is not None
    rule, price_ticks, half_spread = FillRule.BAR_RANGE, working.limit_ticks, None
    if beyond(working, first_ticks):
        rule = FillRule.BAR_OPEN
        half_spread = listing.rules.half_spread_ticks(first_ticks)
        taking = first_ticks + working.side.sign * half_spread
        price_ticks = not_beyond_limit(working, taking)
    reference = working.limit_ticks if half_spread is None else first_ticks
    receipt = _bar_receipt(listing, working, bar, rule, budget, half_spread, reference)
    return listing.fill(working, price_ticks, qty, bar.at_ns, receipt)


def _bar_receipt(
    listing: Listing,
    working: WorkingOrder,
    bar: Bar,
    rule: FillRule,
    budget: int,
    half_spread: int | None,
    reference_ticks: int,
) -> Receipt:
    assert listing.rules is not None
    return Receipt(
        profile=working.profile,
        rule=rule,
        event_seq=bar.seq,
        event_at_ns=bar.at_ns,
        rule_date=listing.rules.rule_date,
        budget_qty=Qty(budget),
        half_spread_ticks=half_spread,
        reference_ticks=PriceTicks(reference_ticks),
        bar_low_ticks=bar.low_ticks,
        bar_high_ticks=bar.high_ticks,
        bar_volume=bar.volume,
    )
