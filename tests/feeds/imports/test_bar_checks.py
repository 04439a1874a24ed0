from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from feeds.calendar import CHINA_HOURS, US_HOURS
from feeds.imports.bar_checks import BarOrder, BarTimes, BarWidth, bar_table, check_prices
from feeds.imports.csv_table import Rows
from tests.feeds.samples import SHANGHAI, at

NAMES = ("open", "high", "low", "close", "volume")


def rows(
    moments: list[int], *prices: tuple[int, ...], instruments: list[int] | None = None
) -> Rows:
    count = len(moments)
    bars = np.array(prices or [(10, 12, 8, 11, 5)] * count, np.int64)
    return Rows(
        line=np.arange(count, dtype=np.int64) + 2,
        instrument=np.array(instruments or [0] * count, np.int64),
        day=np.zeros(count, np.int64),
        at_ns=np.array(moments, np.int64),
        values={name: bars[:, k].copy() for k, name in enumerate(NAMES)},
        good=np.ones(count, np.bool_),
        rounded=np.zeros(count, np.int8),
        text=lambda row, name: f"{name} of {row}",
        faults=[],
    )


@pytest.mark.parametrize(
    ("clock", "width", "start"),
    [
        ((9, 30), BarWidth(1), (9, 30)),
        ((9, 31), BarWidth(1, end_labelled=True), (9, 30)),
        ((11, 30), BarWidth(1, end_labelled=True), (11, 29)),
        ((15, 0), BarWidth(15, end_labelled=True), (14, 45)),
        ((9, 45), BarWidth(15, end_labelled=True), (9, 30)),
        ((13, 15), BarWidth(15, end_labelled=True), (13, 0)),
        ((13, 0), BarWidth(15), (13, 0)),
        ((11, 30), BarWidth(1), "outside_hours"),
        ((9, 30), BarWidth(1, end_labelled=True), "outside_hours"),
        ((13, 0), BarWidth(15, end_labelled=True), "outside_hours"),
        ((9, 40), BarWidth(15), "not_on_the_grid"),
        ((9, 15), BarWidth(1), "outside_hours"),
    ],
)  # fmt: skip
def test_times_of_chinese_bars(
    clock: tuple[int, int], width: BarWidth, start: tuple[int, int] | str
) -> None:
    made = rows([at(SHANGHAI, 2020, 1, 2, *clock)])
    times = BarTimes(CHINA_HOURS, width).times(made)
    if isinstance(start, str):
        assert [code for _, code, _ in made.faults] == [start]
    else:
        assert times.tolist() == [at(SHANGHAI, 2020, 1, 2, *start)]
        assert made.good.all()


def test_an_hour_that_the_close_cuts_short() -> None:
    zone = ZoneInfo("America/New_York")
    times = BarTimes(US_HOURS, BarWidth(60, end_labelled=True))
    made = rows([at(zone, 2020, 1, 2, 15, 30), at(zone, 2020, 1, 2, 16, 0)])
    assert times.times(made).tolist() == [
        at(zone, 2020, 1, 2, 14, 30), at(zone, 2020, 1, 2, 15, 30)
    ]  # fmt: skip


def test_prices_that_do_not_fit_each_other() -> None:
    bars = ((10, 12, 8, 11, 1), (0, 12, 8, 11, 1), (10, 7, 8, 9, 1), (13, 12, 8, 11, 1),
            (10, 12, 8, 7, 1), (10, 10**12, 8, 11, 1))  # fmt: skip
    made = rows([1] * 6, *bars)
    check_prices(made)
    assert [(line, code.value) for line, code, _ in sorted(made.faults)] == [
        (3, "not_positive"), (4, "high_below_low"), (5, "open_outside"), (6, "close_outside"),
        (7, "too_large"),
    ]  # fmt: skip
    assert bar_table(made, made.at_ns)[1].tolist() == [[1, 10, 12, 8, 11, 1]]


def test_order_is_by_instrument_and_over_blocks() -> None:
    order = BarOrder()
    first = rows([5, 5, 7, 6], instruments=[0, 1, 0, 0])
    order.check(first, first.at_ns, 2)
    assert [(line, code.value) for line, code, _ in first.faults] == [(5, "out_of_order")]
    again = rows([7, 6, 6], instruments=[0, 1, 2])
    order.check(again, again.at_ns, 3)
    assert [(line, code.value) for line, code, _ in again.faults] == [(2, "duplicate_time")]
