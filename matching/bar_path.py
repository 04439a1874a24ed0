"""The path a price is assumed to take inside a finished bar (fill model E11).

A rising bar goes open, low, high, close; a falling one open, high, low, close; where both prices
are equal the nearer extreme comes first.  Orders are reached in the order of that path, so of two
exits only the first is filled; with the strict profile a stop always comes first.  An exit whose
entry was filled inside the bar sees the rest of the path only.
"""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import pairwise

from matching.bar_fills import fill_in_range, fill_triggered
from matching.events import Event
from matching.listing import Listing
from matching.market import Bar
from matching.orders import FillProfile, OrderId, Side
from matching.triggers import fire, follow_mark
from matching.working import Stage, WorkingOrder

_STOP, _LIMIT = 0, 1  # at one and the same position a stop comes first


def path_of(bar: Bar) -> tuple[int, int, int, int]:
    """The four prices of a bar in the order they are assumed to have come."""
    rises = bar.close_ticks > bar.open_ticks
    if bar.close_ticks == bar.open_ticks:
        rises = bar.open_ticks - bar.low_ticks <= bar.high_ticks - bar.open_ticks
    low, high = bar.low_ticks, bar.high_ticks
    between = (low, high) if rises else (high, low)
    return (bar.open_ticks, *between, bar.close_ticks)


class BarWalk:
    """One walk along a bar's path.  Positions count the ticks gone since the open."""

    def __init__(self, listing: Listing, bar: Bar) -> None:
        self.listing = listing
        self.bar = bar
        self.points = path_of(bar)
        self.position = 0
        # (position, kind, place at that position, order, position it began to look from)
        self._reached: list[tuple[int, int, int, OrderId, int]] = []

    def run(self) -> list[Event]:
        """Everybody who was there before the bar began, in the order the path reaches them."""
        listing, start_ns = self.listing, self.bar.start_ns
        place = 0
        for side, extreme in ((Side.BUY, self.bar.low_ticks), (Side.SELL, self.bar.high_ticks)):
            for working in listing.reached(side, extreme):
                place += 1
                if working.was_there(start_ns):
                    self._await_limit(working, 0, place)
        for working in list(listing.waiting.values()):
            if working.was_there(start_ns):
                self._await_trigger(working, 0)
        return self._walk()

    def resume(self, exits: list[WorkingOrder], position: int) -> list[Event]:
        """The rest of the path for exits that began to work at ``position``."""
        for working in exits:
            if working.stage is Stage.WAITING:
                self._await_trigger(working, position)
            else:
                self._await_limit(working, position, working.order_id)
        return self._walk()

    def _walk(self) -> list[Event]:
        listing, events = self.listing, list[Event]()
        listing.walk = self
        while self._reached:
            position, kind, _, order_id, start = heappop(self._reached)
            working = listing.orders.get(order_id)
            if working is None:
                continue
            self.position = position
            if kind == _LIMIT:
                first, extreme = self.price_at(start), self.extreme(working.side, start)
                events.extend(fill_in_range(listing, working, self.bar, first, extreme))
            elif working.stage is Stage.WAITING:
                events.extend(self._fire(working))
        listing.walk = None
        return events

    def _fire(self, working: WorkingOrder) -> list[Event]:
        price, stop = self.price_at(self.position), working.stop_ticks
        assert stop is not None
        if working.side.sign * (price - stop) < 0:
            price = stop  # strict: taken to have come before everything else
        events = fire(self.listing, working, price, self.bar.at_ns, self.bar.seq)
        if working.order_id in self.listing.orders:
            events += fill_triggered(self.listing, working, self.bar, price)
        if working.order_id in self.listing.orders and working.stage is Stage.RESTING:
            self._await_limit(working, self.position, working.order_id)
        return events

    # When the path reaches somebody

    def _await_limit(self, working: WorkingOrder, start: int, place: int) -> None:
        """A limit is reached when the price goes a tick beyond it; for beginners at a touch."""
        beyond = 0 if working.profile is FillProfile.BEGINNER else 1
        price = working.limit_ticks - working.side.sign * beyond
        found = self.first(price, start, rising=working.side is Side.SELL)
        if found is not None:
            heappush(self._reached, (found, _LIMIT, place, working.order_id, start))

    def _await_trigger(self, working: WorkingOrder, start: int) -> None:
        found = None
        travelled = 0
        for begin, end in pairwise(self.points):
            length = abs(end - begin)
            if found is None and travelled + length >= start:
                after = max(start - travelled, 0)
                at = begin + (after if end > begin else -after)
                found = self._meets(working, travelled + after, at, end)
            travelled += length
        if found is not None:
            first = start if working.profile is FillProfile.STRICT else found
            heappush(self._reached, (first, _STOP, working.order_id, working.order_id, start))

    def _meets(self, working: WorkingOrder, position: int, at: int, end: int) -> int | None:
        """Where on the straight way from ``at`` to ``end`` a trigger is met."""
        sign = working.side.sign
        follow_mark(self.listing, working, at)
        stop = working.stop_ticks
        assert stop is not None
        if sign * (at - stop) >= 0:
            return position
        if sign * (end - stop) >= 0:
            return position + abs(stop - at)
        follow_mark(self.listing, working, end)
        return None

    def first(self, price: int, start: int, *, rising: bool) -> int | None:
        """Where the path is first at ``price`` or beyond it, from ``start`` on."""
        sign = 1 if rising else -1
        travelled = 0
        for begin, end in pairwise(self.points):
            length = abs(end - begin)
            if travelled + length >= start:
                after = max(start - travelled, 0)
                at = begin + (after if end > begin else -after)
                if sign * (at - price) >= 0:
                    return travelled + after
                if sign * (end - price) >= 0:
                    return travelled + after + abs(price - at)
            travelled += length
        return None

    def price_at(self, position: int) -> int:
        travelled = 0
        for begin, end in pairwise(self.points):
            length = abs(end - begin)
            if travelled + length >= position:
                after = position - travelled
                return begin + (after if end > begin else -after)
            travelled += length
        return self.points[-1]

    def extreme(self, side: Side, start: int) -> int:
        """The best price for a resting order of ``side`` from ``start`` on."""
        rest, travelled = [self.price_at(start)], 0
        for begin, end in pairwise(self.points):
            travelled += abs(end - begin)
            if travelled >= start:
                rest.append(end)
        return min(rest) if side is Side.BUY else max(rest)


def on_bar(listing: Listing, bar: Bar, *, matches: bool) -> list[Event]:
    """A bar is finished: fill whom it went beyond, send whom it triggered."""
    events: list[Event] = []
    listing.begin_bar(bar.start_ns)
    if listing.orders and matches:
        events = BarWalk(listing, bar).run()
    listing.street.apply_bar(bar)
    return events
