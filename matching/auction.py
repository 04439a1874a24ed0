"""The price of a call auction: one price for everybody, from all orders at once.

Of the prices at which orders stand, those count at which the most trades, every order with a better
price fills wholly, and at least one side at the price itself does too (SSE and SZSE trading rules
on call auctions).  At most two prices are left; between them as much is bought as is sold.  What
decides then is the market's own rule, given as data (``TieRule``).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from matching.orders import Side
from matching.units import divide_half_up


class TieRule(StrEnum):
    """Which price it is when several would do.  All take the smallest surplus first."""

    MIDDLE = "middle"  # of the order prices that are left, the middle, half up to the tick (SSE)
    NEAREST = "nearest"  # any tick from one to the other: the one nearest the reference (SZSE, US)
    # An order's own price: the one nearest the reference, of two equally near the higher (HKEX).
    NEAREST_ORDER = "nearest_order"


class Crossing(NamedTuple):
    """What an auction gives: quantity 0 and no price when nobody meets.

    ``unmatched_side`` has ``unmatched_qty`` more than trades at ``price_ticks`` or better; None and
    0 when both sides are used up.
    """

    price_ticks: int | None
    qty: int
    unmatched_side: Side | None
    unmatched_qty: int


NOTHING = Crossing(None, 0, None, 0)


class _Candidate(NamedTuple):
    """An order price at which the auction could be held: what would be bought, and sold."""

    price_ticks: int
    bought: int
    sold: int

    @property
    def surplus(self) -> int:
        return abs(self.bought - self.sold)


def cross(
    buys: Mapping[int, int], sells: Mapping[int, int], tie: TieRule, reference_ticks: int | None
) -> Crossing:
    """Hold the auction.

    ``buys`` and ``sells`` are base units (>= 0) by limit price in ticks.  ``reference_ticks`` is
    the previous close at the opening and the last price at the close; without one the middle
    decides.
    """
    found = _candidates(buys, sells)
    if not found:
        return NOTHING
    low, high = found[0], found[-1]
    price_ticks = low.price_ticks
    if low is not high:
        # Strictly between the two nobody has an order: what trades is all there is.
        price_ticks = _break_tie(low, high, tie, reference_ticks)
    bought = sum(qty for price, qty in buys.items() if price >= price_ticks)
    sold = sum(qty for price, qty in sells.items() if price <= price_ticks)
    heavier = None if bought == sold else Side.BUY if bought > sold else Side.SELL
    return Crossing(price_ticks, min(bought, sold), heavier, abs(bought - sold))


def _candidates(buys: Mapping[int, int], sells: Mapping[int, int]) -> list[_Candidate]:
    """Order prices, lowest first, with the largest volume at which better orders fill wholly."""
    found: list[_Candidate] = []
    most = 0
    bought, sold = sum(buys.values()), 0
    for price in sorted({*buys, *sells}):
        at_price_bought, at_price_sold = buys.get(price, 0), sells.get(price, 0)
        sold += at_price_sold
        traded = min(bought, sold)
        better = max(bought - at_price_bought, sold - at_price_sold)
        # A price at which only empty entries stand is nobody's price.
        if traded and traded >= most and better <= traded and at_price_bought + at_price_sold:
            if traded > most:
                found.clear()
                most = traded
            found.append(_Candidate(price, bought, sold))
        bought -= at_price_bought
    return found


def _break_tie(low: _Candidate, high: _Candidate, tie: TieRule, reference_ticks: int | None) -> int:
    """The price between two candidates, each of which has a surplus on its own side only."""
    first, last = low.price_ticks, high.price_ticks
    if tie is TieRule.NEAREST and reference_ticks is not None:
        # Ticks at which nothing is left over; the ends count only where that holds for them too.
        begin, end = first + bool(low.surplus), last - bool(high.surplus)
        if begin <= end:
            return max(begin, min(end, reference_ticks))
    if low.surplus != high.surplus:
        return first if low.surplus < high.surplus else last
    if tie is TieRule.MIDDLE or reference_ticks is None:
        return divide_half_up(first + last, 2)
    return first if reference_ticks - first < last - reference_ticks else last
