from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.units import NS_PER_SECOND
from simtrade.venues.timeframe import AMOUNTS, Timeframe, Unit, local_day, local_midnights
from tests.feeds.samples import NEW_YORK, SHANGHAI, at

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC))
ZONES = st.sampled_from([NEW_YORK, SHANGHAI])
FRAMES = st.sampled_from(Unit).flatmap(
    lambda unit: st.sampled_from(sorted(AMOUNTS[unit])).map(lambda n: Timeframe(n, unit))
)


def edge_of(frame: Timeframe, local: datetime) -> datetime:
    """By the calendar, one at a time."""
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    match frame.unit:
        case Unit.WEEK:
            return day - timedelta(days=day.weekday())
        case Unit.MONTH:
            return day.replace(day=1, month=(day.month - 1) // frame.amount * frame.amount + 1)
        case Unit.DAY:
            return day
    minutes = frame.amount * (60 if frame.unit is Unit.HOUR else 1)
    passed = (local.astimezone(UTC) - day.astimezone(UTC)).total_seconds() // 60
    return day.astimezone(UTC) + timedelta(minutes=passed // minutes * minutes)


@given(FRAMES, st.lists(MOMENTS, max_size=8), ZONES)
def test_left_edges_are_those_of_the_calendar(frame, moments, zone) -> None:  # type: ignore[no-untyped-def]
    given_ns = np.array([int(one.timestamp()) * NS_PER_SECOND for one in moments], np.int64)
    found = frame.left_edges(given_ns, zone.key).tolist()
    wanted = [edge_of(frame, one.astimezone(zone)).timestamp() for one in moments]
    assert found == [int(one) * NS_PER_SECOND for one in wanted]


def test_a_day_with_a_clock_change_still_begins_at_midnight() -> None:
    moment = at(NEW_YORK, 2005, 4, 3, 10, 30)  # clocks went forward at two
    hour = Timeframe(1, Unit.HOUR).left_edge(moment, "America/New_York")
    assert hour == at(NEW_YORK, 2005, 4, 3, 10)
    midnights = local_midnights(np.array([moment], np.int64), "America/New_York")
    assert midnights.tolist() == [at(NEW_YORK, 2005, 4, 3)]
    assert local_day(moment, "America/New_York").isoformat() == "2005-04-03"


@pytest.mark.parametrize(("amount", "unit"), [(60, Unit.MINUTE), (2, Unit.DAY), (5, Unit.MONTH)])
def test_other_lengths_do_not_exist(amount: int, unit: Unit) -> None:
    with pytest.raises(AssertionError):
        Timeframe(amount, unit)
