"""An invented one-minute path inside a real daily bar.

The path meets the day's open, high, low, close and volume exactly and is a pure function of
(seed, bar): integers only, so it is the same on every machine.  The order of the extremes leans
to the bar's colour (fill model E11: up day low first, down day high first); volume is U-shaped.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from feeds.prng import bell, below, next_u64

Int64s = NDArray[np.int64]

# How often, in 16ths, the extremes come in the order that the bar's colour suggests.
_COLOUR_SIXTEENTHS = 11
# A fixed-point price has this many fractional bits, so that slow drifts aren't rounded away.
_FRACTION_BITS = 8
# The widest uniform step of a minute is this part of the range.  (A random walk's range is
# about 1.6 deviations of the whole day, and 390 minutes make 19.7 deviations of one.)
_MINUTE_SHARE = 18


class MinutePath(NamedTuple):
    """Columns of one day, int64[minutes]: prices in ticks, volume in base units."""

    open_ticks: Int64s
    high_ticks: Int64s
    low_ticks: Int64s
    close_ticks: Int64s
    volume: Int64s


@njit(cache=True)
def _weight(minute, minutes):  # type: ignore[no-untyped-def]
    """U-shaped share of activity: about 4 at the edges, 1 in the middle (scaled by 256)."""
    middle = minutes - 1
    distance = abs(2 * minute - middle)
    if middle == 0:
        return np.int64(256)
    square = distance * distance * 768 // (middle * middle)
    return np.int64(256 + square)


@njit(cache=True)
def _fill_volume(state, volume, out):  # type: ignore[no-untyped-def]
    """Split ``volume`` over the minutes; the parts sum to it exactly."""
    minutes = len(out)
    weights = np.empty(minutes, np.int64)
    total = np.int64(0)
    for k in range(minutes):
        weights[k] = _weight(k, minutes) * (64 + below(state, 256) * below(state, 256) // 256)
        total += weights[k]
    whole, rest = volume // total, volume % total
    before = np.int64(0)
    running = np.int64(0)
    for k in range(minutes):
        running += weights[k]
        upto = whole * running + rest * running // total
        out[k] = upto - before
        before = upto


@njit(cache=True)
def _high_first(state, bar):  # type: ignore[no-untyped-def]
    """Whether the day's high comes before its low."""
    day_open, high, low, close = bar[0], bar[1], bar[2], bar[3]
    if day_open == high or close == low:
        if day_open != low and close != high:
            return True
    elif day_open == low or close == high:
        return False
    if close != day_open:
        suggested = close < day_open
    elif high - day_open != day_open - low:
        suggested = high - day_open < day_open - low
    else:
        suggested = below(state, 2) == 0
    agrees = below(state, 16) < _COLOUR_SIXTEENTHS
    return suggested if agrees else not suggested


@njit(cache=True)
def _bridge(state, nodes, first, last, low, high):  # type: ignore[no-untyped-def]
    """Fill nodes[first+1 .. last-1] with a random walk that arrives at nodes[last]."""
    one = np.int64(1) << _FRACTION_BITS
    floor, ceiling = low * one, high * one
    minutes = len(nodes) - 1
    at = nodes[first] * one
    target = nodes[last] * one
    step = (high - low) * one // _MINUTE_SHARE
    for k in range(first + 1, last):
        left = last - k + 1
        # Activity is 256 in the middle and 1024 at the edges; its root scales the price.
        lively = 256 + (_weight(k - 1, minutes) - 256) // 3
        scale = min(step * lively // 384, np.int64(1) << 28)
        at += (target - at) // left + bell(state, scale)
        if at < floor:
            at = min(2 * floor - at, target)
        if at > ceiling:
            at = max(2 * ceiling - at, target)
        at = min(max(at, floor), ceiling)
        nodes[k] = (at + one // 2) >> _FRACTION_BITS


@njit(cache=True)
def _anchor(state, nodes, bar):  # type: ignore[no-untyped-def]
    """Choose where the extremes lie, and walk between them.  Needs at least four minutes."""
    day_open, high, low, close = bar[0], bar[1], bar[2], bar[3]
    minutes = len(nodes) - 1
    first, second = low, high
    if _high_first(state, bar):
        first, second = high, low
    # Extremes cluster near the open and the close, as on real days.
    early = 1 + min(below(state, minutes - 2), below(state, minutes - 2))
    late = early + 1 + max(below(state, minutes - 1 - early), below(state, minutes - 1 - early))
    if first == day_open:
        early = 0
    if second == close:
        late = minutes
    nodes[0] = day_open
    nodes[minutes] = close
    nodes[early] = first
    nodes[late] = second
    _bridge(state, nodes, 0, early, low, high)
    _bridge(state, nodes, early, late, low, high)
    _bridge(state, nodes, late, minutes, low, high)


@njit(cache=True)
def _fill_day(seed, bar, out):  # type: ignore[no-untyped-def]
    state = np.empty(1, np.uint64)
    state[0] = seed
    next_u64(state)
    low, high = bar[2], bar[1]
    minutes = out.shape[1]
    nodes = np.empty(minutes + 1, np.int64)
    _anchor(state, nodes, bar)
    wick = max((high - low) // (3 * _MINUTE_SHARE), 1)
    wick = min(wick, np.int64(1) << 28)
    for k in range(minutes):
        begin, end = nodes[k], nodes[k + 1]
        top, bottom = max(begin, end), min(begin, end)
        out[0, k] = begin
        out[1, k] = min(top + below(state, wick + 1), high)
        out[2, k] = max(bottom - below(state, wick + 1), low)
        out[3, k] = end
    _fill_volume(state, bar[4], out[4])


def minute_path(seed: int, bar: tuple[int, int, int, int, int], minutes: int) -> MinutePath:
    """The invented path of a day.

    ``seed`` is 64 bits, ``bar`` is (open, high, low, close in ticks, volume in base units) with
    low <= open, close <= high and high - low < 10^12, ``minutes`` is at least 4.  Open of the
    first minute, highest high, lowest low, close of the last minute and the sum of volumes
    equal the bar's; each minute opens where the one before closed.
    """
    assert minutes >= 4
    assert bar[2] <= min(bar[0], bar[3])
    assert max(bar[0], bar[3]) <= bar[1]
    assert bar[1] - bar[2] < 10**12
    out = np.empty((5, minutes), np.int64)
    _fill_day(np.uint64(seed), np.array(bar, np.int64), out)
    return MinutePath(out[0], out[1], out[2], out[3], out[4])
