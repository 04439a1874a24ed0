"""The trades of one session as columns: what a screen may know of them at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from feeds.calendar import Int64s, Part
from feeds.feed import Bars, Interval, LastPrice
from feeds.timeframes import aggregate, running


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


def rows_of(prints: Prints, count: int) -> Int64s:
    """The first ``count`` trades as rows of ``timeframes.aggregate``."""
    price = prints.price_ticks[:count]
    return np.stack((prints.at_ns[:count], price, price, price, price, prints.qty[:count]))


def chart(
    prints: Prints, interval: Interval, to_ns: int, count: int, parts: Sequence[Part]
) -> Bars:
    """See ``Feed.bars``; ``parts`` are those of the session, auctions among them."""
    rows = rows_of(prints, prints.upto(to_ns))
    width = interval.width_ns
    if interval is Interval.DAY:
        parts = (Part(parts[0].begins_ns, parts[-1].ends_ns),)
    table = aggregate(rows, parts, width)
    table = table[:, -count:] if count > 0 else table[:, :0]
    partial = running(table, parts, width, to_ns)
    return Bars(table[0], table[1], table[2], table[3], table[4], table[5], partial)
