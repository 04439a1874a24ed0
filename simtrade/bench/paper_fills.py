"""What our exchange gives the same orders when it is shown one kind of data of the day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from feeds.order_feed import OrderFeed
from matching.events import Event, OrderFilled
from matching.exchange import Exchange
from matching.orders import (
    AccountId,
    CancelOrder,
    FillProfile,
    OrderId,
    OrderKind,
    PlaceOrder,
    TimeInForce,
)
from matching.units import AtNs, PriceTicks, Qty
from simtrade.bench.passive_probes import Probe
from simtrade.bench.true_fills import NOTHING, Got
from simtrade.venues.rules import rule_books

Paper = tuple[Probe, FillProfile]


def exchange_for(feed: OrderFeed) -> Exchange:
    """An exchange on a feed, under the rules of its market."""
    books, traits = rule_books(feed.instruments), feed.traits
    return Exchange(feed.instruments, books, traits.kind, complete=traits.complete)


def paper_fills(
    feed: OrderFeed, orders: Sequence[Paper], report: Callable[[int], None]
) -> list[Got]:
    """What each order gets; everybody has an account of his own.

    An order comes after the events of its moment and is cancelled when its time is over; ``report``
    is called now and then with the number of events that have been told.
    """
    run = _Run(feed, orders)
    for number, event in enumerate(feed.events(AtNs(feed.start_ns - 1), feed.end_ns, run.watch)):
        run.pass_time(event.at_ns)
        run.note(run.exchange.on_market(event))
        if number % 2_000 == 0:
            report(number)
    return run.found


class _Run:
    def __init__(self, feed: OrderFeed, orders: Sequence[Paper]) -> None:
        self.exchange = exchange_for(feed)
        self.watch = self.exchange.band
        self.found = [NOTHING] * len(orders)
        self._orders = orders
        self._id = feed.instruments[0].instrument_id
        numbers = range(len(orders))
        self._coming = sorted(numbers, key=lambda k: (-orders[k][0].at_ns, -k))
        self._ending = sorted(numbers, key=lambda k: (-orders[k][0].until_ns, -k))
        self._priority = count(1)

    def pass_time(self, until_ns: int) -> None:
        """Place and cancel what is due before a moment."""
        while self._ending:
            ending = self._orders[self._ending[-1]][0].until_ns
            coming = self._orders[self._coming[-1]][0].at_ns if self._coming else ending
            if min(coming, ending) >= until_ns:
                return
            if self._coming and coming <= ending:
                self._place(self._coming.pop())
            else:
                self._cancel(self._ending.pop())

    def _place(self, number: int) -> None:
        probe, profile = self._orders[number]
        order = PlaceOrder(
            order_id=OrderId(number + 1),
            account_id=AccountId(number + 1),
            instrument_id=self._id,
            side=probe.side,
            kind=OrderKind.LIMIT,
            qty=Qty(probe.qty),
            limit_ticks=PriceTicks(probe.price_ticks),
            time_in_force=TimeInForce.DAY,
            profile=profile,
            at_ns=probe.at_ns,
        )
        refused = self.exchange.check_place(order)
        assert refused is None, refused
        self.note(self.exchange.place(self.exchange.working_of(order)))

    def _cancel(self, number: int) -> None:
        account, order = AccountId(number + 1), OrderId(number + 1)
        if self.exchange.find(account, order) is not None:
            at_ns = self._orders[number][0].until_ns
            self.note(self.exchange.cancel(CancelOrder(order, account, at_ns)))

    def note(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, OrderFilled):
                before = self.found[event.order_id - 1]
                self.found[event.order_id - 1] = Got(before.qty + event.qty, event.at_ns)
