"""The call auctions of the invented market: orders that come and go until one price is left.

The result is given beforehand, because it has to meet the daily bar and the first display; the
orders are drawn so that an auction of all of them (matching/auction.py) has exactly that result.
What is shown on the way is the auction of those that have come so far.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from feeds.generator.days import DayBar
from feeds.generator.market import LOT
from feeds.prng import UInt64s, bell, below, new_state
from matching.auction import Crossing, TieRule, cross
from matching.orders import Side

TIE = TieRule.MIDDLE
# An indication is shown this often.
INDICATION_MS = 10_000

_MOST_ORDERS = 24  # that trade, and as many that don't, a side
_SHOWING_OFF = 10  # orders that are taken back while that is possible
_SPREAD_PPM = 6_000  # how far from the result the orders' limits lie
_LAST_PPM = 2_000  # how far the last continuous price lies from the close
_NEVER = 1 << 60


class DayParts(NamedTuple):
    """How a day's volume and its end are shared out; quantities in whole lots of shares."""

    opening_qty: int
    closing_qty: int
    last_ticks: int  # of continuous trading
    opens: Side  # who takes first in continuous trading: the other side was left over


class Hours(NamedTuple):
    """Of an auction, in milliseconds: orders come in [start, end), go before ``locked``."""

    start_ms: int
    locked_ms: int
    end_ms: int


class _Order(NamedTuple):
    at_ms: int
    gone_ms: int
    side: Side
    price_ticks: int
    qty: int


def day_parts(seed: int, bar: DayBar) -> DayParts:
    """About a hundredth of the day's volume trades in each auction."""
    state = new_state(seed ^ 0x2545F4914F6CDD1D)
    lots = bar.volume // LOT
    opening = max(1, lots * (4 + int(below(state, 14))) // 1000)
    closing = max(1, lots * (6 + int(below(state, 12))) // 1000)
    away = int(bell(state, bar.close_ticks * _LAST_PPM // 1_000_000))
    last = min(max(bar.close_ticks + away, bar.low_ticks), bar.high_ticks)
    return DayParts(opening * LOT, closing * LOT, last, Side(int(below(state, 2))))


def surplus(seed: int, price_ticks: int, qty: int) -> Crossing:
    """An auction result with something left over on one side, of the auction's own size."""
    state = new_state(seed ^ 0x5851F42D4C957F2D)
    left = LOT * int(below(state, qty // LOT // 4 + 1))
    side = Side(int(below(state, 2)))
    return Crossing(price_ticks, qty, side if left else None, left)


def indications(
    seed: int, result: Crossing, band: tuple[int, int], hours: Hours
) -> Iterator[tuple[int, Crossing]]:
    """Moment in milliseconds and what the auction would give, from the first indication on.

    ``result`` is what all orders together give; ``band`` the allowed prices.
    """
    orders = sorted(_orders(new_state(seed ^ 0x14057B7EF767814F), result, band, hours))
    gone = sorted((order.gone_ms, order) for order in orders if order.gone_ms < _NEVER)
    books: tuple[dict[int, int], dict[int, int]] = ({}, {})

    def change(order: _Order, qty: int) -> None:
        book = books[order.side]
        book[order.price_ticks] = book.get(order.price_ticks, 0) + qty

    came = left = 0
    for at_ms in range(hours.start_ms + INDICATION_MS, hours.end_ms + 1, INDICATION_MS):
        while came < len(orders) and orders[came].at_ms < at_ms:
            change(orders[came], orders[came].qty)
            came += 1
        while left < len(gone) and gone[left][0] < at_ms:
            change(gone[left][1], -gone[left][1].qty)
            left += 1
        yield at_ms, cross(*books, TIE, None)


def _orders(
    state: UInt64s, result: Crossing, band: tuple[int, int], hours: Hours
) -> Iterator[_Order]:
    assert result.price_ticks is not None
    for side in Side:
        left = result.unmatched_qty if result.unmatched_side is side else 0
        yield from _matched(state, result, side, left, band, hours)
        for _ in range(_MOST_ORDERS):
            price = result.price_ticks - side.sign * _away(state, result.price_ticks)
            if band[0] <= price <= band[1]:
                yield _Order(_late(state, hours), _NEVER, side, price, _size(state, result))
    if hours.locked_ms > hours.start_ms:
        for _ in range(_SHOWING_OFF):
            side = Side(int(below(state, 2)))
            price = result.price_ticks + side.sign * _away(state, result.price_ticks)
            came = hours.start_ms + int(below(state, hours.locked_ms - hours.start_ms))
            gone = came + int(below(state, hours.locked_ms - came))
            yield _Order(came, gone, side, min(max(price, band[0]), band[1]), _size(state, result))


def _matched(
    state: UInt64s,
    result: Crossing,
    side: Side,
    left: int,
    band: tuple[int, int],
    hours: Hours,
) -> Iterator[_Order]:
    """A side's orders at the result's price or better: more at that price than is left over, so
    that no other price trades as much."""
    assert result.price_ticks is not None
    lots = (result.qty + left) // LOT
    at_price = min(lots, left // LOT + 1 + int(below(state, lots // 3 + 1)))
    yield _Order(_late(state, hours), _NEVER, side, result.price_ticks, at_price * LOT)
    lots -= at_price
    while lots:
        part = min(lots, 1 + int(below(state, 2 * result.qty // LOT // _MOST_ORDERS + 1)))
        price = result.price_ticks + side.sign * _away(state, result.price_ticks)
        price = min(max(price, band[0]), band[1])
        yield _Order(_late(state, hours), _NEVER, side, price, part * LOT)
        lots -= part


def _away(state: UInt64s, price_ticks: int) -> int:
    return 1 + abs(int(bell(state, price_ticks * _SPREAD_PPM // 1_000_000)))


def _late(state: UInt64s, hours: Hours) -> int:
    """Some wait for the auction to begin; then more come towards its end."""
    width = hours.end_ms - hours.start_ms
    if not below(state, 4):
        return hours.start_ms + int(below(state, width // 20))
    return hours.start_ms + max(int(below(state, width)), int(below(state, width)))


def _size(state: UInt64s, result: Crossing) -> int:
    return LOT * (1 + int(below(state, result.qty // LOT // 8 + 1)))
