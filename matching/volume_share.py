"""The part of a traded volume that an account may have: fill models E6 and E11.

What others traded was theirs.  Where no quantity is offered to us, an account gets at most a share
of the volume, and all its orders (its group's, in a room that shares) draw on it together.
"""

from __future__ import annotations

from matching.listing import Listing
from matching.working import WorkingOrder


def takers_part(listing: Listing, volume: int) -> int:
    """What whoever takes may have of a volume, in base units: the share of the dated rules."""
    assert listing.rules is not None
    return volume * listing.rules.bar_share_permille // 1000


def budget_of(listing: Listing, working: WorkingOrder, part: int) -> int:
    """What the order's group has not yet had of its part; never below 0."""
    return max(0, part - listing.bar_used.get(listing.group(working), 0))


def draw(listing: Listing, working: WorkingOrder, budget: int) -> int:
    """What the order gets of a budget: counted as had by its group, 0 when there is none."""
    qty = min(working.leaves, budget)
    if qty:
        group = listing.group(working)
        listing.bar_used[group] = listing.bar_used.get(group, 0) + qty
    return qty
