"""The arithmetic of an ex-date."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.corporate_actions import ExTerms
from tests.matching.scenario import INSTRUMENT

# Kweichow Moutai: close before, cash a share, the exchange's reference of the ex-date.
MOUTAI = [
    ("2020-06-24", 147_450, 17_025_000, 145_748),
    ("2021-06-25", 206_805, 19_293_000, 204_876),
    ("2022-06-30", 203_000, 21_675_000, 200_833),
    ("2023-12-20", 167_500, 19_106_000, 165_589),
    ("2024-06-19", 152_150, 30_876_000, 149_062),
    ("2024-12-20", 155_101, 23_882_000, 152_713),
]


@pytest.mark.parametrize(("day", "close", "cash_micro", "reference"), MOUTAI)
def test_the_exchange_s_own_references(
    day: str, close: int, cash_micro: int, reference: int
) -> None:
    assert ExTerms(cash_micro).reference_ticks(INSTRUMENT, close) == reference, day


# close, cash, bonus, rights and their price -> reference
REFERENCES = [
    (1_300, ExTerms(bonus_new=3, bonus_old=10), 1_000),
    (1_300, ExTerms(rights_new=3, rights_old=10, rights_ticks=870), 1_201),  # 12.0077
    (2_000, ExTerms(1_000_000, 5, 10, 2, 10, 800), 1_212),  # (20 - 1 + 8 x 0.2) / 1.7 = 12.118
    (1_001, ExTerms(bonus_new=1), 501),  # half up
    (10, ExTerms(1_000_000), 1),  # never below a tick
    (1_000, ExTerms(4_999), 1_000),
    (1_000, ExTerms(5_000), 1_000),  # 9.995 is half way and goes up
    (1_000, ExTerms(5_001), 999),
]


@pytest.mark.parametrize(("close", "terms", "reference"), REFERENCES)
def test_reference(close: int, terms: ExTerms, reference: int) -> None:
    assert terms.reference_ticks(INSTRUMENT, close) == reference


def test_finer_prices_than_cash_and_coarser_ticks() -> None:
    fine = replace(INSTRUMENT, price_decimals=8)
    assert ExTerms(1).reference_ticks(fine, 10**8) == 10**8 - 100
    coarse = replace(INSTRUMENT, price_decimals=3, tick=5)
    assert ExTerms(12_000).reference_ticks(coarse, 200) == 198  # 1.000 - 0.012 = 0.988: 197.6


def test_cash_bonus_and_rights_of_a_holding() -> None:
    terms = ExTerms(21_675_000, 3, 10, 2, 10, 800)
    assert terms.cash_minor(INSTRUMENT, 300) == 650_250
    assert terms.cash_minor(INSTRUMENT, 1) == 2_168
    assert terms.bonus_qty(105) == (31, 5)
    assert terms.rights_qty(104) == 20
    coin = replace(INSTRUMENT, qty_decimals=3)
    assert terms.cash_minor(coin, 1_000) == 2_168


terms_of = st.builds(
    ExTerms,
    st.integers(0, 5_000_000),
    st.integers(0, 10),
    st.integers(1, 10),
    st.integers(0, 5),
    st.integers(1, 10),
    st.integers(1, 1_000),
)


@given(st.integers(1_000, 100_000), st.integers(1, 10_000), terms_of)
def test_an_ex_date_changes_no_value(close: int, lots: int, terms: ExTerms) -> None:
    """Shares at the reference, cash and rights are worth the shares at the close."""
    qty = lots * terms.bonus_old * terms.rights_old
    reference = terms.reference_ticks(INSTRUMENT, close)
    bonus, rest = terms.bonus_qty(qty)
    assert rest == 0
    rights = terms.rights_qty(qty)
    after = reference * (qty + bonus + rights) - terms.rights_ticks * rights
    cash = terms.cash_minor(INSTRUMENT, qty)
    assert abs(after + cash - close * qty) <= (qty + bonus + rights + 1) // 2 + 1
