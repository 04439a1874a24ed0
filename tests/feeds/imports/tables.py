"""Tables as parts of a file, for the tests of their readers."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from feeds.imports.csv_kernel import Kind
from feeds.imports.csv_spec import Symbols, TableSpec
from feeds.imports.csv_table import TableReader
from feeds.imports.csv_values import BarFault
from feeds.imports.importer import Job, Made, Run, Wanted, run_import
from feeds.imports.opening import Part
from feeds.imports.report import Report
from matching.instrument import Instrument
from tests.feeds.samples import instrument

SHARED = Path(__file__).parents[4] / "shared" / "data"

FIELDS = {"price": Kind.PRICE, "qty": Kind.QTY}
KNOWN = {"symbol": "symbol", "date": "date", "time": "time", "price": "price", "qty": "qty"}


def part(text: str | bytes, name: str = "t.csv") -> Part:
    return Part(name, io.BytesIO(text if isinstance(text, bytes) else text.encode()))


def resolve(symbol: str) -> Instrument | BarFault:
    """Symbols of one letter are instruments; Q has steps of a quarter."""
    if len(symbol) != 1:
        return BarFault.UNKNOWN_SYMBOL
    return instrument(symbol, tick=25) if symbol == "Q" else instrument(symbol)


def spec(**changes: object) -> TableSpec:
    plain: Mapping[str, object] = {
        "fields": FIELDS, "zone": "America/New_York", "resolve": resolve, "known": KNOWN,
    }  # fmt: skip
    return TableSpec(**{**plain, **changes})  # type: ignore[arg-type]


def read(text: str | bytes, **changes: object) -> tuple[list[tuple[object, ...]], Report]:
    """Good lines as (line, symbol, UTC nanoseconds, fields ...)."""
    own = spec(**changes)
    symbols, report = Symbols(own), Report()
    found: list[tuple[object, ...]] = []
    for rows in TableReader(part(text), own, symbols, report):
        for row in range(len(rows.line)):
            if rows.good[row]:
                values = (int(column[row]) for column in rows.values.values())
                symbol = symbols.instruments[rows.instrument[row]].symbol
                found.append((int(rows.line[row]), symbol, int(rows.at_ns[row]), *values))
    return found, report


def run(run_format: Run, tmp_path: Path, path: Path, **said: object) -> tuple[Made, ...]:
    """Import a path into tmp_path/tapes."""
    report = Report(most_refused=10**6)
    wanted = Wanted(path=path, **said)  # type: ignore[arg-type]
    return run_import(run_format, Job(wanted, tmp_path / "tapes", report))
