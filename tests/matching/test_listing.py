"""Everybody's open orders in one instrument."""

from __future__ import annotations

from datetime import date

import pytest

from matching.events import Cause, FillRule, Receipt
from matching.listing import Listing
from matching.market import DataKind, Split
from matching.orders import (
    AccountId,
    FillProfile,
    OrderId,
    OrderKind,
    PlaceOrder,
    Side,
    TimeInForce,
)
from matching.units import AtNs, PriceTicks, Qty
from matching.working import Change, Stage, WorkingOrder
from tests.matching.scenario import FIRST_DAY, INSTRUMENT, rules

NOW = AtNs(5)
RECEIPT = Receipt(FillProfile.STANDARD, FillRule.QUEUE, 1, NOW, date(2026, 1, 5))


def working(
    number: int, side: Side, limit: int, qty: int = 10, stage: Stage = Stage.RESTING
) -> WorkingOrder:
    order = PlaceOrder(
        OrderId(number), AccountId(1), INSTRUMENT.instrument_id, side, OrderKind.LIMIT, Qty(qty),
        PriceTicks(limit), TimeInForce.DAY, FillProfile.STANDARD, NOW,
    )  # fmt: skip
    return WorkingOrder(order, qty, limit, stage, NOW, number)


def listing(*orders: WorkingOrder, data: DataKind = DataKind.BARS) -> Listing:
    made = Listing(INSTRUMENT, data)
    made.rules = rules().on("main", FIRST_DAY)
    for one in orders:
        made.add(one)
    return made


def ids(orders: list[WorkingOrder]) -> list[int]:
    return [one.order_id for one in orders]


def test_a_price_reaches_the_best_first_and_the_oldest_of_a_price_first() -> None:
    made = listing(
        working(1, Side.BUY, 99),
        working(2, Side.BUY, 100),
        working(3, Side.BUY, 100),
        working(4, Side.SELL, 102),
        working(5, Side.BUY, 98),
    )
    assert ids(made.reached(Side.BUY, 99)) == [2, 3, 1]
    assert ids(made.reached(Side.SELL, 102)) == [4]
    assert ids(made.reached(Side.SELL, 101)) == []


def test_the_band_is_the_best_waiting_price_of_each_side() -> None:
    made = listing()
    assert made.band == (None, None, False)
    made.add(working(1, Side.BUY, 99))
    made.add(working(2, Side.SELL, 105))
    assert made.band == (99, 105, False)
    newcomer = working(3, Side.BUY, 101, stage=Stage.ENTERING)
    made.add(newcomer)
    assert made.band == (99, 105, True)
    made.settle_in(newcomer)
    assert made.band == (101, 105, False)
    newcomer.change = Change(AtNs(9), 1, Qty(5), PriceTicks(104))
    made.move(newcomer, Stage.RESTING)
    assert made.band == (101, 105, True)  # it may come to another price at any moment
    made.remove(newcomer)
    assert made.band == (99, 105, False)
    assert newcomer.order_id in made.touched
    assert listing(data=DataKind.DEPTH).band.awake


@pytest.mark.parametrize(
    ("low", "high", "matters"),
    [(100, 104, False), (99, 104, True), (100, 105, True), (90, 110, True)],
)
def test_only_a_move_to_the_band_matters(low: int, high: int, matters: bool) -> None:
    made = listing(working(1, Side.BUY, 99), working(2, Side.SELL, 105))
    assert made.band.touched_by(low, high) is matters


def test_fills_are_numbered_and_the_last_one_ends_the_order() -> None:
    order = working(1, Side.BUY, 99, qty=10)
    made = listing(order)
    first = made.fill(order, 98, 4, NOW, RECEIPT)
    assert (first.number, first.qty, first.leaves, first.price_ticks) == (1, 4, 6, 98)
    assert made.book.depth(Side.BUY, 1) == [(99, 6, 1)]
    second = made.fill(order, 99, 6, NOW, RECEIPT)
    assert (second.number, second.leaves) == (2, 0)
    assert not made.orders
    assert made.band.low_ticks is None


def test_a_fill_beyond_the_order_or_its_limit_is_a_bug() -> None:
    order = working(1, Side.SELL, 99, qty=10)
    made = listing(order)
    for price, qty in ((99, 11), (99, 0), (98, 1)):
        with pytest.raises(AssertionError):
            made.fill(order, price, qty, NOW, RECEIPT)


@pytest.mark.parametrize("stage", [one for one in Stage if one is not Stage.ENDED])
def test_a_cancelled_order_leaves_nothing_behind(stage: Stage) -> None:
    order = working(1, Side.BUY, 99, stage=stage)
    made = listing(order)
    ended = made.cancel(order, Cause.DAY_OVER, NOW)
    assert (ended.leaves, ended.cause) == (10, Cause.DAY_OVER)
    assert not made.orders
    assert not made.entering
    assert made.reached(Side.BUY, 1) == []


def test_entering_again_keeps_the_order_among_orders() -> None:
    orders = [working(number, Side.BUY, 99) for number in (1, 2, 3)]
    made = listing(*orders)
    for one in orders:
        made.enter_again(one)
    assert made.reached(Side.BUY, 99) == []
    for one in list(made.entering.values()):
        made.settle_in(one)
    assert ids(made.reached(Side.BUY, 99)) == [1, 2, 3]


def test_the_price_to_expect_is_the_quote_then_the_last_then_the_reference() -> None:
    made = listing()
    assert made.expected_ticks(Side.BUY) is None
    made.reference_ticks = 20_000
    assert (made.expected_ticks(Side.BUY), made.expected_ticks(Side.SELL)) == (20_002, 19_998)
    made.street.last_ticks = 30_000
    assert made.expected_ticks(Side.BUY) == 30_003
    quoted = listing(data=DataKind.DEPTH)
    quoted.street.last_ticks = 30_000
    assert quoted.expected_ticks(Side.BUY) == 30_000


def test_another_bar_has_all_its_volume() -> None:
    made = listing()
    made.begin_bar(AtNs(60))
    made.bar_used[AccountId(1)] = 5
    made.begin_bar(AtNs(60))
    assert made.bar_used == {AccountId(1): 5}
    made.begin_bar(AtNs(120))
    assert made.bar_used == {}


def test_the_last_price_follows_a_split() -> None:
    made = listing()
    split = Split(NOW, 1, INSTRUMENT.instrument_id, new_shares=2, old_shares=1)
    made.see_split(split)
    assert made.street.last_ticks is None
    made.street.last_ticks = 8_898
    made.see_split(split)
    assert made.street.last_ticks == 4_449
