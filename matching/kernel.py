"""The matching rules, compiled: price-time priority over the tables of kernel_layout.py.

``bring`` applies a message with a new order, ``change`` one that names an order that rests; their
numbers are as unsigned as MESSAGE has them.  They never raise and decide before they change
anything: a message is refused, or there is room for all it can do.  A book belongs to one thread at
a time; no function needs the interpreter lock.
"""

from __future__ import annotations

from typing import Any

from matching.kernel_bits import following, key_of, level_index, price_of
from matching.kernel_layout import (
    CANCEL,
    FILL,
    FOK,
    ID_BITS,
    IOC,
    LIMIT,
    MARKET,
    PRICE_BITS,
    PRICE_END,
    QTY_BITS,
    REDUCE,
    REPLACE,
    REST,
    STAY,
    Head,
    Outcome,
    as_pointer,
    helper,
    i64,
    inlined,
    level_at,
    order_at,
    u64,
    view,
)
from matching.kernel_queues import (
    best,
    bucket_of,
    forget,
    found,
    join,
    leave,
    level_gone,
    reaches,
    rests,
    room,
)

FILLED, RESTED, CANCELLED = int(Outcome.FILLED), int(Outcome.RESTED), int(Outcome.CANCELLED)
SELF_TRADE, KILLED, REMOVED = int(Outcome.SELF_TRADE), int(Outcome.KILLED), int(Outcome.REMOVED)
UNKNOWN, DUPLICATE = int(Outcome.UNKNOWN), int(Outcome.DUPLICATE)
REFUSED, NO_MEMORY = int(Outcome.REFUSED), int(Outcome.NO_MEMORY)


# --- matching -------------------------------------------------------------------------------


@helper
def _match(head: Head, taker_id: int, side: int, limit: int, qty: int, owner: int) -> int:
    """Trade against the other side up to ``limit``; returns what is left of ``qty``.

    Minus what is left when an order of the own owner stopped it.  Owner 0 is nobody and never meets
    himself.
    """
    other = 1 - side
    # There is room for every fill, so no table moves meanwhile.
    fills = view(as_pointer(head.fills_at), 1, FILL)
    n_fills, seq = head.n_fills, head.seq
    met = False
    while qty > 0 and not met:
        price = best(head, other)
        if price < 0 or not reaches(side, limit, price):
            break
        level = level_at(head, level_index(head, key_of(head, other, price)))
        slot = i64(level.head)
        gone = 0
        traded = 0
        while slot != 0:
            maker = order_at(head, slot)
            if owner != 0 and maker.owner == owner:
                met = True
                break
            available = maker.qty
            part = min(available, qty)
            fill = fills[u64(n_fills)]
            n_fills += 1
            seq += 1
            fill.seq = seq
            fill.taker_id = taker_id
            fill.maker_id = maker.order_id
            fill.price_ticks = price
            fill.qty = part
            fill.taker_owner = owner
            fill.maker_owner = maker.owner
            fill.side = side
            qty -= part
            traded += part
            if part != available:
                maker.qty = available - part
                break
            gone += 1
            behind = i64(maker.next)
            bucket = bucket_of(head, maker.order_id)
            forget(head, slot, bucket, found(head, bucket, maker.order_id)[1])
            slot = behind
            if qty == 0:
                break
        level.head = slot
        level.orders -= gone
        level.qty -= traded
        if slot != 0:
            order_at(head, slot).prev = 0
        else:
            level_gone(head, other, price)
    head.n_fills = n_fills
    head.seq = seq
    return -qty if met else qty


@helper
def _fill_or_kill(head: Head, side: int, limit: int, qty: int, owner: int) -> int:
    """FILLED when all of ``qty`` would trade, else KILLED, or SELF_TRADE when the owner bars it."""
    other = 1 - side
    price = best(head, other)
    while price >= 0 and reaches(side, limit, price):
        key = key_of(head, other, price)
        slot = i64(level_at(head, level_index(head, key)).head)
        while slot != 0:
            maker = order_at(head, slot)
            if owner != 0 and maker.owner == owner:
                return SELF_TRADE
            qty -= maker.qty
            if qty <= 0:
                return FILLED
            slot = i64(maker.next)
        key = following(head, other, key)
        price = price_of(head, other, key) if key >= 0 else -1
    return KILLED


# --- messages -------------------------------------------------------------------------------


@inlined
def settle(head: Head, outcome: int, left: int) -> int:
    head.outcome = outcome
    head.left = left
    return outcome


