"""Small batches of market data for the tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from feeds.calendar import ALWAYS_OPEN_HOURS
from feeds.feed import Bars
from feeds.market_feed import MarketFeed
from feeds.market_manifest import TapeHeader
from feeds.market_store import open_market_tape
from feeds.records import STATUS, TRADES, Records, Table, depth_dtype, snapshot_dtype
from feeds.tape_writer import TapeWriter
from matching.market import DataKind, MarketEvent
from matching.units import AtNs
from tests.feeds.samples import AWAKE, instrument

LEVELS = 2
START_NS = 1_700_006_400 * 1_000_000_000  # midnight of 2023-11-15 in London
SECOND = 1_000_000_000


def header(*symbols: str, **changes: Any) -> TapeHeader:
    facts: dict[str, Any] = {
        "name": "sample",
        "source": "made up",
        "licence": "none",
        "hours": ALWAYS_OPEN_HOURS,
        "instruments": tuple(instrument(symbol) for symbol in symbols or ("A", "B")),
        "levels": LEVELS,
    }
    return TapeHeader(**(facts | changes))


def trades(*rows: Sequence[int]) -> Records:
    """Rows of second, instrument, price and quantity; then seq, aggressor and flags."""
    made = []
    for row in rows:
        second, index, price, qty, seq, taker, flags = (*row, *([0] * (7 - len(row))))
        at_ns = START_NS + second * SECOND
        made.append((at_ns, at_ns, seq, index, price, qty, taker, flags))
    return np.array(made, TRADES)


def displays(*rows: Any, levels: int = LEVELS) -> Records:
    """Rows of second, instrument, bids and asks, both as pairs of price and quantity; then seq."""
    made = []
    for second, index, bids, asks, *seq in rows:
        at_ns = START_NS + second * SECOND
        parts: list[list[int]] = []
        for side in (bids, asks):
            whole = [*side, *([(0, 0)] * (levels - len(side)))]
            parts += [[one[0] for one in whole], [one[1] for one in whole]]
        made.append((at_ns, at_ns, *(seq or (0,)), index, *parts))
    return np.array(made, depth_dtype(levels))


def statuses(*rows: Sequence[int]) -> Records:
    """Rows of second, instrument and kind; then price, qty, unmatched side and quantity."""
    made = []
    for row in rows:
        second, index, kind, price, qty, side, left = (*row, *([0] * (7 - len(row))))
        at_ns = START_NS + second * SECOND
        made.append((at_ns, at_ns, 0, index, kind, price, qty, side, left))
    return np.array(made, STATUS)


def snapshots(depth: Records, totals: Iterable[Sequence[int]]) -> Records:
    """The displays with last, high, low, volume, turnover and trades."""
    made = np.zeros(len(depth), snapshot_dtype(depth["bid_ticks"].shape[1]))
    for name in depth.dtype.names or ():
        made[name] = depth[name]
    names = ("last_ticks", "high_ticks", "low_ticks", "volume", "turnover", "trades")
    for row, told in enumerate(totals):
        for name, value in zip(names, told, strict=True):
            made[name][row] = value
    return made


@st.composite
def days(draw: st.DrawFn, instruments: int = 2, most: int = 30) -> dict[Table, Records]:
    """Any good rows of an afternoon in the order in which they came."""
    found: dict[Table, Records] = {}
    for table in (Table.TRADES, Table.DEPTH, Table.STATUS):
        moments = sorted(draw(st.lists(st.integers(0, 3600), max_size=most)))
        rows = [draw(_row(table, second, instruments)) for second in moments]
        made = {Table.TRADES: trades, Table.DEPTH: displays, Table.STATUS: statuses}[table]
        if rows:
            found[table] = made(*rows)
    return found


def _row(table: Table, second: int, instruments: int) -> st.SearchStrategy[Any]:
    index, qty = st.integers(0, instruments - 1), st.integers(1, 500)
    price, seq = st.integers(90, 110), st.integers(0, 3)
    if table is Table.TRADES:
        return st.tuples(st.just(second), index, price, qty, seq, st.integers(0, 3))
    if table is Table.STATUS:
        return st.tuples(st.just(second), index, st.integers(1, 2))
    bids = st.lists(st.tuples(price, qty), max_size=LEVELS, unique_by=lambda one: one[0])
    ladder = st.tuples(st.just(second), index, bids, bids, seq)
    return ladder.map(lambda row: (*row[:2], sorted(row[2], reverse=True), sorted(row[3]), row[4]))


def feed_of(
    root: Path, rows: dict[Table, Records], kind: DataKind | None = None, **changes: object
) -> MarketFeed:
    with TapeWriter(root, header(**changes)) as writer:
        for table, records in rows.items():
            assert not writer.take(table, records).any()
        return MarketFeed(open_market_tape(root, writer.finish()), kind)


def columns(bars: Bars) -> list[list[int]]:
    return [getattr(bars, one.name).tolist() for one in fields(bars) if one.name != "partial"]


def told(feed: MarketFeed, after: int = 0, to: int | None = None) -> list[MarketEvent]:
    return list(feed.events(AtNs(after), AtNs(feed.end_ns if to is None else to), lambda _: AWAKE))
