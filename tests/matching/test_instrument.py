"""What an instrument's numbers mean."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.instrument import Instrument
from matching.units import NumberFault
from tests.matching.scenario import INSTRUMENT

COIN = replace(INSTRUMENT, price_decimals=4, tick=25, qty_decimals=3)


def test_a_price_is_a_count_of_ticks() -> None:
    assert COIN.price_from_text("1.0025") == 401
    assert COIN.price_from_text("1.0026") is NumberFault.TOO_PRECISE
    assert COIN.price_from_text("1e0") is NumberFault.NOT_A_NUMBER
    assert COIN.price_text(401) == "1.0025"


def test_a_share_is_whole_and_a_coin_is_not() -> None:
    assert INSTRUMENT.qty_from_text("1.5") is NumberFault.TOO_PRECISE
    assert COIN.qty_from_text("1.5") == 1500
    assert COIN.qty_text(1500) == "1.500"


@pytest.mark.parametrize(
    ("ticks", "qty", "minor"),
    # 1.0025 x 0.001 = 0.0010025; x 4.988 = 5.00047; 0.0025 x 2 = 0.005, a half
    [(401, 1, 0), (401, 4988, 500), (1, 2000, 1), (1, 1999, 0), (1, -2000, -1)],
)
def test_a_value_is_rounded_half_up_to_the_minor_unit(ticks: int, qty: int, minor: int) -> None:
    assert COIN.notional_minor(ticks, qty) == minor


def test_a_currency_with_more_decimals_than_the_price_is_exact() -> None:
    coarse = replace(INSTRUMENT, price_decimals=0)
    assert coarse.notional_minor(7, 3) == 2100


@given(st.integers(1, 2**31), st.integers(1, 10**6))
def test_a_share_costs_its_price_to_the_cent(ticks: int, qty: int) -> None:
    assert INSTRUMENT.notional_minor(ticks, qty) == ticks * qty


@given(st.integers(1, 2**31))
def test_prices_survive_being_written(ticks: int) -> None:
    assert COIN.price_from_text(COIN.price_text(ticks)) == ticks


@pytest.mark.parametrize(
    "change", [{"tick": 0}, {"price_decimals": 10}, {"qty_decimals": -1}, {"risk_level": 6}]
)
def test_impossible_instruments_are_bugs(change: dict[str, int]) -> None:
    with pytest.raises(AssertionError):
        replace(INSTRUMENT, **change)


@given(st.integers(1, 10**6), st.integers(0, 10**12), st.sampled_from([INSTRUMENT, COIN]))
def test_an_amount_buys_what_it_pays_for_and_not_a_unit_more(
    ticks: int, amount: int, instrument: Instrument
) -> None:
    qty = instrument.qty_for(ticks, amount)
    assert instrument.notional_minor(ticks, qty) <= amount
    assert instrument.notional_minor(ticks, qty + 1) >= amount
