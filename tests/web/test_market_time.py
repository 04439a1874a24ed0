"""Wall clocks of markets, over the changes of their time zones."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.market_time import wall_ms, wall_seconds, wall_seconds_of

ZONES = ("Asia/Shanghai", "America/New_York", "Europe/London", "UTC", "Asia/Kolkata")


def slow(at_ns: int, zone: str) -> int:
    """The obvious way: the digits of the wall clock read as UTC."""
    wall = datetime.fromtimestamp(at_ns // 10**9, ZoneInfo(zone))
    return int(wall.replace(tzinfo=UTC).timestamp())


@given(st.integers(0, 4_000_000_000), st.sampled_from(ZONES))
def test_any_moment(seconds: int, zone: str) -> None:
    assert wall_seconds(seconds * 10**9, zone) == slow(seconds * 10**9, zone)


def test_half_past_nine_in_new_york_in_winter_and_summer() -> None:
    for month in (1, 7):
        moment = datetime(2024, month, 10, 9, 30, tzinfo=ZoneInfo("America/New_York"))
        at_ns = int(moment.timestamp()) * 10**9 + 123_456_789
        text = datetime.fromtimestamp(wall_seconds(at_ns, "America/New_York"), UTC)
        assert (text.hour, text.minute) == (9, 30)
        assert wall_ms(at_ns, "America/New_York") % 1000 == 123


@pytest.mark.parametrize("zone", ZONES)
def test_columns(zone: str) -> None:
    start = 1_709_900_000 * 10**9  # two days before a change in New York
    column = start + np.arange(0, 200 * 3600, 1800, dtype=np.int64) * 10**9
    assert wall_seconds_of(column, zone).tolist() == [slow(int(one), zone) for one in column]
    assert wall_seconds_of(column[:0], zone).tolist() == []
