"""An account's value over time, and its shadow that did nothing.

Everything is derived from fills, splits and the tape: the curve of any account can be drawn again
at any time, and its last point is the summary's equity to the minor unit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from feeds.feed import Bars, Interval
from matching.instrument import Instrument, InstrumentId
from matching.units import NS_PER_SECOND, AtNs
from simtrade.portfolio.views import EquityCurve, EquityPoint

POINTS_MAX = 400
_MINUTES_SPAN_NS = 3 * 86_400 * NS_PER_SECOND
Int64s = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Flow:
    """One change of an account: cash and quantity of one instrument at one moment; without an
    instrument (its id empty) cash alone.

    A split changes the quantity when nothing trades: it counts from the first bar after it, whose
    prices are those of the new shares.
    """

    at_ns: int
    instrument_id: InstrumentId
    cash_minor: int
    qty: int
    is_split: bool = False


BarsOf = Callable[[InstrumentId, Interval, int], Bars]


def equity_curve(
    start_minor: int,
    opened_at_ns: AtNs,
    now_ns: AtNs,
    now_minor: int,
    flows: list[Flow],
    instruments: dict[InstrumentId, Instrument],
    bars_of: BarsOf,
) -> EquityCurve:
    """The curve from the opening of the account to now.  ``flows`` oldest first."""
    short = now_ns - opened_at_ns <= _MINUTES_SPAN_NS
    interval = Interval.MINUTE if short else Interval.DAY
    held = sorted({flow.instrument_id for flow in flows if flow.instrument_id})
    width_ns = (60 if short else 86_400) * NS_PER_SECOND
    columns = [
        _closes(bars_of(one, interval, 4_000), width_ns, opened_at_ns, now_ns) for one in held
    ]
    known = {one: ends for one, (ends, _) in zip(held, columns, strict=True)}
    flows = sorted((_effective(one, known) for one in flows), key=lambda one: one.at_ns)
    times = _timeline([ends for ends, _ in columns], opened_at_ns, now_ns)
    equity = start_minor + _running(flows, [flow.cash_minor for flow in flows], times)
    for instrument_id, (ends, closes) in zip(held, columns, strict=True):
        own = [flow for flow in flows if flow.instrument_id == instrument_id]
        qty = _running(own, [flow.qty for flow in own], times)
        value = [
            instruments[instrument_id].notional_minor(int(price), int(count))
            for price, count in zip(_as_of(ends, closes, times), qty, strict=True)
        ]
        equity = equity + np.array(value, np.int64)
    points = [
        EquityPoint(AtNs(int(at_ns)), int(minor), start_minor)
        for at_ns, minor in zip(times, equity, strict=True)
    ]
    points[-1] = EquityPoint(now_ns, now_minor, start_minor)
    return _with_drawdown(points)


def _closes(bars: Bars, width_ns: int, opened_at_ns: int, now_ns: AtNs) -> tuple[Int64s, Int64s]:
    """(moment at which each close was known, close): a bar is known when the next one begins,
    the last one, unless it still runs, when its time is over."""
    last_ns = now_ns
    if len(bars.start_ns) and not bars.partial:
        over_ns = int(bars.start_ns[-1]) + width_ns
        last_ns = now_ns if over_ns >= now_ns else AtNs(over_ns - 1)
    ends = np.append(bars.start_ns[1:] - 1, last_ns)[: len(bars.start_ns)]
    kept = ends > opened_at_ns
    return ends[kept], bars.close_ticks[kept]


def _effective(flow: Flow, known: dict[InstrumentId, Int64s]) -> Flow:
    """A split moved behind the last close in old shares; a later bar may not have begun yet."""
    if not flow.is_split:
        return flow
    later = known[flow.instrument_id]
    later = later[later >= flow.at_ns]
    return replace(flow, at_ns=int(later[0]) + 1) if len(later) else flow


def _timeline(ends: list[Int64s], opened_at_ns: int, now_ns: int) -> Int64s:
    known = np.unique(np.concatenate([*ends, np.array([now_ns], np.int64)]))
    known = known[known > opened_at_ns]
    step = max(1, -(-len(known) // POINTS_MAX))
    thinned = known[::-1][::step][::-1]  # the newest moment always stays
    return np.concatenate([np.array([opened_at_ns], np.int64), thinned])


def _running(flows: list[Flow], amounts: list[int], times: Int64s) -> Int64s:
    """The sum of the amounts up to and including each moment."""
    at = np.array([flow.at_ns for flow in flows], np.int64)
    sums = np.concatenate([[0], np.cumsum(np.array(amounts, np.int64))]).astype(np.int64)
    return np.asarray(sums[np.searchsorted(at, times, side="right")], np.int64)


def _as_of(ends: Int64s, closes: Int64s, times: Int64s) -> Int64s:
    """The newest close known at each moment; the first one before any was."""
    if not len(ends):
        return np.zeros(len(times), np.int64)
    found = np.searchsorted(ends, times, side="right") - 1
    return np.asarray(closes[np.maximum(found, 0)], np.int64)


def _with_drawdown(points: list[EquityPoint]) -> EquityCurve:
    """The largest fall from a peak, in 1/10,000 of the peak (rounded down)."""
    worst, worst_from, worst_to = 0, None, None
    peak = points[0]
    for point in points:
        if point.equity_minor >= peak.equity_minor:
            peak = point
        elif peak.equity_minor > 0:
            fall = (peak.equity_minor - point.equity_minor) * 10_000 // peak.equity_minor
            if fall > worst:
                worst, worst_from, worst_to = fall, peak.at_ns, point.at_ns
    return EquityCurve(tuple(points), worst, worst_from, worst_to)
