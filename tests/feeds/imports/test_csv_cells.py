from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from feeds.calendar import day_number
from feeds.imports.csv_cells import clock_in, days_in, decimal_in, word_in
from feeds.imports.csv_time import format_of


def decimal(text: str, exponent: int, multiplier: int = 1, rounding: int = 0) -> tuple[int, int]:
    data = np.frombuffer(text.encode(), np.uint8)
    value, rounded = decimal_in(data, 0, len(data), exponent, multiplier, rounding)
    return int(value), int(rounded)


@pytest.mark.parametrize(
    ("text", "exponent", "value"),
    [
        ("1.5", 2, 150), ("0", 2, 0), ("00.10", 2, 10), (" 7 ", 0, 7), (".5", 1, 5), ("5.", 1, 50),
        ("1.50000", 1, 15), ("1200", -2, 12), ("1250", -2, -1), ("1.555", 2, -1), ("-1", 2, -1),
        ("1e3", 2, -1), ("", 2, -1), (".", 2, -1), ("1" * 18, 0, -1), ("1" + "0" * 15, 0, 10**15),
        ("2" + "0" * 15, 0, -1), ("1.2.3", 2, -1),
    ],
)  # fmt: skip
def test_plain_decimals(text: str, exponent: int, value: int) -> None:
    assert decimal(text, exponent)[0] == value


def test_rounding_is_half_up_on_what_was_written() -> None:
    assert decimal("1.005", 2, 1, 1) == (101, 1)
    assert decimal("1.00499999999", 2, 1, 1) == (100, 1)
    assert decimal("1.00", 2, 1, 1) == (100, 0)
    assert decimal("3", 0, 100) == (300, 0)


def test_days_of_the_calendar() -> None:
    first = date(1899, 12, 25)
    for step in range(0, 80_000, 7):
        day = first + timedelta(days=step)
        assert days_in(day.year, day.month, day.day) == day_number(day)
    for wrong in ((2019, 2, 29), (2020, 13, 1), (2020, 4, 31), (2020, 1, 0), (1900, 2, 29)):
        assert days_in(*wrong) < -(10**9)


def test_words_and_clocks() -> None:
    data = np.frombuffer(b" Buy ", np.uint8)
    assert word_in(data, 0, 5) == int.from_bytes(b"Buy", "big")
    assert word_in(np.frombuffer(b"12345678", np.uint8), 0, 8) == -1
    form = format_of("2020-01-02 09:30:00.5")
    assert form is not None
    seen = np.zeros(8, np.int64)
    for text, good in (
        ("2020-01-02 09:30:00", True),
        ("2020-01-02 09:30", True),
        ("2020-01-02", 0),
    ):
        cell = np.frombuffer(text.encode(), np.uint8)
        assert clock_in(cell, 0, len(cell), form.steps, seen) == bool(good)
