"""What a company is worth in each second of a session of market 2, and how much goes on.

Only the informed know it; everybody else sees what they do.  It wanders in bursts (activity is
drawn anew each minute and forgotten slowly, large steps come with it), goes through given nodes and
meets the session's high and low exactly.  Integers only: the same on every machine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from feeds.calendar import Int64s
from feeds.generator.agents import Wandering
from feeds.prng import bell, below, new_state

# Of so many wanderings the one is taken that fits the session's range best.
_CANDIDATES = 4
_FRACTION_BITS = 8
# Activity stays within three octaves, eight times and an eighth.
_MOST_OCTAVES = np.int64(3 * 256)
_ALIKE = 1 << 20


class ValuePath(NamedTuple):
    """int64[seconds] each: the value in ticks at the start of each second, and how active the
    second is, in units whose mean is that of ``lively``."""

    values: Int64s
    activity: Int64s


@njit(cache=True)
def _power(octaves):  # type: ignore[no-untyped-def]
    """256 times two to the power of ``octaves`` / 256, straight between whole powers."""
    whole, part = octaves >> 8, octaves & 255
    return (256 + part) << whole if whole >= 0 else (256 + part) >> -whole


@njit(cache=True)
def _root(value):  # type: ignore[no-untyped-def]
    """The integer square root."""
    if value < 2:
        return value
    guess = np.int64(1) << 31
    while True:
        better = (guess + value // guess) >> 1
        if better >= guess:
            return guess
        guess = better


@njit(cache=True)
def _wander(state, lively, wandering, activity, raw, clock):  # type: ignore[no-untyped-def]
    """Fill activity, a free random walk, and its own time, which runs as the activity does."""
    octaves = total = passed = sigma = before = np.int64(0)
    for k in range(len(lively)):
        if k % 60 == 0:
            octaves += bell(state, wandering.octaves_drawn)
            octaves -= octaves * wandering.octaves_forgotten // 64
            octaves = np.int64(min(max(octaves, -_MOST_OCTAVES), _MOST_OCTAVES))
        now = lively[k] * _power(octaves) // 256
        if now != before:
            sigma, before = _root(now << 10), now
        activity[k] = now
        raw[k], clock[k] = total, passed
        large = below(state, 1000) < wandering.jumps_permille
        total += bell(state, sigma * wandering.jump_steps if large else sigma)
        passed += now


@njit(cache=True)
def _bridge(nodes, raw, clock, line):  # type: ignore[no-untyped-def]
    """``raw`` becomes what is left of the walk when it starts and ends at nought between nodes;
    ``line`` the straight way between them, in fractions of a tick."""
    for i in range(len(nodes) - 1):
        first, last = nodes[i, 0], nodes[i + 1, 0]
        start, end = nodes[i, 1] << _FRACTION_BITS, nodes[i + 1, 1] << _FRACTION_BITS
        came, gone, drift = clock[first], clock[last] - clock[first], raw[last] - raw[first]
        offset = raw[first]
        for k in range(first, last + 1):
            if gone == 0:
                line[k], raw[k] = (end if k == last else start), 0
                continue
            passed = clock[k] - came
            line[k] = start + (end - start) * passed // gone
            if k < last or i == len(nodes) - 2:
                raw[k] = raw[k] - offset - drift * passed // gone
            else:
                # The next stretch begins at the free walk.
                break


@njit(cache=True)
def _reach(line, raw, bound, sign):  # type: ignore[no-untyped-def]
    """The smallest factor (a fraction) by which the walk around the line touches a bound."""
    top, below_it = np.int64(-1), np.int64(1)
    for k in range(1, len(line) - 1):
        size = sign * raw[k]
        if size <= 0:
            continue
        room = sign * (bound - line[k])
        if top < 0 or room * below_it < top * size:
            top, below_it = room, size
    return max(top, 0), below_it


@njit(cache=True)
def _fill(line, raw, factor, low, high, values):  # type: ignore[no-untyped-def]
    """The walk around the line, folded back at the bounds, in whole ticks."""
    one = np.int64(1) << _FRACTION_BITS
    floor, ceiling = low << _FRACTION_BITS, high << _FRACTION_BITS
    width = ceiling - floor
    for k in range(len(line)):
        at = line[k] + raw[k] * factor[0] // factor[1]
        if width == 0:
            at = floor
        elif at < floor or at > ceiling:
            at = (at - floor) % (2 * width)
            at = floor + (at if at <= width else 2 * width - at)
        values[k] = (at + one // 2) >> _FRACTION_BITS


@njit(cache=True)
def _imbalance(up, down):  # type: ignore[no-untyped-def]
    """How unlike two fractions are: 1,024 when they are equal."""
    one, other = up[0] * down[1] + 1, down[0] * up[1] + 1
    larger, smaller = max(one, other), min(one, other)
    return min(larger // max(1, smaller >> 10), _ALIKE)


@njit(cache=True)
def _best_walk(state, nodes, lively, wandering, bounds, out):  # type: ignore[no-untyped-def]
    """Fill out[0] with values and out[1] with activity."""
    seconds = len(lively)
    low, high = bounds
    best = np.int64(2 * _ALIKE)
    line = np.empty(seconds, np.int64)
    raw, clock, activity = np.empty_like(line), np.empty_like(line), np.empty_like(line)
    for _ in range(_CANDIDATES):
        _wander(state, lively, wandering, activity, raw, clock)
        _bridge(nodes, raw, clock, line)
        up = _reach(line, raw, high << _FRACTION_BITS, 1)
        down = _reach(line, raw, low << _FRACTION_BITS, -1)
        unlike = _imbalance(up, down)
        if unlike >= best:
            continue
        best = unlike
        factor = up if up[0] * down[1] > down[0] * up[1] else down
        _fill(line, raw, factor, low, high, out[0])
        out[1] = activity
    for bound in (high, low):
        # Between two seconds the walk may step over the bound and be folded back.
        far = np.argmin(np.abs(out[0, 1 : seconds - 1] - bound)) + 1
        if np.abs(out[0] - bound).min() > 0:
            out[0, far] = bound


def value_path(
    seed: int,
    nodes: Int64s,
    bounds: tuple[int, int],
    lively: Int64s,
    wandering: Wandering,
) -> ValuePath:
    """The path through ``nodes``, int64[n, 2] of second and ticks with seconds ascending from 0 to
    the last one; it stays within ``bounds`` (low, high) and touches both.

    ``lively``, int64[seconds], is how active a second usually is; nothing moves where it is 0.
    """
    low, high = bounds
    assert (nodes[0, 0], nodes[-1, 0]) == (0, len(lively) - 1)
    assert low <= nodes[:, 1].min()
    assert nodes[:, 1].max() <= high
    out = np.empty((2, len(lively)), np.int64)
    _best_walk(new_state(seed), nodes, lively, wandering, (np.int64(low), np.int64(high)), out)
    return ValuePath(out[0], out[1])
