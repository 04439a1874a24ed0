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
    in_large_pages,
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
MOST_BITS_AT_FIRST = 18  # 2 ** 18 orders; more than that live in large pages
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
    return i64(found(head, bucket_of(head, order_id), order_id)[0])


@inlined
def found(head: Head, bucket: Any, order_id: int) -> Any:
    """Slot of a resting order and that before it in the chain of its bucket, or 0 for either."""
    before = 0
    slot = i64(links_at(head.buckets_at)[bucket])
    while slot != 0:
        order = order_at(head, slot)
        if order.order_id == order_id:
            break
        before = slot
        slot = i64(order.chain)
    return slot, before


@inlined
def rests(head: Head, bucket: Any, order_id: int) -> bool:
    """Whether an order rests; for an id that is expected to be new.

    Whether another order has the bucket is anybody's guess, so the first of the chain is looked at
    in any case: slot 0 has the id of nobody.
    """
    order = order_at(head, i64(links_at(head.buckets_at)[bucket]))
    slot = i64(order.chain)
    if order.order_id == order_id:
        return True
    while slot != 0:
        order = order_at(head, slot)
        if order.order_id == order_id:
            return True
        slot = i64(order.chain)
    return False


@inlined
def forget(head: Head, slot: int, bucket: Any, before: int) -> None:
    """Take an order out of the id table and give its slot back; it is out of its queue already."""
    order = order_at(head, slot)
    if before == 0:
        links_at(head.buckets_at)[bucket] = order.chain
    else:
        order_at(head, before).chain = order.chain
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
    # price <= limit for a buy and price >= limit for a sell, without a branch on the side
    return ((limit - price) ^ -side) + side >= 0


@inlined
def level_gone(head: Head, side: int, price: int) -> None:
    key = key_of(head, side, price)
    release_level(head, key)
    if best(head, side) == price:
        key = next_key(head, side, key)
        set_best(head, side, price_of(head, side, key) if key >= 0 else -1)


@inlined
def join(
    head: Head, order_id: int, bucket: Any, side: int, price: int, qty: int, owner: int
) -> None:
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
    order.chain = buckets[bucket]
    buckets[bucket] = slot
    head.n_live += 1
    key = key_of(head, side, price)
    index = level_index(head, key)
    if index != 0:
        level = level_at(head, index)
        order.level = index
        order.prev = level.tail
        order_at(head, i64(level.tail)).next = slot
        level.tail = slot
        level.orders += 1
        level.qty += qty
        return
    index = claim_level(head, key)
    order.level = index
    order.prev = 0
    level = level_at(head, index)
    level.head = slot
    level.tail = slot
    level.orders = 1
    level.spot = price * 2 + side
    level.qty = qty
    top = best(head, side)
    if top < 0 or not reaches(side, top, price):
        set_best(head, side, price)


@inlined
def leave(head: Head, slot: int, bucket: Any, before: int) -> None:
    """Take a resting order out of its queue and out of the book."""
    order = order_at(head, slot)
    level = level_at(head, i64(order.level))
    if level.orders == 1:
        spot = i64(level.spot)
        level_gone(head, spot & 1, spot >> 1)
    else:
        ahead, behind = i64(order.prev), i64(order.next)
        # Slot 0 may be written to: nobody reads it, and who is first or last can't be foreseen.
        order_at(head, ahead).next = behind
        order_at(head, behind).prev = ahead
        level.head = behind if ahead == 0 else i64(level.head)
        level.tail = ahead if behind == 0 else i64(level.tail)
        level.orders -= 1
        level.qty -= order.qty
    forget(head, slot, bucket, before)


# --- room -----------------------------------------------------------------------------------


@inlined
def room(head: Head, price: int) -> bool:
    """Room for one more order at ``price`` and for a fill with every resting order.

    A new order makes the resting orders, the levels and the fills with resting orders that the
    present fills leave room for each fewer by one at most: ``spare`` is counted down by one.
    """
    if head.spare > 0 and inside(head, price):
        head.spare -= 1
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
    if head.live_levels >= head.level_capacity and not _grow_levels(head):
        return False
    head.spare = min(
        head.order_capacity - head.n_live,
        head.level_capacity - head.live_levels,
        head.fill_capacity - head.n_fills - head.n_live,
    )
    head.spare -= 1
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
    if head.order_bits >= MOST_BITS_AT_FIRST:
        in_large_pages(orders, (capacity + 1) * ORDER_BYTES)
    address = zeroed(capacity, 4)
    if address == 0:
        return False
    if head.order_bits >= MOST_BITS_AT_FIRST:
        in_large_pages(address, capacity * 4)
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
