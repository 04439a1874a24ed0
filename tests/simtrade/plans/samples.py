"""Short ways to write plans and to ask a world about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import msgspec

from feeds.calendar import US_HOURS
from feeds.tape import Tape, TapeKind, make_tape
from feeds.tape_store import write_tape
from matching.orders import AccountId, Side
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs
from simtrade.desk.requests import (
    ArmPlan,
    ClockAction,
    Done,
    OpenPractice,
    PlanAction,
    Refusal,
    Reply,
    SteerPlan,
    UserId,
    VenueId,
)
from simtrade.plans.model import Grid, Leg, Limits, PlanId, Spec, Step, Terms
from simtrade.venues.feeds import TAPES
from tests.feeds.samples import NEW_YORK, at, columns, instrument
from tests.world import World

MADE = "XTST:MADE"


def leg(qty: int, side: Side = Side.BUY, limit: int | None = None, of: str = MADE) -> Leg:
    return Leg(of, side, qty, limit)


def grid(lower: int, upper: int, step: int, qty: int, of: str = MADE) -> Grid:
    return Grid(of, lower, upper, step, qty)


def arm(
    world: World,
    account_id: AccountId,
    spec: Spec,
    limits: Limits | None = None,
    expires: date | None = None,
) -> Reply:
    terms = Terms(spec, limits or Limits(), expires)
    return world.submit(ArmPlan(account_id, world.key(), terms))


def armed(
    world: World,
    account_id: AccountId,
    spec: Spec,
    limits: Limits | None = None,
    expires: date | None = None,
) -> PlanId:
    reply = arm(world, account_id, spec, limits, expires)
    assert isinstance(reply, Done), reply
    assert reply.plan_id is not None
    return reply.plan_id


def steer(world: World, account_id: AccountId, plan_id: PlanId, action: PlanAction) -> Reply:
    return world.submit(SteerPlan(account_id, world.key(), plan_id, action))


def steps(world: World, plan_id: PlanId) -> list[Step]:
    """The receipts of a plan from the store, oldest first."""
    return [
        msgspec.json.decode(row[4], type=Step)
        for row in world.store.state()["plan_step"]
        if row[0] == plan_id
    ]


def told(world: World, plan_id: PlanId) -> list[str]:
    """The receipts in a few words: kind, cause, side, quantity, price."""
    lines = []
    for step in steps(world, plan_id):
        words = [step.kind.value, step.because.value]
        if step.leg is not None:
            price = "market" if step.leg.limit_ticks is None else str(step.leg.limit_ticks)
            words += [step.leg.side.name.lower(), str(step.leg.qty), price]
        lines.append(" ".join([*words, step.reason]).strip())
    return lines


def state_of(world: World, plan_id: PlanId) -> str:
    return next(str(row[4]) for row in world.store.state()["plan"] if row[0] == plan_id)


Price = int | tuple[int, int, int, int]  # flat, or open, high, low, close
MONDAY = date(2004, 3, 1)


def made_tape(days: list[list[Price]], volume: int = 1_000_000) -> Tape:
    """One instrument, a minute bar after the other from 9:30 on, Monday and the days after it."""
    rows = []
    for number, prices in enumerate(days):
        start = at(NEW_YORK, 2004, 3, 1 + number, 9, 30)
        for minute, price in enumerate(prices):
            bar = (price,) * 4 if isinstance(price, int) else price
            rows.append((start + minute * NS_PER_MINUTE, *bar, volume))
    return make_tape(
        name="made",
        kind=TapeKind.MINUTE_BARS,
        source="made up",
        licence="none",
        hours=US_HOURS,
        instruments=(instrument("MADE", market="US"),),
        columns=(columns(rows),),
    )


@dataclass
class Market:
    """A practice market on hand-made prices, standing in its first minute."""

    world: World
    tape: Tape
    venue_id: VenueId
    account: AccountId

    @classmethod
    def open(cls, world: World, days: list[list[Price]], volume: int = 1_000_000) -> Market:
        tape = made_tape(days, volume)
        write_tape(world.data / TAPES, tape)
        asked = OpenPractice(UserId(1), world.key(), tape.tape_id, MONDAY)
        done = world.submit(asked)
        assert isinstance(done, Done), done
        assert done.account_id is not None
        return cls(world, tape, done.venue_id, done.account_id)

    def moment(self, minute: int, day: int = 0) -> AtNs:
        """The beginning of a minute, counted from 9:30."""
        return AtNs(at(NEW_YORK, 2004, 3, 1 + day, 9, 30) + minute * NS_PER_MINUTE)

    def go(self, minute: int, day: int = 0, seconds: int = 30) -> None:
        """Let the market happen up to the middle of a minute."""
        to_ns = self.moment(minute, day) + seconds * NS_PER_SECOND
        reply = self.world.set_clock(self.venue_id, ClockAction.SEEK, to_ns)
        assert isinstance(reply, Done), reply

    def arm(self, spec: Spec, limits: Limits | None = None, expires: date | None = None) -> PlanId:
        return armed(self.world, self.account, spec, limits, expires)

    def refused(self, spec: Spec, limits: Limits | None = None) -> tuple[str, int | None]:
        """The reason's code and the line at fault."""
        reply = arm(self.world, self.account, spec, limits)
        assert isinstance(reply, Refusal), reply
        return reply.reason.code, reply.numbers.get("line")

    def told(self, plan_id: PlanId) -> list[str]:
        return told(self.world, plan_id)

    def steer(self, plan_id: PlanId, action: PlanAction) -> Reply:
        return steer(self.world, self.account, plan_id, action)

    def state(self, plan_id: PlanId) -> str:
        return state_of(self.world, plan_id)

    def fills(self) -> list[tuple[str, int, int]]:
        """(side, quantity, price) oldest first."""
        found = self.world.portfolio.fills(self.account)
        return [(one.side.name.lower(), one.qty, one.price_ticks) for one in reversed(found)]

    def open_orders(self) -> list[tuple[str, int, int | None]]:
        found = self.world.portfolio.orders(self.account, open_only=True)
        return sorted((one.side.name.lower(), one.qty, one.limit_ticks) for one in found)

    def check(self) -> None:
        """The journal gives the same again."""
        report = self.world.verify()
        assert report.ok, report.problems
