"""Writes market tapes row by row: any number of instruments and sessions in little memory.

    with TapeWriter(root, header) as writer:
        for batch in batches:
            faults = writer.trades(batch)  # RowFault per row, 0 where the row was taken
        tape_id = writer.finish()

Rows go into parts of some megabytes as they come.  Neither parts nor id depend on how the rows were
cut into batches.  Rows of one table and instrument must not go back in time; rows of the same
session should come together, or opening a session means reading all parts.  The tape appears with
``finish``, whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import polars as pl

from feeds.market_manifest import (
    QUARTER_NS,
    Content,
    TapeHeader,
    header_faults,
    manifest_of,
    with_instrument,
)
from feeds.record_checks import Continuity, Faults, RowFault, content_faults, crossed_rows
from feeds.records import Int64s, Records, Table, column_names, dtype_of, matrix
from feeds.tape import TapeError, TapeId
from feeds.tape_files import Draft, PartEntry
from matching.instrument import Instrument

PART_BYTES = 16 << 20  # of a part in memory: what a reader loads at once


@dataclass(slots=True)
class TapeSummary:
    """What came: counts of rows.  ``gaps`` and ``missing`` are known of numbered tables only."""

    rows: dict[Table, int] = field(default_factory=lambda: dict.fromkeys(Table, 0))
    refused: dict[RowFault, int] = field(default_factory=lambda: dict.fromkeys(RowFault, 0))
    crossed: int = 0  # displays whose best bid is not below the best ask: kept
    repeated: int = 0  # rows that say what the instrument's row before said: kept
    gaps: int = 0  # places where numbers are missing
    missing: int = 0  # how many numbers are missing
    first_ns: int | None = None
    last_ns: int | None = None


class _Press:
    """Writes parts beside the work of taking rows, one at a time, so that few are in memory."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "tape-part")
        self._running: Future[None] | None = None

    def start(self, write: Callable[[Int64s], None], rows: Int64s) -> None:
        """Begin a part when the one before is written."""
        self.wait()
        self._running = self._pool.submit(write, rows)

    def wait(self) -> None:
        """Until nothing is being written; raises what went wrong."""
        running, self._running = self._running, None
        if running is not None:
            running.result()

    def close(self) -> None:
        self._pool.shutdown(wait=True)


