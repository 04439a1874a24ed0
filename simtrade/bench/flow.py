"""Order flows to measure matching engines with: deterministic, in the messages of matching.book.

=========== ==================================================================================
normal      a drifting fair value; limit orders at power-law distances behind it, 41 % cancels
            (a third of them at the best price), 6 % market and marketable limit orders, some of
            them sweeps, 4 % replaces, heavy-tailed sizes; thousands of orders rest
adversarial a queue of 20,000 orders at one price cancelled from its middle, ladders of 100
            levels swept by one order, a best price that flickers above 5,000 empty ticks
wide        the normal mix with prices spread log-uniformly over two million ticks: most levels
            hold one order
=========== ==================================================================================

A flow never names an order that does not rest, ids are dense, every order has an owner of its
own, and a replace always loses its place, so engines without these rules can take part.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.book import CANCEL, LIMIT, MARKET, MESSAGE, REPLACE, Book

Messages = npt.NDArray[np.void]


@dataclass(frozen=True)
class Flow:
    """``messages`` are MESSAGE rows; ids are below ``ids``, prices below ``prices``."""

    name: str
    messages: Messages
    ids: int
    prices: int


class _Recorder:
    """Records messages while a book executes them, and knows which orders rest."""

    def __init__(self) -> None:
        self.book = Book()
        self.rows: list[tuple[int, int, int, int, int, int, int, int]] = []
        self.live: list[int] = []
        self.place: dict[int, int] = {}  # order id to its index in live
        self.order: dict[int, list[int]] = {}  # order id to [side, price, qty]
        self.next_id = 0

    def limit(self, side: int, price: int, qty: int) -> int:
        order_id = self._new_id()
        self._record(LIMIT, side, price, order_id, qty)
        self._trade(self.book.limit(order_id, side, price, qty, order_id + 1))
        self._rested(order_id, side, price)
        return order_id

    def market(self, side: int, qty: int) -> None:
        order_id = self._new_id()
        self._record(MARKET, side, 0, order_id, qty)
        self._trade(self.book.market(order_id, side, qty, order_id + 1))

    def cancel(self, order_id: int) -> None:
        self._record(CANCEL, self.order[order_id][0], 0, order_id, 0)
        self.book.cancel(order_id)
        self._forget(order_id)

    def replace(self, order_id: int, price: int, qty: int) -> None:
        side, old_price, old_qty = self.order[order_id]
        if price == old_price and qty <= old_qty:
            qty = old_qty + 1  # otherwise it would keep its place
        self._record(REPLACE, side, price, order_id, qty)
        fills = self.book.replace(order_id, price, qty)
        self._forget(order_id)
        self._trade(fills)
        self._rested(order_id, side, price)

    def flow(self, name: str, count: int) -> Flow:
        messages = np.array(self.rows[:count], dtype=MESSAGE)
        return Flow(name, messages, self.next_id, int(messages["price_ticks"].max()) + 1)

    def _new_id(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    def _record(self, kind: int, side: int, price: int, order_id: int, qty: int) -> None:
        self.rows.append((kind, side, 0, 0, price, order_id, qty, order_id + 1))

    def _rested(self, order_id: int, side: int, price: int) -> None:
        left = self.book.outcome()[1]
        if left:
            self.order[order_id] = [side, price, left]
            self.place[order_id] = len(self.live)
            self.live.append(order_id)

    def _trade(self, fills: tuple[tuple[int, int, int], ...] | None) -> None:
        for maker_id, _, qty in fills or ():
            order = self.order[maker_id]
            order[2] -= qty
            if not order[2]:
                self._forget(maker_id)

    def _forget(self, order_id: int) -> None:
        del self.order[order_id]
        i, last = self.place.pop(order_id), self.live.pop()
        if last != order_id:
            self.live[i] = last
            self.place[last] = i


class _Dice:
    """Uniform numbers in [0, 1), drawn in blocks."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(seed))
        self._block: list[float] = []

    def __call__(self) -> float:
        if not self._block:
            self._block = self._generator.random(1 << 15).tolist()
        return self._block.pop()

    def pick(self, count: int) -> int:
        return int(self() * count)

    def size(self) -> int:
        """Half round lots of 100 to 500, half a power-law tail up to 20,000."""
        if self() < 0.5:
            return 100 * (1 + int(5 * self() ** 2))
        return min(20_000, int(10 * (1 - self()) ** (-2 / 3)))


@dataclass(frozen=True)
class _Shape:
    """What distinguishes the mixed flows; prices are in [1, ``highest``]."""

    middle: int
    highest: int
    resting: int
    takers: float
    distance: Callable[[float], int]


def _behind(recorder: _Recorder, shape: _Shape, fair: float, side: int, distance: int) -> int:
    """A price so far behind the fair value, on its own side of the market."""
    bid, ask = recorder.book.best(0), recorder.book.best(1)
    if side == 0:
        price = int(fair) - distance
        return max(1, min(price, ask - 1) if ask >= 0 else price)
    return min(shape.highest, max(int(fair) + 1 + distance, bid + 1))


