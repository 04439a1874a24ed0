"""The biases of all models as a plain picture: bars to the left fill too little, to the right too
much."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from simtrade.bench.fidelity_figures import Figures

_ROW, _TOP, _LABELS, _HALF, _MOST = 18, 56, 190, 210, 25.0
_PER_CASE = 30


def picture(passive: Sequence[Figures]) -> str:
    """An SVG document, one block per case in the order they come; bars end at 25 points."""
    cases = list(dict.fromkeys((one.qty, one.seconds) for one in passive))
    height = _TOP + sum(
        _PER_CASE + _ROW * sum((one.qty, one.seconds) == case for one in passive) for case in cases
    )
    width = _LABELS + 2 * _HALF + 70
    middle = _LABELS + _HALF
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" fill="#222">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        '<text x="10" y="20" font-size="14">Bias in percentage points of the shares wanted</text>',
        f'<text x="{middle - 8}" y="40" text-anchor="end">too few</text>',
        f'<text x="{middle + 8}" y="40">too many</text>',
        f'<line x1="{middle}" x2="{middle}" y1="46" y2="{height - 8}" stroke="#999"/>',
    ]
    y = _TOP
    for qty, seconds in cases:
        parts.append(f'<text x="10" y="{y + 12}">{qty:,} shares, {seconds} s</text>')
        y += _PER_CASE - 10
        for one in passive:
            if (one.qty, one.seconds) == (qty, seconds):
                parts += _row(one, y, middle)
                y += _ROW
        y += 10
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(one: Figures, y: int, middle: int) -> list[str]:
    length = round(min(abs(one.bias), _MOST) / _MOST * _HALF, 1)
    start = middle - length if one.bias < 0 else middle
    colour = {True: "#2a7f62", False: "#b3261e", None: "#7a8699"}[one.holds]
    label = escape(" ".join(word for word in (one.model, one.profile) if word))
    beside = (start - 6, "end") if one.bias < 0 else (start + length + 6, "start")
    return [
        f'<text x="{_LABELS - 10}" y="{y + 12}" text-anchor="end">{label}</text>',
        f'<rect x="{start:g}" y="{y + 3}" width="{length:g}" height="11" fill="{colour}"/>',
        f'<text x="{beside[0]:g}" y="{y + 12}" text-anchor="{beside[1]}">{one.bias:+.2f}</text>',
    ]
