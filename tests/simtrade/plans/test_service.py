"""What screens read of plans."""

from __future__ import annotations

import pytest

from matching.orders import AccountId
from simtrade.plans.model import PlanId, PlanState, Staged, Terms
from tests.simtrade.plans.samples import Market, grid, leg
from tests.world import World

DAY = [1000] * 5


def test_plans_newest_first_with_their_receipts(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    old, new = market.arm(Staged(leg(1))), market.arm(grid(900, 1100, 10, 5))
    assert [plan.plan_id for plan in world.plans.plans(market.account)] == [new, old]
    plan = world.plans.plan(market.account, new)
    assert plan is not None
    assert (plan.state, plan.terms, plan.steps) == (
        PlanState.ARMED,
        Terms(grid(900, 1100, 10, 5)),
        2,
    )
    assert [step.number for step in world.plans.steps(new)] == [2, 1]


def test_what_is_not_there(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    plan = market.arm(Staged(leg(1)))
    assert world.plans.plan(market.account, PlanId(99)) is None
    assert world.plans.plan(world.floor(), plan) is None
    with pytest.raises(LookupError):
        world.plans.check(AccountId(99), Terms(Staged(leg(1))))
