"""Bars as delimited text: daily, or of some minutes, exactly or not at all.

Text becomes ticks without float.  A bad line is refused and reported with its number; the good ones
become a tape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np

from feeds.calendar import US_HOURS, Hours, Int64s
from feeds.imports.bar_checks import BarOrder, BarTimes, BarWidth, bar_table, check_prices
from feeds.imports.csv_gaps import Gap, find_gaps
from feeds.imports.csv_kernel import Kind
from feeds.imports.csv_spec import Resolve, Symbols, TableSpec
from feeds.imports.csv_table import Rows, TableReader
from feeds.imports.csv_values import DEFAULT_NAMES, NO_USE, BarFault, Field, OffTick
from feeds.imports.opening import DEFAULT_LIMITS, Part, opened
from feeds.imports.report import Progress, Report, StopImportError
from feeds.tape import BarColumns, Tape, TapeKind, TapeSplit, make_tape
from matching.instrument import Instrument, InstrumentId

_FIELDS = {
    Field.OPEN.value: Kind.PRICE,
    Field.HIGH.value: Kind.PRICE,
    Field.LOW.value: Kind.PRICE,
    Field.CLOSE.value: Kind.PRICE,
    Field.VOLUME.value: Kind.QTY,
}
_KNOWN = {word: name.value for word, name in DEFAULT_NAMES.items()}

# Takes the good rows: instrument int64[n], and int64[n, 6] of time, prices and volume.
Take = Callable[[Int64s, Int64s], None]
Extra = Callable[[Rows], None]


@dataclass(frozen=True, slots=True)
class CsvBars:
    """How a table of bars is to be read.

    ``instruments`` maps the file's symbols to instruments; a symbol that is not there is what
    ``resolve`` says, else a copy of ``template`` (None: its lines are refused).  ``only_symbol``
    names the instrument of a file without a symbol column.  ``names`` maps fields to header words
    where the usual ones do not fit; ``ignored`` are columns known to be of no use.
    ``minute_label`` says whether a bar's time is its ``start`` or its ``end``; a bar has
    ``minutes``.  ``zone`` is that of the written times, empty: the market's.  A table that has
    one price instead of four maps it to ``close`` with ``one_price``.  ``extra`` are further
    fields; ``notice`` is given each block before its rows are checked, ``kept`` afterwards.
    """

    name: str
    kind: TapeKind
    source: str
    licence: str
    hours: Hours = US_HOURS
    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    resolve: Resolve | None = None
    template: Instrument | None = None
    only_symbol: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    minute_label: str = "start"
    minutes: int = 1
    off_tick: OffTick = OffTick.REFUSE
    splits: tuple[TapeSplit, ...] = ()
    first_references: Mapping[InstrumentId, int] = field(default_factory=dict)
    origin: str = ""
    zone: str = ""
    time_format: str = ""
    price_digits: int = 0
    qty_multiplier: int = 1
    one_price: bool = False
    extra: Mapping[str, Kind] = field(default_factory=dict)
    notice: Extra | None = None
    kept: Extra | None = None

    def instrument(self, symbol: str) -> Instrument | BarFault:
        """The instrument of a symbol."""
        known = self.instruments.get(symbol)
        if known is not None:
            return known
        if self.resolve is not None:
            return self.resolve(symbol)
        base = self.template
        if base is None:
            return BarFault.UNKNOWN_SYMBOL
        return replace(
            base,
            instrument_id=InstrumentId(f"{base.market}:{symbol}"),
            symbol=symbol,
            name_en=symbol,
            name_zh=symbol,
        )

    def table(self) -> TableSpec:
        """What the table has."""
        fields = dict(_FIELDS)
        if self.one_price:
            fields = {one: fields[one] for one in (Field.CLOSE.value, Field.VOLUME.value)}
        return TableSpec(
            fields=fields | dict(self.extra),
            zone=self.zone or self.hours.time_zone,
            resolve=self.instrument,
            known=_KNOWN | {name: name for name in self.extra},
            names=self.names,
            ignored=self.ignored | NO_USE,
            only_symbol=self.only_symbol,
            time_format=self.time_format,
            off_tick=self.off_tick,
            price_digits=self.price_digits,
            qty_multiplier=self.qty_multiplier,
        )

    @property
    def width(self) -> BarWidth:
        if self.kind is TapeKind.DAILY_BARS:
            return BarWidth(0)
        return BarWidth(self.minutes, self.minute_label == "end")


class BarReader:
    """Reads one part after the other of a recording of bars."""

    def __init__(self, plan: CsvBars, report: Report) -> None:
        self.plan = plan
        self.report = report
        self.spec = plan.table()
        self.symbols = Symbols(self.spec)
        self._times = BarTimes(plan.hours, plan.width)
        self._order = BarOrder()

    def read(self, part: Part, take: Take) -> None:
        """Read a part; StopImportError when it is no table of bars."""
        for rows in TableReader(part, self.spec, self.symbols, self.report):
            self.accept(rows, take)

    def accept(self, rows: Rows, take: Take) -> None:
        """Check rows and take those that are bars."""
        if self.plan.one_price:
            for name in (Field.OPEN, Field.HIGH, Field.LOW):
                rows.values[name] = rows.values[Field.CLOSE]
        if self.plan.notice is not None:
            self.plan.notice(rows)
        times = self._times.times(rows)
        check_prices(rows)
        self._order.check(rows, times, len(self.symbols.instruments))
        if self.plan.kept is not None:
            self.plan.kept(rows)
        instrument, table = bar_table(rows, times)
        if len(table):
            take(instrument, table)


@dataclass(frozen=True, slots=True)
class CsvResult:
    """``tape`` is None when no line could be used.

    ``refused`` counts lines, ``rounded`` prices moved to the nearest tick (half up; only where
    the import allows it).  ``problems`` holds the first 10,000, ``problem_count`` all of them.
    ``span`` is the first and last local date.
    """

    tape: Tape | None
    report: Report
    span: tuple[date, date] | None = None
    gaps: tuple[Gap, ...] = ()

    @property
    def rows(self) -> int:
        return self.tape.rows if self.tape else 0


def import_csv_bars(path: Path, plan: CsvBars, progress: Progress | None = None) -> CsvResult:
    """Read a file of bars into memory.

    ``progress`` is called with (bytes done, bytes in all) of the file on disk.  Every fault of
    the file is in the result; a file that breaks off or is no text gives no tape.  OSError when
    the disk fails.
    """
    report = Report(progress=progress)
    reader = BarReader(plan, report)
    pieces: list[tuple[Int64s, Int64s]] = []
    try:
        with opened(path, DEFAULT_LIMITS, report.progress) as parts:
            for part in parts:
                reader.read(part, lambda *piece: pieces.append(piece))
    except StopImportError as stop:
        report.complain(*stop.problem)
        return CsvResult(None, report)
    if not pieces:
        return CsvResult(None, report)
    tape = _tape(plan, reader.symbols.instruments, pieces)
    gaps = find_gaps(tape)
    return CsvResult(tape, report, gaps.span, gaps.found)


def _tape(plan: CsvBars, found: list[Instrument], pieces: list[tuple[Int64s, Int64s]]) -> Tape:
    index = np.concatenate([piece[0] for piece in pieces])
    table = np.concatenate([piece[1] for piece in pieces])
    order = np.argsort(index, kind="stable")
    counts = np.bincount(index, minlength=len(found))
    parts = np.split(table[order], np.cumsum(counts)[:-1])
    filled = sorted((one.symbol, k) for k, one in enumerate(found) if counts[k])
    numbers = [k for _, k in filled]
    instruments = tuple(found[k] for k in numbers)
    ids = {instrument.instrument_id for instrument in instruments}
    return make_tape(
        name=plan.name,
        kind=plan.kind,
        source=plan.source,
        licence=plan.licence,
        hours=plan.hours,
        instruments=instruments,
        columns=tuple(
            BarColumns(*(parts[k][:, column].copy() for column in range(6))) for k in numbers
        ),
        splits=tuple(split for split in plan.splits if split.instrument_id in ids),
        first_references=tuple(
            plan.first_references.get(instrument.instrument_id) for instrument in instruments
        ),
        origin=plan.origin,
    )
