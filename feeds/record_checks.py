"""What rows of market data must be like, checked batch by batch, knowing what came before."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from feeds.records import Aggressor, Int64s, Records, StatusKind, Table, TradeFlag, matrix
from feeds.tape import LARGEST_PRICE_TICKS
from matching.units import LARGEST

Bools = NDArray[np.bool_]
Faults = NDArray[np.int8]  # one RowFault per row, 0 for a good one

LATEST_NS = 1 << 62  # the year 2116


class RowFault(IntEnum):
    """Why a row can't be part of a tape, in order of precedence."""

    UNKNOWN_INSTRUMENT = 1  # no index into the tape's instruments
    NOT_A_TIME = 2  # a time that is not positive or beyond 2116
    NOT_POSITIVE = 3  # a price or a quantity
    TOO_LARGE = 4  # a price of 10^12 ticks, a quantity above 10^15
    UNKNOWN_CODE = 5  # an aggressor, a flag, a side or a kind
    LEVELS_OUT_OF_ORDER = 6  # a level that is not worse than the one before it
    CONTRADICTS_ITSELF = 7  # a bar with an open or close that is not between low and high
    TIME_RUNS_BACK = 8  # earlier than a row of the instrument before
    REPEATED = 9  # a numbered row whose number is not above all before, a second bar of one time


def content_faults(table: Table, records: Records, instruments: int) -> Faults:
    """What is wrong with each row by itself; ``instruments`` is how many the tape has."""
    faults: Faults = np.zeros(len(records), np.int8)
    for fault, bad in _faults(table, records, instruments):
        if bad.any():
            faults[bad & (faults == 0)] = fault
    return faults


def _faults(table: Table, records: Records, instruments: int) -> Iterator[tuple[RowFault, Bools]]:
    index = records["instrument"]
    yield RowFault.UNKNOWN_INSTRUMENT, (index < 0) | (index >= instruments)
    for name in ("at_ns", "heard_ns"):
        yield RowFault.NOT_A_TIME, (records[name] <= 0) | (records[name] >= LATEST_NS)
    match table:
        case Table.TRADES:
            yield from _amount_faults(records["price_ticks"], records["qty"], 1)
            taker, flags = records["aggressor"], records["flags"]
            most = sum(TradeFlag)
            known = (taker >= 0) & (taker <= max(Aggressor)) & (flags >= 0) & (flags <= most)
            yield RowFault.UNKNOWN_CODE, ~known
        case Table.STATUS:
            yield from _status_faults(records)
        case Table.DEPTH | Table.SNAPSHOTS:
            yield from _ladder_faults(records)
            if table is Table.SNAPSHOTS:
                yield from _total_faults(records)


def _amount_faults(price: Int64s, qty: Int64s, least: int) -> Iterator[tuple[RowFault, Bools]]:
    yield RowFault.NOT_POSITIVE, (price < least) | (qty < least)
    yield RowFault.TOO_LARGE, (price >= LARGEST_PRICE_TICKS) | (qty > LARGEST)


def _status_faults(records: Records) -> Iterator[tuple[RowFault, Bools]]:
    price, kind, side = records["price_ticks"], records["kind"], records["unmatched_side"]
    yield from _amount_faults(price, records["qty"], 0)
    yield from _amount_faults(price, records["unmatched_qty"], 0)
    priced = (kind == StatusKind.REFERENCE) | (kind == StatusKind.CLOSE)
    yield RowFault.NOT_POSITIVE, priced & (price < 1)
    known = (kind >= min(StatusKind)) & (kind <= max(StatusKind)) & (side >= 0) & (side <= 2)
    yield RowFault.UNKNOWN_CODE, ~known


