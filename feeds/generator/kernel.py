"""One instrument's session of the invented market, run through the matching kernel.

Market makers quote around a wandering value and withdraw what has become mispriced; takers of
both sides hit what is displayed, more often towards the value; volume follows a U-shaped
schedule.  Four prints are arranged (open, high, low, close), so that the prints of a session meet
its daily bar exactly.  Each second makers act first, then the display is recorded, then takers act
on it: every print is at a displayed price.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from feeds.bar_views import corners
from feeds.calendar import Int64s
from feeds.generator.calendar import MORNING_SECONDS, TRADING_MINUTES, TRADING_SECONDS
from feeds.generator.days import DayBar, limits
from feeds.generator.market import LOT
from feeds.prng import below, new_state
from feeds.reconstruct import minute_path
from matching.book import Book
from matching.kernel_bits import level_index, next_key, price_of
from matching.kernel_layout import CANCEL, IOC, LIMIT, STAY, fill_at, head_of, level_at, order_at
from matching.kernel_queues import best
from matching.kernel_run import KERNEL, execute
from matching.orders import Side

LEVELS = 5
# A display is recorded at least this often, so that no quote looks stale.
_HEARTBEAT_SECONDS = 10
# Orders live at most until this many newer ones have come.
_LIVE_ORDERS = 180
# Kept back for the arranged prints: a lot for each.
_RESERVE = 4 * LOT
_MOST_PRINTS = 4 * TRADING_SECONDS
# Takers come 20 to 579 ms after the display of their second.
_FIRST_MS, _SPREAD_MS = 20, 560

_helper = njit(nogil=True)


class SessionRecord(NamedTuple):
    """What one session showed.

    ``depth_second`` int32[n]: trading second of each display, ``depth_ms`` milliseconds into it;
    ``depth`` int32[n, 20]: price in ticks and quantity of five bids, then five asks, best first,
    zeros where there is none.
    ``prints`` int32[m, 5]: trading second, milliseconds into it, price in ticks, quantity, side
    of the aggressor.
    """

    depth_second: np.ndarray[Any, np.dtype[np.int32]]
    depth: np.ndarray[Any, np.dtype[np.int32]]
    prints: np.ndarray[Any, np.dtype[np.int32]]
    depth_ms: np.ndarray[Any, np.dtype[np.int32]]


@_helper
def _clear_beyond(book, side, price):  # type: ignore[no-untyped-def]
    """Cancel every order of a side that is priced better than ``price``."""
    head = head_of(book)
    while True:
        top = best(head, side)
        if top < 0 or (top <= price if side == 0 else top >= price):
            return
        key = next_key(head, side, -1)
        first = order_at(head, level_at(head, level_index(head, key)).head)
        execute(book, CANCEL, side, first.order_id, 0, 0, 0, STAY)


@_helper
def _post(book, ids, side, price, qty):  # type: ignore[no-untyped-def]
    """A new resting order that never takes; the oldest one leaves."""
    head = head_of(book)
    other = best(head, 1 - side)
    if other >= 0:
        price = min(price, other - 1) if side == 0 else max(price, other + 1)
    if price < ids[1] or price > ids[2]:
        return
    ids[0] += 1
    execute(book, LIMIT, side, ids[0], price, qty, 0, STAY)
    if ids[0] > _LIVE_ORDERS:
        execute(book, CANCEL, side, ids[0] - _LIVE_ORDERS, 0, 0, 0, STAY)


@_helper
def _quote(book, state, ids, value, unit, lots):  # type: ignore[no-untyped-def]
    """Makers of one second: withdraw what is mispriced, place up to three orders."""
    head = head_of(book)
    _clear_beyond(book, 0, value)
    _clear_beyond(book, 1, value)
    for _ in range(below(state, 4)):
        side = below(state, 2)
        away = unit * min(below(state, 10), below(state, 14))
        qty = LOT * (1 + below(state, lots) + below(state, lots))
        _post(book, ids, side, value - away if side == 0 else value + away, qty)
    for side in range(2):
        top = best(head, side)
        # A gap beside the value is an invitation: somebody mostly steps in at once.
        wide = top < 0 or abs(value - top) > 2 * unit
        if top < 0 or (wide and below(state, 8) < 7):
            _post(book, ids, side, value - unit if side == 0 else value + unit, LOT * lots)


@_helper
def _display(book, row):  # type: ignore[no-untyped-def]
    """Read five levels a side into ``row``; whether anything changed."""
    head = head_of(book)
    changed = False
    for side in range(2):
        key = next_key(head, side, -1)
        for k in range(LEVELS):
            price = qty = 0
            if key >= 0:
                price = price_of(head, side, key)
                qty = level_at(head, level_index(head, key)).qty
                key = next_key(head, side, key)
            at = 2 * (LEVELS * side + k)
            if row[at] != price or row[at + 1] != qty:
                changed = True
                row[at], row[at + 1] = price, qty
    return changed


@_helper
def _take(book, ids, moment, order, prints, count):  # type: ignore[no-untyped-def]
    """A taker's order (side, limit, quantity); records its fills and returns their number."""
    head = head_of(book)
    side, price, qty = order
    ids[0] += 1
    execute(book, LIMIT, side, ids[0], price, qty, 0, IOC)
    fills = head.n_fills
    for k in range(fills):
        fill = fill_at(head, k)
        row = count
        if k > 0 and prints[count - 1, 2] == fill.price_ticks:
            row = count - 1  # one print per price
            prints[row, 3] += fill.qty
        else:
            prints[row, 0], prints[row, 1] = moment
            prints[row, 2] = fill.price_ticks
            prints[row, 3] = fill.qty
            prints[row, 4] = side
            count += 1
        ids[3] += fill.qty
    head.n_fills = 0
    return count


