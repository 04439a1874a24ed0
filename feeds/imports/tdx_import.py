"""The format tdx: TongDaXin's vipdoc files and the text that its client exports."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from feeds.calendar import CHINA_HOURS, Int64s
from feeds.imports.bar_import import BarImport
from feeds.imports.clocks import offsets_of_local
from feeds.imports.csv_bars import CsvBars, Take
from feeds.imports.csv_table import Rows
from feeds.imports.csv_time import NS_PER_DAY
from feeds.imports.csv_values import BarFault
from feeds.imports.importer import Job, Made
from feeds.imports.instruments import CHINA, Instruments, instruments_of
from feeds.imports.naming import source_and_licence, tape_name
from feeds.imports.opening import Part, bare_name
from feeds.imports.report import FileFault, StopImportError
from feeds.imports.tdx import RECORD_BYTES, Columns, read_days, read_minutes
from feeds.tape import TapeKind
from matching.units import NS_PER_MINUTE

_CODE = re.compile(r"(sh|sz|bj)#?(\d{6})", re.IGNORECASE)
_BLOCK_RECORDS = 1 << 16
_Read = Callable[[bytes, int], Columns]
# Ending of a file: kind of bars, their minutes, how they are read.
_BINARY: dict[str, tuple[TapeKind, int, _Read]] = {
    "day": (TapeKind.DAILY_BARS, 1, read_days),
    "lc1": (TapeKind.MINUTE_BARS, 1, read_minutes),
    "lc5": (TapeKind.MINUTE_BARS, 5, read_minutes),
}
_EXPORT = "txt"
_ADJUSTED = "前复权"
_MOST_EXPORT = 32 << 20
_NAMES = {"date": "1", "open": "2", "high": "3", "low": "4", "close": "5", "volume": "6"}


def import_tdx(job: Job) -> tuple[Made, ...]:
    """Import a file or a folder: one tape of its daily bars, one of each length of minutes, one of
    each exported text."""
    instruments = instruments_of(replace(job.wanted, market=CHINA), CHINA)
    made: list[Made] = []
    paths = [one for one in job.files() if _CODE.match(one.name)]
    for ending in _BINARY:
        own = [one for one in paths if bare_name(one.name).endswith(f".{ending}")]
        if own:
            made += _import_records(job, own, instruments, ending)
    for path in paths:
        if bare_name(path.name).endswith(f".{_EXPORT}"):
            made += _import_export(job, path, instruments)
    return tuple(made)


def _plan(job: Job, word: str, instruments: Instruments, kind: TapeKind) -> CsvBars:
    source, licence = source_and_licence(job)
    return CsvBars(
        name=tape_name("", f"{job.wanted.name or 'tdx'}_{word}"),
        kind=kind,
        source=source,
        licence=licence,
        hours=CHINA_HOURS,
        resolve=instruments.resolve,
        minute_label="end",
    )


def _symbol(name: str) -> str:
    found = _CODE.match(name)
    assert found is not None, "the files were chosen by their code"
    return f"{found[1].upper()}{found[2]}"


def _import_records(
    job: Job, paths: Iterable[Path], instruments: Instruments, ending: str
) -> tuple[Made, ...]:
    kind, minutes, read = _BINARY[ending]
    plan = replace(_plan(job, ending, instruments, kind), minutes=minutes)
    bars = BarImport(job, plan, instruments)

    def fill(take: Take) -> None:
        for path in paths:
            number = bars.reader.symbols.number(_symbol(path.name))
            if isinstance(number, BarFault):
                raise StopImportError(path.name, 0, number, _symbol(path.name))
            decimals = bars.reader.symbols.instruments[number].price_decimals
            for part in job.all_parts([path]):
                for first, data in _blocks(part):
                    rows = _rows(read(data, decimals), number, first)
                    bars.reader.accept(rows, take)
                    for line, code, text in sorted(rows.faults, key=lambda one: one[0]):
                        job.report.refuse(part.name, line, code, text)

    return bars.run(fill)


def _blocks(part: Part) -> Iterator[tuple[int, bytes]]:
    """Whole records, with the number of the first one from 1."""
    first = 1
    while data := part.stream.read(_BLOCK_RECORDS * RECORD_BYTES):
        if len(data) % RECORD_BYTES:
            at = first + len(data) // RECORD_BYTES
            said = f"{len(data) % RECORD_BYTES} bytes after the last whole record"
            raise StopImportError(part.name, at, FileFault.DAMAGED_FILE, said)
        yield first, data
        first += len(data) // RECORD_BYTES


def _rows(columns: Columns, number: int, first: int) -> Rows:
    """Records as rows of a table; a line is a record."""
    count = len(columns.day)
    local = columns.day * NS_PER_DAY + columns.minute * NS_PER_MINUTE
    at_ns: Int64s = local - offsets_of_local(local, ZoneInfo(CHINA_HOURS.time_zone))
    names = ("open", "high", "low", "close")
    values = {name: columns.prices[:, k].copy() for k, name in enumerate(names)}
    rows = Rows(
        line=np.arange(first, first + count, dtype=np.int64),
        instrument=np.full(count, number, np.int64),
        day=columns.day,
        at_ns=at_ns,
        values=values | {"volume": columns.volume},
        good=np.ones(count, np.bool_),
        rounded=np.zeros(count, np.int8),
        text=lambda row, name: f"{name}={values[name][row]}" if name in values else "",
        faults=[],
    )
    rows.drop(~columns.known, BarFault.NOT_A_NUMBER)
    return rows


def _import_export(job: Job, path: Path, instruments: Instruments) -> tuple[Made, ...]:
    """The text of one share: a title, a header, and a line that says where it comes from."""
    plan = _plan(job, f"{bare_name(path.name)}_export", instruments, TapeKind.DAILY_BARS)
    plan = replace(plan, only_symbol=_symbol(path.name), names=_NAMES)
    made: list[Made] = []
    for part in job.all_parts([path]):
        title, body = _body(part)
        notes = ("prices are adjusted to those of the last day",) if _ADJUSTED in title else ()
        if notes:
            plan = replace(plan, source=f"{plan.source} ({_ADJUSTED}, adjusted prices)")
        found = BarImport(job, plan, instruments).read([body])
        made += [replace(one, notes=(*one.notes, *notes)) for one in found]
    return tuple(made)


def _body(part: Part) -> tuple[str, Part]:
    """The title, and the lines that begin with a digit; the others are left blank, so that lines
    keep their numbers."""
    data = part.stream.read(_MOST_EXPORT + 1)
    if len(data) > _MOST_EXPORT:
        said = f"more than {_MOST_EXPORT >> 20} MiB"
        raise StopImportError(part.name, 0, FileFault.TOO_MANY_BYTES, said)
    lines = data.split(b"\n")
    title = lines[0].decode("gb18030", "replace")
    first = next((k for k, line in enumerate(lines) if line[:1].isdigit() and k), len(lines))
    kept = [line if line[:1].isdigit() and k else b"" for k, line in enumerate(lines)]
    if first == len(lines):
        raise StopImportError(part.name, 0, FileFault.NO_ROWS, "no line begins with a date")
    return title, Part(part.name, io.BytesIO(b"\n".join(kept)), 0)
