from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from feeds.calendar import day_number
from feeds.imports.csv_gaps import find_gaps, local_date, local_days
from matching.units import NS_PER_MINUTE
from tests.feeds.samples import NEW_YORK, SHANGHAI, at, daily_tape, minute_tape

BAR = (100, 110, 90, 105, 1000)


def test_a_session_that_others_have_is_missing() -> None:
    days = [date(2020, 1, day) for day in (2, 3, 6, 7, 8)]
    tape = daily_tape(
        {"A": [(day, *BAR) for day in days], "B": [(day, *BAR) for day in (days[0], days[4])]}
    )
    gaps, _, span = find_gaps(tape)
    assert gaps == (("XTST:B", day_number(days[0]), day_number(days[4]), 3),)
    assert span == (days[0], days[4])


def test_a_long_break_shows_without_others() -> None:
    days = [date(2020, 1, 2), date(2020, 1, 10), date(2020, 2, 10)]
    gaps, _, _ = find_gaps(daily_tape({"A": [(day, *BAR) for day in days]}))
    assert gaps == (("XTST:A", day_number(days[1]), day_number(days[2]), 0),)


def test_missing_minutes_but_not_lunch() -> None:
    morning = at(SHANGHAI, 2020, 1, 2, 11, 27)
    starts = [morning, morning + 2 * NS_PER_MINUTE, at(SHANGHAI, 2020, 1, 2, 13, 0)]
    gaps, _, span = find_gaps(minute_tape({"A": [(start, *BAR) for start in starts]}))
    assert gaps == (("XTST:A", starts[0], starts[1], 1),)
    assert span[0] == local_date(morning, NEW_YORK)


def test_local_days_follow_the_clock_over_a_change() -> None:
    zone = ZoneInfo("America/New_York")
    hours = np.arange(
        at(zone, 2012, 3, 10), at(zone, 2012, 3, 14), 7 * NS_PER_MINUTE, dtype=np.int64
    )
    expected = [day_number(local_date(moment, zone)) for moment in hours.tolist()]
    assert local_days(hours, "America/New_York").tolist() == expected
