"""Lots: since when shares are held, and what their dividends owe."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from matching.corporate_rules import corporate_rules
from simtrade.desk.entitlement import (
    Entitlement,
    Lot,
    sold,
    with_bought,
    with_dividend,
    with_ratio,
)
from simtrade.venues.rules import rule_book

MONDAY, TUESDAY = date(2024, 1, 8), date(2024, 1, 9)
RULES = corporate_rules(rule_book("sima"), "main", MONDAY)
lots_of = st.lists(
    st.builds(Lot, st.just(MONDAY), st.integers(1, 10_000), st.integers(0, 10**6)), min_size=1
)


def test_purchases_of_one_day_are_one_lot_until_a_dividend() -> None:
    lots = with_bought(with_bought([], MONDAY, 100), MONDAY, 50)
    assert lots == [Lot(MONDAY, 150)]
    lots = with_bought(lots, TUESDAY, 10)
    assert lots == [Lot(MONDAY, 150), Lot(TUESDAY, 10)]
    paid = with_dividend(lots, 161)
    assert [one.dividend_minor for one in paid] == [150, 11]
    assert with_bought(paid, TUESDAY, 5)[2:] == [Lot(TUESDAY, 5)]


@given(lots_of, st.integers(0, 10**8))
def test_a_dividend_is_shared_out_to_the_cent(lots: list[Lot], cash: int) -> None:
    paid = with_dividend(lots, cash)
    assert sum(one.dividend_minor for one in paid) == cash + sum(o.dividend_minor for o in lots)


@given(lots_of, st.integers(1, 20), st.integers(1, 20))
def test_a_ratio_keeps_the_sum_of_shares(lots: list[Lot], new: int, old: int) -> None:
    total = sum(one.qty for one in lots)
    assert sum(one.qty for one in with_ratio(lots, new, old)) == total * new // old


def test_first_in_first_out() -> None:
    lots = [Lot(date(2022, 1, 3), 100, 10_000), Lot(date(2023, 6, 1), 100, 10_000),
            Lot(MONDAY, 100, 10_000)]  # fmt: skip
    left, tax = sold(lots, 250, TUESDAY, RULES)
    assert left == [Lot(MONDAY, 50, 5_000)]
    assert tax == 0 + 1_000 + 1_000
    assert sold([], 10, TUESDAY, RULES) == ([], 0)
    assert sold(lots, 0, TUESDAY, RULES) == (lots, 0)


@given(lots_of, st.data())
def test_selling_in_parts_loses_nothing(lots: list[Lot], data: st.DataObject) -> None:
    total = sum(one.qty for one in lots)
    part = data.draw(st.integers(0, total))
    left, _ = sold(lots, part, TUESDAY, RULES)
    assert sum(one.qty for one in left) == total - part
    assert sold(left, total - part, TUESDAY, RULES)[0] == []


def test_open_rights() -> None:
    one = Entitlement(1, "X", MONDAY, 100, 500, 50, rights_qty=30, rights_open=True)  # type: ignore[arg-type]
    assert (one.net_minor, one.open_rights) == (450, 30)
    one.subscribed_qty = 10
    assert one.open_rights == 20
    one.rights_open = False
    assert one.open_rights == 0
    assert one.key == (1, "X", MONDAY)
