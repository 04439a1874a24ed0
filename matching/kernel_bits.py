"""Which prices are occupied, and the window of prices a book covers.

The window is ``width`` words of 64 prices from ``base``.  Only words with an order own a block of
64 entries and only occupied prices a level, so a window may be far wider than what is used.  A
price outside makes the window anew: twice as wide as the occupied span (never narrower than before)
with the occupied span in its middle.  Blocks and levels stay where they are, only the directory
and the bits are rebuilt.  A side costs 12.2 bytes of mostly untouched memory per 64 prices of
window; prices 2^31 ticks apart in one book are the most it can be asked for (0.8 GB of address
space, a few pages of memory).

``bits`` are a tree of words with 64 children each: word i of a layer is not zero exactly when bit
i % 64 of word i // 64 of the layer above is set.  ``width`` is a power of two of at least 64; the
lowest layer has ``2 * width`` words, each other a 64th of the one below, the top one word.
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
WORDS_AT_FIRST = 2 * LEAST_WIDTH + 2 + 1  # see words_of()
ONE = u64(1)


@inlined
def key_of(head: Head, side: int, price: int) -> int:
    """The key of a price inside the window."""
    # For a buy span - 1 - (price - base), for a sell span + (price - base): span is a power of two,
    # and sides come in an order that no processor foresees, so there is no branch on them.
    return (price - head.base) ^ (head.span - 1 + side)


@inlined
def price_of(head: Head, side: int, key: int) -> int:
    return head.base + (key ^ (head.span - 1 + side))


@inlined
def inside(head: Head, price: int) -> bool:
    return head.base <= price < head.base + head.span


@inlined
def layer_words(width: int, layer: int) -> int:
    return max(2 * width >> (6 * layer), 1)


@inlined
def words_of(width: int) -> int:
    """Words of all layers."""
    total = size = 2 * width
    while size > 1:
        size = max(size >> 6, 1)
        total += size
    return total


@inlined
def _occupy(head: Head, key: int) -> None:
    words = words_at(head.bits_at)
    offset = 0
    size = 2 * head.width
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
def _vacate(head: Head, key: int) -> bool:
    """Whether the word of the key has no other occupied key."""
    words = words_at(head.bits_at)
    offset = 0
    size = 2 * head.width
    while True:
        i = u64(offset + (key >> 6))
        after = words[i] & ~(ONE << u64(key & 63))
        words[i] = after
        if after != 0 or size == 1:
            return offset != 0
        offset += size
        size = max(size >> 6, 1)
        key >>= 6


@inlined
def next_key(head: Head, side: int, key: int) -> int:
    """The lowest occupied key of a side above ``key`` (-1: of all), or -1: the next worse price."""
    words = words_at(head.bits_at)
    offset = 0
    size = 2 * head.width
    layer = 0
    if key < 0 and side != 0:
        key = head.span
    else:
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
    return key if side != 0 or key < head.span else -1


@helper
def following(head: Head, side: int, key: int) -> int:
    """``next_key`` for rare work: compiled once."""
    return next_key(head, side, key)


@inlined
def level_index(head: Head, key: int) -> int:
    """Index of the level of a key, 0 when it is not occupied (block 0 has only zeros)."""
    block = i64(links_at(head.directory_at)[u64(key >> 6)])
    return i64(links_at(head.blocks_at)[u64(block * 64 + (key & 63))])


@inlined
def claim_level(head: Head, key: int) -> int:
    """Index of an empty level for a key that was not occupied."""
    _occupy(head, key)
    directory, blocks = links_at(head.directory_at), links_at(head.blocks_at)
    word = u64(key >> 6)
    block = i64(directory[word])
    if block == 0:
        block = _claim_block(head)
        directory[word] = block
    index = head.free_level
    if index != 0:
        head.free_level = i64(level_at(head, index).head)
    else:
        head.n_levels += 1
        index = head.n_levels
    head.live_levels += 1
    blocks[u64(block * 64 + (key & 63))] = index
    return index


@inlined
def _claim_block(head: Head) -> int:
    """A block whose entries are all 0; one that was given back is that but for its link."""
    blocks = links_at(head.blocks_at)
    block = head.free_block
    if block != 0:
        head.free_block = i64(blocks[u64(block * 64)])
        blocks[u64(block * 64)] = 0
        return block
    head.n_blocks += 1
    block = head.n_blocks
    for i in range(block * 64, block * 64 + 64):
        blocks[u64(i)] = 0
    return block


@inlined
def release_level(head: Head, key: int) -> None:
    """The level of a key is empty: it goes back, with its block when that has no other."""
    directory, blocks = links_at(head.directory_at), links_at(head.blocks_at)
    word = u64(key >> 6)
    block = i64(directory[word])
    entry = u64(block * 64 + (key & 63))
    index = i64(blocks[entry])
    blocks[entry] = 0
    level_at(head, index).head = head.free_level
    head.free_level = index
    head.live_levels -= 1
    if _vacate(head, key):
        directory[word] = 0
        blocks[u64(block * 64)] = head.free_block
        head.free_block = block


@inlined
def _occupied_span(head: Head, price: int) -> Any:
    """First and last word of prices (price // 64) that hold ``price`` or an order."""
    first = last = price >> 6
    for side in range(2):
        key = following(head, side, i64(-1))
        while key >= 0:
            word = price_of(head, side, key) >> 6
            first = min(first, word)
            last = max(last, word)
            key = following(head, side, key | 63)
    return first, last


@helper
def move_window(head: Head, price: int) -> bool:
    """Make the window hold ``price`` and every order.  False: no memory, nothing changed."""
    first, last = _occupied_span(head, price)
    width = head.width
    while width < MOST_WIDTH and width < 2 * (last - first + 1):
        width *= 2
    start = max(first - (width - (last - first + 1)) // 2, 0)
    bits = zeroed(words_of(width), 8)
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
    head.span = width * 64
    head.width = width
    return True


@inlined
def _carry_over(head: Head, base: int, width: int, bits: int, directory: int) -> None:
    """Enter the occupied words of the present window into new tables."""
    from_words, from_blocks = words_at(head.bits_at), links_at(head.directory_at)
    to_words, to_blocks = words_at(bits), links_at(directory)
    for side in range(2):
        key = following(head, side, i64(-1))
        while key >= 0:
            word = ((price_of(head, side, key) - base) ^ (width * 64 - 1 + side)) >> 6
            to_blocks[u64(word)] = from_blocks[u64(key >> 6)]
            to_words[u64(word)] = from_words[u64(key >> 6)]
            offset = 0
            size = 2 * width
            while size > 1:  # the way up, as in _occupy()
                offset += size
                size = max(size >> 6, 1)
                to_words[u64(offset + (word >> 6))] |= ONE << u64(word & 63)
                word >>= 6
            key = following(head, side, key | 63)
