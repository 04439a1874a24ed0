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
    LIMIT,
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
from matching.kernel_queues import best, find, forget, join, leave, level_gone, reaches, room

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
            level.tail = 0
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
def _settle(head: Head, outcome: int, left: int) -> int:
    head.outcome = outcome
    head.left = left
    return outcome


@inlined
def take(
    head: Head, order_id: int, side: int, price: int, qty: int, owner: int, time_in_force: int
) -> int:
    """A limit order: trades, then rests unless told otherwise.  Checked by the caller."""
    top = best(head, 1 - side)
    if time_in_force == FOK:
        outcome = _fill_or_kill(head, side, price, qty, owner)
        if outcome != FILLED:
            return _settle(head, outcome, qty)
    if top >= 0 and reaches(side, price, top):
        head.outcome = FILLED
        qty = _match(head, order_id, side, price, qty, owner)
        if qty == 0:
            return _settle(head, FILLED, 0)
        if head.outcome == SELF_TRADE:
            return _settle(head, SELF_TRADE, qty)
    if time_in_force != STAY:
        return _settle(head, CANCELLED, qty)
    join(head, order_id, side, price, qty, owner)
    return _settle(head, RESTED, qty)


@inlined
def limit(
    head: Head, order_id: int, side: int, price: int, qty: int, owner: int, time_in_force: int
) -> int:
    """A checked limit order: DUPLICATE, NO_MEMORY or what ``take`` says."""
    if find(head, order_id) != 0:
        return _settle(head, DUPLICATE, 0)
    # An order that can't rest must not widen the window: its limit may be anything.
    if not room(head, price if time_in_force == STAY else head.base):
        return _settle(head, NO_MEMORY, 0)
    return take(head, order_id, side, price, qty, owner, time_in_force)


@inlined
def market(head: Head, order_id: int, side: int, qty: int, owner: int) -> int:
    if not room(head, head.base):
        return _settle(head, NO_MEMORY, 0)
    head.outcome = FILLED
    qty = _match(head, order_id, side, 0 if side else PRICE_END, qty, owner)
    if qty == 0:
        return _settle(head, FILLED, 0)
    return _settle(head, SELF_TRADE if head.outcome == SELF_TRADE else CANCELLED, qty)


@inlined
def cancel(head: Head, order_id: int) -> int:
    slot = find(head, order_id)
    if slot == 0:
        return _settle(head, UNKNOWN, 0)
    qty = order_at(head, slot).qty
    leave(head, slot)
    return _settle(head, REMOVED, qty)


@inlined
def rest(head: Head, order_id: int, side: int, price: int, qty: int, owner: int) -> int:
    """Join the queue without trading, even where the other side could be taken."""
    if find(head, order_id) != 0:
        return _settle(head, DUPLICATE, 0)
    if not room(head, price):
        return _settle(head, NO_MEMORY, 0)
    join(head, order_id, side, price, qty, owner)
    return _settle(head, RESTED, qty)


@inlined
def reduce(head: Head, order_id: int, qty: int) -> int:
    slot = find(head, order_id)
    if slot == 0:
        return _settle(head, UNKNOWN, 0)
    order = order_at(head, slot)
    if qty > order.qty:
        return _settle(head, REFUSED, 0)
    if qty == order.qty:
        leave(head, slot)
        return _settle(head, REMOVED, qty)
    order.qty -= qty
    level_at(head, i64(order.level)).qty -= qty
    return _settle(head, RESTED, order.qty)


@inlined
def replace(head: Head, order_id: int, price: int, qty: int) -> int:
    """New limit and quantity.  The same price and no more quantity keeps the place in the queue."""
    slot = find(head, order_id)
    if slot == 0:
        return _settle(head, UNKNOWN, 0)
    order = order_at(head, slot)
    level = level_at(head, i64(order.level))
    spot = i64(level.spot)
    if price == spot >> 1 and qty <= order.qty:
        level.qty -= order.qty - qty
        order.qty = qty
        return _settle(head, RESTED, qty)
    if not room(head, price):
        return _settle(head, NO_MEMORY, 0)
    # Room was made: the tables may have moved, the order's slot has not.
    owner = order_at(head, slot).owner
    leave(head, slot)
    return take(head, order_id, spot & 1, price, qty, owner, STAY)


@inlined
def malformed(kind: int, side: int, order_id: int, price: int, qty: int, owner: int) -> bool:
    """Whether a field that this kind of message uses is outside its range."""
    if order_id < 0 or order_id >= ORDER_ID_END:
        return True
    if kind == CANCEL:
        return False
    if qty <= 0 or qty >= QTY_END:
        return True
    if kind != MARKET and kind != REDUCE and (price < 0 or price >= PRICE_END):
        return True
    return kind != REPLACE and kind != REDUCE and (side < 0 or side > 1 or owner < 0)


@inlined
def apply(
    head: Head,
    kind: int,
    side: int,
    order_id: int,
    price: int,
    qty: int,
    owner: int,
    time_in_force: int,
) -> int:
    """Apply one message of any kind; returns the ``Outcome``, ``head.left`` has its quantity.

    Fills are appended to the fills of the head; whoever reads them sets ``head.n_fills`` to 0.
    Unused parameters are ignored.
    """
    if malformed(kind, side, order_id, price, qty, owner):
        return _settle(head, REFUSED, 0)
    if kind == LIMIT:
        if time_in_force < STAY or time_in_force > FOK:
            return _settle(head, REFUSED, 0)
        return limit(head, order_id, side, price, qty, owner, time_in_force)
    if kind == CANCEL:
        return cancel(head, order_id)
    if kind == MARKET:
        return market(head, order_id, side, qty, owner)
    if kind == REPLACE:
        return replace(head, order_id, price, qty)
    if kind == REST:
        return rest(head, order_id, side, price, qty, owner)
    if kind == REDUCE:
        return reduce(head, order_id, qty)
    return _settle(head, REFUSED, 0)
