from __future__ import annotations

import pytest

from feeds.imports.csv_time import MOST_DAYS, Moment, format_of, pattern_of, read_moment
from matching.units import NS_PER_SECOND

DAY = 18263  # 2020-01-02
CLOCK = (9 * 3600 + 31 * 60 + 5) * NS_PER_SECOND


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-01-02", (DAY, 0, None)),
        ("20200102", (DAY, 0, None)),
        ("2020/1/2", (DAY, 0, None)),
        ("2020.01.02", (DAY, 0, None)),
        ("2020-1-2 9:31:5", (DAY, CLOCK, None)),
        ("2020-01-02T09:31:05Z", (DAY, CLOCK, 0)),
        ("2020-01-02 09:31:05+08:00", (DAY, CLOCK, 8 * 3600 * NS_PER_SECOND)),
        ("2020-01-02 09:31:05-0500", (DAY, CLOCK, -5 * 3600 * NS_PER_SECOND)),
        ("2020-01-02 09:31:05.000000001", (DAY, CLOCK + 1, None)),
        ("20200102093105", (DAY, CLOCK, None)),
        ("20200102 09:31:05.5", (DAY, CLOCK + NS_PER_SECOND // 2, None)),
        ("202001020000", (DAY, 0, None)),
        (" 2020-01-02 ", (DAY, 0, None)),
        ("2020-01/02", None),
        ("2020-02-30", None),
        ("2020-01-02 24:00", None),
        ("2020-01-02 09:60", None),
        ("2020-01-02 09:31:05.0000000001", None),
        ("202001", None),
        ("2020-W01-4", None),
        ("9999-01-01", None),
        ("", None),
    ],
)  # fmt: skip
def test_dates_and_times(text: str, moment: tuple[int, int, int | None] | None) -> None:
    assert read_moment(text) == (None if moment is None else Moment(*moment))
    assert (format_of(text) is None) == (moment is None)


def test_a_column_of_clock_times() -> None:
    for text in ("09:31:05", "9:31:5", "093105"):
        assert read_moment(text, clock_only=True) == Moment(0, CLOCK, None)
    assert read_moment("0931", clock_only=True) == Moment(0, CLOCK - 5 * NS_PER_SECOND, None)
    assert read_moment("9:99", clock_only=True) is None
    assert read_moment("2020-01-02", clock_only=True) is None


def test_epochs() -> None:
    assert read_moment("86401", "unix") == Moment(1, NS_PER_SECOND, 0)
    assert read_moment("86401000.0", "unix_ms") == Moment(1, NS_PER_SECOND, 0)
    for text in ("-1", "1.5", "9" * 19, ""):
        assert read_moment(text, "unix") is None


def test_own_formats() -> None:
    assert read_moment("02.01.2020 9:31", "%d.%m.%Y %H:%M") is not None
    assert read_moment("2020-01-02", "%d.%m.%Y") is None
    for wrong in ("%q", "", "%Y%Y"):
        assert pattern_of(wrong) is None
    assert abs(DAY) < MOST_DAYS


def test_the_time_of_a_zone_follows_in_every_cell() -> None:
    form = format_of("2020-01-02 09:31:05Z")
    assert form is not None
    assert form.offset_ns == 0
    assert not form.steps[:, 3].any()
