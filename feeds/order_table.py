"""Orders of a street by their number: side, price and what is left, for compiled walks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int64s = NDArray[np.int64]

EMPTY = -1  # no number
SIDE, PRICE, LEFT = 0, 1, 2  # rows of ``facts``
_FILLED_AT_MOST = 0.6
_FIRST_ROOM = 1 << 12
# 8 MiB: beyond that orders of which nothing is left are forgotten before the table grows.
_MOST_MEMORIES = 1 << 18


class OrderTable:
    """``numbers`` int64[size] and ``facts`` int64[3, size]; ``slot`` finds a number's place.

    Numbers of orders that have left stay known, so that none comes twice, while there are fewer
    than some 150,000; beyond that the memory of a day is that of what stands.
    """

    def __init__(self) -> None:
        self.numbers: Int64s = np.full(_FIRST_ROOM, EMPTY, np.int64)
        self.facts: Int64s = np.zeros((3, _FIRST_ROOM), np.int64)
        self.used = 0

    def make_room(self, more: int) -> None:
        """Let ``more`` new numbers find a place.  Whoever adds them counts them in ``used``."""
        size = len(self.numbers)
        if self.used + more <= _FILLED_AT_MOST * size:
            return
        everything = int(size < _MOST_MEMORIES)
        kept = self.used if everything else int((self.facts[LEFT] > 0).sum())
        while kept + more > _FILLED_AT_MOST * size:
            size *= 2
        numbers, facts = np.full(size, EMPTY, np.int64), np.zeros((3, size), np.int64)
        self.used = _move(self.numbers, self.facts, numbers, facts, everything)
        self.numbers, self.facts = numbers, facts


@njit(cache=True)
def slot_of(numbers: Any, number: int) -> int:
    """Where a number is, or the free place where it belongs."""
    mask = len(numbers) - 1
    mixed = np.uint64(number) * np.uint64(0x9E3779B97F4A7C15)
    slot = np.int64((mixed >> np.uint64(20)) & np.uint64(mask))
    while numbers[slot] != number and numbers[slot] != EMPTY:
        slot = (slot + 1) & mask
    return int(slot)


@njit(cache=True)
def _move(numbers: Any, facts: Any, new_numbers: Any, new_facts: Any, everything: int) -> int:
    """Bring what stands, or everything, into an empty table; how many orders it was."""
    moved = 0
    for old in range(len(numbers)):
        if numbers[old] != EMPTY and (everything or facts[LEFT, old] > 0):
            slot = slot_of(new_numbers, numbers[old])
            new_numbers[slot] = numbers[old]
            for k in range(3):
                new_facts[k, slot] = facts[k, old]
            moved += 1
    return moved
