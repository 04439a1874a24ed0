"""Members of a venue in a call auction: fill model, scope "exchange".

The street's auction comes first: at its official price members share what it traded.  What is left
of their orders then trades among them at that price.  Where the street had no trade the price is
made by the members' own orders, by the market's own rules (matching/auction.py); it is nobody
else's price.  Best price first, oldest first; nobody meets himself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matching.auction import Crossing, cross
from matching.events import Event, FillRule, Receipt
from matching.listing import Listing
from matching.market import AuctionCross
from matching.orders import Side, TimeInForce
from matching.receipts import auction_place
from matching.scope import Scope
from matching.units import PriceTicks, Qty
from matching.working import WorkingOrder


def members_in_auction(
    listing: Listing,
    orders: Sequence[WorkingOrder],
    official: AuctionCross,
    auction: TimeInForce | None,
) -> list[Event]:
    """``orders`` are those in the auction, after their fills from the street."""
    if listing.scope is not Scope.EXCHANGE:
        return []
    found = _result(listing, orders, official, auction)
    if found.price_ticks is None:
        return []
    events: list[Event] = []
    buyers = _willing(orders, Side.BUY, found.price_ticks)
    sellers = _willing(orders, Side.SELL, found.price_ticks)
    for buyer in buyers:
        for seller in sellers:
            if buyer.leaves and seller.leaves and buyer.account_id != seller.account_id:
                events.extend(_trade(listing, (buyer, seller), found, official))
    return events


def _result(
    listing: Listing,
    orders: Sequence[WorkingOrder],
    official: AuctionCross,
    auction: TimeInForce | None,
) -> Crossing:
    """The street's own result; the members' where it had none."""
    if official.price_ticks is not None:
        left, side = official.unmatched_qty, official.unmatched_side
        return Crossing(official.price_ticks, official.qty, side, left)
    opening = auction is TimeInForce.AT_OPEN
    last = None if opening else listing.street.last_ticks
    reference = last if last is not None else listing.reference_ticks
    rules = listing.rules
    if rules is None or rules.auction_tie is None:
        return Crossing(None, 0, None, 0)
    limits = [one.limit_ticks for one in orders if not one.is_market]
    limits += [] if limits or reference is None else [reference]
    both: dict[Side, dict[int, int]] = {Side.BUY: {}, Side.SELL: {}}
    for one in orders if limits else ():
        price = _named(one, limits)
        both[one.side][price] = both[one.side].get(price, 0) + one.leaves
    return cross(both[Side.BUY], both[Side.SELL], rules.auction_tie, reference)


def _named(working: WorkingOrder, limits: Iterable[int]) -> int:
    """The price an order counts with: without one of its own it takes the worst that others name,
    as far as its protection goes, and never makes a price."""
    if not working.is_market:
        return working.limit_ticks
    if working.side is Side.BUY:
        return min(max(limits), working.limit_ticks)
    return max(min(limits), working.limit_ticks)


def _willing(orders: Iterable[WorkingOrder], side: Side, price_ticks: int) -> list[WorkingOrder]:
    found = [one for one in orders if one.side is side and one.accepts(price_ticks)]
    return sorted(found, key=lambda one: (-side.sign * one.limit_ticks, one.priority))


def _trade(
    listing: Listing,
    pair: tuple[WorkingOrder, WorkingOrder],
    found: Crossing,
    official: AuctionCross,
) -> list[Event]:
    assert listing.rules is not None
    assert found.price_ticks is not None
    qty, price_ticks = min(one.leaves for one in pair), PriceTicks(found.price_ticks)
    low, high = sorted(one.account_id for one in pair)
    times = listing.pairs[low, high] = listing.pairs.get((low, high), 0) + 1
    events: list[Event] = []
    budgets = [one.leaves for one in reversed(pair)]
    for one, budget in zip(pair, budgets, strict=True):
        receipt = Receipt(
            profile=one.profile,
            rule=FillRule.MEMBER_AUCTION,
            event_seq=official.seq,
            event_at_ns=official.at_ns,
            rule_date=listing.rules.rule_date,
            budget_qty=Qty(budget),
            reference_ticks=price_ticks,
            pair_trades=times,
            auction_qty=Qty(found.qty),
            auction_place=auction_place(one, price_ticks, found.unmatched_side, told=True),
            unmatched_side=found.unmatched_side,
            unmatched_qty=Qty(found.unmatched_qty),
        )
        events.append(listing.fill(one, price_ticks, qty, official.at_ns, receipt))
    return events
