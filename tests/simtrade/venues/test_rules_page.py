"""docs/market-rules.md says what the records say."""

from __future__ import annotations

from pathlib import Path

from simtrade.venues.rules import BOOKS, market_book
from simtrade.venues.rules_page import MARK, NAMES, tables

PAGE = Path(__file__).parents[3] / "docs" / "market-rules.md"


def test_the_page_holds_the_tables() -> None:
    _prose, mark, found = PAGE.read_text(encoding="utf-8").partition(MARK)
    assert mark
    assert found == tables(), "run: simtrade rules page, and put it below the line"


def test_every_record_is_in_the_tables() -> None:
    text = tables()
    assert {BOOKS[market] for market in NAMES} == set(BOOKS.values())
    for market in NAMES:
        for rule in market_book(market).rules:
            assert rule.source in text
            assert f"| {rule.key} | " in text


def test_what_was_never_confirmed_is_shown_as_not_in_force() -> None:
    (line,) = [one for one in tables().splitlines() if "phase 2" in one]
    assert "never in force" in line
