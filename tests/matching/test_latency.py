"""Fill model E8: how long an order is on its way."""

from __future__ import annotations

from itertools import pairwise
from math import exp
from statistics import NormalDist, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.chance import DRAWS, draw
from matching.latency import QUANTILES_US, latency_ns
from matching.orders import FillProfile

MS = 1_000_000


def test_the_table_is_log_normal_between_its_ends() -> None:
    steps = len(QUANTILES_US) - 1
    exact = [80_000 * exp(0.7 * NormalDist().inv_cdf(n / steps)) for n in range(1, steps)]
    assert list(QUANTILES_US[1:-1]) == [round(one) for one in exact]
    assert (QUANTILES_US[0], QUANTILES_US[-1]) == (10_000, 1_000_000)
    assert all(low < high for low, high in pairwise(QUANTILES_US))


@pytest.mark.parametrize("profile", [FillProfile.STANDARD, FillProfile.STRICT])
def test_the_median_is_80_milliseconds_and_a_second_is_the_most(profile: FillProfile) -> None:
    assert latency_ns(profile, DRAWS // 2) == 80 * MS
    assert latency_ns(profile, 0) == 10 * MS
    assert 999 * MS < latency_ns(profile, DRAWS - 1) <= 1_000 * MS
    drawn = [latency_ns(profile, draw("seed", number)) for number in range(2_000)]
    assert 75 * MS < median(drawn) < 85 * MS


@given(st.integers(0, DRAWS - 1))
def test_beginners_are_there_at_once(drawn: int) -> None:
    assert latency_ns(FillProfile.BEGINNER, drawn) == 0


@given(st.integers(0, DRAWS - 2))
def test_it_grows_with_the_number(drawn: int) -> None:
    profile = FillProfile.STANDARD
    assert latency_ns(profile, drawn) <= latency_ns(profile, drawn + 1)
