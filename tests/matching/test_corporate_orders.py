"""Open orders over an ex-date, as a table that a trader can read."""

from __future__ import annotations

import pytest

from matching.corporate_actions import CodeChange, Delisting, ExDate, ExTerms
from matching.events import Cause, OrderAdjusted, OrderCancelled
from matching.exchange import Exchange
from matching.instrument import Instrument, InstrumentId
from matching.market import DataKind, Phase, PhaseChange, SessionOpen, Split
from matching.orders import (
    AccountId,
    FillProfile,
    OrderId,
    OrderKind,
    PlaceOrder,
    Side,
    TimeInForce,
)
from matching.reasons import Reason, Refused
from matching.units import CURRENCIES, AtNs, PriceTicks, Qty
from tests.matching.scenario import FIRST_DAY, INSTRUMENT, rules

ID = INSTRUMENT.instrument_id
OTHER = Instrument(InstrumentId("TEST:TWO"), "TWO", "Two", "二", CURRENCIES["CNY"], "TEST", "main")
ME = AccountId(1)


def exchange(orders: str = "convert") -> Exchange:
    made = Exchange([INSTRUMENT, OTHER], rules(corporate_orders__orders=orders), DataKind.BARS)
    references = ((ID, PriceTicks(1_000)), (OTHER.instrument_id, PriceTicks(500)))
    made.on_market(SessionOpen(AtNs(1), 1, FIRST_DAY, references))
    made.on_market(PhaseChange(AtNs(2), 2, Phase.CONTINUOUS))
    return made


def placed(
    made: Exchange,
    order_id: int,
    side: Side,
    qty: int,
    limit: int | None,
    force: TimeInForce = TimeInForce.GTC,
    instrument_id: InstrumentId = ID,
) -> Refused | None:
    order = PlaceOrder(
        OrderId(order_id), ME, instrument_id, side,
        OrderKind.MARKET if limit is None else OrderKind.LIMIT, Qty(qty),
        None if limit is None else PriceTicks(limit), force, FillProfile.STANDARD, AtNs(3),
    )  # fmt: skip
    refused = made.check_place(order)
    if refused is None:
        working = made.working_of(order)
        made.place(working)
        made.listings[instrument_id].settle_in(working)
    return refused


def ex(terms: ExTerms, *, later: bool = False) -> ExDate:
    return ExDate(AtNs(9), 9, ID, FIRST_DAY, terms, later)


BONUS = ExTerms(bonus_new=3, bonus_old=10)
CASH = ExTerms(125_000)  # 0.125
BOTH = ExTerms(500_000, bonus_new=1)
TABLE = [
    # what happens, side, quantity and limit -> quantity and limit, None: it ends
    (Split(AtNs(9), 9, ID, 2, 1), Side.BUY, (101, 901), (202, 450)),
    (Split(AtNs(9), 9, ID, 2, 1), Side.SELL, (101, 1_101), (202, 551)),
    (Split(AtNs(9), 9, ID, 3, 2), Side.BUY, (101, 900), (151, 600)),
    (Split(AtNs(9), 9, ID, 1, 2), Side.BUY, (100, 900), None),
    (Split(AtNs(9), 9, ID, 1_000, 1), Side.BUY, (1, 999), None),  # below a tick
    (ex(BONUS), Side.BUY, (100, 900), (130, 692)),
    (ex(BONUS), Side.SELL, (105, 1_100), (136, 847)),
    (ex(BONUS, later=True), Side.SELL, (105, 1_100), (105, 847)),  # new shares can't be sold yet
    (ex(BONUS, later=True), Side.BUY, (105, 900), (136, 692)),
    (ex(CASH), Side.BUY, (100, 900), (100, 887)),  # 0.125 rounded up
    (ex(CASH), Side.SELL, (100, 1_100), (100, 1_100)),
    (ex(BOTH), Side.BUY, (100, 900), (200, 425)),
    (ex(ExTerms(9_000_000)), Side.BUY, (100, 900), None),
    (ex(ExTerms(rights_new=1, rights_ticks=5)), Side.BUY, (100, 900), None),
]


@pytest.mark.parametrize(("event", "side", "before", "after"), TABLE)
def test_conversion(
    event: Split | ExDate, side: Side, before: tuple[int, int], after: tuple[int, int] | None
) -> None:
    made = exchange()
    assert placed(made, 1, side, *before) is None
    assert placed(made, 2, side, 10, 400, instrument_id=OTHER.instrument_id) is None
    happened = made.on_market(event)
    if after is None:
        (ended,) = happened
        assert isinstance(ended, OrderCancelled)
        assert ended.cause is Cause.CORPORATE_ACTION
        assert made.find(ME, OrderId(1)) is None
    else:
        working = made.find(ME, OrderId(1))
        assert working is not None
        assert (working.leaves, working.limit_ticks) == after
        assert made.listings[ID].book.best(side) == after[1]
        assert [type(one) for one in happened] == [OrderAdjusted] * (after != before)
    assert made.find(ME, OrderId(2)) is not None


def test_what_was_filled_stays_filled() -> None:
    made = exchange()
    placed(made, 1, Side.BUY, 100, 900)
    working = made.listings[ID].orders[OrderId(1)]
    made.listings[ID].book.reduce(OrderId(1), 40)
    working.filled = 40
    (adjusted,) = made.on_market(Split(AtNs(9), 9, ID, 2, 1))
    assert isinstance(adjusted, OrderAdjusted)
    assert (adjusted.qty, working.leaves) == (160, 120)


def test_priority_is_kept() -> None:
    made = exchange()
    for number in (1, 2, 3):
        placed(made, number, Side.BUY, 100, 900)
    made.on_market(Split(AtNs(9), 9, ID, 2, 1))
    reached = made.listings[ID].reached(Side.BUY, 450)
    assert [one.order_id for one in reached] == [1, 2, 3]


@pytest.mark.parametrize("event", [ex(CASH), Split(AtNs(9), 9, ID, 2, 1)])
def test_day_orders_and_markets_of_day_orders(event: Split | ExDate) -> None:
    made = exchange()
    placed(made, 1, Side.BUY, 100, 900, TimeInForce.DAY)
    assert [type(one) for one in made.on_market(event)] == [OrderCancelled]
    strict = exchange("cancel")
    placed(strict, 1, Side.BUY, 100, 900)
    assert [type(one) for one in strict.on_market(event)] == [OrderCancelled]


def test_orders_go_on_under_a_new_code() -> None:
    made = exchange()
    placed(made, 1, Side.BUY, 100, 900)
    placed(made, 2, Side.BUY, 50, 900)
    moved = made.on_market(CodeChange(AtNs(9), 9, ID, FIRST_DAY, OTHER.instrument_id))
    assert [one.instrument_id for one in moved] == [OTHER.instrument_id] * 2
    assert not made.listings[ID].orders
    assert not made.listings[ID].listed
    assert [one.order_id for one in made.own(ME)] == [1, 2]
    assert made.listings[OTHER.instrument_id].book.best(Side.BUY) == 900


def test_a_delisting_ends_every_order() -> None:
    made = exchange()
    placed(made, 1, Side.BUY, 100, 900)
    (ended,) = made.on_market(Delisting(AtNs(9), 9, ID, FIRST_DAY, None))
    assert isinstance(ended, OrderCancelled)
    assert ended.cause is Cause.NOT_LISTED
    refused = placed(made, 2, Side.BUY, 100, 900)
    assert refused is not None
    assert refused.reason is Reason.INSTRUMENT_NOT_LISTED
