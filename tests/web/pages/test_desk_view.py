"""What the desk shows before anything is asked of it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from matching.instrument import Instrument, InstrumentId
from matching.market import Phase
from matching.units import CURRENCIES, AtNs
from simtrade.portfolio.views import PortfolioView, PositionView, Preview
from simtrade.venues.views import ClockView, QuoteView
from web.pages.desk_view import Row, clock_state, default_typed, grouped_orders, size_note
from web.trading_rules import TicketRules

APPLE = Instrument(
    InstrumentId("XNAS:AAPL"), "AAPL", "Apple", "苹果", CURRENCIES["USD"], "XNAS", "main"
)
QUOTE = QuoteView(
    APPLE.instrument_id, 15000, 15265, 15100, 14900, 9, None, None, None, None, False, False
)
CLOCK = ClockView(AtNs(0), Phase.CONTINUOUS, True, 60, False, None, None)


@pytest.mark.parametrize(
    ("clock", "state"),
    [
        (CLOCK, "continuous"),
        (replace(CLOCK, running=False), "paused"),
        (replace(CLOCK, running=False, phase=Phase.CLOSED), "closed"),
        (replace(CLOCK, ended=True), "ended"),
        (replace(CLOCK, phase=Phase.LUNCH), "lunch"),
    ],
)
def test_the_clock_says_what_is_going_on(clock: ClockView, state: str) -> None:
    assert clock_state(clock) == state


def test_a_row_is_written_with_sign_and_arrow() -> None:
    row = Row(APPLE, QUOTE, "en")
    assert (row.last_text, row.change_text, row.percent_text) == ("150.00", "-2.65", "-1.74%")
    assert row.arrow == "▼"


def test_a_row_without_a_price_is_empty_and_not_zero() -> None:
    row = Row(APPLE, None, "zh")
    assert {row.last_text, row.change_text, row.percent_text, row.volume_text} == {"–"}
    assert row.upper_text == ""


class Book:
    def __init__(self, cash: int, *positions: PositionView) -> None:
        self.cash_minor, self.positions = cash, positions


def typed(side: str, lot: int, cash: int, *positions: PositionView) -> str:
    book = cast("PortfolioView", Book(cash, *positions))
    return default_typed(side, QUOTE, TicketRules(lot, lot, settles_later=False), book, APPLE).qty


def test_a_first_order_is_about_a_tenth_of_the_cash() -> None:
    assert typed("buy", 1, 10_000_000) == "60"
    assert typed("buy", 100, 100_000_000) == "600"
    assert typed("buy", 1, 0) == "1"


def test_a_sale_begins_with_what_can_be_sold() -> None:
    held = PositionView(APPLE, 70, 65, 5, 0, 0, False, 0, 0, 0, 0, 0)
    assert typed("sell", 1, 10_000_000, held) == "65"


@pytest.mark.parametrize(
    ("share", "warns"), [(None, False), (0, False), (100, False), (101, True), (2_500, True)]
)
def test_above_a_tenth_of_a_day_s_volume_one_is_warned(share: int | None, warns: bool) -> None:
    preview = Preview(1, 1, (), 1, 1, 1, 1, share)
    assert bool(size_note(preview, "en")) is warns
    assert "{" not in size_note(preview, "zh")
    if share == 2_500:
        assert "250.00%" in size_note(preview, "en")


def test_orders_of_a_group_stand_together_newest_group_first() -> None:
    def order(order_id: int, group_id: int | None = None) -> Any:
        return SimpleNamespace(order_id=order_id, group_id=group_id)

    entry, profit, loss = order(5, 5), order(6, 5), order(7, 5)
    found = grouped_orders([order(9), loss, profit, entry, order(3)])
    assert [one.order_id for one in found] == [9, 5, 6, 7, 3]
