"""The matching rules, compiled: price-time priority over the tables of kernel_layout.py.

``apply`` is the one entry for a message.  It never raises and decides before it changes anything:
a message is refused, or there is room for all it can do.  A book belongs to one thread at a time;
no function needs the interpreter lock.
"""

from __future__ import annotations

from typing import Any

from matching.kernel_bits import key_of, level_index, next_key, price_of
from matching.kernel_layout import (
    CANCEL,
    FOK,
    IOC,
    MARKET,
    ORDER_ID_END,
    PRICE_END,
    QTY_END,
    REDUCE,
    REPLACE,
    REST,
    STAY,
    Head,
    Outcome,
    fill_at,
    helper,
    i64,
    inlined,
    level_at,
    order_at,
)
from matching.kernel_queues import (
    best,
    find,
    forget,
    join,
    leave,
    level_gone,
    reaches,
    room,
)

FILLED, RESTED, CANCELLED = int(Outcome.FILLED), int(Outcome.RESTED), int(Outcome.CANCELLED)
SELF_TRADE, KILLED, REMOVED = int(Outcome.SELF_TRADE), int(Outcome.KILLED), int(Outcome.REMOVED)
UNKNOWN, DUPLICATE = int(Outcome.UNKNOWN), int(Outcome.DUPLICATE)
REFUSED, NO_MEMORY = int(Outcome.REFUSED), int(Outcome.NO_MEMORY)


# --- matching -------------------------------------------------------------------------------


@inlined
def _record_fill(
    head: Head, taker_id: int, side: int, owner: int, price: int, maker: Any, qty: int
) -> None:
    fill = fill_at(head, head.n_fills)
    head.n_fills += 1
    head.seq += 1
    fill.seq = head.seq
    fill.taker_id = taker_id
    fill.maker_id = maker.order_id
    fill.price_ticks = price
    fill.qty = qty
    fill.taker_owner = owner
    fill.maker_owner = maker.owner
    fill.side = side


@inlined
def _match(head: Head, taker_id: int, side: int, limit: int, qty: int, owner: int) -> int:
    """Trade against the other side up to ``limit``; sets ``outcome`` on meeting the own owner.

    Returns what is left of ``qty``.  Owner 0 is nobody and never meets himself.
    """
    other = 1 - side
    stopped = False
    while qty > 0 and not stopped:
        price = best(head, other)
        if price < 0 or not reaches(side, limit, price):
            break
        level = level_at(head, level_index(head, other, key_of(head, other, price)))
        slot = i64(level.head)
        gone = 0
        traded = 0
        while slot != 0:
            maker = order_at(head, slot)
            if owner != 0 and maker.owner == owner:
                head.outcome = SELF_TRADE
                stopped = True
                break
            available = maker.qty
            if available > qty:
                _record_fill(head, taker_id, side, owner, price, maker, qty)
                maker.qty = available - qty
                traded += qty
                qty = 0
                break
            _record_fill(head, taker_id, side, owner, price, maker, available)
            qty -= available
            traded += available
            gone += 1
            behind = i64(maker.next)
            forget(head, slot)
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
    return qty


@helper
def _fill_or_kill(head: Head, side: int, limit: int, qty: int, owner: int) -> int:
    """FILLED when all of ``qty`` would trade, else KILLED, or SELF_TRADE when the owner bars it."""
    other = 1 - side
    price = best(head, other)
    while price >= 0 and reaches(side, limit, price):
        key = key_of(head, other, price)
        slot = i64(level_at(head, level_index(head, other, key)).head)
        while slot != 0:
            maker = order_at(head, slot)
            if owner != 0 and maker.owner == owner:
                return SELF_TRADE
            qty -= maker.qty
            if qty <= 0:
                return FILLED
            slot = i64(maker.next)
        key = next_key(head, other, key)
        price = price_of(head, other, key) if key >= 0 else -1
    return KILLED


