"""An account's value over time."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.feed import Bars
from matching.orders import AccountId, Side, TimeInForce
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs
from simtrade.desk.requests import FLOOR, ClockAction
from simtrade.portfolio.equity import POINTS_MAX, Flow, equity_curve
from simtrade.portfolio.views import EquityCurve
from tests.matching.scenario import INSTRUMENT
from tests.world import World

ID = INSTRUMENT.instrument_id
DAY_NS = 86_400 * NS_PER_SECOND


def bars(*closes: int) -> Bars:
    """Minute bars from the minute 1 on."""
    price = np.array(closes, np.int64)
    start = (np.arange(len(closes), dtype=np.int64) + 1) * NS_PER_MINUTE
    return Bars(start, price, price, price, price, price, partial=False)


def curve(
    closes: list[int], flows: list[Flow], now_minor: int, minutes: int | None = None
) -> EquityCurve:
    return equity_curve(
        start_minor=1_000,
        opened_at_ns=AtNs(NS_PER_MINUTE - 1),
        now_ns=AtNs((minutes or len(closes) + 1) * NS_PER_MINUTE),
        now_minor=now_minor,
        flows=flows,
        instruments={ID: INSTRUMENT},
        bars_of=lambda *_: bars(*closes),
    )


def flow(minute: float, cash: int, qty: int) -> Flow:
    return Flow(int(minute * NS_PER_MINUTE), ID, cash, qty)


def test_without_trades_the_line_is_flat() -> None:
    found = curve([10, 20, 30], [], 1_000)
    assert {one.equity_minor for one in found.points} == {1_000}
    assert (found.max_drawdown_permyriad, found.drawdown_from_ns) == (0, None)


def test_value_follows_each_close_once_it_is_known() -> None:
    found = curve([10, 20, 15, 30], [flow(1.5, -100, 10)], 1_200)
    assert [one.equity_minor for one in found.points] == [1_000, 1_000, 1_100, 1_050, 1_200]
    assert [one.twin_minor for one in found.points] == [1_000] * 5
    # From 1,100 to 1,050: 4.54 % rounded down.
    assert found.max_drawdown_permyriad == 454
    assert (found.drawdown_from_ns, found.drawdown_to_ns) == (
        found.points[2].at_ns,
        found.points[3].at_ns,
    )


def test_the_largest_fall_is_from_a_peak_before_it() -> None:
    found = curve([10, 40, 30, 50, 45, 60], [flow(1.5, -1_000, 100)], 6_000)
    # Worth 1,000 4,000 3,000 5,000 4,500: a quarter from the first peak, a tenth from the second.
    assert found.max_drawdown_permyriad == 2_500


@pytest.mark.parametrize("minute", [3.5, 3.9999])
def test_a_split_counts_from_the_first_price_in_new_shares(minute: float) -> None:
    """Ten shares at 20 become twenty at 10 between the third bar and the fourth."""
    split = Flow(int(minute * NS_PER_MINUTE), ID, 0, 10, is_split=True)
    found = curve([20, 20, 20, 10, 10], [flow(1.5, -200, 10), split], 1_000)
    assert {one.equity_minor for one in found.points} == {1_000}


def test_the_last_point_is_the_summary_whatever_the_bars_say() -> None:
    assert curve([10, 20], [flow(1.5, -100, 10)], 777).points[-1].equity_minor == 777
    assert curve([], [], 1_000).points[-1].equity_minor == 1_000


@given(st.lists(st.integers(1, 100), min_size=1, max_size=1_500))
def test_a_long_line_is_thinned_and_keeps_its_ends(closes: list[int]) -> None:
    found = curve(closes, [], 1_000)
    assert len(found.points) <= POINTS_MAX + 1
    assert found.points[0].at_ns == NS_PER_MINUTE - 1
    assert found.points[-1].at_ns == (len(closes) + 1) * NS_PER_MINUTE
    assert all(one.at_ns < two.at_ns for one, two in pairwise(found.points))


def expect_last_point(world: World, account: AccountId) -> EquityCurve:
    summary, found = world.portfolio.summary(account), world.portfolio.equity(account)
    assert found.points[-1].equity_minor == summary.equity_minor
    assert found.points[-1].at_ns == summary.at_ns
    assert found.points[0].at_ns == summary.account.opened_at_ns
    return found


def test_the_curve_of_a_real_account_ends_in_its_summary(world: World) -> None:
    venue, account = world.practice()
    expect_last_point(world, account)
    world.place(account, Side.BUY, 50)
    world.pass_seconds(20)
    minutes = expect_last_point(world, account)
    assert len(minutes.points) >= 15, "a point a minute"
    world.set_clock(venue, ClockAction.SEEK, world.at(venue) + 20 * DAY_NS)
    days = expect_last_point(world, account)
    assert 10 <= len(days.points) <= 20, "a point a day"


def test_the_floor_s_curve_follows_its_trades(world: World) -> None:
    world.pass_seconds(10)
    account = world.floor()
    quotes = world.venues.quotes(FLOOR)[:4]
    for quote in quotes:
        world.place(account, Side.BUY, 1_000, quote.instrument_id)
    world.pass_seconds(200)
    found = expect_last_point(world, account)
    cost = world.portfolio.summary(account).fees_minor
    assert abs(found.points[1].equity_minor - 100_000_000) < 100 * cost


@pytest.mark.parametrize("days_before", [0, 3])
def test_a_split_is_no_step_in_the_curve(world: World, days_before: int) -> None:
    """2:1 on Monday 2005-02-28; half the value would be missing, or doubled, on a wrong line."""
    venue, account = world.practice(date(2005, 2, 25 - days_before))
    world.place(account, Side.BUY, 1_000)
    world.pass_seconds(2)
    assert world.portfolio.fills(account)
    world.place(account, Side.BUY, 10, limit=100, force=TimeInForce.GTC)
    for _ in range(16):
        world.set_clock(venue, ClockAction.SEEK, world.at(venue) + DAY_NS // 2)
        found = expect_last_point(world, account)
        values = [one.equity_minor for one in found.points]
        steps = [abs(two - one) * 10_000 // one for one, two in pairwise(values)]
        assert max(steps) < 600, f"a step of {max(steps) / 100} %: {values}"
    (position,) = world.portfolio.summary(account).positions
    assert position.qty == 2_000
