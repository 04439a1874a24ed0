"""Weights of the account's value: sales first, whole lots, a reserve that stays cash."""

from __future__ import annotations

from matching.orders import Side
from simtrade.plans.model import Rebalance, Weight
from tests.simtrade.plans.samples import MADE, Market
from tests.world import World

DAY = [1000] * 8


def held(market: Market) -> int:
    positions = market.world.portfolio.summary(market.account).positions
    return sum(one.qty for one in positions)


def test_it_buys_up_to_the_weight_and_no_further(world: World) -> None:
    market = Market.open(world, [DAY])
    plan = market.arm(Rebalance((Weight(MADE, 250),)))  # a quarter of 100,000.00 at 10.00
    market.go(4)
    assert held(market) == 2_500
    assert market.state(plan) == "done"
    market.check()


def test_it_sells_what_is_too_much_before_it_is_done(world: World) -> None:
    market = Market.open(world, [DAY])
    world.place(market.account, Side.BUY, 5_000, MADE)
    market.go(2)
    plan = market.arm(Rebalance((Weight(MADE, 100),)))
    market.go(6)
    summary = world.portfolio.summary(market.account)
    assert held(market) == 999  # costs have made a tenth of the value a little less
    assert summary.hold_minor == 0
    assert [line.split()[0] for line in market.told(plan)] == ["armed", "placed", "done"]
    market.check()


def test_the_reserve_stays_cash(world: World) -> None:
    market = Market.open(world, [DAY])
    market.arm(Rebalance((Weight(MADE, 500),), reserve_permille=500))
    market.go(4)
    assert held(market) == 2_500  # half of the half that is not reserved
    market.check()


def test_everything_into_one_leaves_room_for_a_worse_price_and_fees(world: World) -> None:
    market = Market.open(world, [DAY])
    market.arm(Rebalance((Weight(MADE, 1000),)))
    market.go(4)
    summary = world.portfolio.summary(market.account)
    assert 9_400 < held(market) <= 9_520  # a market order has to be covered at its collar
    assert summary.cash_minor > 0
    market.check()


def test_at_night_it_waits_for_prices(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    market.go(450)
    plan = market.arm(Rebalance((Weight(MADE, 100),)))
    assert market.told(plan) == ["armed owner"]
    market.go(4, day=1)
    assert held(market) == 1_000
    market.check()
