"""Anything at all, drawn from numbers: every kind of request on every kind of market.

A run is a market and a list of steps ``(name, seed)``.  A step draws all it needs from its own
seed, so that a run that fails can be told with the few steps that matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from matching.orders import (
    AccountId,
    FillProfile,
    GroupKind,
    OrderId,
    OrderKind,
    Side,
    TimeInForce,
    Trigger,
    TriggerKind,
)
from matching.scope import Scope
from matching.units import NS_PER_SECOND, PriceTicks
from simtrade.desk.requests import (
    FLOOR,
    ArmPlan,
    ClockAction,
    Done,
    JoinVenue,
    Leg,
    OpenPractice,
    PlanAction,
    SteerPlan,
    UserId,
    VenueId,
)
from simtrade.desk.shard import Shard
from simtrade.desk.state import VenueState
from simtrade.plans.model import (
    Basket,
    Condition,
    Conditional,
    ConditionKind,
    FixedAmount,
    Grid,
    Limits,
    PlanId,
    Rebalance,
    Spec,
    Staged,
    Terms,
    TimeSlices,
    VolumeSlices,
    Weight,
)
from simtrade.plans.model import Leg as PlanLeg
from simtrade.portfolio.views import OrderState
from simtrade.store.engine_store import table_of
from simtrade.store.engine_tables import BalanceRow
from simtrade.venues.loader import load_venue
from tests.simtrade.desk.mixture_borrowing import Borrowing
from tests.simtrade.portfolio.statement_check import check_statements
from tests.world import ManualClock, World

Step = tuple[str, int]
DAY_NS = 86_400 * NS_PER_SECOND


class Market(NamedTuple):
    """``tape``: a practice venue's, or ``floor``.  ``told`` is how a tape of orders is told."""

    tape: str
    session: date | None
    profile: FillProfile
    delays: bool
    scope: Scope = Scope.ACCOUNT


_EXITS = [TimeInForce.GTC, TimeInForce.GTC, TimeInForce.GTC, TimeInForce.DAY, TimeInForce.GTD]
_ENTRIES = [*_EXITS, TimeInForce.IOC, TimeInForce.AT_OPEN]


