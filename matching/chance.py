"""Chance that can be drawn again: fill model E9.

A number follows from the names of what it is drawn for and from nothing else, so another account,
another order or another machine changes nobody's luck.
"""

from __future__ import annotations

from hashlib import blake2b

DRAWS = 2**64


def draw(*names: str | int) -> int:
    """A number in [0, 2**64) for these names, evenly spread."""
    digest = blake2b(digest_size=8)
    for name in names:
        written = str(name).encode()
        digest.update(len(written).to_bytes(4, "big") + written)
    return int.from_bytes(digest.digest(), "big")
