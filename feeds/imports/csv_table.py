"""Delimited text as columns of integers, block by block.

Plain lines are read by ``feeds/imports/csv_kernel.py``, all others here, one by one: the result is
the same, and a line that can't be used is named with its number and reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from feeds.calendar import Int64s
from feeds.imports.clocks import local_offset, offsets_of_local
from feeds.imports.csv_exact import ExactReader
from feeds.imports.csv_kernel import Kind, Layout, Status, read_lines
from feeds.imports.csv_spec import DATE, SYMBOL, TIME, Symbols, TableSpec
from feeds.imports.csv_time import NS_PER_DAY, TimeFormat, format_of
from feeds.imports.csv_values import BarFault, OffTick
from feeds.imports.opening import Part
from feeds.imports.report import FileFault, Report, StopImportError
from feeds.imports.text_blocks import UTF_8, Block, TextBlocks

DELIMITERS = (",", "\t", ";", "|")


@dataclass(slots=True)
class Rows:
    """The lines of a block that could be read; all columns have the same length.

    ``day`` is the written day since 1970, ``at_ns`` the moment in UTC, prices are in ticks and
    quantities in base units, ``rounded`` how many prices of a row were moved to a tick.  ``good``
    is what is left after ``drop``; ``line`` counts from 1.
    """

    line: Int64s
    instrument: Int64s
    day: Int64s
    at_ns: Int64s
    values: dict[str, Int64s]
    good: NDArray[np.bool_]
    rounded: NDArray[np.int8]
    text: Callable[[int, str], str]
    faults: list[tuple[int, StrEnum, str]]

    def drop(self, bad: NDArray[np.bool_], code: StrEnum, name: str = "") -> None:
        """Leave out the rows that are ``bad``; ``name`` is the field to show."""
        bad = bad & self.good
        for row in np.flatnonzero(bad).tolist():
            self.faults.append((int(self.line[row]), code, self.text(row, name)))
        self.good &= ~bad


class TableReader:
    """One part of a table; iterate over its ``Rows``.  Whoever takes them calls ``Rows.drop``
    before the next: lines are refused in their order."""

    def __init__(self, part: Part, spec: TableSpec, symbols: Symbols, report: Report) -> None:
        self.name = part.name
        self._last_line = part.last_line
        self.spec = spec
        self.symbols = symbols
        self.report = report
        self._blocks = TextBlocks(part)
        self._exact = ExactReader(spec, symbols)
        self._zone = ZoneInfo(spec.zone)
        self._formats: tuple[TimeFormat | None, TimeFormat | None] = (None, None)

    @property
    def encoding(self) -> str:
        """That of the text so far."""
        return self._blocks.encoding or UTF_8

    def __iter__(self) -> Iterator[Rows]:
        begun = False
        for block in self._blocks:
            start = 0
            if not begun:
                start = self._begin(block)
                begun = True
            line = block.first_line + block.data.count(b"\n", 0, start)
            while start < len(block.data):
                rows, start = self._rows(block.data, start, line)
                line += len(rows.line)
                yield rows
                for at, code, text in sorted(rows.faults, key=lambda one: one[0]):
                    self.report.refuse(self.name, at, code, text)
                self.report.count("rounded", int(rows.rounded[rows.good].sum()))
        if not begun:
            raise StopImportError(self.name, 1, FileFault.EMPTY_FILE, "")

    # the header

    def _begin(self, block: Block) -> int:
        """Find the columns and the form of times; where the first line of values begins."""
        names = self.spec.names.values()
        numbered = bool(names) and all(one.isdigit() for one in names)
        begin = len(block.data) - len(block.data.lstrip(b"\r\n")) if numbered else 0
        header_end = block.data.find(b"\n", begin) + 1 or len(block.data)
        line = self._blocks.decoded(block.data[begin:header_end]).strip("\r\n")
        if not line.strip():
            raise StopImportError(self.name, 1, FileFault.EMPTY_FILE, "")
        self._exact.delimiter = max(DELIMITERS, key=line.count)
        words = self._exact.split(line)
        if words is None:
            raise StopImportError(self.name, 1, BarFault.NOT_CSV, line)
        self._exact.width = len(words)
        (self._number_columns if numbered else self._name_columns)([w.strip() for w in words])
        self._exact.fields = [one for one in self.spec.fields if one in self._exact.where]
        start = begin if numbered else header_end
        self._find_formats(block.data, start)
        return start

    def _number_columns(self, _words: list[str]) -> None:
        for name, number in self.spec.names.items():
            if not 1 <= int(number) <= self._exact.width:
                said = f"{name}={number}, the first line has {self._exact.width} cells"
                raise StopImportError(self.name, 1, FileFault.MISSING_COLUMN, said)
            self._exact.where[name] = int(number) - 1
        self._check_columns()

    def _name_columns(self, words: list[str]) -> None:
        spec = self.spec
        wanted = {word.lower(): name for name, word in spec.names.items()}
        for index, word in enumerate(words):
            name = wanted.get(word.lower())
            if name is None and spec.known.get(word.lower()) not in spec.names:
                name = spec.known.get(word.lower())
            if name is None or name not in (SYMBOL, DATE, TIME, *spec.fields):
                if word not in spec.ignored:
                    self.report.complain(self.name, 1, BarFault.UNKNOWN_COLUMN, word)
            elif name in self._exact.where:
                self.report.complain(self.name, 1, BarFault.DUPLICATE_COLUMN, word)
            else:
                self._exact.where[name] = index
        self._check_columns()

    def _check_columns(self) -> None:
        needed = [one for one in self.spec.fields if one not in self.spec.optional]
        if DATE not in self._exact.where and TIME not in self._exact.where:
            needed.append(DATE)
        if self.spec.only_symbol is None:
            needed.append(SYMBOL)
        missing = [name for name in needed if name not in self._exact.where]
        if missing:
            said = ", ".join(missing)
            raise StopImportError(self.name, 1, FileFault.MISSING_COLUMN, said)

    def _find_formats(self, data: bytes, start: int) -> None:
        """The forms of date and time, from the first line."""
        end = data.find(b"\n", start)
        cells = self._exact.split(
            self._blocks.decoded(data[start : end if end >= 0 else len(data)])
        )
        if cells is None or len(cells) != self._exact.width:
            return
        date, time = self._exact.where.get(DATE), self._exact.where.get(TIME)
        form, only = self.spec.time_format, date is not None
        self._formats = (
            format_of(cells[date], form) if date is not None else None,
            format_of(cells[time], "" if only else form, clock_only=only)
            if time is not None
            else None,
        )

    # the lines

    def _rows(self, data: bytes, start: int, first_line: int) -> tuple[Rows, int]:
        """Some lines from ``start`` on, and where the next one begins."""
        self._exact.encoding = self._blocks.encoding
        whole = np.frombuffer(data, np.uint8)
        known = self.symbols.table.count
        made = read_lines(whole, start, self._layout(), self.symbols.table, self._formats)
        if self.symbols.table.count > known:
            self.symbols.learn_new(known, self.encoding)
            made = read_lines(whole, start, self._layout(), self.symbols.table, self._formats)
        line = np.arange(len(made.status), dtype=np.int64) + first_line
        if self._last_line:
            line = self._last_line + 2 - line
        good = made.status == Status.GOOD
        columns = {name: made.values[:, k] for k, name in enumerate(self._exact.fields)}
        self._divide_by_tick(columns, made.instrument, good, made.status)

        def text(row: int, name: str = "") -> str:
            return self._exact.shown(data[made.start[row] : made.end[row]], name)

        rows = Rows(line, made.instrument, made.day, made.ns, columns, good, made.rounded, text, [])
        offsets = self._offsets(rows, made.ns)
        for row in np.flatnonzero(made.status == Status.SLOW).tolist():
            self._read_exactly(rows, row, data[made.start[row] : made.end[row]], offsets)
        rows.at_ns = rows.day * NS_PER_DAY + rows.at_ns - offsets
        return rows, made.next

    def _layout(self) -> Layout:
        where = self._exact.where
        usable = all(
            form is not None
            for name, form in zip((DATE, TIME), self._formats, strict=True)
            if name in where
        )
        exact_ticks = self.spec.off_tick is OffTick.ROUND_HALF_UP and all(
            one.tick == 1 for one in self.symbols.instruments
        )
        return Layout(
            delimiter=ord(self._exact.delimiter),
            # No line has this many cells: without a form of times all are read one by one.
            cells=self._exact.width if usable else -2,
            symbol=where.get(SYMBOL, -1) if self.spec.only_symbol is None else -1,
            date=where.get(DATE, -1),
            time=where.get(TIME, -1),
            columns=np.array([where[one] for one in self._exact.fields], np.int64),
            kinds=np.array([self.spec.fields[one] for one in self._exact.fields], np.int64),
            rounding=exact_ticks,
        )

    def _divide_by_tick(
        self,
        columns: dict[str, Int64s],
        instrument: Int64s,
        good: NDArray[np.bool_],
        status: NDArray[np.int8],
    ) -> None:
        ticks = self.symbols.ticks()
        if not len(ticks) or (ticks == 1).all():
            return
        own = ticks[instrument]
        for name, values in columns.items():
            if self.spec.fields[name] in (Kind.PRICE, Kind.PRICE_OR_NONE):
                between = good & (values % own != 0)
                status[between] = Status.SLOW
                good &= ~between
                values //= own

    def _offsets(self, rows: Rows, ns: Int64s) -> Int64s:
        """How far each row's clock is ahead of UTC: int64[rows]."""
        fixed = next(
            (one.offset_ns for one in self._formats if one and one.offset_ns is not None), None
        )
        if fixed is not None:
            return np.full(len(ns), fixed, np.int64)
        local = rows.day * NS_PER_DAY + ns
        local[~rows.good] = 0
        return offsets_of_local(local, self._zone)

    def _read_exactly(self, rows: Rows, row: int, data: bytes, offsets: Int64s) -> None:
        """One line in all forms that are understood; else its fault."""
        found = self._exact.read(data)
        if isinstance(found, tuple):
            code, text = found
            rows.faults.append((int(rows.line[row]), code, text))
            return
        rows.good[row] = True
        rows.instrument[row] = found.instrument
        rows.day[row], rows.at_ns[row] = found.moment.day, found.moment.ns
        offset = found.moment.offset_ns
        if offset is None:
            offset = local_offset(found.moment.day * NS_PER_DAY + found.moment.ns, self._zone)
        offsets[row] = offset
        rows.rounded[row] = found.rounded
        for name, value in found.values.items():
            rows.values[name][row] = value
