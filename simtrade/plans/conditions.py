"""When a condition holds: one price, compared with one bound.

Of a finished bar only three things are certain: its low was traded after prices up to the high of
before the bar, its high after prices down to the low of before, and its close came last.  Each is
a point at which conditions are judged; all conditions of a plan have to hold at the same point.
A bar in which the plan was armed tells its close only: what came before must not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from feeds.feed import LastPrice
from matching.instrument import Instrument
from matching.market import AuctionCross, Band, Bar, BarOpen, Snapshot, Trade
from matching.units import AtNs, PriceTicks
from simtrade.plans.model import Condition, ConditionKind, Seen

HIGHEST_TICKS = 2**31

PriceEvent = Trade | AuctionCross | Snapshot | BarOpen | Bar


class Point(NamedTuple):
    """A traded price with the session's high and low up to it, itself included."""

    price_ticks: int
    high_ticks: int
    low_ticks: int


class Known(NamedTuple):
    """What conditions are compared with besides prices: the previous close, and the position."""

    at_ns: AtNs
    reference_ticks: int | None
    instrument: Instrument
    position_qty: int
    cost_minor: int


class Bound(NamedTuple):
    """The condition holds from ``ticks`` on upwards (``rising``), or downwards."""

    ticks: int
    rising: bool

    def holds(self, price_ticks: int) -> bool:
        return price_ticks >= self.ticks if self.rising else price_ticks <= self.ticks


def point_now(last: LastPrice) -> Point:
    return Point(last.last_ticks, last.high_ticks, last.low_ticks)


def points_of(event: PriceEvent, before: LastPrice | None, since_ns: AtNs) -> tuple[Point, ...]:
    """The points of an event.  ``before`` is the feed's answer for the event's own moment, for a
    bar that for its start."""
    if isinstance(event, Bar):
        high, low = event.high_ticks, event.low_ticks
        if before is None:
            return (Point(event.close_ticks, high, low),)
        highest, lowest = max(high, before.high_ticks), min(low, before.low_ticks)
        close = Point(event.close_ticks, highest, lowest)
        if event.start_ns < since_ns:
            return (close,)
        return (
            Point(low, max(low, before.high_ticks), lowest),
            Point(high, highest, min(high, before.low_ticks)),
            close,
        )
    price = _price_of(event)
    if price is None:
        return ()
    if before is None:
        return (Point(price, price, price),)
    return (Point(price, max(price, before.high_ticks), min(price, before.low_ticks)),)


def _price_of(event: Trade | AuctionCross | Snapshot | BarOpen) -> int | None:
    """None where nothing was traded."""
    match event:
        case BarOpen():
            return event.open_ticks
        case Snapshot():
            return event.last_ticks
        case AuctionCross():
            return event.price_ticks if event.qty else None
        case Trade():
            return event.price_ticks


def bound_of(condition: Condition, point: Point, known: Known) -> Bound | None:
    """None when there is nothing to compare with: no position, no previous close; or a time."""
    number = condition.number
    match condition.kind:
        case ConditionKind.PRICE_AT_LEAST:
            return Bound(number, rising=True)
        case ConditionKind.PRICE_AT_MOST:
            return Bound(number, rising=False)
        case ConditionKind.DROP_FROM_HIGH:
            return Bound(point.high_ticks * (1000 - number) // 1000, rising=False)
        case ConditionKind.REBOUND_FROM_LOW:
            return Bound(-(-point.low_ticks * (1000 + number) // 1000), rising=True)
        case ConditionKind.CHANGE:
            return _changed(known.reference_ticks, number)
        case ConditionKind.POSITION_PROFIT:
            return _profit(known, number)
        case ConditionKind.TIME_FROM:
            return None


def _changed(reference_ticks: int | None, permille: int) -> Bound | None:
    if reference_ticks is None:
        return None
    value = reference_ticks * (1000 + permille)
    if permille > 0:
        return Bound(-(-value // 1000), rising=True)
    return Bound(value // 1000, rising=False)


def _profit(known: Known, permille: int) -> Bound | None:
    """The price at which the position's value reaches its cost and the profit, searched: values
    are rounded to the minor unit."""
    if known.position_qty <= 0 or known.cost_minor <= 0:
        return None
    wanted = known.cost_minor * (1000 + permille)
    rising = permille > 0
    low, high = 0, HIGHEST_TICKS
    while high - low > 1:
        middle = (low + high) // 2
        value = known.instrument.notional_minor(middle, known.position_qty) * 1000
        if value >= wanted if rising else value > wanted:
            high = middle
        else:
            low = middle
    return Bound(high, rising=True) if rising else Bound(low, rising=False)


def all_hold(
    conditions: tuple[Condition, ...], point: Point, known: Known
) -> tuple[Seen, ...] | None:
    """What was seen of each condition, None unless all of them hold at this point."""
    seen: list[Seen] = []
    for index, condition in enumerate(conditions):
        if condition.kind is ConditionKind.TIME_FROM:
            if known.at_ns < condition.number:
                return None
            seen.append(Seen(index, point.price_ticks, condition.number))
            continue
        bound = bound_of(condition, point, known)
        if bound is None or not bound.holds(point.price_ticks):
            return None
        seen.append(Seen(index, point.price_ticks, bound.ticks))
    return tuple(seen)


def only_times(conditions: tuple[Condition, ...]) -> bool:
    return all(one.kind is ConditionKind.TIME_FROM for one in conditions)


def band_of(conditions: tuple[Condition, ...], point: Point, known: Known) -> Band | None:
    """Prices inside which none of the conditions can begin to hold, a new high or low that would
    move a bound lies outside too; None when no price matters."""
    lows: list[int] = []
    highs: list[int] = []
    for condition in conditions:
        bound = bound_of(condition, point, known)
        if bound is not None:
            (highs if bound.rising else lows).append(bound.ticks)
        if condition.kind is ConditionKind.DROP_FROM_HIGH:
            highs.append(point.high_ticks + 1)
        elif condition.kind is ConditionKind.REBOUND_FROM_LOW:
            lows.append(point.low_ticks - 1)
    if only_times(conditions):
        return None
    return Band(
        PriceTicks(max(lows)) if lows else None,
        PriceTicks(min(highs)) if highs else None,
        awake=False,
    )


def joined(bands: Iterable[Band]) -> Band:
    """The narrowest of several bands: whatever matters to one of them comes through."""
    found = list(bands)
    lows = [one.low_ticks for one in found if one.low_ticks is not None]
    highs = [one.high_ticks for one in found if one.high_ticks is not None]
    return Band(
        max(lows) if lows else None,
        min(highs) if highs else None,
        awake=any(one.awake for one in found),
    )
