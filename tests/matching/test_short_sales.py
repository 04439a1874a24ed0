"""What a market asks of a sale of borrowed shares."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.market import DataKind
from matching.orders import (
    AccountId,
    FillProfile,
    GroupKind,
    OrderId,
    OrderKind,
    PlaceOrder,
    ReplaceOrder,
    Side,
    TimeInForce,
    Trigger,
    TriggerKind,
)
from matching.reasons import Reason
from matching.short_sales import PriceTest, ShortRules, check_short, has_fallen, least_ticks
from matching.units import AtNs, PriceTicks, Qty
from tests.matching.scenario import INSTRUMENT, Scenario, rules

ORDER = PlaceOrder(
    OrderId(1), AccountId(1), INSTRUMENT.instrument_id, Side.SELL, OrderKind.LIMIT, Qty(200),
    PriceTicks(10_000), TimeInForce.DAY, FillProfile.STANDARD, AtNs(0), short=True,
)  # fmt: skip


def listing(test: str = "none", **figures: int):
    book = rules(short__test=test, lot__lot=100, **figures)
    scenario = Scenario(data=DataKind.DEPTH, book=book)
    scenario.run("depth 9999x300 / 10001x200")
    return scenario.listing


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (ORDER, None),
        (replace(ORDER, short=False, qty=Qty(50)), None),
        (replace(ORDER, side=Side.BUY), Reason.SHORT_NOT_ALLOWED),
        (replace(ORDER, trigger=Trigger(TriggerKind.STOP, 9)), Reason.SHORT_NOT_PLAIN),
        (replace(ORDER, kind=OrderKind.FIXED_PRICE), Reason.SHORT_NOT_PLAIN),
        (replace(ORDER, group=GroupKind.OCO, group_id=OrderId(1)), Reason.SHORT_NOT_PLAIN),
        (replace(ORDER, qty=Qty(199)), Reason.QTY_NOT_IN_LOTS),
        (replace(ORDER, qty=Qty(99)), Reason.QTY_NOT_IN_LOTS),
    ],
)
def test_a_plain_order_in_whole_lots(order: PlaceOrder, reason: Reason | None) -> None:
    refused = check_short(listing(), order, order.limit_ticks)
    assert (refused and refused.reason) == reason


def test_a_market_without_a_record_or_with_one_that_forbids_it() -> None:
    for book in (rules(), rules(short__allowed=False)):
        refused = check_short(Scenario(book=book).listing, ORDER, ORDER.limit_ticks)
        assert refused is not None
        assert refused.reason is Reason.SHORT_NOT_ALLOWED


def test_not_below_the_last_price_else_the_previous_close() -> None:
    found = listing("last")
    for limit, taken in ((10_000, True), (9_999, False), (None, False)):
        refused = check_short(found, ORDER, limit)
        assert (refused is None) == taken
    found.street.last_ticks = 10_007
    refused = check_short(found, ORDER, 10_006)
    assert refused is not None
    assert refused.numbers == {"least_ticks": 10_007}


def test_above_the_bid_after_a_fall_and_only_then() -> None:
    found = listing("fallen", short__fall_permille=100)
    assert check_short(found, ORDER, None) is None
    found.fallen = True
    for limit, taken in ((10_000, True), (9_999, False), (None, False)):
        assert (check_short(found, ORDER, limit) is None) == taken
    assert least_ticks(found, ShortRules(PriceTest.NONE)) is None


def test_a_fall_of_exactly_the_figure_counts() -> None:
    short = ShortRules(PriceTest.FALLEN, 100)
    assert has_fallen(900, 1000, short)
    assert not has_fallen(901, 1000, short)


def test_a_replace_to_a_lower_price_is_tested_too() -> None:
    scenario = Scenario(book=rules(short__test="last"))
    scenario.run("depth 9999x300 / 10001x200")
    asked = replace(ORDER, limit_ticks=PriceTicks(10_001))
    scenario.exchange.place(scenario.exchange.working_of(asked))
    scenario.orders["A"] = asked.order_id

    def refused(limit: int) -> Reason | None:
        found = scenario.exchange.check_replace(
            ReplaceOrder(asked.order_id, asked.account_id, asked.qty, limit, AtNs(10**9), 9)
        )
        return found and found.reason

    assert refused(10_000) is None
    assert refused(9_999) is Reason.SHORT_PRICE_TOO_LOW
