"""Parts of an order over time, to the moment and to the share."""

from __future__ import annotations

from matching.orders import Side
from simtrade.plans.model import TimeSlices, VolumeSlices
from simtrade.plans.slices import moment
from tests.simtrade.plans.samples import Market, leg
from tests.world import World

DAY = [1000] * 30


def test_moments_are_equal_parts_and_the_last_is_the_end() -> None:
    spec = TimeSlices(leg(7), 100, 200, 3)
    assert [moment(spec, index) for index in range(4)] == [100, 133, 166, 200]


def test_equal_parts_at_their_moments_add_up_to_the_whole(world: World) -> None:
    market = Market.open(world, [DAY])
    start, end = market.moment(2), market.moment(12)
    plan = market.arm(TimeSlices(leg(103), start, end, 5))
    market.go(20)
    assert [fill[1] for fill in market.fills()] == [20, 21, 20, 21, 21]
    orders = world.portfolio.orders(market.account, open_only=False)
    assert sorted(order.placed_at_ns for order in orders) == [
        start + 2 * k * 60 * 10**9 for k in range(5)
    ]
    assert market.told(plan)[-1] == "done time"
    market.check()


def test_what_one_slice_could_not_get_goes_into_the_next(world: World) -> None:
    day = [1000, 1000, 1000, 1010, 1010, 1010, 1000, 1000, 1000, 1000, 1000, 1000]
    market = Market.open(world, [day])
    spec = TimeSlices(leg(30, limit=1005), market.moment(2), market.moment(11), 3)
    plan = market.arm(spec)
    market.go(11)
    assert [fill[1] for fill in market.fills()] == [20, 10]  # the first part met 10.10
    assert market.open_orders() == []
    assert market.state(plan) == "done"
    market.check()


def test_a_share_of_the_volume_never_more_than_the_whole(world: World) -> None:
    market = Market.open(world, [DAY], volume=1_000)
    spec = VolumeSlices(leg(250), market.moment(2), market.moment(12), 10, share_permille=50)
    plan = market.arm(spec)
    market.go(20)
    bought = [fill[1] for fill in market.fills()]
    assert bought == [50, 50, 50, 50, 50]  # 5 % of 1,000 a minute, then the cap
    assert market.told(plan)[1] == "waited time"  # at the start nothing was traded yet
    market.check()


def test_nothing_is_left_working_at_the_end(world: World) -> None:
    market = Market.open(world, [DAY])
    spec = TimeSlices(leg(10, limit=900), market.moment(2), market.moment(6), 2)
    plan = market.arm(spec)
    market.go(5)
    assert market.open_orders() == [("buy", 10, 900)]
    market.go(7)
    assert market.open_orders() == []
    assert market.state(plan) == "done"
    market.check()


def test_sales_are_sliced_too(world: World) -> None:
    market = Market.open(world, [DAY])
    world.place(market.account, Side.BUY, 10, "XTST:MADE")
    market.go(2)
    market.arm(TimeSlices(leg(10, Side.SELL), market.moment(4), market.moment(8), 2))
    market.go(10)
    assert [fill[:2] for fill in market.fills()] == [("buy", 10), ("sell", 5), ("sell", 5)]
    market.check()


def test_parts_that_fall_into_the_night_are_passed_over(world: World) -> None:
    market = Market.open(world, [[1000] * 390, DAY])
    spec = TimeSlices(leg(30), market.moment(380), market.moment(400), 4)
    plan = market.arm(spec)
    market.go(410)
    assert [fill[1] for fill in market.fills()] == [7, 8]
    assert market.told(plan)[-2:] == ["waited time", "done time"]
    market.check()
