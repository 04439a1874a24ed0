"""Nasdaq TotalView-ITCH 5.0: messages of all shares in, rows of the chosen ones out.

A file is messages one after the other, each behind its length (two bytes).  Numbers are big-endian,
prices USD x 10,000, times nanoseconds since midnight in New York.  Source: Nasdaq, "TotalView-ITCH
5.0" interface specification.

An execution takes from the order it names.  One that is not printed is part of a cross, which is
told as a whole: then the order only leaves.  An execution at another price than the order's is the
order leaving and a print of its own.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from feeds.calendar import Int64s
from feeds.order_table import LEFT, PRICE, SIDE, OrderTable, slot_of
from feeds.street_check import NOBODY

Bytes = NDArray[np.uint8]

# Length of each message by its type.
LENGTHS = {
    "S": 12, "R": 39, "H": 25, "Y": 20, "L": 26, "V": 35, "W": 12, "K": 28, "J": 35, "h": 21,
    "A": 36, "F": 40, "E": 31, "C": 36, "X": 23, "D": 19, "U": 35, "P": 44, "Q": 40, "B": 19,
    "I": 50, "N": 20, "O": 48,
}  # fmt: skip
_LENGTHS = np.zeros(256, np.int64)
for _type, _length in LENGTHS.items():
    _LENGTHS[ord(_type)] = _length

MOST_SYMBOLS = 8
_ROW = 8  # columns of a row: those of STREET after the place, and the index of the share
_MOST_ROWS_OF_A_MESSAGE = 2
_DAY_NS = 86_400_000_000_000
_MOST_PRICE = (1 << 31) - 1
_ORDER, _CANCEL, _TRADE = 0, 1, 2
# What the state of a walk counts.
_MESSAGES, _HALTS, _BROKEN, _ENDED, _NEWEST_NS = range(5)


class ItchFault(IntEnum):
    """Why a message can't be used, in order of precedence."""

    UNKNOWN_TYPE = 1
    WRONG_LENGTH = 2
    NOT_A_TIME = 3
    TIME_RUNS_BACK = 4
    UNKNOWN_SIDE = 5
    NOT_POSITIVE = 6
    TOO_LARGE = 7
    DUPLICATE_ORDER = 8
    UNKNOWN_ORDER = 9
    MORE_THAN_RESTS = 10


class ItchRows(NamedTuple):
    """``rows`` int64[8, n]: STREET without the place (times since midnight), then the index of the
    share.  ``used`` bytes were read; ``fault`` is the one of the message there, or None."""

    rows: Int64s
    used: int
    fault: ItchFault | None


class ItchReader:
    """Reads one day; ``symbols`` are the shares that are wanted, 1 to 8."""

    def __init__(self, symbols: tuple[str, ...]) -> None:
        assert 0 < len(symbols) <= MOST_SYMBOLS
        padded = "".join(one.ljust(8) for one in symbols).encode("ascii")
        self._wanted: Bytes = np.frombuffer(padded, np.uint8).reshape(-1, 8)
        # The share of each locate code: its index, -1 another one, -2 not known yet.
        self._located: NDArray[np.int64] = np.full(1 << 16, -2, np.int64)
        self._orders = OrderTable()
        self._state: Int64s = np.zeros(5, np.int64)

    @property
    def messages(self) -> int:
        """How many messages were read."""
        return int(self._state[_MESSAGES])

    @property
    def halts(self) -> int:
        """How often trading in a wanted share was halted."""
        return int(self._state[_HALTS])

    @property
    def broken(self) -> int:
        """How many trades of wanted shares were called off afterwards."""
        return int(self._state[_BROKEN])

    @property
    def ended(self) -> bool:
        """Whether the day said that it was over."""
        return bool(self._state[_ENDED])

    def known(self, index: int) -> bool:
        """Whether anything was told of the wanted share with this index."""
        return bool((self._located == index).any())

    def read(self, data: bytes | bytearray | memoryview, most_rows: int = 1 << 15) -> ItchRows:
        """Whole messages from the beginning of ``data``; what is left begins with the next one."""
        buffer = np.frombuffer(data, np.uint8)
        out = np.empty((_ROW, most_rows), np.int64)
        self._orders.make_room(most_rows)
        orders = self._orders
        used, rows, added, fault = _read(
            buffer, _LENGTHS, self._wanted, self._located,
            orders.numbers, orders.facts, self._state, out,
        )  # fmt: skip
        orders.used += added
        return ItchRows(out[:, :rows], used, ItchFault(fault) if fault else None)


