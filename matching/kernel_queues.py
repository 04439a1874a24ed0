"""Orders in their queues, ids in their table, and room for more of both.

Nothing here decides a trade.  Callers have checked the arguments and made room.
"""

from __future__ import annotations

from typing import Any

from matching.kernel_bits import (
    claim_level,
    inside,
    key_of,
    level_index,
    move_window,
    next_key,
    price_of,
    release_level,
)
from matching.kernel_layout import (
    FILL,
    LEVEL,
    ORDER,
    Head,
    freed,
    helper,
    i64,
    inlined,
    level_at,
    links_at,
    order_at,
    resized,
    u64,
    zeroed,
)

ORDER_BYTES, LEVEL_BYTES, FILL_BYTES, BLOCK_BYTES = (
    ORDER.itemsize,
    LEVEL.itemsize,
    FILL.itemsize,
    256,
)
GOLDEN = u64(0x9E3779B97F4A7C15)


# --- order id to slot ---------------------------------------------------------------------


@inlined
def bucket_of(head: Head, order_id: int) -> Any:
    """Successive ids lie side by side; each run of ``order_capacity`` ids is shifted by a hash."""
    run = u64(order_id) >> u64(head.order_bits)
    shift = (run * GOLDEN) >> u64(32)
    return (u64(order_id) + shift) & u64(head.order_capacity - 1)


@inlined
def find(head: Head, order_id: int) -> int:
    """Slot of a resting order, or 0."""
    slot = i64(links_at(head.buckets_at)[bucket_of(head, order_id)])
    while slot != 0:
        order = order_at(head, slot)
        if order.order_id == order_id:
            return slot
        slot = i64(order.chain)
    return 0


@inlined
def forget(head: Head, slot: int) -> None:
    """Take an order out of the id table and give its slot back; it is out of its queue already."""
    order = order_at(head, slot)
    buckets = links_at(head.buckets_at)
    bucket = bucket_of(head, order.order_id)
    at = i64(buckets[bucket])
    if at == slot:
        buckets[bucket] = order.chain
    else:
        while True:
            other = order_at(head, at)
            at = i64(other.chain)
            if at == slot:
                other.chain = order.chain
                break
    order.next = head.free_slot
    head.free_slot = slot
    head.n_live -= 1


# --- queues ---------------------------------------------------------------------------------


@inlined
def best(head: Head, side: int) -> int:
    """Best price of a side in ticks, or -1."""
    return head.best_sell if side else head.best_buy


@inlined
def set_best(head: Head, side: int, price: int) -> None:
    if side:
        head.best_sell = price
    else:
        head.best_buy = price


@inlined
def reaches(side: int, limit: int, price: int) -> bool:
    """Whether an order of ``side`` with that limit accepts ``price``."""
    return price <= limit if side == 0 else price >= limit


@inlined
def level_gone(head: Head, side: int, price: int) -> None:
    key = key_of(head, side, price)
    release_level(head, side, key)
    if best(head, side) == price:
        key = next_key(head, side, key)
        set_best(head, side, price_of(head, side, key) if key >= 0 else -1)


@inlined
def join(head: Head, order_id: int, side: int, price: int, qty: int, owner: int) -> None:
    """The order waits at the end of its queue.  There is room, and the id does not rest."""
    slot = head.free_slot
    if slot != 0:
        head.free_slot = i64(order_at(head, slot).next)
    else:
        head.n_slots += 1
        slot = head.n_slots
    order = order_at(head, slot)
    order.next = 0
    order.qty = qty
    order.order_id = order_id
    order.owner = owner
    buckets = links_at(head.buckets_at)
    bucket = bucket_of(head, order_id)
    order.chain = buckets[bucket]
    buckets[bucket] = slot
    key = key_of(head, side, price)
    index = level_index(head, side, key)
    if index != 0:
        level = level_at(head, index)
        order.prev = level.tail
        order_at(head, i64(level.tail)).next = slot
    else:
        index = claim_level(head, side, key)
        level = level_at(head, index)
        level.head = slot
        level.spot = price * 2 + side
        order.prev = 0
        top = best(head, side)
        if top < 0 or not reaches(side, top, price):
            set_best(head, side, price)
    order.level = index
    level.tail = slot
    level.orders += 1
    level.qty += qty
    head.n_live += 1


@inlined
def leave(head: Head, slot: int) -> None:
    """Take a resting order out of its queue and out of the book."""
    order = order_at(head, slot)
    level = level_at(head, i64(order.level))
    before, behind = i64(order.prev), i64(order.next)
    if before != 0:
        order_at(head, before).next = behind
    else:
        level.head = behind
    if behind != 0:
        order_at(head, behind).prev = before
    else:
        level.tail = before
    level.orders -= 1
    level.qty -= order.qty
    if level.head == 0:
        spot = i64(level.spot)
        level_gone(head, spot & 1, spot >> 1)
    forget(head, slot)


# --- room -----------------------------------------------------------------------------------


@inlined
def room(head: Head, price: int) -> bool:
    """Room for one more order at ``price`` and for a fill with every resting order."""
    if (
        head.n_live < head.order_capacity
        and (head.free_level != 0 or head.n_levels < head.level_capacity)
        and head.n_fills + head.n_live < head.fill_capacity
        and inside(head, price)
    ):
        return True
    return _make_room(head, price)


@helper
def _make_room(head: Head, price: int) -> bool:
    """Grow whatever is short, each by doubling.  False: no memory; the book is as it was."""
    if head.n_live >= head.order_capacity and not _grow_orders(head):
        return False
    if head.n_fills + head.n_live >= head.fill_capacity:
        capacity = head.fill_capacity
        while head.n_fills + head.n_live >= capacity:
            capacity *= 2
        fills = resized(head.fills_at, capacity * FILL_BYTES)
        if fills == 0:
            return False
        head.fills_at = fills
        head.fill_capacity = capacity
    if head.free_level == 0 and head.n_levels >= head.level_capacity and not _grow_levels(head):
        return False
    return inside(head, price) or move_window(head, price)


@inlined
def _grow_levels(head: Head) -> bool:
    """Twice the levels and the blocks; a block is only ever claimed together with a level."""
    capacity = 2 * head.level_capacity
    levels = resized(head.levels_at, (capacity + 1) * LEVEL_BYTES)
    if levels == 0:
        return False
    head.levels_at = levels
    blocks = resized(head.blocks_at, (capacity + 1) * BLOCK_BYTES)
    if blocks == 0:
        return False
    head.blocks_at = blocks
    head.level_capacity = capacity
    return True


@inlined
def _grow_orders(head: Head) -> bool:
    """Twice the slots and the buckets.  Every slot is in use when this is called."""
    capacity = 2 * head.order_capacity
    orders = resized(head.orders_at, (capacity + 1) * ORDER_BYTES)
    if orders == 0:
        return False
    head.orders_at = orders
    address = zeroed(capacity, 4)
    if address == 0:
        return False
    freed(head.buckets_at)
    head.buckets_at = address
    head.order_bits += 1
    head.order_capacity = capacity
    buckets = links_at(address)
    for slot in range(1, head.n_slots + 1):
        order = order_at(head, slot)
        bucket = bucket_of(head, order.order_id)
        order.chain = buckets[bucket]
        buckets[bucket] = slot
    return True
