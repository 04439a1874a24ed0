"""What an agent of market 2 does when his turn comes: join the book, leave it, or take from it.

Compiled into the kernel of order_flow.py.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from feeds.calendar import Int64s
from feeds.generator.market import LOT
from feeds.prng import below
from matching.kernel_bits import level_index, next_key, price_of
from matching.kernel_layout import (
    CANCEL,
    IOC,
    LIMIT,
    STAY,
    fill_at,
    head_of,
    i64,
    level_at,
    order_at,
)
from matching.kernel_layout import helper as _helper
from matching.kernel_queues import best, find
from matching.kernel_run import execute

LEVELS = 5
ORDER, GONE, TRADE = range(3)  # feeds.order_tape.StreetKind
NOBODY = -1
_MILLION = 1_000_000
_TRIES = 4
_MOST_LOTS = 1 << 30

# Compiled functions have no types that a checker could follow.
helper: Any = _helper

# Places of ``Desk.numbers``.
NUMBERS = (
    LAST,  # the last order id
    LOWEST,  # the allowed prices
    HIGHEST,
    LEAST,  # the prices of the day's bar
    MOST,
    DONE,  # what has traded
    VALUE,  # of this second
    SEEN,  # the value that the informed see
    SLOW,  # twice the middle as it slowly follows, in 512ths
    SCALE,  # of sizes, in 1,024ths
    NOW,  # milliseconds of trading time
    TAKER,  # the side of the last one
    EXCITED,  # how much more happens, in 65,536ths
    SHOWN,  # displays recorded, when the last of them was, and whether there is news since
    SHOWN_AT,
    DIRTY,
    PRINTED,  # prints recorded
    TOLD,  # rows recorded
) = tuple(range(18))


class Desk(NamedTuple):
    """What a running session works on.  ``row`` is the display as it is, ``parents`` the large
    orders that are being worked on (side, parts left); the others are what is recorded, see
    ``run_flow``."""

    numbers: Int64s
    row: Int64s
    parents: Int64s
    depth_at: Int64s
    depth: np.ndarray[Any, np.dtype[np.int32]]
    prints: np.ndarray[Any, np.dtype[np.int32]]
    told: Int64s


@helper
def drawn(state, knots):  # type: ignore[no-untyped-def]
    """A value of a distribution given by knots."""
    chance = np.int64(below(state, 1_000_000))
    row = 1
    while knots[row, 0] * 1000 <= chance and row < len(knots) - 1:
        row += 1
    low, high = knots[row - 1, 0] * 1000, knots[row, 0] * 1000
    start, end = knots[row - 1, 1], knots[row, 1]
    return start + (end - start) * (chance - low) // max(1, high - low)


@helper
def _tell(desk, row):  # type: ignore[no-untyped-def]
    """One row of kind, side, order, other order, price, quantity."""
    at, told = desk.numbers[TOLD], desk.told
    if at < len(told):
        told[at, 0], told[at, 1], told[at, 2] = desk.numbers[NOW], row[0], row[1]
        told[at, 3], told[at, 4] = row[2], row[3]
        told[at, 5], told[at, 6] = row[4], row[5]
        desk.numbers[TOLD] = at + 1


@helper
def lots_of(state, knots, scale):  # type: ignore[no-untyped-def]
    """A quantity in whole lots, at least one: a drawn size times the scale."""
    size = drawn(state, knots) * scale // 1024
    whole, rest = size // LOT, size % LOT
    whole += below(state, LOT) < rest
    return LOT * min(max(1, whole), _MOST_LOTS)


@helper
def withdraw(book, desk, slot):  # type: ignore[no-untyped-def]
    """Cancel the order in a slot."""
    head = head_of(book)
    order = order_at(head, slot)
    spot = level_at(head, i64(order.level)).spot
    order_id, qty, side = order.order_id, order.qty, spot & 1
    execute(book, CANCEL, side, order_id, 0, 0, 0, STAY)
    _tell(desk, (GONE, side, order_id, NOBODY, spot >> 1, qty))


@helper
def clear_beyond(book, desk, side, price):  # type: ignore[no-untyped-def]
    """Cancel every order of a side that is priced better than ``price``."""
    head = head_of(book)
    while True:
        top = best(head, side)
        if top < 0 or (top <= price if side == 0 else top >= price):
            return
        key = next_key(head, side, -1)
        withdraw(book, desk, level_at(head, level_index(head, key)).head)


@helper
def post(book, desk, agents, order):  # type: ignore[no-untyped-def]
    """A new order (side, price, quantity) that rests and never takes; the oldest leaves."""
    head = head_of(book)
    side, price, qty = order
    other = best(head, 1 - side)
    if other >= 0:
        price = min(price, other - 1) if side == 0 else max(price, other + 1)
    if price < desk.numbers[LOWEST] or price > desk.numbers[HIGHEST]:
        return
    desk.numbers[LAST] += 1
    execute(book, LIMIT, side, desk.numbers[LAST], price, qty, 0, STAY)
    _tell(desk, (ORDER, side, desk.numbers[LAST], NOBODY, price, qty))
    slot = (
        find(head, desk.numbers[LAST] - agents.oldest) if desk.numbers[LAST] > agents.oldest else 0
    )
    if slot != 0:
        withdraw(book, desk, slot)


@helper
def join(book, state, desk, agents):  # type: ignore[no-untyped-def]
    """Somebody joins: inside the spread, at the best price or behind it."""
    head = head_of(book)
    where = below(state, 1000)
    side = below(state, 2)
    # Whoever improves the price follows the last taker more often than not.
    if where < agents.improves:
        side = (
            desk.numbers[TAKER] if below(state, 1000) < agents.follows else 1 - desk.numbers[TAKER]
        )
    sign = 1 - 2 * side
    own, other = best(head, side), best(head, 1 - side)
    if own < 0:
        own = desk.numbers[VALUE] - sign
        if other >= 0:
            own = min(own, other - 1) if side == 0 else max(own, other + 1)
    price = own
    if where < agents.improves:
        spread = sign * (other - own)
        if other >= 0 and spread > 1:
            price += sign * min(spread - 1, 1 + spread * drawn(state, agents.improvement) // 1000)
            # Nobody bids much more than the value.
            if (
                sign * (price - desk.numbers[VALUE])
                > desk.numbers[VALUE] * agents.quotes_ppm // _MILLION
            ):
                price = own
    elif where >= agents.improves + agents.at_best:
        away = own * drawn(state, agents.behind_ppm)
        ticks = away // _MILLION + (below(state, _MILLION) < away % _MILLION)
        ticks += min(below(state, agents.behind_ticks), below(state, agents.behind_ticks))
        price -= sign * ticks
    post(book, desk, agents, (side, price, lots_of(state, agents.join_shares, desk.numbers[SCALE])))


@helper
def leave(book, state, desk, agents):  # type: ignore[no-untyped-def]
    """Somebody cancels; mostly one of the newest orders."""
    head = head_of(book)
    for _ in range(_TRIES):
        slot = find(head, max(1, desk.numbers[LAST] - drawn(state, agents.cancel_rank)))
        if slot != 0:
            withdraw(book, desk, slot)
            return


@helper
def look(book, desk):  # type: ignore[no-untyped-def]
    """Bring ``row`` up to date: five levels a side."""
    head, row = head_of(book), desk.row
    for side in range(2):
        key = next_key(head, side, -1)
        for k in range(LEVELS):
            price = qty = i64(0)
            if key >= 0:
                price = price_of(head, side, key)
                qty = level_at(head, level_index(head, key)).qty
                key = next_key(head, side, key)
            at = 2 * (LEVELS * side + k)
            if row[at] != price or row[at + 1] != qty:
                desk.numbers[DIRTY] = 1
                row[at], row[at + 1] = price, qty


@helper
def record(desk):  # type: ignore[no-untyped-def]
    """Record the display."""
    numbers = desk.numbers
    at = numbers[SHOWN]
    desk.depth_at[at] = numbers[NOW]
    for k in range(4 * LEVELS):
        desk.depth[at, k] = desk.row[k]
    numbers[SHOWN], numbers[SHOWN_AT], numbers[DIRTY] = at + 1, numbers[NOW], 0


@helper
def take(book, desk, order):  # type: ignore[no-untyped-def]
    """A taker's order (side, limit, quantity); records its prints, one for each price."""
    head, numbers, prints = head_of(book), desk.numbers, desk.prints
    side, price, qty = order
    numbers[LAST] += 1
    # What was taken from and filled up again looks the same and is not.
    numbers[TAKER], numbers[DIRTY] = side, 1
    taker = numbers[LAST]
    execute(book, LIMIT, side, taker, price, qty, 0, IOC)
    last = np.int64(-1)
    for k in range(head.n_fills):
        fill = fill_at(head, k)
        buyer, seller = (taker, fill.maker_id) if side == 0 else (fill.maker_id, taker)
        _tell(desk, (TRADE, side, buyer, seller, fill.price_ticks, fill.qty))
        numbers[DONE] += fill.qty
        if fill.price_ticks != last:
            last = fill.price_ticks
            row = prints[numbers[PRINTED]]
            row[0], row[1], row[2] = numbers[NOW] // 1000, numbers[NOW] % 1000, last
            row[3], row[4] = 0, side
            numbers[PRINTED] += 1
        prints[numbers[PRINTED] - 1, 3] += fill.qty
    head.n_fills = 0


