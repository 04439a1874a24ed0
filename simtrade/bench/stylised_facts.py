"""Stylised facts of a recorded or generated day of orders, or of trades alone.

Everything is measured in continuous trading, in units that do not depend on how large an
instrument's price or orders are: basis points of the middle, ratios, seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feeds.calendar import Int64s
from feeds.order_day import displays_of
from feeds.order_tape import LEVELS, STREET, StreetKind
from feeds.street_check import NOBODY
from matching.units import NS_PER_MINUTE, NS_PER_SECOND

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

_, TIME, KIND, SIDE, BUYER, SELLER, PRICE, QTY = range(len(STREET))
STEP_NS = 10 * NS_PER_SECOND  # returns are measured over this
SIGN_LAGS = (1, 2, 5, 10, 20, 50)
VOLATILITY_LAGS = (1, 3, 6, 12, 30)
IMPACT_LAGS = (1, 5, 20, 50)
CURVES = ("signs", "volatility", "impact")
SHOWN_LEVELS = 5
# The first and the last minute of trading are the auction's echo.
_MARGIN_NS = NS_PER_MINUTE
_MOST_GAP_NS = 30 * NS_PER_MINUTE  # a longer silence is a pause of the market


class Takers(NamedTuple):
    """Incoming orders that traded: when, which side (1 buys, -1 sells), how much, how many trades
    and prices, and the middle before each in ticks (NaN where one side was empty)."""

    at_ns: Int64s
    sign: Int64s
    qty: Int64s
    prices: Int64s
    middle: Floats


@dataclass(frozen=True, slots=True)
class Facts:
    """One market's figures by name, None where the data does not say; curves by their lags."""

    figures: dict[str, float | None]
    curves: dict[str, tuple[tuple[int, float], ...]]

    def as_json(self) -> dict[str, object]:
        return {
            "figures": self.figures,
            "curves": {name: [list(point) for point in one] for name, one in self.curves.items()},
        }


def facts_of(street: Int64s, from_ns: int, to_ns: int) -> Facts:
    """Facts of the rows of a STREET table with from_ns <= time < to_ns; the rows before fill the
    book.  Rows without orders and cancels are a tape of trades."""
    if not street.shape[1]:
        return Facts({"takers": 0.0}, dict.fromkeys(CURVES, ()))
    span = (from_ns + _MARGIN_NS, to_ns - _MARGIN_NS)
    inside = (street[TIME] >= span[0]) & (street[TIME] < span[1])
    only_trades = not (street[KIND] != StreetKind.TRADE).any()
    display = None if only_trades else displays_of(street)
    takers = _takers(street, inside, display)
    middle = _middle(takers if display is None else None, street, display, span)
    figures = _returns(middle)
    drawn = (
        _correlations(takers.sign.astype(np.float64), SIGN_LAGS),
        _correlations(np.abs(_changes(middle)), VOLATILITY_LAGS),
        _impact(takers),
    )
    curves = dict(zip(CURVES, drawn, strict=True))
    figures |= _taker_figures(takers)
    figures |= _order_figures(street, inside, takers, span)
    if display is not None:
        figures |= _display_figures(display[inside])
    figures |= {f"signs {lag}": value for lag, value in curves["signs"]}
    figures |= {f"volatility {lag}": value for lag, value in curves["volatility"]}
    figures |= {f"impact {lag} bp": value for lag, value in curves["impact"]}
    return Facts(figures, curves)


def _takers(street: Int64s, inside: Booleans, display: Int64s | None) -> Takers:
    """Trades of one incoming order are one; without order numbers each trade is."""
    rows = np.flatnonzero(inside & (street[KIND] == StreetKind.TRADE) & (street[SIDE] != NOBODY))
    part = street[:, rows]
    who = np.where(part[SIDE] == 0, part[BUYER], part[SELLER])
    if display is None and (who == NOBODY).all():
        who = np.arange(len(rows))
    first = np.flatnonzero(np.diff(who, prepend=-2))
    if not len(first):
        none = np.empty(0, np.int64)
        return Takers(none, none, none, none, np.empty(0))
    moved = np.diff(part[PRICE], prepend=0) != 0
    moved[first] = True
    if display is None:
        middle = part[PRICE, first].astype(np.float64)
    else:
        middle = _middles(display[np.maximum(rows[first] - 1, 0)])
    return Takers(
        part[TIME, first],
        1 - 2 * part[SIDE, first],
        np.add.reduceat(part[QTY], first),
        np.add.reduceat(moved.astype(np.int64), first),
        middle,
    )


def _middles(display: Int64s) -> Floats:
    bid, ask = display[:, 0], display[:, 2 * LEVELS]
    return np.where((bid > 0) & (ask > 0), (bid + ask) / 2, np.nan)


def _middle(
    takers: Takers | None, street: Int64s, display: Int64s | None, span: tuple[int, int]
) -> Floats:
    """The middle (the last price where nothing is displayed) every ten seconds."""
    grid = np.arange(span[0], span[1], STEP_NS)
    if display is None:
        assert takers is not None
        moments, values = takers.at_ns, takers.middle
    else:
        moments, values = street[TIME], _middles(display)
    if not len(moments):
        return np.full(len(grid), np.nan)
    places = np.searchsorted(moments, grid, side="right") - 1
    found = np.where(places >= 0, values[np.maximum(places, 0)], np.nan)
    quiet = grid - moments[np.maximum(places, 0)] > _MOST_GAP_NS
    return np.where(quiet, np.nan, found)


