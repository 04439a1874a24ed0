"""A displayed book by price levels, kept from absolute quantities: what a feed of changes shows.

Prices are ticks, quantities base units.  It is what the feed last said: it may be crossed, and a
level beyond what the feed ever told is not known.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from matching.market import Level
from matching.orders import Side
from matching.units import PriceTicks, Qty

# Far levels of a market that drifted away; the best ones are kept.
MOST_LEVELS = 20_000


class LevelBook:
    """Quantities by price of both sides, best price first."""

    def __init__(self) -> None:
        self._sizes: tuple[dict[int, int], dict[int, int]] = ({}, {})
        # By side: price * -sign of the side, ascending, so the best is first on both.
        self._keys: tuple[list[int], list[int]] = ([], [])

    def clear(self) -> None:
        for side in Side:
            self._sizes[side].clear()
            self._keys[side].clear()

    def put(self, side: Side, levels: Iterable[tuple[int, int]]) -> None:
        """Each (price_ticks, qty) is what stands at that price from now on; 0 is nothing.

        Raises ValueError for a price that is not positive or a negative quantity; the levels
        before it are in the book then.
        """
        sizes, keys, sign = self._sizes[side], self._keys[side], -side.sign
        for price, qty in levels:
            if price <= 0 or qty < 0:
                raise ValueError(f"{qty} at {price} is no level")
            if qty:
                if price not in sizes:
                    insort(keys, sign * price)
                sizes[price] = qty
            elif sizes.pop(price, None) is not None:
                del keys[bisect_left(keys, sign * price)]
        for key in keys[MOST_LEVELS:]:
            del sizes[sign * key]
        del keys[MOST_LEVELS:]

    def size(self, side: Side, price_ticks: int) -> int:
        """What stands at a price; 0 for nothing."""
        return self._sizes[side].get(price_ticks, 0)

    def best(self, side: Side) -> Level | None:
        """The best level of a side."""
        keys = self._keys[side]
        if not keys:
            return None
        price = -side.sign * keys[0]
        return Level(PriceTicks(price), Qty(self._sizes[side][price]))

    def levels(self, side: Side, count: int | None = None) -> tuple[Level, ...]:
        """The best ``count`` levels of a side (None: all), best first."""
        sizes, sign = self._sizes[side], -side.sign
        return tuple(
            Level(PriceTicks(sign * key), Qty(sizes[sign * key]))
            for key in self._keys[side][:count]
        )

    def depth(self, count: int) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
        """The best ``count`` levels: bids, asks."""
        return self.levels(Side.BUY, count), self.levels(Side.SELL, count)

    @property
    def crossed(self) -> bool:
        """Whether the best bid is not below the best ask."""
        bid, ask = self.best(Side.BUY), self.best(Side.SELL)
        return bid is not None and ask is not None and bid.price_ticks >= ask.price_ticks
