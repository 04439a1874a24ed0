"""The format csv: bars as text with a header, and the two small files beside them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from feeds.calendar import CHINA_HOURS, US_HOURS
from feeds.imports.csv_actions import import_csv_actions
from feeds.imports.csv_bars import CsvBars, import_csv_bars
from feeds.imports.csv_lines import LineProblem
from feeds.imports.csv_listings import import_csv_listings
from feeds.imports.csv_values import DEFAULT_NAMES, BarFault, Field, OffTick
from feeds.imports.importer import Job, Made, WantedError
from feeds.imports.naming import source_and_licence, tape_name
from feeds.imports.report import FileFault, StopImportError
from feeds.tape import Tape, TapeKind
from feeds.tape_store import write_tape
from matching.instrument import Instrument, InstrumentId
from matching.units import CURRENCIES

_LINE_AT_MOST = 4096
_FILE_FAULTS = {BarFault.DAMAGED_FILE, BarFault.NOT_TEXT, BarFault.EMPTY_FILE}


def import_csv(job: Job) -> tuple[Made, ...]:
    """Import one file of bars."""
    report, path = job.report, job.wanted.path
    result = import_csv_bars(path, _plan(job), report.progress)
    for one in result.problems:
        if one.code in _FILE_FAULTS:
            raise StopImportError(path.name, one.line, FileFault(one.code.value), one.text)
        tell = report.refuse if one.line > 1 else report.complain
        tell(path.name, one.line, one.code, one.text)
    report.count("rounded", result.rounded)
    report.count("duplicates", report.counted["duplicate_time"])
    if result.tape is None or result.span is None:
        return ()
    tape = _second_file(job, result.tape, job.wanted.actions, _with_actions)
    tape = _second_file(job, tape, job.wanted.listings, _with_listings)
    write_tape(job.root, tape)
    first, last = (day.isoformat() for day in result.span)
    counts = {"actions": len(tape.actions) + len(tape.splits), "listings": len(tape.listings)}
    return (Made(tape.tape_id, tape.rows, (first, last), len(result.gaps), counts),)


_Problems = tuple[LineProblem, ...]


def _with_actions(path: Path, tape: Tape) -> tuple[Tape, _Problems]:
    read = import_csv_actions(path, tape)
    return read.tape, read.problems


def _with_listings(path: Path, tape: Tape) -> tuple[Tape, _Problems]:
    read = import_csv_listings(path, tape)
    return read.tape, read.problems


def _second_file(
    job: Job, tape: Tape, path: Path | None, read: Callable[[Path, Tape], tuple[Tape, _Problems]]
) -> Tape:
    """What a second file adds to the tape."""
    if path is None:
        return tape
    tape, problems = read(path, tape)
    for one in problems:
        job.report.complain(path.name, one.line, one.code, one.text)
    return tape


def _instrument(job: Job) -> Instrument:
    wanted = job.wanted
    currency = wanted.currency or "USD"
    if currency not in CURRENCIES:
        raise WantedError(
            f"There is no currency {currency!r}; the currencies are {', '.join(CURRENCIES)}."
        )
    market = wanted.market or "XNAS"
    return Instrument(
        instrument_id=InstrumentId(f"{market}:"),
        symbol="",
        name_en="",
        name_zh="",
        currency=CURRENCIES[currency],
        market=market,
        board=wanted.board or "main",
        price_decimals=2 if wanted.decimals is None else wanted.decimals,
    )


def _plan(job: Job) -> CsvBars:
    """How to read the file: what was not said is told from its name and first two lines."""
    wanted, template = job.wanted, _instrument(job)
    words, cells = _first_lines(job)
    named = [DEFAULT_NAMES.get(word.strip().lower()) for word in words]
    timed = Field.TIME in named or any(":" in cell for cell in cells)
    kinds = {kind.value: kind for kind in (TapeKind.DAILY_BARS, TapeKind.MINUTE_BARS)}
    kind = wanted.kind or (TapeKind.MINUTE_BARS if timed else TapeKind.DAILY_BARS).value
    if kind not in kinds:
        raise WantedError(f"There is no kind {kind!r}; the kinds are {', '.join(kinds)}.")
    stem = job.words().removesuffix(".csv")
    source, licence = source_and_licence(job)
    return CsvBars(
        name=tape_name(wanted.name, stem),
        kind=kinds[kind],
        source=source,
        licence=licence,
        hours=CHINA_HOURS if template.currency.code == "CNY" else US_HOURS,
        template=template,
        only_symbol=wanted.symbol or (None if Field.SYMBOL in named else stem.upper()),
        off_tick=OffTick.ROUND_HALF_UP if wanted.round_prices else OffTick.REFUSE,
    )


def _first_lines(job: Job) -> tuple[list[str], list[str]]:
    """The cells of the header and of the first line; what is no text is the import's to report."""
    with job.parts() as parts:
        text = io.TextIOWrapper(next(parts).stream, encoding="utf-8-sig", errors="replace")
        rows = csv.reader(text.readline(_LINE_AT_MOST) for _ in range(2))
        try:
            return next(rows, []), next(rows, [])
        except csv.Error:
            return [], []
        finally:
            text.detach()
