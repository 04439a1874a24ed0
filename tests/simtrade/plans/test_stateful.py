"""Random plans on random prices: limits hold, nothing is orphaned, a kill changes nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from feeds.catalogue import ensure_shipped
from matching.orders import Side
from simtrade.desk.requests import ClockAction, Done, PlanAction
from simtrade.plans.model import (
    Basket,
    Condition,
    Conditional,
    ConditionKind,
    FixedAmount,
    Limits,
    PlanId,
    Rebalance,
    Spec,
    Staged,
    TimeSlices,
    VolumeSlices,
    Weight,
)
from tests.simtrade.plans.samples import MADE, Market, Price, arm, grid, leg
from tests.simtrade.states import essence
from tests.world import World

_TAPES = tempfile.TemporaryDirectory(prefix="simtrade-plans-")
MINUTES = 12  # with prices, a day
DAYS = 4

QTY = st.integers(1, 300)
OFFSET = st.integers(-80, 80)
SIDE = st.sampled_from(list(Side))


@st.composite
def paths(draw: st.DrawFn) -> list[list[Price]]:
    """A walk of minute bars whose extremes go beyond their ends."""
    days: list[list[Price]] = []
    price = 1000
    for _ in range(DAYS):
        bars: list[Price] = []
        for _ in range(MINUTES):
            close = max(200, price + draw(st.integers(-40, 40)))
            up, down = draw(st.integers(0, 30)), draw(st.integers(0, 30))
            bars.append((price, max(price, close) + up, min(price, close) - down, close))
            price = close
        days.append(bars)
    return days


@st.composite
def limits(draw: st.DrawFn) -> Limits:
    def maybe(values: st.SearchStrategy[int]) -> int | None:
        return draw(st.one_of(st.none(), values))

    return Limits(
        max_money_minor=maybe(st.integers(10_000, 2_000_000)),
        max_qty=maybe(st.integers(50, 600)),
        max_steps=maybe(st.integers(1, 6)),
        lowest_ticks=maybe(st.integers(700, 980)),
        highest_ticks=maybe(st.integers(1020, 1300)),
    )


class PlansMachine(RuleBasedStateMachine):
    """One account; the market is only ever moved forward."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="simtrade-plans-")
        ensure_shipped(Path(_TAPES.name))
        self.world = World.open(Path(self.folder.name) / "data", Path(_TAPES.name))
        self.minute = 0
        self.armed: dict[PlanId, Limits] = {}

    @initialize(days=paths(), volume=st.sampled_from([40, 400, 1_000_000]))
    def open_market(self, days: list[list[Price]], volume: int) -> None:
        self.market = Market.open(self.world, days, volume)
        self.world.set_clock(self.market.venue_id, ClockAction.PAUSE)  # moved by steps only

    def last(self) -> int:
        (quote,) = self.world.venues.quotes(self.market.venue_id)
        return quote.last_ticks

    def arm(self, spec: Spec, within: Limits) -> None:
        reply = arm(self.world, self.market.account, spec, within)
        if isinstance(reply, Done):
            assert reply.plan_id is not None
            self.armed[reply.plan_id] = within

    @rule(side=SIDE, qty=QTY, offset=st.one_of(st.none(), OFFSET), within=limits())
    def stage(self, side: Side, qty: int, offset: int | None, within: Limits) -> None:
        limit = None if offset is None else self.last() + offset
        self.arm(Staged(leg(qty, side, limit)), within)

    @rule(
        kind=st.sampled_from([one for one in ConditionKind if one is not ConditionKind.TIME_FROM]),
        number=st.integers(5, 60),
        sign=st.sampled_from([1, -1]),
        side=SIDE,
        qty=QTY,
        within=limits(),
    )
    def condition(
        self, kind: ConditionKind, number: int, sign: int, side: Side, qty: int, within: Limits
    ) -> None:
        priced = kind in (ConditionKind.PRICE_AT_LEAST, ConditionKind.PRICE_AT_MOST)
        signed = kind in (ConditionKind.CHANGE, ConditionKind.POSITION_PROFIT)
        value = self.last() + sign * number if priced else number * (sign if signed else 1)
        self.arm(Conditional((Condition(kind, value),), leg(qty, side)), within)

    @rule(wide=st.integers(1, 150), step=st.integers(1, 60), qty=QTY, within=limits())
    def grid(self, wide: int, step: int, qty: int, within: Limits) -> None:
        last = self.last()
        self.arm(grid(last - wide, last + wide, step, qty), within)

    @rule(amount=st.integers(500, 400_000), every=st.integers(1, 2), within=limits())
    def amount(self, amount: int, every: int, within: Limits) -> None:
        self.arm(FixedAmount(MADE, amount, every), within)

    @rule(first=QTY, second=QTY, side=SIDE, within=limits())
    def basket(self, first: int, second: int, side: Side, within: Limits) -> None:
        self.arm(Basket((leg(first), leg(second, side, self.last()))), within)

    @rule(permille=st.integers(0, 1000), within=limits())
    def rebalance(self, permille: int, within: Limits) -> None:
        self.arm(Rebalance((Weight(MADE, permille),)), within)

    @rule(
        minutes=st.integers(1, 20), slices=st.integers(1, 7), side=SIDE, qty=QTY,
        share=st.one_of(st.none(), st.integers(1, 500)), within=limits(),
    )  # fmt: skip
    def slices(
        self, minutes: int, slices: int, side: Side, qty: int, share: int | None, within: Limits
    ) -> None:
        start = self.world.at(self.market.venue_id) + 10**9
        end = start + minutes * 60 * 10**9
        if share is None:
            self.arm(TimeSlices(leg(qty, side), start, end, slices), within)
        else:
            self.arm(VolumeSlices(leg(qty, side), start, end, slices, share), within)

    @rule(which=st.integers(0, 9), action=st.sampled_from(list(PlanAction)))
    def steer(self, which: int, action: PlanAction) -> None:
        if not self.armed:
            return
        plan_id = sorted(self.armed)[which % len(self.armed)]
        reply = self.market.steer(plan_id, action)
        if isinstance(reply, Done) and action is not PlanAction.RESUME:
            plan = self.world.plans.plan(self.market.account, plan_id)
            assert plan is not None
            assert plan.progress.orders == []

    @rule(which=st.integers(0, 5))
    def cancel_by_hand(self, which: int) -> None:
        found = self.world.portfolio.orders(self.market.account, open_only=True)
        if found:
            self.world.cancel(self.market.account, found[which % len(found)].order_id)

    @rule(minutes=st.sampled_from([1, 2, 5, 400]))
    def move(self, minutes: int) -> None:
        self.minute = min(self.minute + minutes, (DAYS - 1) * 400 + MINUTES - 2)
        day, minute = divmod(self.minute, 400)
        if self.market.moment(minute, day) > self.world.at(self.market.venue_id):
            self.market.go(minute, day)

    @rule()
    def kill(self) -> None:
        """What was committed is everything: the venue comes back as it was."""
        kept = self.world.shard.runtime.get(self.market.venue_id)
        before = essence(kept) if kept else None
        self.world = self.market.world = self.world.reopen()
        self.world.venues.clock(self.market.venue_id)
        self.world.shard.turn([])
        again = self.world.shard.runtime.get(self.market.venue_id)
        if before is not None and again is not None:
            assert essence(again) == before

    @invariant()
    def limits_hold(self) -> None:
        """Counted from the orders and fills themselves, not from what the plan believes."""
        if not self.armed:
            return
        orders = self.world.portfolio.orders(self.market.account, open_only=False, limit=1000)
        fills = self.world.portfolio.fills(self.market.account, limit=1000)
        for plan_id, within in self.armed.items():
            own = [one for one in orders if one.key.startswith(f"plan-{plan_id}-")]
            if within.max_steps is not None:
                assert len(own) <= within.max_steps
            names = {one.order_id for one in own}
            money = qty = 0
            for fill in (one for one in reversed(fills) if one.order_id in names):
                money += fill.side.sign * fill.notional_minor
                qty += fill.side.sign * fill.qty
                assert within.max_money_minor is None or money <= within.max_money_minor
                assert within.max_qty is None or abs(qty) <= within.max_qty
                if fill.side is Side.BUY and within.highest_ticks is not None:
                    assert fill.price_ticks <= within.highest_ticks
                if fill.side is Side.SELL and within.lowest_ticks is not None:
                    assert fill.price_ticks >= within.lowest_ticks

    @invariant()
    def plans_and_their_orders_agree(self) -> None:
        """What a plan says is open is open; a plan that pauses, stopped or expired has nothing."""
        if not hasattr(self, "market"):
            return
        orders = self.world.portfolio.orders(self.market.account, open_only=True)
        opened = {one.order_id: one.key for one in orders}
        for plan in self.world.plans.plans(self.market.account):
            tracked = {one.order_id for one in plan.progress.orders}
            assert tracked <= set(opened)
            own = {key for key in opened.values() if key.startswith(f"plan-{plan.plan_id}-")}
            if plan.state.value in ("paused", "stopped", "expired"):
                assert not own
            if plan.state.value == "armed":
                assert len(own) == len(tracked)
            steps = self.world.plans.steps(plan.plan_id)
            assert [one.number for one in steps] == list(range(plan.steps, 0, -1))

    def teardown(self) -> None:
        report = self.world.verify()
        self.world.close()
        self.folder.cleanup()
        assert report.ok, report.problems


TestPlans = PlansMachine.TestCase
TestPlans.settings = settings(
    max_examples=int(os.environ.get("SIMTRADE_EXAMPLES", "8")),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
