"""The memory of a book, and the words the compiled kernel is written in.

One book is one ``Head`` record of scalars and addresses.  Everything else lies on the raw heap
and is reached through the head, so a compiled function takes a single pointer, growth needs neither
Python nor the interpreter lock, and no view can be left behind by a reallocation.

=========== ======== ====================================================================
table       bytes    indexed by
=========== ======== ====================================================================
orders      40       slot 1..n_slots; slot 0 means "none" in every link
buckets     4        hash of the order id; head of a chain through ``Order.chain``
levels      24       1..n_levels, one for each occupied price; 0 means "none"
directory   4        key // 64: the block of these 64 prices, or 0
blocks      4 * 64   block * 64 + key % 64: the level of the price, or 0
bits        8        occupied keys, then words with an occupied word, and so on
fills       64       0..n_fills-1, emptied by whoever reads them
=========== ======== ====================================================================

A *key* is a price of one side.  Those of buys are the distance from the top of the window, those of
sells the distance from its bottom plus the prices in the window (``span``): the best price of
either side is its lowest key, so each rule is written once for both sides.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import IntEnum
from mmap import PAGESIZE
from types import FunctionType
from typing import Any, TypeVar, cast
from zlib import crc32

import numpy as np
from numba import carray as _carray  # type: ignore[attr-defined]
from numba import njit, types
from numba.core import cgutils
from numba.core.cgutils import ir as ir  # type: ignore[attr-defined]
from numba.extending import intrinsic

# Limits of a message; outside them it is refused as malformed.
ID_BITS = 62
PRICE_BITS = 31
QTY_BITS = 50  # 8,191 orders of the largest size fit the total of one level
PRICE_END = 1 << PRICE_BITS

# Kinds of message: those that bring a new order, then those that name one that rests.
LIMIT, MARKET, REST, CANCEL, REPLACE, REDUCE = range(6)
STAY, IOC, FOK = range(3)  # what becomes of a remainder: rests, is cancelled, forbids the trade


class Outcome(IntEnum):
    """What became of the last message; ``left`` is the quantity in brackets."""

    FILLED = 0  # traded completely (0)
    RESTED = 1  # rests now, after trading or not (what rests)
    CANCELLED = 2  # the remainder of a market or IOC order is cancelled (the remainder)
    SELF_TRADE = 3  # met an order of its owner; nothing more trades (cancelled remainder)
    KILLED = 4  # fill-or-kill that could not fill; nothing traded (its quantity)
    REMOVED = 5  # cancelled, or reduced to nothing (the quantity taken off the book)
    UNKNOWN = 6  # no such order rests (0)
    DUPLICATE = 7  # an order with this id rests already; nothing was done (0)
    REFUSED = 8  # malformed, or reduced by more than rests; nothing was done (0)
    NO_MEMORY = 9  # could not grow; nothing was done (0)


class Head:
    """Scalars of a book, each a signed 64-bit integer.  Addresses are named ``*_at``."""

    best_buy: int  # ticks, -1 when the side is empty
    best_sell: int
    n_live: int  # resting orders
    n_fills: int  # fills waiting to be read
    spare: int  # new orders there is room for, at least, whatever they do
    outcome: int
    left: int
    seq: int  # sequence number of the last fill
    free_slot: int  # chain of free order slots through Order.next
    n_slots: int  # slots ever used
    order_bits: int
    order_capacity: int  # 2 ** order_bits slots, and as many buckets
    fill_capacity: int
    base: int  # lowest price of the window, a multiple of 64
    span: int  # prices in the window
    width: int  # words of 64 prices in the window, a power of two
    level_capacity: int  # levels, and as many blocks
    free_level: int  # chain of free levels through Level.head
    n_levels: int  # levels ever used
    live_levels: int  # levels in use
    free_block: int  # chain of free blocks through their first entry
    n_blocks: int  # blocks ever used
    orders_at: int
    buckets_at: int
    levels_at: int
    directory_at: int
    blocks_at: int
    bits_at: int
    fills_at: int
    objects_at: int  # Python objects handed out by matching/kernel_calls.py
    kernel_at: int  # the compiled rules, matching/kernel_run.py
    message_at: int  # one MESSAGE for a single call


class Order:
    """A resting order.  Links are slots."""

    next: int  # behind it in the queue of its level, or next free slot
    prev: int
    chain: int  # next order of the same bucket
    level: int
    qty: int
    order_id: int
    owner: int


class Level:
    """The queue at one price of one side."""

    head: int
    tail: int
    orders: int
    spot: int  # price * 2 + side
    qty: int


class Fill:
    """One trade.  ``side`` is the taker's; ``seq`` counts the book's fills from 1."""

    seq: int
    taker_id: int
    maker_id: int
    price_ticks: int
    qty: int
    taker_owner: int
    maker_owner: int
    side: int


# numba's integer types as conversions that type checkers know.
i64 = cast("Callable[[Any], int]", np.int64)
u64 = cast("Callable[[Any], Any]", np.uint64)
view = cast("Callable[..., Any]", _carray)  # view(pointer, length, dtype)


def _record(layout: type, narrow: int = 0) -> np.dtype[np.void]:
    """Fields of a class in order: the first ``narrow`` unsigned 32 bits, the others int64."""
    names = list(layout.__annotations__)
    return np.dtype(
        [(name, "u4" if i < narrow else "i8") for i, name in enumerate(names)], align=True
    )


HEAD, ORDER, LEVEL, FILL = _record(Head), _record(Order, 4), _record(Level, 4), _record(Fill)

# One message of a batch.  Unused fields are ignored: a cancel reads kind and order_id only.
MESSAGE = np.dtype(
    [
        ("kind", "u1"),
        ("side", "u1"),
        ("time_in_force", "u1"),
        ("_", "u1"),
        ("price_ticks", "u4"),
        ("order_id", "i8"),
        ("qty", "i8"),
        ("owner", "i8"),
    ],
    align=True,
)
OUTCOME = np.dtype([("outcome", "i8"), ("left", "i8")], align=True)
RESTING = np.dtype(
    [("side", "i8"), ("price_ticks", "i8"), ("order_id", "i8"), ("qty", "i8"), ("owner", "i8")]
)

# Not cached on their own: a stale helper would be linked into a fresh entry point.
_HELPER: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "boundscheck": False,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}

Function = TypeVar("Function", bound=Callable[..., Any])
_helpers: list[FunctionType] = []


def inlined(function: Function) -> Function:
    """Compiled into each caller; never called from Python."""
    _helpers.append(cast("FunctionType", function))
    return cast("Function", njit(**_HELPER, forceinline=True)(function))


def helper(function: Function) -> Function:
    """Compiled as a function of its own: rare work that must not bloat its callers."""
    _helpers.append(cast("FunctionType", function))
    return cast("Function", njit(**_HELPER)(function))


def fingerprint() -> int:
    """Checksum of every helper so far, of the plain constants they name, and of the layout.

    Numba's cache notices a change of the file of the function it compiles, not of the files of
    the functions inlined into it.  An entry point that mentions this number through its closure
    gets another cache entry whenever anything below it changes.
    """
    words = [str((HEAD, ORDER, LEVEL, FILL, MESSAGE, OUTCOME, RESTING))]
    for function in _helpers:
        code, known = function.__code__, function.__globals__
        named = [known.get(name) for name in code.co_names]
        plain = [value for value in named if isinstance(value, int | np.integer | tuple)]
        words += [code.co_code.hex(), repr(code.co_names), repr(code.co_consts), repr(plain)]
    return crc32("".join(words).encode())


def external(name: str, result: Any, arguments: int) -> Callable[..., int]:
    """A function of the C interface of Python; every argument is an int64 or an address."""
    signature = result(*[types.int64] * arguments)
    return cast("Callable[..., int]", types.ExternalFunction(name, signature))


@intrinsic
def _trailing_zeros(_context: Any, _word: Any) -> Any:
    """Index of the lowest bit that is set; the word must not be 0."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, 1))

    return types.int64(types.uint64), generate


