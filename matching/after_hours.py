"""How orders at the closing price are filled when a session ends: fill model E6.

They wait for the close, take no part in anything before it, and are served oldest first.  A limit
worse than the close makes an order void.  What the market itself trades after hours no feed tells
and our order has no place in a line there, so the volume is an assumption: an account gets at most
the part that bar data allows (E11) of the volume nearest to the close, that of the last bar or,
where there are no bars, of the last call auction of the session.  Without either nothing fills.
"""

from __future__ import annotations

from matching.auction_fills import on_last_price
from matching.events import Cause, Event, FillRule
from matching.listing import Listing
from matching.market import DataKind, SessionClose
from matching.orders import OrderKind
from matching.receipts import printed_receipt
from matching.units import PriceTicks
from matching.volume_share import budget_of, draw, takers_part
from matching.working import WorkingOrder


def on_close(listing: Listing, close: SessionClose, close_ticks: PriceTicks) -> list[Event]:
    """The closing price of an instrument is official: fill what was for it."""
    bars = listing.data is DataKind.BARS
    events = on_last_price(listing, close, close_ticks) if bars else []
    if listing.stopped(close.at_ns):
        return events
    found = (one for one in listing.for_auction.values() if one.order.kind is OrderKind.FIXED_PRICE)
    for working in sorted(found, key=lambda one: one.place):
        if working.accepts(close_ticks):
            events.extend(_fill(listing, working, close, close_ticks))
        else:
            events.append(listing.cancel(working, Cause.BEYOND_CLOSE, close.at_ns))
    return events


def _fill(
    listing: Listing, working: WorkingOrder, close: SessionClose, close_ticks: PriceTicks
) -> list[Event]:
    street = listing.street
    volume = street.previous_volume if listing.data is DataKind.BARS else street.auction_qty
    budget = budget_of(listing, working, takers_part(listing, volume))
    qty = draw(listing, working, budget)
    if not qty:
        return []
    receipt = printed_receipt(
        listing, working, FillRule.AFTER_HOURS, close, price_ticks=close_ticks, budget=budget
    )
    return [listing.fill(working, close_ticks, qty, close.at_ns, receipt)]
