"""A promise about an invented market that can be kept secret first and checked afterwards.

Before a contest only the hash of (market's name, salt) is published.  Nobody can find the name
from it: the salt is drawn with the seed.  Afterwards name and salt are published; whoever hashes
them gets the same commitment, and whoever generates the market gets the same path.  The name
holds the generator's version and the scenario, so these are promised too.
"""

from __future__ import annotations

import hashlib

from feeds.generator.calendar import CLOSE_NS, midnight_ns
from feeds.generator.feed import GeneratorFeed
from matching.market import Band
from matching.units import AtNs

SALT_HEX = 32  # letters of a salt
SEED_END = 1 << 96  # seeds of committed markets are drawn below

_EVERYTHING = Band(None, None, awake=True)


def commitment(name: str, salt: str) -> str:
    """SHA-256 as 64 hexadecimal letters of the text ``NAME`` newline ``SALT``, in UTF-8."""
    return hashlib.sha256(f"{name}\n{salt}".encode()).hexdigest()


def path_digest(feed: GeneratorFeed, sessions: int) -> str:
    """SHA-256 over every event of a market's first sessions, as 64 hexadecimal letters.

    An event is its type's name and its ``repr`` in one line; both are the same on any machine.
    """
    digest = hashlib.sha256()
    end = AtNs(midnight_ns(sessions - 1) + CLOSE_NS)
    for event in feed.events(AtNs(feed.start_ns - 1), end, lambda _: _EVERYTHING):
        digest.update(f"{event!r}\n".encode())
    return digest.hexdigest()
