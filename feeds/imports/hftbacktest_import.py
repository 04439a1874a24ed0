"""The format hftbacktest: arrays of level changes and trades as a market tape."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from feeds.calendar import ALWAYS_OPEN_HOURS, time_of
from feeds.imports.capture_scales import Scale as PairScale
from feeds.imports.capture_scales import pair_of
from feeds.imports.hftbacktest import (
    EventFault,
    Events,
    Kind,
    events_of,
    raw_rows,
    scale_of,
)
from feeds.imports.importer import Job, Made, WantedError
from feeds.imports.naming import source_and_licence, tape_name
from feeds.imports.report import FileFault, StopImportError
from feeds.imports.row_faults import refuse_lines
from feeds.level_book import LevelBook
from feeds.market_manifest import TapeHeader
from feeds.records import TRADES, Table, depth_dtype, depth_row, trade_row
from feeds.tape_writer import TapeWriter
from matching.instrument import Instrument
from matching.market import Depth, Trade
from matching.orders import Side
from matching.units import AtNs, PriceTicks, Qty

_LEVELS = 10
_BATCH_ROWS = 1 << 13
_SYMBOL = re.compile(r"[a-z0-9]{5,20}", re.IGNORECASE)


def import_hftbacktest(job: Job) -> tuple[Made, ...]:
    """Import a file, or the files of a folder by name: one pair, its times going forward."""
    files = job.files("*.np[yz]") if job.wanted.path.is_dir() else job.files()
    if not files:
        name = job.wanted.path.name
        raise StopImportError(name, 0, FileFault.MISSING_FILE, "no npz or npy file in it")
    scale = PairScale()
    for path in files:
        with job.parts(path) as parts:
            for part in parts:
                price, qty = scale_of(part)
                if price is None or qty is None:
                    said = "its numbers have more than nine decimals"
                    raise StopImportError(part.name, 0, FileFault.CONTRADICTION, said)
                scale.price_decimals = max(scale.price_decimals, price)
                scale.qty_decimals = max(scale.qty_decimals, qty)
    instrument = _instrument(job, files[0].name, scale)
    source, licence = source_and_licence(job)
    name = tape_name(job.wanted.name, job.words().removesuffix(".npz").removesuffix(".npy"))
    header = TapeHeader(name, source, licence, ALWAYS_OPEN_HOURS, (instrument,), _LEVELS)
    with TapeWriter(job.root, header) as writer:
        walk = _Walk(job, writer, instrument)
        for path in files:
            with job.parts(path) as parts:
                for part in parts:
                    walk.file = part.name
                    for first, rows in raw_rows(part):
                        decimals = (scale.price_decimals, scale.qty_decimals)
                        events, bad = events_of(first, rows, *decimals)
                        for row, fault in bad:
                            job.report.refuse(part.name, row, fault)
                        walk.take(events)
        walk.finish()
        summary = writer.summary
        if summary.first_ns is None or summary.last_ns is None:
            raise StopImportError(files[0].name, 0, FileFault.NO_ROWS, "no trade and no book")
        job.report.count("crossed", summary.crossed)
        counts = {table.value: count for table, count in summary.rows.items() if count}
        tape_id = writer.finish()
    ends = (summary.first_ns, summary.last_ns)
    begun, ended = (time_of(one, "UTC").isoformat() for one in ends)
    return (Made(tape_id, sum(counts.values()), (begun, ended), 0, counts),)


def _instrument(job: Job, file: str, scale: PairScale) -> Instrument:
    words = job.wanted.symbol or next(iter(_SYMBOL.findall(file)), "")
    pair = pair_of(words)
    if pair is None:
        raise WantedError("Which pair is it? Give it with --symbol, as BTCUSDT.")
    found = scale.instrument(words.upper(), pair)
    assert found is not None, "nine decimals are an instrument's"
    return found


@dataclass(slots=True)
class _Walk:
    """Events on their way into rows; a display is told at the end of a moment that changed it."""

    job: Job
    writer: TapeWriter
    instrument: Instrument
    file: str = ""
    _book: LevelBook = field(default_factory=LevelBook)
    _now_ns: int = 0
    _heard_ns: int = 0
    _row: int = 0
    _shown: Any = ((), ())
    _displays: list[Any] = field(default_factory=list)
    _trades: list[Any] = field(default_factory=list)
    _lines: dict[Table, list[int]] = field(
        default_factory=lambda: {Table.TRADES: [], Table.DEPTH: []}
    )

    def take(self, events: Events) -> None:
        for row, kind, side, at_ns, heard_ns, price, qty in zip(
            *(column.tolist() for column in events), strict=True
        ):
            if at_ns < self._now_ns:
                self.job.report.refuse(self.file, row, EventFault.OUT_OF_ORDER, str(at_ns))
                continue
            if at_ns > self._now_ns:
                self._show()
                self._now_ns = at_ns
            self._heard_ns, self._row = heard_ns, row
            if kind == Kind.TRADE:
                self._trade(row, side, price, qty)
            elif kind == Kind.CLEAR:
                self._clear(side, price)
            else:
                self._book.put(Side(side), ((price, qty),))
        if len(self._displays) + len(self._trades) >= _BATCH_ROWS:
            self._flush()

    def finish(self) -> None:
        self._show()
        self._flush()

    def _trade(self, row: int, side: int, price: int, qty: int) -> None:
        taker = None if side < 0 else Side(side)
        clocks = (AtNs(self._now_ns), AtNs(self._heard_ns))
        name = self.instrument.instrument_id
        made = Trade(*clocks, 0, name, PriceTicks(price), Qty(qty), taker)
        self._trades.append(trade_row(made, 0))
        self._lines[Table.TRADES].append(row)

    def _clear(self, side: int, price: int) -> None:
        """Levels from the best one to ``price`` are gone, all of them where there is none."""
        for own in Side if side < 0 else (Side(side),):
            gone = [
                level.price_ticks
                for level in self._book.levels(own)
                if not price or own.sign * (level.price_ticks - price) >= 0
            ]
            self._book.put(own, ((one, 0) for one in gone))

    def _show(self) -> None:
        bids, asks = self._book.depth(_LEVELS)
        if (bids, asks) == self._shown:
            return
        self._shown = (bids, asks)
        clocks = (AtNs(self._now_ns), AtNs(self._heard_ns))
        shown = Depth(*clocks, 0, self.instrument.instrument_id, bids, asks, _LEVELS)
        self._displays.append(depth_row(shown, 0, _LEVELS))
        self._lines[Table.DEPTH].append(self._row)

    def _flush(self) -> None:
        kinds = (
            (Table.TRADES, self._trades, TRADES),
            (Table.DEPTH, self._displays, depth_dtype(_LEVELS)),
        )
        for table, rows, dtype in kinds:
            if rows:
                faults = self.writer.take(table, np.array(rows, dtype))
                lines = np.array(self._lines[table], np.int64)
                values = np.array([row[:1] for row in rows], np.int64)
                refuse_lines(self.job.report, self.file, lines, values, faults)
                rows.clear()
                self._lines[table].clear()