def _take(recorder: _Recorder, shape: _Shape, dice: _Dice, fair: float) -> None:
    """A market or marketable order, more often towards the fair value."""
    bid, ask = recorder.book.best(0), recorder.book.best(1)
    gap = fair - (bid + ask) / 2
    side = int(dice() >= 0.5 + max(-0.45, min(0.45, gap / 4)))
    qty = 1 + dice.size() // 4
    if dice() < 0.01 or abs(gap) > 4:
        qty *= 20
    if dice() < 0.5:
        recorder.market(side, qty)
    elif side == 0:
        recorder.limit(0, min(shape.highest, ask + dice.pick(3)), qty)
    else:
        recorder.limit(1, max(1, bid - dice.pick(3)), qty)


def _mixed(name: str, count: int, seed: int, shape: _Shape) -> Flow:
    recorder, dice = _Recorder(), _Dice(seed)
    fair = float(shape.middle)
    while len(recorder.rows) < count:
        fair += (dice() + dice() + dice() - 1.5) / 5
        live = recorder.live
        warm = len(live) >= shape.resting // 2 and min(map(recorder.book.best, (0, 1))) >= 0
        # The more rest, the more are cancelled: about ``resting`` orders stay.
        cancels = min(0.9, 0.42 * (len(live) / shape.resting) ** 4) if len(live) > 50 else 0.0
        draw = dice()
        if warm and draw < shape.takers:
            _take(recorder, shape, dice, fair)
        elif warm and draw < shape.takers + 0.045:
            order_id = live[dice.pick(len(live))]
            side = recorder.order[order_id][0]
            price = _behind(recorder, shape, fair, side, shape.distance(dice()))
            recorder.replace(order_id, price, dice.size())
        elif draw < shape.takers + 0.045 + cancels:
            order_id = live[dice.pick(len(live))]
            if warm and dice() < 0.35:
                side = dice.pick(2)
                front = recorder.book.reached(side, recorder.book.best(side))
                order_id = front[dice.pick(len(front))]
            recorder.cancel(order_id)
        else:
            side = dice.pick(2)
            price = _behind(recorder, shape, fair, side, shape.distance(dice()))
            recorder.limit(side, price, dice.size())
    return recorder.flow(name, count)


def normal(count: int = 200_000, resting: int = 4_000) -> Flow:
    def distance(draw: float) -> int:
        return min(1_000, int(8 * ((1 - draw) ** (-1 / 1.2) - 1)))

    return _mixed("normal", count, 7, _Shape(50_000, 131_070, resting, 0.065, distance))


def wide(count: int = 200_000) -> Flow:
    def distance(draw: float) -> int:
        return int(math.exp(draw * math.log(900_000))) - 1

    return _mixed("wide", count, 11, _Shape(1_000_000, 2_097_150, 8_000, 0.05, distance))


def adversarial(count: int = 200_000) -> Flow:
    recorder, dice = _Recorder(), _Dice(13)
    level = 50_000

    def queue_up() -> int:
        return recorder.limit(0, level, 1 + dice.pick(100))

    queue = [queue_up() for _ in range(20_000)]
    while len(recorder.rows) < count:
        middle = queue[len(queue) // 4 : 3 * len(queue) // 4]
        for i in np.argsort([dice() for _ in middle])[:8_000]:
            recorder.cancel(middle[int(i)])
            queue.append(queue_up())
        for _ in range(10):
            sizes = [1 + dice.pick(50) for _ in range(300)]
            for k, size in enumerate(sizes):
                recorder.limit(1, level + 1 + k % 100, size)
            if dice() < 0.5:
                recorder.market(0, sum(sizes))
            else:
                recorder.limit(0, level + 100, sum(sizes))
        for _ in range(40):
            recorder.market(1, 2_500)
            queue += [queue_up() for _ in range(50)]
        far = recorder.limit(1, level + 5_001, 10)
        for _ in range(2_000):
            recorder.cancel(recorder.limit(1, level + 1 + dice.pick(3), 10))
        recorder.cancel(far)
        queue = [order_id for order_id in queue if order_id in recorder.order]
    return recorder.flow("adversarial", count)


def churn(resting: int, count: int = 100_000) -> tuple[Messages, Messages]:
    """Messages that let ``resting`` orders rest, and then ``count`` that keep as many resting.

    Half of the second are cancels of orders drawn from all that rest, half are new orders; both
    sides have 500 levels, whatever the number of orders.
    """
    generator = np.random.Generator(np.random.PCG64(17))
    total = resting + count // 2
    fresh = np.zeros(total, MESSAGE)
    fresh["kind"] = LIMIT
    fresh["order_id"] = np.arange(total)
    fresh["owner"] = fresh["order_id"] + 1
    fresh["side"] = generator.integers(0, 2, total)
    distance = generator.integers(1, 501, total)
    fresh["price_ticks"] = 50_000 + np.where(fresh["side"] == 0, -distance, distance)
    fresh["qty"] = generator.integers(1, 1_000, total)
    live = np.arange(resting)
    second: npt.NDArray[Any] = np.zeros(count, MESSAGE)
    second[1::2] = fresh[resting:]
    second["kind"][::2] = CANCEL
    for k, i in enumerate(generator.integers(0, resting, count // 2).tolist()):
        second["order_id"][2 * k] = live[i]
        live[i] = resting + k
    return fresh[:resting], second


FLOWS: dict[str, Callable[[], Flow]] = {
    "normal": normal,
    "adversarial": adversarial,
    "wide": wide,
}
