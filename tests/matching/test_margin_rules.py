"""What a market lends, by date; the figures of the sources."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from matching.margin_rules import KINDS, Maintenance, MarginRules, margin_rules
from matching.rulebook import RuleBook
from simtrade.venues.rules import market_book


def on(market: str, day: date, board: str = "main") -> MarginRules | None:
    return margin_rules(market_book(market), board, day)


@pytest.mark.parametrize(
    ("day", "finance", "short", "lendable"),
    [
        (date(2010, 3, 31), 500, 500, 50),
        (date(2015, 11, 20), 500, 500, 50),
        (date(2015, 11, 23), 1000, 500, 50),
        (date(2023, 9, 8), 1000, 500, 50),
        (date(2023, 9, 11), 800, 500, 50),
        (date(2023, 10, 30), 800, 800, 50),
        (date(2024, 7, 11), 800, 800, 10),
        (date(2024, 7, 22), 800, 1000, 10),
        (date(2026, 1, 16), 800, 1000, 10),
        (date(2026, 1, 19), 1000, 1000, 10),
    ],
)
def test_china_by_date(day: date, finance: int, short: int, lendable: int) -> None:
    for market in ("XSHG", "XSHE", "SIMA"):
        found = on(market, day)
        assert found is not None
        asked = (found.finance_permille, found.short_permille, found.lendable_permille)
        assert asked == (finance, short, lendable)


def test_before_the_first_record_and_where_there_is_none_nothing_is_lent() -> None:
    assert on("XSHG", date(2010, 3, 30)) is None
    for market in ("COIN", "XHKG", "BJSE"):
        assert on(market, date(2026, 6, 1), "bse" if market == "BJSE" else "main") is None
    book = market_book("US")
    for kind in ("loan", "lending", "maintenance"):
        without = RuleBook("US", [one for one in book.rules if one.kind != kind])
        assert margin_rules(without, "main", date(2026, 6, 4)) is None


def test_america_looks_during_the_day_since_2026_06_04() -> None:
    before, since = on("US", date(2026, 6, 3)), on("US", date(2026, 6, 4))
    assert before is not None
    assert since is not None
    assert (before.call.intraday, since.call.intraday) == (False, True)
    assert (since.finance_permille, since.short_permille, since.min_equity_minor) == (
        500, 500, 200_000,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("price_cents", "needed"),
    [(10_000, 3_000), (1_670, 501), (1_666, 500), (500, 500), (499, 499), (250, 250), (100, 250)],
)
def test_finra_on_one_short_share(price_cents: int, needed: int) -> None:
    """30 %, at least 5 USD; below 5 USD all of it, at least 2.50 USD."""
    found = on("US", date(2024, 1, 2))
    assert found is not None
    assert found.maintenance.short_minor(price_cents, 1) == needed
    assert found.maintenance.short_minor(price_cents * 7, 7) == needed * 7


@pytest.mark.parametrize("market", ["XSHG", "XSHE", "SIMA", "US"])
def test_what_is_lent_once_is_lent_from_then_on(market: str) -> None:
    """No day between two records on which a borrower's account would have no rules."""
    for rule in market_book(market).rules:
        if rule.kind in KINDS and rule.valid_to is not None:
            board = "main" if rule.board == "*" else rule.board
            for day in (rule.valid_to, rule.valid_to + timedelta(1)):
                assert on(market, day, board) is not None, (rule.kind, day)


def test_interest_and_fees_are_rounded_half_up() -> None:
    found = on("US", date(2024, 1, 2))
    assert found is not None
    assert found.interest_minor(5_004_500, 1) == 834
    assert found.interest_minor(5_005_334, 3) == 2503
    assert found.interest_minor(3_000, 1) == 1  # exactly half a cent
    assert found.interest_minor(2_999, 1) == 0
    assert found.borrow_minor(500_000, 1) == 28
    assert Maintenance(250, 0, 300).short_minor(1_000, 1) == 300


def test_a_day_of_fills_is_dated_by_the_rules_of_fills() -> None:
    """What is lent does not change the date that receipts show."""
    assert market_book("US").on("main", date(2012, 1, 3)).rule_date == date(2006, 1, 31)
