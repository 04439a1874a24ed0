from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from feeds.generator.days import HISTORY, DayBar, GeneratedDays, limits
from feeds.generator.market import COMPANIES

DAYS = GeneratedDays(1)


def test_every_bar_is_consistent_and_inside_its_limits() -> None:
    table = DAYS.table(3000)
    reference, first, high, low, close, volume = np.moveaxis(table, 2, 0)
    assert (low <= np.minimum(first, close)).all()
    assert (high >= np.maximum(first, close)).all()
    assert (volume >= 10_000).all()
    assert (volume % 100 == 0).all()
    for row in table.reshape(-1, 6)[::37].tolist():
        lower, upper = limits(row[0])
        assert lower <= row[3] <= row[2] <= upper
    assert (reference[1:] == close[:-1]).all()


@pytest.mark.parametrize(
    ("reference", "expected"),
    [(1000, (900, 1100)), (1005, (905, 1106)), (4, (3, 5)), (1, (1, 2)), (995, (896, 1095))],
)
def test_limits_are_ten_percent_half_up(reference: int, expected: tuple[int, int]) -> None:
    assert limits(reference) == expected


def test_prices_stay_near_their_start_for_decades() -> None:
    close = DAYS.table(10_000)[:, :, 4]
    start = np.array([company.start_ticks for company in COMPANIES])
    assert (close > start // 8).all()
    assert (close < start * 8).all()


def test_volatility_comes_in_regimes() -> None:
    table = DAYS.table(3000)[:3000]
    moves = np.abs(table[:, :, 4] - table[:, :, 0]) * 10_000 // table[:, :, 0]
    assert 60 < moves.mean() < 200
    # Were all days alike, months would differ by a day's deviation over the root of their days.
    months = moves.reshape(150, 20, 20).mean(axis=1)
    assert (months.std(axis=0) > 1.2 * moves.std(axis=0) / 20**0.5).mean() > 0.9


def test_a_longer_table_begins_like_a_shorter_one() -> None:
    short, long = GeneratedDays(5), GeneratedDays(5)
    long.table(5000)
    upto = len(short.table(0))
    assert np.array_equal(short.table(0), long.table(0)[:upto])
    assert short.bar(3, -HISTORY) == long.bar(3, -HISTORY)
    assert isinstance(short.bar(0, 0), DayBar)


def test_seeds_make_different_markets() -> None:
    assert GeneratedDays(1).bar(0, 0) != GeneratedDays(2).bar(0, 0)


def test_many_threads_may_make_it_grow() -> None:
    days = GeneratedDays(9)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda k: days.bar(0, k), [4000, 10, 8000, 10] * 10))
    assert len(set(found)) == 3
