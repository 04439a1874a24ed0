"""The grid on hand-made prices: which two orders work, and what it never does."""

from __future__ import annotations

from simtrade.desk.requests import Done, PlanAction
from simtrade.plans.grid import levels, price_of
from simtrade.plans.model import Limits
from tests.simtrade.plans.samples import Market, grid
from tests.world import World


def test_levels_do_not_go_above_the_upper_price() -> None:
    assert levels(grid(100, 110, 5, 1)) == 3
    assert levels(grid(100, 114, 5, 1)) == 3
    assert price_of(grid(100, 114, 5, 1), 2) == 110


def test_a_buy_below_and_after_it_a_sell_above(world: World) -> None:
    market = Market.open(world, [[1000, 1000, 1000, (1000, 1000, 985, 986), 986, 987, 988]])
    plan = market.arm(grid(900, 1100, 10, 5))
    assert market.open_orders() == [("buy", 5, 990)]
    market.go(4)
    assert market.fills() == [("buy", 5, 990)]
    assert market.open_orders() == [("buy", 5, 980), ("sell", 5, 1000)]
    assert market.told(plan) == [
        "armed owner",
        "placed owner buy 5 990",
        "placed filled buy 5 980",
        "placed filled sell 5 1000",
    ]
    market.check()


def test_a_round_trip_brings_back_the_buy_and_sells_nothing_else(world: World) -> None:
    falls = (1000, 1000, 989, 989)
    rises = (989, 1001, 989, 1001)
    market = Market.open(world, [[1000, 1000, 1000, falls, rises, 1001, 1001]])
    market.arm(grid(900, 1100, 10, 5))
    market.go(6)
    assert market.fills() == [("buy", 5, 990), ("sell", 5, 1000)]
    assert market.open_orders() == [("buy", 5, 990)]  # nothing bought is left to sell
    market.check()


def test_orders_stay_over_night_and_a_refused_one_is_tried_once_a_session(world: World) -> None:
    market = Market.open(world, [[1000, 1000, 1000], [1000, 1000, 1000], [1000, 1000]])
    plan = market.arm(grid(900, 1100, 10, 20_000))  # far more than the cash
    market.go(1, day=2)
    assert market.open_orders() == []
    assert market.told(plan) == [
        "armed owner",
        "refused owner buy 20000 990 not_enough_cash",
        "refused session buy 20000 990 not_enough_cash",
        "refused session buy 20000 990 not_enough_cash",
    ]
    market.check()


def test_it_ends_after_its_last_allowed_order(world: World) -> None:
    falls = (1000, 1000, 975, 975)
    market = Market.open(world, [[1000, 1000, 1000, falls, (975, 975, 955, 955), 955, 955]])
    plan = market.arm(grid(900, 1100, 10, 5), Limits(max_steps=1))
    market.go(5)
    assert market.fills() == [("buy", 5, 990)]
    assert market.open_orders() == []
    assert market.state(plan) == "done"
    assert market.told(plan)[-1] == "done limit"
    market.check()


def test_quantity_and_money_limits_hold_with_what_is_open(world: World) -> None:
    falls: list[int] = [1000 - 7 * k for k in range(14)]
    market = Market.open(world, [[1000, 1000, *falls]])
    plan = market.arm(grid(900, 1100, 10, 5), Limits(max_qty=12))
    other = market.arm(grid(900, 1100, 10, 5), Limits(max_money_minor=9_900))
    market.go(15)
    bought = [fill for fill in market.fills() if fill[0] == "buy"]
    assert len(bought) == 4  # two of each: 10 <= 12 shares, 5 x 9.90 + 5 x 9.80 <= 99.00
    assert "refused filled buy 5 970 plan_limit_qty" in market.told(plan)
    assert "refused filled buy 5 970 plan_limit_money" in market.told(other)
    market.check()


def test_pause_takes_the_orders_back_and_resume_brings_them_again(world: World) -> None:
    market = Market.open(world, [[1000, 1000, 1000, (1000, 1000, 980, 1000), 1000, 1000]])
    plan = market.arm(grid(900, 1100, 10, 5))
    assert isinstance(market.steer(plan, PlanAction.PAUSE), Done)
    assert market.open_orders() == []
    market.go(4)
    assert market.fills() == []
    assert isinstance(market.steer(plan, PlanAction.RESUME), Done)
    assert market.open_orders() == [("buy", 5, 990)]
    assert isinstance(market.steer(plan, PlanAction.STOP), Done)
    assert market.open_orders() == []
    assert market.state(plan) == "stopped"
    market.check()


def test_an_order_that_its_owner_cancels_pauses_the_plan(world: World) -> None:
    market = Market.open(world, [[1000, 1000, 1000, 1000]])
    plan = market.arm(grid(900, 1100, 10, 5))
    (order,) = world.portfolio.orders(market.account, open_only=True)
    assert isinstance(world.cancel(market.account, order.order_id), Done)
    assert market.state(plan) == "paused"
    assert market.told(plan)[-1] == "paused ended"
    market.check()


def test_before_its_first_trade_it_follows_the_price_from_session_to_session(world: World) -> None:
    market = Market.open(world, [[1000, 1000, 1000], [1053, 1053, 1053], [1050, 1050]])
    market.arm(grid(900, 1100, 10, 5))
    market.go(1, day=1)
    assert market.open_orders() == [("buy", 5, 1050)]
    market.go(1, day=2)
    assert market.open_orders() == [("buy", 5, 1040)]  # a step below, not at the price
    market.check()
