from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from feeds.bar_actions import SplitAt
from feeds.bar_days import BarDays, minute_end
from feeds.tape import TapeError, TapeSplit
from matching.instrument import InstrumentId
from matching.units import NS_PER_MINUTE
from tests.feeds.samples import NEW_YORK, at, daily_tape, minute_tape

D2, D3, D6 = date(2020, 1, 2), date(2020, 1, 3), date(2020, 1, 6)
A = InstrumentId("XTST:A")


def test_references_follow_closes_splits_and_the_issue_price() -> None:
    rows = [(D2, 100, 110, 90, 101, 10), (D3, 52, 60, 50, 55, 10), (D6, 54, 60, 50, 57, 10)]
    tape = daily_tape(
        {"A": rows, "B": rows[1:]},
        (TapeSplit(A, D3, 2, 1),),
        first_references=(None, 48),
    )
    store = BarDays(tape)
    # Unknown: the first open; 101 / 2 half up; 55 as it was.
    assert store.days[0].reference_ticks.tolist() == [100, 51, 55]
    assert store.days[1].reference_ticks.tolist() == [48, 55]
    assert store.days[1].session.tolist() == [1, 2]
    assert store.days[1].row_of_session.tolist() == [-1, 0, 1]
    assert [store.days[1].newest(session) for session in (-1, 0, 1, 2)] == [-1, -1, 0, 1]


def test_a_split_on_a_day_without_trading_takes_effect_in_the_next_session() -> None:
    rows = [(D3, 100, 110, 90, 100, 10), (D6, 30, 40, 30, 33, 10)]
    store = BarDays(daily_tape({"A": rows}, (TapeSplit(A, date(2020, 1, 4), 3, 1),)))
    assert store.changes.splits == (SplitAt(1, 0, 3, 1),)
    assert store.days[0].reference_ticks.tolist() == [100, 33]
    assert store.changes.splits_between(0, 0, 1) == [SplitAt(1, 0, 3, 1)]
    assert store.changes.splits_between(0, 1, 5) == []


def test_reverse_splits_multiply() -> None:
    assert SplitAt(0, 0, 1, 10).adjust(7) == 70
    assert SplitAt(0, 0, 1000, 1).adjust(1) == 1


def test_recorded_minutes_keep_their_holes() -> None:
    first = at(NEW_YORK, 2020, 1, 2, 9, 31)
    bars = [
        (first, 100, 105, 95, 101, 10),
        (first + 2 * NS_PER_MINUTE, 102, 103, 90, 91, 20),
        (at(NEW_YORK, 2020, 1, 3, 15, 59), 50, 50, 50, 50, 5),
    ]
    store = BarDays(minute_tape({"A": bars}))
    minutes = store.minutes(0, 0)
    assert np.flatnonzero(minutes.present).tolist() == [1, 3]
    assert minutes.newest[:5].tolist() == [-1, 1, 1, 3, 3]
    assert minutes.high_so_far[1:4].tolist() == [105, 105, 105]
    assert minutes.low_so_far[1:4].tolist() == [95, 95, 90]
    assert minutes.volume_so_far[-1] == 30
    assert minute_end(minutes, 1) == first + NS_PER_MINUTE
    day = store.days[0]
    assert day.open_ticks.tolist() == [100, 50]
    assert day.high_ticks.tolist() == [105, 50]
    assert day.low_ticks.tolist() == [90, 50]
    assert day.close_ticks.tolist() == [91, 50]
    assert day.volume.tolist() == [30, 5]


@pytest.mark.parametrize("moment", [(2020, 1, 2, 9, 29), (2020, 1, 2, 16, 0)])
def test_a_minute_outside_the_hours_is_no_tape(moment: list[int]) -> None:
    inside = at(NEW_YORK, 2020, 1, 2, 9, 30)
    bars = sorted((start, 1, 1, 1, 1, 1) for start in (inside, at(NEW_YORK, *moment)))
    with pytest.raises(TapeError, match="outside the trading minutes"):
        BarDays(minute_tape({"A": bars}))
