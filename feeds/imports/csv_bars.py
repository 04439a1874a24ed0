"""Import of daily and one-minute bars from CSV text, plain or gzip, line by line.

Text becomes ticks without float.  A bad line is refused and reported with its number; the good
ones become a tape.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from array import array
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import IO, NamedTuple, cast
from zoneinfo import ZoneInfo

import numpy as np

from feeds.calendar import US_HOURS, Hours, day_number, utc_ns
from feeds.imports.csv_gaps import Gap, find_gaps
from feeds.imports.csv_values import (
    DEFAULT_NAMES,
    BarFault,
    BarProblem,
    Field,
    OffTick,
    bar_problem,
    price_ticks,
    traded_qty,
)
from feeds.tape import BarColumns, Tape, TapeKind, TapeSplit, make_tape
from matching.instrument import Instrument, InstrumentId
from matching.market import Phase
from matching.units import NS_PER_MINUTE, NS_PER_SECOND

# Problems beyond this many are counted, not kept.
MOST_PROBLEMS = 10_000
MOST_INSTRUMENTS = 10_000
MOST_LINE_CHARACTERS = 4_096

Progress = Callable[[int, int], None]
_LINES_PER_REPORT = 20_000


class Problem(NamedTuple):
    """``line`` counts from 1, the header being line 1, 0 for the whole file; ``text`` is the
    offending part."""

    line: int
    code: BarFault
    text: str


@dataclass(frozen=True, slots=True)
class CsvBars:
    """How a CSV file is to be read.

    ``instruments`` maps the file's symbols to instruments; a symbol that is not there becomes a
    copy of ``template`` (None: its lines are refused).  ``only_symbol`` names the instrument of a
    file without a symbol column.  ``names`` maps fields to header words where the usual ones do
    not fit; ``ignored`` are columns known to be of no use.  ``minute_label`` says whether a
    minute's time is its start or its end.
    """

    name: str
    kind: TapeKind
    source: str
    licence: str
    hours: Hours = US_HOURS
    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    template: Instrument | None = None
    only_symbol: str | None = None
    names: Mapping[Field, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    minute_label: str = "start"
    off_tick: OffTick = OffTick.REFUSE
    splits: tuple[TapeSplit, ...] = ()
    first_references: Mapping[InstrumentId, int] = field(default_factory=dict)
    origin: str = ""


@dataclass(frozen=True, slots=True)
class CsvResult:
    """``tape`` is None when no line could be used.

    ``refused`` counts lines, ``rounded`` prices moved to the nearest tick (half up; only where
    the import allows it).  ``problems`` holds the first 10,000, ``problem_count`` all of them.
    ``span`` is the first and last local date.
    """

    tape: Tape | None
    rows: int
    refused: int
    rounded: int
    span: tuple[date, date] | None
    gaps: tuple[Gap, ...]
    problems: tuple[Problem, ...]
    problem_count: int


class _Rows:
    """Bars of one instrument while they are being read."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.values = array("q")
        self.last_time: int | None = None

    def columns(self) -> BarColumns:
        table = np.frombuffer(self.values, np.int64).reshape(-1, 6)
        return BarColumns(*(table[:, k].copy() for k in range(6)))


