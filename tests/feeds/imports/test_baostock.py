from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from feeds.bar_days import BarDays
from feeds.imports.baostock import import_baostock
from feeds.imports.importer import Job, Wanted, run_import
from feeds.imports.report import Report
from feeds.tape import Tape
from feeds.tape_actions import ActionKind
from feeds.tape_store import open_tape
from tests.feeds.imports.tables import SHARED

HEAD = "code,date,open,high,low,close,preclose,volume,amount,turn,tradestatus,pctChg,isST\n"
ROWS = """sh.600048,2020-01-02,16.4500,16.7800,16.2300,16.2600,16.1800,100,1.0,0.8,1,0.4,0
sh.600048,2020-01-03,16.2600,16.2600,16.2600,16.2600,16.2600,,,,0,,0
sh.600048,2020-01-06,16.2600,16.2600,16.2600,16.2600,16.2600,0,0.0,,0,,0
sh.600048,2020-01-07,15.8000,15.8100,15.5500,15.6800,15.9600,200,1.0,0.6,1,-1.6,1
sh.600048,2020-01-08,15.8000,15.8100,15.5500,15.6800,15.7000,200,1.0,0.6,1,-1.6,1
sz.300750,2020-01-07,30.0000,36.2000,30.0000,36.2000,25.1400,300,1.0,0.6,1,44,0
sz.300750,2020-01-08,38.0000,39.8200,36.0000,39.8200,36.2000,300,1.0,0.6,1,10,0
"""


def imported(path: Path, tmp_path: Path) -> tuple[Tape, Report]:
    report = Report()
    (made,) = run_import(import_baostock, Job(Wanted(path=path), tmp_path / "tapes", report))
    return open_tape(tmp_path / "tapes", made.tape_id), report


def test_what_the_lines_tell_beside_the_bars(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEAD + ROWS)
    tape, report = imported(tmp_path / "a.csv", tmp_path)
    assert (tape.rows, report.refused) == (5, 0)
    assert [one.instrument_id for one in tape.instruments] == ["XSHG:600048", "XSHE:300750"]
    assert tape.instruments[1].board == "chinext"
    assert tape.first_references == (1618, 2514)
    kinds = {one.kind: one for one in tape.actions}
    halt = kinds[ActionKind.SUSPENSION]
    assert (halt.session, halt.until) == (date(2020, 1, 3), date(2020, 1, 6))
    assert (kinds[ActionKind.EX].session, kinds[ActionKind.EX].cash_micro) == (
        date(2020, 1, 7), 300_000
    )  # fmt: skip
    assert [(one.first, one.last, one.status.value) for one in tape.listings] == [
        (date(2020, 1, 7), None, "listing"), (date(2020, 1, 7), None, "st")
    ]  # fmt: skip
    assert [one.sentence for one in report.problems] == [
        "a.csv, line 6: doubtful_adjustment: "
        "600048 2020-01-08: the reference is above the close before"
    ]
    days = BarDays(tape)
    assert days.days[0].reference_ticks.tolist() == [1618, 1596, 1568]


def test_the_shared_data(tmp_path: Path) -> None:
    folder = SHARED / "ashare_daily_csi300_baostock"
    if not folder.exists():
        pytest.skip(f"{folder.name} of the shared data is absent")
    tape, report = imported(folder, tmp_path)
    assert (tape.rows, report.refused, len(tape.instruments)) == (78_796 - 370, 0, 62)
    store = BarDays(tape)
    outside = 0
    for index, own in enumerate(tape.instruments):
        days = store.days[index]
        board = 20 if own.board == "star" else 10
        percent = np.full(len(days.session), board)
        if own.board == "chinext":
            reform = np.searchsorted(store.calendar.days, _day(date(2020, 8, 24)))
            percent[days.session >= reform] = 20
        for listing in (one for one in tape.listings if one.instrument_id == own.instrument_id):
            if listing.status == "st" and board == 10:
                inside = store.calendar.days[days.session] >= _day(listing.first)
                if listing.last is not None:
                    inside &= store.calendar.days[days.session] <= _day(listing.last)
                percent[inside] = 5
        most = (days.reference_ticks * (100 + percent) * 2 + 100) // 200
        outside += int((days.high_ticks > most).sum())
    # The first days of a listing have no limit.
    assert 0 < outside <= 39


def _day(day: date) -> int:
    return (day - date(1970, 1, 1)).days
