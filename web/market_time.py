"""Times for charts: the market's wall clock written as if it were UTC.

The chart library knows no time zones, so 09:30 in New York is sent as the seconds of 09:30 UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from matching.units import NS_PER_SECOND

NS_PER_MS = 1_000_000
# Offsets of time zones change on full hours (Lord Howe's by half an hour, on a full hour).
_HOUR_SECONDS = 3_600


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=65_536)
def _offset_seconds(hour: int, time_zone: str) -> int:
    moment = datetime.fromtimestamp(hour * _HOUR_SECONDS, UTC).astimezone(_zone(time_zone))
    offset = moment.utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def wall_seconds(at_ns: int, time_zone: str) -> int:
    """Wall-clock-as-UTC seconds of a moment."""
    seconds = at_ns // NS_PER_SECOND
    return seconds + _offset_seconds(seconds // _HOUR_SECONDS, time_zone)


def wall_ms(at_ns: int, time_zone: str) -> int:
    """Wall-clock-as-UTC milliseconds of a moment."""
    return wall_seconds(at_ns, time_zone) * 1000 + at_ns % NS_PER_SECOND // NS_PER_MS


def wall_seconds_of(at_ns: NDArray[np.int64], time_zone: str) -> NDArray[np.int64]:
    """The same for a column of any length."""
    seconds = at_ns // NS_PER_SECOND
    hours, place = np.unique(seconds // _HOUR_SECONDS, return_inverse=True)
    offsets = np.array([_offset_seconds(int(hour), time_zone) for hour in hours], dtype=np.int64)
    return seconds + offsets[place] if len(seconds) else seconds
