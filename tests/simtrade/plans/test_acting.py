"""What a plan counts of its own orders, and the receipts it writes."""

from __future__ import annotations

import pytest

from matching.orders import Side
from simtrade.desk.requests import FLOOR
from simtrade.plans.model import (
    Basket,
    Condition,
    Conditional,
    ConditionKind,
    Limits,
    Seen,
    Sums,
)
from tests.simtrade.plans.samples import MADE, Market, armed, grid, leg, steps, told
from tests.world import World


def test_fills_are_counted_part_by_part(world: World) -> None:
    falls = [(999 - k, 999 - k, 985, 986) for k in range(3)]
    market = Market.open(world, [[1000, 1000, 1000, *falls, 986]], volume=20)
    plan = market.arm(grid(900, 1100, 10, 30))
    market.go(6)
    kept = world.plans.plan(market.account, plan)
    assert kept is not None
    fills = market.fills()
    assert len(fills) > 1  # the bars' volume allows a part each
    bought = sum(fill[1] for fill in fills)
    assert kept.progress.sums[MADE] == Sums(bought, sum(fill[1] * fill[2] for fill in fills))
    market.check()


def test_a_receipt_says_what_was_seen_and_what_was_sent(world: World) -> None:
    market = Market.open(world, [[1000, 1000, 1000, 950, 950]])
    lines = (
        Condition(ConditionKind.PRICE_AT_MOST, 960),
        Condition(ConditionKind.DROP_FROM_HIGH, 40),
    )
    plan = market.arm(Conditional(lines, leg(2)))
    market.go(4)
    step = steps(world, plan)[1]
    assert step.seen == (Seen(0, 950, 960), Seen(1, 950, 960))
    assert (step.at_ns, step.leg) == (market.moment(3), leg(2))
    order = world.portfolio.orders(market.account, open_only=False)[0]
    assert step.order_id == order.order_id
    assert order.key == f"plan-{plan}-1"
    assert order.side is Side.BUY


def test_ids_of_a_plans_orders_fit_into_a_browsers_numbers(world: World) -> None:
    market = Market.open(world, [[1000] * 4])
    market.arm(grid(900, 1100, 10, 5))
    (order,) = world.portfolio.orders(market.account, open_only=True)
    assert 2**52 < order.order_id < 2**53


def test_what_is_open_counts_towards_the_limits(world: World) -> None:
    market = Market.open(world, [[1000] * 4])
    both = Basket((leg(6, limit=1000), leg(6, limit=990)))
    by_qty = market.arm(both, Limits(max_qty=11))
    assert market.told(by_qty)[2] == "refused owner buy 6 990 plan_limit_qty"
    by_money = market.arm(both, Limits(max_money_minor=6 * 1990 - 1))
    assert market.told(by_money)[2] == "refused owner buy 6 990 plan_limit_money"
    enough = market.arm(both, Limits(max_qty=12, max_money_minor=6 * 1990))
    assert market.told(enough)[2] == "placed owner buy 6 990"
    market.check()


@pytest.mark.parametrize(
    "limits", [Limits(max_qty=250), Limits(max_money_minor=10**12)], ids=["quantity", "money"]
)
def test_an_order_that_fills_as_it_is_placed_is_known_to_the_next(
    world: World, limits: Limits
) -> None:
    account = world.floor()
    name = world.venues.quotes(FLOOR)[0].instrument_id
    plan = armed(world, account, Basket((leg(200, of=name), leg(100, of=name))), limits)
    short = limits.max_qty is not None
    assert told(world, plan)[1:] == [
        "placed owner buy 200 market",
        "refused owner buy 100 market plan_limit_qty" if short else "placed owner buy 100 market",
        "done complete",
    ]
    assert world.verify().ok
