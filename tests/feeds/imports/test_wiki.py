from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feeds.imports.importer import Job, Wanted, run_import
from feeds.imports.report import Report
from feeds.imports.wiki import import_wiki
from feeds.tape import Tape
from feeds.tape_store import open_tape
from tests.feeds.imports.tables import SHARED

TOLD = """,Date,Open,High,Low,Close,Volume,ExDividend,SplitRatio,AdjClose,Stock
0,2017-12-29,51,52,50,51.005,10.0,0.0,1.0,51,AAPL
1,2017-12-28,50,52,50,51,10.0,0.0,2.0,51,AAPL
2,2017-12-27,99,101,99,100,10.0,0.63,1.0,50,AAPL
3,2017-12-26,99,101,99,100,10.0,0.0,1.37,50,AAPL
"""
ADJUSTED = """Ticker,Date,Open,High,Low,Close,Volume,Adj Close
MSFT,2003-02-13,47,49,46,48.30,100,20.0
MSFT,2003-02-14,48,49,48,48.30,100,20.0
MSFT,2003-02-18,24.62,25,24.4,24.96,100,20.67
MSFT,2003-02-19,24.82,25,24.4,24.86,100,20.7
"""


def imported(path: Path, tmp_path: Path) -> tuple[dict[str, Tape], Report]:
    report = Report()
    made = run_import(import_wiki, Job(Wanted(path=path), tmp_path / "tapes", report))
    tapes = (open_tape(tmp_path / "tapes", one.tape_id) for one in made)
    return {tape.name: tape for tape in tapes}, report


def test_columns_tell_dividends_and_splits_newest_first(tmp_path: Path) -> None:
    (tmp_path / "told.csv").write_text(TOLD)
    tapes, report = imported(tmp_path / "told.csv", tmp_path)
    tape = tapes["told"]
    assert tape.columns[0].close_ticks.tolist() == [10000, 10000, 5100, 5101]
    assert [(one.session, one.new_shares) for one in tape.splits] == [(date(2017, 12, 28), 2)]
    assert [(one.session, one.cash_micro) for one in tape.actions] == [
        (date(2017, 12, 27), 630_000)
    ]
    assert [(one.line, one.code.value) for one in report.problems] == [(5, "doubtful_adjustment")]


def test_a_factor_tells_a_split(tmp_path: Path) -> None:
    (tmp_path / "adj.csv").write_text(ADJUSTED)
    tapes, report = imported(tmp_path / "adj.csv", tmp_path)
    assert [(one.session, one.new_shares, one.old_shares) for one in tapes["adj"].splits] == [
        (date(2003, 2, 18), 2, 1)
    ]  # fmt: skip
    assert [(one.session, one.cash_micro // 10_000) for one in tapes["adj"].actions] == [
        (date(2003, 2, 19), 13)
    ]  # fmt: skip
    assert report.problems == []


def test_the_shared_data(tmp_path: Path) -> None:
    folder = SHARED / "us_daily_wiki_bokeh"
    if not folder.exists():
        pytest.skip(f"{folder.name} of the shared data is absent")
    tapes, report = imported(folder, tmp_path)
    stocks = tapes["stocks"]
    rows = {
        one.symbol: len(c.time) for one, c in zip(stocks.instruments, stocks.columns, strict=True)
    }
    assert rows == {"AAPL": 3270, "IBM": 3270, "MSFT": 3270, "GOOG": 2148, "FB": 196}
    assert [(one.instrument_id, one.session) for one in stocks.splits] == [
        ("US:AAPL", date(2000, 6, 21)), ("US:MSFT", date(2003, 2, 18)),
        ("US:AAPL", date(2005, 2, 28)),
    ]  # fmt: skip
    trap = [one for one in report.problems if "2000-09-29" in one.text]
    assert [one.code.value for one in trap] == ["unexplained_move"]
    plotly = tapes["plotly_hello_world_stock_wiki_2015_2017"]
    assert (plotly.rows, len(plotly.actions), report.refused) == (2261, 23, 0)
