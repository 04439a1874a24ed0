"""One session of a market tape as a feed of some kind tells it: what is told when, in order.

Nothing is said before it is asked for, and everything told at a moment follows from rows up to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feeds.calendar import Int64s, Part
from feeds.market_days import MarketDays
from feeds.market_prices import MarketPrices
from feeds.market_prints import by_nobody, in_order
from feeds.records import Aggressor, Records, StatusKind, Table, TradeFlag
from feeds.timeframes import aggregate, first_told
from matching.market import DataKind, Phase
from matching.units import NS_PER_MINUTE, NS_PER_SECOND

HEARTBEAT_NS = 10 * NS_PER_SECOND  # an unchanged display is told again after so long
SNAPSHOT_NS = 3 * NS_PER_SECOND

MARKET = -1  # the instrument of what concerns all


class Told(IntEnum):
    """What an entry is; its ``number`` means what is written beside it."""

    CHANGE = 0  # the corporate action of the session
    OPEN = 1
    PHASE = 2  # the phase
    STATUS = 3  # the row of statuses
    PRINT = 4  # the row of trades
    DISPLAY = 5  # the row of displays
    SNAPSHOT = 6  # the row of snapshots
    PICTURE = 7  # a display that is shown with the totals of then
    INDICATION = 8  # the row of snapshots that shows a running auction's price on both sides
    CROSS = 9  # the auction result
    BAR_OPEN = 10  # the bar
    BAR = 11  # the bar
    CLOSE = 12


class Crossed(NamedTuple):
    """The result of a call auction in one instrument."""

    instrument: int
    at_ns: int
    price_ticks: int
    qty: int


class Entries(NamedTuple):
    """What is told, in order: columns of equal length."""

    at_ns: Int64s
    what: NDArray[np.int8]
    number: NDArray[np.int32]
    instrument: NDArray[np.int32]


# The order of what happens at one moment: corporate actions and the open, phases that trade, rows,
# looks at the market, other phases, the end.
_FIRST, _BEFORE, _ROWS, _LOOKS, _AFTER, _END = range(6)
_RANKS = {Table.STATUS: 0, Table.TRADES: 1, Table.DEPTH: 2, Table.SNAPSHOTS: 3}


class MarketSession:
    """The entries of a session and what they are made of."""

    def __init__(
        self, days: MarketDays, prices: MarketPrices, session: int, kind: DataKind, changes: int
    ) -> None:
        self.session = session
        self.kind = kind
        self.rows = prices.rows(session)
        self.phases = days.phases(session)
        self.open_ns, self.close_ns = int(days.open_ns[session]), int(days.close_ns[session])
        self._auctions = days.auctions(session)
        self._continuous = days.continuous(session)
        self._stop_ns = days.stop_ns(session)
        self._pieces: list[tuple[NDArray[Any], ...]] = []
        self.crosses: list[Crossed] = []
        # When the first price is told, when the bar is finished, open, high, low, close, volume,
        # instrument.
        self.bars: Int64s = np.empty((8, 0), np.int64)
        self._prices = prices
        self._add_session(changes)
        if kind is DataKind.BARS:
            self._add_bars()
        else:
            self._add_statuses()
            self._add_street()
            self._add_crosses()
        self.end_ns = max([self.close_ns, *(one.at_ns for one in self.crosses)])
        self._add(Told.CLOSE, _END, _one(self.end_ns), _one(0), _one(MARKET))
        self.entries = self._sorted()

    def _add(
        self,
        what: Told,
        group: int,
        at_ns: Int64s,
        number: Int64s,
        instrument: Int64s,
        seq: Int64s | None = None,
        rank: int = 0,
    ) -> None:
        size = len(at_ns)
        self._pieces.append(
            (
                np.asarray(at_ns, np.int64),
                np.full(size, group, np.int8),
                np.zeros(size, np.int64) if seq is None else seq,
                np.full(size, rank, np.int8),
                np.asarray(number, np.int32),
                np.full(size, int(what), np.int8),
                np.asarray(instrument, np.int32),
            )
        )

    def _sorted(self) -> Entries:
        at_ns, group, seq, rank, number, what, instrument = (
            np.concatenate(columns) for columns in zip(*self._pieces, strict=True)
        )
        self._pieces.clear()
        order = np.argsort(at_ns, kind="stable")
        ordered = at_ns[order]
        same = np.diff(ordered) == 0
        tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
        if len(tied):
            rows = order[tied]
            keys = (what, number, rank, seq, group, at_ns)
            order[tied] = rows[np.lexsort([key[rows] for key in keys])]
        return Entries(ordered, what[order], number[order], instrument[order])

    def _add_session(self, changes: int) -> None:
        numbers = np.arange(changes)
        self._add(
            Told.CHANGE, _FIRST, np.full(changes, self.open_ns), numbers, np.full(changes, MARKET)
        )
        self._add(Told.OPEN, _FIRST, _one(self.open_ns), _one(0), _one(MARKET), rank=1)
        for number, (at_ns, phase, _) in enumerate(self.phases):
            begins = number == 0 or phase is Phase.CONTINUOUS or self._collects(at_ns)
            group = _BEFORE if begins else _AFTER
            self._add(Told.PHASE, group, _one(at_ns), _one(number), _one(MARKET))

    def _collects(self, at_ns: int) -> bool:
        return any(one.begins_ns <= at_ns < one.ends_ns for one in self._auctions)

    def _in_auction(self, at_ns: Int64s) -> NDArray[np.bool_]:
        """Moments at which a call auction collects orders: its last one belongs to its result."""
        found = np.zeros(len(at_ns), bool)
        for begins, ends in self._auctions:
            found |= (at_ns >= begins) & (at_ns < ends)
        return found

    def _row_entries(self, what: Told, table: Table, numbers: Int64s, group: int = _ROWS) -> None:
        index = self.rows.index(table)
        self._add(
            what,
            group,
            index.at_ns[numbers],
            numbers,
            index.instrument[numbers],
            index.seq[numbers],
            _RANKS[table],
        )

    def _inside(self, table: Table) -> Int64s:
        """Places of the rows that come while the session is open."""
        at_ns = self.rows.index(table).at_ns
        return np.flatnonzero((at_ns >= self.open_ns) & (at_ns <= self.close_ns))

    def _add_statuses(self) -> None:
        numbers = self._inside(Table.STATUS)
        kind = self.rows.fetch(Table.STATUS, numbers)["kind"]
        halts = np.isin(kind, (StatusKind.HALTED, StatusKind.RESUMED))
        running = self._in_auction(self.rows.index(Table.STATUS).at_ns[numbers])
        indicated = running & (kind == StatusKind.INDICATION)
        self._row_entries(Told.STATUS, Table.STATUS, numbers[halts | indicated])

    def _add_street(self) -> None:
        kind = self.kind
        if kind is not DataKind.SNAPSHOTS:
            self._add_prints()
        if kind in (DataKind.QUOTES, DataKind.DEPTH):
            numbers = self._displays()
            self._row_entries(Told.DISPLAY, Table.DEPTH, numbers)
            self._add_heartbeats(Told.DISPLAY, Table.DEPTH, numbers)
        elif kind is DataKind.SNAPSHOTS and len(self.rows.index(Table.SNAPSHOTS).at_ns):
            self._add_snapshots()
        elif kind is DataKind.SNAPSHOTS:
            self._add_pictures()

    def _add_prints(self) -> None:
        numbers = self._inside(Table.TRADES)
        flags = self.rows.column(Table.TRADES, "flags", numbers)
        told = (flags & TradeFlag.NO_PRICE) == 0
        told &= ~self._of_auction(numbers)
        self._row_entries(Told.PRINT, Table.TRADES, numbers[told])

    def _of_auction(self, numbers: Int64s) -> NDArray[np.bool_]:
        """Trades of the day's call auctions: their result is told instead."""
        found = np.zeros(len(numbers), bool)
        if not self._auctions:
            return found
        taker = self.rows.column(Table.TRADES, "aggressor", numbers)
        said, nobody = taker == Aggressor.AUCTION, by_nobody(taker)
        at_ns = self.rows.index(Table.TRADES).at_ns[numbers]
        for (begins, ends), (_, until) in zip(self._auctions, self._windows(), strict=True):
            found |= (at_ns < until) & ((said & (at_ns >= begins)) | (nobody & (at_ns >= ends)))
        return found

    def _windows(self) -> Iterator[Part]:
        """Each auction's stretch with the time after it in which its result comes."""
        for begins, ends in self._auctions:
            after = [one.ends_ns for one in self.phases if one.at_ns == ends]
            until = after[0] if after and after[0] is not None else self._stop_ns
            yield Part(begins, until)

    def _displays(self) -> Int64s:
        """Displays that are told: not those of a running auction, of quotes only the changes."""
        numbers = self._inside(Table.DEPTH)
        numbers = numbers[~self._in_auction(self.rows.index(Table.DEPTH).at_ns[numbers])]
        if self.kind is not DataKind.QUOTES:
            return numbers
        records = self.rows.fetch(Table.DEPTH, numbers)
        if records["bid_ticks"].shape[1] == 1:
            return numbers
        names = ("bid_ticks", "bid_qty", "ask_ticks", "ask_qty")
        best = np.stack([records["instrument"], *(records[name][:, 0] for name in names)])
        index = self.rows.index(Table.DEPTH)
        order = in_order(best[0], index.at_ns[numbers], index.seq[numbers])
        sorted_best = best[:, order]
        changed = np.ones(len(order), bool)
        changed[1:] = (sorted_best[:, 1:] != sorted_best[:, :-1]).any(axis=0)
        return np.sort(numbers[order[changed]])

    def _add_snapshots(self) -> None:
        numbers = self._inside(Table.SNAPSHOTS)
        running = self._in_auction(self.rows.index(Table.SNAPSHOTS).at_ns[numbers])
        shown = self.rows.fetch(Table.SNAPSHOTS, numbers[running])
        bid, ask = shown["bid_ticks"][:, 0], shown["ask_ticks"][:, 0]
        indicates = (bid > 0) & (bid == ask) & (shown["bid_qty"][:, 0] > 0)
        self._row_entries(Told.INDICATION, Table.SNAPSHOTS, numbers[running][indicates])
        told = numbers[~running]
        self._row_entries(Told.SNAPSHOT, Table.SNAPSHOTS, told)
        self._add_heartbeats(Told.SNAPSHOT, Table.SNAPSHOTS, told)

    def _add_pictures(self) -> None:
        """The newest display of each instrument on a grid of three seconds of continuous trading,
        where there is a new one, or none was told for long."""
        for instrument, numbers in self._by_instrument(Table.DEPTH, self._displays()):
            at_ns = self.rows.index(Table.DEPTH).at_ns[numbers]
            grid = self._grid(SNAPSHOT_NS)
            newest = np.searchsorted(at_ns, grid, side="right") - 1
            known = newest >= 0
            grid, newest = grid[known], newest[known]
            new = np.diff(newest, prepend=-1) > 0
            steps = np.arange(len(grid))
            age = steps - np.maximum.accumulate(np.where(new, steps, 0))
            again = (age % (HEARTBEAT_NS // SNAPSHOT_NS + 1) == 0) & self._alive(grid)
            told = new | again
            self._add(
                Told.PICTURE,
                _LOOKS,
                grid[told],
                numbers[newest[told]],
                np.full(int(told.sum()), instrument),
            )

    def _by_instrument(self, table: Table, numbers: Int64s) -> Iterator[tuple[int, Int64s]]:
        """The places of each instrument's rows in order."""
        index = self.rows.index(table)
        own = index.instrument[numbers]
        order = in_order(own, index.at_ns[numbers], index.seq[numbers])
        ordered = own[order]
        first = np.flatnonzero(np.diff(ordered, prepend=-1)).tolist()
        stops = [*first[1:], len(ordered)] if first else []
        for begin, stop in zip(first, stops, strict=True):
            yield int(ordered[begin]), numbers[order[begin:stop]]

    def _grid(self, step_ns: int) -> Int64s:
        """Every ``step_ns`` of continuous trading, counted from the start of each part of it."""
        parts = [np.arange(a, b + 1, step_ns) for a, b in self._continuous]
        return np.concatenate(parts).astype(np.int64)

    def _alive(self, moments: Int64s) -> NDArray[np.bool_]:
        """Moments before which anything at all was told within the time of a heartbeat: when a
        recorder heard nothing, its displays grow old."""
        heard = np.sort(
            np.concatenate(
                [self.rows.index(table).at_ns for table in Table if table is not Table.STATUS]
            )
        )
        newest = np.searchsorted(heard, moments, side="right") - 1
        age = moments - heard[np.maximum(newest, 0)]
        alive: NDArray[np.bool_] = (newest >= 0) & (age < HEARTBEAT_NS)
        return alive

    def _add_heartbeats(self, what: Told, table: Table, numbers: Int64s) -> None:
        """Displays of instruments in which nothing changes, while others show that the recorder
        hears."""
        grid = self._grid(HEARTBEAT_NS)
        grid = grid[self._alive(grid)]
        for instrument, own in self._by_instrument(table, numbers):
            at_ns = self.rows.index(table).at_ns[own]
            newest = np.searchsorted(at_ns, grid, side="right") - 1
            quiet = newest >= 0
            quiet &= grid - at_ns[np.maximum(newest, 0)] >= HEARTBEAT_NS
            beats = grid[quiet]
            self._add(what, _LOOKS, beats, own[newest[quiet]], np.full(len(beats), instrument))

    def _add_crosses(self) -> None:
        """The results of the call auctions, as told or from what traded at their end."""
        for (begins, ends), (_, until) in zip(self._auctions, self._windows(), strict=True):
            found = self._traded(begins, ends, until) | self._told(ends, until)
            self.crosses += [found[instrument] for instrument in sorted(found)]
        numbers = np.arange(len(self.crosses))
        at_ns = np.array([one.at_ns for one in self.crosses], np.int64)
        instrument = np.array([one.instrument for one in self.crosses], np.int64)
        self._add(Told.CROSS, _ROWS, at_ns, numbers, instrument, np.full(len(numbers), -1))

    def _told(self, ends: int, until: int) -> dict[int, Crossed]:
        """Results that the tape tells, from the end of an auction on."""
        at_ns = self.rows.index(Table.STATUS).at_ns
        numbers = np.flatnonzero((at_ns >= ends) & (at_ns < until))
        rows = self.rows.fetch(Table.STATUS, numbers)
        names = ("instrument", "at_ns", "price_ticks", "qty")
        crossed = _dicts(rows[rows["kind"] == StatusKind.CROSS])
        return {row["instrument"]: Crossed(*(row[name] for name in names)) for row in crossed}

    def _traded(self, begins: int, ends: int, until: int) -> dict[int, Crossed]:
        """Results that follow from trades of nobody, or from the volume of the first snapshot."""
        if self.kind is DataKind.SNAPSHOTS:
            return self._from_snapshots(ends, until)
        at_ns = self.rows.index(Table.TRADES).at_ns
        numbers = np.flatnonzero((at_ns >= begins) & (at_ns < until))
        rows = self.rows.fetch(Table.TRADES, numbers[self._of_auction(numbers)])
        found: dict[int, Crossed] = {}
        for row in _dicts(rows):
            index, qty = row["instrument"], row["qty"]
            before = found.get(index)
            if before is None:
                at = max(row["at_ns"], ends)
                found[index] = Crossed(index, at, row["price_ticks"], qty)
            else:
                found[index] = before._replace(qty=before.qty + qty)
        return found

    def _from_snapshots(self, ends: int, until: int) -> dict[int, Crossed]:
        found: dict[int, Crossed] = {}
        index = self.rows.index(Table.SNAPSHOTS)
        numbers = np.flatnonzero((index.at_ns >= self.open_ns) & (index.at_ns < until))
        for instrument, own in self._by_instrument(Table.SNAPSHOTS, numbers):
            rows = self.rows.fetch(Table.SNAPSHOTS, own)
            after = int(np.searchsorted(rows["at_ns"], ends))
            before = int(rows["volume"][:after].max(initial=0))
            more = np.flatnonzero(rows["volume"][after:] > before)
            if len(more):
                row = rows[after + int(more[0])]
                at, price = int(row["at_ns"]), int(row["last_ticks"])
                found[instrument] = Crossed(instrument, at, price, int(row["volume"]) - before)
        return {k: one for k, one in found.items() if one.price_ticks}

    def _add_bars(self) -> None:
        """Minutes of continuous trading.  Trades of an opening auction belong to the first one;
        those of the closing auction make the closing price and belong to none."""
        tables = []
        for index, prices in sorted(self._prices.of(self.session).items()):
            rows = prices.rows(prices.upto(self._continuous[-1].ends_ns))
            bars = aggregate(rows, self._continuous, NS_PER_MINUTE)
            told_at, ends_at = first_told(rows, bars, self._continuous, NS_PER_MINUTE)
            own = np.full(bars.shape[1], index)
            tables.append(np.vstack((told_at, ends_at, bars[1:], own)))
        if not tables:
            return
        self.bars = np.concatenate(tables, axis=1)
        numbers, instrument = np.arange(self.bars.shape[1]), self.bars[7]
        self._add(Told.BAR_OPEN, _ROWS, self.bars[0], numbers, instrument)
        first = np.full(len(numbers), -1)  # before the phase that begins when it ends
        self._add(Told.BAR, _BEFORE, self.bars[1], numbers, instrument, first)


def _one(value: int) -> Int64s:
    return np.array([value], np.int64)


def _dicts(records: Records) -> list[dict[str, int]]:
    names = records.dtype.names or ()
    return [dict(zip(names, row, strict=True)) for row in records.tolist()]