@_helper
def _arrange(book, ids, side, value, qty):  # type: ignore[no-untyped-def]
    """Make ``value`` the best price that a taker of ``side`` can hit, with at least ``qty``."""
    _clear_beyond(book, 1 - side, value)
    _clear_beyond(book, side, value - 1 if side == 0 else value + 1)
    _post(book, ids, 1 - side, value, qty)


@_helper
def _wish(book, state, value, day, budget):  # type: ignore[no-untyped-def]
    """A taker's side, limit and quantity; quantity 0 when nobody comes."""
    head = head_of(book)
    bid, ask = best(head, 0), best(head, 1)
    none = (np.int64(0), np.int64(0), np.int64(0))
    if budget < LOT or below(state, 100) >= 55:
        return none
    lean = np.int64(50)
    if bid >= 0 and ask >= 0 and 2 * value != bid + ask:
        lean = np.int64(68) if 2 * value > bid + ask else np.int64(32)
    side = np.int64(0) if below(state, 100) < lean else np.int64(1)
    reach = below(state, 3) // 2
    qty = min(LOT * (1 + below(state, 1 + 2 * budget // LOT)), budget // LOT * LOT)
    if side == 0 and 0 <= ask <= day[1]:
        return side, min(ask + reach, day[1]), qty
    if side == 1 and bid >= day[2]:
        return side, max(bid - reach, day[2]), qty
    return none


def _build(kernel: int) -> Callable[..., tuple[int, int]]:
    @njit(nogil=True, cache=True)
    def simulate(book, state, values, schedule, day, bounds, depth_second, depth, prints):  # type: ignore[no-untyped-def]
        """Run a session; how many displays and prints were recorded."""
        assert kernel >= 0
        volume = day[4]
        unit = max(1, values[0] // 3000)
        lots = max(1, min(volume // 600_000, 1 << 20))
        # The last order id, lowest and highest allowed price, volume so far.
        ids = np.array([0, bounds[0], bounds[1], 0], np.int64)
        row = np.zeros(4 * LEVELS, np.int64)
        shown, printed, last_shown, hit = 0, 0, -_HEARTBEAT_SECONDS, False
        high_at, low_at = np.argmax(values), np.argmin(values)
        for k in range(2 * _LIVE_ORDERS // 3):
            away = unit * (1 + min(below(state, 10), below(state, 14)))
            qty = LOT * (1 + below(state, lots) + below(state, lots))
            _post(book, ids, k & 1, values[0] - away if k & 1 == 0 else values[0] + away, qty)
        final = len(values) - 1
        for k in range(len(values)):
            value = values[k]
            _quote(book, state, ids, value, unit, lots)
            moment = (np.int64(k), _FIRST_MS + below(state, _SPREAD_MS))
            special = k in (0, high_at, low_at, final)
            order = (np.int64(0), np.int64(0), np.int64(0))
            spare = volume - ids[3] - _RESERVE
            if special:
                qty = volume - ids[3]
                if k != final:
                    part = schedule[60] // 4 if k == 0 else (schedule[k] - ids[3]) // 2
                    qty = max(LOT, min(part, spare) // LOT * LOT)
                side = np.int64(0) if value >= values[k - 1] else np.int64(1)
                if k == 0:
                    side = bounds[2]
                order = (side, value, qty)
                _arrange(book, ids, side, value, qty)
            # A level that was taken from and refilled looks the same and is not.
            changed = _display(book, row) or hit
            due = k - last_shown >= _HEARTBEAT_SECONDS or k == MORNING_SECONDS
            if changed or due or special:
                depth_second[shown] = k
                depth[shown] = row
                shown += 1
                last_shown = k
            if not special:
                order = _wish(book, state, value, day, min(schedule[k] - ids[3], spare))
            before = printed
            if order[2] > 0:
                printed = _take(book, ids, moment, order, prints, printed)
            hit = printed > before
        return shown, printed

    return simulate


_simulate = _build(KERNEL)


def _values(path: Int64s, volume: Int64s) -> tuple[Int64s, Int64s]:
    """Value and scheduled volume at each trading second from the minutes of a path."""
    at = np.array([0, 20, 40, 59], np.int64)
    within = np.arange(60, dtype=np.int64)
    piece = np.minimum(np.searchsorted(at, within, side="right") - 1, 2)
    passed, width = within - at[piece], np.diff(at)[piece]
    turns = np.array([corners(*minute) for minute in path.T.tolist()], np.int64)
    start, end = turns[:, piece], turns[:, piece + 1]
    values = start + ((end - start) * passed * 2 + width) // (2 * width)
    before = np.cumsum(volume) - volume
    schedule = before[:, None] + volume[:, None] * within // 60
    return values.ravel().astype(np.int64), schedule.ravel().astype(np.int64)


def run_session(seed: int, bar: DayBar, opens: Side) -> SessionRecord:
    """Simulate a session that meets ``bar`` and whose first taker is on side ``opens``; a pure
    function of the arguments."""
    whole = (bar.open_ticks, bar.high_ticks, bar.low_ticks, bar.close_ticks, bar.volume)
    path = minute_path(seed, whole, TRADING_MINUTES)
    prices = np.stack((path.open_ticks, path.high_ticks, path.low_ticks, path.close_ticks))
    values, schedule = _values(prices, path.volume)
    depth_second = np.empty(TRADING_SECONDS, np.int32)
    depth = np.empty((TRADING_SECONDS, 4 * LEVELS), np.int32)
    prints = np.empty((_MOST_PRINTS, 5), np.int32)
    book = Book()
    shown, printed = _simulate(
        book.state,
        new_state(seed ^ 0x5DEECE66D),
        values,
        schedule,
        np.array(whole, np.int64),
        np.array((*limits(bar.reference_ticks), opens), np.int64),
        depth_second,
        depth,
        prints,
    )
    return SessionRecord(
        depth_second[:shown].copy(),
        depth[:shown].copy(),
        prints[:printed].copy(),
        np.zeros(shown, np.int32),
    )
