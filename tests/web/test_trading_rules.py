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
    first_session = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("market", "board", "lot", "later"),
    [("SIMA", "main", 100, 1), ("XNAS", "main", 1, 0), ("XSHG", "star", 1, 1)],
)
def test_lots_and_settlement(market: str, board: str, lot: int, later: int) -> None:
    venue = cast("VenueView", cast("Any", VenueStub()))
    one = Instrument(InstrumentId("X:A"), "A", "A", "甲", CURRENCIES["CNY"], market, board)
    rules = rules_of(venue, one, None)
    assert (rules.lot, rules.buys_settle_sessions) == (lot, later)
