from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from feeds.calendar import time_of
from feeds.imports.importer import Job, Wanted, run_import
from feeds.imports.report import Report, StopImportError
from feeds.imports.tdx_import import import_tdx
from feeds.tape_store import open_tape
from tests.feeds.imports.tables import SHARED, run
from tests.feeds.imports.test_tdx import day, minute

EXPORT = """601003 柳钢股份 日线 前复权
      日期	    开盘	    最高	    最低	    收盘	    成交量	    成交额
2007/02/27,2.05,2.50,2.05,2.22,53826715,892730880.00
2007/02/28,1.81,2.17,-1.81,2.12,19773341,311071264.00
2007/03/01,1.81,2.17,1.81,2.12,19773341,311071264.00
数据来源:通达信
"""


def test_one_tape_of_each_kind_of_file(tmp_path: Path) -> None:
    folder = tmp_path / "vipdoc"
    folder.mkdir()
    (folder / "sh688001.lc1").write_bytes(minute(2021, 4, 23, 571, 36.71, 37.02, 36.71, 36.8))
    (folder / "sh688001.lc5").write_bytes(minute(2021, 4, 23, 575, 36.71, 37.02, 36.71, 36.8))
    (folder / "sz000001.day").write_bytes(day(20000214, 1920, 2038, 1870, 2037))
    (folder / "sh000001.day.gz").write_bytes(
        gzip.compress(day(20000214, 159144, 167413, 158781, 167394))
    )
    (folder / "SH#601003.txt").write_bytes(EXPORT.encode("gb18030"))
    (folder / "readme.txt").write_text("x")
    report = Report()
    made = run_import(import_tdx, Job(Wanted(path=folder), tmp_path / "tapes", report))
    days, ones, fives, export = (open_tape(tmp_path / "tapes", one.tape_id) for one in made)
    assert [one.instrument_id for one in days.instruments] == ["XSHG:000001", "XSHE:000001"]
    assert days.columns[0].close_ticks.tolist() == [1673940]
    for tape, minutes in ((ones, 1), (fives, 5)):
        assert tape.minutes == minutes
        at = time_of(int(tape.columns[0].time[0]), "Asia/Shanghai")
        assert (at.hour, at.minute) == (9, 30)
    assert export.columns[0].volume.tolist() == [53826715, 19773341]
    assert made[3].notes == ("prices are adjusted to those of the last day",)
    assert [(one.line, one.code.value) for one in report.problems] == [(4, "not_positive")]


def test_files_that_break_off(tmp_path: Path) -> None:
    path = tmp_path / "sh600000.day"
    path.write_bytes(day(20000214, 1, 1, 1, 1) + b"half")
    with pytest.raises(
        StopImportError, match=r"sh600000\.day, line 2: damaged_file: 4 bytes after"
    ):
        run(import_tdx, tmp_path, path)
    path.write_bytes(day(20009999, 1, 1, 1, 1) + day(20000214, 1, 1, 1, 1) * 2)
    (made,) = run(import_tdx, tmp_path, path)
    assert made.rows == 1
    (tmp_path / "sh999999.day").write_bytes(day(20000214, 1, 1, 1, 1))
    with pytest.raises(StopImportError, match="unknown_symbol: SH999999"):
        run(import_tdx, tmp_path, tmp_path / "sh999999.day")
    (tmp_path / "sh600000.txt").write_text("nothing\n")
    with pytest.raises(StopImportError, match="no_rows"):
        run(import_tdx, tmp_path, tmp_path / "sh600000.txt")


def test_the_shared_data(tmp_path: Path) -> None:
    folder = SHARED / "tdx_vipdoc_mootdx"
    if not folder.exists():
        pytest.skip(f"{folder.name} of the shared data is absent")
    made = run(import_tdx, tmp_path, folder)
    assert [one.rows for one in made] == [5_156 + 4_995, 2_880, 144, 3_365]
    assert [one.span for one in made][:2] == [
        ("2000-02-14", "2021-05-14"), ("2021-04-23", "2021-06-03")
    ]  # fmt: skip
    tape = open_tape(tmp_path / "tapes", made[1].tape_id)
    ends = [time_of(int(at), "Asia/Shanghai") for at in tape.columns[0].time[[0, -1]]]
    assert [at.strftime("%H:%M") for at in ends] == ["09:30", "14:59"]
