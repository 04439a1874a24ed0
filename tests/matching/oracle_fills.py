"""Fill model E1, E2 and E3 as they are written: one account, plain lists, exact fractions.

It knows nothing of the exchange's classes but the words of the tape.  Queue numbers and takings
are rounded up to 1/1000 where the model says so, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from matching.market import Depth, Trade
from matching.orders import FillProfile, Side, TimeInForce
from matching.units import NS_PER_SECOND

LevelKey = tuple[Side, int]


def up_to_thousandth(value: Fraction) -> Fraction:
    return Fraction(ceil(value * 1000), 1000)


@dataclass
class NaiveOrder:
    """``ahead`` is None while nothing is known of its level."""

    name: int
    side: Side
    limit: int
    qty: int
    is_market: bool
    force: TimeInForce
    profile: FillProfile
    resting: bool = False
    ahead: Fraction | None = Fraction(0)

    def better(self, price: int) -> int:
        """How much better than ``price`` the order's limit is for the other side."""
        return self.side.sign * (self.limit - price)


@dataclass
class NaiveAccount:
    """What one account experiences; ``said`` lists (order, price, qty) and (order, "end", left)."""

    stale_seconds: int = 60
    levels: dict[LevelKey, int] = field(default_factory=dict)
    printed: dict[LevelKey, int] = field(default_factory=dict)
    taken: dict[LevelKey, Fraction] = field(default_factory=dict)
    forestalled: dict[LevelKey, Fraction] = field(default_factory=dict)
    display: Depth | None = None
    orders: list[NaiveOrder] = field(default_factory=list)  # oldest first
    said: list[tuple[int, int | str, int]] = field(default_factory=list)

    # The street

    def side_of(self, depth: Depth, side: Side) -> dict[int, int]:
        return {one.price_ticks: one.qty for one in (depth.asks if side else depth.bids)}

    def hidden(self, side: Side, price: int) -> bool:
        """Beyond the last of as many levels as the feed shows."""
        assert self.display is not None
        shown = self.side_of(self.display, side)
        full = len(shown) >= self.display.levels_shown
        return full and all(side.sign * (one - price) > 0 for one in shown)

    def crossed(self) -> bool:
        if self.display is None or not self.display.bids or not self.display.asks:
            return False
        return self.display.bids[0].price_ticks >= self.display.asks[0].price_ticks

    def usable(self, now: int) -> bool:
        if self.display is None or self.crossed() or not (self.display.bids or self.display.asks):
            return False
        return now - self.display.at_ns <= self.stale_seconds * NS_PER_SECOND

    def on_depth(self, depth: Depth) -> None:
        self.display = depth
        before, printed = self.levels, self.printed
        self.levels, self.printed = {}, {}
        for side in Side:
            shown = self.side_of(depth, side)
            self.levels |= {(side, price): qty for price, qty in shown.items()}
            for price in {one for where, one in before if where is side} | shown.keys():
                if price in shown or not self.hidden(side, price):
                    key = (side, price)
                    self._level(key, before.get(key, 0), shown.get(price, 0), printed.get(key, 0))
            self._push(side)
            for order in self.orders:
                unseen = order.resting and order.side is side and order.ahead is None
                if unseen and not self.hidden(side, order.limit):
                    order.ahead = Fraction(shown.get(order.limit, 0))
        if self.usable(depth.at_ns):
            for side in Side:
                for order in self.queue(side):
                    self._take(order, at_limit=True)
            for order in [one for one in self.orders if not one.resting]:
                self._arrive(order)

    def _level(self, key: LevelKey, before: int, after: int, printed: int) -> None:
        """E2 for the takings, E3b and E3c for every order that rests there."""
        decrease = max(0, before - after)
        by_trades = min(decrease, printed)
        by_cancels = decrease - by_trades
        taken = self.taken.get(key, Fraction(0))
        for_us = before - taken  # of what was traded, the part that we had left there
        self.forestalled[key] = min(taken, max(Fraction(0), by_trades - max(Fraction(0), for_us)))
        if by_cancels:
            taken = up_to_thousandth(taken * after / (before - by_trades))
        self.taken[key] = min(taken, Fraction(after))
        for order in self.orders:
            at_level = order.resting and (order.side, order.limit) == key
            if not at_level or order.ahead is None:
                continue
            ahead = order.ahead
            if by_cancels and ahead and order.profile is FillProfile.STANDARD:
                back = max(Fraction(0), before - by_trades - ahead)
                credit = by_cancels * ahead**2 / (ahead**2 + back**2)
                ahead = up_to_thousandth(ahead - credit)
            order.ahead = max(Fraction(0), min(ahead, Fraction(after)))

    def _push(self, side: Side) -> None:
        """E2: takers who found gone what we had taken go on to the levels behind."""
        for where, price in sorted(self.forestalled):
            left = self.forestalled[where, price]
            behind = [one for one_side, one in self.levels if one_side is side]
            for one in sorted(behind, key=lambda each: -side.sign * each):
                if where is side and side.sign * (price - one) > 0:
                    key = (side, one)
                    room = max(Fraction(0), self.levels[key] - self.taken.get(key, Fraction(0)))
                    self.taken[key] = self.taken.get(key, Fraction(0)) + min(left, room)
                    left -= min(left, room)
        self.forestalled.clear()

    def on_trade(self, trade: Trade) -> None:
        hit = self._sides_hit(trade)
        for side in hit:
            key = (side, trade.price_ticks)
            self.printed[key] = self.printed.get(key, 0) + trade.qty
        if self.crossed():
            return
        for side in Side:
            if side in hit or trade.aggressor is None:
                self._spend(side, trade, at_price=side in hit)

    def _sides_hit(self, trade: Trade) -> list[Side]:
        if trade.aggressor is not None:
            return [trade.aggressor.opposite]
        assert self.display is not None
        if self.display.bids and trade.price_ticks <= self.display.bids[0].price_ticks:
            return [Side.BUY]
        if self.display.asks and trade.price_ticks >= self.display.asks[0].price_ticks:
            return [Side.SELL]
        return []

    def _spend(self, side: Side, trade: Trade, *, at_price: bool) -> None:
        """E3a, E3d: the print walks our better prices, then market and own orders by turns."""
        budget = Fraction(trade.qty)
        walked = Fraction(0)  # of the market's queue at the price
        for order in self.queue(side):
            better = order.better(trade.price_ticks)
            if better < 0 or (better == 0 and not at_price):
                continue
            if better == 0:
                if order.ahead is None:
                    continue
                market = max(Fraction(0), order.ahead - walked)
                order.ahead = max(Fraction(0), order.ahead - trade.qty)
                walked += min(budget, market)
                budget -= min(budget, market)
            qty = min(order.qty, floor(budget))
            budget -= qty
            self._fill(order, order.limit, qty)

    # Orders

    def queue(self, side: Side) -> list[NaiveOrder]:
        mine = [one for one in self.orders if one.resting and one.side is side]
        return sorted(mine, key=lambda one: -side.sign * one.limit)

    def place(self, order: NaiveOrder, now: int) -> None:
        waiting = any(not one.resting and not one.is_market for one in self.orders)
        self.orders.append(order)
        if self.usable(now) and not waiting:
            self._arrive(order)

    def cancel(self, order: NaiveOrder) -> None:
        self.orders.remove(order)
        self.said.append((order.name, "end", order.qty))

    def replace(self, order: NaiveOrder, qty: int, limit: int, old_qty: int, now: int) -> None:
        """E3f.  ``qty`` and ``old_qty`` are what is open."""
        if limit == order.limit and qty < old_qty:
            order.qty = qty
            return
        self.orders.remove(order)
        order.limit, order.qty, order.resting = limit, qty, False
        self.place(order, now)

    def _arrive(self, order: NaiveOrder) -> None:
        if order.force is TimeInForce.FOK and self._in_reach(order) < order.qty:
            self.cancel(order)
            return
        self._take(order, at_limit=False)
        if order not in self.orders:
            return
        if order.force in (TimeInForce.IOC, TimeInForce.FOK):
            self.cancel(order)
        elif not order.is_market:
            self._join(order)

    def _join(self, order: NaiveOrder) -> None:
        key = (order.side, order.limit)
        order.resting = True
        order.ahead = Fraction(0)
        if order.profile is FillProfile.BEGINNER:
            return
        if key in self.levels:
            order.ahead = max(Fraction(0), self.levels[key] - self.taken.get(key, Fraction(0)))
        elif self.hidden(*key):
            order.ahead = None

    def _opposite(self, order: NaiveOrder) -> list[tuple[int, int]]:
        """(price, what is left for us) of the acceptable levels, best first."""
        side = order.side.opposite
        return [
            (price, max(0, self.levels[side, price] - ceil(self.taken.get((side, price), 0))))
            for price in sorted(
                (price for where, price in self.levels if where is side),
                key=lambda price: -side.sign * price,
            )
            if order.better(price) >= 0
        ]

    def _in_reach(self, order: NaiveOrder) -> int:
        return sum(left for _, left in self._opposite(order))

    def _take(self, order: NaiveOrder, *, at_limit: bool) -> None:
        """E1 at each level's price; E3e (resting) at our limit."""
        for price, left in self._opposite(order):
            qty = min(order.qty, left)
            key = (order.side.opposite, price)
            self.taken[key] = self.taken.get(key, Fraction(0)) + qty
            self._fill(order, order.limit if at_limit else price, qty)

    def _fill(self, order: NaiveOrder, price: int, qty: int) -> None:
        if qty:
            order.qty -= qty
            self.said.append((order.name, price, qty))
            if not order.qty:
                self.orders.remove(order)
