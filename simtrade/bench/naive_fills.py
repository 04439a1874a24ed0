"""What three simple models would give a resting order: all of it or nothing, at one moment.

They see the best quotes and the prints.  Many simulators fill like one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from feeds.calendar import Int64s
from feeds.order_day import SIDE, TIME, OrderDay
from feeds.order_tape import LEVELS
from feeds.street_check import NOBODY
from matching.orders import Side
from matching.units import AtNs
from simtrade.bench.passive_probes import Probe
from simtrade.bench.true_fills import NOTHING, Got


class Naive(StrEnum):
    QUOTE_CROSSES = "quote_crosses"  # the other side's quote comes to the price
    ANY_TOUCH = "any_touch"  # anything trades at the price or beyond it
    TRADE_THROUGH = "trade_through"  # something trades beyond the price


class NaiveFills:
    """The columns that the models look at, of one day."""

    def __init__(self, day: OrderDay) -> None:
        rows = day.displayed
        self._shown_at: Int64s = day.tape.street[TIME, rows]
        # By the side of the order: the best quote of the other side, 0 for none.
        self._opposite = tuple(day.displays[rows, 2 * LEVELS * one.opposite] for one in Side)
        continuous = day.tape.street[SIDE, day.trade_rows] != NOBODY
        self._traded_at: Int64s = day.prints.at_ns[continuous]
        self._traded: Int64s = day.prints.price_ticks[continuous]

    def fills(self, model: Naive, probes: Sequence[Probe]) -> list[Got]:
        """What each probe gets."""
        return [self._fill(model, one) for one in probes]

    def _fill(self, model: Naive, probe: Probe) -> Got:
        sign = probe.side.sign
        quoted = model is Naive.QUOTE_CROSSES
        times = self._shown_at if quoted else self._traded_at
        prices = self._opposite[probe.side] if quoted else self._traded
        first = int(np.searchsorted(times, probe.at_ns, side="right"))
        stop = int(np.searchsorted(times, probe.until_ns, side="right"))
        seen = prices[first:stop]
        beyond = sign * probe.price_ticks - (model is Naive.TRADE_THROUGH)
        reached = np.flatnonzero((sign * seen <= beyond) & (seen > 0))
        if not len(reached):
            return NOTHING
        return Got(probe.qty, AtNs(int(times[first + reached[0]])))
