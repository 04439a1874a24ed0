"""Recorded sessions of the invented market in memory, with moments and sequence numbers.

A sequence number holds the place of an event in time: session (from bit 36), milliseconds since
local midnight of that session (from bit 9), instrument + 1 (from bit 4; 0 for the events of the
whole market) and the number within the same millisecond.
"""

from __future__ import annotations

from itertools import starmap
from typing import Any, NamedTuple

import numpy as np

from feeds.bounded import BoundedCache
from feeds.calendar import Int64s
from feeds.generator_calendar import (
    MINUTE_STARTS_NS,
    SECOND_STARTS_NS,
    TRADING_MINUTES,
    midnight_ns,
)
from feeds.generator_days import DayBar, GeneratedDays
from feeds.generator_kernel import LEVELS, run_session
from feeds.prng import seed_from
from matching.instrument import Instrument, InstrumentId
from matching.market import Depth, Level, Trade
from matching.orders import Side
from matching.units import AtNs, PriceTicks, Qty

Int32s = np.ndarray[Any, np.dtype[np.int32]]

# About 1.5 MB and 12 kB each.
MOST_CACHED_SESSIONS = 60
MOST_CACHED_MINUTES = 1024

_MS = 1_000_000
_SIDES = (Side.BUY, Side.SELL)
SESSION_BITS, MS_BITS, INSTRUMENT_BITS = 36, 9, 4
_MS_MASK = (1 << (SESSION_BITS - MS_BITS)) - 1
# Instruments speak one after the other within a second, so that a screen's work is spread.
_STAGGER_MS, _STAGGER_LIMIT_MS = 37, 400
_MOST_INSTRUMENTS = (1 << (MS_BITS - INSTRUMENT_BITS)) - 1


class GeneratedSession(NamedTuple):
    """One instrument's session: what was shown and printed, in order.

    ``depth_at`` and ``print_at`` are int64 UTC nanoseconds, ``depth_seq`` and ``print_seq`` the
    events' numbers.  ``depth`` and ``prints`` are as in ``SessionRecord``.  ``high_so_far``,
    ``low_so_far``, ``volume_so_far`` include the print itself.
    """

    bar: DayBar
    depth_at: Int64s
    depth_seq: Int64s
    depth: Int32s
    print_at: Int64s
    print_seq: Int64s
    prints: Int32s
    high_so_far: Int32s
    low_so_far: Int32s
    volume_so_far: Int64s


class SessionMinutes(NamedTuple):
    """Minutes of a session with a print, made of its prints: int64 columns of equal length."""

    start_ns: Int64s
    open_ticks: Int64s
    high_ticks: Int64s
    low_ticks: Int64s
    close_ticks: Int64s
    volume: Int64s


def market_seq(session: int, at_ns: int, number: int) -> int:
    """Sequence number of the ``number``-th event of the whole market at a moment."""
    assert 0 <= number < 1 << INSTRUMENT_BITS
    passed = (at_ns - midnight_ns(session)) // _MS
    return (session << SESSION_BITS) + (passed << MS_BITS) + number


def make_depth(instrument_id: InstrumentId, seq: int, at_ns: int, cells: list[Any]) -> Depth:
    """A display from a row of ``SessionRecord.depth``."""
    # Rows are full nearly always; zeros stand at the end of a side.
    bids = tuple(starmap(Level, zip(cells[0:10:2], cells[1:10:2], strict=True)))
    asks = tuple(starmap(Level, zip(cells[10::2], cells[11::2], strict=True)))
    if not bids[-1].qty:
        bids = tuple(level for level in bids if level.qty)
    if not asks[-1].qty:
        asks = tuple(level for level in asks if level.qty)
    return Depth(AtNs(at_ns), AtNs(at_ns), seq, instrument_id, bids, asks, LEVELS)


def make_trade(instrument_id: InstrumentId, seq: int, at_ns: int, cells: list[Any]) -> Trade:
    """A print from a row of ``SessionRecord.prints``."""
    return Trade(
        at_ns=AtNs(at_ns),
        heard_ns=AtNs(at_ns),
        seq=seq,
        instrument_id=instrument_id,
        price_ticks=PriceTicks(cells[2]),
        qty=Qty(cells[3]),
        aggressor=_SIDES[cells[4]],
    )


