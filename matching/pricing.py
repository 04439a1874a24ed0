"""Orders that take their limit from the market: best price of a side, best five levels (E1).

Shanghai: what the best five levels did not fill of a day order rests at the price it traded last,
without a trade at the best price of its own side, and ends when there is none.  Shenzhen and STAR:
an order for the best price of a side becomes a limit order at it, and ends when there is none.
Where the data shows no quotes, the first price after the order stands for both sides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matching.events import Cause, Event, OrderPriced
from matching.orders import OrderKind, Side
from matching.units import AtNs, PriceTicks
from matching.working import WorkingOrder

if TYPE_CHECKING:
    from matching.listing import Listing

_AT_ONCE = (OrderKind.OPPOSITE_BEST, OrderKind.OWN_BEST)


def price_on_arrival(listing: Listing, working: WorkingOrder, at_ns: AtNs) -> list[Event]:
    """An order for the best price of a side meets the display; nothing for other kinds."""
    kind = working.order.kind
    if kind not in _AT_ONCE:
        return []
    side = working.side if kind is OrderKind.OWN_BEST else working.side.opposite
    best = listing.street.best(side)
    return [_price(listing, working, best.price_ticks if best else None, at_ns)]


def price_at_print(
    listing: Listing, working: WorkingOrder, print_ticks: int, at_ns: AtNs
) -> list[Event]:
    """The same where prices are all that is known."""
    if working.order.kind not in _AT_ONCE:
        return []
    assert listing.rules is not None
    if working.order.kind is OrderKind.OPPOSITE_BEST:
        print_ticks += working.side.sign * listing.rules.half_spread_ticks(print_ticks)
    return [_price(listing, working, print_ticks, at_ns)]


def price_rest(
    listing: Listing, working: WorkingOrder, paid_ticks: int | None, at_ns: AtNs
) -> list[Event]:
    """The rest of a day order for the best five levels; nothing for other orders."""
    order = working.order
    if order.kind is not OrderKind.BEST_FIVE or order.time_in_force.immediate:
        return []
    own = listing.street.best(working.side)
    price = paid_ticks if paid_ticks is not None else own.price_ticks if own else None
    return [_price(listing, working, price, at_ns)]


def _price(listing: Listing, working: WorkingOrder, price_ticks: int | None, at_ns: AtNs) -> Event:
    """A limit order from now on, never beyond the price that protects it."""
    if price_ticks is None:
        return listing.cancel(working, Cause.NO_QUOTE, at_ns)
    guard = working.order.limit_ticks
    if guard is not None:
        price_ticks = (min if working.side is Side.BUY else max)(price_ticks, guard)
    working.limit_ticks = price_ticks
    listing.touched[working.order_id] = None
    order = working.order
    return OrderPriced(
        order.order_id, order.account_id, order.instrument_id, PriceTicks(price_ticks), at_ns
    )
