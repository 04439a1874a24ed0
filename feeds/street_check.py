"""Whether rows of orders, cancels and trades follow from each other, a chunk at a time.

The state is one entry for each order number that ever came, so a whole day is walked in little
memory, at some ten million rows a second.  The slow twin in tests/feeds/plain_street.py says the
same with the book of the exchange.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int64s = NDArray[np.int64]

NOBODY = -1  # no aggressor, no second order
ORDER, CANCEL = 0, 1  # StreetKind; 2 is a trade
_EMPTY = -1
_FILLED_AT_MOST = 0.6
_FIRST_ROOM = 1 << 12


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
        self._numbers = np.full(_FIRST_ROOM, _EMPTY, np.int64)
        self._facts = np.zeros((3, _FIRST_ROOM), np.int64)  # side, price in ticks, what is left
        self._used = 0

    def walk(self, street: Int64s) -> NDArray[np.int8]:
        """The ``StreetFault`` of each of the rows int64[8, n] (``feeds.order_tape.STREET``), 0 for
        a good one."""
        self._make_room(street.shape[1])
        faults: NDArray[np.int8] = np.zeros(street.shape[1], np.int8)
        self._used += _walk(np.ascontiguousarray(street), self._numbers, self._facts, faults)
        return faults

    def _make_room(self, more: int) -> None:
        size = len(self._numbers)
        while self._used + more > _FILLED_AT_MOST * size:
            size *= 2
        if size > len(self._numbers):
            numbers, facts = np.full(size, _EMPTY, np.int64), np.zeros((3, size), np.int64)
            _move(self._numbers, self._facts, numbers, facts)
            self._numbers, self._facts = numbers, facts


@njit(cache=True)
def _slot(numbers: Any, number: int) -> int:
    """Where a number is, or the free place where it belongs."""
    mask = len(numbers) - 1
    mixed = np.uint64(number) * np.uint64(0x9E3779B97F4A7C15)
    slot = np.int64((mixed >> np.uint64(20)) & np.uint64(mask))
    while numbers[slot] != number and numbers[slot] != _EMPTY:
        slot = (slot + 1) & mask
    return int(slot)


@njit(cache=True)
def _move(numbers: Any, facts: Any, new_numbers: Any, new_facts: Any) -> None:
    for old in range(len(numbers)):
        if numbers[old] != _EMPTY:
            slot = _slot(new_numbers, numbers[old])
            new_numbers[slot] = numbers[old]
            for k in range(3):
                new_facts[k, slot] = facts[k, old]


@njit(cache=True)
def _walk(street: Any, numbers: Any, facts: Any, faults: Any) -> int:
    """Check and apply each row; how many numbers are new."""
    added = 0
    for row in range(street.shape[1]):
        kind, side, first = street[2, row], street[3, row], street[4, row]
        price, qty = street[6, row], street[7, row]
        if kind == ORDER:
            slot = _slot(numbers, first)
            if first < 0 or numbers[slot] == first:
                faults[row] = 1
                continue
            numbers[slot] = first
            facts[0, slot], facts[1, slot], facts[2, slot] = side, price, qty
            added += 1
        elif kind == CANCEL:
            faults[row] = _party_fault(numbers, facts, first, side, price, qty, 1)
            if faults[row] == 0:
                facts[2, _slot(numbers, first)] -= qty
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
        slot = _slot(numbers, number)
        if side == taker and (numbers[slot] != number or facts[2, slot] == 0):
            continue
        # An auction may trade at a better price than the limit, and so may a taker.
        exact = 1 if taker != NOBODY and side != taker else 0
        fault = _party_fault(numbers, facts, number, side, price, qty, exact)
        if fault:
            return int(fault)
    for side in range(2):
        number = street[4 + side, row]
        slot = _slot(numbers, number) if number != NOBODY else 0
        if number != NOBODY and numbers[slot] == number and facts[2, slot] > 0:
            facts[2, slot] -= qty
    return 0


@njit(cache=True)
def _party_fault(
    numbers: Any, facts: Any, number: int, side: int, price: int, qty: int, exact: int
) -> int:
    """Why so much can't be taken from an order; ``exact`` 1: at its own price only, 0: at its price
    or a better one."""
    if number < 0:
        return 2
    slot = _slot(numbers, number)
    if numbers[slot] != number or facts[2, slot] == 0 or facts[0, slot] != side:
        return 2
    if qty > facts[2, slot]:
        return 3
    better = facts[1, slot] - price if side == 0 else price - facts[1, slot]
    return 4 if better < 0 or (better > 0 and exact == 1) else 0
