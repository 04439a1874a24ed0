"""What a screen may know of a bar tape at one moment: last prices and charts.

Inside a running minute the bar's four corner prices are shown one after the other (fill model
E11: open, nearer extreme, other extreme, close), so that a screen moves between the bars.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from feeds.bar_days import BarDays, Minutes, minute_end
from feeds.calendar import Int64s
from feeds.feed import Bars, Interval, LastPrice
from feeds.timeframes import aggregate, running
from matching.units import NS_PER_MINUTE

# When the corners after the open are shown, in seconds from the minute's start.
_CORNER_SECONDS = (20, 40, 59)


class SeenMinute(NamedTuple):
    """As much of a minute as was known at some moment."""

    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    volume: int


def corners(open_ticks: int, high: int, low: int, close: int) -> tuple[int, int, int, int]:
    """The order of a bar's prices: up O-L-H-C, down O-H-L-C, doji nearer extreme first."""
    if close > open_ticks or (close == open_ticks and open_ticks - low <= high - open_ticks):
        return open_ticks, low, high, close
    return open_ticks, high, low, close


def seen_minute(minutes: Minutes, minute: int, at_ns: int) -> SeenMinute:
    """A present minute as known at ``at_ns``, which is not before its start."""
    known = (
        int(minutes.open_ticks[minute]),
        int(minutes.high_ticks[minute]),
        int(minutes.low_ticks[minute]),
        int(minutes.close_ticks[minute]),
    )
    volume = int(minutes.volume[minute])
    start, end = int(minutes.starts[minute]), int(minutes.ends[minute])
    elapsed = (at_ns - start) * 60 // (end - start)  # in seconds, were it a minute
    if elapsed >= _CORNER_SECONDS[-1]:
        return SeenMinute(*known, volume)
    count = 1 + sum(elapsed >= second for second in _CORNER_SECONDS)
    seen = corners(*known)[:count]
    return SeenMinute(known[0], max(seen), min(seen), seen[-1], volume * count // 4)


def begun_minute(minutes: Minutes, at_ns: int) -> int:
    """Index of the newest present minute that had begun at ``at_ns``; -1 for none."""
    begun = int(np.searchsorted(minutes.starts, at_ns, side="right"))
    return int(minutes.newest[begun - 1]) if begun else -1


def last_price(store: BarDays, instrument: int, at_ns: int) -> LastPrice | None:
    """See ``Feed.last``."""
    session = store.calendar.session_at(at_ns)
    days = store.days[instrument]
    row = days.newest(session)
    if row < 0:
        return _of_predecessor(store, instrument, session)
    own = int(days.session[row])
    if own < session:
        return _carried(store, instrument, own, session, int(days.close_ticks[row]))
    reference = int(days.reference_ticks[row])
    if at_ns >= int(store.calendar.close_ns[session]):
        return LastPrice(
            int(days.close_ticks[row]),
            reference,
            int(days.high_ticks[row]),
            int(days.low_ticks[row]),
            int(days.volume[row]),
        )
    minutes = store.minutes(instrument, session)
    minute = begun_minute(minutes, at_ns)
    if minute < 0:
        known = row > 0 or instrument in store.actions.predecessors
        return LastPrice(reference, reference, reference, reference, 0) if known else None
    seen = seen_minute(minutes, minute, at_ns)
    high, low, volume = seen.high_ticks, seen.low_ticks, seen.volume
    if minute:
        high = max(high, int(minutes.high_so_far[minute - 1]))
        low = min(low, int(minutes.low_so_far[minute - 1]))
        volume += int(minutes.volume_so_far[minute - 1])
    return LastPrice(seen.close_ticks, reference, high, low, volume)


def _carried(store: BarDays, instrument: int, own: int, session: int, close: int) -> LastPrice:
    """The last price of an instrument that does not trade in this session."""
    close = store.changes.carry(instrument, close, own, session)
    return LastPrice(close, close, close, close, 0)


def _of_predecessor(store: BarDays, instrument: int, session: int) -> LastPrice | None:
    """The price of a renamed instrument before its first bar under the new code."""
    renamed = store.actions.predecessors.get(instrument)
    if renamed is None or session < renamed[0]:
        return None
    days = store.days[renamed[1]]
    row = days.newest(session)
    if row < 0:
        return _of_predecessor(store, renamed[1], session)
    own, close = int(days.session[row]), int(days.close_ticks[row])
    close = store.changes.carry(renamed[1], close, own, renamed[0])
    return _carried(store, instrument, renamed[0] - 1, session, close)


def chart(store: BarDays, instrument: int, interval: Interval, to_ns: int, count: int) -> Bars:
    """See ``Feed.bars``.  Prices are as traded then: not adjusted for later splits.  A new code
    goes on with the bars of the old one."""
    own = _own_chart(store, instrument, interval, to_ns, count)
    renamed = store.actions.predecessors.get(instrument)
    missing = count - len(own.start_ns)
    if renamed is None or missing <= 0 or store.calendar.session_at(to_ns) < renamed[0]:
        return own
    until_ns = int(store.calendar.open_ns[renamed[0]]) - 1
    earlier = chart(store, renamed[1], interval, until_ns, missing)
    return _bars(np.concatenate((_table(earlier), _table(own)), axis=1), partial=own.partial)


def _table(bars: Bars) -> Int64s:
    return np.stack(
        (
            bars.start_ns,
            bars.open_ticks,
            bars.high_ticks,
            bars.low_ticks,
            bars.close_ticks,
            bars.volume,
        )
    )


def _own_chart(store: BarDays, instrument: int, interval: Interval, to_ns: int, count: int) -> Bars:
    if interval is Interval.DAY:
        return _day_chart(store, instrument, to_ns, count)
    width = max(interval.width_ns, store.width_ns)
    if interval.width_ns < NS_PER_MINUTE:  # nothing is told of shorter stretches
        return _bars(np.empty((6, 0), np.int64), partial=False)
    days = store.days[instrument]
    row = days.newest(store.calendar.session_at(to_ns))
    pieces: list[Int64s] = []
    rows = 0
    while row >= 0 and rows < count:
        minutes = store.minutes(instrument, int(days.session[row]))
        parts = store.calendar.parts(int(days.session[row]))
        piece = aggregate(_begun_rows(minutes, to_ns), parts, width)
        pieces.append(piece)
        rows += piece.shape[1]
        row -= 1
    table = _newest(pieces, count)
    session = store.calendar.session_at(int(table[0, -1])) if table.shape[1] else -1
    parts = store.calendar.parts(session) if session >= 0 else ()
    return _bars(table, partial=running(table, parts, width, to_ns))


def _begun_rows(minutes: Minutes, to_ns: int) -> Int64s:
    """Present minutes that had begun, the newest as far as known: int64[6, rows]."""
    minute = begun_minute(minutes, to_ns)
    rows = np.flatnonzero(minutes.present[: minute + 1])
    columns = (
        minutes.starts,
        minutes.open_ticks,
        minutes.high_ticks,
        minutes.low_ticks,
        minutes.close_ticks,
        minutes.volume,
    )
    table = np.stack([column[rows] for column in columns])
    if minute >= 0 and to_ns < minute_end(minutes, minute):
        table[1:, -1] = seen_minute(minutes, minute, to_ns)
    return table


def _newest(pieces: list[Int64s], count: int) -> Int64s:
    """The last ``count`` columns of pieces that come newest first."""
    if not pieces or count <= 0:
        return np.empty((6, 0), np.int64)
    return np.concatenate(pieces[::-1], axis=1)[:, -count:]


def _day_chart(store: BarDays, instrument: int, to_ns: int, count: int) -> Bars:
    days = store.days[instrument]
    session = store.calendar.session_at(to_ns)
    row = days.newest(session)
    running = row >= 0 and to_ns < int(store.calendar.close_ns[days.session[row]])
    whole = slice(max(0, row + 1 - running - max(count, 0)), row + 1 - running)
    table = np.stack(
        (
            store.first_trade_ns[days.session[whole]],
            days.open_ticks[whole],
            days.high_ticks[whole],
            days.low_ticks[whole],
            days.close_ticks[whole],
            days.volume[whole],
        )
    )
    begun = False
    if running:
        own = int(days.session[row])
        minutes = store.minutes(instrument, own)
        today = _begun_rows(minutes, to_ns)
        begun = today.shape[1] > 0
        if begun:
            merged = (
                int(store.first_trade_ns[own]),
                int(today[1, 0]),
                int(today[2].max()),
                int(today[3].min()),
                int(today[4, -1]),
                int(today[5].sum()),
            )
            table = np.concatenate((table, np.array([merged], np.int64).T), axis=1)
    return _bars(_newest([table], count), partial=begun and count > 0)


def _bars(table: Int64s, *, partial: bool) -> Bars:
    return Bars(table[0], table[1], table[2], table[3], table[4], table[5], partial)
