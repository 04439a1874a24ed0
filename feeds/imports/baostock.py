"""The format baostock: daily bars of Chinese shares with the exchange's reference price, days
without trading, and the ST flag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from feeds.calendar import day_of
from feeds.imports.bar_import import BarImport, hours_of
from feeds.imports.csv_bars import CsvBars
from feeds.imports.csv_kernel import Kind
from feeds.imports.csv_table import Rows
from feeds.imports.daily_notes import DailyFault, DailyNotes, Days
from feeds.imports.importer import Job, Made
from feeds.imports.instruments import CHINA, instruments_of
from feeds.imports.naming import source_and_licence, tape_name
from feeds.imports.report import Report
from feeds.tape import Tape, TapeKind
from feeds.tape_actions import ActionKind, TapeAction
from feeds.tape_listings import ListingStatus, TapeListing

_REFERENCE, _TRADED, _ST = "preclose", "tradestatus", "isst"
_NO, _YES = ord("0"), ord("1")
_IGNORED = frozenset(
    {"adjustflag", "turn", "pctChg", "peTTM", "psTTM", "pbMRQ", "pcfNcfTTM", "time"}
)


def import_baostock(job: Job) -> tuple[Made, ...]:
    """Import a file, or all files of a folder, as one tape."""
    notes = DailyNotes(("close", _REFERENCE, _TRADED, _ST))
    instruments = instruments_of(replace(job.wanted, market=CHINA), CHINA)
    source, licence = source_and_licence(job)

    def notice(rows: Rows) -> None:
        notes.take(rows, rows.good)
        # Such a line is no bar: it tells that there was none.
        rows.good &= rows.values[_TRADED] != _NO

    plan = CsvBars(
        name=tape_name(job.wanted.name, job.words().removesuffix(".csv")),
        kind=TapeKind.DAILY_BARS,
        source=source,
        licence=licence,
        hours=hours_of(CHINA),
        resolve=instruments.resolve,
        names={_ST: "isST"},
        ignored=_IGNORED,
        extra={
            "volume": Kind.QTY_OR_NONE,
            _REFERENCE: Kind.PRICE,
            _TRADED: Kind.WORD,
            _ST: Kind.WORD,
        },
        notice=notice,
    )
    bars = BarImport(job, plan, instruments)
    paths = job.files("*.csv*")

    def facts(tape: Tape) -> Tape:
        found = list(notes.by_instrument(bars.reader.symbols))
        return with_notes(tape, found, job.report, job.wanted.path.name)

    return bars.read(job.all_parts(paths), facts)


def with_notes(tape: Tape, notes: list[Days], report: Report, file: str) -> Tape:
    """The tape with what its lines say beside the bars.

    A reference below the close before is an ex-date.  The data does not say of what; the whole
    difference is taken as cash, which gives the same reference and leaves the holder as much.
    """
    actions: list[TapeAction] = []
    listings: list[TapeListing] = []
    references: dict[str, int] = {}
    begins = min((int(own.day[0]) for own in notes), default=0)
    for own in notes:
        name = own.instrument.instrument_id
        references[name] = int(own.values[_REFERENCE][0])
        actions += _ex_dates(own, report, file)
        actions += [
            TapeAction(name, first, ActionKind.SUSPENSION, until=last)
            for first, last in _runs(own, _TRADED, _NO)
        ]
        end = day_of(int(own.day[-1]))
        listings += [
            TapeListing(name, first, None if last == end else last, ListingStatus.ST)
            for first, last in _runs(own, _ST, _YES)
        ]
        first_day = day_of(int(own.day[0]))
        if int(own.day[0]) > begins and tape.first_days.get(name) == first_day:
            listings.append(TapeListing(name, first_day, None, ListingStatus.LISTING))
    return replace(
        tape,
        first_references=_first(tape, references),
        actions=(*tape.actions, *actions),
        listings=(*tape.listings, *listings),
    )


def _first(tape: Tape, references: Mapping[str, int]) -> tuple[int | None, ...]:
    pairs = zip(tape.instruments, tape.first_references, strict=True)
    return tuple(known or references.get(one.instrument_id) for one, known in pairs)


def _ex_dates(own: Days, report: Report, file: str) -> Iterator[TapeAction]:
    close, reference = own.micro("close"), own.micro(_REFERENCE)
    paid = close[:-1] - reference[1:]
    for row in (np.flatnonzero(paid) + 1).tolist():
        day = day_of(int(own.day[row]))
        if paid[row - 1] > 0:
            name = own.instrument.instrument_id
            yield TapeAction(name, day, ActionKind.EX, cash_micro=int(paid[row - 1]))
        else:
            said = f"{own.instrument.symbol} {day}: the reference is above the close before"
            report.complain(file, int(own.line[row]), DailyFault.DOUBTFUL_ADJUSTMENT, said)


def _runs(own: Days, name: str, word: int) -> Iterator[tuple[date, date]]:
    """First and last day of each stretch of lines with this word."""
    inside = np.concatenate(([False], own.values[name] == word, [False]))
    begins = np.flatnonzero(~inside[:-1] & inside[1:])
    ends = np.flatnonzero(inside[:-1] & ~inside[1:]) - 1
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        yield day_of(int(own.day[begin])), day_of(int(own.day[end]))
