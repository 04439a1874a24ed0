from __future__ import annotations

import pytest

from feeds.imports.adjustments import Dividend, Doubtful, Split, told_by_factor, unexplained

M = 10**6


@pytest.mark.parametrize(
    ("before", "after", "adjusted", "found"),
    [
        (100, 100, 100, None),
        (100, 51, 50, Split(2, 1)),
        (702.60, 99.97, 100.371429, Split(7, 1)),
        (10.40, 31.07, 31.20, Split(1, 3)),
        (90, 61, 60, Split(3, 2)),
        (707.61, 708.9, 101.087143, "doubtful"),
        (100, 99, 99.37, Dividend(630_000)),
        (66.29, 28, 27.8998, "doubtful"),
        (45, 46, 47, "doubtful"),
        (100, 100, 100.004, None),
    ],
)  # fmt: skip
def test_what_a_factor_tells(before: float, after: float, adjusted: float, found: object) -> None:
    prices = (round(one * M) for one in (before, after, adjusted))
    told = told_by_factor(*prices, slack=5_500)
    assert isinstance(told, Doubtful) if found == "doubtful" else told == found


def test_moves_that_nothing_explains() -> None:
    assert unexplained(53_500_000, 25_750_000)
    assert not unexplained(100, 61)
