"""Arming and steering as commands: repeated keys, strangers, plans that are over."""

from __future__ import annotations

import pytest

from matching.orders import AccountId
from matching.units import NS_PER_SECOND
from simtrade.desk.requests import ArmPlan, Done, PlanAction, Refusal
from simtrade.plans.model import (
    Condition,
    Conditional,
    ConditionKind,
    PlanId,
    Spec,
    Staged,
    Terms,
    TimeSlices,
)
from tests.simtrade.plans.samples import Market, arm, grid, leg, steer
from tests.world import World

DAY = [1000] * 5


def code(reply: object) -> str:
    assert isinstance(reply, Refusal), reply
    return reply.reason.code


def test_the_same_key_arms_once(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    request = ArmPlan(market.account, "once", Terms(Staged(leg(1))))
    first, second = world.submit(request), world.submit(request)
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert (second.plan_id, second.replayed) == (first.plan_id, True)
    again = world.reopen().submit(request)
    assert isinstance(again, Done)
    assert (again.plan_id, again.replayed) == (first.plan_id, True)


def test_nobody_steers_what_is_not_his(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    plan = market.arm(Staged(leg(1)))
    stranger = world.floor(user=9)
    assert code(steer(world, stranger, plan, PlanAction.STOP)) == "plan_unknown"
    assert code(steer(world, AccountId(99), plan, PlanAction.STOP)) == "account_unknown"
    assert code(market.steer(PlanId(99), PlanAction.STOP)) == "plan_unknown"


def test_a_plan_is_steered_only_where_it_stands(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    plan = market.arm(grid(900, 1100, 10, 1))
    assert code(market.steer(plan, PlanAction.RESUME)) == "plan_over"
    assert isinstance(market.steer(plan, PlanAction.PAUSE), Done)
    assert code(market.steer(plan, PlanAction.PAUSE)) == "plan_over"
    assert isinstance(market.steer(plan, PlanAction.STOP), Done)
    assert code(market.steer(plan, PlanAction.STOP)) == "plan_unknown"
    assert market.told(plan)[-2:] == ["paused owner", "stopped owner"]
    market.check()


def test_nothing_is_armed_where_the_recording_has_ended(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    end_ns = world.feeds.feed(market.tape.tape_id).end_ns
    assert end_ns is not None
    market.go(390, day=1, seconds=0)
    assert market.refused(Staged(leg(1))) == ("venue_ended", None)


def test_a_check_changes_nothing(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    good, bad = Terms(grid(900, 1100, 10, 1)), Terms(grid(1100, 900, 10, 1))
    assert world.plans.check(market.account, good) is None
    assert code(world.plans.check(market.account, bad)) == "plan_bounds_crossed"
    assert world.plans.plans(market.account) == ()


@pytest.mark.parametrize(
    "spec",
    [
        TimeSlices(leg(2), 253_402_182_000 * NS_PER_SECOND, 253_402_185_600 * NS_PER_SECOND, 2),
        TimeSlices(leg(2), -1, 2**61, 2),
        Staged(leg(2**63)),
        Staged(leg(1, of="X" * 65)),
        Conditional((Condition(ConditionKind.TIME_FROM, 2**70),), leg(1)),
    ],
    ids=["the year 9999", "before 1970", "quantity", "name", "a moment"],
)
def test_numbers_without_room_are_refused_and_the_desk_goes_on(world: World, spec: Spec) -> None:
    market = Market.open(world, [DAY, DAY])
    assert code(arm(world, market.account, spec)) == "plan_number_outside"
    assert isinstance(arm(world, market.account, Staged(leg(1))), Done)
    assert world.verify().ok
