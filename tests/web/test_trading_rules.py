"""Lots and settlement as the screen needs them, from the dated rules."""

from __future__ import annotations

from datetime import date

import pytest

from simtrade.venues.rules import market_book
from web.trading_rules import TicketRules, ticket_rules


@pytest.mark.parametrize(
    ("market", "board", "lot", "least", "later"),
    [
        ("SIMA", "main", 100, 100, True),
        ("XNAS", "main", 1, 1, False),
        ("XSHG", "star", 1, 200, True),
    ],
)
def test_lots_and_settlement(market: str, board: str, lot: int, least: int, later: bool) -> None:
    rules = market_book(market).on(board, date(2026, 1, 5))
    found = ticket_rules(rules)
    assert (found.lot, found.least, found.settles_later) == (lot, least, later)
    assert found.kinds == rules.orders.kinds


def test_where_borrowed_shares_may_be_sold() -> None:
    day = date(2026, 1, 5)
    for market, board, short in (
        ("SIMA", "main", True), ("XNAS", "main", True), ("XSHG", "b", False),
        ("XHKG", "main", False), ("COIN", "main", False),
    ):  # fmt: skip
        assert ticket_rules(market_book(market).on(board, day)).short == short, market


def test_a_day_without_rules_can_still_be_shown() -> None:
    assert ticket_rules(None) == TicketRules(1, 1, settles_later=False)
