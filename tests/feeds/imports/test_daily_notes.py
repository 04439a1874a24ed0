from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from feeds.calendar import day_number
from feeds.imports.daily_notes import DailyNotes, Days, with_adjustments
from feeds.imports.report import Report
from feeds.tape import TapeSplit
from feeds.tape_actions import ActionKind, TapeAction
from tests.feeds.samples import daily_tape, instrument

DAYS = [date(2020, 1, day) for day in (2, 3, 6, 7, 8)]
CLOSES = [10000, 10000, 5000, 5000, 1000]
ADJUSTED = [100_000_000, 50_000_000, 50_000_000, 49_000_000, 0]


def test_factors_become_actions_of_the_session_after() -> None:
    tape = daily_tape(
        {"A": [(day, *(close,) * 4, 1) for day, close in zip(DAYS, CLOSES, strict=True)]}
    )
    close = np.array(CLOSES, np.int64)
    own = Days(
        instrument("A"), np.arange(2, 7), np.array([day_number(one) for one in DAYS]),
        {"open": close, "close": close, "adj": np.array(ADJUSTED, np.int64)},
    )  # fmt: skip
    report = Report()
    made = with_adjustments(tape, [own], "adj", 5_000, report, "a.csv")
    name = own.instrument.instrument_id
    assert made.splits == (TapeSplit(name, DAYS[2], 2, 1),)
    assert made.actions == (TapeAction(name, DAYS[4], ActionKind.EX, cash_micro=1_000_000),)
    assert report.problems == []
    flat = replace(own, values={**own.values, "adj": own.micro("close")})
    with_adjustments(tape, [flat], "adj", 5_000, report, "a.csv")
    assert [(one.line, one.code.value) for one in report.problems] == [
        (4, "unexplained_move"), (6, "unexplained_move")
    ]  # fmt: skip


def test_nothing_was_kept() -> None:
    assert list(DailyNotes(("close",)).by_instrument(None)) == []  # type: ignore[arg-type]
