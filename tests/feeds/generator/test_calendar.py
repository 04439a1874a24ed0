from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.calendar import day_number, local_ns
from feeds.generator.calendar import (
    FIRST_DAY,
    MINUTE_STARTS_NS,
    SECOND_STARTS_NS,
    TRADING_NS,
    advance,
    midnight_ns,
    next_second,
    phases,
    session_at,
    session_date,
    trading_ns,
)
from matching.phases import check_transition
from matching.units import NS_PER_MINUTE, NS_PER_SECOND
from tests.feeds.samples import SHANGHAI, at


@given(st.integers(-300, 30_000))
def test_sessions_are_weekdays_in_shanghai(session: int) -> None:
    day = session_date(session)
    assert day.weekday() < 5
    assert midnight_ns(session) == local_ns(day_number(day), 0, SHANGHAI)
    steps = phases(session)
    times = [(9, 15), (9, 20), (9, 25), (9, 30), (11, 30), (13, 0), (14, 57), (15, 0)]
    moments = [
        local_ns(day_number(day), hour * 3600 + minute * 60, SHANGHAI) for hour, minute in times
    ]
    assert [at_ns for at_ns, _, _ in steps] == moments
    assert [end for _, _, end in steps] == [*moments[1:], None]
    for (_, phase, _), (_, later, _) in pairwise(steps):
        check_transition(phase, later)


def test_no_weekday_is_left_out() -> None:
    days = [session_date(session) for session in range(-10, 10)]
    every = [FIRST_DAY + timedelta(days=k) for k in range(-14, 14)]
    assert days == [day for day in every if day.weekday() < 5]


@pytest.mark.parametrize(
    ("moment", "session"),
    [
        ((2026, 1, 5, 9, 14), -1),
        ((2026, 1, 5, 9, 15), 0),
        ((2026, 1, 9, 23, 0), 4),
        ((2026, 1, 10, 12, 0), 4),
        ((2026, 1, 11, 12, 0), 4),
        ((2026, 1, 12, 9, 0), 4),
        ((2026, 1, 12, 9, 15), 5),
    ],
)
def test_the_session_of_a_moment(moment: list[int], session: int) -> None:
    assert session_at(at(SHANGHAI, *moment)) == session


@pytest.mark.parametrize(
    ("start", "seconds", "end"),
    [
        # Auctions pass twenty times as fast: 45 seconds of the morning, 9 of the afternoon.
        ((2026, 1, 5, 9, 0), 1, (2026, 1, 5, 9, 15, 20)),
        ((2026, 1, 5, 9, 0), 45, (2026, 1, 5, 9, 30)),
        ((2026, 1, 5, 9, 29), 4, (2026, 1, 5, 9, 30, 1)),
        ((2026, 1, 5, 11, 29), 60, (2026, 1, 5, 11, 30)),
        ((2026, 1, 5, 11, 29), 120, (2026, 1, 5, 13, 1)),
        ((2026, 1, 5, 12, 0), 117 * 60, (2026, 1, 5, 14, 57)),
        ((2026, 1, 5, 12, 0), 117 * 60 + 9, (2026, 1, 5, 15, 0)),
        ((2026, 1, 9, 15, 0), 46, (2026, 1, 12, 9, 30, 1)),
        ((2026, 1, 10, 15, 0), 237 * 60 + 54, (2026, 1, 12, 15, 0)),
        ((2026, 1, 10, 15, 0), 0, (2026, 1, 10, 15, 0)),
    ],
)
def test_only_open_time_passes(start: list[int], seconds: int, end: list[int]) -> None:
    assert advance(at(SHANGHAI, *start), seconds * NS_PER_SECOND) == at(SHANGHAI, *end)


def test_nobody_waits_more_than_a_minute_for_continuous_trading() -> None:
    start = at(SHANGHAI, 2026, 1, 5, 14, 57)
    assert advance(start, 60 * NS_PER_SECOND) > at(SHANGHAI, 2026, 1, 6, 9, 30)


@given(st.integers(0, 10**16), st.integers(0, 10**16), st.integers(0, 10**16))
def test_advancing_is_additive_and_measured(offset: int, first: int, second: int) -> None:
    start = midnight_ns(0) + offset
    assert advance(advance(start, first), second) == advance(start, first + second)
    assert trading_ns(advance(start, first)) == trading_ns(start) + first


def test_the_next_second() -> None:
    assert next_second(at(SHANGHAI, 2026, 1, 5, 8, 0)) == at(SHANGHAI, 2026, 1, 5, 9, 15, 20)
    assert next_second(at(SHANGHAI, 2026, 1, 5, 10, 0)) == at(SHANGHAI, 2026, 1, 5, 10, 0, 1)
    assert next_second(at(SHANGHAI, 2026, 1, 5, 10, 0) + 5) == at(SHANGHAI, 2026, 1, 5, 10, 0, 1)
    assert next_second(at(SHANGHAI, 2026, 1, 5, 11, 30)) == at(SHANGHAI, 2026, 1, 5, 13, 0, 1)


def test_trading_seconds_and_minutes() -> None:
    assert len(SECOND_STARTS_NS) * NS_PER_SECOND == TRADING_NS
    assert len(MINUTE_STARTS_NS) * NS_PER_MINUTE == TRADING_NS
    assert date(2026, 1, 5) == FIRST_DAY
