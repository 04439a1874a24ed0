"""The daily bars of the invented market: a random walk with regimes, cheap for any session.

Each session's intraday market (kernel.py) meets its daily bar exactly, so a chart of
years, a previous close and a seek to any day need no simulation of the days between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import NamedTuple

import numpy as np
from numba import njit

from feeds.calendar import Int64s
from feeds.generator.market import COMPANIES, LIMIT_PERMILLE, LOT, Company
from feeds.prng import bell, below, new_state, seed_from

# Sessions of history before session 0.
HISTORY = 250
NOTHING_FORCED = np.empty((0, 7), np.int64)

_MILLION = 1_000_000
_MARKET_PPM = 14_000  # width of the market's shocks; their deviation is 0.58 of it
_GAP_PPM = 4_000
_WICK_PPM = 9_000
_PULL_DAYS = 160  # the price is drawn back to its start over this many days
_REGIME_PERCENT = np.array([65, 100, 185], np.int64)  # calm, usual, turbulent
_LEAVE_PERMILLE = np.array([25, 20, 70], np.int64)
# On days without a limit nobody goes farther from the open: the exchange pauses at 300.
UNLIMITED = 250
_LISTING_PPM = 150_000  # a new share begins at the issue price and mostly rises by about twice that


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
def part(price, ppm):  # type: ignore[no-untyped-def]
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
def _day(state, reference, permille, shock, out):  # type: ignore[no-untyped-def]
    """Fill out[0:5] of a day that moves by ``shock`` millionths; the allowed prices."""
    gap = shock * below(state, 50) // 100 + bell(state, _GAP_PPM)
    begin = reference + part(reference, gap)
    lower, upper = np.int64(1), begin
    if permille > 0:
        lower, upper = _limits(reference, permille)
        begin = min(max(begin, lower), upper)
    else:
        # Nothing is limited, and nobody goes so far that the exchange would stop him.
        lower, upper = begin - begin * UNLIMITED // 1000, begin + begin * UNLIMITED // 1000
    end = min(max(reference + part(reference, shock), lower), upper)
    high = max(begin, end) + part(reference, abs(bell(state, _WICK_PPM)))
    low = min(begin, end) - part(reference, abs(bell(state, _WICK_PPM)))
    out[0], out[1], out[4] = reference, begin, end
    out[2], out[3] = min(high, upper), max(low, lower)
    return lower, upper


@njit(cache=True)
def _force(wanted, bounds, out):  # type: ignore[no-untyped-def]
    """Replace a day's prices by wanted ones, in millionths away from the reference."""
    for k in range(4):
        price = out[0] + part(out[0], wanted[k])
        out[1 + k] = min(max(price, bounds[0]), bounds[1])
    out[5] = out[5] // LOT * wanted[4] // 100 * LOT


@njit(cache=True)
def walk(state, companies, permille, lists, forced, out):  # type: ignore[no-untyped-def]
    """Fill out[session, company, 6] from the first session of the history on.

    ``companies`` int64[n, 4]: start, beta, noise and lots as in ``Company``.  ``permille``
    int64[sessions, n]: the daily limit, 0 on days without one.  ``lists`` int64[n]: the first row
    of each; the rows before stay as they are.  ``forced`` int64[m, 7]: row, company, and then open,
    high, low and close in millionths away from the reference and the volume in percent.
    """
    sessions, count = out.shape[0], out.shape[1]
    price = companies[:, 0].copy()
    own = np.ones(count, np.int64)
    regime = np.int64(1)
    for k in range(sessions):
        regime = _next_regime(state, regime)
        market = bell(state, _MARKET_PPM * _REGIME_PERCENT[regime] // 100)
        for i in range(count):
            if k < lists[i]:
                continue
            own[i] = _next_regime(state, own[i])
            start, beta, noise, lots = companies[i]
            reference = price[i]
            shock = market * beta // 100 + bell(state, noise * _REGIME_PERCENT[own[i]] // 100)
            shock += (start - reference) * _MILLION // (start * _PULL_DAYS)
            if k == lists[i] and k > 0:
                shock = 2 * _LISTING_PPM + bell(state, _LISTING_PPM)
            bounds = _day(state, reference, permille[k, i], shock, out[k, i])
            busy = (100 + _REGIME_PERCENT[own[i]] + abs(shock) // 300) * (60 + below(state, 80))
            out[k, i, 5] = max(lots * busy // 20_000, 100) * LOT
            for m in range(len(forced)):
                if forced[m, 0] == k and forced[m, 1] == i:
                    _force(forced[m, 2:], bounds, out[k, i])
            price[i] = out[k, i, 4]


class DayTable:
    """Daily bars of every instrument; grows as later sessions are asked for.

    ``make`` gives int64[sessions, instruments, 6] from the first session of the history on; a
    longer table begins like a shorter one.  Safe for concurrent readers.
    """

    def __init__(self, make: Callable[[int], Int64s]) -> None:
        self._make = make
        self._lock = Lock()
        self._table = make(1024)

    def table(self, upto: int) -> Int64s:
        """int64[sessions, instruments, 6] (fields of ``DayBar``); row HISTORY is session 0."""
        with self._lock:
            while len(self._table) <= upto + HISTORY:
                # From the start each time: its continuation is then no state that could differ.
                self._table = self._make(2 * len(self._table))
            return self._table

    def bar(self, instrument: int, session: int) -> DayBar:
        """``session`` is at least -HISTORY."""
        assert session >= -HISTORY
        return DayBar(*self.table(session)[session + HISTORY, instrument].tolist())


def company_rows(companies: Iterable[Company]) -> Int64s:
    """What ``walk`` wants to know of companies."""
    rows = [(one.start_ticks, one.beta_percent, one.noise_ppm, one.day_lots) for one in companies]
    return np.array(rows, np.int64)


class GeneratedDays(DayTable):
    """The daily bars of version 1 for a seed: 960 bytes a session."""

    def __init__(self, seed: int) -> None:
        self._seed = seed_from("daily walk", str(seed))
        self._companies = company_rows(COMPANIES)
        super().__init__(self._walk)

    def _walk(self, sessions: int) -> Int64s:
        out = np.empty((sessions, len(COMPANIES), 6), np.int64)
        limit = np.full(out.shape[:2], LIMIT_PERMILLE, np.int64)
        lists = np.zeros(len(COMPANIES), np.int64)
        walk(new_state(self._seed), self._companies, limit, lists, NOTHING_FORCED, out)
        return out


def limits(reference_ticks: int, permille: int = LIMIT_PERMILLE) -> tuple[int, int]:
    """Lowest and highest allowed price of a session in ticks."""
    lower, upper = _limits(reference_ticks, permille)
    return int(lower), int(upper)
