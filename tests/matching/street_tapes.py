"""Random markets told order by order, from the same steps as the displayed ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from matching.market import MarketEvent, StreetCancel, StreetOrder, Trade
from matching.orders import Side
from matching.units import NS_PER_SECOND, AtNs, PriceTicks, Qty
from tests.matching.tapes import ID, MIDDLE, STALE_SECONDS, Step

_START = (
    (Side.BUY, -1, 60), (Side.BUY, -1, 15), (Side.BUY, -2, 40), (Side.BUY, -3, 90),
    (Side.SELL, 1, 50), (Side.SELL, 1, 20), (Side.SELL, 2, 70), (Side.SELL, 4, 30),
)  # fmt: skip


@dataclass
class OrderMarket:
    """A book by price and time; ``queues`` hold [street order id, qty] in order of arrival."""

    at_ns: int = NS_PER_SECOND
    seq: int = 10
    last_id: int = 0
    queues: tuple[dict[int, list[list[int]]], dict[int, list[list[int]]]] = field(
        default_factory=lambda: ({}, {})
    )

    def play(self, all_steps: list[Step]) -> list[MarketEvent]:
        events = [self._join(side, MIDDLE + away, qty) for side, away, qty in _START]
        for step in all_steps:
            events.extend(self._happen(step))
        return events

    def best(self, side: Side) -> int:
        prices = self.queues[side]
        return max(prices, key=lambda one: side.sign * one) if prices else MIDDLE - 40 * side.sign

    def _happen(self, step: Step) -> Iterator[MarketEvent]:
        side = step.side
        match step.kind:
            case "join":
                price = self.best(side) - side.sign * step.place
                if side.sign * (self.best(side.opposite) - price) > 0:
                    yield self._join(side, price, step.qty)
            case "cancel":
                yield from self._cancel(step)
            case "hit" | "unknown":
                yield from self._hit(side, step.qty, known=step.kind == "hit")
            case "flash":  # told before it trades: the book is crossed until its prints come
                price = self.best(side)
                shown = self._tell_order(side.opposite, price, step.qty)
                yield shown
                yield from self._hit(side, step.qty, known=True, taker=shown, to=price)
            case "pause":
                self.at_ns += 2 * STALE_SECONDS * NS_PER_SECOND
            case _:
                pass

    def _cancel(self, step: Step) -> Iterator[MarketEvent]:
        ranked = sorted(self.queues[step.side], key=lambda one: -step.side.sign * one)
        if not ranked:
            return
        price = ranked[step.place % len(ranked)]
        queue = self.queues[step.side][price]
        order = queue[step.qty % len(queue)]
        qty = min(order[1], step.qty)
        at = self._tick()
        yield StreetCancel(at, at, self.seq, ID, order[0], step.side, Qty(qty))
        self._reduce(step.side, price, order, qty)

    def _hit(
        self,
        side: Side,
        wanted: int,
        *,
        known: bool,
        taker: StreetOrder | None = None,
        to: int | None = None,
    ) -> Iterator[MarketEvent]:
        """Somebody takes from ``side``: a print per resting order."""
        while wanted and self.queues[side]:
            price = self.best(side)
            if to is not None and price != to:
                break
            order = self.queues[side][price][0]
            qty = min(wanted, order[1])
            wanted -= qty
            ids = [order[0], None if taker is None else taker.street_order_id]
            bought, sold = ids if side is Side.BUY else reversed(ids)
            at = self._tick()
            yield Trade(
                at, at, self.seq, ID, PriceTicks(price), Qty(qty),
                side.opposite if known else None, bought, sold,
            )  # fmt: skip
            self._reduce(side, price, order, qty)
        if taker is not None and wanted:
            queue = self.queues[side.opposite].setdefault(taker.price_ticks, [])
            queue.append([taker.street_order_id, wanted])

    def _join(self, side: Side, price: int, qty: int) -> MarketEvent:
        told = self._tell_order(side, price, qty)
        self.queues[side].setdefault(price, []).append([told.street_order_id, qty])
        return told

    def _tell_order(self, side: Side, price: int, qty: int) -> StreetOrder:
        at = self._tick()
        self.last_id += 1
        return StreetOrder(at, at, self.seq, ID, self.last_id, side, PriceTicks(price), Qty(qty))

    def _reduce(self, side: Side, price: int, order: list[int], qty: int) -> None:
        order[1] -= qty
        if not order[1]:
            self.queues[side][price].remove(order)
            if not self.queues[side][price]:
                del self.queues[side][price]

    def _tick(self) -> AtNs:
        self.at_ns += NS_PER_SECOND
        self.seq += 10
        return AtNs(self.at_ns)