@intrinsic
def _as_pointer(_context: Any, _address: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))

    return types.voidptr(types.int64), generate


@intrinsic
def _prefetch(_context: Any, _address: Any) -> Any:
    """Ask for a cache line that will be needed soon."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))
        word = context.get_value_type(types.int32)
        kind = ir.FunctionType(ir.VoidType(), [pointer.type, word, word, word])
        module = builder.module
        function = cgutils.get_or_insert_function(module, kind, "llvm.prefetch.p0")  # type: ignore[no-untyped-call]
        builder.call(function, [pointer, word(0), word(3), word(1)])
        return context.get_dummy_value()

    return types.void(types.int64), generate


prefetch = cast("Callable[[int], None]", _prefetch)
trailing_zeros = cast("Callable[[Any], int]", _trailing_zeros)
as_pointer = cast("Callable[[int], Any]", _as_pointer)


# Python's raw allocator needs no interpreter lock; 0 means that there is no memory.  Large zeroed
# tables are virtual: only pages that are written to cost anything.
zeroed = external("PyMem_RawCalloc", types.int64, 2)
resized = external("PyMem_RawRealloc", types.int64, 2)
freed = external("PyMem_RawFree", types.void, 1)

if sys.platform == "linux":
    _advised = external("madvise", types.int32, 3)
    _HUGE_PAGES = 14  # MADV_HUGEPAGE

    @helper
    def in_large_pages(address: int, size: int) -> None:
        """Ask for pages that need no look-up of their own for every few orders.

        Advice: a system that has no such pages refuses and the memory serves as it is.
        """
        first = (address + PAGESIZE - 1) & -PAGESIZE
        _advised(first, (address + size - first) & -PAGESIZE, _HUGE_PAGES)

else:

    @helper
    def in_large_pages(address: int, size: int) -> None:
        """Other systems decide about their pages without us."""


@inlined
def head_of(state: int) -> Any:
    """The head of the book at an address (``Book.state``)."""
    return view(as_pointer(state), 1, HEAD)[0]


@inlined
def order_at(head: Head, slot: int) -> Any:
    return view(as_pointer(head.orders_at), 1, ORDER)[u64(slot)]


@inlined
def level_at(head: Head, index: int) -> Any:
    return view(as_pointer(head.levels_at), 1, LEVEL)[u64(index)]


@inlined
def fill_at(head: Head, index: int) -> Any:
    return view(as_pointer(head.fills_at), 1, FILL)[u64(index)]


@inlined
def links_at(address: int) -> Any:
    return view(as_pointer(address), 1, np.uint32)


@inlined
def words_at(address: int) -> Any:
    return view(as_pointer(address), 1, np.uint64)
