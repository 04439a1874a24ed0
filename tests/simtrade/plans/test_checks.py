"""Plans that contradict themselves are refused whole, with the line at fault."""

from __future__ import annotations

from datetime import date

import pytest

from matching.orders import Side, TimeInForce
from simtrade.desk.requests import Refusal
from simtrade.plans.checks import LEVELS_MAX, LINES_MAX, PLANS_MAX
from simtrade.plans.model import (
    Basket,
    Condition,
    Conditional,
    ConditionKind,
    FixedAmount,
    Leg,
    Limits,
    Rebalance,
    Spec,
    Staged,
    TimeSlices,
    VolumeSlices,
    Weight,
)
from tests.simtrade.plans.samples import MADE, MONDAY, Market, arm, grid, leg
from tests.world import World

DAY = [1000] * 5
LEAST, MOST = ConditionKind.PRICE_AT_LEAST, ConditionKind.PRICE_AT_MOST


def when(*lines: tuple[ConditionKind, int]) -> Conditional:
    return Conditional(tuple(Condition(kind, number) for kind, number in lines), leg(1))


REFUSED: list[tuple[Spec, str, int | None]] = [
    (grid(1100, 1100, 10, 1), "plan_bounds_crossed", None),
    (grid(900, 1100, 0, 1), "plan_step_not_positive", None),
    (grid(900, 1100, 201, 1), "plan_step_too_wide", None),
    (grid(900, 900 + LEVELS_MAX, 1, 1), "plan_too_many_levels", None),
    (grid(1001, 1100, 10, 1), "plan_outside_grid", None),
    (grid(900, 999, 10, 1), "plan_outside_grid", None),
    (grid(900, 1100, 10, 0), "qty_not_positive", None),
    (grid(0, 1100, 10, 1), "price_not_positive", None),
    (grid(900, 1100, 10, 1, of="XTST:NONE"), "instrument_unknown", 1),
    (Staged(leg(0)), "qty_not_positive", 1),
    (Staged(leg(1, of="XTST:NONE")), "instrument_unknown", 1),
    (Staged(leg(1, limit=0)), "price_not_positive", 1),
    (Basket(()), "plan_empty", None),
    (Basket((leg(1),) * (LINES_MAX + 1)), "plan_too_long", None),
    (Basket((leg(1), leg(1, of="XTST:NONE"))), "instrument_unknown", 2),
    (when(), "plan_empty", None),
    (when((LEAST, 0)), "plan_number_outside", 1),
    (when((LEAST, 1100), (MOST, 1099)), "plan_contradicts", 2),
    (when((MOST, 900), (ConditionKind.CHANGE, 5), (LEAST, 901)), "plan_contradicts", 3),
    (when((ConditionKind.CHANGE, 5), (ConditionKind.CHANGE, -5)), "plan_contradicts", 2),
    (when((ConditionKind.CHANGE, -1000)), "plan_condition_never", 1),
    (when((ConditionKind.CHANGE, 0)), "plan_number_outside", 1),
    (when((ConditionKind.DROP_FROM_HIGH, 1000)), "plan_number_outside", 1),
    (when((ConditionKind.REBOUND_FROM_LOW, 0)), "plan_number_outside", 1),
    (when((ConditionKind.TIME_FROM, 1)), "plan_time_past", 1),
    (when((ConditionKind.TIME_FROM, 2**61)), "plan_condition_never", 1),
    (FixedAmount(MADE, 0), "plan_amount_not_positive", None),
    (FixedAmount(MADE, 100, every_sessions=0), "plan_number_outside", 1),
    (FixedAmount("XTST:NONE", 100), "instrument_unknown", 1),
    (Rebalance((Weight(MADE, 600), Weight(MADE, 300))), "plan_instrument_twice", 2),
    (Rebalance((Weight(MADE, 600),), reserve_permille=401), "plan_weights_above_all", None),
    (Rebalance((Weight(MADE, -1),)), "plan_number_outside", 1),
    (Rebalance((Weight("XTST:NONE", 10),)), "instrument_unknown", 1),
]


@pytest.mark.parametrize(("spec", "code", "line"), REFUSED)
def test_it_is_refused_for(world: World, spec: Spec, code: str, line: int | None) -> None:
    market = Market.open(world, [DAY])
    assert market.refused(spec) == (code, line)
    assert world.plans.plans(market.account) == ()
    assert market.open_orders() == []


def test_every_boundary_has_a_good_side(world: World) -> None:
    market = Market.open(world, [DAY])
    good: list[Spec] = [
        grid(900, 1100, 200, 1),
        grid(900, 900 + LEVELS_MAX - 1, 1, 1),
        grid(1000, 1100, 10, 1),
        when((LEAST, 1100), (MOST, 1100)),
        when((ConditionKind.CHANGE, -999)),
        Rebalance((Weight(MADE, 600),), reserve_permille=400),
        Basket((leg(1, Side.SELL),)),  # nothing is held: the desk says so when it is sent
    ]
    for spec in good:
        assert not isinstance(arm(world, market.account, spec), Refusal), spec
    market.check()


def test_windows(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    start, end = market.moment(2), market.moment(4)
    late = market.moment(4, day=1)
    assert market.refused(TimeSlices(leg(4), end, start, 2)) == ("plan_window_empty", None)
    assert market.refused(TimeSlices(leg(4), start, late, 2)) == ("plan_window_too_long", None)
    assert market.refused(TimeSlices(leg(4), start, end, 0)) == ("plan_number_outside", 1)
    assert market.refused(TimeSlices(leg(4), start - 10**12, end, 2)) == ("plan_time_past", None)
    share = VolumeSlices(leg(4), start, end, 2, share_permille=1001)
    assert market.refused(share) == ("plan_number_outside", 1)
    kept = Leg(MADE, Side.BUY, 4, 990, TimeInForce.GTC)
    assert market.refused(TimeSlices(kept, start, end, 2)) == ("plan_contradicts", 1)


def test_limits(world: World) -> None:
    market = Market.open(world, [DAY])
    spec = grid(900, 1100, 10, 5)
    for limits, code in (
        (Limits(max_steps=0), "plan_limit_too_small"),
        (Limits(max_qty=4), "plan_limit_too_small"),
        (Limits(lowest_ticks=1000, highest_ticks=999), "plan_bounds_crossed"),
        (Limits(max_money_minor=10**15 + 1), "plan_number_outside"),
    ):
        assert market.refused(spec, limits) == (code, None)
    assert market.refused(FixedAmount(MADE, 10**15 + 1)) == ("plan_number_outside", 1)


def test_it_cannot_be_over_before_it_begins(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    reply = arm(world, market.account, Staged(leg(1)), expires=date(2004, 2, 29))
    assert isinstance(reply, Refusal)
    assert reply.reason.code == "plan_expired"
    assert not isinstance(
        arm(world, market.account, grid(900, 1100, 10, 1), expires=MONDAY), Refusal
    )


def test_an_account_has_so_many_plans_at_work(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    for _ in range(PLANS_MAX):
        market.arm(Staged(leg(1)))
    assert market.refused(Staged(leg(1))) == ("too_many_plans", None)
