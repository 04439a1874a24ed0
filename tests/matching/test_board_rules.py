"""Lots, rests and the citations of a board's rules."""

from __future__ import annotations

from datetime import date

import pytest

from matching.board_rules import LotRules
from tests.matching.scenario import rules

MAIN = LotRules(100, 100, odd_lot_sell=True, max_qty=10, max_market_qty=5, max_after_hours_qty=20)
STAR = LotRules(1, 200, odd_lot_sell=True, max_qty=10, max_market_qty=5, max_after_hours_qty=20)


@pytest.mark.parametrize(
    ("lots", "held", "qty", "splits"),
    [
        (MAIN, 150, 150, False),  # all of it
        (MAIN, 150, 50, False),  # the rest
        (MAIN, 150, 100, False),
        (MAIN, 250, 150, False),  # a lot and the rest
        (MAIN, 150, 49, True),
        (MAIN, 150, 51, True),
        (MAIN, 200, 50, True),  # there is no rest
        (MAIN, 50, 50, False),
        (MAIN, 50, 49, True),
        (STAR, 450, 200, False),
        (STAR, 450, 449, False),  # leaving one share is allowed
        (STAR, 450, 199, True),
        (STAR, 199, 199, False),
        (STAR, 199, 198, True),
    ],
)
def test_a_rest_is_sold_whole(lots: LotRules, held: int, qty: int, splits: bool) -> None:
    assert lots.splits_rest(qty, held) is splits


@pytest.mark.parametrize(
    ("lots", "held", "odd"), [(MAIN, 250, 50), (MAIN, 200, 0), (STAR, 150, 150), (STAR, 250, 0)]
)
def test_the_rest_of_a_holding(lots: LotRules, held: int, odd: int) -> None:
    assert lots.odd_qty(held) == odd


def test_the_most_of_one_order_depends_on_what_it_is() -> None:
    assert MAIN.most(market=False, after_hours=False) == 10
    assert MAIN.most(market=True, after_hours=False) == 5
    assert MAIN.most(market=False, after_hours=True) == 20


def test_a_rule_is_cited_with_its_day() -> None:
    found = rules().on("main", date(2026, 1, 5))
    assert found.cite("lot") == "test lot [2000-01-01]"
    assert found.cite("cage") == ""
