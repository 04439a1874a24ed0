"""Text becomes a number exactly or not at all."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.units import (
    LARGEST,
    NumberFault,
    decimal_text,
    divide_half_up,
    divide_up,
    scaled_integer,
)

NOT = NumberFault.NOT_A_NUMBER


@pytest.mark.parametrize(
    ("text", "decimals", "expected"),
    [
        ("12.5", 2, 1250),
        ("12.50", 2, 1250),
        ("12.500000", 2, 1250),  # zeros add no precision
        ("12.", 0, 12),
        (".5", 1, 5),
        ("+7", 0, 7),
        ("-0.01", 2, -1),
        ("-0", 2, 0),
        ("0007", 0, 7),
        (" 1 ", 0, 1),
        ("\u30001\n", 0, 1),
        ("0.1", 0, NumberFault.TOO_PRECISE),
        ("12.345", 2, NumberFault.TOO_PRECISE),
        ("0.000000001", 9, 1),
        (str(LARGEST), 0, LARGEST),
        (str(-LARGEST), 0, -LARGEST),
        (str(LARGEST + 1), 0, NumberFault.TOO_LARGE),
        (str(LARGEST), 2, NumberFault.TOO_LARGE),
        ("99999999999999999999.001", 2, NumberFault.TOO_LARGE),  # before too precise
    ],
)
def test_a_written_number_is_that_number(
    text: str, decimals: int, expected: int | NumberFault
) -> None:
    assert scaled_integer(text, decimals) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ".", "+", "-", "+.", "-.", "--1", "+-1", "1-", "1..2", "1.2.3", "1 2", "1,000",
        "1_000", "NaN", "nan", "inf", "-Infinity", "1e5", "1E-2", "0x10", "1/2", "10^30",
        "１２３", "٣", "Ⅷ", "²", "1\x00", "\ud800", "1\ud800", "−1", "五", "1" + "0" * 30,
        "1" * 100_000, "$1",
    ],
)  # fmt: skip
def test_everything_else_is_not_a_number(text: str) -> None:
    assert scaled_integer(text, 2) is NOT


@given(st.text(max_size=30), st.integers(0, 9))
def test_no_text_raises(text: str, decimals: int) -> None:
    found = scaled_integer(text, decimals)
    assert isinstance(found, NumberFault | int)


@given(st.integers(-LARGEST, LARGEST), st.integers(0, 9))
def test_written_out_and_read_again_is_the_same(value: int, decimals: int) -> None:
    text = decimal_text(value, decimals)
    assert scaled_integer(text, decimals) == value
    assert Fraction(text) == Fraction(value, 10**decimals)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1250, 2, "12.50"), (5, 2, "0.05"), (-5, 3, "-0.005"), (0, 2, "0.00"), (-7, 0, "-7")],
)
def test_all_decimals_are_written(value: int, decimals: int, text: str) -> None:
    assert decimal_text(value, decimals) == text


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(5, 10, 1), (4, 10, 0), (15, 10, 2), (25, 10, 3), (-5, 10, -1), (-4, 10, 0), (-15, 10, -2)],
)
def test_halves_are_rounded_away_from_zero(numerator: int, denominator: int, expected: int) -> None:
    assert divide_half_up(numerator, denominator) == expected


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**12))
def test_divisions_are_the_nearest_and_the_next_integer(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    half_up = divide_half_up(numerator, denominator)
    assert abs(half_up - exact) <= Fraction(1, 2)
    assert divide_half_up(-numerator, denominator) == -half_up
    assert 0 <= divide_up(numerator, denominator) - exact < 1
