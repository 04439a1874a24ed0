from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from feeds.feed import Bars, Traded
from simtrade.venues.bar_rows import (
    BarRows,
    Change,
    changed,
    joined,
    merged,
    with_trades,
    without_trades,
)


def columns(*rows: tuple[int, ...]) -> list[np.ndarray]:  # type: ignore[type-arg]
    return list(np.array(rows, np.int64).T)


def bars(*rows: tuple[int, int, int, int, int, int]) -> Bars:
    return Bars(*columns(*rows), partial=False)


MINUTES = bars((60, 10, 14, 8, 11, 100), (120, 11, 11, 9, 10, 300), (240, 10, 20, 10, 20, 0))


def test_without_trades_the_average_is_the_typical_price() -> None:
    rows = without_trades(MINUTES)
    assert rows.average_ticks().tolist() == [11.0, 10.0, pytest.approx(50 / 3)]
    assert rows.trades.tolist() == [0, 0, 0]


def test_trades_are_counted_and_weigh_in_their_bars() -> None:
    traded = Traded(*columns((50, 10, 20), (60, 10, 20), (119, 14, 60), (120, 9, 1)))
    rows = with_trades(without_trades(MINUTES), traded)
    assert rows.trades.tolist() == [3, 1, 0]
    assert rows.average_ticks()[:2].tolist() == [(200 + 200 + 840) / 100, 9.0]
    assert rows.volume.tolist() == [100, 300, 0]


def test_longer_bars_are_made_of_their_neighbours() -> None:
    rows = merged(without_trades(MINUTES), np.array([0, 0, 180], np.int64))
    assert [column.tolist() for column in rows[:6]] == [
        [0, 180], [10, 10], [14, 20], [8, 10], [10, 20], [400, 0],
    ]  # fmt: skip
    assert rows.average_ticks()[0] == (11 * 100 + 10 * 300) / 400
    assert merged(joined([]), np.empty(0, np.int64)).size == 0


def test_a_change_touches_only_what_was_before_and_rounds_half_up() -> None:
    rows = changed(without_trades(MINUTES), Change(120, Fraction(1, 4), Fraction(4)))
    assert rows.open_ticks.tolist() == [3, 11, 10]  # 2.5 is 3
    assert rows.high_ticks.tolist() == [4, 11, 20]
    assert rows.volume.tolist() == [400, 300, 0]
    assert rows.average_ticks()[:2].tolist() == [11 / 4, 10.0]


def test_pieces_stand_one_after_the_other() -> None:
    rows = without_trades(MINUTES)
    again = joined([rows.only(slice(1)), rows.only(slice(1, None))])
    assert isinstance(again, BarRows)
    assert [one.tolist() for one in again] == [one.tolist() for one in rows]
