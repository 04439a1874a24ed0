"""Staged orders, conditional orders and baskets on hand-made prices."""

from __future__ import annotations

from matching.orders import Side
from simtrade.desk.requests import ClockAction, Done, PlanAction
from simtrade.plans.model import Basket, Condition, Conditional, ConditionKind, Staged
from tests.simtrade.plans.samples import Market, leg
from tests.world import World

QUIET = [1000] * 6


def when(kind: ConditionKind, number: int) -> Condition:
    return Condition(kind, number)


def test_a_staged_order_is_released_with_the_next_session(world: World) -> None:
    market = Market.open(world, [QUIET, QUIET, QUIET])
    market.go(400)  # the market is closed
    plan = market.arm(Staged(leg(3)))
    assert market.told(plan) == ["armed owner"]
    assert market.open_orders() == []
    summary = world.portfolio.summary(market.account)
    assert summary.hold_minor == 0  # nothing is reserved before
    market.go(2, day=1)
    assert market.told(plan) == ["armed owner", "placed session buy 3 market", "done complete"]
    assert [fill[:2] for fill in market.fills()] == [("buy", 3)]
    market.check()


def test_staged_while_the_market_is_open_waits_for_the_next_day(world: World) -> None:
    market = Market.open(world, [QUIET, QUIET])
    plan = market.arm(Staged(leg(3, limit=1001)))
    market.go(4)
    assert market.told(plan) == ["armed owner"]
    market.go(1, day=1)
    assert market.told(plan)[1:] == ["placed session buy 3 1001", "done complete"]
    market.check()


def test_a_staged_order_is_checked_again_and_refused_with_the_reason(world: World) -> None:
    market = Market.open(world, [QUIET, QUIET])
    plan = market.arm(Staged(leg(3, Side.SELL)))  # he may buy them before the open
    market.go(1, day=1)
    assert market.told(plan)[1:] == [
        "refused session sell 3 market not_enough_to_sell",
        "failed refusal",
    ]
    assert market.state(plan) == "failed"
    market.check()


def test_a_staged_order_can_be_taken_back_until_then(world: World) -> None:
    market = Market.open(world, [QUIET, QUIET])
    plan = market.arm(Staged(leg(3)))
    assert isinstance(market.steer(plan, PlanAction.STOP), Done)
    market.go(3, day=1)
    assert market.fills() == []
    market.check()


def test_it_survives_a_kill(world: World) -> None:
    market = Market.open(world, [QUIET, QUIET])
    market.go(400)
    plan = market.arm(Staged(leg(3)))
    market.world = world.reopen()
    market.go(2, day=1)
    assert market.told(plan)[-1] == "done complete"
    market.check()


def test_a_price_condition_is_met_inside_a_bar_that_the_feed_may_leave_out(world: World) -> None:
    dip = (1000, 1000, 949, 1000)
    market = Market.open(world, [[1000, 1000, 1000, dip, 1000, 1000, 1000]])
    plan = market.arm(Conditional((when(ConditionKind.PRICE_AT_MOST, 950),), leg(2)))
    market.go(3)
    assert market.told(plan) == ["armed owner"]
    market.go(5)
    assert market.told(plan)[1] == "placed conditions buy 2 market"
    # Known when the bar was over; the bar that begins at the same moment came first.
    assert world.portfolio.fills(market.account)[0].at_ns == market.moment(5)
    market.check()


def test_one_tick_short_is_not_met(world: World) -> None:
    dip = (1000, 1000, 951, 1000)
    market = Market.open(world, [[1000, 1000, 1000, dip, 1000, 1000]])
    plan = market.arm(Conditional((when(ConditionKind.PRICE_AT_MOST, 950),), leg(2)))
    market.go(5)
    assert market.told(plan) == ["armed owner"]