def _ladder_faults(records: Records) -> Iterator[tuple[RowFault, Bools]]:
    unordered = np.zeros(len(records), bool)
    for side, sign in (("bid", 1), ("ask", -1)):
        prices, sizes = records[f"{side}_ticks"], records[f"{side}_qty"]
        shown = sizes > 0
        none = (sizes < 0) | (shown & (prices < 1))
        large = shown & ((prices >= LARGEST_PRICE_TICKS) | (sizes > LARGEST))
        yield RowFault.NOT_POSITIVE, np.logical_or.reduce(none, axis=1)
        yield RowFault.TOO_LARGE, np.logical_or.reduce(large, axis=1)
        worst = prices[:, 0]
        some = shown[:, 0]
        for k in range(1, prices.shape[1]):
            here, price = shown[:, k], prices[:, k]
            unordered |= here & some & (sign * (worst - price) <= 0)
            worst = np.where(here, price, worst)
            some = some | here
    yield RowFault.LEVELS_OUT_OF_ORDER, unordered


def _total_faults(records: Records) -> Iterator[tuple[RowFault, Bools]]:
    for name in ("last_ticks", "high_ticks", "low_ticks"):
        yield from _amount_faults(records[name], records["volume"], 0)
    yield RowFault.NOT_POSITIVE, (records["turnover"] < 0) | (records["trades"] < 0)


def bar_faults(records: Records, instruments: int, *, daily: bool) -> Faults:
    """What is wrong with each bar by itself; the time of a daily bar is a day number."""
    faults: Faults = np.zeros(len(records), np.int8)
    time, index = records["time"], records["instrument"]
    opened, high, low, close = (records[f"{name}_ticks"] for name in _PRICES)
    least, most = np.minimum(opened, close), np.maximum(opened, close)
    latest = LATEST_NS // (86_400 * 10**9) if daily else LATEST_NS
    for fault, bad in (
        (RowFault.UNKNOWN_INSTRUMENT, (index < 0) | (index >= instruments)),
        (RowFault.NOT_A_TIME, (time < 0) | (time >= latest)),
        (RowFault.NOT_POSITIVE, (low < 1) | (least < 1) | (records["volume"] < 0)),
        (RowFault.TOO_LARGE, (high >= LARGEST_PRICE_TICKS) | (records["volume"] > LARGEST)),
        (RowFault.CONTRADICTS_ITSELF, (low > least) | (high < most)),
    ):
        faults[bad & (faults == 0)] = fault
    return faults


_PRICES = ("open", "high", "low", "close")


def crossed_rows(records: Records) -> Bools:
    """Displays whose best bid is not below their best ask: told, but nobody trades on them."""
    both = (records["bid_qty"][:, 0] > 0) & (records["ask_qty"][:, 0] > 0)
    crossed: Bools = both & (records["bid_ticks"][:, 0] >= records["ask_ticks"][:, 0])
    return crossed


