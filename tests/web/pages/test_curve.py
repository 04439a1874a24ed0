"""An equity curve stays inside its picture and keeps its ends."""

from __future__ import annotations

from matching.units import AtNs
from simtrade.portfolio.views import EquityCurve, EquityPoint
from web.pages.curve import HEIGHT, MOST_POINTS, WIDTH, picture


def curve(*equities: int, fall: tuple[int, int] | None = None) -> EquityCurve:
    points = tuple(EquityPoint(AtNs(at), one, 100) for at, one in enumerate(equities))
    start, end = (AtNs(fall[0]), AtNs(fall[1])) if fall else (None, None)
    return EquityCurve(points, 0, start, end)


def pairs(points: str) -> list[tuple[float, float]]:
    return [tuple(map(float, each.split(","))) for each in points.split()]  # type: ignore[misc]


def test_one_point_is_not_a_curve() -> None:
    assert picture(curve(), 100) is None
    assert picture(curve(100), 100) is None


def test_the_line_spans_the_picture() -> None:
    drawn = picture(curve(100, 150, 50), 100)
    assert drawn is not None
    line = pairs(drawn.equity)
    assert (line[0][0], line[-1][0]) == (0, WIDTH)
    assert all(0 <= y <= HEIGHT for _, y in line)
    assert line[1][1] < line[0][1] < line[2][1]
    assert (drawn.low_minor, drawn.high_minor) == (50, 150)


def test_a_flat_line_is_in_the_middle() -> None:
    drawn = picture(curve(100, 100), 100)
    assert drawn is not None
    assert {y for _, y in pairs(drawn.equity)} == {HEIGHT / 2}


def test_long_curves_are_thinned_but_end_where_they_end() -> None:
    drawn = picture(curve(*range(5000)), 0)
    assert drawn is not None
    assert len(pairs(drawn.equity)) <= MOST_POINTS + 1
    assert pairs(drawn.equity)[-1][0] == WIDTH


def test_the_largest_fall_is_shaded() -> None:
    drawn = picture(curve(100, 150, 50, 60, fall=(1, 2)), 100)
    assert drawn is not None
    assert drawn.fall == ("266.7", "266.6")
