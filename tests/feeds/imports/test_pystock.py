from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feeds.imports.importer import Job, Wanted, run_import
from feeds.imports.pystock import import_pystock
from feeds.imports.report import Report
from feeds.tape import Tape
from feeds.tape_store import open_tape
from tests.feeds.imports.tables import SHARED

HEAD = "symbol,date,open,high,low,close,volume,adj_close,crawl_date\n"
ROWS = """AA,2016-10-03,10.14,10.16,9.96,10.12,16382700,10.12,20161004
AA,2016-10-05,10.249999,10.41,10.17,10.40,29736800,31.199999,20161006
AA,2016-10-06,31.07,32.02,31.07,31.780001,10026500,31.680001,20161007
AA,2016-10-07,32.02,32.099998,31.030001,31.370001,7740400,31.370001,20161007
"""


def imported(folder: Path, tmp_path: Path) -> tuple[Tape, Report]:
    report = Report(10**6)
    (made,) = run_import(import_pystock, Job(Wanted(path=folder), tmp_path / "tapes", report))
    return open_tape(tmp_path / "tapes", made.tape_id), report


def test_splits_dividends_and_names(tmp_path: Path) -> None:
    folder = tmp_path / "us"
    folder.mkdir()
    (folder / "daily.csv").write_text(HEAD + ROWS)
    (folder / "symbols.csv").write_text("symbol,name,days\nAA,Alcoa Inc.,4\n")
    tape, report = imported(folder, tmp_path)
    assert tape.instruments[0].name_en == "Alcoa Inc."
    assert [(one.session, one.new_shares, one.old_shares) for one in tape.splits] == [
        (date(2016, 10, 6), 1, 3)
    ]  # fmt: skip
    assert [(one.session, one.cash_micro) for one in tape.actions] == [(date(2016, 10, 7), 99_999)]
    assert report.counted["rounded"] == 5
    assert report.problems == []


def test_the_shared_data(tmp_path: Path) -> None:
    folder = SHARED / "us_daily_pystock_500"
    if not folder.exists():
        pytest.skip(f"{folder.name} of the shared data is absent")
    tape, report = imported(folder, tmp_path)
    assert (tape.rows, report.refused, len(tape.instruments)) == (256_325, 0, 500)
    assert sum(len(columns.time) == 513 for columns in tape.columns) == 365
    splits = {
        (one.instrument_id, one.session): (one.new_shares, one.old_shares) for one in tape.splits
    }
    for symbol, day, ratio in (
        ("AA", date(2016, 10, 6), (1, 3)),
        ("NFLX", date(2015, 7, 15), (7, 1)),
        ("NKE", date(2015, 12, 24), (2, 1)),
        ("CMCSA", date(2017, 2, 21), (2, 1)),
    ):
        assert splits[f"US:{symbol}", day] == ratio  # type: ignore[index]
    assert (
        len(tape.splits) + sum(one.code == "doubtful_adjustment" for one in report.problems) == 31
    )
    assert 2_800 <= len(tape.actions) <= 2_878
    said = " ".join(one.text for one in report.problems)
    assert "MS 2017-02-14: 45.26 to 25.59" in said
