"""What an open order waits for, in order of what matters most."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from matching.instrument import InstrumentId
from matching.market import Phase
from matching.orders import Side
from matching.units import AtNs
from simtrade.portfolio.waiting import waiting_for
from simtrade.venues.snapshot import Snapshot
from simtrade.venues.views import ClockView, QuoteView

ONE = InstrumentId("TEST:ONE")
CLOCK = ClockView(AtNs(0), Phase.CONTINUOUS, True, 1, False, None, date(2026, 1, 5))
QUOTE = QuoteView(ONE, 1_000, 1_000, 1_000, 1_000, 0, None, None, None, None, False, False)


def row(**changes: Any) -> Any:
    usual = {
        "instrument_id": ONE, "side": 0, "stage": "resting", "time_in_force": "day",
        "kind": "limit", "change_due_ns": None, "change_qty": None,
    }  # fmt: skip
    return SimpleNamespace(**{**usual, **changes})


@pytest.mark.parametrize(
    ("changes", "phase", "expected"),
    [
        ({}, Phase.CONTINUOUS, "queue"),
        ({"stage": "entering"}, Phase.CONTINUOUS, "next_quote"),
        ({"stage": "entering"}, Phase.LUNCH, "market_open"),
        ({"stage": "entering"}, Phase.OPENING_AUCTION, "opening_auction"),
        ({}, Phase.OPENING_LOCKED, "opening_auction"),
        ({"stage": "entering"}, Phase.OPENED, "market_open"),
        ({}, Phase.CLOSING_LOCKED, "closing_auction"),
        ({"stage": "auction", "time_in_force": "at_open"}, Phase.CLOSED, "opening_auction"),
        ({"stage": "auction", "time_in_force": "at_close"}, Phase.CONTINUOUS, "closing_auction"),
        ({"stage": "auction", "kind": "fixed_price"}, Phase.OPENED, "closing_price"),
        ({"stage": "coming"}, Phase.OPENING_AUCTION, "on_its_way"),
        ({"change_due_ns": 5, "change_qty": 0}, Phase.CONTINUOUS, "cancel_on_its_way"),
        ({"change_due_ns": 5, "change_qty": 3}, Phase.CONTINUOUS, "change_on_its_way"),
    ],
)
def test_each_thing_to_wait_for(changes: dict[str, Any], phase: Phase, expected: str) -> None:
    shown = Snapshot(replace(CLOCK, phase=phase), {ONE: QUOTE}, {}, {})
    assert waiting_for(row(**changes), shown, has_depth=True) == expected


def test_quotes_that_nobody_can_use() -> None:
    stale = Snapshot(CLOCK, {ONE: replace(QUOTE, stale=True)}, {}, {})
    assert waiting_for(row(), stale, has_depth=True) == "fresh_quote"
    sealed = Snapshot(CLOCK, {ONE: replace(QUOTE, sealed=Side.BUY)}, {}, {})
    assert waiting_for(row(), sealed, has_depth=True) == "sealed_up"
    assert waiting_for(row(side=1), sealed, has_depth=True) == "queue"


def test_bars_have_no_queue() -> None:
    shown = Snapshot(CLOCK, {ONE: QUOTE}, {}, {})
    assert waiting_for(row(), shown, has_depth=False) == "price"
    assert waiting_for(row(stage="entering"), shown, has_depth=False) == "next_bar"
