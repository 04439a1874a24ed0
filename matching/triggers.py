"""Orders that wait for a trade: stops and trailing stops (fill model E7).

A trade inside the quote sends them, never a quote alone and never an odd print.  A triggered order
meets what the market shows after that trade, so a gap fills at the market and not at the stop.
Trailing stops follow the trades of sessions only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matching.crossing import crossed_ticks
from matching.events import Cause, Event, OrderTriggered
from matching.market import AuctionCross, BarOpen, Snapshot, StreetData, Trade
from matching.orders import Side
from matching.units import AtNs, PriceTicks
from matching.working import MARKET_PLACE, Stage, WorkingOrder

if TYPE_CHECKING:
    from matching.listing import Listing


def reach_of(
    working: WorkingOrder, low: int | None, high: int | None
) -> tuple[int | None, int | None]:
    """The band (low, high) of prices that cannot matter, narrowed by a waiting order."""
    stop = working.stop_ticks
    assert stop is not None
    below = [stop] if working.side is Side.SELL else []
    above = [stop] if working.side is Side.BUY else []
    if working.trails:
        assert working.mark_ticks is not None
        (below if working.side is Side.BUY else above).append(
            working.mark_ticks - working.side.sign
        )
    low = max((one for one in (low, *below) if one is not None), default=None)
    high = min((one for one in (high, *above) if one is not None), default=None)
    return low, high


def print_of(listing: Listing, event: StreetData) -> int | None:
    """The trade that an event tells and that may send stops, None when there is none.  A finished
    bar tells a whole path of them (matching/bar_path.py).

    Outside the quote that stood when it happened, a print is an odd one.
    """
    match event:
        case BarOpen():
            return event.open_ticks
        case Snapshot():
            return event.last_ticks
        case AuctionCross():
            return event.price_ticks if event.qty else None
        case Trade():
            return _inside(listing, event)
        case _:
            return None


def _inside(listing: Listing, event: Trade) -> int | None:
    bid, ask = listing.street.best(Side.BUY), listing.street.best(Side.SELL)
    if bid is not None and event.price_ticks < bid.price_ticks:
        return None
    if ask is not None and event.price_ticks > ask.price_ticks:
        return None
    return event.price_ticks


def met(working: WorkingOrder, price_ticks: int) -> bool:
    """Whether a trade at that price sends a waiting order."""
    stop = working.stop_ticks
    assert stop is not None
    return working.side.sign * (price_ticks - stop) >= 0


def follow_mark(listing: Listing, working: WorkingOrder, price_ticks: int) -> None:
    """A trailing stop follows a better trade: a higher one for a seller, a lower for a buyer."""
    mark = working.mark_ticks
    if mark is not None and working.trails and working.side.sign * (mark - price_ticks) > 0:
        working.mark_ticks = price_ticks
        listing.touched[working.order_id] = None


def send_stops(listing: Listing, price_ticks: int, at_ns: AtNs, event_seq: int) -> list[Event]:
    """A trade happened: whoever waited for it enters the market, the oldest first."""
    events: list[Event] = []
    for working in list(listing.waiting.values()):
        follow_mark(listing, working, price_ticks)
        if met(working, price_ticks):
            events.extend(fire(listing, working, price_ticks, at_ns, event_seq))
    return events


def fire(
    listing: Listing, working: WorkingOrder, price_ticks: int, at_ns: AtNs, event_seq: int
) -> list[Event]:
    """Send a waiting order.  A sale without a limit gets its collar from the trade that sent it; a
    purchase keeps the one that its cash was set aside for."""
    stop = working.stop_ticks
    assert stop is not None
    order = working.order
    working.triggered_at_ns, working.triggered_ticks = at_ns, price_ticks
    working.since_ns, working.priority = at_ns, MARKET_PLACE + event_seq
    if working.side is Side.SELL and order.limit_ticks is None:
        working.limit_ticks = listing.collar_ticks(Side.SELL, price_ticks)
    if order.latency_ns:
        working.since_ns = AtNs(at_ns + order.latency_ns)
    listing.move(working, Stage.COMING if order.latency_ns else Stage.ENTERING)
    events: list[Event] = [
        OrderTriggered(
            order.order_id,
            order.account_id,
            order.instrument_id,
            PriceTicks(price_ticks),
            PriceTicks(stop),
            PriceTicks(working.limit_ticks),
            event_seq,
            at_ns,
        )
    ]
    worst = price_ticks if order.limit_ticks is None else working.limit_ticks
    own = [one for one in listing.orders.values() if one.account_id == order.account_id]
    exempt = order.group_id is not None and not working.is_entry
    crossed = crossed_ticks(own, order.instrument_id, order.side, worst)
    if crossed is not None and not exempt:
        events.append(listing.cancel(working, Cause.SELF_TRADE, at_ns))
    return events
