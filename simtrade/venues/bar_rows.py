"""Bars with what was counted of their trades, and longer ones made of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feeds.calendar import Int64s
from feeds.feed import Bars, Traded

Float64s = NDArray[np.float64]


class BarRows(NamedTuple):
    """Columns of equal length, oldest first.  ``trades`` is how many were counted, 0 where nobody
    counted; ``worth`` (price in ticks times quantity) over ``weight`` (quantity) is the average
    price.  These two are for showing only, hence binary fractions."""

    start_ns: Int64s
    open_ticks: Int64s
    high_ticks: Int64s
    low_ticks: Int64s
    close_ticks: Int64s
    volume: Int64s
    trades: Int64s
    worth: Float64s
    weight: Float64s

    @property
    def size(self) -> int:
        return len(self.start_ns)

    def only(self, kept: NDArray[np.bool_] | slice) -> BarRows:
        columns: tuple[Any, ...] = tuple(column[kept] for column in self)
        return BarRows(*columns)

    def average_ticks(self) -> Float64s:
        """The volume-weighted price; of a bar without volume the typical one."""
        typical = _typical(self.high_ticks, self.low_ticks, self.close_ticks)
        return np.where(self.weight > 0, self.worth / np.maximum(self.weight, 1e-300), typical)


def _typical(high: Int64s, low: Int64s, close: Int64s) -> Float64s:
    typical: Float64s = (high + low + close) / 3.0
    return typical


def without_trades(bars: Bars) -> BarRows:
    """Bars of which nobody kept the trades: each counts with its volume at its typical price, the
    middle of high, low and close."""
    weight = bars.volume.astype(np.float64)
    worth = weight * _typical(bars.high_ticks, bars.low_ticks, bars.close_ticks)
    none = np.zeros(len(bars.start_ns), np.int64)
    return BarRows(
        bars.start_ns, bars.open_ticks, bars.high_ticks, bars.low_ticks, bars.close_ticks,
        bars.volume, none, worth, weight,
    )  # fmt: skip


def with_trades(rows: BarRows, traded: Traded) -> BarRows:
    """Bars and the trades that they were made of; one before the first bar belongs to it."""
    if not rows.size or not len(traded.at_ns):
        return rows
    place = np.searchsorted(rows.start_ns, traded.at_ns, side="right") - 1
    place = np.maximum(place, 0)
    size = rows.size
    counts = np.bincount(place, minlength=size).astype(np.int64)
    qty = traded.qty.astype(np.float64)
    weight = np.bincount(place, weights=qty, minlength=size)
    worth = np.bincount(place, weights=qty * traded.price_ticks, minlength=size)
    known = weight > 0
    return rows._replace(
        trades=counts,
        worth=np.where(known, worth, rows.worth),
        weight=np.where(known, weight, rows.weight),
    )


def joined(pieces: list[BarRows]) -> BarRows:
    """Pieces one after the other."""
    whole = [np.empty(0, np.int64)] * 7 + [np.empty(0, np.float64)] * 2
    return BarRows(
        *(np.concatenate([none, *found]) for none, *found in zip(whole, *pieces, strict=True))
    )


def merged(rows: BarRows, edges: Int64s) -> BarRows:
    """One bar of all neighbours with the same left edge."""
    if not rows.size:
        return rows
    first = np.flatnonzero(np.diff(edges, prepend=edges[0] - 1))
    last = np.append(first[1:], len(edges)) - 1
    return BarRows(
        edges[first],
        rows.open_ticks[first],
        np.maximum.reduceat(rows.high_ticks, first),
        np.minimum.reduceat(rows.low_ticks, first),
        rows.close_ticks[last],
        np.add.reduceat(rows.volume, first),
        np.add.reduceat(rows.trades, first),
        np.add.reduceat(rows.worth, first),
        np.add.reduceat(rows.weight, first),
    )


class Change(NamedTuple):
    """Everything before ``at_ns`` is multiplied: prices by ``price``, quantities by ``qty``."""

    at_ns: int
    price: Fraction
    qty: Fraction


def changed(rows: BarRows, change: Change) -> BarRows:
    """Bars of before a change in terms of after it: prices and volumes half up."""
    before = rows.start_ns < change.at_ns

    def scale(column: Int64s, factor: Fraction) -> Int64s:
        top, bottom = factor.numerator, factor.denominator
        return np.where(before, (2 * column * top + bottom) // (2 * bottom), column)

    def weigh(column: Float64s, factor: Fraction) -> Float64s:
        return np.where(before, column * float(factor), column)

    return BarRows(
        rows.start_ns,
        scale(rows.open_ticks, change.price),
        scale(rows.high_ticks, change.price),
        scale(rows.low_ticks, change.price),
        scale(rows.close_ticks, change.price),
        scale(rows.volume, change.qty),
        rows.trades,
        weigh(rows.worth, change.price * change.qty),
        weigh(rows.weight, change.qty),
    )
