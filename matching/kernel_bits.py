"""Which prices are occupied, and the window of prices a book covers.

The window is ``width`` words of 64 prices from ``base``.  Only words with an order own a block of
levels, so a window may be far wider than what is used.  A price outside makes the window anew:
twice as wide as the occupied span (never narrower than before) with the occupied span in its
middle.  Blocks stay where they are, only the directory and the bits are rebuilt, so an order's
level never moves.  A side costs 12.2 bytes of mostly untouched memory per 64 prices of window;
prices 2^31 ticks apart in one book are the most it can be asked for (0.8 GB of address space).

``bits`` of a side are a tree of words with 64 children each: word i of a layer is not zero
exactly when bit i % 64 of word i // 64 of the layer above is set.  ``width`` is a power of two of
at least 64; a layer has a 64th of the words of the one below, the top one word.
"""

from __future__ import annotations

from typing import Any

from matching.kernel_layout import (
    PRICE_END,
    Head,
    freed,
    helper,
    i64,
    inlined,
    level_at,
    links_at,
    trailing_zeros,
    u64,
    words_at,
    zeroed,
)

LEAST_WIDTH = 64
MOST_WIDTH = PRICE_END // 64
ONE = u64(1)


@inlined
def key_of(head: Head, side: int, price: int) -> int:
    """Distance of a price inside the window from the best price the window has for the side."""
    return price - head.base if side else head.top - price


@inlined
def price_of(head: Head, side: int, key: int) -> int:
    return head.base + key if side else head.top - key


@inlined
def inside(head: Head, price: int) -> bool:
    return head.base <= price <= head.top


@inlined
def layer_words(width: int, layer: int) -> int:
    return max(width >> (6 * layer), 1)


@inlined
def words_of_side(width: int) -> int:
    """Words of all layers for one side."""
    total = size = width
    while size > 1:
        size = max(size >> 6, 1)
        total += size
    return total


@inlined
def occupy(head: Head, side: int, key: int) -> None:
    words = words_at(head.bits_at)
    offset = side * head.stride
    size = head.width
    while True:
        i = u64(offset + (key >> 6))
        before = words[i]
        words[i] = before | (ONE << u64(key & 63))
        if before != 0 or size == 1:
            return
        offset += size
        size = max(size >> 6, 1)
        key >>= 6


@inlined
def vacate(head: Head, side: int, key: int) -> None:
    words = words_at(head.bits_at)
    offset = side * head.stride
    size = head.width
    while True:
        i = u64(offset + (key >> 6))
        after = words[i] & ~(ONE << u64(key & 63))
        words[i] = after
        if after != 0 or size == 1:
            return
        offset += size
        size = max(size >> 6, 1)
        key >>= 6


@inlined
def next_key(head: Head, side: int, key: int) -> int:
    """The lowest occupied key above ``key`` (-1: of all), or -1.  The next worse price."""
    words = words_at(head.bits_at)
    offset = side * head.stride
    size = head.width
    layer = 0
    key += 1
    # Looks for a bit at or above ``key`` in its word, then at or above the next word's bit in the
    # layer over it; the end of a layer is the end of the search.
    while True:
        if (key >> 6) >= size:
            return -1
        word = words[u64(offset + (key >> 6))] >> u64(key & 63)
        if word != 0:
            key += trailing_zeros(word)
            break
        if size == 1:
            return -1
        key = (key >> 6) + 1
        offset += size
        layer += 1
        size = layer_words(head.width, layer)
    while layer > 0:
        layer -= 1
        offset -= layer_words(head.width, layer)
        key = (key << 6) + trailing_zeros(words[u64(offset + key)])
    return key


@inlined
def level_index(head: Head, side: int, key: int) -> int:
    """Index of the level of an occupied key."""
    block = links_at(head.directory_at)[u64(side * head.width + (key >> 6))]
    return i64(block) * 64 + (key & 63)


@inlined
def claim_level(head: Head, side: int, key: int) -> int:
    """Index of the level of any key inside the window; takes an empty block when need be."""
    directory = links_at(head.directory_at)
    i = u64(side * head.width + (key >> 6))
    block = i64(directory[i])
    if block == 0:
        block = head.free_block
        if block != 0:
            first = level_at(head, block * 64)
            head.free_block = i64(first.head)
            first.head = 0
        else:
            head.n_blocks += 1
            block = head.n_blocks
            clear_block(head, block)
        directory[i] = block
    return block * 64 + (key & 63)


@helper
def clear_block(head: Head, block: int) -> None:
    """A block is cleared when first used; one that is given back is empty already."""
    for i in range(block * 64, block * 64 + 64):
        level = level_at(head, i)
        level.head = 0
        level.tail = 0
        level.orders = 0
        level.qty = 0


@inlined
def release_level(head: Head, side: int, key: int) -> None:
    """The level of a key is empty now; its block goes back when it was the last of the block."""
    vacate(head, side, key)
    if words_at(head.bits_at)[u64(side * head.stride + (key >> 6))] == 0:
        directory = links_at(head.directory_at)
        i = u64(side * head.width + (key >> 6))
        block = i64(directory[i])
        directory[i] = 0
        level_at(head, block * 64).head = head.free_block
        head.free_block = block


@inlined
def _occupied_span(head: Head, price: int) -> Any:
    """First and last word of prices (price // 64) that hold ``price`` or an order."""
    first = last = price >> 6
    for side in range(2):
        key = next_key(head, side, -1)
        while key >= 0:
            word = price_of(head, side, key) >> 6
            first = min(first, word)
            last = max(last, word)
            key = next_key(head, side, key | 63)
    return first, last


@helper
def move_window(head: Head, price: int) -> bool:
    """Make the window hold ``price`` and every order.  False: no memory, nothing changed."""
    first, last = _occupied_span(head, price)
    width = head.width
    while width < MOST_WIDTH and width < 2 * (last - first + 1):
        width *= 2
    start = first - (width - (last - first + 1)) // 2
    start = min(max(start, 0), MOST_WIDTH - width)
    stride = words_of_side(width)
    bits = zeroed(2 * stride, 8)
    directory = zeroed(2 * width, 4)
    if bits == 0 or directory == 0:
        freed(bits)
        freed(directory)
        return False
    _carry_over(head, start * 64, width, bits, directory)
    freed(head.bits_at)
    freed(head.directory_at)
    head.bits_at = bits
    head.directory_at = directory
    head.base = start * 64
    head.top = (start + width) * 64 - 1
    head.width = width
    head.stride = stride
    return True


@inlined
def _carry_over(head: Head, base: int, width: int, bits: int, directory: int) -> None:
    """Enter the occupied words of the present window into new tables."""
    from_words, from_blocks = words_at(head.bits_at), links_at(head.directory_at)
    to_words, to_blocks = words_at(bits), links_at(directory)
    stride = words_of_side(width)
    for side in range(2):
        key = next_key(head, side, -1)
        while key >= 0:
            at = (key >> 6) + side * head.stride
            price = price_of(head, side, key)
            word = ((price - base) if side else (base + width * 64 - 1 - price)) >> 6
            block = from_blocks[u64((key >> 6) + side * head.width)]
            to_blocks[u64(side * width + word)] = block
            to_words[u64(side * stride + word)] = from_words[u64(at)]
            offset = side * stride
            size = width
            while size > 1:  # the way up, as in occupy()
                offset += size
                size = max(size >> 6, 1)
                i = u64(offset + (word >> 6))
                to_words[i] |= ONE << u64(word & 63)
                word >>= 6
            key = next_key(head, side, key | 63)
