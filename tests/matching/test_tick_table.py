"""Price steps that depend on the price."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.instrument import Instrument, InstrumentId
from matching.tick_table import TickTable
from matching.units import CURRENCIES

HONG_KONG = TickTable(3, (250, 500, 20_000), (1, 5, 10, 20))


def share(decimals: int, tick: int = 1) -> Instrument:
    return Instrument(
        InstrumentId("X:A"), "A", "A", "甲", CURRENCIES["HKD"], "X", "main", decimals, tick
    )


@pytest.mark.parametrize(
    ("price", "near"),
    [
        (249, None), (250, None), (251, (250, 255)), (254, (250, 255)), (255, None),
        (499, (495, 500)), (500, None), (505, (500, 510)), (19_990, None),
        (19_995, (19_990, 20_000)),
        (20_000, None), (20_010, (20_000, 20_020)), (20_020, None),
    ],
)  # fmt: skip
def test_one_step_beside_an_allowed_price(price: int, near: tuple[int, int] | None) -> None:
    assert HONG_KONG.neighbours(share(3), price) == near


@pytest.mark.parametrize(
    ("decimals", "tick", "ticks", "near"),
    [
        (4, 1, 9_999, None),  # below a dollar
        (4, 1, 10_001, (10_000, 10_100)),
        (4, 1, 10_100, None),
        (2, 1, 101, None),  # an instrument that is coarser than the table
        (6, 1, 999_999, (999_900, 1_000_000)),  # and one that is finer
        (2, 5, 3, None),
    ],
)
def test_scales_of_instrument_and_table_may_differ(
    decimals: int, tick: int, ticks: int, near: tuple[int, int] | None
) -> None:
    table = TickTable(4, (10_000,), (1, 100))
    assert table.neighbours(share(decimals, tick), ticks) == near


@given(st.integers(1, 10**6))
def test_the_neighbours_are_allowed_and_the_price_between(price: int) -> None:
    near = HONG_KONG.neighbours(share(3), price)
    if near is not None:
        assert near[0] < price < near[1]
        assert HONG_KONG.neighbours(share(3), near[0]) is None
        assert HONG_KONG.neighbours(share(3), near[1]) is None


@pytest.mark.parametrize(
    ("below", "steps"), [((5,), (1,)), ((5, 5), (1, 2, 3)), ((9, 5), (1, 2, 3)), ((), (0,))]
)
def test_a_table_is_in_order(below: tuple[int, ...], steps: tuple[int, ...]) -> None:
    with pytest.raises(AssertionError):
        TickTable(2, below, steps)