@inlined
def _enter(
    head: Head,
    kind: int,
    side: int,
    order_id: int,
    bucket: Any,
    price: int,
    qty: int,
    owner: int,
    remainder: int,
) -> Any:
    """An order with room: trades unless it is to wait, then rests unless it is to leave."""
    if kind != REST:
        top = best(head, 1 - side)
        if top >= 0 and reaches(side, price, top):
            if remainder == FOK:
                outcome = _fill_or_kill(head, side, price, qty, owner)
                if outcome != FILLED:
                    return outcome, qty
            qty = _match(head, order_id, side, price, qty, owner)
            if qty == 0:
                return FILLED, 0
            if qty < 0:
                return SELF_TRADE, -qty
        elif remainder == FOK:
            return KILLED, qty
        if remainder != STAY:
            return CANCELLED, qty
    join(head, order_id, bucket, side, price, qty, owner)
    return RESTED, qty


@inlined
def bring(
    head: Head,
    kind: int,
    side: int,
    order_id: int,
    price: int,
    qty: int,
    owner: int,
    remainder: int,
) -> Any:
    """Apply a limit, market or rest: (outcome, left)."""
    # Each of these is not zero outside the range of its field.
    bad = (order_id | owner >> 1) >> ID_BITS | (qty | qty - 1) >> QTY_BITS | price >> PRICE_BITS
    if bad | side >> 1 != 0 or remainder > FOK:
        return REFUSED, 0
    if kind == MARKET:
        price, remainder = 0 if side else PRICE_END, IOC
    # An order that can't rest must not widen the window: its limit may be anything.
    stays = kind == REST or remainder == STAY
    if not room(head, price if stays else head.base):
        return NO_MEMORY, 0
    bucket = bucket_of(head, order_id)
    if kind != MARKET and rests(head, bucket, order_id):
        return DUPLICATE, 0
    return _enter(head, kind, side, order_id, bucket, price, qty, owner, remainder)


@helper
def _amended(head: Head, slot: int, kind: int, price: int, qty: int) -> Any:
    """Reduce or replace an order that keeps its place; outcome -1 when it has to leave."""
    order = order_at(head, slot)
    level = level_at(head, i64(order.level))
    present, left = order.qty, qty
    if kind == REDUCE:
        left = present - qty
        if left < 0:
            return REFUSED, 0
        if left == 0:
            return -1, 0
    elif i64(level.spot) >> 1 != price or qty > present:
        return -1 if room(head, price) else NO_MEMORY, 0
    level.qty -= present - left
    order.qty = left
    return RESTED, left


@helper
def _come_back(head: Head, side: int, order_id: int, price: int, qty: int, owner: int) -> Any:
    bucket = bucket_of(head, order_id)
    return _enter(head, i64(LIMIT), side, order_id, bucket, price, qty, owner, i64(STAY))


@helper
def _chained(head: Head, order_id: int) -> Any:
    """The bucket of an order that rests, and the slot before it there or 0."""
    bucket = bucket_of(head, order_id)
    return bucket, found(head, bucket, order_id)[1]


@inlined
def change(head: Head, kind: int, order_id: int, price: int, qty: int) -> Any:
    """Apply a cancel, reduce or replace: (outcome, left).

    A replace that loses its place leaves and comes back as a new order; everything a new order may
    need is made sure of before anything changes.
    """
    bad = order_id >> ID_BITS
    if kind != CANCEL:
        bad |= (qty | qty - 1) >> QTY_BITS | price >> PRICE_BITS
    if bad != 0 or kind > REDUCE:
        return REFUSED, 0
    bucket = bucket_of(head, order_id)
    slot, before = found(head, bucket, order_id)
    if slot == 0:
        return UNKNOWN, 0
    if kind != CANCEL:
        outcome, left = _amended(head, slot, kind, price, qty)
        if outcome >= 0:
            return outcome, left
        # There are other buckets now, if room had to be made.
        bucket, before = _chained(head, order_id)
    order = order_at(head, slot)
    present = order.qty
    # Seldom in the cache line of the rest, so nobody but a replace waits for it.
    owner = order.owner if kind == REPLACE else 0
    side = i64(level_at(head, i64(order.level)).spot) & 1
    leave(head, slot, bucket, before)
    if kind == REPLACE:
        return _come_back(head, side, order_id, price, qty, owner)
    return REMOVED, present
