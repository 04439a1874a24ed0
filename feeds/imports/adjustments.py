"""Splits and dividends from what vendors tell of them: factors, adjusted prices, moves of prices.

Only what is plain becomes an action; the rest is for a person to look at.
"""

from __future__ import annotations

from typing import NamedTuple

# New shares for old ones that exchanges have seen; reverse ones are their inverses.
_PAIRS = (
    *((new, 1) for new in (2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 50, 100)),
    (3, 2), (4, 3), (5, 2), (5, 3), (5, 4), (6, 5), (7, 2), (7, 5), (9, 2),
)  # fmt: skip
RATIOS = (*_PAIRS, *((old, new) for new, old in _PAIRS))
# A price after a split lies within this many percent of what the split alone would make of it.
_MOST_MOVE_PERCENT = 30
# A cash dividend is less than this part of the price.
_MOST_DIVIDEND_PERCENT = 25


class Split(NamedTuple):
    new_shares: int
    old_shares: int


class Dividend(NamedTuple):
    """Cash a share, in millionths of the currency's unit."""

    cash_micro: int


class Doubtful(NamedTuple):
    """Something happened that is neither a plain split nor a plain dividend."""

    text: str


def told_by_factor(
    before: int, after: int, adjusted: int, slack: int
) -> Split | Dividend | Doubtful | None:
    """What happens between two sessions.

    ``before`` is a close and ``adjusted`` what the vendor makes of it in terms of the next session,
    ``after`` the next session's open, all in millionths; ``adjusted`` is right to ``slack``.  None
    when nothing happens.
    """
    if abs(adjusted - before) <= slack:
        return None
    for new, old in RATIOS:
        if abs(adjusted * new - before * old) <= slack * new:
            expected = before * old // new
            if abs(after - expected) * 100 <= expected * _MOST_MOVE_PERCENT:
                return Split(new, old)
    paid = before - adjusted
    if 0 < paid * 100 <= before * _MOST_DIVIDEND_PERCENT:
        return Dividend(paid)
    return Doubtful(f"a close of {_shown(before)} is adjusted to {_shown(adjusted)}")


def unexplained(before: int, after: int, most_percent: int = 40) -> bool:
    """Whether a price moved more than a share does in a day."""
    return abs(after - before) * 100 > before * most_percent


def _shown(micro: int) -> str:
    return f"{micro // 10**6}.{micro % 10**6 // 100:04}"
