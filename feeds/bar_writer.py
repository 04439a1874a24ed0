"""Writes tapes of bars row by row: the twin of ``feeds.tape_writer`` for daily and minute bars.

    with BarWriter(root, header, TapeKind.MINUTE_BARS) as writer:
        for batch in batches:
            faults = writer.bars(batch)  # RowFault per row, 0 where the row was taken
        tape_id = writer.finish()

Bars of one instrument must come in order of time; instruments may come in any order and mixed.  A
tape of bars is kept by instrument, so rows wait in one file until all have come, and memory does
not grow with them.  The tape and its id are those of ``make_tape`` and ``write_tape``.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import polars as pl

from feeds.calendar import day_of, time_of
from feeds.market_manifest import TapeHeader, with_instrument
from feeds.record_checks import BarOrder, Faults, RowFault, bar_faults
from feeds.records import BARS as BAR_RECORDS
from feeds.records import Int64s, Records, column_names, matrix
from feeds.tape import Tape, TapeError, TapeId, TapeKind, canonical, fact_faults
from feeds.tape_actions import sort_key
from feeds.tape_files import Draft
from feeds.tape_listings import listing_key
from feeds.tape_store import BARS, manifest_of
from matching.instrument import Instrument, InstrumentId

CHUNK_ROWS = 1 << 15  # of rows in memory at once
_COLUMNS = len(column_names(BAR_RECORDS))
_ROW_BYTES = 8 * _COLUMNS
_STORED = [0, 2, 3, 4, 5, 6]  # time, prices and volume: the columns that the id covers


class BarWriter:
    """See the module.  ``header`` may be replaced until ``finish`` with one of as many instruments
    or more; its ``levels`` mean nothing.  Instruments without a bar are left out of the tape.  Not
    safe for concurrent use."""

    def __init__(self, root: Path, header: TapeHeader, kind: TapeKind) -> None:
        assert kind in (TapeKind.DAILY_BARS, TapeKind.MINUTE_BARS)
        self.header = header
        self.kind = kind
        self.rows = 0
        self.refused = dict.fromkeys(RowFault, 0)
        self._draft = Draft(root)
        self._path = self._draft.folder / "waiting"
        self._file = self._path.open("w+b")
        self._order = BarOrder()
        self._pieces: list[Int64s] = []  # instrument, first row in the file, rows

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()

    def index(self, instrument: Instrument) -> int:
        """The place of an instrument, which is added when it is new.  TapeError when another one
        has its id."""
        self.header, place = with_instrument(self.header, instrument)
        return place

    def bars(self, records: Records) -> Faults:
        """Take rows of ``feeds.records.BARS``: int8[rows], the ``RowFault`` of each row that is
        left out, else 0.  TapeError when the records are of another type."""
        if records.dtype != BAR_RECORDS or records.ndim != 1:
            raise TapeError(f"bars: records are {records.dtype}, not {BAR_RECORDS}")
        records = np.ascontiguousarray(records)
        instruments = len(self.header.instruments)
        faults = bar_faults(records, instruments, daily=self.kind is TapeKind.DAILY_BARS)
        rows = self._order.check(records, faults, instruments)  # sorted by instrument
        for fault in np.unique(faults[faults != 0]).tolist():
            self.refused[RowFault(fault)] += int((faults == fault).sum())
        if len(rows):
            index = records["instrument"][rows]
            first = np.flatnonzero(np.diff(index, prepend=-1))
            counts = np.diff(first, append=len(rows))
            self._pieces.append(np.stack((index[first], self.rows + first, counts)))
            self._file.write(matrix(records)[rows].data)
            self.rows += len(rows)
        return faults

    def finish(self) -> TapeId:
        """Publish the tape and return its id; the writer is of no use afterwards.

        TapeError with the first fault when header and rows make no tape.
        """
        try:
            if not self.rows:
                raise TapeError("a tape needs a row")
            self._file.flush()
            found = np.concatenate(self._pieces, axis=1)
            found = found[:, np.argsort(found[0], kind="stable")]
            kept, places = np.unique(found[0], return_inverse=True)
            found[0] = places
            counts = np.bincount(places, found[2], len(kept)).astype(np.int64).tolist()
            tape = self._tape(kept.tolist())
            spans = self._write(found)
            for fault in fact_faults(tape, self._first_days(tape, spans)):
                raise TapeError(fault)
            tape_id = self._id(tape, found, counts)
            self._file.close()
            self._path.unlink()
            made = replace(tape, tape_id=tape_id)
            self._draft.publish(manifest_of(made, counts, spans, self._draft.files))
        finally:
            self.discard()
        return tape_id

    def _tape(self, kept: list[int]) -> Tape:
        """Everything but the columns."""
        header = self.header
        instruments = tuple(header.instruments[place] for place in kept)
        return Tape(
            tape_id=TapeId(""),
            name=header.name,
            kind=self.kind,
            source=header.source,
            licence=header.licence,
            origin=header.origin,
            hours=header.hours,
            instruments=instruments,
            first_references=tuple(header.reference(one.instrument_id) for one in instruments),
            splits=tuple(sorted(header.splits, key=lambda one: (one.session, one.instrument_id))),
            columns=(),
            actions=tuple(sorted(header.actions, key=sort_key)),
            listings=tuple(sorted(header.listings, key=listing_key)),
            minutes=header.minutes,
        )

    def _write(self, pieces: Int64s) -> list[tuple[int, int]]:
        """The table by instrument and time; first and last time of each instrument."""
        names = column_names(BAR_RECORDS)
        parts: list[Path] = []
        spans: dict[int, tuple[int, int]] = {}
        for chunk in self._chunks(pieces):
            for row, end in zip(*_bounds(chunk[:, 1]), strict=True):
                place = int(chunk[row, 1])
                begun = spans.get(place, (int(chunk[row, 0]), 0))[0]
                spans[place] = (begun, int(chunk[end, 0]))
            frame = pl.DataFrame(dict(zip(names, chunk.T, strict=True)))
            parts.append(self._draft.folder / f"part-{len(parts):06}")
            frame.select("instrument", "time", *names[2:]).write_parquet(
                parts[-1], compression="lz4", statistics=False
            )
        self._draft.join(BARS, parts)
        return [spans[place] for place in sorted(spans)]

    def _first_days(self, tape: Tape, spans: list[tuple[int, int]]) -> dict[InstrumentId, date]:
        daily, zone = self.kind is TapeKind.DAILY_BARS, tape.hours.time_zone
        return {
            one.instrument_id: day_of(span[0]) if daily else time_of(span[0], zone).date()
            for one, span in zip(tape.instruments, spans, strict=True)
        }

    def _id(self, tape: Tape, pieces: Int64s, counts: list[int]) -> TapeId:
        """As ``content_id`` of the whole tape: column by column of each instrument."""
        digest = hashlib.sha256(canonical(tape, counts))
        stops = np.searchsorted(pieces[0], np.arange(1, len(counts) + 1)).tolist()
        for place, (begin, stop) in enumerate(pairwise([0, *stops])):
            own = pieces[:, begin:stop]
            if counts[place] <= CHUNK_ROWS:
                (chunk,) = self._chunks(own)
                for column in _STORED:
                    digest.update(np.ascontiguousarray(chunk[:, column]).data)
                continue
            for column in _STORED:
                for chunk in self._chunks(own):
                    digest.update(np.ascontiguousarray(chunk[:, column]).data)
        return TapeId(f"{tape.name}-{digest.hexdigest()[:16]}")

    def _chunks(self, pieces: Int64s) -> Iterator[Int64s]:
        """Rows of pieces in order, some at a time; ``instrument`` is the place in the tape."""
        buffer = np.empty((CHUNK_ROWS, _COLUMNS), np.int64)
        held = 0
        for place, first, count in pieces.T.tolist():
            done = 0
            while done < count:
                taken = min(count - done, CHUNK_ROWS - held)
                room = buffer[held : held + taken]
                place_bytes = (first + done) * _ROW_BYTES
                told = os.preadv(self._file.fileno(), [room.data.cast("B")], place_bytes)
                assert told == room.nbytes
                room[:, 1] = place
                held, done = held + taken, done + taken
                if held == CHUNK_ROWS:
                    yield buffer
                    held = 0
        if held:
            yield buffer[:held]

    def discard(self) -> None:
        """Leave nothing behind; after ``finish`` without effect."""
        self._file.close()
        self._draft.discard()


def _bounds(index: Int64s) -> tuple[list[int], list[int]]:
    """First and last row of each instrument of rows sorted by instrument."""
    changes = np.flatnonzero(np.diff(index))
    return [0, *(changes + 1).tolist()], [*changes.tolist(), len(index) - 1]