@helper
def wish(book, state, desk, agents, scale, budget):  # type: ignore[no-untyped-def]
    """A taker's side, limit and quantity; quantity 0 when nobody comes.  ``scale`` is that of his
    size, ``budget`` what may trade."""
    head, numbers = head_of(book), desk.numbers
    side = _side(state, desk, agents, best(head, 0), best(head, 1))
    price = best(head, 1 - side)
    if budget < LOT or price < numbers[LEAST] or price > numbers[MOST]:
        return side, price, np.int64(0)
    standing = level_at(head, level_index(head, next_key(head, 1 - side, -1))).qty
    wanted = lots_of(state, agents.take_shares, scale)
    # A queue that is many times as long is nothing to take whole, or to sweep.
    how = below(state, 1000) if standing <= 4 * wanted else 1000
    if how < agents.sweeps + agents.whole:
        wanted = max(wanted, standing)
    if how >= agents.sweeps:
        return side, price, min(wanted, standing, budget // LOT * LOT)
    # No further than what is displayed.
    for k in range(LEVELS):
        shown = desk.row[2 * (LEVELS * (1 - side) + k)]
        if shown > 0:
            price = shown
    price = min(price, numbers[MOST]) if side == 0 else max(price, numbers[LEAST])
    return side, price, min(wanted + LOT, budget // LOT * LOT)


@helper
def _side(state, desk, agents, bid, ask):  # type: ignore[no-untyped-def]
    """Which side a taker is on, by what kind of trader he is."""
    numbers, parents = desk.numbers, desk.parents
    who = below(state, 1000)
    twice = bid + ask if bid >= 0 and ask >= 0 else 2 * numbers[VALUE]
    edge = np.int64(0)
    if who < agents.informed:
        edge = 2 * numbers[SEEN] - twice
    elif who < agents.informed + agents.value:
        edge = 2 * numbers[VALUE] - twice
    elif who < agents.informed + agents.value + agents.momentum:
        edge = twice - numbers[SLOW] // 512
    if edge != 0:
        return np.int64(0) if edge > 0 else np.int64(1)
    one = below(state, agents.parents)
    if parents[one, 1] <= 0:
        parents[one, 0], parents[one, 1] = below(state, 2), drawn(state, agents.parts)
    parents[one, 1] -= 1
    return parents[one, 0]
