from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.bar_days import BarDays
from feeds.bar_replay import BarFeed
from feeds.bar_views import chart, corners, last_price
from feeds.feed import Bars, Interval, LastPrice
from feeds.tape import TapeSplit
from matching.instrument import InstrumentId
from matching.units import NS_PER_MINUTE, NS_PER_SECOND
from tests.feeds.samples import NEW_YORK, at, daily_tape, minute_tape

APPLE = InstrumentId("XNAS:AAPL")
FIRST = at(NEW_YORK, 2020, 1, 2, 9, 31)
SAMPLE = BarDays(
    minute_tape(
        {
            "A": [
                (FIRST, 100, 105, 95, 101, 100),
                (FIRST + NS_PER_MINUTE, 101, 110, 99, 99, 40),
                (FIRST + 6 * NS_PER_MINUTE, 99, 99, 99, 99, 7),
                (FIRST + 24 * 60 * NS_PER_MINUTE, 200, 220, 190, 210, 9),
            ]
        }
    )
)


@pytest.mark.parametrize(
    ("bar", "expected"),
    [
        ((10, 15, 5, 12), (10, 5, 15, 12)),
        ((12, 15, 5, 10), (12, 15, 5, 10)),
        ((10, 12, 5, 10), (10, 12, 5, 10)),
        ((10, 15, 8, 10), (10, 8, 15, 10)),
        ((10, 12, 8, 10), (10, 8, 12, 10)),
    ],
)
def test_corners_follow_the_colour(bar: tuple[int, int, int, int], expected: object) -> None:
    assert corners(*bar) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-1, None),
        (0, (100, 100, 100, 100, 25)),
        (19, (100, 100, 100, 100, 25)),
        (20, (95, 100, 100, 95, 50)),
        (40, (105, 100, 105, 95, 75)),
        (59, (101, 100, 105, 95, 100)),
        (60, (101, 100, 105, 95, 110)),
        (80, (110, 100, 110, 95, 120)),
        (100, (99, 100, 110, 95, 130)),
        (130, (99, 100, 110, 95, 140)),
        (7 * 3600, (99, 100, 110, 95, 147)),
    ],
)
def test_a_running_minute_shows_its_corners(seconds: int, expected: object) -> None:
    found = last_price(SAMPLE, 0, FIRST + seconds * NS_PER_SECOND)
    assert found == expected


def test_before_the_open_the_reference_stands() -> None:
    opened = at(NEW_YORK, 2020, 1, 3, 9, 0)
    assert last_price(SAMPLE, 0, opened) == LastPrice(99, 99, 99, 99, 0)
    assert last_price(SAMPLE, 0, opened - 1) == LastPrice(99, 100, 110, 95, 147)


def test_an_instrument_without_bars_keeps_its_split_adjusted_close() -> None:
    rows = [(date(2020, 1, day), 100, 110, 90, 101, 10) for day in (2, 3, 6)]
    split = TapeSplit(InstrumentId("XTST:B"), date(2020, 1, 3), 2, 1)
    store = BarDays(daily_tape({"A": rows, "B": [rows[0], rows[2]]}, (split,)))
    noon = at(NEW_YORK, 2020, 1, 3, 12, 0)
    assert last_price(store, 1, noon) == LastPrice(51, 51, 51, 51, 0)


def test_five_minutes_are_aligned_and_the_running_one_is_partial() -> None:
    found = chart(SAMPLE, 0, Interval.FIVE_MINUTES, FIRST + 6 * NS_PER_MINUTE, 10)
    start = at(NEW_YORK, 2020, 1, 2, 9, 30)
    assert found.start_ns.tolist() == [start, start + 5 * NS_PER_MINUTE]
    assert found.open_ticks.tolist() == [100, 99]
    assert found.high_ticks.tolist() == [110, 99]
    assert found.low_ticks.tolist() == [95, 99]
    assert found.close_ticks.tolist() == [99, 99]
    assert found.volume.tolist() == [140, 1]
    assert found.partial
    assert not chart(SAMPLE, 0, Interval.FIVE_MINUTES, start + 10 * NS_PER_MINUTE, 10).partial


