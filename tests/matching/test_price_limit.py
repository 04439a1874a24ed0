"""The limits of a day and the cage of the moment."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.orders import Side
from matching.price_limit import PriceCage, PriceLimit


@pytest.mark.parametrize(
    ("limit", "reference", "lower", "upper"),
    [
        (PriceLimit(100, 100), 426, 383, 469),  # 3.834 and 4.686
        (PriceLimit(200, 200), 777, 622, 932),
        (PriceLimit(300, 300), 777, 544, 1010),  # 5.439 and 10.101
        (PriceLimit(100, 100), 4, 3, 5),  # one tick away at least
        (PriceLimit(100, 100, floor_ticks=0), 4, 4, 4),  # as the texts before the floor said
        (PriceLimit(100, 100, floor_ticks=1, floor_upto_ticks=4), 4, 3, 5),
        (PriceLimit(100, 100, floor_ticks=1, floor_upto_ticks=4), 5, 5, 6),  # 0.045 is half: up
        (PriceLimit(440, 360), 1000, 640, 1440),
        (PriceLimit(573, 433), 100_000, 56_700, 157_300),
        (PriceLimit(100, 100), 1, 1, 2),  # never down to nothing
    ],
)
def test_limits(limit: PriceLimit, reference: int, lower: int, upper: int) -> None:
    assert limit.band(reference) == (lower, upper)


@given(st.integers(1, 10**7), st.integers(1, 999))
def test_a_limit_is_the_nearest_tick_of_the_exact_one(reference: int, permille: int) -> None:
    lower, upper = PriceLimit(permille, permille).band(reference)
    exact = reference * Fraction(1000 + permille, 1000)
    assert upper == max(reference + 1, int(exact + Fraction(1, 2)))
    exact = reference * Fraction(1000 - permille, 1000)
    assert lower == max(1, min(reference - 1, int(exact + Fraction(1, 2))))


@pytest.mark.parametrize(
    ("cage", "side", "benchmark", "worst"),
    [
        (PriceCage(20, 10), Side.BUY, 1000, 1020),
        (PriceCage(20, 10), Side.SELL, 1000, 980),
        (PriceCage(20, 10), Side.BUY, 400, 410),  # ten ticks are wider than 2 %
        (PriceCage(20, 10), Side.SELL, 400, 390),
        (PriceCage(20, 0), Side.BUY, 400, 408),
        (PriceCage(50, 10), Side.BUY, 1000, 1050),
        (PriceCage(20, 10), Side.SELL, 5, 1),
    ],
)
def test_the_cage(cage: PriceCage, side: Side, benchmark: int, worst: int) -> None:
    assert cage.worst_ticks(side, benchmark) == worst
