"""Whole columns of moments between UTC and a market's clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from feeds.calendar import Int64s, local_ns
from feeds.imports.csv_time import NS_PER_DAY
from matching.units import NS_PER_MINUTE, NS_PER_SECOND

# Clocks change on quarter hours only, so one look serves fifteen minutes.
_QUARTER_NS = 15 * NS_PER_MINUTE

_Offset = Callable[[int, ZoneInfo], int]


def offsets_of_local(local: Int64s, zone: ZoneInfo) -> Int64s:
    """How far the clock is ahead of UTC when it shows these nanoseconds since 1970: int64, same
    length.  An hour that comes twice is the first one."""
    return _offsets(local, zone, local_offset)


def offsets_of_utc(at_ns: Int64s, zone: ZoneInfo) -> Int64s:
    """How far the clock is ahead of UTC at these moments: int64, same length."""
    return _offsets(at_ns, zone, _utc_offset)


@lru_cache(maxsize=4096)
def local_offset(local: int, zone: ZoneInfo) -> int:
    """How far the clock is ahead of UTC when it shows this nanosecond since 1970."""
    day, ns = divmod(local, NS_PER_DAY)
    return local - local % NS_PER_SECOND - local_ns(day, ns // NS_PER_SECOND, zone)


@lru_cache(maxsize=4096)
def _utc_offset(at_ns: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(at_ns // NS_PER_SECOND, UTC).astimezone(zone).utcoffset()
    assert offset is not None, "a moment with a zone has an offset"
    return (offset.days * 86_400 + offset.seconds) * NS_PER_SECOND


def _offsets(moments: Int64s, zone: ZoneInfo, offset: _Offset) -> Int64s:
    """By day, and by quarter of an hour on the days on which the clock changes."""
    found, starts = _runs(moments, NS_PER_DAY)
    lengths = np.diff(np.append(starts, len(moments)))
    by_day = [offset(day * NS_PER_DAY, zone) for day in found]
    made = np.repeat(np.array(by_day, np.int64), lengths)
    for day, first, start, length in zip(
        found, by_day, starts.tolist(), lengths.tolist(), strict=True
    ):
        if offset((day + 1) * NS_PER_DAY - _QUARTER_NS, zone) != first:
            piece = moments[start : start + length]
            quarters, places = _runs(piece, _QUARTER_NS)
            values = [offset(quarter * _QUARTER_NS, zone) for quarter in quarters]
            sizes = np.diff(np.append(places, length))
            made[start : start + length] = np.repeat(np.array(values, np.int64), sizes)
    return made


def _runs(moments: Int64s, width_ns: int) -> tuple[list[int], Int64s]:
    """Numbers of the spans of ``width_ns`` that follow each other, and where each run begins."""
    if not len(moments):
        return [], np.zeros(0, np.int64)
    numbers = moments // width_ns
    starts = np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 1)).astype(np.int64)
    return numbers[starts].tolist(), starts
