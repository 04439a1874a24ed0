"""The compiled kernel: its one function for a message, and what goes through whole batches.

A compiled function of another package drives a book like this (``state`` is ``Book.state``; the
caller keeps the ``Book`` alive and stays its only user meanwhile)::

    from numba import njit
    from matching.kernel_layout import LIMIT, STAY, fill_at, head_of
    from matching.kernel_run import execute

    @njit
    def quote(state, first_id, price_ticks):
        head = head_of(state)
        traded = 0
        for i in range(100):
            execute(state, LIMIT, i & 1, first_id + i, price_ticks + i % 7, 10, 0, STAY)
            for k in range(head.n_fills):
                traded += fill_at(head, k).qty
            head.n_fills = 0
        return traded

``execute`` calls the kernel by its address, so the caller compiles in no time and never holds an
old kernel.  ``kernel_queues.best`` and ``find``, ``kernel_layout.order_at`` and ``level_at`` and
``kernel_bits.next_key`` read the book; a function that uses these and is compiled with
``cache=True`` should mention ``KERNEL`` through its closure (see ``kernel_layout.fingerprint``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

from numba import cfunc, types
from numba.extending import intrinsic

from matching.kernel import bring, change, settle
from matching.kernel_bits import level_index, next_key, price_of
from matching.kernel_layout import (
    CANCEL,
    MESSAGE,
    OUTCOME,
    RESTING,
    Head,
    Outcome,
    as_pointer,
    fingerprint,
    head_of,
    i64,
    inlined,
    ir,
    level_at,
    links_at,
    order_at,
    prefetch,
    u64,
    view,
)
from matching.kernel_queues import LEVEL_BYTES, ORDER_BYTES, bucket_of

REFUSED = int(Outcome.REFUSED)
NEAR = (16, 32, 48)  # messages ahead
LARGE = 6 << 10  # resting orders that no longer fit the nearest cache


@intrinsic
def _call(_context: Any, _address: Any, _0: Any, _1: Any, _2: Any, _3: Any) -> Any:
    """Call a C function with four int64 arguments and an int64 result at an address."""

    def generate(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        word = ir.IntType(64)
        function = ir.FunctionType(word, [word] * (len(values) - 1))
        return builder.call(builder.inttoptr(values[0], function.as_pointer()), values[1:])

    return types.int64(*[types.int64] * 5), generate


call = cast("Callable[..., int]", _call)


@inlined
def execute(
    state: int,
    kind: int,
    side: int,
    order_id: int,
    price: int,
    qty: int,
    owner: int,
    time_in_force: int,
) -> int:
    """Apply one message; returns its ``Outcome``, ``head.left`` has the quantity.

    Fills are appended to the fills of the head; whoever reads them sets ``head.n_fills`` to 0.
    Parameters the kind does not use must be 0.
    """
    head = head_of(state)
    # The fields of a message are narrower than these parameters.
    if side >> 1 != 0 or time_in_force >> 2 != 0 or price >> 32 != 0:
        return settle(head, REFUSED, 0)
    message = view(as_pointer(head.message_at), 1, MESSAGE)[0]
    message.kind = kind
    message.side = side
    message.time_in_force = time_in_force
    message.price_ticks = price
    message.order_id = order_id
    message.qty = qty
    message.owner = owner
    call(head.kernel_at, state, head.message_at, 1, 0)
    return i64(head.outcome)


@inlined
def _bring_near(head: Head, messages: Any, i: int) -> None:
    """Ask for the memory that the messages after message ``i`` will touch.

    In a large book nearly every cancel waits for its id, then for its order, then for the
    neighbours in the queue.  Each of these steps is begun some messages early.
    """
    buckets = links_at(head.buckets_at)
    far = messages[u64(i + NEAR[2])]
    prefetch(head.buckets_at + 4 * i64(bucket_of(head, far.order_id)))
    # What comes is anybody's guess, so there is no branch on it: a new id that shares no bucket has
    # slot 0, and a new order no neighbours worth asking for.
    nearer = messages[u64(i + NEAR[1])]
    slot = i64(buckets[bucket_of(head, nearer.order_id)])
    prefetch(head.orders_at + slot * ORDER_BYTES)
    prefetch(head.orders_at + slot * ORDER_BYTES + ORDER_BYTES - 9)
    near = messages[u64(i + NEAR[0])]
    slot = i64(buckets[bucket_of(head, near.order_id)]) * i64(near.kind >= CANCEL)
    order = order_at(head, slot)
    prefetch(head.orders_at + i64(order.prev) * ORDER_BYTES)
    prefetch(head.orders_at + i64(order.next) * ORDER_BYTES)
    prefetch(head.levels_at + i64(order.level) * LEVEL_BYTES)


KERNEL = fingerprint()


class Entries(NamedTuple):
    """Compiled functions that take the address of a book."""

    kernel_at: int
    run: Callable[[int, int, int, int], int]
    dump: Callable[[int, int], int]


def _build(kernel: int) -> Entries:
    @cfunc(types.int64(*[types.int64] * 4), cache=True)
    def run(state, messages_at, count, outcomes_at):  # type: ignore[no-untyped-def]
        """Apply messages; how many were applied before a malformed one or the end of memory."""
        assert kernel >= 0
        head = head_of(state)
        messages = view(as_pointer(messages_at), count, MESSAGE)
        outcome = left = 0
        outcomes = view(as_pointer(outcomes_at), count, OUTCOME)
        for i in range(count):
            if i + NEAR[2] < count and head.n_live >= LARGE:
                _bring_near(head, messages, i)
            m = messages[u64(i)]
            kind, price = i64(m.kind), i64(m.price_ticks)
            if kind < CANCEL:
                side, remainder = i64(m.side), i64(m.time_in_force)
                outcome, left = bring(
                    head, kind, side, m.order_id, price, m.qty, m.owner, remainder
                )
            else:
                outcome, left = change(head, kind, m.order_id, price, m.qty)
            if outcome >= REFUSED:
                settle(head, outcome, left)
                return i
            if outcomes_at != 0:
                row = outcomes[u64(i)]
                row.outcome = outcome
                row.left = left
        if count > 0:
            settle(head, outcome, left)
        return count

    @cfunc(types.int64(types.int64, types.int64), cache=True)
    def dump(state, rows_at):  # type: ignore[no-untyped-def]
        """Write RESTING rows: buys, then sells, best price first, each level in queue order."""
        assert kernel >= 0
        head = head_of(state)
        rows = view(as_pointer(rows_at), head.n_live, RESTING)
        n = 0
        for side in range(2):
            key = next_key(head, side, i64(-1))
            while key >= 0:
                slot = i64(level_at(head, level_index(head, key)).head)
                while slot != 0:
                    order = order_at(head, slot)
                    row = rows[u64(n)]
                    row.side = side
                    row.price_ticks = price_of(head, side, key)
                    row.order_id = order.order_id
                    row.qty = order.qty
                    row.owner = order.owner
                    n += 1
                    slot = i64(order.next)
                key = next_key(head, side, key)
        return n

    return Entries(cast("int", run.address), run.ctypes, dump.ctypes)


entries = _build(KERNEL)
