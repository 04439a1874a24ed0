from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.imports.csv_values import BarFault, Field, OffTick, bar_problem, price_ticks, traded_qty
from tests.feeds.samples import instrument

CENT = instrument("A")
NICKEL = instrument("B", tick=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("118.56", 11856),
        (" 118.5600 ", 11856),
        ("+1", 100),
        (".5", 50),
        ("118.565", BarFault.OFF_TICK),
        ("0", BarFault.NOT_POSITIVE),
        ("-1", BarFault.NOT_POSITIVE),
        ("", BarFault.NOT_A_NUMBER),
        ("1e3", BarFault.NOT_A_NUMBER),
        ("1,000", BarFault.NOT_A_NUMBER),
        ("NaN", BarFault.NOT_A_NUMBER),
        ("inf", BarFault.NOT_A_NUMBER),
        ("٣", BarFault.NOT_A_NUMBER),
        ("10000000000", BarFault.TOO_LARGE),
        ("99999999999999999", BarFault.TOO_LARGE),
    ],
)
def test_prices(text: str, expected: int | BarFault) -> None:
    found = price_ticks(CENT, text, OffTick.REFUSE)
    assert found == (expected if isinstance(expected, BarFault) else (expected, False))


@pytest.mark.parametrize(
    ("text", "ticks", "rounded"),
    [("1.05", 21, False), ("1.02", 20, True), ("1.025", 21, True), ("1.0249", 20, True)],
)
def test_rounding_is_half_up_to_the_tick(text: str, ticks: int, rounded: object) -> None:
    assert price_ticks(NICKEL, text, OffTick.ROUND_HALF_UP) == (ticks, rounded)


def test_what_rounds_to_nothing_is_no_price() -> None:
    assert price_ticks(CENT, "0.001", OffTick.ROUND_HALF_UP) is BarFault.NOT_POSITIVE
    assert price_ticks(CENT, "1.00500000001", OffTick.ROUND_HALF_UP) == (101, True)
    assert (
        price_ticks(CENT, "1" + "." + "0" * 18 + "1", OffTick.ROUND_HALF_UP) is BarFault.TOO_LARGE
    )


@given(st.decimals(min_value="0.01", max_value="9999999", places=4))
def test_rounded_prices_are_exact(value: object) -> None:
    found = price_ticks(CENT, str(value), OffTick.ROUND_HALF_UP)
    assert not isinstance(found, BarFault)
    exact = Fraction(str(value)) * 100
    assert found.ticks == (2 * exact + 1) // 2
    assert found.rounded == (exact.denominator != 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("9616100", 9616100),
        ("100.0", 100),
        ("-5", BarFault.NEGATIVE_VOLUME),
        ("1.5", BarFault.TOO_PRECISE),
        ("x", BarFault.NOT_A_NUMBER),
        ("9999999999999999", BarFault.TOO_LARGE),
    ],
)
def test_volumes(text: str, expected: int | BarFault) -> None:
    assert traded_qty(CENT, text) == expected


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ((10, 12, 9, 11), None),
        ((10, 10, 10, 10), None),
        ((10, 9, 12, 11), (Field.HIGH, BarFault.HIGH_BELOW_LOW)),
        ((13, 12, 9, 11), (Field.OPEN, BarFault.OPEN_OUTSIDE)),
        ((10, 12, 9, 8), (Field.CLOSE, BarFault.CLOSE_OUTSIDE)),
    ],
)
def test_contradictions(values: tuple[int, ...], problem: object) -> None:
    assert bar_problem(values) == problem