def test_minutes_reach_back_over_the_night() -> None:
    moment = at(NEW_YORK, 2020, 1, 3, 9, 31)
    found = chart(SAMPLE, 0, Interval.MINUTE, moment, 3)
    assert found.close_ticks.tolist() == [99, 99, 200]
    assert found.partial
    assert len(chart(SAMPLE, 0, Interval.MINUTE, moment, 99).start_ns) == 4
    assert len(chart(SAMPLE, 0, Interval.MINUTE, moment, 0).start_ns) == 0
    assert len(chart(SAMPLE, 0, Interval.MINUTE, FIRST - 1, 9).start_ns) == 0


def test_days_and_the_running_day() -> None:
    moment = at(NEW_YORK, 2020, 1, 3, 9, 31, 20)
    found = chart(SAMPLE, 0, Interval.DAY, moment, 9)
    assert found.start_ns.tolist() == [
        at(NEW_YORK, 2020, 1, 2, 9, 30),
        at(NEW_YORK, 2020, 1, 3, 9, 30),
    ]
    assert found.close_ticks.tolist() == [99, 190]
    assert found.low_ticks.tolist() == [95, 190]
    assert found.partial
    assert len(chart(SAMPLE, 0, Interval.DAY, moment, 1).start_ns) == 1
    before = chart(SAMPLE, 0, Interval.DAY, at(NEW_YORK, 2020, 1, 3, 9, 30), 9)
    assert before.close_ticks.tolist() == [99]
    assert not before.partial


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3269), st.integers(-3600, 8 * 3600))
def test_charts_and_last_prices_agree(us_feed: BarFeed, session: int, second: int) -> None:
    moment = int(us_feed.store.first_trade_ns[session]) + second * NS_PER_SECOND
    last = last_price(us_feed.store, 0, moment)
    day = chart(us_feed.store, 0, Interval.DAY, moment, 1)
    minutes = chart(us_feed.store, 0, Interval.MINUTE, moment, 390)
    fives = chart(us_feed.store, 0, Interval.FIVE_MINUTES, moment, 78)
    if last is None:
        assert not any(len(found.start_ns) for found in (day, minutes, fives))
        return
    if last.volume:
        assert (last.high_ticks, last.low_ticks) == (day.high_ticks[0], day.low_ticks[0])
        assert last.volume == day.volume[0]
        assert last.last_ticks == day.close_ticks[0] == minutes.close_ticks[-1]
        assert fives.close_ticks[-1] == last.last_ticks
        today = minutes.start_ns >= us_feed.store.calendar.open_ns[session]
        assert second < 0 or minutes.volume[today].sum() == last.volume
    check(day)
    check(minutes)
    check(fives)


def check(found: Bars) -> None:
    assert (found.low_ticks <= np.minimum(found.open_ticks, found.close_ticks)).all()
    assert (found.high_ticks >= np.maximum(found.open_ticks, found.close_ticks)).all()
    assert (np.diff(found.start_ns) > 0).all()


@pytest.mark.parametrize("interval", [Interval.QUARTER_HOUR, Interval.HALF_HOUR, Interval.HOUR])
def test_longer_bars_begin_with_the_session_and_hold_its_minutes(interval: Interval) -> None:
    session = SAMPLE.calendar.session_at(FIRST)
    moment = int(SAMPLE.calendar.close_ns[session])
    minutes, wide = (chart(SAMPLE, 0, one, moment, 400) for one in (Interval.MINUTE, interval))
    (part,) = SAMPLE.calendar.parts(session)
    for row, start in enumerate(wide.start_ns.tolist()):
        assert (start - part.begins_ns) % interval.width_ns == 0
        own = (minutes.start_ns >= start) & (minutes.start_ns < start + interval.width_ns)
        assert wide.open_ticks[row] == minutes.open_ticks[own][0]
        assert wide.high_ticks[row] == minutes.high_ticks[own].max()
        assert wide.low_ticks[row] == minutes.low_ticks[own].min()
        assert wide.close_ticks[row] == minutes.close_ticks[own][-1]
        assert wide.volume[row] == minutes.volume[own].sum()
    assert wide.volume.sum() == minutes.volume.sum()


def test_there_are_no_bars_shorter_than_a_minute() -> None:
    for interval in (Interval.SECOND, Interval.FIVE_SECONDS):
        assert len(chart(SAMPLE, 0, interval, FIRST + NS_PER_MINUTE, 10).start_ns) == 0
