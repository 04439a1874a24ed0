"""What corporate actions change of an equity curve and of the day's profit."""

from __future__ import annotations

from feeds.feed import LastPrice
from matching.instrument import InstrumentId
from simtrade.portfolio.corporate import day_profit, flows_of, right_value
from simtrade.portfolio.equity import Flow
from tests.matching.scenario import INSTRUMENT

ID = INSTRUMENT.instrument_id
NEW = InstrumentId("TEST:NEW")
EX = {
    "instrument_id": ID, "at_ns": 5, "cash_minor": 5_000, "tax_minor": 500, "paid_minor": 7,
    "bonus_qty": 30, "rights_qty": 20, "rights_ticks": 800,
}  # fmt: skip
CLOSED = {"instrument_id": ID, "at_ns": 6, "qty": 20, "price_ticks": 800}
SPLIT = {"instrument_id": ID, "at_ns": 5, "old_qty": 105, "new_qty": 10, "paid_minor": 50}
GONE = {"instrument_id": ID, "at_ns": 7, "qty": 100, "paid_minor": 60_000}


def test_flows() -> None:
    bodies = [
        ("ex_date", EX),
        ("subscribed", {"instrument_id": ID, "at_ns": 5}),
        ("rights_closed", CLOSED),
        ("split", SPLIT),
        ("dividend_tax", {"instrument_id": ID, "at_ns": 9, "tax_minor": 11}),
        ("delisted", GONE),
        ("renamed", {"instrument_id": ID, "new_id": NEW, "at_ns": 8, "qty": 3}),
    ]
    assert list(flows_of(bodies, {ID: INSTRUMENT})) == [
        Flow(5, ID, 5_000 - 500 + 7 - 16_000, 50, is_split=True),
        Flow(6, ID, 16_000, -20, is_split=True),
        Flow(5, ID, 50, -95, is_split=True),
        Flow(9, ID, -11, 0),
        Flow(7, ID, 60_000, -100),
        Flow(8, NEW, 0, 3, is_split=True),
        Flow(8, ID, 0, -3, is_split=True),
    ]


def test_a_right_is_never_worth_less_than_nothing() -> None:
    assert right_value(INSTRUMENT, 10, 800, 950) == 1_500
    assert right_value(INSTRUMENT, 10, 800, 700) == 0


def test_the_day_s_profit() -> None:
    last = LastPrice(1_100, 1_000, 1_100, 1_000, 5)
    assert day_profit([], INSTRUMENT, [(20, 800)], last) == 2_000
    assert day_profit([("ex_date", EX)], INSTRUMENT, [], last) == -500
    assert day_profit([("rights_closed", CLOSED)], INSTRUMENT, [], last) == -4_000
    assert day_profit([("delisted", GONE)], INSTRUMENT, [], last) == 60_000 - 100_000
    assert day_profit([("split", SPLIT), ("renamed", CLOSED)], INSTRUMENT, [], last) == 0
    other = EX | {"instrument_id": NEW}
    assert day_profit([("ex_date", other)], INSTRUMENT, [], last) == 0
