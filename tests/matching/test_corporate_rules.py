"""Dated rules about corporate actions."""

from __future__ import annotations

from datetime import date

import pytest

from matching.corporate_rules import OrdersOnExDate, corporate_rules
from matching.rulebook import RuleBook
from simtrade.venues.rules import rule_book


def test_a_market_without_records() -> None:
    found = corporate_rules(RuleBook("X", []), "main", date(2024, 1, 2))
    assert found.orders is OrdersOnExDate.CANCEL
    assert (found.withheld_minor(1_000), found.at_sale, found.delisted_permille) == (0, (), 1000)
    assert found.sale_rate_ppm(date(2024, 1, 2), date(2024, 1, 3)) == 0


# The mainland's tax by day: withheld, sold after a month, after a year, later.
MAINLAND = [
    (date(2005, 6, 12), 0, (0, 0, 0)),
    (date(2005, 6, 13), 100_000, (0, 0, 0)),
    (date(2012, 12, 31), 100_000, (0, 0, 0)),
    (date(2013, 1, 1), 50_000, (150_000, 50_000, 0)),
    (date(2015, 9, 7), 50_000, (150_000, 50_000, 0)),
    (date(2015, 9, 8), 0, (200_000, 100_000, 0)),
]


@pytest.mark.parametrize(("day", "withheld", "at_sale"), MAINLAND)
def test_the_mainland_s_tax(day: date, withheld: int, at_sale: tuple[int, ...]) -> None:
    rules = corporate_rules(rule_book("sima"), "main", day)
    assert rules.withheld_ppm == withheld
    bought = date(2023, 1, 31)
    sales = (date(2023, 2, 28), date(2024, 1, 31), date(2024, 2, 1))
    assert tuple(rules.sale_rate_ppm(bought, sold) for sold in sales) == at_sale
    assert rules.orders is OrdersOnExDate.CANCEL


def test_a_month_ends_on_the_same_day_of_the_next() -> None:
    rules = corporate_rules(rule_book("sima"), "main", date(2024, 1, 2))
    assert rules.sale_rate_ppm(date(2024, 1, 8), date(2024, 2, 8)) == 200_000
    assert rules.sale_rate_ppm(date(2024, 1, 8), date(2024, 2, 9)) == 100_000
    assert rules.sale_rate_ppm(date(2024, 1, 31), date(2024, 3, 1)) == 100_000
    assert rules.sale_rate_ppm(date(2023, 12, 15), date(2024, 12, 15)) == 100_000
    assert rules.sale_rate_ppm(date(2023, 12, 15), date(2024, 12, 16)) == 0


def test_us_orders_are_converted() -> None:
    rules = corporate_rules(rule_book("us"), "main", date(2010, 1, 4))
    assert rules.orders is OrdersOnExDate.CONVERT
    assert rules.withheld_minor(1_005) == 101
    assert "5330" in rules.sources["corporate_orders"]
