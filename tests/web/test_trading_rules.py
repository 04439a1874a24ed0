"""Lots and settlement as the screen needs them, from the dated rules."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest

from matching.instrument import Instrument, InstrumentId
from matching.units import CURRENCIES
from simtrade.venues.views import VenueView
from web.trading_rules import rules_of


class VenueStub:
    def __init__(self, tape: str) -> None:
        self.tape, self.first_session = tape, date(2026, 1, 5)


@pytest.mark.parametrize(("tape", "lot", "later"), [("generator:1", 100, 1), ("us_daily", 1, 0)])
def test_lots_and_settlement(tape: str, lot: int, later: int) -> None:
    venue = cast("VenueView", cast("Any", VenueStub(tape)))
    one = Instrument(InstrumentId("X:A"), "A", "A", "甲", CURRENCIES["CNY"], "X", "main")
    rules = rules_of(venue, one, None)
    assert (rules.lot, rules.buys_settle_sessions) == (lot, later)
