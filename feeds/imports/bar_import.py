"""From parts of text to a tape of bars: what all formats of bars have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from feeds.bar_writer import BarWriter
from feeds.calendar import CHINA_HOURS, US_HOURS, Hours, Int64s, PhaseStep
from feeds.imports.csv_actions import import_csv_actions
from feeds.imports.csv_bars import BarReader, CsvBars, Take
from feeds.imports.csv_gaps import GapFinder
from feeds.imports.csv_lines import LineProblem
from feeds.imports.csv_listings import import_csv_listings
from feeds.imports.importer import Job, Made
from feeds.imports.instruments import Instruments
from feeds.imports.opening import Part, checked_file
from feeds.imports.report import FileFault, StopImportError
from feeds.market_manifest import TapeHeader
from feeds.records import BARS, empty, matrix
from feeds.tape import BarColumns, Tape, TapeId, TapeKind
from matching.market import Phase

_DAY_SECONDS = 86_400
_MOST_BESIDE = 64 << 20  # bytes of a file of actions or listings, which is read at once
HONG_KONG_HOURS = Hours(
    "Asia/Hong_Kong",
    (
        PhaseStep(9 * 3600, Phase.PRE_OPEN),
        PhaseStep(9 * 3600 + 1800, Phase.CONTINUOUS),
        PhaseStep(12 * 3600, Phase.LUNCH),
        PhaseStep(13 * 3600, Phase.CONTINUOUS),
        PhaseStep(16 * 3600, Phase.CLOSED),
    ),
)
_HOURS = {
    **dict.fromkeys(("CN", "XSHG", "XSHE", "BJSE", "SIMA"), CHINA_HOURS),
    **dict.fromkeys(("US", "XNYS", "XNAS"), US_HOURS),
    "XHKG": HONG_KONG_HOURS,
}

# What a format adds to the facts of a tape, whose columns are the first bars.
Facts = Callable[[Tape], Tape]


def hours_of(market: str, zone: str = "") -> Hours:
    """The hours in which bars of a market lie; of an unknown one the whole day of ``zone``."""
    known = _HOURS.get(market)
    if known is not None:
        return known
    steps = (PhaseStep(0, Phase.CONTINUOUS), PhaseStep(_DAY_SECONDS, Phase.CLOSED))
    return Hours(zone or "UTC", steps)


class BarImport:
    """One tape of bars that is being imported."""

    def __init__(self, job: Job, plan: CsvBars, instruments: Instruments) -> None:
        self.job = job
        self.plan = plan
        self.reader = BarReader(plan, job.report)
        self._instruments = instruments
        self._minutes = 1 if plan.kind is TapeKind.DAILY_BARS else plan.minutes
        self._gaps = GapFinder(plan.kind, self._minutes)
        self._heads: dict[int, BarColumns] = {}
        self._header = TapeHeader(
            plan.name, plan.source, plan.licence, plan.hours, origin=plan.origin,
            minutes=self._minutes,
        )  # fmt: skip

    def read(self, parts: Iterable[Part], facts: Facts | None = None) -> tuple[Made, ...]:
        """Read parts into one tape; nothing when no line of them can be used."""

        def fill(take: Take) -> None:
            for part in parts:
                self.reader.read(part, take)

        return self.run(fill, facts)

    def run(self, fill: Callable[[Take], None], facts: Facts | None = None) -> tuple[Made, ...]:
        """Make the tape of what ``fill`` gives to its argument."""
        with BarWriter(self.job.root, self._header, self.plan.kind) as writer:
            fill(lambda instrument, table: self._take(writer, instrument, table))
            return self._finish(writer, facts)

    def _take(self, writer: BarWriter, instrument: Int64s, table: Int64s) -> None:
        found = self.reader.symbols.instruments
        header = writer.header
        if len(header.instruments) < len(found):
            writer.header = replace(header, instruments=tuple(found))
        numbers, first = np.unique(instrument, return_index=True)
        for number, row in zip(numbers.tolist(), first.tolist(), strict=True):
            if number not in self._heads:
                self._heads[number] = BarColumns(*(table[row : row + 1, k] for k in range(6)))
        records = empty(BARS, len(table))
        matrix(records)[:, 1] = instrument
        matrix(records)[:, [0, 2, 3, 4, 5, 6]] = table
        assert not writer.bars(records).any(), "every bar was checked"
        self._gaps.take(instrument, table[:, 0])

    def _finish(self, writer: BarWriter, facts: Facts | None) -> tuple[Made, ...]:
        if not self._heads:
            return ()
        tape = self._facts()
        if facts is not None:
            tape = facts(tape)
        tape = self._second_files(tape)
        by_id = {one.instrument_id: one for one in tape.instruments}
        header = writer.header
        references = zip(tape.instruments, tape.first_references, strict=True)
        writer.header = replace(
            header,
            instruments=tuple(by_id.get(one.instrument_id, one) for one in header.instruments),
            first_references={one.instrument_id: price for one, price in references if price},
            splits=tape.splits,
            actions=tape.actions,
            listings=tape.listings,
        )
        tape_id = writer.finish()
        gaps = self._gaps.result(writer.header.instruments, tape.hours.time_zone)
        counts = {
            "instruments": len(tape.instruments),
            "splits": len(tape.splits),
            "actions": len(tape.actions),
            "listings": len(tape.listings),
        }
        first, last = (day.isoformat() for day in gaps.span)
        notes = () if tape.minutes == 1 else (f"bars of {tape.minutes} minutes",)
        told = {word: count for word, count in counts.items() if count}
        return (Made(tape_id, writer.rows, (first, last), gaps.total, told, notes),)

    def _facts(self) -> Tape:
        """The tape with the first bar of each instrument that has one."""
        plan, numbers = self.plan, sorted(self._heads)
        found = [self.reader.symbols.instruments[number] for number in numbers]
        by_symbol = self.reader.symbols.by_symbol(numbers)
        references = self._instruments.references(by_symbol)
        tape = Tape(
            tape_id=TapeId(""),
            name=plan.name,
            kind=plan.kind,
            source=plan.source,
            licence=plan.licence,
            origin=plan.origin,
            hours=plan.hours,
            instruments=tuple(found),
            first_references=tuple(references.get(one.instrument_id) for one in found),
            splits=(),
            columns=tuple(self._heads[number] for number in numbers),
            minutes=self._minutes,
        )
        return replace(tape, listings=self._instruments.listings(by_symbol, tape.first_days))

    def _second_files(self, tape: Tape) -> Tape:
        """What the files of actions and listings add."""
        wanted = self.job.wanted
        for path in (wanted.actions, wanted.listings):
            if path is not None and checked_file(path) > _MOST_BESIDE:
                said = f"more than {_MOST_BESIDE >> 20} MiB"
                raise StopImportError(path.name, 0, FileFault.TOO_MANY_BYTES, said)
        if wanted.actions is not None:
            actions = import_csv_actions(wanted.actions, tape)
            self._complain(wanted.actions, actions.problems)
            tape = actions.tape
        if wanted.listings is not None:
            listings = import_csv_listings(wanted.listings, tape)
            self._complain(wanted.listings, listings.problems)
            tape = listings.tape
        return tape

    def _complain(self, path: Path, problems: Sequence[LineProblem]) -> None:
        for one in problems:
            self.job.report.complain(path.name, one.line, one.code, one.text)
