"""The trades of one session as columns: what a screen may know of them at one moment."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from feeds.calendar import Int64s
from feeds.feed import Bars, Interval, LastPrice
from matching.units import NS_PER_MINUTE

_WIDTHS = {Interval.MINUTE: NS_PER_MINUTE, Interval.FIVE_MINUTES: 5 * NS_PER_MINUTE}


class Prints(NamedTuple):
    """Columns of equal length in the order of the trades; times in nanoseconds UTC."""

    at_ns: Int64s
    price_ticks: Int64s
    qty: Int64s
    high_so_far: Int64s
    low_so_far: Int64s
    volume_so_far: Int64s

    def upto(self, at_ns: int) -> int:
        """How many trades had happened."""
        return int(np.searchsorted(self.at_ns, at_ns, side="right"))


def prints_of(at_ns: Int64s, price_ticks: Int64s, qty: Int64s) -> Prints:
    """The columns with their running extremes and volume."""
    return Prints(
        at_ns,
        price_ticks,
        qty,
        np.maximum.accumulate(price_ticks),
        np.minimum.accumulate(price_ticks),
        np.cumsum(qty),
    )


def last_price(prints: Prints, reference_ticks: int, at_ns: int) -> LastPrice:
    """See ``Feed.last``; before the first trade everything is the previous close."""
    row = prints.upto(at_ns) - 1
    if row < 0:
        return LastPrice(reference_ticks, reference_ticks, reference_ticks, reference_ticks, 0)
    return LastPrice(
        int(prints.price_ticks[row]),
        reference_ticks,
        int(prints.high_so_far[row]),
        int(prints.low_so_far[row]),
        int(prints.volume_so_far[row]),
    )


def minutes_of(prints: Prints, count: int, width_ns: int = NS_PER_MINUTE) -> Int64s:
    """The first ``count`` trades as bars: int64[6, bars], start and then as ``Bars``."""
    if not count:
        return np.empty((6, 0), np.int64)
    starts = prints.at_ns[:count] // width_ns * width_ns
    price, qty = prints.price_ticks[:count], prints.qty[:count]
    first = np.flatnonzero(np.diff(starts, prepend=-1))
    last = np.append(first[1:], count) - 1
    return np.stack(
        (
            starts[first],
            price[first],
            np.maximum.reduceat(price, first),
            np.minimum.reduceat(price, first),
            price[last],
            np.add.reduceat(qty, first),
        )
    )


def chart(
    prints: Prints, interval: Interval, to_ns: int, count: int, session: tuple[int, int]
) -> Bars:
    """See ``Feed.bars``; ``session`` is when its first bar starts and when it ends."""
    known = prints.upto(to_ns)
    begun, ends = session
    if interval is Interval.DAY:
        table = minutes_of(prints, known, 1 << 62)
        table[0] = begun
        partial = to_ns < ends
    else:
        width = _WIDTHS[interval]
        table = minutes_of(prints, known, width)
        partial = table.shape[1] > 0 and to_ns < int(table[0, -1]) + width
    table = table[:, -count:] if count > 0 else table[:, :0]
    partial = partial and table.shape[1] > 0
    return Bars(table[0], table[1], table[2], table[3], table[4], table[5], partial)