class GeneratedSessions:
    """Sessions of every instrument for a seed.  Safe for concurrent readers, memory bounded."""

    def __init__(self, seed: int, instruments: tuple[Instrument, ...]) -> None:
        assert len(instruments) <= _MOST_INSTRUMENTS
        self.days = GeneratedDays(seed)
        self._ids = [instrument.instrument_id for instrument in instruments]
        self._seeds = [seed_from("session", str(seed), ins.symbol) for ins in instruments]
        self._sessions = BoundedCache(MOST_CACHED_SESSIONS, self._make)
        self._minutes = BoundedCache(MOST_CACHED_MINUTES, self._make_minutes)

    def get(self, instrument: int, session: int) -> GeneratedSession:
        return self._sessions.get((instrument, session))

    def minutes(self, instrument: int, session: int) -> SessionMinutes:
        """The whole session's minutes; the caller leaves out what was not known yet."""
        return self._minutes.get((instrument, session))

    def depth_event(self, instrument: int, found: GeneratedSession, row: int) -> Depth:
        seq, at = found.depth_seq[row].item(), found.depth_at[row].item()
        return make_depth(self._ids[instrument], seq, at, found.depth[row].tolist())

    def trade_event(self, instrument: int, found: GeneratedSession, row: int) -> Trade:
        seq, at = found.print_seq[row].item(), found.print_at[row].item()
        return make_trade(self._ids[instrument], seq, at, found.prints[row].tolist())

    def _make(self, key: tuple[int, int]) -> GeneratedSession:
        instrument, session = key
        bar = self.days.bar(instrument, session)
        seed = (self._seeds[instrument] + session * 0xD1342543DE82EF95) & 0xFFFFFFFFFFFFFFFF
        record = run_session(seed, bar)
        stagger = instrument * _STAGGER_MS % _STAGGER_LIMIT_MS
        seconds_ms = SECOND_STARTS_NS // _MS + stagger
        depth_ms = seconds_ms[record.depth_second]
        print_ms = seconds_ms[record.prints[:, 0]] + record.prints[:, 1]
        base = (session << SESSION_BITS) + ((instrument + 1) << INSTRUMENT_BITS)
        # Prints of one taker share a millisecond and are numbered from 1; a display is number 0.
        first = np.searchsorted(print_ms, print_ms, side="left")
        number = np.arange(len(print_ms)) - first + 1
        midnight = midnight_ns(session)
        return GeneratedSession(
            bar=bar,
            depth_at=midnight + depth_ms * _MS,
            depth_seq=base + (depth_ms << MS_BITS),
            depth=record.depth,
            print_at=midnight + print_ms * _MS,
            print_seq=base + (print_ms << MS_BITS) + number,
            prints=record.prints,
            high_so_far=np.maximum.accumulate(record.prints[:, 2]),
            low_so_far=np.minimum.accumulate(record.prints[:, 2]),
            volume_so_far=np.cumsum(record.prints[:, 3], dtype=np.int64),
        )

    def _make_minutes(self, key: tuple[int, int]) -> SessionMinutes:
        instrument, session = key
        found = self.get(instrument, session)
        return minutes_of(found, len(found.print_at), session)


def minutes_of(found: GeneratedSession, prints: int, session: int) -> SessionMinutes:
    """Minutes made of the first ``prints`` prints of a session."""
    rows = found.prints[:prints].astype(np.int64)
    minute = rows[:, 0] // 60
    assert prints == 0 or int(minute[-1]) < TRADING_MINUTES
    first = np.flatnonzero(np.diff(minute, prepend=-1))
    if not len(first):
        return SessionMinutes(*(np.empty(0, np.int64) for _ in range(6)))
    last = np.append(first[1:], prints) - 1
    return SessionMinutes(
        start_ns=midnight_ns(session) + MINUTE_STARTS_NS[minute[first]],
        open_ticks=rows[first, 2],
        high_ticks=np.maximum.reduceat(rows[:, 2], first),
        low_ticks=np.minimum.reduceat(rows[:, 2], first),
        close_ticks=rows[last, 2],
        volume=np.add.reduceat(rows[:, 3], first),
    )
