"""How orders meet the official result of a call auction: fill model E6.

The auction of the street has a price P and a quantity V that our orders do not change.  A better
limit fills at P; a limit at P itself fills wholly when its side is the lighter one, and otherwise
in proportion V / (V + what is left over on its side).  Nobody gets more than V, in the strict
profile a quarter of it and nothing at P on the heavier side; beginners fill at P wholly.

Bars tell of an auction no more than its price: the first and the last price of a session.  What was
left over is unknown, so a limit at that very price fills for beginners only, and an account gets
the part of the last finished bar's volume that bar data allows (E11).

A pause that prices have ordered can end with an auction too; of that one its first trade is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from matching.events import AuctionPlace, Cause, Event, FillRule, Receipt
from matching.listing import Listing
from matching.market import AuctionCross, AuctionIndication, BarOpen, Phase, SessionClose, Trade
from matching.member_auction import members_in_auction
from matching.orders import AccountId, FillProfile, Side, TimeInForce
from matching.phases import PHASES
from matching.receipts import auction_place, printed_receipt
from matching.units import AtNs, PriceTicks, Qty
from matching.volume_share import budget_of, draw, takers_part
from matching.working import Stage, WorkingOrder


class Print(NamedTuple):
    """The official price of an auction, of which nothing else is known."""

    at_ns: AtNs
    seq: int
    price_ticks: PriceTicks


# The largest part of the auction's quantity that one account may have, in thousandths.
CAP_PERMILLE = {
    FillProfile.BEGINNER: 1000,
    FillProfile.STANDARD: 1000,
    FillProfile.STRICT: 250,
}


def on_auction(
    listing: Listing, event: AuctionIndication | AuctionCross, phase: Phase
) -> list[Event]:
    """See what a running auction would give; fill from what it gave, end what was for it alone and
    let the rest go on.

    The phase tells which auction it is.
    """
    if isinstance(event, AuctionIndication):
        listing.street.apply_indication(event)
        return []
    listing.street.apply_cross(event)
    return _on_cross(listing, event, PHASES[phase].crosses)


def _on_cross(listing: Listing, cross: AuctionCross, auction: TimeInForce | None) -> list[Event]:
    events: list[Event] = []
    if listing.listed and not listing.stopped(cross.at_ns):
        if cross.price_ticks is not None:
            for side in Side:
                events.extend(_fill_side(listing, side, cross, cross.price_ticks, auction))
        left = [one for one in listing.orders.values() if _is_in(one, auction)]
        events.extend(members_in_auction(listing, left, cross, auction))
    if auction is not None:
        events.extend(end_auction_orders([listing], auction, cross.at_ns))
    return events


def end_auction_orders(
    listings: Iterable[Listing], auction: TimeInForce, at_ns: AtNs
) -> list[Event]:
    """Orders for an auction that has been, or never was, end."""
    return [
        listing.cancel(working, Cause.AUCTION_OVER, at_ns)
        for listing in listings
        for working in list(listing.for_auction.values())
        if working.order.time_in_force is auction
    ]


def on_first_bar(listing: Listing, bar: BarOpen) -> list[Event]:
    """The first bar of a session begins with the opening auction's price."""
    return _on_print(listing, TimeInForce.AT_OPEN, Print(bar.at_ns, bar.seq, bar.open_ticks))


def on_last_price(listing: Listing, close: SessionClose, close_ticks: PriceTicks) -> list[Event]:
    """A session ends with the closing auction's price."""
    if not listing.for_auction or listing.stopped(close.at_ns):
        return []
    return _on_print(listing, TimeInForce.AT_CLOSE, Print(close.at_ns, close.seq, close_ticks))


def on_reopening(listing: Listing, trade: Trade) -> list[Event]:
    """The first trade after a pause is the auction of what came meanwhile: a better limit fills at
    its price, one at the price itself for beginners only, because what was left over nobody tells.
    An account gets no more than that trade, in the strict profile a quarter of it."""
    used: dict[AccountId, int] = {}
    events: list[Event] = []
    price_ticks = trade.price_ticks
    found = [one for one in listing.orders.values() if _is_in(one, None)]
    for working in sorted(found, key=lambda one: (-one.side.sign * one.limit_ticks, one.priority)):
        place = auction_place(working, price_ticks, None, told=False)
        unknown = place is AuctionPlace.UNKNOWN and working.profile is not FillProfile.BEGINNER
        if unknown or not working.accepts(price_ticks):
            continue
        group = listing.group(working)
        cap = trade.qty * CAP_PERMILLE[working.profile] // 1000 - used.get(group, 0)
        qty = min(working.leaves, cap)
        if qty > 0:
            used[group] = used.get(group, 0) + qty
            receipt = _reopening_receipt(listing, working, trade, cap, place)
            events.append(listing.fill(working, price_ticks, qty, trade.at_ns, receipt))
    return events


