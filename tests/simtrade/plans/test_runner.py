"""Many plans in one moving market: turns, ends, splits, and the floor's depth."""

from __future__ import annotations

from datetime import date

from matching.orders import Side
from simtrade.desk.requests import FLOOR, ClockAction
from simtrade.plans.model import Condition, Conditional, ConditionKind, FixedAmount, Limits, Staged
from tests.simtrade.desk.script import next_session
from tests.simtrade.plans.samples import (
    MADE,
    MONDAY,
    Market,
    armed,
    grid,
    leg,
    state_of,
    told,
)
from tests.world import World

DAY = [1000] * 5


def test_a_plan_expires_with_its_last_session_and_leaves_nothing(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    plan = market.arm(grid(900, 1100, 10, 5), expires=MONDAY)
    market.go(380)
    assert market.open_orders() != []
    market.go(1, day=1)
    assert market.open_orders() == []
    assert market.told(plan)[-1] == "expired expiry"
    market.check()


def test_older_plans_act_first_at_the_same_moment(world: World) -> None:
    market = Market.open(world, [DAY])
    times = (Condition(ConditionKind.TIME_FROM, market.moment(3)),)
    first = market.arm(Conditional(times, leg(1)))
    second = market.arm(Conditional(times, leg(2)))
    market.go(4)
    orders = world.portfolio.orders(market.account, open_only=False)
    assert [order.qty for order in reversed(orders)] == [1, 2]
    assert (market.state(first), market.state(second)) == ("done", "done")
    market.check()


def test_one_long_seek_is_the_same_as_many_small_ones(world: World) -> None:
    """The market may be moved in any steps: what plans do depends on the market only."""
    day: list[int] = [1000 + (37 * k * k) % 60 - 30 for k in range(40)]
    outcomes = []
    for step in (400, 7, 1):
        market = Market.open(world, [day, day])
        plan = market.arm(grid(950, 1050, 10, 3))
        drop = (Condition(ConditionKind.DROP_FROM_HIGH, 40),)
        other = market.arm(Conditional(drop, leg(2)))
        for minute in range(step, 400, step):
            market.go(minute, seconds=0)
        market.go(20, day=1)
        outcomes.append((market.told(plan), market.told(other), market.fills()))
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert len(outcomes[0][2]) > 4


def test_a_split_ends_plans_with_prices_and_no_others(world: World) -> None:
    venue, account = world.practice(date(2005, 2, 25))
    apple = "XNAS:AAPL"
    quote = next(one for one in world.venues.quotes(venue) if one.instrument_id == apple)
    last = quote.last_ticks
    priced = armed(world, account, grid(last - 5000, last + 5000, 500, 1, of=apple))
    amount = armed(world, account, FixedAmount(apple, 1_000_000))
    world.set_clock(venue, ClockAction.SEEK, world.at(venue) + 5 * 86_400 * 10**9)
    assert state_of(world, priced) == "failed"
    assert told(world, priced)[-1] == "failed corporate"
    assert state_of(world, amount) == "armed"
    assert not [one for one in world.portfolio.orders(account, open_only=True) if one.limit_ticks]
    report = world.verify()
    assert report.ok, report.problems


def test_plans_on_depth_see_every_print(evening: World) -> None:
    world = evening
    account = world.floor()
    quote = world.venues.quotes(FLOOR)[0]
    name, last = str(quote.instrument_id), quote.last_ticks
    plan = armed(
        world,
        account,
        Conditional((Condition(ConditionKind.PRICE_AT_LEAST, last // 2),), leg(100, of=name)),
    )
    assert told(world, plan)[1:] == ["placed conditions buy 100 market", "done complete"]
    staged = armed(world, account, Staged(leg(100, of=name)))
    next_session(world)
    assert told(world, staged)[-1] == "done complete"
    far = armed(
        world,
        account,
        Conditional((Condition(ConditionKind.PRICE_AT_LEAST, last * 5),), leg(100, of=name)),
    )
    levels = armed(world, account, grid(last // 2, last * 2, max(1, last // 100), 100, of=name))
    world.pass_seconds(3)
    assert told(world, far) == ["armed owner"]
    assert told(world, levels)[1].startswith("placed")
    again = world.reopen()
    assert again.verify().ok
    assert state_of(again, far) == "armed"


def test_limits_of_price_hold_for_market_orders_too(world: World) -> None:
    jump = [1000, 1000, 1000, 1040, 1040, 1040]
    market = Market.open(world, [jump])
    times = (Condition(ConditionKind.TIME_FROM, market.moment(3) - 1),)
    inside = market.arm(Conditional(times, leg(1)), Limits(highest_ticks=1010))
    market.go(5)
    assert market.open_orders() == [("buy", 1, 1010)]  # a limit at the edge, not filled at 1040
    assert market.fills() == []
    assert market.state(inside) == "done"
    outside = market.arm(
        Conditional((Condition(ConditionKind.PRICE_AT_LEAST, 1),), leg(1)),
        Limits(highest_ticks=1010),
    )
    assert market.told(outside)[1] == "refused conditions buy 1 1010 plan_limit_price"
    market.check()


def test_a_sale_of_what_is_not_there_fails_the_plan(world: World) -> None:
    market = Market.open(world, [DAY])
    plan = market.arm(
        Conditional((Condition(ConditionKind.PRICE_AT_LEAST, 1),), leg(1, Side.SELL, of=MADE))
    )
    assert market.state(plan) == "failed"
