"""The order book as one would explain it: a list of orders, sorted whenever someone asks.

It is the oracle of ``matching.book.Book``: slow, plain, with the same outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from matching.book import FOK, STAY, Outcome
from matching.orders import Side


@dataclass
class Resting:
    order_id: int
    side: Side
    price_ticks: int
    qty: int
    owner: int


class OracleFill(NamedTuple):
    seq: int
    taker_id: int
    maker_id: int
    price_ticks: int
    qty: int
    taker_owner: int
    maker_owner: int
    side: int


class OracleBook:
    def __init__(self) -> None:
        self.arrived: list[Resting] = []  # who came first stands first
        self.fills: list[OracleFill] = []
        self.outcome = (Outcome.FILLED, 0)

    # --- questions ---

    def queue(self, side: int) -> list[Resting]:
        """Orders of a side as they would be served: best price first, then by arrival."""
        mine = [order for order in self.arrived if order.side == side]
        return sorted(mine, key=lambda order: -Side(side).sign * order.price_ticks)

    def best(self, side: int) -> int:
        queue = self.queue(side)
        return queue[0].price_ticks if queue else -1

    def reached(self, side: int, price_ticks: int) -> list[int]:
        return [
            order.order_id
            for order in self.queue(side)
            if Side(side).sign * (order.price_ticks - price_ticks) >= 0
        ]

    def depth(self, side: int, levels: int) -> list[tuple[int, int, int]]:
        queue = self.queue(side)
        prices = list(dict.fromkeys(order.price_ticks for order in queue))
        rows = []
        for price in prices[:levels]:
            qtys = [order.qty for order in queue if order.price_ticks == price]
            rows.append((price, sum(qtys), len(qtys)))
        return rows

    def orders(self) -> list[tuple[int, int, int, int, int]]:
        return [
            (order.side, order.price_ticks, order.order_id, order.qty, order.owner)
            for side in Side
            for order in self.queue(side)
        ]

    def find(self, order_id: int) -> Resting | None:
        return next((order for order in self.arrived if order.order_id == order_id), None)

    # --- messages; each returns its fills ---

    def limit(
        self, order_id: int, side: int, price_ticks: int, qty: int, owner: int, remainder: int
    ) -> list[OracleFill]:
        if self.find(order_id):
            self.outcome = (Outcome.DUPLICATE, 0)
            return []
        return self._take(Resting(order_id, Side(side), price_ticks, qty, owner), remainder)

    def market(self, order_id: int, side: int, qty: int, owner: int) -> list[OracleFill]:
        anything = 0 if side == Side.SELL else 2**31
        fills, left, met_himself = self._trade(Resting(order_id, Side(side), anything, qty, owner))
        self._conclude(left, Outcome.CANCELLED, met_himself=met_himself)
        self.fills += fills
        return fills

    def rest(self, order_id: int, side: int, price_ticks: int, qty: int, owner: int) -> None:
        if self.find(order_id):
            self.outcome = (Outcome.DUPLICATE, 0)
            return
        self.arrived.append(Resting(order_id, Side(side), price_ticks, qty, owner))
        self.outcome = (Outcome.RESTED, qty)

    def cancel(self, order_id: int) -> int:
        order = self.find(order_id)
        if order is None:
            self.outcome = (Outcome.UNKNOWN, 0)
            return -1
        self.arrived.remove(order)
        self.outcome = (Outcome.REMOVED, order.qty)
        return order.qty

    def reduce(self, order_id: int, qty: int) -> int:
        order = self.find(order_id)
        if order is None:
            self.outcome = (Outcome.UNKNOWN, 0)
            return -1
        if qty > order.qty:
            self.outcome = (Outcome.REFUSED, 0)
            raise ValueError("more than rests")
        if qty == order.qty:
            self.cancel(order_id)
            return 0
        order.qty -= qty
        self.outcome = (Outcome.RESTED, order.qty)
        return order.qty

    def replace(self, order_id: int, price_ticks: int, qty: int) -> list[OracleFill]:
        order = self.find(order_id)
        if order is None:
            self.outcome = (Outcome.UNKNOWN, 0)
            return []
        if price_ticks == order.price_ticks and qty <= order.qty:
            order.qty = qty
            self.outcome = (Outcome.RESTED, qty)
            return []
        self.arrived.remove(order)
        return self._take(replace(order, price_ticks=price_ticks, qty=qty), STAY)

    # --- the rules ---

    def _take(self, taker: Resting, remainder: int) -> list[OracleFill]:
        before = [replace(order) for order in self.arrived]
        fills, left, met_himself = self._trade(taker)
        if remainder == FOK and left:
            self.arrived = before
            self.outcome = (Outcome.SELF_TRADE if met_himself else Outcome.KILLED, taker.qty)
            return []
        rests = remainder == STAY and not met_himself
        if left and rests:
            self.arrived.append(replace(taker, qty=left))
        self._conclude(
            left, Outcome.RESTED if rests else Outcome.CANCELLED, met_himself=met_himself
        )
        self.fills += fills
        return fills

    def _trade(self, taker: Resting) -> tuple[list[OracleFill], int, bool]:
        """Fills, what is left, and whether it met an order of its own owner."""
        fills: list[OracleFill] = []
        left = taker.qty
        for maker in self.queue(1 - taker.side):
            if not left or taker.side.sign * (taker.price_ticks - maker.price_ticks) < 0:
                break
            if taker.owner and taker.owner == maker.owner:
                return fills, left, True
            qty = min(left, maker.qty)
            fills.append(
                OracleFill(
                    len(self.fills) + len(fills) + 1,
                    taker.order_id,
                    maker.order_id,
                    maker.price_ticks,
                    qty,
                    taker.owner,
                    maker.owner,
                    taker.side,
                )
            )
            left -= qty
            maker.qty -= qty
            if not maker.qty:
                self.arrived.remove(maker)
        return fills, left, False

    def _conclude(self, left: int, otherwise: Outcome, *, met_himself: bool) -> None:
        if not left:
            self.outcome = (Outcome.FILLED, 0)
        else:
            self.outcome = (Outcome.SELF_TRADE if met_himself else otherwise, left)
