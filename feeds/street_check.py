"""Whether rows of orders, cancels and trades follow from each other, a chunk at a time.

Some ten million rows a second in the memory of the orders that stand.  The slow twin in
tests/feeds/plain_street.py says the same with the book of the exchange.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from feeds.order_table import LEFT, PRICE, SIDE, Int64s, OrderTable, slot_of

NOBODY = -1  # no aggressor, no second order
ORDER, CANCEL = 0, 1  # StreetKind; 2 is a trade


class StreetFault(IntEnum):
    """Why a row does not follow from the rows before, in order of precedence."""

    DUPLICATE_ORDER = 1
    UNKNOWN_ORDER = 2
    MORE_THAN_RESTS = 3
    ANOTHER_PRICE = 4

    @property
    def word(self) -> str:
        return self.name.lower()


class StreetCheck:
    """Takes rows in their order; a row with a fault is left out and the walk goes on.

    A trade needs its passive order in the book, an auction's trade both.  A taker may be told only
    as what is left of it, and ``NOBODY`` is an order that nobody was ever told of: a hidden one.
    """

    def __init__(self) -> None:
        self._orders = OrderTable()

    def walk(self, street: Int64s) -> NDArray[np.int8]:
        """The ``StreetFault`` of each of the rows int64[8, n] (``feeds.order_tape.STREET``), 0 for
        a good one."""
        orders = self._orders
        orders.make_room(street.shape[1])
        faults: NDArray[np.int8] = np.zeros(street.shape[1], np.int8)
        orders.used += _walk(np.ascontiguousarray(street), orders.numbers, orders.facts, faults)
        return faults


@njit(cache=True)
def _walk(street: Any, numbers: Any, facts: Any, faults: Any) -> int:
    """Check and apply each row; how many numbers are new."""
    added = 0
    for row in range(street.shape[1]):
        kind, side, first = street[2, row], street[3, row], street[4, row]
        price, qty = street[6, row], street[7, row]
        if kind == ORDER:
            slot = slot_of(numbers, first)
            if first < 0 or numbers[slot] == first:
                faults[row] = 1
                continue
            numbers[slot] = first
            facts[SIDE, slot], facts[PRICE, slot], facts[LEFT, slot] = side, price, qty
            added += 1
        elif kind == CANCEL:
            faults[row] = _party_fault(numbers, facts, first, side, price, qty, 1)
            if faults[row] == 0:
                facts[LEFT, slot_of(numbers, first)] -= qty
        else:
            faults[row] = _trade(street, row, numbers, facts)
    return added


@njit(cache=True)
def _trade(street: Any, row: int, numbers: Any, facts: Any) -> int:
    taker, price, qty = street[3, row], street[6, row], street[7, row]
    for side in range(2):
        number = street[4 + side, row]
        if number == NOBODY:
            continue
        slot = slot_of(numbers, number)
        if side == taker and (numbers[slot] != number or facts[LEFT, slot] == 0):
            continue
        # An auction may trade at a better price than the limit, and so may a taker.
        exact = 1 if taker != NOBODY and side != taker else 0
        fault = _party_fault(numbers, facts, number, side, price, qty, exact)
        if fault:
            return int(fault)
    for side in range(2):
        number = street[4 + side, row]
        slot = slot_of(numbers, number) if number != NOBODY else 0
        if number != NOBODY and numbers[slot] == number and facts[LEFT, slot] > 0:
            facts[LEFT, slot] -= qty
    return 0


@njit(cache=True)
def _party_fault(
    numbers: Any, facts: Any, number: int, side: int, price: int, qty: int, exact: int
) -> int:
    """Why so much can't be taken from an order; ``exact`` 1: at its own price only, 0: at its price
    or a better one."""
    if number < 0:
        return 2
    slot = slot_of(numbers, number)
    if numbers[slot] != number or facts[LEFT, slot] == 0 or facts[SIDE, slot] != side:
        return 2
    if qty > facts[LEFT, slot]:
        return 3
    better = facts[PRICE, slot] - price if side == 0 else price - facts[PRICE, slot]
    return 4 if better < 0 or (better > 0 and exact == 1) else 0