class _Rows:
    """The rows of one table on their way into parts."""

    def __init__(
        self, table: Table, levels: int, draft: Draft, press: _Press, *, numbered: bool
    ) -> None:
        self.table = table
        self.dtype = dtype_of(table, levels)
        self.continuity = Continuity(numbered=numbered)
        self.digest = hashlib.sha256()
        self.count = 0
        self.parts: list[PartEntry] = []
        self._draft = draft
        self._press = press
        self._room = PART_BYTES // self.dtype.itemsize
        self._buffer = self._empty()
        self._held = 0

    def _empty(self) -> Int64s:
        return np.empty((self._room, self.dtype.itemsize // 8), "<i8")

    def take(self, rows: Int64s) -> None:
        self.count += len(rows)
        done = 0
        while done < len(rows):
            taken = min(len(rows) - done, self._room - self._held)
            self._buffer[self._held : self._held + taken] = rows[done : done + taken]
            self._held += taken
            done += taken
            if self._held == self._room:
                self.flush()

    def flush(self) -> None:
        """Let what is held be written as a part."""
        if self._held:
            self._press.start(self._write, self._buffer[: self._held])
            self._buffer, self._held = self._empty(), 0

    def _write(self, rows: Int64s) -> None:
        self.digest.update(rows.data)
        name = f"{self.table}-{len(self.parts):06}.parquet"
        names = column_names(self.dtype)
        self._draft.add(name, pl.DataFrame(dict(zip(names, rows.T, strict=True))))
        first, last = int(rows[:, 0].min()), int(rows[:, 0].max())
        self.parts.append(PartEntry(name, self.table, len(rows), first, last))


class TapeWriter:
    """See the module.  ``header`` may be replaced until ``finish``, with the same levels and more
    instruments, never fewer.  ``numbered`` names the tables whose ``seq`` is the source's own dense
    number of an instrument's rows: then what is missing is counted, and what comes twice refused.
    Not safe for concurrent use."""

    def __init__(self, root: Path, header: TapeHeader, *, numbered: Collection[Table] = ()) -> None:
        self.header = header
        self._numbered = frozenset(numbered)
        self._draft = Draft(root)
        self._press = _Press()
        self._levels = header.levels
        self._tables: dict[Table, _Rows] = {}
        self._summary = TapeSummary()
        self._rows = np.zeros(0, np.int64)  # of each instrument
        self._first = np.zeros(0, np.int64)
        self._last = np.zeros(0, np.int64)
        self._quarters: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()

    @property
    def summary(self) -> TapeSummary:
        """What has come up to now."""
        found = [rows.continuity for rows in self._tables.values()]
        self._summary.repeated = sum(one.twice for one in found)
        self._summary.gaps = sum(one.gaps for one in found)
        self._summary.missing = sum(one.missing for one in found)
        return self._summary

    def index(self, instrument: Instrument) -> int:
        """The place of an instrument, which is added when it is new.  TapeError when another one
        has its id."""
        self.header, place = with_instrument(self.header, instrument)
        return place

    def trades(self, records: Records) -> Faults:
        """Take rows of ``TRADES``; see ``take``."""
        return self.take(Table.TRADES, records)

    def depth(self, records: Records) -> Faults:
        """Take rows of ``depth_dtype(header.levels)``; see ``take``."""
        return self.take(Table.DEPTH, records)

    def snapshots(self, records: Records) -> Faults:
        """Take rows of ``snapshot_dtype(header.levels)``; see ``take``."""
        return self.take(Table.SNAPSHOTS, records)

    def status(self, records: Records) -> Faults:
        """Take rows of ``STATUS``; see ``take``."""
        return self.take(Table.STATUS, records)

    def take(self, table: Table, records: Records) -> Faults:
        """Take a batch of rows: int8[rows], the ``RowFault`` of each row that is left out, else 0.

        TapeError when the records are of another type than the table's.
        """
        rows = self._tables.get(table)
        if rows is None:
            rows = self._tables[table] = _Rows(
                table, self._levels, self._draft, self._press, numbered=table in self._numbered
            )
        if records.dtype != rows.dtype or records.ndim != 1:
            raise TapeError(f"{table}: records are {records.dtype}, not {rows.dtype}")
        records = np.ascontiguousarray(records)
        instruments = len(self.header.instruments)
        faults = content_faults(table, records, instruments)
        rows.continuity.check(records, faults, instruments)
        bad = faults != 0
        if bad.any():
            for fault, count in zip(*np.unique(faults[bad], return_counts=True), strict=True):
                self._summary.refused[RowFault(int(fault))] += int(count)
            records = records[~bad]
        if len(records):
            self._count(table, records, instruments)
            rows.take(matrix(records))
        return faults

    def _count(self, table: Table, records: Records, instruments: int) -> None:
        summary, at_ns, index = self._summary, records["at_ns"], records["instrument"]
        summary.rows[table] += len(records)
        if table in (Table.DEPTH, Table.SNAPSHOTS):
            summary.crossed += int(crossed_rows(records).sum())
        first, last = int(at_ns.min()), int(at_ns.max())
        summary.first_ns = min(first, summary.first_ns or first)
        summary.last_ns = max(last, summary.last_ns or last)
        quarters = at_ns // QUARTER_NS
        changes = np.flatnonzero(np.diff(quarters, prepend=-1))
        self._quarters.update(quarters[changes].tolist())
        more = instruments - len(self._rows)
        if more:
            self._rows = np.append(self._rows, np.zeros(more, np.int64))
            self._first = np.append(self._first, np.full(more, 1 << 62))
            self._last = np.append(self._last, np.zeros(more, np.int64))
        self._rows += np.bincount(index, minlength=instruments)
        np.minimum.at(self._first, index, at_ns)
        np.maximum.at(self._last, index, at_ns)

    def finish(self) -> TapeId:
        """Publish the tape and return its id; the writer is of no use afterwards.

        TapeError with the first fault when header and rows make no tape.
        """
        try:
            for rows in self._tables.values():
                rows.flush()
            self._press.wait()
            content = self._content()
            for fault in header_faults(self.header, content):
                raise TapeError(fault)
            manifest = manifest_of(self.header, content, self._draft.files)
            self._draft.publish(manifest)
        finally:
            self.discard()
        return TapeId(manifest.tape_id)

    def _content(self) -> Content:
        count = len(self.header.instruments)
        more = count - len(self._rows)
        summary = self._summary
        whole = (summary.first_ns or 0, summary.last_ns or 0)
        seen = list(zip(self._first.tolist(), self._last.tolist(), strict=True))
        counts = [*self._rows.tolist(), *([0] * more)]
        spans = [
            one if rows else whole
            for one, rows in zip((*seen, *([whole] * more)), counts, strict=True)
        ]
        tables = self._tables
        return Content(
            instrument_rows=counts,
            spans=spans,
            counts={table: summary.rows[table] for table in Table},
            digests={table: rows.digest.hexdigest() for table, rows in tables.items()},
            quarters=frozenset(self._quarters),
            parts=tuple(part for table in Table if table in tables for part in tables[table].parts),
        )

    def discard(self) -> None:
        """Leave nothing behind; after ``finish`` without effect."""
        self._press.close()
        self._draft.discard()