class _Reader:
    """One pass over a file: collects rows and problems."""

    def __init__(self, plan: CsvBars) -> None:
        self.plan = plan
        self.zone = ZoneInfo(plan.hours.time_zone)
        self.rows: dict[str, _Rows] = {}
        self.problems: list[Problem] = []
        self.problem_count = 0
        self.refused = 0
        self.rounded = 0
        self.where: dict[Field, int] = {}
        self.width = 0

    def complain(self, line: int, code: BarFault, text: str) -> None:
        self.problem_count += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(line, code, text[:80]))

    def refuse(self, line: int, code: BarFault, text: str) -> None:
        self.refused += 1
        self.complain(line, code, text)

    def give_up(self, code: BarFault, text: str) -> None:
        """The file can't be read to its end: nothing of it is used."""
        self.rows.clear()
        self.complain(0, code, text)

    def read_header(self, header: list[str]) -> bool:
        """Find the columns; False when a needed one is missing."""
        self.width = len(header)
        words = [word.strip().removeprefix("\ufeff") for word in header]
        wanted = {word.lower(): name for name, word in self.plan.names.items()}
        for index, word in enumerate(words):
            name = wanted.get(word.lower())
            if name is None and DEFAULT_NAMES.get(word.lower()) not in self.plan.names:
                name = DEFAULT_NAMES.get(word.lower())
            if name is None:
                if word not in self.plan.ignored:
                    self.complain(1, BarFault.UNKNOWN_COLUMN, word)
            elif name in self.where:
                self.complain(1, BarFault.DUPLICATE_COLUMN, word)
            else:
                self.where[name] = index
        needed = [Field.OPEN, Field.HIGH, Field.LOW, Field.CLOSE, Field.VOLUME]
        if Field.DATE not in self.where and Field.TIME not in self.where:
            needed.append(Field.DATE)
        if self.plan.only_symbol is None:
            needed.append(Field.SYMBOL)
        missing = [name for name in needed if name not in self.where]
        for name in missing:
            self.complain(1, BarFault.MISSING_COLUMN, name)
        return not missing

    def rows_of(self, symbol: str) -> _Rows | BarFault:
        known = self.rows.get(symbol)
        if known is not None:
            return known
        instrument = self.plan.instruments.get(symbol)
        if instrument is None and self.plan.template is not None and symbol:
            base = self.plan.template
            instrument = replace(
                base,
                instrument_id=InstrumentId(f"{base.market}:{symbol}"),
                symbol=symbol,
                name_en=symbol,
                name_zh=symbol,
            )
        if instrument is None:
            return BarFault.UNKNOWN_SYMBOL
        if len(self.rows) >= MOST_INSTRUMENTS:
            return BarFault.TOO_MANY_SYMBOLS
        self.rows[symbol] = _Rows(instrument)
        return self.rows[symbol]

    def read_time(self, cells: list[str]) -> int | BarFault:
        """Day number or start in nanoseconds UTC."""
        parts = [cells[self.where[f]].strip() for f in (Field.DATE, Field.TIME) if f in self.where]
        text = " ".join(part for part in parts if part).replace("/", "-")
        try:
            if self.plan.kind is TapeKind.DAILY_BARS:
                return day_number(datetime.fromisoformat(text).date())
            moment = datetime.fromisoformat(text)
        except ValueError:
            return BarFault.NOT_A_TIME
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.zone)
        if moment.second or moment.microsecond:
            return BarFault.NOT_A_WHOLE_MINUTE
        start = utc_ns(moment)
        if self.plan.minute_label == "end":
            start -= NS_PER_MINUTE
        return start if self.in_hours(start) else BarFault.OUTSIDE_HOURS

    def in_hours(self, start_ns: int) -> bool:
        local = datetime.fromtimestamp(start_ns // NS_PER_SECOND, self.zone)
        second = local.hour * 3600 + local.minute * 60
        phase = None
        for step in self.plan.hours.steps:
            if step.second <= second:
                phase = step.phase
        return phase is Phase.CONTINUOUS

    def read_line(self, line: int, cells: list[str]) -> None:
        if len(cells) != self.width:
            self.refuse(line, BarFault.WRONG_NUMBER_OF_CELLS, ",".join(cells))
            return
        symbol = self.plan.only_symbol or cells[self.where[Field.SYMBOL]].strip()
        rows = self.rows_of(symbol)
        if isinstance(rows, BarFault):
            self.refuse(line, rows, symbol)
            return
        time = self.read_time(cells)
        if isinstance(time, BarFault):
            self.refuse(line, time, " ".join(cells))
            return
        if rows.last_time is not None and time <= rows.last_time:
            late = time < rows.last_time
            code = BarFault.OUT_OF_ORDER if late else BarFault.DUPLICATE_TIME
            self.refuse(line, code, " ".join(cells))
            return
        values = self.read_values(line, cells, rows.instrument)
        if values is not None:
            rows.values.extend((time, *values))
            rows.last_time = time

    def read_values(self, line: int, cells: list[str], instrument: Instrument) -> list[int] | None:
        """Open, high, low, close in ticks and the volume; None when refused."""
        values: list[int] = []
        rounded = 0
        for name in (Field.OPEN, Field.HIGH, Field.LOW, Field.CLOSE):
            text = cells[self.where[name]]
            price = price_ticks(instrument, text, self.plan.off_tick)
            if isinstance(price, BarFault):
                self.refuse(line, price, f"{name}={text}")
                return None
            rounded += price.rounded
            values.append(price.ticks)
        text = cells[self.where[Field.VOLUME]]
        volume = traded_qty(instrument, text)
        if isinstance(volume, BarFault):
            self.refuse(line, volume, f"{Field.VOLUME}={text}")
            return None
        values.append(volume)
        problem = bar_problem(values)
        if isinstance(problem, BarProblem):
            self.refuse(line, problem.code, f"{problem.field}={cells[self.where[problem.field]]}")
            return None
        self.rounded += rounded
        return values


def import_csv_bars(path: Path, plan: CsvBars, progress: Progress | None = None) -> CsvResult:
    """Read a CSV file of bars.

    ``progress`` is called with (bytes done, bytes in all) of the file on disk.  Every fault of
    the file is in the result; a file that breaks off or is no text gives no tape.  OSError when
    it can't be opened.
    """
    reader = _Reader(plan)
    total = path.stat().st_size
    with path.open("rb") as raw, _opened(raw, packed=path.suffix == ".gz") as text:
        try:
            _read_all(reader, _lines(text), lambda: progress and progress(raw.tell(), total))
        except UnicodeDecodeError as error:
            reader.give_up(BarFault.NOT_TEXT, str(error))
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            reader.give_up(BarFault.DAMAGED_FILE, str(error))
    if progress:
        progress(total, total)
    return _result(reader)


@contextmanager
def _opened(raw: IO[bytes], *, packed: bool) -> Iterator[io.TextIOWrapper]:
    with ExitStack() as stack:
        source: IO[bytes] = raw
        if packed:
            source = cast("IO[bytes]", stack.enter_context(gzip.GzipFile(fileobj=raw)))
        text = io.TextIOWrapper(source, encoding="utf-8-sig")
        stack.callback(text.detach)
        yield text


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines; of an overlong one only the beginning."""
    while line := text.readline(MOST_LINE_CHARACTERS):
        yield line
        while len(line) == MOST_LINE_CHARACTERS and not line.endswith("\n"):
            line = text.readline(MOST_LINE_CHARACTERS)


def _cells(line: str) -> list[str] | str:
    """The cells of one line, or why it has none.  A cell never goes on over the line's end."""
    if len(line) == MOST_LINE_CHARACTERS:
        return f"longer than {MOST_LINE_CHARACTERS - 1} characters"
    try:
        return next(csv.reader((line,), strict=True))
    except csv.Error as error:
        return str(error)


def _read_all(reader: _Reader, lines: Iterator[str], report: Callable[[], object]) -> None:
    header = _cells(next(lines, "\n"))
    if not header:
        reader.complain(1, BarFault.EMPTY_FILE, "")
    elif isinstance(header, str):
        reader.complain(1, BarFault.NOT_CSV, header)
    elif reader.read_header(header):
        for number, line in enumerate(lines, 2):
            if not line.isspace():
                cells = _cells(line)
                if isinstance(cells, str):
                    reader.refuse(number, BarFault.NOT_CSV, cells)
                else:
                    reader.read_line(number, cells)
            if number % _LINES_PER_REPORT == 0:
                report()


def _result(reader: _Reader) -> CsvResult:
    plan = reader.plan
    filled = [rows for _, rows in sorted(reader.rows.items()) if rows.last_time is not None]
    tape = None
    span = None
    gaps: tuple[Gap, ...] = ()
    if filled:
        instruments = tuple(rows.instrument for rows in filled)
        ids = {instrument.instrument_id for instrument in instruments}
        tape = make_tape(
            name=plan.name,
            kind=plan.kind,
            source=plan.source,
            licence=plan.licence,
            hours=plan.hours,
            instruments=instruments,
            columns=tuple(rows.columns() for rows in filled),
            splits=tuple(split for split in plan.splits if split.instrument_id in ids),
            first_references=tuple(
                plan.first_references.get(instrument.instrument_id) for instrument in instruments
            ),
            origin=plan.origin,
        )
        gaps, span = find_gaps(tape)
    return CsvResult(
        tape=tape,
        rows=tape.rows if tape else 0,
        refused=reader.refused,
        rounded=reader.rounded,
        span=span,
        gaps=gaps,
        problems=tuple(reader.problems),
        problem_count=reader.problem_count,
    )
