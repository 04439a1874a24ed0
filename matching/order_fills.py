"""How orders meet a street of which every order is known: fill model E3g, the exact queue.

An order stands behind whoever stood at its price when it came.  A print uses them up in their
order, a cancel counts for us exactly when it was before us, and takers walk the whole book.  While
an order of the street is on its way through the other side the book is crossed: then only the
prints that follow fill anybody.
"""

from __future__ import annotations

from matching.depth_fills import follow_display, spend
from matching.events import Event
from matching.listing import Listing
from matching.market import StreetCancel, Trade
from matching.orders import Side
from matching.street_book import StreetEvent


def on_street(listing: Listing, event: StreetEvent, *, matches: bool) -> list[Event]:
    """An order of the street came, left or traded."""
    street = listing.street
    left_seq = street.joined.get(event.street_order_id) if isinstance(event, StreetCancel) else None
    changes = street.apply_order(event)
    events: list[Event] = []
    if isinstance(event, Trade) and listing.orders and matches:
        for side in Side:
            if _rested(event, side, [one.side for one in changes]):
                events.extend(spend(listing, side, event, {}, at_price=True))
    at_ns = event.at_ns
    return events + follow_display(listing, changes, at_ns, matches=matches, left_seq=left_seq)


def _rested(trade: Trade, side: Side, standing: list[Side]) -> bool:
    """Whether a trade took from that side: the one that did not come to take."""
    return side in standing if trade.aggressor is None else side is not trade.aggressor
