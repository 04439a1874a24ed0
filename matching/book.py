"""The order book of one instrument: packed messages in, fills out.

Order ids may be any integers in [0, 2^62): the kernel keeps them in a hash of its own (4 to 8
bytes an order), because ids are given by the application across all its instruments and are
neither dense nor small in any one book.  An id may be used again once its order is gone.
"""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Callable
from ctypes import pythonapi
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.kernel_bits import LEAST_WIDTH, WORDS_AT_FIRST
from matching.kernel_calls import OBJECTS, RANGES, builtins_of
from matching.kernel_layout import (
    CANCEL,
    FILL,
    FOK,
    HEAD,
    IOC,
    LEVEL,
    LIMIT,
    MARKET,
    MESSAGE,
    ORDER,
    OUTCOME,
    REDUCE,
    REPLACE,
    REST,
    RESTING,
    STAY,
    Outcome,
)
from matching.kernel_queues import MOST_BITS_AT_FIRST
from matching.kernel_run import KERNEL, entries
from matching.orders import TimeInForce

__all__ = [
    "CANCEL",
    "FILL",
    "FOK",
    "IOC",
    "KERNEL",
    "LIMIT",
    "MARKET",
    "MESSAGE",
    "OUTCOME",
    "REDUCE",
    "REMAINDER",
    "REPLACE",
    "REST",
    "RESTING",
    "STAY",
    "Book",
    "Fills",
    "Outcome",
]

# (maker's order id, price in ticks, quantity) of each fill in the order they happened.
Fills = tuple[tuple[int, int, int], ...]
Records = npt.NDArray[np.void]

# What the book does with a remainder; that a day order ends at the close is the venue's business.
REMAINDER = {
    TimeInForce.DAY: STAY,
    TimeInForce.GTC: STAY,
    TimeInForce.GTD: STAY,
    TimeInForce.AT_OPEN: STAY,
    TimeInForce.AT_CLOSE: STAY,
    TimeInForce.IOC: IOC,
    TimeInForce.FOK: FOK,
    TimeInForce.AT_OPEN: STAY,
    TimeInForce.AT_CLOSE: STAY,
}

_ORDERS_AT_FIRST, _LEVELS_AT_FIRST, _FILLS_AT_FIRST = 64, 64, 128
# Prototypes of our own: those set on ``pythonapi`` are shared with everybody in the process.
_zeroed = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t)(
    ("PyMem_RawCalloc", pythonapi)
)
_freed = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(("PyMem_RawFree", pythonapi))
# Slot 0 has the id of nobody, so looking an id up may look there as well.
_NO_ORDER = np.zeros(1, ORDER)
_NO_ORDER["order_id"] = -1
_TABLES = (
    "orders_at",
    "buckets_at",
    "levels_at",
    "directory_at",
    "blocks_at",
    "bits_at",
    "fills_at",
    "message_at",
)


class _Memory(np.ndarray[Any, Any]):
    """The array that holds a head; unlike a plain one it can be watched for its end."""


