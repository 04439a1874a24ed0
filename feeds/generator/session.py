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
from feeds.generator.auctions import Hours, indications
from feeds.generator.calendar import (
    CLOSE_NS,
    CLOSING_NS,
    LOCKED_NS,
    MINUTE_STARTS_NS,
    OPEN_NS,
    OPENED_NS,
    SECOND_STARTS_NS,
    TRADING_MINUTES,
    midnight_ns,
)
from feeds.generator.days import DayBar
from feeds.generator.kernel import LEVELS, SessionRecord
from feeds.generator.maker import Maker
from matching.auction import Crossing
from matching.instrument import InstrumentId
from matching.market import AuctionCross, AuctionIndication, Depth, Level, Trade
from matching.orders import Side
from matching.units import NS_PER_MINUTE, AtNs, PriceTicks, Qty

Int32s = np.ndarray[Any, np.dtype[np.int32]]

# About 2 MB and 12 kB each; of each instrument today, yesterday's end and some to spare.
CACHED_SESSIONS, SPARE_SESSIONS = 2, 10
MOST_CACHED_MINUTES = 1024
MOST_CACHED_AUCTIONS = 60  # 10 kB each

_MS = 1_000_000
_SIDES = (Side.BUY, Side.SELL)
SESSION_BITS, MS_BITS, INSTRUMENT_BITS = 36, 9, 4
_MS_MASK = (1 << (SESSION_BITS - MS_BITS)) - 1
# Instruments speak one after the other within a second, so that a screen's work is spread.
_STAGGER_MS, _STAGGER_LIMIT_MS = 37, 400
# The closing auction ends that much before the close, so that its results are known then.
_BEFORE_CLOSE_MS = 500
_MOST_INSTRUMENTS = (1 << (MS_BITS - INSTRUMENT_BITS)) - 1


class GeneratedSession(NamedTuple):
    """One instrument's session: what was shown and printed, in order.

    ``depth_at`` and ``print_at`` are int64 UTC nanoseconds, ``depth_seq`` and ``print_seq`` the
    events' numbers.  ``depth`` and ``prints`` are as in ``SessionRecord``, of continuous trading.
    ``high_so_far``, ``low_so_far``, ``volume_so_far`` include the print itself, the volume that of
    the opening auction too.  What was left over in the opening stands at its price in the first
    display.
    """

    bar: DayBar
    opening: Crossing
    opening_at: int
    closing: Crossing
    closing_at: int
    depth_at: Int64s
    depth_seq: Int64s
    depth: Int32s
    print_at: Int64s
    print_seq: Int64s
    prints: Int32s
    high_so_far: Int32s
    low_so_far: Int32s
    volume_so_far: Int64s


class SessionAuctions(NamedTuple):
    """The auctions of a session: ``at`` and ``seq`` int64[n]; ``rows`` int64[n, 5]: price in ticks
    (0: none), quantity, heavier side (-1: none), its surplus, 1 for a final result."""

    at: Int64s
    seq: Int64s
    rows: Int64s


class SessionMinutes(NamedTuple):
    """Minutes of a session with a trade: int64 columns of equal length.  The auctions stand alone
    in the minutes 9:25 and 14:59."""

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


def make_auction(
    instrument_id: InstrumentId, seq: int, at_ns: int, cells: list[Any]
) -> AuctionIndication | AuctionCross:
    """What a row of ``SessionAuctions`` says."""
    price, qty, side, left, final = cells
    made = AuctionCross if final else AuctionIndication
    return made(
        AtNs(at_ns),
        AtNs(at_ns),
        seq,
        instrument_id,
        PriceTicks(price) if price else None,
        Qty(qty),
        None if side < 0 else Side(side),
        Qty(left),
    )