class Continuity:
    """What the rows of each instrument in one table were up to now.

    ``numbered``: ``seq`` is the source's own dense number of an instrument's rows, so that what is
    missing can be counted and what comes twice refused.
    """

    def __init__(self, *, numbered: bool) -> None:
        self.numbered = numbered
        self.missing = self.gaps = self.twice = 0
        self._clock: Int64s = np.empty(0, np.int64)  # the latest time of each instrument
        self._newest: Int64s = np.empty((0, 0), np.int64)  # and its newest row, -1 for none

    def check(self, records: Records, faults: Faults, instruments: int) -> None:
        """Mark rows that go back or repeat a number, and count; rows with faults are left alone."""
        rows = np.flatnonzero(faults == 0)
        if not len(rows):
            return
        table = matrix(records)
        self._grow(instruments, table.shape[1])
        index = records["instrument"][rows]
        if (index != index[0]).any():
            small = index.astype(np.uint16) if instruments <= 1 << 16 else index
            order = np.argsort(small, kind="stable")
            rows, index = rows[order], index[order]
        times = table[rows, _TIME]
        good = times >= _highest_before(times, index, self._clock)
        faults[rows[~good]] = RowFault.TIME_RUNS_BACK
        rows, index = rows[good], index[good]
        last = _ends(index)
        self._clock[index[last]] = table[rows[last], _TIME]
        if self.numbered:
            rows, index = self._numbered(table, rows, index, faults)
        if len(rows):
            self._count_twice(table, rows, index)
            last = _ends(index)
            self._newest[index[last]] = table[rows[last]]

    def _numbered(
        self, table: Int64s, rows: Int64s, index: Int64s, faults: Faults
    ) -> tuple[Int64s, Int64s]:
        newest, seq = self._newest[:, _SEQ], table[rows, _SEQ]
        good = seq > _highest_before(seq, index, newest)
        faults[rows[~good]] = RowFault.REPEATED
        rows, index, seq = rows[good], index[good], seq[good]
        before = np.append(-1, seq[:-1])[: len(seq)]
        first = np.flatnonzero(np.diff(index, prepend=-1))
        known = newest[index[first]]
        before[first] = np.where(known >= 0, known, seq[first] - 1)
        jumps = seq - before - 1
        self.gaps += int((jumps > 0).sum())
        self.missing += int(jumps.sum())
        return rows, index

    def _count_twice(self, table: Int64s, rows: Int64s, index: Int64s) -> None:
        times = table[rows, _TIME]
        same = np.diff(times, prepend=-1) == 0
        first = np.flatnonzero(np.diff(index, prepend=-1))
        same[first] = False
        place = np.flatnonzero(same)  # few rows have the time of the one before
        here, before = table[rows[place]], table[rows[place - 1]]
        carried = self._newest[index[first]]
        for own, other in ((here, before), (table[rows[first]], carried)):
            equal = own == other
            equal[:, _HEARD] = True  # heard twice it is still the same row
            self.twice += int(equal.all(axis=1).sum())

    def _grow(self, instruments: int, columns: int) -> None:
        more = instruments - len(self._clock)
        if more > 0:
            self._clock = np.append(self._clock, np.full(more, -1))
            kept = self._newest.reshape(-1, columns)
            self._newest = np.concatenate((kept, np.full((more, columns), -1)))


class BarOrder:
    """The newest bar of each instrument up to now."""

    def __init__(self) -> None:
        self._newest: Int64s = np.empty(0, np.int64)

    def check(self, records: Records, faults: Faults, instruments: int) -> Int64s:
        """Mark bars that are not later than all before of their instrument; the rows without fault,
        by instrument and time."""
        more = instruments - len(self._newest)
        if more > 0:
            self._newest = np.append(self._newest, np.full(more, -1))
        rows = np.flatnonzero(faults == 0)
        index = records["instrument"][rows]
        order = np.argsort(index, kind="stable")
        rows, index = rows[order], index[order]
        time = records["time"][rows]
        before = _highest_before(time, index, self._newest)
        faults[rows[time == before]] = RowFault.REPEATED
        faults[rows[time < before]] = RowFault.TIME_RUNS_BACK
        good = time > before
        rows, index = rows[good], index[good]
        last = _ends(index)
        self._newest[index[last]] = records["time"][rows[last]]
        return rows


_TIME, _HEARD, _SEQ = 0, 1, 2  # columns of every table


def _ends(index: Int64s) -> Int64s:
    """The last row of each instrument, of rows sorted by instrument."""
    return np.flatnonzero(np.diff(index, append=-1))


def _highest_before(values: Int64s, index: Int64s, newest: Int64s) -> Int64s:
    """The highest value before each of its instrument, of rows sorted by instrument; ``newest`` is
    each instrument's highest before these rows."""
    first = np.flatnonzero(np.diff(index, prepend=-1))
    before = np.append(-1, values[:-1])[: len(values)]
    before[first] = newest[index[first]]
    falls = values < before
    if falls.any():
        ends = np.append(first[1:], len(values))
        for begin, end in zip(first.tolist(), ends.tolist(), strict=True):
            if falls[begin:end].any():
                before[begin:end] = np.maximum.accumulate(before[begin:end])
    return before
