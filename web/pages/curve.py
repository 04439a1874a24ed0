"""An equity curve as an SVG picture: readable without scripts and without colours."""

from __future__ import annotations

from dataclasses import dataclass

from simtrade.portfolio.views import EquityCurve

WIDTH, HEIGHT, MARGIN = 800, 240, 10
MOST_POINTS = 400


@dataclass(frozen=True, slots=True)
class Picture:
    """Polyline points; ``fall`` is the x and width of the largest drawdown, None without one."""

    equity: str
    twin: str
    base: str
    fall: tuple[str, str] | None
    low_minor: int
    high_minor: int


def picture(curve: EquityCurve, start_minor: int) -> Picture | None:
    """None while there are fewer than two points: one point is not a curve."""
    points = curve.points
    if len(points) > MOST_POINTS:
        step = -(-len(points) // MOST_POINTS)
        points = (*points[:-1:step], points[-1])
    if len(points) < 2:
        return None
    values = [value for one in points for value in (one.equity_minor, one.twin_minor)]
    low, high = min(*values, start_minor), max(*values, start_minor)
    first, last = points[0].at_ns, points[-1].at_ns

    def across(at_ns: int) -> str:
        return f"{WIDTH * (at_ns - first) / ((last - first) or 1):.1f}"

    def down(minor: int) -> str:
        share = (minor - low) / (high - low) if high > low else 0.5
        return f"{MARGIN + (HEIGHT - 2 * MARGIN) * (1 - share):.1f}"

    fall = None
    if curve.drawdown_from_ns is not None and curve.drawdown_to_ns is not None:
        left, right = float(across(curve.drawdown_from_ns)), float(across(curve.drawdown_to_ns))
        fall = (f"{max(0.0, left):.1f}", f"{max(1.0, right - left):.1f}")
    return Picture(
        equity=" ".join(f"{across(one.at_ns)},{down(one.equity_minor)}" for one in points),
        twin=" ".join(f"{across(one.at_ns)},{down(one.twin_minor)}" for one in points),
        base=down(start_minor),
        fall=fall,
        low_minor=low,
        high_minor=high,
    )
