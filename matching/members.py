"""Members of a venue trade with each other: fill model, scope "exchange", and E14.

Only inside the street's quote: a price that the street itself would better is no price.  The older
order sets the price, best price first and oldest first.  Who waits at the street's own best price
is met only when nobody of the street is before him any more.
"""

from __future__ import annotations

from dataclasses import replace

from matching.events import Cause, Event, FillRule
from matching.listing import Listing
from matching.orders import Side
from matching.receipts import fill_receipt
from matching.scope import Scope
from matching.units import AtNs
from matching.working import WorkingOrder

_ANY_PRICE = {Side.BUY: 1, Side.SELL: 2**31}


def members_qty(listing: Listing, taker: WorkingOrder) -> int:
    """What other members offer to an arriving order."""
    return sum(one.leaves for one in _offers(listing, taker) if one.account_id != taker.account_id)


def trade_with_members(listing: Listing, taker: WorkingOrder, at_ns: AtNs) -> list[Event]:
    """An arriving order meets whoever waits; it is cancelled where it would meet its owner."""
    events: list[Event] = []
    for maker in _offers(listing, taker):
        if not taker.leaves:
            break
        if maker.account_id == taker.account_id:
            return [*events, listing.cancel(taker, Cause.SELF_TRADE, at_ns)]
        events.extend(_trade(listing, taker, maker, at_ns))
    return events


def trade_among_members(listing: Listing, at_ns: AtNs) -> list[Event]:
    """The quote has moved: waiting orders that it kept apart may meet now."""
    events: list[Event] = []
    if listing.scope is not Scope.EXCHANGE:
        return events
    for buyer in listing.reached(Side.BUY, _ANY_PRICE[Side.BUY]):
        for seller in listing.reached(Side.SELL, buyer.limit_ticks):
            if not buyer.leaves:
                break
            maker, taker = sorted((buyer, seller), key=lambda one: one.priority)
            if not _is_offer(listing, maker):
                continue
            if buyer.account_id == seller.account_id:
                events.append(listing.cancel(taker, Cause.SELF_TRADE, at_ns))
                if taker is buyer:
                    break
                continue
            events.extend(_trade(listing, taker, maker, at_ns))
    return events


def _offers(listing: Listing, taker: WorkingOrder) -> list[WorkingOrder]:
    """Waiting orders of the other side that a taker's limit reaches and the quote allows."""
    if listing.scope is not Scope.EXCHANGE:
        return []
    found = listing.reached(taker.side.opposite, taker.limit_ticks)
    return [one for one in found if _is_offer(listing, one)]


def _is_offer(listing: Listing, maker: WorkingOrder) -> bool:
    bid, ask = listing.street.best(Side.BUY), listing.street.best(Side.SELL)
    if bid is None or ask is None:
        return False
    price_ticks = maker.limit_ticks
    if bid.price_ticks < price_ticks < ask.price_ticks:
        return True
    own = bid if maker.side is Side.BUY else ask
    return price_ticks == own.price_ticks and not maker.ahead_milli


def _trade(listing: Listing, taker: WorkingOrder, maker: WorkingOrder, at_ns: AtNs) -> list[Event]:
    qty, price_ticks = min(taker.leaves, maker.leaves), maker.limit_ticks
    low, high = sorted((taker.account_id, maker.account_id))
    times = listing.pairs[low, high] = listing.pairs.get((low, high), 0) + 1
    events: list[Event] = []
    for one, budget in ((maker, taker.leaves), (taker, maker.leaves)):
        receipt = replace(
            fill_receipt(listing, one, FillRule.MEMBER, budget=budget), pair_trades=times
        )
        events.append(listing.fill(one, price_ticks, qty, at_ns, receipt))
    return events
