"""What a resting order would have got: it stands in the queue of the real orders, one by one.

The day happens as recorded, the order takes nothing from anybody.  It stands behind the orders that
stood at its price when it came.  What trades behind it or at a worse price for the taker would have
come to it first; so would an order of the other side that came to its price or through it and was
left to rest there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from feeds.order_day import OrderDay
from matching.market import StreetOrder, Trade
from matching.orders import Side
from matching.street_book import StreetBook, StreetEvent
from matching.units import AtNs
from simtrade.bench.passive_probes import Probe


class Got(NamedTuple):
    """How much was filled, and when the last of it was; None when nothing was."""

    qty: int
    last_ns: AtNs | None


NOTHING = Got(0, None)


@dataclass(slots=True)
class _Standing:
    """A probe in its queue; ``ahead`` are the street's orders that stood there before it."""

    number: int
    probe: Probe
    ahead: frozenset[int]
    filled: int = 0
    last_ns: AtNs | None = None

    @property
    def leaves(self) -> int:
        return self.probe.qty - self.filled

    def get(self, qty: int, at_ns: AtNs) -> None:
        taken = min(self.leaves, qty)
        if taken:
            self.filled += taken
            self.last_ns = at_ns


@dataclass
class _Run:
    book: StreetBook = field(default_factory=StreetBook)
    standing: dict[int, _Standing] = field(default_factory=dict)

    def enter(self, number: int, probe: Probe) -> None:
        queue = self.book.queue(probe.side, probe.price_ticks)
        self.standing[number] = _Standing(number, probe, frozenset(one for one, _ in queue))

    def happen(self, event: StreetEvent) -> None:
        if isinstance(event, Trade) and event.aggressor is not None:
            self._trade(event, event.aggressor.opposite)
        elif isinstance(event, StreetOrder):
            for one in self._reached(event.side.opposite, event.price_ticks):
                one.get(event.qty, event.at_ns)
        self.book.on(event)

    def _reached(self, side: Side, price_ticks: int) -> list[_Standing]:
        return [
            one
            for one in self.standing.values()
            if one.probe.side is side and side.sign * (one.probe.price_ticks - price_ticks) >= 0
        ]

    def _trade(self, trade: Trade, side: Side) -> None:
        maker = trade.buy_order_id if side is Side.BUY else trade.sell_order_id
        for one in self._reached(side, trade.price_ticks):
            if one.probe.price_ticks != trade.price_ticks or maker not in one.ahead:
                one.get(trade.qty, trade.at_ns)


def true_fills(day: OrderDay, probes: Sequence[Probe]) -> list[Got]:
    """What each probe would have got; ``probes`` in the order of their moments."""
    run, found = _Run(), [NOTHING] * len(probes)
    coming = list(enumerate(probes))[::-1]
    ending = sorted(enumerate(probes), key=lambda pair: -pair[1].until_ns)

    def finish(number: int) -> None:
        one = run.standing.pop(number)
        found[number] = Got(one.filled, one.last_ns)

    def pass_time(until_ns: int | None) -> None:
        """Let probes come and go before the events of a moment (None: all of them)."""
        while coming or ending:
            next_ns = min(
                coming[-1][1].at_ns if coming else ending[-1][1].until_ns, ending[-1][1].until_ns
            )
            if until_ns is not None and next_ns >= until_ns:
                return
            if coming and coming[-1][1].at_ns == next_ns:
                run.enter(*coming.pop())
            else:
                finish(ending.pop()[0])

    for event in day.tape.events():
        pass_time(event.at_ns)
        run.happen(event)
    pass_time(None)
    return found
