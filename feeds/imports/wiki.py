"""The format wiki: daily bars in the layouts of Quandl's WIKI tables, unadjusted, with what they
say of dividends and splits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from feeds.calendar import day_of
from feeds.imports.adjustments import RATIOS
from feeds.imports.bar_import import BarImport, hours_of
from feeds.imports.csv_bars import CsvBars
from feeds.imports.csv_kernel import Kind
from feeds.imports.csv_peek import Peek, peek
from feeds.imports.csv_values import OffTick
from feeds.imports.daily_notes import DailyFault, DailyNotes, Days, with_adjustments
from feeds.imports.importer import Job, Made
from feeds.imports.instruments import instruments_of
from feeds.imports.naming import source_and_licence, tape_name
from feeds.imports.newest_first import is_newest_first, turned_round
from feeds.imports.opening import Part, bare_name
from feeds.imports.report import Report
from feeds.tape import Tape, TapeKind, TapeSplit
from feeds.tape_actions import ActionKind, TapeAction

_FACTOR, _CASH, _SPLIT = "adjusted", "dividend", "split"
_IGNORED = frozenset(
    {"", "AdjOpen", "AdjHigh", "AdjLow", "AdjVolume", "Adj. Open", "Adj. High", "Adj. Low",
     "Adj. Volume", "AdjClose", "Adj. Close", "Adj Close"}
)  # fmt: skip
# Prices are rounded to cents, and so are factors made of them.
_SLACK_MICRO = 15_000


def import_wiki(job: Job) -> tuple[Made, ...]:
    """Import each table of a folder, or one file, as a tape."""
    paths = job.files("*.csv*")
    made: list[Made] = []
    for path in paths:
        made += _import_file(job, path, alone=len(paths) == 1)
    return tuple(made)


def _import_file(job: Job, path: Path, *, alone: bool) -> tuple[Made, ...]:
    seen = peek(job, path)
    told = "splitratio" in seen.words  # dividends and splits in columns of their own
    names = {"symbol": "Stock"} if "stock" in seen.words else {}
    fields = (_CASH, _SPLIT) if told else (_FACTOR,)
    words = {_CASH: "ExDividend", _SPLIT: "SplitRatio"} if told else {_FACTOR: "Adj Close"}
    notes = DailyNotes(("open", "close", *fields))
    instruments = instruments_of(job.wanted, "US")
    source, licence = source_and_licence(job)
    stem = bare_name(path.name).removesuffix(".csv")
    own = job.wanted.name if alone else ""
    plan = CsvBars(
        name=tape_name(own, f"{job.wanted.name}_{stem}" if job.wanted.name else stem),
        kind=TapeKind.DAILY_BARS,
        source=source,
        licence=licence,
        hours=hours_of("US"),
        resolve=instruments.resolve,
        names=names | words,
        ignored=_IGNORED - set(words.values()),
        off_tick=OffTick.ROUND_HALF_UP,
        extra=dict.fromkeys(fields, Kind.FINE),
        kept=lambda rows: notes.take(rows, rows.good),
    )
    bars = BarImport(job, plan, instruments)

    def facts(tape: Tape) -> Tape:
        found = list(notes.by_instrument(bars.reader.symbols))
        if told:
            return _with_columns(tape, found, job.report, path.name)
        return with_adjustments(
            tape, [_by_next(one) for one in found], "next", _SLACK_MICRO, job.report, path.name
        )

    return bars.read(_parts(job, path, seen, names), facts)


def _parts(job: Job, path: Path, seen: Peek, names: dict[str, str]) -> Iterator[Part]:
    symbols = seen.column(names.get("symbol", "ticker"))
    turn = is_newest_first(seen.column("date"), symbols)
    for part in job.all_parts([path]):
        yield turned_round(part) if turn else part


def _by_next(own: Days) -> Days:
    """Each close in terms of the next session: by how the vendor's factor changes.

    The factors are adjusted close to close; they round at the end of the series, so what they tell
    is right to a few cents.
    """
    adjusted, close = own.values[_FACTOR].astype(object), own.micro("close").astype(object)
    moved = close.copy()
    for row in range(len(close) - 1):
        if adjusted[row + 1]:
            # close x (factor of today / factor of tomorrow)
            moved[row] = adjusted[row] * close[row + 1] // adjusted[row + 1]
    return replace(own, values={**own.values, "next": moved.astype(np.int64)})


def _with_columns(tape: Tape, notes: Sequence[Days], report: Report, file: str) -> Tape:
    """Dividends and splits that stand in columns, on their ex-dates."""
    splits: list[TapeSplit] = []
    actions: list[TapeAction] = []
    for own in notes:
        name = own.instrument.instrument_id
        for row in np.flatnonzero(own.values[_CASH] > 0).tolist():
            cash = int(own.values[_CASH][row])
            day = day_of(int(own.day[row]))
            actions.append(TapeAction(name, day, ActionKind.EX, cash_micro=cash))
        for row in np.flatnonzero(own.values[_SPLIT] != 10**6).tolist():
            ratio, day = int(own.values[_SPLIT][row]), day_of(int(own.day[row]))
            pairs = [(n, o) for n, o in RATIOS if abs(ratio * o - n * 10**6) <= o]
            if pairs:
                splits.append(TapeSplit(name, day, *pairs[0]))
            else:
                said = f"{own.instrument.symbol} {day}: a split of {ratio / 10**6:.4f}"
                report.complain(file, int(own.line[row]), DailyFault.DOUBTFUL_ADJUSTMENT, said)
    return replace(tape, splits=(*tape.splits, *splits), actions=(*tape.actions, *actions))
