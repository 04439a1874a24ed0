"""What a taker pays without quotes: half a spread, and what his size would have moved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.listing import DayFigures
from matching.market import DataKind
from matching.taking import day_share_permille, impact_ticks
from tests.matching.scenario import Scenario, rules

DAY = DayFigures(volume=1_000_000, range_ticks=200)


@pytest.mark.parametrize(
    ("qty", "ticks"),
    [
        (1, 0),
        (100, 1),  # 200 * 0.6006 * sqrt(1/10,000) = 1.2
        (10_000, 12),
        (1_000_000, 120),  # the whole day: its volatility
    ],
)
def test_impact_grows_with_the_root_of_the_size(qty: int, ticks: int) -> None:
    assert impact_ticks(DAY, qty) == ticks


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(0, 10**6))
def test_a_larger_order_never_moves_less(qty: int, volume: int, span: int) -> None:
    day = DayFigures(volume, span)
    assert 0 <= impact_ticks(day, qty) <= impact_ticks(day, qty + 1)


def test_without_a_day_nothing_is_assumed() -> None:
    for day in (None, DayFigures(0, 200)):
        assert impact_ticks(day, 10**9) == 0
        assert day_share_permille(day, 10**9) is None
    assert day_share_permille(DAY, 150_000) == 150


def scenario(data: DataKind) -> Scenario:
    made = Scenario(data=data, book=rules(limit__permille=100))
    made.listing.day = DAY
    return made


def test_a_taker_pays_it_on_top_but_never_beyond_his_limit_or_the_day_s() -> None:
    scenario(DataKind.TRADES).run(
        """
        A buy 10000 market => waits
        B buy 10000 @ 10005 => waits
        C sell 10000 market => waits
        trade buy 100000 @ 10000 => A 10000@10013 B 10000@10005 C 10000@9987
        A2 buy 10000 market => waits
        trade buy 100000 @ 10995 => A2 10000@11000
        """
    )


def test_bars_know_it_too_and_are_sealed_at_the_limit() -> None:
    scenario(DataKind.BARS).run(
        """
        volume 1000000
        A buy 10000 market => waits
        open 10000 => A 10000@10013
        bar 10000 10000 10000 10000 x1000000
        A2 buy 10 market => waits
        open 11000
        bar 11000 11000 11000 11000 x1000
        B sell 10 market => waits
        open 11000 => B 10@10999
        bar 11000 11000 10500 10600 x1000
        open 10500 => A2 10@10501
        """
    )


def test_what_shows_its_size_needs_no_impact() -> None:
    made = scenario(DataKind.DEPTH)
    made.run("depth 9999x300 / 10001x90000\nA buy 10000 market => A 10000@10001")
