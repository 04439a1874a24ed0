"""What bars must be like: prices that fit each other, times in trading hours, in order."""

from __future__ import annotations

from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numba import njit
from numpy.typing import NDArray

from feeds.calendar import Hours, Int64s
from feeds.imports.clocks import offsets_of_utc
from feeds.imports.csv_table import Rows
from feeds.imports.csv_time import NS_PER_DAY
from feeds.imports.csv_values import BarFault, Field
from feeds.tape import LARGEST_PRICE_TICKS
from matching.market import Phase
from matching.units import NS_PER_MINUTE, NS_PER_SECOND

_PRICES = (Field.OPEN, Field.HIGH, Field.LOW, Field.CLOSE)
_SECONDS_PER_DAY = 86_400


class BarWidth(NamedTuple):
    """``minutes`` of a bar, 0 for a day; ``end_labelled``: its time is its end."""

    minutes: int
    end_labelled: bool = False


def check_prices(rows: Rows) -> None:
    """Drop rows whose prices are not positive, too large, or outside of low and high."""
    values = rows.values
    for name in _PRICES:
        rows.drop(values[name] < 1, BarFault.NOT_POSITIVE, name)
        rows.drop(values[name] >= LARGEST_PRICE_TICKS, BarFault.TOO_LARGE, name)
    first, high, low, close = (values[name] for name in _PRICES)
    rows.drop(high < low, BarFault.HIGH_BELOW_LOW, Field.HIGH)
    rows.drop((first < low) | (first > high), BarFault.OPEN_OUTSIDE, Field.OPEN)
    rows.drop((close < low) | (close > high), BarFault.CLOSE_OUTSIDE, Field.CLOSE)


class BarTimes:
    """Turns the moments of rows into the times of a tape of bars."""

    def __init__(self, hours: Hours, width: BarWidth) -> None:
        self.hours = hours
        self.width = width
        self._zone = ZoneInfo(hours.time_zone)
        seconds = np.array([step.second for step in hours.steps], np.int64)
        phases = [step.phase for step in hours.steps]
        self._starts = np.array([s for s, p in zip(seconds, phases, strict=True)
                                 if p is Phase.CONTINUOUS], np.int64)  # fmt: skip
        ends = np.append(seconds[1:], _SECONDS_PER_DAY)
        self._ends = np.array([e for e, p in zip(ends, phases, strict=True)
                               if p is Phase.CONTINUOUS], np.int64)  # fmt: skip

    def times(self, rows: Rows) -> Int64s:
        """Day numbers, or starts in nanoseconds UTC: int64[rows]; rows whose time is no bar's are
        dropped."""
        minutes = self.width.minutes
        if not minutes:
            rows.drop(rows.day < 0, BarFault.NOT_A_TIME)
            return rows.day
        at_ns = np.where(rows.good, rows.at_ns, 0)
        local = (at_ns + offsets_of_utc(at_ns, self._zone)) % NS_PER_DAY
        rows.drop(local % NS_PER_MINUTE != 0, BarFault.NOT_A_WHOLE_MINUTE)
        rows.drop(at_ns < 0, BarFault.NOT_A_TIME)
        width_ns = minutes * NS_PER_MINUTE
        ends = self._ends
        second = local // NS_PER_SECOND
        if self.width.end_labelled:
            # The last bar of a phase may be cut short: what ends with the phase began on the grid.
            place = np.searchsorted(ends, second, side="left")
            place = np.minimum(place, len(ends) - 1)
            left = second - self._starts[place]
            back = np.where(
                left % (minutes * 60) == 0, width_ns, left % (minutes * 60) * NS_PER_SECOND
            )
            cut = (second == ends[place]) & (left > 0)
            back = np.where(cut, back, width_ns)
            starts, second = at_ns - back, second - back // NS_PER_SECOND
        else:
            starts = at_ns
        place = np.searchsorted(self._starts, second, side="right") - 1
        inside = (place >= 0) & (second < ends[np.maximum(place, 0)])
        rows.drop(~inside, BarFault.OUTSIDE_HOURS)
        off = (second - self._starts[np.maximum(place, 0)]) % (minutes * 60) != 0
        rows.drop(off, BarFault.NOT_ON_THE_GRID)
        return starts


class BarOrder:
    """Each instrument's bars come in order, once."""

    def __init__(self) -> None:
        self._newest = np.zeros(0, np.int64)

    def check(self, rows: Rows, times: Int64s, instruments: int) -> None:
        more = instruments - len(self._newest)
        if more > 0:
            self._newest = np.append(self._newest, np.full(more, -(1 << 62)))
        found = np.zeros(len(times), np.int8)
        _follow(rows.instrument, times, rows.good, self._newest, found)
        rows.drop(found == 1, BarFault.DUPLICATE_TIME)
        rows.drop(found == 2, BarFault.OUT_OF_ORDER)


@njit(cache=True)
def _follow(instrument, times, good, newest, found):  # type: ignore[no-untyped-def]
    """Mark rows that come twice (1) or too late (2)."""
    for row in range(len(times)):
        if good[row]:
            own = instrument[row]
            if times[row] == newest[own]:
                found[row] = 1
            elif times[row] < newest[own]:
                found[row] = 2
            else:
                newest[own] = times[row]


def bar_table(rows: Rows, times: Int64s) -> tuple[Int64s, Int64s]:
    """The good rows as (instrument int64[n], int64[n, 6] of time, prices and volume)."""
    names = (Field.OPEN, Field.HIGH, Field.LOW, Field.CLOSE, Field.VOLUME)
    keep: NDArray[np.bool_] = rows.good
    whole = np.stack([times[keep], *(rows.values[name][keep] for name in names)], axis=1)
    return rows.instrument[keep], np.ascontiguousarray(whole)
