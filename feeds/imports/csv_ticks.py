"""Trades, quotes and depth as delimited text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from feeds.calendar import Hours, Int64s, time_of
from feeds.imports.csv_spec import Symbols, TableSpec
from feeds.imports.csv_table import Rows, TableReader
from feeds.imports.csv_values import BarFault
from feeds.imports.importer import Job, Made
from feeds.imports.instruments import Instruments
from feeds.imports.opening import Part
from feeds.imports.tick_words import PRICE, QTY, SIDE, levels_of, side_codes
from feeds.market_manifest import TapeHeader
from feeds.record_checks import Faults, RowFault
from feeds.records import TRADES, Aggressor, Records, Table, depth_dtype, empty
from feeds.tape_writer import TapeWriter

_FAULTS = {
    RowFault.NOT_A_TIME: BarFault.NOT_A_TIME,
    RowFault.NOT_POSITIVE: BarFault.NOT_POSITIVE,
    RowFault.TOO_LARGE: BarFault.TOO_LARGE,
    RowFault.LEVELS_OUT_OF_ORDER: BarFault.LEVELS_OUT_OF_ORDER,
    RowFault.TIME_RUNS_BACK: BarFault.OUT_OF_ORDER,
}


@dataclass(frozen=True, slots=True)
class CsvTicks:
    """How a table of ticks is to be read: ``spec`` has the columns.  ``sides`` says who took, by
    the words of the column; those that it does not have are nobody known."""

    name: str
    source: str
    licence: str
    hours: Hours
    spec: TableSpec
    sides: Mapping[str, Aggressor] | None = None
    notes: tuple[str, ...] = ()


class TickImport:
    """One market tape that is being imported."""

    def __init__(self, job: Job, plan: CsvTicks, instruments: Instruments) -> None:
        self.job = job
        self.plan = plan
        self.symbols = Symbols(plan.spec)
        self._instruments = instruments
        self._levels = levels_of(plan.spec.fields)
        self._trades = PRICE in plan.spec.fields

    def read(self, parts: Iterable[Part]) -> tuple[Made, ...]:
        """Read parts into one tape; nothing when no line of them can be used."""
        plan = self.plan
        header = TapeHeader(
            plan.name, plan.source, plan.licence, plan.hours, levels=max(1, self._levels)
        )
        with TapeWriter(self.job.root, header) as writer:
            for part in parts:
                self._read(writer, part)
            return self._finish(writer)

    def _read(self, writer: TapeWriter, part: Part) -> None:
        reader = TableReader(part, self.plan.spec, self.symbols, self.job.report)
        for rows in reader:
            header = writer.header
            if len(header.instruments) < len(self.symbols.instruments):
                found = tuple(self.symbols.instruments)
                writer.header = replace(header, instruments=found)
            if self._trades:
                self._take_trades(writer, rows, reader.encoding)
            if self._levels:
                self._take_depth(writer, rows)

    def _take_trades(self, writer: TapeWriter, rows: Rows, encoding: str) -> None:
        values = rows.values
        if self._levels:  # a quote may come with the last trade, or without one
            keep = rows.good & (values[PRICE] > 0) & (values[QTY] > 0)
        else:
            rows.drop(values[PRICE] < 1, BarFault.NOT_POSITIVE, PRICE)
            rows.drop(values[QTY] < 1, BarFault.NOT_POSITIVE, QTY)
            keep = rows.good
        where = np.flatnonzero(keep)
        records = empty(TRADES, len(where))
        self._head(records, rows, where)
        records["price_ticks"], records["qty"] = values[PRICE][where], values[QTY][where]
        if SIDE in values:
            codes = side_codes(self.plan.sides, encoding)
            words, places = np.unique(values[SIDE][where], return_inverse=True)
            takers = [codes.get(word, int(Aggressor.UNKNOWN)) for word in words.tolist()]
            records["aggressor"] = np.array(takers, np.int64)[places]
        self._drop(rows, where, writer.trades(records))

    def _take_depth(self, writer: TapeWriter, rows: Rows) -> None:
        where = np.flatnonzero(rows.good)
        records = empty(depth_dtype(self._levels), len(where))
        self._head(records, rows, where)
        for side in ("bid", "ask"):
            for level in range(self._levels):
                name = f"{side}{level + 1}"
                if name in rows.values:
                    price, qty = rows.values[name][where], rows.values[f"{name}_qty"][where]
                    shown = (price > 0) & (qty > 0)
                    records[f"{side}_ticks"][:, level] = np.where(shown, price, 0)
                    records[f"{side}_qty"][:, level] = np.where(shown, qty, 0)
        self._drop(rows, where, writer.take(Table.DEPTH, records))

    def _head(self, records: Records, rows: Rows, where: Int64s) -> None:
        records["at_ns"] = records["heard_ns"] = rows.at_ns[where]
        records["instrument"] = rows.instrument[where]

    def _drop(self, rows: Rows, where: Int64s, faults: Faults) -> None:
        for fault in np.unique(faults[faults != 0]).tolist():
            bad = np.zeros(len(rows.good), np.bool_)
            bad[where[faults == fault]] = True
            rows.drop(bad, _FAULTS[RowFault(fault)])

    def _finish(self, writer: TapeWriter) -> tuple[Made, ...]:
        summary = writer.summary
        if summary.first_ns is None or summary.last_ns is None:
            return ()
        header = writer.header
        numbers = range(len(header.instruments))
        references = self._instruments.references(self.symbols.by_symbol(numbers))
        writer.header = replace(header, first_references=references)
        tape_id = writer.finish()
        self.job.report.count("crossed", summary.crossed)
        self.job.report.count("duplicates", summary.repeated)
        counts = {table.value: count for table, count in summary.rows.items() if count}
        zone = self.plan.hours.time_zone
        first, last = (time_of(at, zone).isoformat() for at in (summary.first_ns, summary.last_ns))
        rows = sum(counts.values())
        told = {"instruments": len(numbers)} | counts
        return (Made(tape_id, rows, (first, last), 0, told, self.plan.notes),)
