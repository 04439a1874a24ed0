"""What came of a plan is what its orders traded, whether it lives or not."""

from __future__ import annotations

from matching.orders import Side
from simtrade.plans.model import Staged, TimeSlices
from simtrade.plans.outcome import Outcome
from tests.simtrade.plans.samples import MADE, Market, grid, leg
from tests.world import World


def came(market: Market, number: int) -> Outcome:
    plan = market.world.plans.plan(market.account, number)  # type: ignore[arg-type]
    assert plan is not None
    return market.world.plans.outcome(market.account, plan)


def test_fills_of_a_plan_that_is_over_still_count(world: World) -> None:
    """A staged plan is done when its order is sent; the order trades later."""
    market = Market.open(world, [[1000] * 5, [1000] * 5 + [1010] * 5])
    plan = market.arm(Staged(leg(30, limit=1005)))
    assert came(market, plan) == Outcome((), 0, 0, None)
    market.go(1, day=1)
    assert market.state(plan) == "done"
    found = came(market, plan)
    assert [(one.instrument_id, one.side, one.qty) for one in found.traded] == [
        (MADE, Side.BUY, 30)
    ]
    (fill,) = world.portfolio.fills(market.account)
    assert found.traded[0].minor == fill.notional_minor
    assert found.traded[0].ticks == 30 * fill.price_ticks
    assert found.fees_minor == sum(fee.amount_minor for fee in fill.fees)
    assert found.open_orders == 0


def test_both_sides_and_what_still_waits(world: World) -> None:
    market = Market.open(world, [[1000, 990, 990, 1010, 1010, 1010, 1000]])
    plan = market.arm(grid(900, 1100, 10, 5))
    market.go(6)
    found = came(market, plan)
    by_side = {one.side: one.qty for one in found.traded}
    mine = world.portfolio.fills(market.account)
    for side in Side:
        assert by_side.get(side, 0) == sum(one.qty for one in mine if one.side is side)
    assert found.open_orders == len(market.open_orders()) > 0


def test_orders_of_others_do_not_count_and_a_refusal_is_told(world: World) -> None:
    market = Market.open(world, [[1000] * 30])
    world.place(market.account, Side.BUY, 7, MADE)
    plan = market.arm(
        TimeSlices(leg(10, Side.SELL), market.moment(4), market.moment(8), 2),
    )
    market.go(20)
    found = came(market, plan)
    assert [(one.side, one.qty) for one in found.traded] == [(Side.SELL, 5)]
    assert found.refused is not None
    assert found.refused.reason == "not_enough_to_sell"
