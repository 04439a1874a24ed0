from __future__ import annotations

import numpy as np
import pytest

from feeds.calendar import Part
from feeds.feed import Interval
from feeds.prints import Prints, chart, last_price, prints_of
from matching.units import NS_PER_MINUTE

M = NS_PER_MINUTE
PARTS = (Part(M, 9 * M),)
TRADES = [(M, 10, 1), (M + 5, 12, 2), (2 * M - 1, 9, 3), (7 * M, 11, 4), (7 * M, 13, 5)]


def prints(trades: list[tuple[int, int, int]]) -> Prints:
    table = np.array(trades, np.int64).reshape(-1, 3)
    return prints_of(table[:, 0], table[:, 1], table[:, 2])


def test_the_last_price_is_the_newest_that_had_happened() -> None:
    day = prints(TRADES)
    assert last_price(day, 8, M - 1) == (8, 8, 8, 8, 0)
    assert last_price(day, 8, M) == (10, 8, 10, 10, 1)
    assert last_price(day, 8, 2 * M) == (9, 8, 12, 9, 6)
    assert last_price(day, 8, 7 * M) == (13, 8, 13, 9, 15)
    assert last_price(prints([]), 8, M) == (8, 8, 8, 8, 0)


def test_bars_are_made_of_what_had_happened() -> None:
    day = prints(TRADES)
    bars = chart(day, Interval.MINUTE, 7 * M, 9, PARTS)
    assert bars.start_ns.tolist() == [M, 7 * M]
    assert bars.open_ticks.tolist() == [10, 11]
    assert bars.high_ticks.tolist() == [12, 13]
    assert bars.low_ticks.tolist() == [9, 11]
    assert bars.close_ticks.tolist() == [9, 13]
    assert bars.volume.tolist() == [6, 9]
    assert bars.partial
    assert not chart(day, Interval.MINUTE, 8 * M, 9, PARTS).partial
    early = chart(day, Interval.MINUTE, M + 5, 9, PARTS)
    assert (early.close_ticks.tolist(), early.volume.tolist()) == ([12], [3])


def test_wider_bars_and_the_day() -> None:
    day = prints(TRADES)
    five = chart(day, Interval.FIVE_MINUTES, 8 * M, 9, PARTS)
    assert (five.start_ns.tolist(), five.volume.tolist()) == ([M, 6 * M], [6, 9])
    whole = chart(day, Interval.DAY, 8 * M, 9, PARTS)
    assert (whole.start_ns.tolist(), whole.close_ticks.tolist(), whole.partial) == ([M], [13], True)
    assert not chart(day, Interval.DAY, 9 * M, 9, PARTS).partial


@pytest.mark.parametrize("interval", Interval)
def test_no_bars_where_nothing_is_asked_or_known(interval: Interval) -> None:
    assert len(chart(prints(TRADES), interval, 8 * M, 0, PARTS).start_ns) == 0
    nothing = chart(prints([]), interval, 8 * M, 5, PARTS)
    assert (len(nothing.start_ns), nothing.partial) == (0, False)
    assert chart(prints(TRADES), Interval.MINUTE, 8 * M, 1, PARTS).start_ns.tolist() == [7 * M]
