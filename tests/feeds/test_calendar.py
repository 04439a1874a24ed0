from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.calendar import (
    ALWAYS_OPEN_HOURS,
    CHINA_HOURS,
    US_HOURS,
    Calendar,
    Hours,
    PhaseStep,
    day_number,
    day_of,
    local_ns,
)
from matching.market import Phase
from matching.units import NS_PER_MINUTE, NS_PER_SECOND
from tests.feeds.samples import NEW_YORK, SHANGHAI, at


def calendar(hours: Hours, *days: date) -> Calendar:
    return Calendar(hours, np.array([day_number(day) for day in days], np.int64))


# Friday before, Monday after the clocks change in March 2012.
US = calendar(US_HOURS, date(2012, 3, 9), date(2012, 3, 12), date(2012, 3, 13))
CN = calendar(CHINA_HOURS, date(2012, 3, 9), date(2012, 3, 12))


def test_summer_time_moves_the_session() -> None:
    assert US.open_ns[0] == at(ZoneInfo("UTC"), 2012, 3, 9, 14, 0)
    assert US.open_ns[1] == at(ZoneInfo("UTC"), 2012, 3, 12, 13, 0)
    assert US.phases(1) == [
        (at(NEW_YORK, 2012, 3, 12, 9, 0), Phase.PRE_OPEN),
        (at(NEW_YORK, 2012, 3, 12, 9, 30), Phase.CONTINUOUS),
        (at(NEW_YORK, 2012, 3, 12, 16, 0), Phase.CLOSED),
    ]


def test_minutes_leave_lunch_out() -> None:
    starts = CN.minute_starts(0)
    assert len(starts) == CN.most_minutes == 240
    assert starts[119] == at(SHANGHAI, 2012, 3, 9, 11, 29)
    assert starts[120] == at(SHANGHAI, 2012, 3, 9, 13, 0)


def test_a_market_that_never_closes_has_whole_days() -> None:
    always = calendar(ALWAYS_OPEN_HOURS, date(2024, 8, 8), date(2024, 8, 9))
    assert always.close_ns[0] == always.open_ns[1]
    assert always.most_minutes == 1440
    noon = at(ZoneInfo("UTC"), 2024, 8, 8, 12, 0)
    assert always.advance(noon, 24 * 60 * NS_PER_MINUTE) == noon + 24 * 60 * NS_PER_MINUTE


def test_sessions_are_found_by_their_opening() -> None:
    opened = at(NEW_YORK, 2012, 3, 12, 9, 0)
    assert [US.session_at(opened - 1), US.session_at(opened)] == [0, 1]
    assert US.session_at(at(NEW_YORK, 2012, 3, 9, 8, 59)) == -1
    assert US.date(1) == date(2012, 3, 12)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ((2012, 3, 9, 10, 0), 5, (2012, 3, 9, 10, 5)),
        ((2012, 3, 9, 8, 0), 5, (2012, 3, 9, 9, 35)),
        ((2012, 3, 9, 15, 59), 1, (2012, 3, 9, 16, 0)),
        ((2012, 3, 9, 15, 59), 2, (2012, 3, 12, 9, 31)),
        ((2012, 3, 9, 16, 0), 1, (2012, 3, 12, 9, 31)),
        ((2012, 3, 10, 12, 0), 391, (2012, 3, 13, 9, 31)),
        ((2012, 3, 10, 12, 0), 0, (2012, 3, 10, 12, 0)),
        ((2012, 3, 12, 9, 30), 10_000, (2012, 3, 13, 16, 0)),
        ((2012, 3, 20, 9, 30), 1, (2012, 3, 20, 9, 30)),
    ],
)
def test_only_open_time_passes(start: list[int], minutes: int, end: list[int]) -> None:
    assert US.advance(at(NEW_YORK, *start), minutes * NS_PER_MINUTE) == at(NEW_YORK, *end)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ((2012, 3, 9, 11, 28), (2012, 3, 9, 11, 29)),
        ((2012, 3, 9, 11, 29, 30), (2012, 3, 9, 11, 30)),
        ((2012, 3, 9, 11, 30), (2012, 3, 9, 13, 1)),
        ((2012, 3, 9, 12, 15), (2012, 3, 9, 13, 1)),
        ((2012, 3, 9, 15, 0), (2012, 3, 12, 9, 31)),
        ((2012, 3, 12, 15, 0), (2012, 3, 12, 15, 0)),
    ],
)
def test_the_next_minute(start: list[int], end: list[int]) -> None:
    assert CN.next_minute_end(at(SHANGHAI, *start)) == at(SHANGHAI, *end)


LONGEST = 3 * 390 * NS_PER_MINUTE


@given(st.integers(0, LONGEST), st.integers(0, LONGEST), st.integers(0, 5 * 86_400))
def test_advancing_twice_is_advancing_once(first: int, second: int, offset: int) -> None:
    start = int(US.open_ns[0]) + offset * NS_PER_SECOND
    assert US.advance(US.advance(start, first), second) == US.advance(start, first + second)
    assert US.advance(start, first) >= start


@given(st.integers(-200_000, 200_000))
def test_days_are_numbered_both_ways(number: int) -> None:
    assert day_number(day_of(number)) == number


def test_the_end_of_a_day_is_the_next_midnight() -> None:
    number = day_number(date(2024, 1, 1))
    assert local_ns(number, 86_400, SHANGHAI) == at(SHANGHAI, 2024, 1, 2)


@pytest.mark.parametrize(
    "steps",
    [
        [(0, Phase.CONTINUOUS)],
        [(0, Phase.PRE_OPEN), (60, Phase.CLOSED)],
        [(60, Phase.CONTINUOUS), (0, Phase.CLOSED)],
        [(0, Phase.CONTINUOUS), (30, Phase.CLOSED)],
        [(0, Phase.CONTINUOUS), (86_460, Phase.CLOSED)],
        [(0, Phase.CLOSED), (60, Phase.CONTINUOUS), (120, Phase.CLOSED)],
    ],
)
def test_hours_that_make_no_sense_are_refused(steps: list[tuple[int, Phase]]) -> None:
    with pytest.raises(ValueError, match=r"phase|session"):
        Hours("UTC", tuple(PhaseStep(*step) for step in steps))


def test_the_session_after_the_one_that_has_opened() -> None:
    for session in range(len(US.days)):
        following = US.date(session + 1) if session + 1 < len(US.days) else None
        opened = int(US.open_ns[session])
        assert US.next_date(opened) == following
        assert US.next_date(opened - 1) == US.date(session)
