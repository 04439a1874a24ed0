"""Writes a tape of orders row by row, in little memory whatever its size.

    with OrderWriter(root, head) as writer:
        for rows in batches:
            faults = writer.take(rows)  # StreetFault per row, 0 where it follows from those before
        tape_id = writer.finish()

Neither the tape nor its id depend on how the rows were cut into batches.  One row that does not
follow from the others makes it no tape: with one order missing the day's queues are others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.io.plugins import register_io_source

from feeds.calendar import Int64s
from feeds.order_store import ORDER_FILES, OrderFacts, manifest_of
from feeds.order_tape import (
    SNAPSHOTS,
    STREET,
    OrderTape,
    StreetKind,
    head_faults,
    id_of,
    table_fault,
)
from feeds.street_check import StreetCheck
from feeds.tape import TapeError, TapeId
from feeds.tape_files import Draft

_PIECE_ROWS = 1 << 14
_GROUP_ROWS = 1 << 15
_DIGEST_BYTES = 1 << 20


def blank(names: tuple[str, ...], rows: int = 0) -> Int64s:
    """A table of zeros with these columns."""
    return np.zeros((len(names), rows), np.int64)


class _Table:
    """One table on its way to the disk: first its columns as they are, in a file each."""

    def __init__(self, folder: Path, file: str, names: tuple[str, ...]) -> None:
        self.folder, self.file, self.names = folder, file, names
        self.rows = 0
        self.last = blank(names)  # the newest row
        self._columns = [folder / f".{file}-{name}" for name in names]

    def take(self, table: Int64s) -> None:
        if not table.shape[1]:
            return
        self.rows += table.shape[1]
        self.last = table[:, -1:].copy()
        for path, column in zip(self._columns, table, strict=True):
            with path.open("ab") as file:
                file.write(np.ascontiguousarray(column, "<i8").data)

    def columns(self) -> Iterator[memoryview]:
        """The columns one after the other, in pieces."""
        for path in self._columns:
            if self.rows:
                with path.open("rb") as file:
                    while piece := file.read(_DIGEST_BYTES):
                        yield memoryview(piece)

    def write(self) -> None:
        """Make one Parquet file of the columns and leave nothing else."""
        frames = register_io_source(self._frames, schema=dict.fromkeys(self.names, pl.Int64()))
        frames.sink_parquet(
            self.folder / self.file,
            compression="zstd",
            statistics=False,
            row_group_size=_GROUP_ROWS,
            maintain_order=True,
        )
        for path in self._columns:
            path.unlink(missing_ok=True)

    def _frames(self, *_told: object) -> Iterator[pl.DataFrame]:
        """The rows from the beginning, in the pieces that polars takes in."""
        with ExitStack() as stack:
            files = [stack.enter_context(path.open("rb")) for path in self._columns if self.rows]
            for first in range(0, max(1, self.rows), _PIECE_ROWS):
                count = min(_PIECE_ROWS, self.rows - first)
                pieces = [np.frombuffer(file.read(8 * count), "<i8") for file in files]
                yield pl.DataFrame(
                    dict(zip(self.names, pieces or blank(self.names), strict=True)),
                    schema=dict.fromkeys(self.names, pl.Int64()),
                )


class OrderWriter:
    """See the module.  ``head`` has the facts of the tape, its own tables and id do not count; it
    may be replaced until ``finish``.  Not safe for concurrent use."""

    def __init__(self, root: Path, head: OrderTape) -> None:
        self.head = head
        self.faults = 0  # rows that do not follow from those before
        self._draft = Draft(root)
        tables = (_Table(self._draft.folder, *one) for one in ORDER_FILES.items())
        self._street, self._snapshots = tables
        self._check = StreetCheck()
        self._kinds = np.zeros(len(StreetKind), np.int64)
        self._span: tuple[int, int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()

    def take(self, rows: Int64s) -> NDArray[np.int8]:
        """Take rows int64[len(STREET), n]: the ``StreetFault`` of each, 0 for a good one.

        TapeError for rows that are none by themselves, or not in their order.
        """
        self._checked(np.concatenate((self._street.last, rows), axis=1), blank(SNAPSHOTS))
        faults = self._check.walk(rows)
        self.faults += int((faults != 0).sum())
        self._kinds += np.bincount(rows[2], minlength=len(StreetKind))
        self._street.take(rows)
        self._reach(rows[1])
        return faults

    def show(self, rows: Int64s) -> None:
        """Take snapshots int64[len(SNAPSHOTS), n]; TapeError as above."""
        self._checked(blank(STREET), np.concatenate((self._snapshots.last, rows), axis=1))
        self._snapshots.take(rows)
        self._reach(rows[0])

    def _checked(self, street: Int64s, snapshots: Int64s) -> None:
        fault = table_fault(self.head, street, snapshots)
        if fault:
            raise TapeError(fault)

    def _reach(self, times: Int64s) -> None:
        if len(times):
            first, last = int(times[0]), int(times[-1])
            before = self._span or (first, last)
            self._span = (min(first, before[0]), max(last, before[1]))

    @property
    def rows(self) -> int:
        """How many rows of orders there are."""
        return self._street.rows

    @property
    def facts(self) -> OrderFacts:
        """What came up to now; TapeError when nothing did."""
        if not self._street.rows or self._span is None:
            raise TapeError("no orders")
        counts = {
            f"{kind.name.lower()}s": int(count)
            for kind, count in zip(StreetKind, self._kinds, strict=True)
        }
        return OrderFacts({**counts, "snapshots": self._snapshots.rows}, self._span)

    def finish(self) -> TapeId:
        """Publish the tape and return its id; the writer is of no use afterwards.

        TapeError with the first fault when head and rows make no tape.
        """
        try:
            facts = self.facts
            if self.faults:
                raise TapeError(f"{self.faults} rows do not follow from those before")
            for fault in head_faults(self.head):
                raise TapeError(fault)
            tables = (self._street, self._snapshots)
            columns = (column for table in tables for column in table.columns())
            tape_id = id_of(self.head, (self._street.rows, self._snapshots.rows), columns)
            for table in tables:
                table.write()
                self._draft.adopt(table.file)
            head = replace(self.head, tape_id=tape_id)
            self._draft.publish(manifest_of(head, facts, self._draft.files))
        finally:
            self.discard()
        return tape_id

    def discard(self) -> None:
        """Leave nothing behind; after ``finish`` without effect."""
        self._draft.discard()