def _reopening_receipt(
    listing: Listing, working: WorkingOrder, trade: Trade, budget: int, place: AuctionPlace
) -> Receipt:
    ticks = trade.price_ticks
    return replace(
        printed_receipt(
            listing, working, FillRule.REOPENING, trade, price_ticks=ticks, budget=budget
        ),
        auction_qty=trade.qty,
        auction_place=place,
        latency_ns=working.order.latency_ns or None,
    )


def _on_print(listing: Listing, auction: TimeInForce, printed: Print) -> list[Event]:
    """Fill the orders that were for an auction at its price, end their rest."""
    events: list[Event] = []
    found = [one for one in listing.for_auction.values() if one.order.time_in_force is auction]
    for working in sorted(found, key=lambda one: one.priority):
        events.extend(_fill_at_print(listing, working, printed))
    events.extend(end_auction_orders([listing], auction, printed.at_ns))
    return events


def _fill_at_print(listing: Listing, working: WorkingOrder, printed: Print) -> list[Event]:
    price_ticks = printed.price_ticks
    at_limit = working.limit_ticks == price_ticks and not working.is_market
    if not working.accepts(price_ticks):
        return []
    if at_limit and working.profile is not FillProfile.BEGINNER:
        return []
    volume = listing.street.previous_volume
    budget = budget_of(listing, working, takers_part(listing, volume))
    qty = draw(listing, working, budget)
    if not qty:
        return []
    receipt = replace(
        printed_receipt(
            listing, working, FillRule.AUCTION, printed, price_ticks=price_ticks, budget=budget
        ),
        bar_volume=Qty(volume),
        auction_place=auction_place(working, price_ticks, None, told=False),
    )
    return [listing.fill(working, price_ticks, qty, printed.at_ns, receipt)]


def _fill_side(
    listing: Listing, side: Side, cross: AuctionCross, price_ticks: int, auction: TimeInForce | None
) -> list[Event]:
    """Best price first, oldest first: an account's orders share its part of the quantity."""
    used: dict[AccountId, int] = {}
    events: list[Event] = []
    found = [one for one in listing.orders.values() if one.side is side and _is_in(one, auction)]
    for working in sorted(found, key=lambda one: (-side.sign * one.limit_ticks, one.priority)):
        if not working.accepts(price_ticks):
            break
        group = listing.group(working)
        cap = cross.qty * CAP_PERMILLE[working.profile] // 1000 - used.get(group, 0)
        allowed = min(_share(working, cross, price_ticks), cap)
        if allowed > 0:
            used[group] = used.get(group, 0) + allowed
            receipt = _receipt(listing, working, cross, cap)
            events.append(listing.fill(working, price_ticks, allowed, cross.at_ns, receipt))
    return events


def _is_in(working: WorkingOrder, auction: TimeInForce | None) -> bool:
    if working.stage is Stage.AUCTION:
        return working.order.time_in_force is auction
    return working.stage in (Stage.ENTERING, Stage.RESTING)


def _share(working: WorkingOrder, cross: AuctionCross, price_ticks: int) -> int:
    """What the order may get of its own quantity."""
    if working.limit_ticks != price_ticks or cross.unmatched_side is not working.side:
        return working.leaves
    match working.profile:
        case FillProfile.BEGINNER:
            return working.leaves
        case FillProfile.STANDARD:
            return working.leaves * cross.qty // (cross.qty + cross.unmatched_qty)
        case FillProfile.STRICT:
            return 0


def _receipt(listing: Listing, working: WorkingOrder, cross: AuctionCross, budget: int) -> Receipt:
    ticks = cross.price_ticks
    assert ticks is not None
    return replace(
        printed_receipt(
            listing, working, FillRule.AUCTION, cross, price_ticks=ticks, budget=budget
        ),
        auction_qty=cross.qty,
        auction_place=auction_place(working, ticks, cross.unmatched_side, told=True),
        unmatched_side=cross.unmatched_side,
        unmatched_qty=cross.unmatched_qty,
    )