class GeneratedSessions:
    """Sessions of every instrument of a market.  Safe for concurrent readers, memory bounded."""

    def __init__(self, maker: Maker) -> None:
        assert len(maker.instruments) <= _MOST_INSTRUMENTS
        self.maker = maker
        self._ids = [instrument.instrument_id for instrument in maker.instruments]
        self._sessions = BoundedCache(CACHED_SESSIONS * len(self._ids) + SPARE_SESSIONS, self._make)
        self._minutes = BoundedCache(MOST_CACHED_MINUTES, self._make_minutes)
        self._auctions = BoundedCache(MOST_CACHED_AUCTIONS, self._make_auctions)

    def get(self, instrument: int, session: int) -> GeneratedSession:
        return self._sessions.get((instrument, session))

    def minutes(self, instrument: int, session: int) -> SessionMinutes:
        """The whole session's minutes."""
        return self._minutes.get((instrument, session))

    def auctions(self, instrument: int, session: int) -> SessionAuctions:
        return self._auctions.get((instrument, session))

    def auction_event(
        self, instrument: int, found: SessionAuctions, row: int
    ) -> AuctionIndication | AuctionCross:
        seq, at = found.seq[row].item(), found.at[row].item()
        return make_auction(self._ids[instrument], seq, at, found.rows[row].tolist())

    def depth_event(self, instrument: int, found: GeneratedSession, row: int) -> Depth:
        seq, at = found.depth_seq[row].item(), found.depth_at[row].item()
        return make_depth(self._ids[instrument], seq, at, found.depth[row].tolist())

    def trade_event(self, instrument: int, found: GeneratedSession, row: int) -> Trade:
        seq, at = found.print_seq[row].item(), found.print_at[row].item()
        return make_trade(self._ids[instrument], seq, at, found.prints[row].tolist())

    def _make(self, key: tuple[int, int]) -> GeneratedSession:
        instrument, session = key
        maker = self.maker
        bar, parts = maker.bar(instrument, session), maker.parts(instrument, session)
        stagger = stagger_ms(instrument)
        traded = bar.volume - parts.opening_qty - parts.closing_qty
        part = bar._replace(close_ticks=parts.last_ticks, volume=traded)
        record = maker.record(instrument, session, part, parts)
        seconds_ms = SECOND_STARTS_NS // _MS
        depth_ms = seconds_ms[record.depth_second] + record.depth_ms
        print_ms = seconds_ms[record.prints[:, 0]] + record.prints[:, 1]
        base = (session << SESSION_BITS) + ((instrument + 1) << INSTRUMENT_BITS)
        # Prints of one taker share a millisecond and are numbered from 1; a display is number 0.
        first = np.searchsorted(print_ms, print_ms, side="left")
        number = np.arange(len(print_ms)) - first + 1
        midnight = midnight_ns(session)
        return GeneratedSession(
            bar=bar,
            opening=_opening(record, bar.open_ticks, parts.opening_qty, parts.opens.opposite),
            opening_at=midnight + OPENED_NS + stagger * _MS,
            closing=maker.closing(instrument, session, parts.closing_qty),
            closing_at=midnight + CLOSE_NS - (_BEFORE_CLOSE_MS - stagger) * _MS,
            depth_at=midnight + depth_ms * _MS,
            depth_seq=base + (depth_ms << MS_BITS),
            depth=record.depth,
            print_at=midnight + print_ms * _MS,
            print_seq=base + (print_ms << MS_BITS) + number,
            prints=record.prints,
            high_so_far=np.maximum.accumulate(record.prints[:, 2]),
            low_so_far=np.minimum.accumulate(record.prints[:, 2]),
            volume_so_far=parts.opening_qty + np.cumsum(record.prints[:, 3], dtype=np.int64),
        )

    def _make_auctions(self, key: tuple[int, int]) -> SessionAuctions:
        instrument, session = key
        found = self.get(instrument, session)
        seed, stagger = self.maker.seed(instrument, session), stagger_ms(instrument)
        band, midnight = self.maker.band(instrument, session), midnight_ns(session)
        moments: list[tuple[int, Crossing, bool]] = []
        for number, (result, at_ns, hours) in enumerate(
            (
                (found.opening, found.opening_at, (OPEN_NS, LOCKED_NS, OPENED_NS)),
                (found.closing, found.closing_at, (CLOSING_NS, CLOSING_NS, CLOSE_NS)),
            )
        ):
            begun, locked, over = (one // _MS for one in hours)
            shown = indications(seed + number, result, band, Hours(begun, locked, over))
            # The last of them is the result, and is told as such.
            moments += [(at + stagger, one, False) for at, one in shown if at < over]
            moments.append(((at_ns - midnight) // _MS, result, True))
        at_ms = np.array([at for at, _, _ in moments], np.int64)
        base = (session << SESSION_BITS) + ((instrument + 1) << INSTRUMENT_BITS)
        rows = [_auction_row(one, final=final) for _, one, final in moments]
        return SessionAuctions(
            midnight + at_ms * _MS, base + (at_ms << MS_BITS), np.array(rows, np.int64)
        )

    def _make_minutes(self, key: tuple[int, int]) -> SessionMinutes:
        instrument, session = key
        found = self.get(instrument, session)
        return minutes_of(found, found.closing_at, session)


def minutes_of(found: GeneratedSession, at_ns: int, session: int) -> SessionMinutes:
    """The minutes of a session as far as they were known at a moment."""
    midnight = midnight_ns(session)
    pieces = []
    if at_ns >= found.opening_at:
        pieces.append(_auction_minute(midnight + OPENED_NS, found.opening))
    prints = int(np.searchsorted(found.print_at, at_ns, side="right"))
    if prints:
        pieces.append(_trading_minutes(found.prints[:prints].astype(np.int64), midnight))
    if at_ns >= found.closing_at:
        pieces.append(_auction_minute(midnight + CLOSE_NS - NS_PER_MINUTE, found.closing))
    return SessionMinutes(*np.concatenate([np.empty((6, 0), np.int64), *pieces], axis=1))


def _auction_minute(start_ns: int, result: Crossing) -> Int64s:
    price = result.price_ticks
    return np.array([[start_ns], [price], [price], [price], [price], [result.qty]], np.int64)


def _trading_minutes(rows: Int64s, midnight: int) -> Int64s:
    """Minutes made of prints (columns as in ``SessionRecord``): int64[6, minutes]."""
    minute = rows[:, 0] // 60
    assert int(minute[-1]) < TRADING_MINUTES
    first = np.flatnonzero(np.diff(minute, prepend=-1))
    last = np.append(first[1:], len(rows)) - 1
    return np.stack(
        (
            midnight + MINUTE_STARTS_NS[minute[first]],
            rows[first, 2],
            np.maximum.reduceat(rows[:, 2], first),
            np.minimum.reduceat(rows[:, 2], first),
            rows[last, 2],
            np.add.reduceat(rows[:, 3], first),
        )
    )


def stagger_ms(instrument: int) -> int:
    """How much later than others an instrument speaks in the moments when all do."""
    return instrument * _STAGGER_MS % _STAGGER_LIMIT_MS


def _opening(record: SessionRecord, price_ticks: int, qty: int, heavier: Side) -> Crossing:
    """What the first display shows at the opening price was left over in the auction."""
    at = 0 if heavier is Side.BUY else 2 * LEVELS
    assert record.depth[0, at] == price_ticks
    return Crossing(price_ticks, qty, heavier, int(record.depth[0, at + 1]))


def _auction_row(shown: Crossing, *, final: bool) -> list[int]:
    side = -1 if shown.unmatched_side is None else int(shown.unmatched_side)
    return [shown.price_ticks or 0, shown.qty, side, shown.unmatched_qty, int(final)]
