"""The path inside a bar against the naive reading: one tick after the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.bar_path import BarWalk, path_of
from matching.listing import Listing
from matching.market import Bar, DataKind
from matching.orders import Side
from matching.units import AtNs, PriceTicks, Qty
from tests.matching.scenario import INSTRUMENT


def bar(first: int, high: int, low: int, last: int) -> Bar:
    prices = [PriceTicks(one) for one in (first, high, low, last)]
    now = AtNs(60)
    return Bar(now, now, 1, INSTRUMENT.instrument_id, AtNs(0), *prices, Qty(1_000))


@pytest.mark.parametrize(
    ("shape", "path"),
    [
        ((100, 110, 90, 105), (100, 90, 110, 105)),  # it rose: low first
        ((100, 110, 90, 95), (100, 110, 90, 95)),  # it fell: high first
        ((100, 103, 90, 100), (100, 103, 90, 100)),  # unchanged: the nearer one first
        ((100, 110, 97, 100), (100, 97, 110, 100)),
        ((100, 105, 95, 100), (100, 95, 105, 100)),
    ],
)
def test_the_colour_says_which_extreme_came_first(
    shape: tuple[int, int, int, int], path: tuple[int, ...]
) -> None:
    assert path_of(bar(*shape)) == path


@st.composite
def bars(draw: st.DrawFn) -> Bar:
    first, last = draw(st.integers(90, 110)), draw(st.integers(90, 110))
    high = max(first, last) + draw(st.integers(0, 8))
    low = min(first, last) - draw(st.integers(0, 8))
    return bar(first, high, low, last)


def ticks(one: Bar) -> list[int]:
    """Every price of the path, tick by tick; the index is the position."""
    found = [one.open_ticks]
    for goal in path_of(one)[1:]:
        step = 1 if goal > found[-1] else -1
        found += range(found[-1] + step, goal + step, step) if goal != found[-1] else []
    return [int(price) for price in found]


@given(bars(), st.integers(80, 120), st.integers(0, 60), st.booleans())
def test_a_price_is_reached_where_the_naive_walk_first_sees_it(
    one: Bar, price: int, start: int, rising: bool
) -> None:
    walk, seen = BarWalk(Listing(INSTRUMENT, DataKind.BARS), one), ticks(one)
    start = min(start, len(seen) - 1)
    beyond = [
        place
        for place in range(start, len(seen))
        if (seen[place] >= price if rising else seen[place] <= price)
    ]
    assert walk.first(price, start, rising=rising) == (beyond[0] if beyond else None)
    assert walk.price_at(start) == seen[start]
    assert walk.extreme(Side.BUY, start) == min(seen[start:])
    assert walk.extreme(Side.SELL, start) == max(seen[start:])
