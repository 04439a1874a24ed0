"""Rows of market data as numpy records: what importers and recorders write into market tapes.

Every field is a 64-bit integer, so a batch of records is also a matrix of numbers (``matrix``), and
equal rows are equal bytes on every machine.  Times are nanoseconds UTC, prices ticks and quantities
base units of the instrument, ``instrument`` an index into the tape's instruments.

``seq`` orders rows of one instrument at one ``at_ns``, also between tables; a source that has no
such number leaves 0, and then statuses come before trades and these before displays.  ``heard_ns``
is when the recorder heard it, the same as ``at_ns`` where nobody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, IntFlag, StrEnum
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.instrument import InstrumentId
from matching.market import (
    AuctionCross,
    AuctionIndication,
    Depth,
    Halt,
    Level,
    Snapshot,
    Trade,
)
from matching.orders import Side
from matching.units import AtNs, PriceTicks, Qty

Records = NDArray[np.void]
Int64s = NDArray[np.int64]

MOST_LEVELS = 10
_HEAD = ("at_ns", "heard_ns", "seq", "instrument")
_SIDES = ("bid_ticks", "bid_qty", "ask_ticks", "ask_qty")
TOTALS = ("last_ticks", "high_ticks", "low_ticks", "volume", "turnover", "trades")


class Table(StrEnum):
    """Kinds of rows; their order is that of rows at one moment with one ``seq``."""

    STATUS = "status"
    TRADES = "trades"
    DEPTH = "depth"
    SNAPSHOTS = "snapshots"


class Aggressor(IntEnum):
    """Who took, in a row of ``TRADES``."""

    UNKNOWN = 0
    BUYER = 1
    SELLER = 2
    AUCTION = 3  # a trade of a call auction: nobody took


class TradeFlag(IntFlag):
    """What a print does not do: 0 is an ordinary trade."""

    NO_PRICE = 1  # an odd lot, a late report, an average price: no last, high, low; fills nobody
    NO_VOLUME = 2  # a correction or a repeated report: does not count in volumes


class StatusKind(IntEnum):
    """What a row of ``STATUS`` says; fields that are not named beside it are 0."""

    HALTED = 1
    RESUMED = 2
    INDICATION = 3  # a running call auction: price_ticks, qty, unmatched_qty, unmatched_side
    CROSS = 4  # the official result of a call auction: the same fields; qty 0: nothing traded
    REFERENCE = 5  # price_ticks is the previous close of the row's session
    CLOSE = 6  # price_ticks is the official closing price of the row's session


def _integers(*names: str) -> list[tuple[str, str]]:
    return [(name, "<i8") for name in names]


TRADES = np.dtype(_integers(*_HEAD, "price_ticks", "qty", "aggressor", "flags"))
# ``unmatched_side``: 0 nobody, 1 buyers, 2 sellers
STATUS = np.dtype(
    _integers(*_HEAD, "kind", "price_ticks", "qty", "unmatched_side", "unmatched_qty")
)


# ``time`` of a daily bar is the day number (days since 1970-01-01), of a minute's bar its start in
# nanoseconds UTC.
BARS = np.dtype(
    _integers(
        *("time", "instrument"),
        *("open_ticks", "high_ticks", "low_ticks", "close_ticks", "volume"),
    )
)


@cache
def depth_dtype(levels: int) -> np.dtype[np.void]:
    """A display of ``levels`` (1 to 10) a side, best first; quantity 0 is no level."""
    assert 1 <= levels <= MOST_LEVELS
    return np.dtype([*_integers(*_HEAD), *((name, "<i8", (levels,)) for name in _SIDES)])


@cache
def snapshot_dtype(levels: int) -> np.dtype[np.void]:
    """A display with the session's totals; ``turnover`` is the sum of price in ticks times
    quantity, a ``last_ticks`` (high, low) of 0 is none."""
    assert 1 <= levels <= MOST_LEVELS
    parts = [*_integers(*_HEAD), *((name, "<i8", (levels,)) for name in _SIDES)]
    return np.dtype([*parts, *_integers(*TOTALS)])


def dtype_of(table: Table, levels: int) -> np.dtype[np.void]:
    """The records of a table in a tape that shows ``levels`` a side."""
    match table:
        case Table.STATUS:
            return STATUS
        case Table.TRADES:
            return TRADES
        case Table.DEPTH:
            return depth_dtype(levels)
        case Table.SNAPSHOTS:
            return snapshot_dtype(levels)


def column_names(dtype: np.dtype[np.void]) -> tuple[str, ...]:
    """Names of the columns of ``matrix``: ``bid_ticks_0`` and so on for levels."""
    assert dtype.names is not None
    found: list[str] = []
    for name in dtype.names:
        shape = dtype[name].shape
        found += [f"{name}_{k}" for k in range(shape[0])] if shape else [name]
    return tuple(found)


def matrix(records: Records) -> Int64s:
    """The same bytes as int64[rows, columns]; copied only when they are not in one piece."""
    whole = np.ascontiguousarray(records)
    return whole.view("<i8").reshape(len(whole), whole.dtype.itemsize // 8)


def records_of(table: Int64s, dtype: np.dtype[np.void]) -> Records:
    """Inverse of ``matrix``."""
    whole = np.ascontiguousarray(table, "<i8")
    return whole.reshape(-1).view(dtype)


def empty(dtype: np.dtype[np.void], rows: int = 0) -> Records:
    """Records of zeros, to be filled field by field."""
    return np.zeros(rows, dtype)


_TAKER = {Side.BUY: int(Aggressor.BUYER), Side.SELL: int(Aggressor.SELLER), None: 0}
_SIDE: dict[int, Side | None] = {1: Side.BUY, 2: Side.SELL}


def trade_row(trade: Trade, instrument: int, *, auction: bool = False, flags: int = 0) -> Any:
    """A print as a row of ``TRADES``; ``instrument`` is its index in the tape."""
    taker = int(Aggressor.AUCTION) if auction else _TAKER[trade.aggressor]
    return (
        *(trade.at_ns, trade.heard_ns, trade.seq, instrument),
        *(trade.price_ticks, trade.qty, taker, flags),
    )


def depth_row(depth: Depth, instrument: int, levels: int) -> Any:
    """A display as a row of ``depth_dtype(levels)``; levels beyond are left out."""
    head = (depth.at_ns, depth.heard_ns, depth.seq, instrument)
    return (*head, *_ladder(depth.bids, levels), *_ladder(depth.asks, levels))


def snapshot_row(shot: Snapshot, instrument: int, levels: int) -> Any:
    """A snapshot as a row of ``snapshot_dtype(levels)``; levels beyond are left out."""
    head = (shot.at_ns, shot.heard_ns, shot.seq, instrument)
    prices = (shot.last_ticks or 0, shot.high_ticks or 0, shot.low_ticks or 0)
    totals = (*prices, shot.volume, shot.turnover, shot.trades)
    return (*head, *_ladder(shot.bids, levels), *_ladder(shot.asks, levels), *totals)


def status_row(event: Halt | AuctionIndication | AuctionCross, instrument: int) -> Any:
    """A halt, an indication or the result of an auction as a row of ``STATUS``."""
    if isinstance(event, Halt):
        kind = StatusKind.HALTED if event.halted else StatusKind.RESUMED
        return (event.at_ns, event.at_ns, event.seq, instrument, int(kind), 0, 0, 0, 0)
    crossed = isinstance(event, AuctionCross)
    kind = StatusKind.CROSS if crossed else StatusKind.INDICATION
    return (
        *(event.at_ns, event.heard_ns, event.seq, instrument, int(kind)),
        *(event.price_ticks or 0, event.qty, _TAKER[event.unmatched_side], event.unmatched_qty),
    )


def trade_of(row: Any, instrument_id: InstrumentId, seq: int | None = None) -> Trade:
    """A row of ``TRADES`` as a print; ``seq`` instead of the recorded one where given."""
    at_ns, heard_ns, number, _, price, qty, taker, _ = row.tolist()
    return Trade(
        AtNs(at_ns),
        AtNs(heard_ns),
        number if seq is None else seq,
        instrument_id,
        PriceTicks(price),
        Qty(qty),
        _SIDE.get(taker),
    )


def depth_of(row: Any, instrument_id: InstrumentId, seq: int | None = None) -> Depth:
    """A row of ``depth_dtype`` as a display of as many levels."""
    at_ns, heard_ns, number, _, *ladders = row.tolist()
    return Depth(
        AtNs(at_ns),
        AtNs(heard_ns),
        number if seq is None else seq,
        instrument_id,
        _levels(ladders[0], ladders[1]),
        _levels(ladders[2], ladders[3]),
        len(ladders[0]),
    )


def snapshot_of(row: Any, instrument_id: InstrumentId, seq: int | None = None) -> Snapshot:
    """A row of ``snapshot_dtype`` as a snapshot."""
    at_ns, heard_ns, number, _, *rest = row.tolist()
    ladders, (last, high, low, volume, turnover, trades) = rest[:4], rest[4:]
    return Snapshot(
        at_ns=AtNs(at_ns),
        heard_ns=AtNs(heard_ns),
        seq=number if seq is None else seq,
        instrument_id=instrument_id,
        bids=_levels(ladders[0], ladders[1]),
        asks=_levels(ladders[2], ladders[3]),
        levels_shown=len(ladders[0]),
        last_ticks=PriceTicks(last) if last else None,
        high_ticks=PriceTicks(high) if high else None,
        low_ticks=PriceTicks(low) if low else None,
        volume=Qty(volume),
        turnover=turnover,
        trades=trades,
    )


def status_of(
    row: Any, instrument_id: InstrumentId, seq: int | None = None
) -> Halt | AuctionIndication | AuctionCross | None:
    """A row of ``STATUS`` as an event; None for a reference or a closing price, which are told
    with the session."""
    at_ns, heard_ns, number, _, kind, price, qty, side, left = row.tolist()
    place = number if seq is None else seq
    match kind:
        case StatusKind.HALTED | StatusKind.RESUMED:
            return Halt(AtNs(at_ns), place, instrument_id, kind == StatusKind.HALTED)
        case StatusKind.INDICATION | StatusKind.CROSS:
            made = AuctionCross if kind == StatusKind.CROSS else AuctionIndication
            return made(
                AtNs(at_ns),
                AtNs(heard_ns),
                place,
                instrument_id,
                PriceTicks(price) if price else None,
                Qty(qty),
                _SIDE.get(side),
                Qty(left),
            )
    return None


def _ladder(side: Sequence[Level], levels: int) -> tuple[list[int], list[int]]:
    """Prices and quantities of the best ``levels``, filled up with zeros."""
    shown = side[:levels]
    none = [0] * (levels - len(shown))
    return [int(one.price_ticks) for one in shown] + none, [int(one.qty) for one in shown] + none


def _levels(prices: Int64s, sizes: Int64s) -> tuple[Level, ...]:
    pairs = zip(prices.tolist(), sizes.tolist(), strict=True)
    return tuple(Level(PriceTicks(price), Qty(size)) for price, size in pairs if size)
