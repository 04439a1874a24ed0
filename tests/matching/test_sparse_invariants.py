"""Invariants I1 to I5 where a feed shows prints alone, or the market every few seconds."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from matching.events import FillRule, OrderFilled, OrderReplaced
from matching.market import DataKind, MarketEvent, Snapshot, Trade
from matching.orders import OrderId, PlaceOrder, Side
from tests.matching.tapes import Action, DepthMarket, Run, Step, actions, seen_as, steps
from tests.matching.test_fill_invariants import EXAMPLES, HALF_SPREAD


class Sparse(Run):
    """A run on prints alone or on snapshots: what a fill may use is what the event brought."""

    def __init__(self, kind: DataKind) -> None:
        super().__init__(kind)
        self.ahead: dict[OrderId, int] = {}
        self.shown: Snapshot | None = None
        self.asked: dict[OrderId, tuple[int | None, int]] = {}  # limit, when
        self.seen = 0

    def place(self, order: PlaceOrder) -> None:
        self.asked[order.order_id] = (order.limit_ticks, order.at_ns + order.latency_ns)
        super().place(order)

    def after(self, event: MarketEvent) -> None:
        new, self.seen = self.happened[self.seen :], len(self.happened)
        for _, one in new:
            if isinstance(one, OrderReplaced) and not one.kept_priority:
                self.asked[one.order_id] = (one.limit_ticks, one.at_ns)
                self.ahead.pop(one.order_id, None)
        used: dict[int, int] = defaultdict(int)
        for _, fill in new:
            if isinstance(fill, OrderFilled):
                limit, since = self.asked[fill.order_id]
                assert limit is None or fill.side.sign * (limit - fill.price_ticks) >= 0, "I3"
                assert since <= fill.receipt.event_at_ns == event.at_ns, "I4"
                self._judge(fill, event, used)
        volume = event.qty if isinstance(event, Trade) else self._grown(event)
        assert all(qty <= volume for qty in used.values()), "I1: more than was traded"
        self._queues()
        self.shown = event if isinstance(event, Snapshot) else None

    def _judge(self, fill: OrderFilled, event: MarketEvent, used: dict[int, int]) -> None:
        rule = fill.receipt.rule
        if isinstance(event, Trade):
            used[fill.account_id] += fill.qty
            if rule is FillRule.PRINT_TAKER:
                assert abs(fill.price_ticks - event.price_ticks) <= HALF_SPREAD, "I3"
                return
            assert fill.side.sign * (fill.price_ticks - event.price_ticks) >= 0, "I3"
            return
        assert isinstance(event, Snapshot)
        if rule in (FillRule.INTERVAL_QUEUE, FillRule.INTERVAL_THROUGH):
            used[fill.account_id] += fill.qty
            return
        levels = event.asks if fill.side is Side.BUY else event.bids
        reached = [one for one in levels if fill.side.sign * (fill.price_ticks - one[0]) >= 0]
        assert fill.qty <= max(one.qty for one in reached), "I2: more than is displayed"

    def _grown(self, event: MarketEvent) -> int:
        assert isinstance(event, Snapshot)
        return event.volume - self.shown.volume if self.shown else 0

    def _queues(self) -> None:
        for order_id, one in self.listing.orders.items():
            if order_id in self.listing.coming | self.listing.entering or one.behind_window:
                continue
            assert 0 <= one.ahead_milli <= self.ahead.get(order_id, one.ahead_milli), "I5"
            self.ahead[order_id] = one.ahead_milli


@given(st.sampled_from((DataKind.TRADES, DataKind.SNAPSHOTS)), steps, actions)
@EXAMPLES
def test_every_fill_on_prints_or_snapshots_is_possible(
    kind: DataKind, drawn: list[Step], plan: list[Action]
) -> None:
    Sparse(kind).play(seen_as(kind, DepthMarket().play(drawn)), plan)
