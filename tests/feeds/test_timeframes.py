from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feeds.calendar import Int64s, Part
from feeds.timeframes import aggregate, running

PARTS = (Part(100, 160), Part(200, 300))
ROW = st.tuples(st.integers(80, 320), st.integers(1, 9), st.integers(0, 5))
ROWS = st.lists(ROW, max_size=40).map(sorted)
WIDTHS = st.sampled_from([1, 7, 10, 25, 60, 1000])


def prints(rows: list[tuple[int, int, int]]) -> Int64s:
    """Rows of time, price and quantity."""
    table = np.array(rows, np.int64).reshape(-1, 3).T
    return np.stack((table[0], table[1], table[1], table[1], table[1], table[2]))


def naive(rows: list[list[int]], parts: tuple[Part, ...], width: int) -> list[list[int]]:
    """Row by row: the bar of a moment is found by walking from the beginning of its part."""
    bars: dict[int, list[int]] = {}
    for at, opened, high, low, close, volume in rows:
        part = parts[0]
        for one in parts:
            if at >= one.begins_ns:
                part = one
        start = part.begins_ns
        while start + width <= at and start + width < part.ends_ns:
            start += width
        bar = bars.setdefault(start, [start, opened, high, low, close, 0])
        bar[2], bar[3], bar[4] = max(bar[2], high), min(bar[3], low), close
        bar[5] += volume
    return list(bars.values())


@given(ROWS, WIDTHS)
def test_bars_are_those_that_a_person_would_count(
    rows: list[tuple[int, int, int]], width: int
) -> None:
    table = prints(rows)
    assert aggregate(table, PARTS, width).T.tolist() == naive(table.T.tolist(), PARTS, width)


@given(ROWS, st.sampled_from([(1, 10), (5, 10), (10, 20), (20, 60), (10, 1000)]))
def test_longer_bars_from_bars_are_those_from_prints(
    rows: list[tuple[int, int, int]], widths: tuple[int, int]
) -> None:
    short, wide = widths
    table = prints(rows)
    assert np.array_equal(
        aggregate(aggregate(table, PARTS, short), PARTS, wide), aggregate(table, PARTS, wide)
    )


@given(ROWS, WIDTHS)
def test_nothing_is_lost_and_bars_are_in_order(
    rows: list[tuple[int, int, int]], width: int
) -> None:
    bars = aggregate(prints(rows), PARTS, width)
    assert bars[5].sum() == sum(row[2] for row in rows)
    assert all(a < b for a, b in pairwise(bars[0].tolist()))
    for start in bars[0].tolist():
        assert any(part.begins_ns <= start < part.ends_ns for part in PARTS)


def test_auctions_belong_to_the_bars_beside_them() -> None:
    bars = aggregate(prints([(90, 5, 7), (101, 6, 1), (165, 4, 2), (300, 9, 3)]), PARTS, 30)
    assert bars.T.tolist() == [
        [100, 5, 6, 5, 6, 8],
        [130, 4, 4, 4, 4, 2],
        [290, 9, 9, 9, 9, 3],
    ]


def test_a_bar_runs_until_its_part_ends() -> None:
    bars = aggregate(prints([(150, 5, 7)]), PARTS, 40)
    assert bars[0].tolist() == [140]
    assert running(bars, PARTS, 40, 159)
    assert not running(bars, PARTS, 40, 160)
    assert not running(bars[:, :0], PARTS, 40, 0)
