"""Buying for the same amount: whole lots, what is left over, and the sessions between."""

from __future__ import annotations

from simtrade.desk.requests import Done, PlanAction
from simtrade.plans.model import FixedAmount, Limits
from tests.simtrade.plans.samples import MADE, Market, steps
from tests.world import World

DAY = [1000] * 5


def test_it_buys_for_the_amount_and_carries_what_is_left(world: World) -> None:
    market = Market.open(world, [DAY, DAY, DAY])
    plan = market.arm(FixedAmount(MADE, 2_500))  # 25.00 at 10.01: two shares, 4.98 left
    market.go(3)
    assert market.fills() == [("buy", 2, 1001)]
    kept = world.plans.plan(market.account, plan)
    assert kept is not None
    assert kept.progress.carry_minor == 2_500 - 2_002
    market.go(3, day=1)  # 4.98 + 25.00: two again, 9.96 left; then three
    market.go(3, day=2)
    assert [fill[1] for fill in market.fills()] == [2, 2, 3]
    assert market.state(plan) == "armed"
    market.check()


def test_too_little_for_one_share_waits_and_is_told(world: World) -> None:
    market = Market.open(world, [DAY, DAY, DAY])
    plan = market.arm(FixedAmount(MADE, 600))
    assert market.told(plan) == ["armed owner", "waited owner"]
    assert steps(world, plan)[-1].numbers == {"budget_minor": 600}
    market.go(3, day=1)
    assert market.told(plan)[2:] == ["placed session buy 1 market"]
    market.check()


def test_every_second_session(world: World) -> None:
    market = Market.open(world, [DAY, DAY, DAY])
    plan = market.arm(FixedAmount(MADE, 1_100, every_sessions=2))
    market.go(3, day=2)
    assert market.told(plan) == [
        "armed owner",
        "placed owner buy 1 market",
        "waited session",
        "placed session buy 1 market",
    ]
    market.check()


def test_armed_at_night_it_begins_with_the_next_session(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    market.go(500)
    plan = market.arm(FixedAmount(MADE, 1_100))
    assert market.told(plan) == ["armed owner"]
    market.go(3, day=1)
    assert market.told(plan)[1:] == ["placed session buy 1 market"]
    market.check()


def test_resuming_in_the_same_session_does_not_buy_again(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    plan = market.arm(FixedAmount(MADE, 1_100))
    market.go(2)
    assert isinstance(market.steer(plan, PlanAction.PAUSE), Done)
    assert isinstance(market.steer(plan, PlanAction.RESUME), Done)
    market.go(4)
    assert len(market.fills()) == 1
    market.go(3, day=1)
    assert len(market.fills()) == 2
    market.check()


def test_it_is_done_with_its_last_allowed_order(world: World) -> None:
    market = Market.open(world, [DAY, DAY, DAY])
    plan = market.arm(FixedAmount(MADE, 1_100), Limits(max_steps=1))
    market.go(3, day=1)
    assert market.told(plan)[1:] == ["placed owner buy 1 market", "done limit"]
    assert market.open_orders() == []
    market.check()
