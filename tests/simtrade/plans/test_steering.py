"""Arming and steering as commands: repeated keys, strangers, plans that are over."""

from __future__ import annotations

from matching.orders import AccountId
from simtrade.desk.requests import ArmPlan, Done, PlanAction, Refusal
from simtrade.plans.model import PlanId, Staged, Terms
from tests.simtrade.plans.samples import Market, grid, leg, steer
from tests.world import World

DAY = [1000] * 5


def code(reply: object) -> str:
    assert isinstance(reply, Refusal), reply
    return reply.reason.code


def test_the_same_key_arms_once(world: World) -> None:
    market = Market.open(world, [DAY])
    request = ArmPlan(market.account, "once", Terms(Staged(leg(1))))
    first, second = world.submit(request), world.submit(request)
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert (second.plan_id, second.replayed) == (first.plan_id, True)
    again = world.reopen().submit(request)
    assert isinstance(again, Done)
    assert (again.plan_id, again.replayed) == (first.plan_id, True)


def test_nobody_steers_what_is_not_his(world: World) -> None:
    market = Market.open(world, [DAY])
    plan = market.arm(Staged(leg(1)))
    stranger = world.floor(user=9)
    assert code(steer(world, stranger, plan, PlanAction.STOP)) == "plan_unknown"
    assert code(steer(world, AccountId(99), plan, PlanAction.STOP)) == "account_unknown"
    assert code(market.steer(PlanId(99), PlanAction.STOP)) == "plan_unknown"


def test_a_plan_is_steered_only_where_it_stands(world: World) -> None:
    market = Market.open(world, [DAY])
    plan = market.arm(grid(900, 1100, 10, 1))
    assert code(market.steer(plan, PlanAction.RESUME)) == "plan_over"
    assert isinstance(market.steer(plan, PlanAction.PAUSE), Done)
    assert code(market.steer(plan, PlanAction.PAUSE)) == "plan_over"
    assert isinstance(market.steer(plan, PlanAction.STOP), Done)
    assert code(market.steer(plan, PlanAction.STOP)) == "plan_unknown"
    assert market.told(plan)[-2:] == ["paused owner", "stopped owner"]
    market.check()


def test_nothing_is_armed_where_the_recording_has_ended(world: World) -> None:
    market = Market.open(world, [DAY])
    end_ns = world.feeds.feed(market.tape.tape_id).end_ns
    assert end_ns is not None
    market.go(390, seconds=0)
    assert market.refused(Staged(leg(1))) == ("venue_ended", None)


def test_a_check_changes_nothing(world: World) -> None:
    market = Market.open(world, [DAY])
    good, bad = Terms(grid(900, 1100, 10, 1)), Terms(grid(1100, 900, 10, 1))
    assert world.plans.check(market.account, good) is None
    assert code(world.plans.check(market.account, bad)) == "plan_bounds_crossed"
    assert world.plans.plans(market.account) == ()