def test_the_bar_in_which_it_was_armed_does_not_count_but_its_close(world: World) -> None:
    dip = (1000, 1000, 900, 1000)
    market = Market.open(world, [[1000, dip, 1000, 1000, 1000]])
    market.go(1, seconds=10)
    plan = market.arm(Conditional((when(ConditionKind.PRICE_AT_MOST, 950),), leg(2)))
    market.go(4)
    assert market.told(plan) == ["armed owner"]


def test_a_time_is_met_to_the_nanosecond_in_a_quiet_market(world: World) -> None:
    market = Market.open(world, [[1000] * 10])
    moment = market.moment(3) + 17
    plan = market.arm(Conditional((when(ConditionKind.TIME_FROM, moment),), leg(2, limit=900)))
    market.go(9)
    (order,) = world.portfolio.orders(market.account, open_only=True)
    assert order.placed_at_ns == moment
    assert market.told(plan)[-1] == "done complete"
    market.check()


def test_a_time_at_night_waits_for_the_next_session(world: World) -> None:
    market = Market.open(world, [QUIET, QUIET])
    moment = market.moment(600)
    plan = market.arm(Conditional((when(ConditionKind.TIME_FROM, moment),), leg(2)))
    market.go(1, day=1)
    assert market.told(plan)[1:] == ["placed conditions buy 2 market", "done complete"]
    market.check()


def test_all_conditions_have_to_hold_at_the_same_price(world: World) -> None:
    swing = (1000, 1060, 940, 1000)
    market = Market.open(world, [[1000, 1000, swing, 1000, 955, 955]])
    plan = market.arm(
        Conditional(
            (when(ConditionKind.PRICE_AT_MOST, 960), when(ConditionKind.PRICE_AT_LEAST, 950)),
            leg(1),
        )
    )
    market.go(3)
    assert market.told(plan) == ["armed owner"]  # 940 and 1060 were traded, nothing between told
    market.go(5)
    assert market.told(plan)[-1] == "done complete"
    market.check()


def test_drop_from_the_high_uses_highs_that_nobody_watched(world: World) -> None:
    day = [1000, 1000, (1000, 1100, 1000, 1090), 1090, 1080, (1080, 1080, 1040, 1045), 1045, 1045]
    market = Market.open(world, [day])
    plan = market.arm(Conditional((when(ConditionKind.DROP_FROM_HIGH, 50),), leg(1)))
    market.go(5)
    assert market.told(plan) == ["armed owner"]
    market.go(7)
    assert market.told(plan)[-1] == "done complete"
    market.check()


def test_profit_of_a_position_sells_it(world: World) -> None:
    market = Market.open(world, [[1000, 1000, 1000, 1030, 1060, 1060, 1060]])
    world.place(market.account, Side.BUY, 10, "XTST:MADE")
    market.go(2)
    plan = market.arm(Conditional((when(ConditionKind.POSITION_PROFIT, 50),), leg(10, Side.SELL)))
    market.go(3)
    assert market.told(plan) == ["armed owner"]
    market.go(6)
    assert market.fills()[-1][:2] == ("sell", 10)
    market.check()


def test_a_basket_is_sent_at_once_and_each_order_is_told(world: World) -> None:
    market = Market.open(world, [[1000] * 5])
    plan = market.arm(Basket((leg(2), leg(3, Side.SELL), leg(4, limit=900))))
    assert market.told(plan) == [
        "armed owner",
        "placed owner buy 2 market",
        "refused owner sell 3 market not_enough_to_sell",
        "placed owner buy 4 900",
        "done complete",
    ]
    market.check()


def test_a_basket_at_night_is_sent_when_orders_are_taken(world: World) -> None:
    market = Market.open(world, [QUIET, QUIET])
    market.go(420)
    plan = market.arm(Basket((leg(2),)))
    assert market.told(plan) == ["armed owner"]
    world.set_clock(market.venue_id, ClockAction.SEEK, market.moment(1, day=1))
    assert market.told(plan)[1:] == ["placed session buy 2 market", "done complete"]
    market.check()
