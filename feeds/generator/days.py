"""The daily bars of the invented market: a random walk with regimes, cheap for any session.

Each session's intraday market (kernel.py) meets its daily bar exactly, so a chart of
years, a previous close and a seek to any day need no simulation of the days between.
"""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

import numpy as np
from numba import njit

from feeds.calendar import Int64s
from feeds.generator.market import COMPANIES, LIMIT_PERMILLE, LOT
from feeds.prng import bell, below, new_state, seed_from

# Sessions of history before session 0.
HISTORY = 250

_MILLION = 1_000_000
_MARKET_PPM = 14_000  # width of the market's shocks; their deviation is 0.58 of it
_GAP_PPM = 4_000
_WICK_PPM = 9_000
_PULL_DAYS = 160  # the price is drawn back to its start over this many days
_REGIME_PERCENT = np.array([65, 100, 185], np.int64)  # calm, usual, turbulent
_LEAVE_PERMILLE = np.array([25, 20, 70], np.int64)


class DayBar(NamedTuple):
    """A session of one instrument: prices in ticks, volume in shares (whole lots)."""

    reference_ticks: int
    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    volume: int


@njit(cache=True)
def _limits(reference, permille):  # type: ignore[no-untyped-def]
    """Lowest and highest allowed price: half up, at least one tick from the reference."""
    lower = (2 * reference * (1000 - permille) + 1000) // 2000
    upper = (2 * reference * (1000 + permille) + 1000) // 2000
    return max(1, min(lower, reference - 1)), max(upper, reference + 1)


@njit(cache=True)
def _part(price, ppm):  # type: ignore[no-untyped-def]
    """``ppm`` millionths of a price, rounded half away from zero."""
    value = 2 * price * ppm
    if value >= 0:
        return (value + _MILLION) // (2 * _MILLION)
    return -((-value + _MILLION) // (2 * _MILLION))


@njit(cache=True)
def _next_regime(state, regime):  # type: ignore[no-untyped-def]
    if below(state, 1000) >= _LEAVE_PERMILLE[regime]:
        return regime
    if regime == 1:
        return 2 * below(state, 2)
    return 1


@njit(cache=True)
def _walk(state, companies, permille, lot, out):  # type: ignore[no-untyped-def]
    """Fill out[session, company, 6] from the first session of the history on."""
    sessions, count = out.shape[0], out.shape[1]
    price = companies[:, 0].copy()
    own = np.ones(count, np.int64)
    regime = np.int64(1)
    for k in range(sessions):
        regime = _next_regime(state, regime)
        market = bell(state, _MARKET_PPM * _REGIME_PERCENT[regime] // 100)
        for i in range(count):
            own[i] = _next_regime(state, own[i])
            start, beta, noise, lots = companies[i]
            reference = price[i]
            lower, upper = _limits(reference, permille)
            shock = market * beta // 100 + bell(state, noise * _REGIME_PERCENT[own[i]] // 100)
            shock += (start - reference) * _MILLION // (start * _PULL_DAYS)
            gap = shock * below(state, 50) // 100 + bell(state, _GAP_PPM)
            begin = min(max(reference + _part(reference, gap), lower), upper)
            end = min(max(reference + _part(reference, shock), lower), upper)
            high = max(begin, end) + _part(reference, abs(bell(state, _WICK_PPM)))
            low = min(begin, end) - _part(reference, abs(bell(state, _WICK_PPM)))
            busy = (100 + _REGIME_PERCENT[own[i]] + abs(shock) // 300) * (60 + below(state, 80))
            out[k, i, 0] = reference
            out[k, i, 1] = begin
            out[k, i, 2] = min(high, upper)
            out[k, i, 3] = max(low, lower)
            out[k, i, 4] = end
            out[k, i, 5] = max(lots * busy // 20_000, 100) * lot
            price[i] = end


class GeneratedDays:
    """Daily bars of every instrument for a seed; grows as later sessions are asked for.

    Memory is 960 bytes a session.  Safe for concurrent readers.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed_from("daily walk", str(seed))
        self._companies = np.array(
            [(c.start_ticks, c.beta_percent, c.noise_ppm, c.day_lots) for c in COMPANIES], np.int64
        )
        self._lock = Lock()
        self._table = self._make(1024)

    def _make(self, sessions: int) -> Int64s:
        # From the start each time: a walk's continuation is then no state that could differ.
        out = np.empty((sessions, len(COMPANIES), 6), np.int64)
        _walk(new_state(self._seed), self._companies, LIMIT_PERMILLE, LOT, out)
        return out

    def table(self, upto: int) -> Int64s:
        """int64[sessions, instruments, 6] (fields of ``DayBar``); row HISTORY is session 0."""
        with self._lock:
            while len(self._table) <= upto + HISTORY:
                self._table = self._make(2 * len(self._table))
            return self._table

    def bar(self, instrument: int, session: int) -> DayBar:
        """``session`` is at least -HISTORY."""
        assert session >= -HISTORY
        return DayBar(*self.table(session)[session + HISTORY, instrument].tolist())


def limits(reference_ticks: int) -> tuple[int, int]:
    """Lowest and highest allowed price of a session in ticks."""
    lower, upper = _limits(reference_ticks, LIMIT_PERMILLE)
    return int(lower), int(upper)
