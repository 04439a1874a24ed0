"""Every fill on a displayed book is that of the fill model as it is written (oracle_fills.py)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from matching.events import OrderCancelled, OrderFilled, OrderReplaced
from matching.market import DataKind, Depth, MarketEvent, Trade
from matching.orders import OrderId, OrderKind, PlaceOrder
from tests.matching.oracle_fills import NaiveAccount, NaiveOrder
from tests.matching.tapes import Action, DepthMarket, Run, Step, actions, steps
from tests.matching.test_fill_invariants import EXAMPLES


class Compared(Run):
    """Every step is also told to the naive reading of the model, one account at a time."""

    def __init__(self) -> None:
        super().__init__(DataKind.DEPTH)
        self.naive = {1: NaiveAccount(), 2: NaiveAccount()}
        self.sizes: dict[OrderId, int] = {}

    def before(self, event: MarketEvent) -> None:
        for account in self.naive.values():
            if isinstance(event, Depth):
                account.on_depth(event)
            elif isinstance(event, Trade):
                account.on_trade(event)

    def after(self, event: MarketEvent) -> None:
        self.compare()

    def place(self, order: PlaceOrder) -> None:
        if self.exchange.check_place(order) is not None:
            return
        working = self.exchange.working_of(order)
        self.note(self.exchange.place(working))
        naive = NaiveOrder(
            order.order_id, order.side, working.limit_ticks, order.qty,
            order.kind is OrderKind.MARKET, order.time_in_force, order.profile,
        )  # fmt: skip
        self.naive[order.account_id].place(naive, order.at_ns)
        self.compare()

    def act(self, action: Action) -> None:
        start = len(self.happened)
        open_before = {key: replace(one) for key, one in self.listing.orders.items()}
        super().act(action)
        for _, event in self.happened[start:]:
            account = self.naive[event.account_id]
            if action.kind == "cancel" and isinstance(event, OrderCancelled):
                account.cancel(self._naive(event.order_id))
            elif isinstance(event, OrderReplaced):
                old = open_before[event.order_id]
                account.replace(
                    self._naive(event.order_id), event.qty - old.filled, event.limit_ticks,
                    old.leaves, self.now,
                )  # fmt: skip
        self.compare()

    def _naive(self, order_id: OrderId) -> NaiveOrder:
        orders = (order for one in self.naive.values() for order in one.orders)
        return next(order for order in orders if order.name == order_id)

    def compare(self) -> None:
        for number, account in self.naive.items():
            said = [told(one) for _, one in self.happened if one.account_id == number]
            assert [one for one in said if one] == account.said
            for order in account.orders:
                working = self.listing.orders[OrderId(order.name)]
                assert working.leaves == order.qty
                assert working.behind_window == (order.ahead is None)
                if order.resting and order.ahead is not None:
                    assert working.ahead_milli == order.ahead * 1000
            for account_id, side, price, milli, _ in self.listing.consumed.entries():
                if account_id == number:
                    assert milli == account.taken[side, price] * 1000


def told(event: object) -> tuple[int, int | str, int] | None:
    match event:
        case OrderFilled():
            return event.order_id, event.price_ticks, event.qty
        case OrderCancelled():
            return event.order_id, "end", event.leaves
    return None


@given(steps, actions)
@settings(EXAMPLES, max_examples=2 * EXAMPLES.max_examples)
def test_every_fill_is_that_of_the_naive_reading(tape: list[Step], plan: list[Action]) -> None:
    at_once = [one._replace(delay_ms=0) for one in plan]
    Compared().play(DepthMarket().play(tape), at_once)