class Book:
    """Price-time priority over integer ticks and quantities.

    Arguments are integers and positional: ``side`` is a ``Side`` (0 buys, 1 sells), ``qty`` > 0 in
    base units below 2^50, ``price_ticks`` in [0, 2^31), ``owner`` >= 0 where 0 is nobody,
    ``time_in_force`` one of STAY, IOC, FOK (see ``REMAINDER``).  Anything else raises ValueError
    (TypeError when it is no integer), and so does an id that rests already; the book is unchanged
    then.  Two orders of one owner never trade: the newer one stops where it meets the older one and
    its remainder is cancelled.

    A book grows by itself and is used by one thread at a time.  ``state`` is the address other
    compiled functions drive it by; matching/kernel_run.py shows how.

    The methods are built-in functions of the instance, made by matching/kernel_calls.py.
    """

    limit: Callable[..., Fills | None]
    """limit(order_id, side, price_ticks, qty, owner=0, time_in_force=STAY): its fills, or None.

    Trades with the other side up to its price at the makers' prices; the remainder rests, or is
    cancelled (IOC).  FOK trades completely or not at all.
    """

    market: Callable[..., Fills | None]
    """market(order_id, side, qty, owner=0): its fills, or None.  A remainder is cancelled."""

    rest: Callable[..., None]
    """rest(order_id, side, price_ticks, qty, owner=0): joins its queue without trading."""

    replace: Callable[[int, int, int], Fills | None]
    """replace(order_id, price_ticks, qty): new limit and resting quantity; fills, or None.

    Keeps the place in the queue exactly when the price stays and the quantity does not grow;
    otherwise it leaves and comes in as a new limit order of its owner.  An unknown id does nothing
    (outcome UNKNOWN).
    """

    reduce: Callable[[int, int], int]
    """reduce(order_id, qty): takes ``qty`` off, keeping the place; what rests, -1 if unknown.

    0 when nothing is left and the order is gone.  ValueError for more than rests.
    """

    cancel: Callable[[int], int]
    """cancel(order_id): the quantity that rested, or -1 when no such order rests."""

    best: Callable[[int], int]
    """best(side): the best price in ticks, or -1 when the side is empty."""

    reached: Callable[[int, int], list[int]]
    """reached(side, price_ticks): ids of that side's orders priced at or better, best first.

    Better is higher for buys and lower for sells; costs nothing to speak of when there are none.
    """

    depth: Callable[[int, int], list[tuple[int, int, int]]]
    """depth(side, levels): (price_ticks, qty, orders) of at most so many levels, best first."""

    outcome: Callable[[], tuple[int, int]]
    """outcome(): what became of the last message: an ``Outcome`` as int and its quantity."""

    def __init__(self, orders: int = _ORDERS_AT_FIRST) -> None:
        """``orders``: how many are expected to rest; more only cost the time to make room.

        So do more than 2^18: a book that large begins with room for that many.
        """
        if orders <= 0:
            raise ValueError("a book must expect at least one order")
        order_bits = min((max(orders, _ORDERS_AT_FIRST) - 1).bit_length(), MOST_BITS_AT_FIRST)
        capacity = 1 << order_bits
        memory = np.zeros(1, HEAD)
        head = memory[0]
        head["best_buy"] = head["best_sell"] = -1
        head["order_bits"] = order_bits
        head["order_capacity"] = capacity
        head["level_capacity"] = _LEVELS_AT_FIRST
        head["fill_capacity"] = _FILLS_AT_FIRST
        head["width"] = LEAST_WIDTH
        head["span"] = LEAST_WIDTH * 64
        head["objects_at"] = OBJECTS.ctypes.data
        head["kernel_at"] = entries.kernel_at
        sizes = (
            (capacity + 1) * ORDER.itemsize,
            capacity * 4,
            (_LEVELS_AT_FIRST + 1) * LEVEL.itemsize,
            2 * LEAST_WIDTH * 4,
            (_LEVELS_AT_FIRST + 1) * 64 * 4,
            WORDS_AT_FIRST * 8,
            _FILLS_AT_FIRST * FILL.itemsize,
            MESSAGE.itemsize,
        )
        self._memory = memory.view(_Memory)
        self._head = memory
        # The finaliser watches the view and keeps the memory itself, which it still has to read.
        weakref.finalize(self._memory, _release, memory)
        for table, size in zip(_TABLES, sizes, strict=True):
            head[table] = _zeroed(size, 1) or 0
            if not head[table]:
                raise MemoryError("no memory for a book")
        ctypes.memmove(int(head["orders_at"]), _NO_ORDER.ctypes.data, ORDER.itemsize)
        self.state = int(memory.ctypes.data)
        for name, function in builtins_of(self._memory).items():
            setattr(self, name, function)

    def __len__(self) -> int:
        """How many orders rest."""
        return int(self._head["n_live"][0])

    @property
    def seq(self) -> int:
        """Sequence number of the last fill; 0 before the first."""
        return int(self._head["seq"][0])

    def apply_batch(self, messages: Records, outcomes: Records | None = None) -> Records:
        """Apply an array of MESSAGE rows; the fills as FILL rows, in order.

        ``outcomes``, if given, are as many OUTCOME rows to be written.  Unknown and duplicate ids
        are outcomes.  A malformed message raises ValueError (no memory: MemoryError) that names its
        index: the messages before it have been applied and their fills are those of ``fills()``.
        """
        _check(messages, MESSAGE)
        outcomes_at = 0
        if outcomes is not None:
            _check(outcomes, OUTCOME)
            if len(outcomes) != len(messages) or not outcomes.flags.writeable:
                raise ValueError("outcomes must be writeable and as many as the messages")
            outcomes_at = outcomes.ctypes.data
        done = entries.run(self.state, messages.ctypes.data, len(messages), outcomes_at)
        if done < len(messages):
            if self._head["outcome"][0] == Outcome.NO_MEMORY:
                raise MemoryError(f"message {done}: the book could not grow")
            raise ValueError(f"message {done} is malformed: {RANGES}")
        return self.fills()

    def fills(self) -> Records:
        """FILL rows not handed out yet: those of a compiled loop or of a failed batch."""
        count = int(self._head["n_fills"][0])
        rows = np.empty(count, FILL)
        ctypes.memmove(rows.ctypes.data, int(self._head["fills_at"][0]), count * FILL.itemsize)
        self._head["n_fills"] = 0
        return rows

    def orders(self) -> Records:
        """Everything that rests as RESTING rows: buys, sells, each by price and then time."""
        rows = np.empty(len(self), RESTING)
        entries.dump(self.state, rows.ctypes.data)
        return rows


def _check(rows: Records, dtype: np.dtype[np.void]) -> None:
    if rows.dtype != dtype or rows.ndim != 1 or not rows.flags.c_contiguous:
        raise ValueError(f"expected a contiguous one-dimensional array of {dtype.names}")


def _release(memory: Records) -> None:
    for table in _TABLES:
        _freed(int(memory[table][0]))
