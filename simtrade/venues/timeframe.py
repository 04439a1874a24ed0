"""Lengths of bars that programs ask for, and where each bar begins on the market's own wall clock.

A bar of minutes or hours begins at a multiple of its length since local midnight, a day at local
midnight, a week on Monday, a month on its first (of several months: counted from January).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from feeds.calendar import Int64s
from matching.units import NS_PER_MINUTE, NS_PER_SECOND

_NS_PER_HOUR = 60 * NS_PER_MINUTE
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Unit(StrEnum):
    MINUTE = "Min"
    HOUR = "Hour"
    DAY = "Day"
    WEEK = "Week"
    MONTH = "Month"


AMOUNTS = {
    Unit.MINUTE: range(1, 60),
    Unit.HOUR: range(1, 24),
    Unit.DAY: (1,),
    Unit.WEEK: (1,),
    Unit.MONTH: (1, 2, 3, 4, 6, 12),
}


@dataclass(frozen=True, slots=True)
class Timeframe:
    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        assert self.amount in AMOUNTS[self.unit]

    @property
    def within_day(self) -> bool:
        return self.unit in (Unit.MINUTE, Unit.HOUR)

    def left_edges(self, at_ns: Int64s, time_zone: str) -> Int64s:
        """Where the bar begins that each moment (ascending or not) belongs to."""
        midnights = local_midnights(at_ns, time_zone)
        if self.within_day:
            width = self.amount * (NS_PER_MINUTE if self.unit is Unit.MINUTE else _NS_PER_HOUR)
            edges: Int64s = midnights + (at_ns - midnights) // width * width
            return edges
        days, place = np.unique(midnights, return_inverse=True)
        zone = ZoneInfo(time_zone)
        found = [midnight_ns(self._first_day(_day(int(one), zone)), zone) for one in days]
        return np.array(found, np.int64)[place] if len(at_ns) else at_ns

    def left_edge(self, at_ns: int, time_zone: str) -> int:
        return int(self.left_edges(np.array([at_ns], np.int64), time_zone)[0])

    def _first_day(self, day: date) -> date:
        match self.unit:
            case Unit.WEEK:
                return day - timedelta(days=day.weekday())
            case Unit.MONTH:
                return day.replace(day=1, month=day.month - (day.month - 1) % self.amount)
        return day


MINUTE = Timeframe(1, Unit.MINUTE)
DAY = Timeframe(1, Unit.DAY)


def midnight_ns(day: date, zone: ZoneInfo) -> int:
    """The local beginning of a day in UTC nanoseconds."""
    return int((datetime.combine(day, time(), zone) - _EPOCH).total_seconds()) * NS_PER_SECOND


def local_midnights(at_ns: Int64s, time_zone: str) -> Int64s:
    """The local midnight before each moment."""
    # A clock changes on a full hour of UTC, or on half of one: nothing changes within a quarter.
    quarter_ns = 15 * NS_PER_MINUTE
    quarters, place = np.unique(at_ns // quarter_ns, return_inverse=True)
    zone = ZoneInfo(time_zone)
    found = [midnight_ns(_day(int(one) * quarter_ns, zone), zone) for one in quarters]
    return np.array(found, np.int64)[place] if len(at_ns) else at_ns


def local_day(at_ns: int, time_zone: str) -> date:
    return _day(at_ns, ZoneInfo(time_zone))


def _day(at_ns: int, zone: ZoneInfo) -> date:
    return (_EPOCH + timedelta(seconds=at_ns // NS_PER_SECOND)).astimezone(zone).date()
