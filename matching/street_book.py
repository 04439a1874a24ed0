"""The street order by order: every order of the street in its queue, as the feed tells them.

It never matches anything: the street's trades come from the feed.  It answers what is displayed and
who stands where, exactly.  A trade takes from those of its two orders that stand in the book.  A
taker whose remainder is published only after its trades (Shanghai) is not in the book while it
trades, so nothing is taken twice.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import NamedTuple

from matching.instrument import InstrumentId
from matching.market import Depth, Level, StreetCancel, StreetOrder, Trade
from matching.orders import Side
from matching.units import AtNs, PriceTicks, Qty

StreetEvent = StreetOrder | StreetCancel | Trade


class StreetPlace(NamedTuple):
    """Where an order of the street stands, and how much of it."""

    side: Side
    price_ticks: int
    qty: int


class StreetBook:
    """The open orders of one instrument's street in price-time order.

    Broken sequences (an id that stands already, a cancel of an order that does not, more taken
    than rests) raise ValueError and change nothing: a tape is checked before it is replayed.
    """

    def __init__(self) -> None:
        # By side: the quantity of each order at each price, in order of arrival.
        self._queues: tuple[dict[int, dict[int, int]], dict[int, dict[int, int]]] = ({}, {})
        self._sizes: tuple[dict[int, int], dict[int, int]] = ({}, {})
        # By side: price * -sign of the side, ascending, so the best is first on both.
        self._prices: tuple[list[int], list[int]] = ([], [])
        self._where: dict[int, tuple[Side, int]] = {}

    def __len__(self) -> int:
        """How many orders stand."""
        return len(self._where)

    def __contains__(self, street_order_id: int) -> bool:
        return street_order_id in self._where

    def clear(self) -> None:
        """A session begins or ends: nobody stands."""
        for side in Side:
            self._queues[side].clear()
            self._sizes[side].clear()
            self._prices[side].clear()
        self._where.clear()

    def on(self, event: StreetEvent) -> None:
        """Let one event of the street happen."""
        match event:
            case StreetOrder():
                self._join(event)
            case StreetCancel():
                self._check(event.street_order_id, event.qty)
                self._take(event.street_order_id, event.qty)
            case Trade():
                made = (event.buy_order_id, event.sell_order_id)
                standing = [one for one in made if one is not None and one in self._where]
                for street_order_id in standing:
                    self._check(street_order_id, event.qty)
                for street_order_id in standing:
                    self._take(street_order_id, event.qty)

    def find(self, street_order_id: int) -> StreetPlace | None:
        """Where an order stands; None when it does not."""
        found = self._where.get(street_order_id)
        if found is None:
            return None
        side, price = found
        return StreetPlace(side, price, self._queues[side][price][street_order_id])

    def queue(self, side: Side, price_ticks: int) -> tuple[tuple[int, int], ...]:
        """(street_order_id, qty) of everybody who stands at a price, first in line first."""
        return tuple(self._queues[side].get(price_ticks, {}).items())

    def size(self, side: Side, price_ticks: int) -> int:
        """What stands at a price in all."""
        return self._sizes[side].get(price_ticks, 0)

    def best(self, side: Side) -> int | None:
        """The best price of a side."""
        prices = self._prices[side]
        return -side.sign * prices[0] if prices else None

    def levels(self, side: Side, count: int | None = None) -> tuple[Level, ...]:
        """The best ``count`` levels of a side (None: all), best first."""
        sizes, sign = self._sizes[side], -side.sign
        return tuple(
            Level(PriceTicks(sign * key), Qty(sizes[sign * key]))
            for key in self._prices[side][:count]
        )

    def depth(self, count: int) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
        """The best ``count`` levels: bids, asks."""
        return self.levels(Side.BUY, count), self.levels(Side.SELL, count)

    def display(self, instrument_id: InstrumentId, at_ns: AtNs, seq: int, count: int) -> Depth:
        """The book as a display of ``count`` levels a side."""
        bids, asks = self.depth(count)
        return Depth(at_ns, at_ns, seq, instrument_id, bids, asks, count)

    def _join(self, order: StreetOrder) -> None:
        if order.street_order_id in self._where or order.qty <= 0:
            raise ValueError(f"street order {order.street_order_id} stands already or is empty")
        side, price = order.side, order.price_ticks
        queue = self._queues[side].setdefault(price, {})
        if not queue:
            insort(self._prices[side], -side.sign * price)
        queue[order.street_order_id] = order.qty
        self._sizes[side][price] = self._sizes[side].get(price, 0) + order.qty
        self._where[order.street_order_id] = (side, price)

    def _check(self, street_order_id: int, qty: int) -> None:
        place = self.find(street_order_id)
        if place is None or not 0 < qty <= place.qty:
            raise ValueError(f"street order {street_order_id} has no {qty} standing")

    def _take(self, street_order_id: int, qty: int) -> None:
        side, price = self._where[street_order_id]
        queue, sizes = self._queues[side][price], self._sizes[side]
        sizes[price] -= qty
        queue[street_order_id] -= qty
        if queue[street_order_id]:
            return
        del queue[street_order_id], self._where[street_order_id]
        if not queue:
            del self._queues[side][price], sizes[price]
            prices = self._prices[side]
            del prices[bisect_left(prices, -side.sign * price)]
