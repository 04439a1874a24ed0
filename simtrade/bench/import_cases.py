"""What ``simtrade bench import`` measures: one case per way into a tape.

A case makes its recording first (not timed) and then imports it, both in a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from feeds.bar_writer import BarWriter
from feeds.calendar import ALWAYS_OPEN_HOURS
from feeds.market_manifest import TapeHeader
from feeds.records import BARS, TRADES, Records, Table, depth_dtype, empty
from feeds.tape import TapeKind
from feeds.tape_writer import TapeWriter
from matching.instrument import Instrument, InstrumentId
from matching.units import CURRENCIES, NS_PER_MINUTE, NS_PER_SECOND
from simtrade.bench.import_files import (
    import_bars,
    import_itch,
    import_parquet,
    import_ticks,
    make_bars,
    make_itch,
    make_parquet,
    make_ticks,
)
from simtrade.bench.sse_files import import_sse, make_sse

BARS_AND_TICKS = 1_000_000  # rows a second that the issue asks for
ORDER_BY_ORDER = 300_000

_BATCH = 100_000
_INSTRUMENTS = 50
_LEVELS = 10
_START_NS = 1_700_000_000 * NS_PER_SECOND


@dataclass(frozen=True, slots=True)
class Case:
    """``make(folder, rows)`` writes the recording and returns its path; ``run(root, path, rows)``
    imports it below ``root`` and returns how many rows became part of the tape."""

    name: str
    must_rows_per_second: int
    make: Callable[[Path, int], Path]
    run: Callable[[Path, Path, int], int]


def sample_instrument(number: int) -> Instrument:
    """One of any number of invented shares."""
    symbol = f"S{number:04}"
    return Instrument(
        InstrumentId(f"XTST:{symbol}"), symbol, symbol, symbol, CURRENCIES["USD"], "XTST", "main"
    )


def sample_header(levels: int = 1) -> TapeHeader:
    """The header of a tape of invented shares."""
    return TapeHeader(
        name="bench",
        source="made for the benchmark",
        licence="none",
        hours=ALWAYS_OPEN_HOURS,
        instruments=tuple(sample_instrument(number) for number in range(_INSTRUMENTS)),
        levels=levels,
    )


def _nothing(folder: Path, rows: int) -> Path:  # noqa: ARG001
    return folder


def _records(table: Table, first: int, rows: int) -> Records:
    """A batch of rows of all instruments a millisecond apart."""
    number = np.arange(first, first + rows)
    wave = 10_000 + (number * 7919 % 211)
    made = empty(TRADES if table is Table.TRADES else depth_dtype(_LEVELS), rows)
    made["at_ns"] = made["heard_ns"] = _START_NS + number * 1_000_000
    made["seq"] = number
    made["instrument"] = number * 31 % _INSTRUMENTS
    if table is Table.TRADES:
        made["price_ticks"], made["qty"], made["aggressor"] = wave, number % 900 + 1, number % 3
        return made
    steps = np.arange(_LEVELS)
    made["bid_ticks"], made["ask_ticks"] = wave[:, None] - steps, wave[:, None] + 1 + steps
    made["bid_qty"] = made["ask_qty"] = (number[:, None] * (steps + 3)) % 900 + 1
    return made


def _write(table: Table, root: Path, rows: int) -> int:
    with TapeWriter(root, sample_header(_LEVELS)) as writer:
        for first in range(0, rows, _BATCH):
            writer.take(table, _records(table, first, min(_BATCH, rows - first)))
        taken = writer.summary.rows[table]
        writer.finish()
    return taken


def _write_trades(root: Path, path: Path, rows: int) -> int:  # noqa: ARG001
    return _write(Table.TRADES, root, rows)


def _write_depth(root: Path, path: Path, rows: int) -> int:  # noqa: ARG001
    return _write(Table.DEPTH, root, rows)


def _write_bars(root: Path, path: Path, rows: int) -> int:  # noqa: ARG001
    """Minutes of all instruments, one minute after the other: the hardest order to sort."""
    with BarWriter(root, sample_header(), TapeKind.MINUTE_BARS) as writer:
        for first in range(0, rows, _BATCH):
            number = np.arange(first, min(first + _BATCH, rows))
            made = empty(BARS, len(number))
            made["time"] = _START_NS // NS_PER_MINUTE * NS_PER_MINUTE
            made["time"] += number // _INSTRUMENTS * NS_PER_MINUTE
            made["instrument"] = number % _INSTRUMENTS
            made["open_ticks"] = made["close_ticks"] = 10_000 + number * 7919 % 211
            made["high_ticks"] = made["open_ticks"] + number % 7
            made["low_ticks"] = made["open_ticks"] - number % 5
            made["volume"] = number % 900
            writer.bars(made)
        taken = writer.rows
        writer.finish()
    return taken


CASES = {
    one.name: one
    for one in (
        Case("csv-bars", BARS_AND_TICKS, make_bars, import_bars),
        Case("csv-ticks", BARS_AND_TICKS, make_ticks, import_ticks),
        Case("parquet-bars", ORDER_BY_ORDER, make_parquet, import_parquet),
        Case("itch", ORDER_BY_ORDER, make_itch, import_itch),
        Case("sse-l2", ORDER_BY_ORDER, make_sse, import_sse),
        Case("writer-trades", BARS_AND_TICKS, _nothing, _write_trades),
        Case("writer-bars", BARS_AND_TICKS, _nothing, _write_bars),
        Case("writer-depth", ORDER_BY_ORDER, _nothing, _write_depth),
    )
}
