"""What a vendor's daily table tells beside its bars, gathered while it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from feeds.calendar import Int64s, day_of
from feeds.imports.adjustments import Dividend, Doubtful, Split, told_by_factor, unexplained
from feeds.imports.csv_spec import Symbols
from feeds.imports.csv_table import Rows
from feeds.imports.report import Report
from feeds.tape import Tape, TapeSplit
from feeds.tape_actions import ActionKind, TapeAction
from matching.instrument import Instrument


class DailyFault(StrEnum):
    """What a person should look at; the bars are in the tape."""

    DOUBTFUL_ADJUSTMENT = "doubtful_adjustment"
    UNEXPLAINED_MOVE = "unexplained_move"


@dataclass(frozen=True, slots=True)
class Days:
    """One instrument's lines in order: int64 columns of equal length, by field."""

    instrument: Instrument
    line: Int64s
    day: Int64s
    values: dict[str, Int64s]

    def micro(self, name: str) -> Int64s:
        """A price in ticks as millionths of the currency's unit."""
        own = self.instrument
        millionths: Int64s = self.values[name] * (own.tick * 10 ** (6 - own.price_decimals))
        return millionths


class DailyNotes:
    """Gathers columns of a table by instrument."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = tuple(fields)
        self._pieces: list[Int64s] = []

    def take(self, rows: Rows, keep: NDArray[np.bool_]) -> None:
        """Keep these rows."""
        columns = [rows.instrument, rows.line, rows.day, *(rows.values[f] for f in self._fields)]
        self._pieces.append(np.stack([column[keep] for column in columns]))

    def by_instrument(self, symbols: Symbols) -> Iterator[Days]:
        """What was kept, in the order of the file."""
        if not self._pieces:
            return
        whole = np.concatenate(self._pieces, axis=1)
        whole = whole[:, np.argsort(whole[0], kind="stable")]
        starts = np.flatnonzero(np.diff(whole[0], prepend=-1))
        for piece in np.split(whole, starts[1:], axis=1):
            values = dict(zip(self._fields, piece[3:], strict=True))
            yield Days(symbols.instruments[int(piece[0, 0])], piece[1], piece[2], values)


def with_adjustments(
    tape: Tape, notes: Sequence[Days], adjusted: str, slack_micro: int, report: Report, file: str
) -> Tape:
    """The tape with the splits and dividends that adjusted closes tell.

    ``adjusted`` is the field of each close in terms of the session after it, in millionths.
    """
    splits: list[TapeSplit] = []
    actions: list[TapeAction] = []
    for own in notes:
        close, opened = own.micro("close"), own.micro("open")
        for row in range(len(own.day) - 1):
            before, after = int(close[row]), int(opened[row + 1])
            moved = int(own.values[adjusted][row])
            found = told_by_factor(before, after, moved, slack_micro)
            name, day = own.instrument.instrument_id, day_of(int(own.day[row + 1]))
            if isinstance(found, Split):
                splits.append(TapeSplit(name, day, *found))
            elif isinstance(found, Dividend):
                actions.append(TapeAction(name, day, ActionKind.EX, cash_micro=found.cash_micro))
            elif isinstance(found, Doubtful):
                said = f"{own.instrument.symbol} {day}: {found.text}"
                report.complain(file, int(own.line[row]), DailyFault.DOUBTFUL_ADJUSTMENT, said)
            elif unexplained(before, int(close[row + 1])):
                prices = f"{before / 10**6:.2f} to {int(close[row + 1]) / 10**6:.2f}"
                said = f"{own.instrument.symbol} {day}: {prices}"
                report.complain(file, int(own.line[row + 1]), DailyFault.UNEXPLAINED_MOVE, said)
    return replace(tape, splits=(*tape.splits, *splits), actions=(*tape.actions, *actions))