@njit(cache=True)
def _number(buffer: Any, at: int, size: int) -> int:
    value = 0
    for k in range(size):
        value = value * 256 + int(buffer[at + k])
    return value


@njit(cache=True)
def _read(
    buffer: Any, lengths: Any, wanted: Any, located: Any, numbers: Any, facts: Any, state: Any,
    out: Any,
) -> tuple[int, int, int, int]:  # fmt: skip
    at, rows, added = 0, 0, 0
    while at + 2 <= len(buffer) and rows + _MOST_ROWS_OF_A_MESSAGE <= out.shape[1]:
        size = _number(buffer, at, 2)
        if size == 0 or (at + 2 < len(buffer) and lengths[buffer[at + 2]] == 0):
            return at, rows, added, 1
        if at + 2 + size > len(buffer):
            if at + 2 < len(buffer) and lengths[buffer[at + 2]] != size:
                return at, rows, added, 2
            break
        body = at + 2
        if lengths[buffer[body]] != size:
            return at, rows, added, 2
        at_ns = _number(buffer, body + 5, 6)
        if at_ns >= _DAY_NS:
            return at, rows, added, 3
        share = _share(buffer, body, wanted, located)
        if share >= 0:
            if at_ns < state[_NEWEST_NS]:
                return at, rows, added, 4
            state[_NEWEST_NS] = at_ns
            made, new, fault = _message(buffer, body, numbers, facts, state, out, rows)
            if fault:
                return at, rows, added, fault
            for k in range(rows, rows + made):
                out[0, k] = at_ns
                out[7, k] = share
            rows += made
            added += new
        elif buffer[body] == ord("S") and buffer[body + 11] == ord("C"):
            state[_ENDED] = 1
        state[_MESSAGES] += 1
        at = body + size
    return at, rows, added, 0


@njit(cache=True)
def _share(buffer: Any, body: int, wanted: Any, located: Any) -> int:
    """The index of the wanted share that a message is about, -1 for none."""
    locate = _number(buffer, body + 1, 2)
    found = located[locate]
    if found != -2:
        return int(found)
    kind = buffer[body]
    if kind == ord("R") or kind == ord("H"):
        name = body + 11
    elif kind == ord("A") or kind == ord("F") or kind == ord("P"):
        name = body + 24
    else:
        return -1
    found = -1
    for k in range(len(wanted)):
        same = True
        for j in range(8):
            same = same and buffer[name + j] == wanted[k, j]
        if same:
            found = k
    located[locate] = found
    return int(found)


@njit(cache=True)
def _put(
    out: Any, row: int, kind: int, side: int, first: int, other: int, price: int, qty: int
) -> None:
    out[1, row], out[2, row] = kind, side
    out[3, row], out[4, row] = first, other
    out[5, row], out[6, row] = price, qty


