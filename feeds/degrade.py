"""A day order by order, told as a lesser feed would tell it.

A ``Timeline`` says what is told when, in order, without saying it: each entry is made into an event
when it is asked for.  Everything told at a moment follows from the rows up to that moment.

=========  ===========================================================================
orders     orders, cancels and trades as recorded
depth      the ten best levels after every change, and the trades
quotes     the best level after every change, and the trades without who took
snapshots  the ten best levels and the day's totals every three seconds
trades     the trades without who took
bars       bars of a minute; the opening auction's trades belong to the first one
=========  ===========================================================================

All but bars tell the indications and the result of a call auction; only orders tell its trades
one by one.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from feeds.calendar import Int64s
from feeds.order_day import TIME, OrderDay
from feeds.order_tape import LEVELS, SNAPSHOTS, SnapshotPhase
from matching.market import DataKind, Phase
from matching.units import NS_PER_MINUTE, NS_PER_SECOND

SNAPSHOT_NS = 3 * NS_PER_SECOND
HEARTBEAT_NS = 10 * NS_PER_SECOND  # an unchanged display is told again after so long


class Told(IntEnum):
    """What an entry is; its ``number`` means what is written beside it."""

    OPEN = 0
    PHASE = 1  # the phase
    ROW = 2  # the street's row
    PRINT = 3  # the street's row, without who took
    DISPLAY = 4  # the row after which it is shown
    PICTURE = 5  # the row after which it is taken
    INDICATION = 6  # the snapshot that told it
    CROSS = 7  # the auction
    BAR_OPEN = 8  # the bar
    BAR = 9  # the bar
    CLOSE = 10


class Timeline(NamedTuple):
    """Entries in order: columns of equal length."""

    at_ns: Int64s
    what: Int64s
    number: Int64s


# The order of what happens at one moment: phases that trade, rows, looks at the market, other
# phases, the end.
_BEFORE, _ROWS, _LOOKS, _AFTER, _END = range(5)


class _Builder:
    """Gathers entries of one timeline."""

    def __init__(self) -> None:
        self._parts: list[Int64s] = []

    def add(self, what: Told, at_ns: Int64s, number: Int64s, group: int, row: Int64s) -> None:
        """``row`` orders the entries of a group at one moment, then ``what`` does."""
        columns = (at_ns, np.full(len(at_ns), group), row, np.full(len(at_ns), what), number)
        self._parts.append(np.stack([np.asarray(one, np.int64) for one in columns]))

    def one(self, what: Told, at_ns: int, number: int, group: int, row: int = 0) -> None:
        columns = (at_ns, group, row, what, number)
        self._parts.append(np.array(columns, np.int64).reshape(-1, 1))

    def timeline(self) -> Timeline:
        table = np.concatenate(self._parts, axis=1)
        at_ns, group, row, what, number = table
        order = np.lexsort((what, row, group, at_ns))
        return Timeline(at_ns[order], what[order], number[order])


def degrade(day: OrderDay, kind: DataKind) -> Timeline:
    """What a feed of this kind tells of the day."""
    found = _Builder()
    _add_session(found, day, auctions=kind is not DataKind.BARS)
    match kind:
        case DataKind.ORDERS:
            rows = np.arange(day.tape.street.shape[1])
            found.add(Told.ROW, day.tape.street[TIME], rows, _ROWS, rows)
        case DataKind.DEPTH:
            _add_trades(found, day, Told.ROW)
            _add_displays(found, day, LEVELS)
        case DataKind.QUOTES:
            _add_trades(found, day, Told.PRINT)
            _add_displays(found, day, 1)
        case DataKind.SNAPSHOTS:
            _add_pictures(found, day)
        case DataKind.TRADES:
            _add_trades(found, day, Told.PRINT)
        case DataKind.BARS:
            _add_bars(found, day)
    return found.timeline()


def _add_session(found: _Builder, day: OrderDay, *, auctions: bool) -> None:
    found.one(Told.OPEN, day.start_ns, 0, _BEFORE, -1)
    for number, step in enumerate(day.phases):
        begins = step.phase in (Phase.CONTINUOUS, *_AUCTIONS) or number == 0
        found.one(Told.PHASE, step.at_ns, number, _BEFORE if begins else _AFTER, number)
    found.one(Told.CLOSE, day.end_ns, 0, _END)
    if not auctions:
        return
    for number, auction in enumerate(day.auctions):
        held = auction.stop_row > auction.first_row
        # Its trades follow it; without any it comes after the phase that ends it.
        group, row = (_ROWS, auction.first_row) if held else (_END, -1)
        found.one(Told.CROSS, auction.at_ns, number, group, row - held)
    _add_indications(found, day)


def _add_indications(found: _Builder, day: OrderDay) -> None:
    """What the market published of its running auctions: one price, shown on both sides."""
    columns = ("time", "phase", "bid_ticks_0", "ask_ticks_0")
    shown_at, phase, bid, ask = (day.tape.snapshots[SNAPSHOTS.index(one)] for one in columns)
    indicated = np.isin(phase, _INDICATING) & (bid == ask)
    told_at = shown_at + NS_PER_SECOND  # it is stamped with a second that had not ended
    for auction in day.auctions:
        rows = np.flatnonzero(indicated & (told_at >= auction.from_ns) & (told_at < auction.at_ns))
        found.add(Told.INDICATION, told_at[rows], rows, _LOOKS, rows)


_AUCTIONS = (
    Phase.OPENING_AUCTION,
    Phase.OPENING_LOCKED,
    Phase.CLOSING_AUCTION,
    Phase.CLOSING_LOCKED,
)
_INDICATING = (SnapshotPhase.OPENING_AUCTION, SnapshotPhase.CLOSING_AUCTION)


def _street_trades(day: OrderDay) -> Int64s:
    """Rows of the trades outside auctions."""
    rows = day.trade_rows
    for auction in day.auctions:
        rows = rows[(rows < auction.first_row) | (rows >= auction.stop_row)]
    return rows


def _add_trades(found: _Builder, day: OrderDay, what: Told) -> None:
    rows = _street_trades(day)
    found.add(what, day.tape.street[TIME, rows], rows, _ROWS, rows)


def _add_displays(found: _Builder, day: OrderDay, levels: int) -> None:
    rows = day.displayed
    seen = day.displays[rows].reshape(len(rows), 4, LEVELS)[:, :, :levels].reshape(len(rows), -1)
    changed = np.ones(len(rows), bool)
    changed[1:] = (seen[1:] != seen[:-1]).any(axis=1)
    rows = rows[changed]
    times = day.tape.street[TIME, rows]
    found.add(Told.DISPLAY, times, rows, _ROWS, rows)
    beats, shown = _heartbeats(day, times, rows)
    found.add(Told.DISPLAY, beats, shown, _LOOKS, beats)


def _heartbeats(day: OrderDay, times: Int64s, rows: Int64s) -> tuple[Int64s, Int64s]:
    """Moments of continuous trading at which nothing has been told for long, and what shows."""
    grid = _grid(day, HEARTBEAT_NS)
    newest = np.searchsorted(times, grid, side="right") - 1
    quiet = (newest >= 0) & (grid - times[np.maximum(newest, 0)] >= HEARTBEAT_NS)
    return grid[quiet], rows[newest[quiet]]


def _grid(day: OrderDay, step_ns: int) -> Int64s:
    """Every ``step_ns`` of continuous trading, counted from the start of each part of it."""
    parts = [
        np.arange(step.at_ns, step.ends_ns + 1, step_ns)
        for step in day.phases
        if step.phase is Phase.CONTINUOUS
    ]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _add_pictures(found: _Builder, day: OrderDay) -> None:
    """At each look what the last displayed row left; again when nothing happened for long."""
    rows = day.displayed
    grid = _grid(day, SNAPSHOT_NS)
    for auction in day.auctions:  # the result of an auction is shown at once
        grid = np.append(grid, auction.at_ns) if auction.stop_row > auction.first_row else grid
    grid = np.unique(grid)
    newest = np.searchsorted(day.tape.street[TIME, rows], grid, side="right") - 1
    changed = np.diff(newest, prepend=-1) > 0
    told: list[int] = []
    for k in np.flatnonzero(newest >= 0).tolist():
        if changed[k] or grid[k] - grid[told[-1]] >= HEARTBEAT_NS:
            told.append(k)
    found.add(Told.PICTURE, grid[told], rows[newest[told]], _LOOKS, grid[told])


def _add_bars(found: _Builder, day: OrderDay) -> None:
    bars = bars_of(day)
    numbers = np.arange(bars.shape[1])
    found.add(Told.BAR_OPEN, bars[0], numbers, _ROWS, numbers)
    found.add(Told.BAR, bars[1], numbers, _BEFORE, numbers - len(numbers))


def bars_of(day: OrderDay) -> Int64s:
    """Bars of a minute: int64[7, bars], when the first price was known, when the bar is finished,
    open, high, low, close, volume.  Trades of an auction count as the next minute's first; those of
    the closing auction make the closing price and belong to no minute."""
    prints = day.prints
    continuous = [step for step in day.phases if step.phase is Phase.CONTINUOUS]
    if not len(prints.at_ns) or not continuous:
        return np.empty((7, 0), np.int64)
    begins = np.array([step.at_ns for step in continuous], np.int64)
    ends = np.array([step.ends_ns for step in continuous], np.int64)
    part = np.searchsorted(ends, prints.at_ns, side="left")  # the end belongs to its own part
    kept = part < len(ends)
    at_ns = np.maximum(prints.at_ns[kept], begins[part[kept]])
    inside = np.minimum(at_ns, ends[part[kept]] - 1)
    minute = inside // NS_PER_MINUTE * NS_PER_MINUTE
    price, qty = prints.price_ticks[kept], prints.qty[kept]
    first = np.flatnonzero(np.diff(minute, prepend=-1))
    last = np.append(first[1:], len(minute)) - 1
    return np.stack(
        (
            at_ns[first],
            minute[first] + NS_PER_MINUTE,
            price[first],
            np.maximum.reduceat(price, first),
            np.minimum.reduceat(price, first),
            price[last],
            np.add.reduceat(qty, first),
        )
    )
