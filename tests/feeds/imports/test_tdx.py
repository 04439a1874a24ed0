from __future__ import annotations

import struct
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.calendar import day_number
from feeds.imports.tdx import read_days, read_minutes


def day(written: int, *prices: int, volume: int = 7) -> bytes:
    return struct.pack("<IIIIIfII", written, *prices, 1.0, volume, 0)


def minute(year: int, month: int, day_of: int, at: int, *prices: float) -> bytes:
    packed = (year - 2004) * 2048 + month * 100 + day_of
    return struct.pack("<HHfffffII", packed, at, *prices, 1.0, 7, 0)


def test_days() -> None:
    made = read_days(day(20000214, 1920, 2038, 1870, 2037) + day(20000230, 1, 1, 1, 1), 2)
    assert made.known.tolist() == [True, False]
    assert (int(made.day[0]), made.prices[0].tolist(), made.volume.tolist()) == (
        day_number(date(2000, 2, 14)), [1920, 2038, 1870, 2037], [7, 7]
    )  # fmt: skip
    assert read_days(day(20000214, 1, 1, 1, 1), 3).prices[0].tolist() == [10] * 4


def test_minutes() -> None:
    made = read_minutes(minute(2021, 4, 23, 571, 36.71, 37.02, 36.71, 36.8), 2)
    assert (int(made.day[0]), int(made.minute[0])) == (day_number(date(2021, 4, 23)), 571)
    assert made.prices[0].tolist() == [3671, 3702, 3671, 3680]


@pytest.mark.parametrize("price", [float("nan"), float("inf"), -1.0, 36.715, 1e30])
def test_floats_that_are_no_price(price: float) -> None:
    assert not read_minutes(minute(2021, 4, 23, 571, price, 1, 1, 1), 2).known[0]
    assert not read_minutes(minute(2021, 4, 23, 1500, 1, 1, 1, 1), 2).known[0]


@given(st.integers(1, 10**7 - 1))
def test_every_price_of_cents_is_read_back(ticks: int) -> None:
    made = read_minutes(minute(2021, 4, 23, 571, *[np.float32(ticks / 100)] * 4), 2)
    assert made.known[0]
    assert made.prices[0, 0] == ticks