@njit(cache=True)
def _message(
    buffer: Any, body: int, numbers: Any, facts: Any, state: Any, out: Any, row: int
) -> tuple[int, int, int]:
    """Rows of one message: how many, how many orders are new, and what is wrong."""
    kind = buffer[body]
    if kind == ord("A") or kind == ord("F"):
        letter = buffer[body + 19]
        side = 0 if letter == ord("B") else 1 if letter == ord("S") else -1
        if side < 0:
            return 0, 0, 5
        number, qty = _number(buffer, body + 11, 8), _number(buffer, body + 20, 4)
        price = _number(buffer, body + 32, 4)
        new, fault = _join(numbers, facts, number, side, price, qty)
        _put(out, row, _ORDER, side, number, NOBODY, price, qty)
        return 1, new, fault
    if kind == ord("P") or kind == ord("Q"):
        start = 20 if kind == ord("P") else 11
        qty = _number(buffer, body + start, 4 if kind == ord("P") else 8)
        price = _number(buffer, body + (32 if kind == ord("P") else 27), 4)
        if qty == 0 and kind == ord("Q"):
            return 0, 0, 0  # a cross in which nothing trades
        fault = _amount_fault(price, qty)
        _put(out, row, _TRADE, NOBODY, NOBODY, NOBODY, price, qty)
        return 1, 0, fault
    if kind == ord("H"):
        state[_HALTS] += buffer[body + 19] == ord("H") or buffer[body + 19] == ord("P")
        return 0, 0, 0
    if kind == ord("B"):
        state[_BROKEN] += 1
        return 0, 0, 0
    if not (kind == ord("E") or kind == ord("C") or kind == ord("X") or kind == ord("D")
            or kind == ord("U")):  # fmt: skip
        return 0, 0, 0
    return _leave(buffer, body, numbers, facts, out, row)


@njit(cache=True)
def _amount_fault(price: int, qty: int) -> int:
    if price <= 0 or qty <= 0:
        return 6
    return 7 if price > _MOST_PRICE or qty > 1 << 50 else 0


@njit(cache=True)
def _join(
    numbers: Any, facts: Any, number: int, side: int, price: int, qty: int
) -> tuple[int, int]:
    fault = _amount_fault(price, qty)
    if number < 0:
        fault = 7
    if fault:
        return 0, fault
    slot = slot_of(numbers, number)
    if numbers[slot] == number:
        return 0, 8
    numbers[slot] = number
    facts[SIDE, slot], facts[PRICE, slot], facts[LEFT, slot] = side, price, qty
    return 1, 0


@njit(cache=True)
def _leave(
    buffer: Any, body: int, numbers: Any, facts: Any, out: Any, row: int
) -> tuple[int, int, int]:
    """An execution, a cancel, a deletion or a replacement."""
    kind, number = buffer[body], _number(buffer, body + 11, 8)
    slot = slot_of(numbers, number) if number >= 0 else 0
    if number < 0 or numbers[slot] != number or facts[LEFT, slot] == 0:
        return 0, 0, 9
    side, price, left = facts[SIDE, slot], facts[PRICE, slot], facts[LEFT, slot]
    whole = kind == ord("D") or kind == ord("U")
    qty = left if whole else _number(buffer, body + 19, 4)
    if qty == 0:
        return 0, 0, 6
    if qty > left:
        return 0, 0, 10
    facts[LEFT, slot] = left - qty
    buyer, seller = (number, NOBODY) if side == 0 else (NOBODY, number)
    if kind == ord("E"):
        _put(out, row, _TRADE, 1 - side, buyer, seller, price, qty)
        return 1, 0, 0
    if kind == ord("C") and buffer[body + 31] == ord("Y"):
        paid = _number(buffer, body + 32, 4)
        if paid == price:
            _put(out, row, _TRADE, 1 - side, buyer, seller, price, qty)
            return 1, 0, 0
        _put(out, row, _CANCEL, side, number, NOBODY, price, qty)
        _put(out, row + 1, _TRADE, 1 - side, NOBODY, NOBODY, paid, qty)
        return 2, 0, _amount_fault(paid, qty)
    _put(out, row, _CANCEL, side, number, NOBODY, price, qty)
    if kind != ord("U"):
        return 1, 0, 0
    number, qty = _number(buffer, body + 19, 8), _number(buffer, body + 27, 4)
    price = _number(buffer, body + 31, 4)
    new, fault = _join(numbers, facts, number, side, price, qty)
    _put(out, row + 1, _ORDER, side, number, NOBODY, price, qty)
    return 2, new, fault
