"""The format pystock: daily bars of US shares with the vendor's adjusted close beside each."""

from __future__ import annotations

import csv
from pathlib import Path

from feeds.imports.bar_import import BarImport, hours_of
from feeds.imports.csv_bars import CsvBars
from feeds.imports.csv_kernel import Kind
from feeds.imports.csv_values import OffTick
from feeds.imports.daily_notes import DailyNotes, with_adjustments
from feeds.imports.importer import Job, Made
from feeds.imports.instruments import Instruments, Row, instruments_of
from feeds.imports.naming import source_and_licence, tape_name
from feeds.tape import Tape, TapeKind

ADJUSTED = "adj_close"
NAMES = "symbols.csv"
# The vendor rounds what it adjusts to cents.
_SLACK_MICRO = 5_500


def import_pystock(job: Job) -> tuple[Made, ...]:
    """Import the daily table of a folder, with the names beside it."""
    paths = [one for one in job.files("*.csv*") if one.name != NAMES]
    if not paths:
        return ()
    notes = DailyNotes(("open", "close", ADJUSTED))
    source, licence = source_and_licence(job)
    instruments = instruments_of(job.wanted, "US")
    named = {**_names(job), **instruments.rows}
    instruments = Instruments(instruments.base, named)
    plan = CsvBars(
        name=tape_name(job.wanted.name, job.words()),
        kind=TapeKind.DAILY_BARS,
        source=source,
        licence=licence,
        hours=hours_of("US"),
        resolve=instruments.resolve,
        ignored=frozenset({"crawl_date"}),
        off_tick=OffTick.ROUND_HALF_UP,
        extra={ADJUSTED: Kind.FINE},
        kept=lambda rows: notes.take(rows, rows.good),
    )
    made = BarImport(job, plan, instruments)

    def facts(tape: Tape) -> Tape:
        found = list(notes.by_instrument(made.reader.symbols))
        file = paths[0].name
        return with_adjustments(tape, found, ADJUSTED, _SLACK_MICRO, job.report, file)

    return made.read(job.all_parts(paths), facts)


def _names(job: Job) -> dict[str, Row]:
    """Names by symbol, from the small table beside the bars."""
    path: Path = job.wanted.path / NAMES
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = csv.DictReader(file)
        return {
            row["symbol"]: Row(symbol=row["symbol"], name_en=row["name"], name_zh=row["name"])
            for row in rows
            if row.get("symbol") and row.get("name")
        }