# --- messages -------------------------------------------------------------------------------


@inlined
def settle(head: Head, outcome: int, left: int) -> int:
    head.outcome = outcome
    head.left = left
    return outcome


@inlined
def malformed(
    kind: int, side: int, order_id: int, price: int, qty: int, owner: int, remainder: int
) -> bool:
    """Whether a field that this kind of message uses is outside its range."""
    if order_id < 0 or order_id >= ORDER_ID_END or kind > REDUCE:
        return True
    if kind == CANCEL:
        return False
    if qty <= 0 or qty >= QTY_END or price >= PRICE_END:
        return True
    return kind < CANCEL and (side > 1 or owner < 0 or remainder > FOK)


@inlined
def _amend(head: Head, slot: int, qty: int) -> int:
    """Less quantity for an order that keeps its place."""
    order = order_at(head, slot)
    level_at(head, i64(order.level)).qty -= order.qty - qty
    order.qty = qty
    return settle(head, RESTED, qty)


@inlined
def _change(head: Head, slot: int, kind: int, spot: int, price: int, qty: int) -> int:
    """Cancel, reduce or replace; -1 when the order has left and comes back as a new one."""
    present = order_at(head, slot).qty
    if kind == REPLACE:
        if spot >> 1 == price and qty <= present:
            return _amend(head, slot, qty)
        if not room(head, price):
            return settle(head, NO_MEMORY, 0)
    elif kind == REDUCE and qty != present:
        if qty > present:
            return settle(head, REFUSED, 0)
        return _amend(head, slot, present - qty)
    leave(head, slot)
    return -1 if kind == REPLACE else settle(head, REMOVED, present)


@inlined
def _bring(
    head: Head,
    kind: int,
    side: int,
    order_id: int,
    price: int,
    qty: int,
    owner: int,
    remainder: int,
) -> int:
    """A new order: trades unless it is to wait, then rests unless it is to leave."""
    if kind != REST:
        if remainder == FOK:
            outcome = _fill_or_kill(head, side, price, qty, owner)
            if outcome != FILLED:
                return settle(head, outcome, qty)
        head.outcome = FILLED
        qty = _match(head, order_id, side, price, qty, owner)
        if qty == 0:
            return settle(head, FILLED, 0)
        if head.outcome == SELF_TRADE:
            return settle(head, SELF_TRADE, qty)
        if remainder != STAY:
            return settle(head, CANCELLED, qty)
    join(head, order_id, side, price, qty, owner)
    return settle(head, RESTED, qty)


@inlined
def apply(
    head: Head,
    kind: int,
    side: int,
    order_id: int,
    price: int,
    qty: int,
    owner: int,
    remainder: int,
) -> int:
    """Apply one message of any kind, fields as unsigned as MESSAGE has them.

    A replace that loses its place leaves and comes back as a new order; everything a new order
    may need is made sure of before anything changes.
    """
    if malformed(kind, side, order_id, price, qty, owner, remainder):
        return settle(head, REFUSED, 0)
    if kind < CANCEL:
        if kind == MARKET:
            price, remainder = 0 if side else PRICE_END, IOC
        # An order that can't rest must not widen the window: its limit may be anything.
        stays = kind == REST or remainder == STAY
        if not room(head, price if stays else head.base):
            return settle(head, NO_MEMORY, 0)
        if kind != MARKET and find(head, order_id) != 0:
            return settle(head, DUPLICATE, 0)
    else:
        slot = find(head, order_id)
        if slot == 0:
            return settle(head, UNKNOWN, 0)
        spot = i64(level_at(head, i64(order_at(head, slot).level)).spot)
        side, owner, remainder = spot & 1, order_at(head, slot).owner, STAY
        outcome = _change(head, slot, kind, spot, price, qty)
        if outcome >= 0:
            return outcome
    return _bring(head, kind, side, order_id, price, qty, owner, remainder)