def _changes(middle: Floats) -> Floats:
    """Logarithmic changes in basis points, pauses and empty sides left out."""
    changes: Floats = 10_000 * np.diff(np.log(middle))
    return np.asarray(changes[np.isfinite(changes)])


def _returns(middle: Floats) -> dict[str, float | None]:
    changes = _changes(middle)
    spread = float(changes.std()) if len(changes) > 1 else 0.0
    if not spread:
        return {"10 s deviation bp": spread, "10 s kurtosis": None}
    fourth = float((((changes - changes.mean()) / spread) ** 4).mean())
    return {"10 s deviation bp": spread, "10 s kurtosis": fourth}


def _correlations(values: Floats, lags: tuple[int, ...]) -> tuple[tuple[int, float], ...]:
    """Autocorrelations at some lags; none of a series that never changes or is too short."""
    variance = float(values.var()) if len(values) else 0.0
    if not variance:
        return ()
    centred = values - values.mean()
    return tuple(
        (lag, float((centred[lag:] * centred[:-lag]).mean()) / variance)
        for lag in lags
        if len(values) > 2 * lag
    )


def _impact(takers: Takers) -> tuple[tuple[int, float], ...]:
    """How far the middle has gone the taker's way before the n-th next one, in basis points."""
    found = []
    for lag in IMPACT_LAGS:
        if len(takers.sign) <= 2 * lag:
            continue
        moved = takers.sign[:-lag] * 10_000 * np.log(takers.middle[lag:] / takers.middle[:-lag])
        moved = moved[np.isfinite(moved)]
        if len(moved):
            found.append((lag, float(moved.mean())))
    return tuple(found)


def _taker_figures(takers: Takers) -> dict[str, float | None]:
    if len(takers.qty) < 2:
        return {"takers": float(len(takers.qty))}
    gaps = np.diff(takers.at_ns) / NS_PER_SECOND
    gaps = gaps[gaps < _MOST_GAP_NS / NS_PER_SECOND]
    mean = float(takers.qty.mean())
    return {
        "takers": float(len(takers.qty)),
        "buyers %": 100 * float((takers.sign > 0).mean()),
        "beyond the best %": 100 * float((takers.prices > 1).mean()),
        "taker median / mean": float(np.median(takers.qty)) / mean,
        "taker 99 % / mean": float(np.percentile(takers.qty, 99)) / mean,
        "taker gap median s": float(np.median(gaps)),
        "taker gap variation": float(gaps.std() / gaps.mean()),
    }


def _order_figures(
    street: Int64s, inside: Booleans, takers: Takers, span: tuple[int, int]
) -> dict[str, float | None]:
    """Shares of what happens, sizes and times between; a remainder of a taker is no new order."""
    kind = street[KIND]
    if not (kind == StreetKind.ORDER).any():
        return {}
    trades = kind == StreetKind.TRADE
    taking = np.where(street[SIDE] == 0, street[BUYER], street[SELLER])[trades]
    remainder = (kind == StreetKind.ORDER) & np.isin(street[BUYER], taking)
    joins = inside & (kind == StreetKind.ORDER) & ~remainder
    cancels = inside & (kind == StreetKind.CANCEL)
    moments = np.sort(np.concatenate((street[TIME, joins | cancels], takers.at_ns)))
    count = len(moments)
    gaps = np.diff(moments) / NS_PER_SECOND
    gaps = gaps[gaps < _MOST_GAP_NS / NS_PER_SECOND]
    tens = np.bincount((moments - span[0]) // STEP_NS).astype(np.float64)
    sizes = street[QTY, joins]
    typical = float(sizes.mean()) if len(sizes) else None
    return {
        "events a second": count / (float(gaps.sum()) or 1.0),
        "joins %": 100 * int(joins.sum()) / count,
        "cancels %": 100 * int(cancels.sum()) / count,
        "takes %": 100 * len(takers.qty) / count,
        "gap median s": float(np.median(gaps)),
        "gap variation": float(gaps.std() / gaps.mean()),
        "events clustering": dict(_correlations(tens, (6,))).get(6),
        "order median / mean": None if typical is None else float(np.median(sizes)) / typical,
        "order 99 % / mean": None if typical is None else float(np.percentile(sizes, 99)) / typical,
    }


def _display_figures(display: Int64s) -> dict[str, float | None]:
    """Spread in basis points and quantity by level against the mean of all shown levels."""
    bid, ask = display[:, 0], display[:, 2 * LEVELS]
    both = (bid > 0) & (ask > 0)
    if not both.any():
        return {}
    spread = 10_000 * (ask[both] - bid[both]) / ((ask[both] + bid[both]) / 2)
    qty = display[:, LEVELS : LEVELS + SHOWN_LEVELS] + display[:, 3 * LEVELS :][:, :SHOWN_LEVELS]
    levels = qty[both].mean(axis=0)
    reach = [display[both, k] for k in (SHOWN_LEVELS - 1, 2 * LEVELS + SHOWN_LEVELS - 1)]
    full = (reach[0] > 0) & (reach[1] > 0)
    wide = 10_000 * (reach[1] - reach[0])[full] / ((ask + bid)[both][full] / 2)
    return {
        "spread mean bp": float(spread.mean()),
        "spread median bp": float(np.median(spread)),
        "spread 95 % bp": float(np.percentile(spread, 95)),
        "spread ticks": float((ask[both] - bid[both]).mean()),
        "five levels bp": float(np.median(wide)) if len(wide) else None,
        **{f"depth {k + 1} / mean": float(one / levels.mean()) for k, one in enumerate(levels)},
    }