class Run(Borrowing):
    """One world that steps are played on; ``check`` says whether its books add up."""

    def __init__(self, folder: Path, tapes: Path, market: Market) -> None:
        self.market = market
        with _opened_as(market.scope):
            self.world = World.open(folder, tapes, ManualClock(), delays=market.delays)
            self.venue, self.accounts = self._open()

    def _open(self) -> tuple[VenueId, list[AccountId]]:
        accounts = []
        market, world = self.market, self.world
        if market.tape == "floor":
            for user in (1, 2):
                done = world.submit(JoinVenue(UserId(user), world.key(), FLOOR, market.profile))
                assert isinstance(done, Done)
                accounts.append(done.account_id)
            return FLOOR, accounts
        done = world.submit(
            OpenPractice(UserId(1), world.key(), market.tape, market.session, market.profile)
        )
        assert isinstance(done, Done), done
        return done.venue_id, [done.account_id]

    def play(self, steps: Iterable[Step], every: int = 1) -> None:
        for number, (name, seed) in enumerate(steps):
            getattr(self, name)(Random(seed))
            if number % every == 0:
                self.check()
        self.check()
        report = self.world.verify()
        assert report.ok, report.problems

    # Steps

    def _qty(self, rng: Random, account: AccountId, name: str, side: Side) -> int:
        if side is Side.SELL and rng.random() < 0.7:
            for one in self.world.portfolio.summary(account).positions:
                if one.instrument.instrument_id == name:
                    return rng.choice([one.qty, one.qty // 2, one.available, one.qty // 200 * 100])
        return rng.choice([1, 7, 100, 100, 200, 300, 500, 1000, 10_000, 100_000, 1_000_000])

    def _trigger(self, rng: Random, price: int, side: Side) -> Trigger:
        kind = rng.choice(list(TriggerKind))
        if kind is TriggerKind.STOP:
            return Trigger(kind, price + side.sign * rng.randint(0, max(2, price // 40)))
        if kind is TriggerKind.TRAIL:
            return Trigger(kind, rng.randint(0, max(2, price // 40)))
        return Trigger(kind, rng.choice([1, 5, 20, 100, 999]))

    def _till(self, rng: Random, force: TimeInForce) -> date | None:
        if force is not TimeInForce.GTD:
            return None
        return self.world.venues.clock(self.venue).session + timedelta(rng.randint(-1, 6))

    def place(self, rng: Random) -> None:
        account, name, price = self._pick(rng)
        side = rng.choice(list(Side))
        kind = rng.choice([OrderKind.MARKET, OrderKind.LIMIT, OrderKind.LIMIT, *OrderKind])
        force = rng.choice([TimeInForce.DAY, TimeInForce.DAY, *TimeInForce])
        limit = self._near(rng, price) if kind.names_limit or rng.random() < 0.1 else None
        trigger = self._trigger(rng, price, side) if rng.random() < 0.4 else None
        money = rng.choice([None] * 8 + [1, 10_000, 1_000_000, 100_000_000])
        self.world.place(
            account, side, 0 if money else self._qty(rng, account, name, side), name, limit, force,
            kind=kind, trigger=trigger, good_till=self._till(rng, force), amount_minor=money,
        )  # fmt: skip

    def group(self, rng: Random) -> None:
        account, name, price = self._pick(rng)
        group, side = rng.choice(list(GroupKind)), rng.choice([Side.BUY, Side.BUY, Side.SELL])
        near = max(2, price // rng.choice([500, 100, 30]))
        legs = self._exits(rng, price, near, side if group is GroupKind.OCO else side.opposite)
        if group is GroupKind.OCO:
            rng.shuffle(legs)
            first, legs = legs[0], legs[1:]
        else:
            kind, force = rng.choice([OrderKind.MARKET, OrderKind.LIMIT]), rng.choice(_ENTRIES)
            limit = PriceTicks(self._near(rng, price)) if kind is OrderKind.LIMIT else None
            trigger = self._trigger(rng, price, side) if rng.random() < 0.2 else None
            first = Leg(kind, limit, force, trigger, self._till(rng, force))
        if group is GroupKind.OTO:
            legs = [rng.choice(legs)]
        self.world.place(
            account, side, self._qty(rng, account, name, side), name, first.limit_ticks,
            first.time_in_force, kind=first.kind, trigger=first.trigger,
            good_till=first.good_till, group=group, legs=tuple(legs),
        )  # fmt: skip

    def _exits(self, rng: Random, price: int, near: int, side: Side) -> list[Leg]:
        """A limit on one side of the market and a stop on the other."""
        trigger = Trigger(TriggerKind.STOP, price + side.sign * rng.randint(1, near))
        if rng.random() < 0.3:
            trigger = self._trigger(rng, price, side)
        limit = price - side.sign * rng.randint(0, near)
        beyond = trigger.amount + side.sign * rng.randint(-3, 9)
        limited = not trigger.trails and rng.random() < 0.5
        profit, loss = rng.choice(_EXITS), rng.choice(_EXITS)
        return [
            Leg(OrderKind.LIMIT, PriceTicks(limit), profit, None, self._till(rng, profit)),
            Leg(
                OrderKind.LIMIT if limited else OrderKind.MARKET,
                PriceTicks(beyond) if limited else None, loss, trigger, self._till(rng, loss),
            ),
        ]  # fmt: skip

    def _open_order(self, rng: Random):
        account = rng.choice(self.accounts)
        found = self.world.portfolio.orders(account, open_only=True)
        return account, rng.choice(found) if found else None

    def cancel(self, rng: Random) -> None:
        account, order = self._open_order(rng)
        if order is not None:
            self.world.cancel(account, order.order_id)

    def cancel_all(self, _: Random) -> None:
        for account in self.accounts:
            for order in self.world.portfolio.orders(account, open_only=True):
                self.world.cancel(account, order.order_id)

    def replace(self, rng: Random) -> None:
        account, order = self._open_order(rng)
        if order is None:
            return
        qty = rng.choice([order.qty, order.qty, order.qty // 2, order.qty + 100, order.qty * 3])
        limit, stop = order.limit_ticks, order.stop_ticks
        if limit is not None:
            limit = self._near(rng, limit)
        if stop is not None and rng.random() < 0.8:
            stop = self._near(rng, stop)
        self.world.replace(account, order.order_id, qty, limit, stop)

    def sell_all(self, rng: Random) -> None:
        account = rng.choice(self.accounts)
        for one in self.world.portfolio.summary(account).positions:
            name = one.instrument.instrument_id
            self.world.place(account, Side.SELL, one.qty, name)
            self.world.place(account, Side.SELL, one.available, name)

    def plan(self, rng: Random) -> None:
        account, name, price = self._pick(rng)
        spec = self._spec(rng, account, name, price)
        limits = Limits(max_steps=rng.choice([None, 3]), max_qty=rng.choice([None, 500]))
        self.world.submit(ArmPlan(account, self.world.key(), Terms(spec, limits)))

    def _spec(self, rng: Random, account: AccountId, name: str, price: int) -> Spec:
        side = rng.choice(list(Side))
        qty = self._qty(rng, account, name, side)
        limit = rng.choice([None, self._near(rng, price)])
        leg = PlanLeg(name, side, qty, limit, rng.choice([TimeInForce.DAY, TimeInForce.GTC]))
        at = self.world.at(self.venue)
        start = at + rng.randint(0, 600) * NS_PER_SECOND
        end = start + rng.randint(60, 3600) * NS_PER_SECOND
        match rng.randrange(8):
            case 0:
                return Staged(leg)
            case 1:
                kind = rng.choice(list(ConditionKind))
                number = {
                    ConditionKind.PRICE_AT_LEAST: price + 2, ConditionKind.PRICE_AT_MOST: price - 2,
                    ConditionKind.TIME_FROM: start,
                }.get(kind, rng.choice([1, 2, 10]))  # fmt: skip
                return Conditional((Condition(kind, number),), leg)
            case 2:
                return FixedAmount(name, rng.choice([100_000, 10_000_000]))
            case 3:
                step = max(1, price // 400)
                return Grid(name, price - 10 * step, price + 10 * step, step, rng.choice([1, 100]))
            case 4:
                return Basket((leg, replace_leg(leg, side.opposite)))
            case 5:
                return Rebalance((Weight(name, rng.choice([0, 100, 500, 1000])),), 10)
            case 6:
                return TimeSlices(leg, start, end, rng.choice([2, 5]))
            case _:
                return VolumeSlices(leg, start, end, 5, rng.choice([10, 300]))

    def steer(self, rng: Random) -> None:
        account = rng.choice(self.accounts)
        plans = self.world.plans.plans(account)
        if plans:
            one = rng.choice(plans)
            action = rng.choice(list(PlanAction))
            self.world.submit(SteerPlan(account, self.world.key(), PlanId(one.plan_id), action))

    def seconds(self, rng: Random) -> None:
        self.world.pass_seconds(rng.choice([0.1, 0.3, 0.9, 3]))

    def seek(self, rng: Random) -> None:
        if self.venue == FLOOR:
            self.world.pass_seconds(rng.choice([2, 10]))
            return
        ahead = rng.choice([1, 30, 60, 600, 3600, 4 * 3600]) * NS_PER_SECOND
        self.world.set_clock(self.venue, ClockAction.SEEK, self.world.at(self.venue) + ahead)

    def step(self, _: Random) -> None:
        self.world.set_clock(self.venue, ClockAction.STEP)

    def speed(self, rng: Random) -> None:
        self.world.set_clock(self.venue, rng.choice([ClockAction.PLAY, ClockAction.PAUSE]))
        self.world.set_clock(self.venue, ClockAction.SPEED, rng.choice([1, 60, 1000, 10_000]))

    def far(self, rng: Random) -> None:
        """To another session; on the floor, wall time passes while nobody looks."""
        if self.venue == FLOOR:
            self.world.clock.pass_seconds(rng.choice([60, 600]))
            self.world.pass_seconds(0.5)
            return
        days = rng.choice([1, 1, 3, 8])
        self.world.set_clock(
            self.venue, ClockAction.SEEK, self.world.at(self.venue) + days * DAY_NS
        )

    def reopen(self, _: Random) -> None:
        """A killed process finds everything as it was at the last save."""
        self.world.cancel(self.accounts[0], OrderId(1))  # refused, journaled and so saved
        venue = self.world.shard.runtime.get(self.venue)
        rows = self.world.store.load_venue(self.venue)
        if venue is not None and rows is not None:
            again = load_venue(rows, self.world.feeds)
            assert again.cursor_ns == venue.cursor_ns
            assert again.orders == venue.orders
            assert again.positions == venue.positions
            assert again.plans == venue.plans
            for name, listing in venue.exchange.listings.items():
                other = again.exchange.listings[name]
                assert listing.bar_used == other.bar_used
                assert [one.order_id for one in listing.in_order()] == [
                    one.order_id for one in other.in_order()
                ]
        self.world = self.world.reopen()

    def verify(self, _: Random) -> None:
        report = self.world.verify()
        assert report.ok, report.problems

    # What always holds

    def check(self) -> None:
        world = self.world
        borrowers = {one for one in self.accounts if world.portfolio.account(one).margin}
        for row in _balances(world):
            posted, reserved = row[4] - row[3], row[5]
            if row[1].startswith("a:") and int(row[1][2:]) in borrowers:
                assert posted >= 0, f"{row} is overdrawn"
            elif row[1].startswith("a:"):
                assert posted - reserved >= 0, f"{row} is overdrawn"
            elif row[1].startswith("l:"):
                assert posted <= 0, f"{row} was given back twice"
                assert posted == reserved == 0 or int(row[1][2:]) in borrowers, row
            assert row[3] >= 0 and row[4] >= 0 and row[5] >= 0 and row[6] >= 0, row
        for account in self.accounts:
            summary = world.portfolio.summary(account)
            orders = world.portfolio.orders(account, open_only=False, limit=5000)
            assert summary.hold_minor == sum(order.hold_minor for order in orders)
            filled: dict[int, int] = {}
            for fill in world.portfolio.fills(account, limit=5000):
                filled[fill.order_id] = filled.get(fill.order_id, 0) + fill.qty
            for order in orders:
                assert filled.get(order.order_id, 0) == order.filled <= order.qty, order
                assert order.hold_minor >= 0
                assert order.state is OrderState.OPEN or order.hold_minor == 0, order
                assert (order.state is OrderState.FILLED) == (order.filled == order.qty), order
            for one in summary.positions:
                assert one.available >= 0, one
                assert one.qty > 0 or account in borrowers, one
                assert one.available + one.held + one.unsettled == abs(one.qty), one
            total = summary.start_minor + summary.realised_minor + summary.unrealised_minor
            assert summary.equity_minor == total - summary.fees_minor
            check_statements(world, account)
        self._check_records()
        self.check_borrowers()

    def _check_records(self) -> None:
        venue = self.world.shard.runtime.get(self.venue)
        if venue is None:
            return
        for record in venue.orders.values():
            working = record.working
            assert record.hold_minor >= 0 and record.hold_qty >= 0, record
            assert record.filled == working.filled, record
            listing = venue.exchange.listings[record.order.instrument_id]
            assert listing.orders.get(record.order.order_id) is working, record
        open_ids = {o for own in venue.exchange.open_orders.values() for o in own}
        assert open_ids == set(venue.orders), (open_ids, set(venue.orders))


def replace_leg(leg: PlanLeg, side: Side) -> PlanLeg:
    return PlanLeg(leg.instrument_id, side, leg.qty, leg.limit_ticks, leg.time_in_force)


def _balances(world: World) -> list[tuple[Any, ...]]:
    with world.store.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT * FROM {table_of(BalanceRow).name}").all()
    return [tuple(row) for row in rows]


@contextmanager
def _opened_as(scope: Scope) -> Iterator[None]:
    """Venues are opened in another scope than the usual one."""
    usual = Shard._new_venue

    def opened(self: Shard, venue_id: VenueId, body: dict[str, Any]) -> VenueState:
        return usual(self, venue_id, body | {"scope": scope.value})

    Shard._new_venue = opened  # type: ignore[method-assign]
    try:
        yield
    finally:
        Shard._new_venue = usual  # type: ignore[method-assign]
