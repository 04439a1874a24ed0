"""Curves of stylised facts as a plain picture: one panel for each, one line for each market."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from simtrade.bench.stylised_facts import SHOWN_LEVELS, Facts

PANELS = {
    "signs": "Signs of takers: correlation with the one so many before",
    "volatility": "Size of 10 s returns: correlation with the one so many before",
    "impact": "Middle after so many takers, basis points the taker's way",
    "depth": "Quantity by level of the display, against their mean",
}
_COLOURS = ("#222222", "#b3261e", "#2a62a8")
_WIDTH, _HEIGHT, _LEFT, _TOP, _GAP = 330, 150, 46, 60, 62

Points = tuple[tuple[int, float], ...]


def picture(markets: Mapping[str, Facts]) -> str:
    """An SVG document with four panels; a market without a curve is left out of its panel."""
    width, height = 2 * (_WIDTH + _LEFT) + 20, _TOP + 2 * (_HEIGHT + _GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11" fill="#222">',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for number, (name, colour) in enumerate(zip(markets, _COLOURS, strict=False)):
        x = _LEFT + 110 * number
        parts.append(f'<rect x="{x}" y="12" width="18" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{x + 24}" y="18">{escape(name)}</text>')
    for number, (curve, title) in enumerate(PANELS.items()):
        left = _LEFT + number % 2 * (_WIDTH + _LEFT)
        top = _TOP + number // 2 * (_HEIGHT + _GAP)
        lines = [_points(one, curve) for one in markets.values()]
        parts.append(f'<text x="{left}" y="{top - 10}" font-size="12">{escape(title)}</text>')
        parts += _panel(lines, left, top)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _points(facts: Facts, curve: str) -> Points:
    if curve != "depth":
        return facts.curves[curve]
    levels = ((k, facts.figures.get(f"depth {k} / mean")) for k in range(1, SHOWN_LEVELS + 1))
    return tuple((k, value) for k, value in levels if value is not None)


def _panel(lines: list[Points], left: int, top: int) -> list[str]:
    """Axes, and each line with a dot at each of its points; places, not lags, are evenly apart."""
    lags = sorted({lag for points in lines for lag, _ in points})
    most = max((value for points in lines for _, value in points), default=1.0)
    least = min(0.0, min((value for points in lines for _, value in points), default=0.0))
    most = max(most, least + 1e-9)
    step = (_WIDTH - 40) / max(1, len(lags) - 1)

    def place(lag: int, value: float) -> str:
        x = left + 10 + step * lags.index(lag)
        return f"{x:.1f},{top + _HEIGHT * (most - value) / (most - least):.1f}"

    zero = top + _HEIGHT * most / (most - least)
    parts = [
        f'<line x1="{left}" x2="{left}" y1="{top}" y2="{top + _HEIGHT}" stroke="#999"/>',
        f'<line x1="{left}" x2="{left + _WIDTH - 20}" y1="{zero:.1f}" y2="{zero:.1f}" '
        'stroke="#999"/>',
        f'<text x="{left - 4}" y="{top + 8}" text-anchor="end">{most:.2g}</text>',
        f'<text x="{left - 4}" y="{zero + 4:.1f}" text-anchor="end">0</text>',
    ]
    for lag in lags:
        x = left + 10 + step * lags.index(lag)
        parts.append(
            f'<text x="{x:.1f}" y="{top + _HEIGHT + 16}" text-anchor="middle">{lag}</text>'
        )
    for points, colour in zip(lines, _COLOURS, strict=False):
        spots = [place(lag, value) for lag, value in points]
        parts.append(
            f'<polyline points="{" ".join(spots)}" fill="none" stroke="{colour}" '
            'stroke-width="1.5"/>'
        )
        for spot in spots:
            across, down = spot.split(",")
            parts.append(f'<circle cx="{across}" cy="{down}" r="2.5" fill="{colour}"/>')
    return parts
