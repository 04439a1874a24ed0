"""The kernel behind CPython built-in functions: one message a call at the price of a C extension.

A numba ``cfunc`` with the signature of METH_FASTCALL is wrapped by ``PyCFunction_NewEx``.  Inside,
it unboxes the integers, applies the message and builds the fills as tuples through CPython's
stable interface; calling through numba's dispatcher costs several times as much.

Nothing checks these rules for us: the interpreter lock is held throughout (a built-in always holds
it), every object handed out is a new reference, an error returns NULL with an exception set, and
nothing changes before the arguments are known to be good.

``self`` of these functions is the numpy array that holds the head: a bound function alone keeps
its book's memory alive.  The address of the head is read from the array object itself;
``_check_array_layout`` proves at import that it lies where we look.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import pythonapi
from typing import Any

import numpy as np
from numba import cfunc, types

from matching.kernel_bits import key_of, level_index, next_key, price_of
from matching.kernel_layout import (
    CANCEL,
    LIMIT,
    MARKET,
    PRICE_END,
    REDUCE,
    REPLACE,
    REST,
    STAY,
    Head,
    Outcome,
    as_pointer,
    external,
    fill_at,
    fingerprint,
    head_of,
    helper,
    i64,
    inlined,
    level_at,
    order_at,
    view,
)
from matching.kernel_queues import best as best_price
from matching.kernel_queues import reaches
from matching.kernel_run import execute

DUPLICATE, NO_MEMORY = int(Outcome.DUPLICATE), int(Outcome.NO_MEMORY)
UNKNOWN, REMOVED = int(Outcome.UNKNOWN), int(Outcome.REMOVED)

_as_long = external("PyLong_AsLongLong", types.int64, 1)
_from_long = external("PyLong_FromLongLong", types.int64, 1)
_new_tuple = external("PyTuple_New", types.int64, 1)
_set_item = external("PyTuple_SetItem", types.int32, 3)
_new_list = external("PyList_New", types.int64, 1)
_append = external("PyList_Append", types.int32, 2)
_raised = external("PyErr_Occurred", types.int64, 0)
_raise = external("PyErr_SetObject", types.void, 2)
_more = external("Py_IncRef", types.void, 1)
_less = external("Py_DecRef", types.void, 1)

# Objects the functions hand out.  Their addresses differ in each process, so they stand in a table
# that the head points to; compiled code is cached and must not contain them.
RANGES = (
    "order_id must be in [0, 2**62), side 0 or 1, price_ticks in [0, 2**31), qty in [1, 2**50), "
    "owner >= 0, time_in_force one of STAY, IOC, FOK; a reduction at most what rests"
)
_OBJECTS: tuple[object, ...] = (
    None,
    (TypeError, "wrong number of arguments"),
    (ValueError, RANGES),
    (ValueError, "an order with this order_id rests already"),
    (MemoryError, "the book could not grow"),
)
_NONE, _ARGUMENTS, _RANGES, _DUPLICATE, _MEMORY = 0, 1, 3, 5, 7
_flat: list[object] = [None]
for _pair in _OBJECTS[1:]:
    _flat += _pair  # type: ignore[arg-type]
OBJECTS = np.array([id(item) for item in _flat], dtype=np.int64)

_DATA_FIELD = object.__basicsize__ // 8  # PyArrayObject: the object header, then char *data


@inlined
def _state(self: int) -> int:
    return i64(view(as_pointer(self), _DATA_FIELD + 1, np.int64)[_DATA_FIELD])


@helper
def _fail(state: int, which: int) -> int:
    """NULL with an exception: the one that is set already, or number ``which``."""
    if _raised() == 0:
        objects = view(as_pointer(head_of(state).objects_at), 1, np.int64)
        _raise(objects[which], objects[which + 1])
    return 0


@inlined
def _none(head: Head) -> int:
    none = i64(view(as_pointer(head.objects_at), 1, np.int64)[_NONE])
    _more(none)
    return none


@inlined
def _triple(a: int, b: int, c: int) -> int:
    row = _new_tuple(3)
    if row != 0:
        _set_item(row, 0, _from_long(a))
        _set_item(row, 1, _from_long(b))
        _set_item(row, 2, _from_long(c))
    return row


@inlined
def _failed(state: int, outcome: int) -> int:
    if outcome == DUPLICATE:
        return _fail(state, _DUPLICATE)
    return _fail(state, _MEMORY if outcome == NO_MEMORY else _RANGES)


@helper
def _fills(head: Head) -> int:
    """A tuple of (maker_id, price_ticks, qty); empties the fills."""
    n = head.n_fills
    head.n_fills = 0
    rows = _new_tuple(n)
    if rows == 0:
        return 0
    for i in range(n):
        fill = fill_at(head, i)
        row = _triple(fill.maker_id, fill.price_ticks, fill.qty)
        if row == 0:
            _less(rows)
            return 0
        _set_item(rows, i, row)
    return rows


@inlined
def _answer(state: int, outcome: int) -> int:
    if outcome >= DUPLICATE:
        return _failed(state, outcome)
    head = head_of(state)
    return _fills(head) if head.n_fills else _none(head)


@inlined
def _argument(arguments: int, i: int) -> int:
    """-1, which no argument may be, with an exception set when it is not a whole number."""
    return _as_long(view(as_pointer(arguments), 1, np.int64)[i])


@inlined
def _add(rows: int, item: int) -> bool:
    """Append a new object to a list and let go of it; gives the list up when that fails."""
    done = item != 0 and _append(rows, item) == 0
    if item != 0:
        _less(item)
    if not done:
        _less(rows)
    return done


@helper
def _reached(head: Head, side: int, limit: int) -> int:
    ids = _new_list(0)
    price = best_price(head, side)
    while ids != 0 and price >= 0 and reaches(1 - side, limit, price):
        key = key_of(head, side, price)
        slot = i64(level_at(head, level_index(head, key)).head)
        while slot != 0:
            order = order_at(head, slot)
            if not _add(ids, _from_long(order.order_id)):
                return 0
            slot = i64(order.next)
        key = next_key(head, side, key)
        price = price_of(head, side, key) if key >= 0 else -1
    return ids


@helper
def _depth(head: Head, side: int, levels: int) -> int:
    rows = _new_list(0)
    key = next_key(head, side, i64(-1))
    while rows != 0 and key >= 0 and levels > 0:
        level = level_at(head, level_index(head, key))
        if not _add(rows, _triple(price_of(head, side, key), level.qty, i64(level.orders))):
            return 0
        levels -= 1
        key = next_key(head, side, key)
    return rows


_FASTCALL = types.int64(types.int64, types.int64, types.int64)
_SINGLE = types.int64(types.int64, types.int64)
_METH_NOARGS, _METH_O, _METH_FASTCALL = 0x04, 0x08, 0x80


def _new_orders(kernel: int) -> list[Any]:
    """PyObject *(PyObject *self, PyObject *const *arguments, Py_ssize_t n)"""

    @cfunc(_FASTCALL, cache=True)
    def limit(self, arguments, n):  # type: ignore[no-untyped-def]
        assert kernel >= 0
        state = _state(self)
        if n < 4 or n > 6:
            return _fail(state, _ARGUMENTS)
        order_id, side = _argument(arguments, 0), _argument(arguments, 1)
        price, qty = _argument(arguments, 2), _argument(arguments, 3)
        owner = _argument(arguments, 4) if n > 4 else 0
        remainder = _argument(arguments, 5) if n > 5 else STAY
        outcome = execute(state, LIMIT, side, order_id, price, qty, owner, remainder)
        return _answer(state, outcome)

    @cfunc(_FASTCALL, cache=True)
    def market(self, arguments, n):  # type: ignore[no-untyped-def]
        assert kernel >= 0
        state = _state(self)
        if n < 3 or n > 4:
            return _fail(state, _ARGUMENTS)
        order_id, side = _argument(arguments, 0), _argument(arguments, 1)
        qty = _argument(arguments, 2)
        owner = _argument(arguments, 3) if n > 3 else 0
        return _answer(state, execute(state, MARKET, side, order_id, 0, qty, owner, STAY))

    @cfunc(_FASTCALL, cache=True)
    def rest(self, arguments, n):  # type: ignore[no-untyped-def]
        assert kernel >= 0
        state = _state(self)
        if n < 4 or n > 5:
            return _fail(state, _ARGUMENTS)
        order_id, side = _argument(arguments, 0), _argument(arguments, 1)
        price, qty = _argument(arguments, 2), _argument(arguments, 3)
        owner = _argument(arguments, 4) if n > 4 else 0
        return _answer(state, execute(state, REST, side, order_id, price, qty, owner, STAY))

    return [limit, market, rest]


def _changes(kernel: int) -> list[Any]:
    @cfunc(_FASTCALL, cache=True)
    def replace(self, arguments, n):  # type: ignore[no-untyped-def]
        assert kernel >= 0
        state = _state(self)
        if n != 3:
            return _fail(state, _ARGUMENTS)
        order_id, price = _argument(arguments, 0), _argument(arguments, 1)
        qty = _argument(arguments, 2)
        return _answer(state, execute(state, REPLACE, 0, order_id, price, qty, 0, STAY))

    @cfunc(_FASTCALL, cache=True)
    def reduce(self, arguments, n):  # type: ignore[no-untyped-def]
        assert kernel >= 0
        state = _state(self)
        if n != 2:
            return _fail(state, _ARGUMENTS)
        order_id, qty = _argument(arguments, 0), _argument(arguments, 1)
        outcome = execute(state, REDUCE, 0, order_id, 0, qty, 0, STAY)
        if outcome >= DUPLICATE:
            return _failed(state, outcome)
        if outcome == UNKNOWN:
            return _from_long(-1)
        return _from_long(0 if outcome == REMOVED else head_of(state).left)

    @cfunc(_SINGLE, cache=True)
    def cancel(self, argument):  # type: ignore[no-untyped-def]
        assert kernel >= 0
        state = _state(self)
        outcome = execute(state, CANCEL, 0, _as_long(argument), 0, 0, 0, STAY)
        if outcome >= DUPLICATE:
            return _failed(state, outcome)
        return _from_long(-1 if outcome == UNKNOWN else head_of(state).left)

    return [replace, reduce, cancel]


def _questions(kernel: int) -> list[Any]:
    @cfunc(_SINGLE, cache=True)
    def best(self, argument):  # type: ignore[no-untyped-def]
        assert kernel >= 0
        state = _state(self)
        side = _as_long(argument)
        if side < 0 or side > 1:
            return _fail(state, _RANGES)
        return _from_long(best_price(head_of(state), side))

    @cfunc(_FASTCALL, cache=True)
    def reached(self, arguments, n):  # type: ignore[no-untyped-def]
        assert kernel >= 0
        state = _state(self)
        if n != 2:
            return _fail(state, _ARGUMENTS)
        side, limit = _argument(arguments, 0), _argument(arguments, 1)
        if side < 0 or side > 1 or limit < 0 or limit >= PRICE_END:
            return _fail(state, _RANGES)
        return _reached(head_of(state), side, limit)

    @cfunc(_FASTCALL, cache=True)
    def depth(self, arguments, n):  # type: ignore[no-untyped-def]
        assert kernel >= 0
        state = _state(self)
        if n != 2:
            return _fail(state, _ARGUMENTS)
        side, levels = _argument(arguments, 0), _argument(arguments, 1)
        if side < 0 or side > 1 or levels < 0:
            return _fail(state, _RANGES)
        return _depth(head_of(state), side, levels)

    @cfunc(_SINGLE, cache=True)
    def outcome(self, _nothing):  # type: ignore[no-untyped-def]
        assert kernel >= 0
        head = head_of(_state(self))
        pair = _new_tuple(2)
        if pair != 0:
            _set_item(pair, 0, _from_long(head.outcome))
            _set_item(pair, 1, _from_long(head.left))
        return pair

    return [best, reached, depth, outcome]


class _MethodDef(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


def _check_array_layout() -> None:
    probe = np.zeros(3, np.int64)
    if ctypes.c_int64.from_address(id(probe) + 8 * _DATA_FIELD).value != probe.ctypes.data:
        raise ImportError("numpy arrays do not keep their data pointer where the kernel looks")


_check_array_layout()
# A prototype of our own: those set on ``pythonapi`` are shared with everybody in the process.
_new_builtin = ctypes.PYFUNCTYPE(
    ctypes.py_object, ctypes.POINTER(_MethodDef), ctypes.py_object, ctypes.c_void_p
)(("PyCFunction_NewEx", pythonapi))

KERNEL = fingerprint()
_FLAGS = {"cancel": _METH_O, "best": _METH_O, "outcome": _METH_NOARGS}
_definitions = {
    name: _MethodDef(name.encode(), function.address, _FLAGS.get(name, _METH_FASTCALL), None)
    for function in (*_new_orders(KERNEL), *_changes(KERNEL), *_questions(KERNEL))
    for name in (function.__name__,)
}


def builtins_of(memory: np.ndarray[Any, Any]) -> dict[str, Callable[..., Any]]:
    """The functions of one book, bound to the array that holds its head."""
    return {
        name: _new_builtin(ctypes.byref(definition), memory, None)
        for name, definition in _definitions.items()
    }
