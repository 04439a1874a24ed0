"""What two snapshots prove of the trades between them: fill model E4.

A feed that shows the market every few seconds tells no trade, only by how much volume and turnover
grew and how far prices went.  From these follow the volume that surely, or probably, reached a
price.  Prices of a seller are read with their sign turned, so that lower is always further.
"""

from __future__ import annotations

from typing import NamedTuple

from matching.market import Snapshot
from matching.orders import FillProfile, Side
from matching.units import QUEUE_SCALE, AtNs, divide_half_up

LARGEST_TICKS = (1 << 31) - 1  # of a price that the book can hold


class Reach(NamedTuple):
    """Volume of an interval at or beyond a price, in thousandths of a base unit.

    ``through_milli`` was traded past whoever waits at the price, ``at_milli`` at the price itself:
    it uses up the queue first.  ``emptied``: something surely traded beyond, so nobody who waited
    before us is left."""

    at_milli: int
    through_milli: int
    emptied: bool

    @property
    def all_milli(self) -> int:
        return self.at_milli + self.through_milli

    def part(self, share: int, whole: int) -> Reach:
        """What belongs to a part of the interval's time."""
        return Reach(
            self.at_milli * share // whole, self.through_milli * share // whole, emptied=False
        )


_NOTHING = Reach(0, 0, emptied=False)


class Interval(NamedTuple):
    """Between two snapshots.  ``turnover`` is ticks times quantity; ``low``/``high`` are how far
    trades can have gone; ``extremes`` are prices that surely traded: the last one, and a new low
    or high of the day."""

    start_ns: AtNs
    end_ns: AtNs
    volume: int
    turnover: int
    low: int
    high: int
    extremes: tuple[int, ...]

    @property
    def average_milli(self) -> int:
        return divide_half_up(self.turnover * 1000, self.volume)

    def reach(self, side: Side, price_ticks: int, profile: FillProfile, lot: int) -> Reach:
        """Volume that a resting order of that side and price was reached by."""
        sure = self._sure(side, price_ticks, lot)
        if profile is FillProfile.STRICT:
            return sure
        likely = self._likely(side, price_ticks)
        volume = self.volume * QUEUE_SCALE
        if profile is FillProfile.BEGINNER:
            touched = self._touched(side, price_ticks)
            return Reach(0, volume if touched else likely.all_milli, emptied=sure.emptied)
        # Never less than what is sure, in all and beyond the price.
        whole = max(sure.all_milli, likely.all_milli)
        through = max(sure.through_milli, likely.through_milli)
        return Reach(whole - through, through, emptied=sure.emptied)

    def _touched(self, side: Side, price_ticks: int) -> bool:
        """Whether something surely traded at the price or beyond it."""
        sign = side.sign
        average_there = sign * self.turnover <= sign * price_ticks * self.volume
        return average_there or any(sign * one <= sign * price_ticks for one in self.extremes)

    def _sure(self, side: Side, price_ticks: int, lot: int) -> Reach:
        """The least volume at or beyond the price that makes the average possible."""
        price, volume = side.sign * price_ticks, self.volume
        sum_ticks = side.sign * self.turnover
        low = side.sign * (self.low if side is Side.BUY else self.high)
        least, average_beyond = 0, sum_ticks <= (price - 1) * volume
        if sum_ticks <= price * volume:
            above = volume * (price + 1) - sum_ticks
            least = volume * QUEUE_SCALE * above // (volume * (price + 1 - low))
        beyond = any(side.sign * one < price for one in self.extremes)
        # Whatever traded beyond was at least a lot; it may be a part of what the average proves.
        one_lot = min(lot, volume) * QUEUE_SCALE if beyond else 0
        whole = max(least, one_lot)
        through = whole if average_beyond else one_lot
        return Reach(whole - through, through, emptied=average_beyond or beyond)

    def _likely(self, side: Side, price_ticks: int) -> Reach:
        """Volume uniform around the average, as wide as the nearer end of the range allows."""
        price, volume = side.sign * price_ticks, self.volume
        milli = self.likely_milli(side, price_ticks)
        past_edge = price * volume > side.sign * self.turnover - self._width()
        return Reach(0 if past_edge else milli, milli if past_edge else 0, emptied=False)

    def likely_milli(self, side: Side, price_ticks: int) -> int:
        """Volume at or beyond a price if it was spread evenly; each tick is a whole tick wide."""
        volume, width = self.volume, self._width()
        part = volume * (side.sign * price_ticks + 1) - side.sign * self.turnover + width
        whole = 2 * width + volume
        return volume * QUEUE_SCALE * max(0, min(part, whole)) // whole

    def _width(self) -> int:
        """Half the width of the spread, times the volume."""
        return min(self.turnover - self.low * self.volume, self.high * self.volume - self.turnover)


def between(before: Snapshot | None, after: Snapshot) -> Interval | None:
    """None where nothing was traded, or nothing is known: no snapshot before, crossed quotes,
    totals that cannot be."""
    if before is None or _crossed(before) or _crossed(after):
        return None
    volume, turnover = after.volume - before.volume, after.turnover - before.turnover
    if volume <= 0 or turnover <= 0 or after.at_ns <= before.at_ns:
        return None
    if not _possible(after, volume, turnover):
        return None
    extremes = _extremes(before, after)
    best = [one for shot in (before, after) for one in (*shot.bids[:1], *shot.asks[:1])]
    average = (turnover // volume, -(-turnover // volume))
    ends = [*(one.price_ticks for one in best), *extremes, *average]
    low, high = min(ends), max(ends)
    return Interval(before.at_ns, after.at_ns, volume, turnover, low, high, extremes)


def _possible(after: Snapshot, volume: int, turnover: int) -> bool:
    """Whether the growth of the totals can be: its average lies within the day's range, a tick more
    for what was rounded.  A source that has corrected itself proves nothing."""
    low = 1 if after.low_ticks is None else after.low_ticks - 1
    high = LARGEST_TICKS if after.high_ticks is None else min(LARGEST_TICKS, after.high_ticks + 1)
    return low * volume <= turnover <= high * volume


def _extremes(before: Snapshot, after: Snapshot) -> tuple[int, ...]:
    found: list[int] = []
    if after.last_ticks is not None:
        found.append(after.last_ticks)
    if after.low_ticks is not None and (
        before.low_ticks is None or after.low_ticks < before.low_ticks
    ):
        found.append(after.low_ticks)
    if after.high_ticks is not None and (
        before.high_ticks is None or after.high_ticks > before.high_ticks
    ):
        found.append(after.high_ticks)
    return tuple(found)


def _crossed(shot: Snapshot) -> bool:
    return bool(shot.bids and shot.asks) and shot.bids[0].price_ticks >= shot.asks[0].price_ticks
