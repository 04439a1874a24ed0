from __future__ import annotations

from pathlib import Path

import pytest

import feeds.imports.newest_first
from feeds.imports.csv_import import import_csv
from feeds.imports.importer import Job, Wanted, run_import
from feeds.imports.newest_first import is_newest_first, turned_round
from feeds.imports.report import Report, StopImportError
from tests.feeds.imports.tables import part, run

ROWS = ("2020-01-06,3,3,3,3,1", "x,1,1,1,1,1", "2020-01-03,2,2,2,2,1", "2020-01-02,1,1,1,1,1")


def test_times_that_fall() -> None:
    assert is_newest_first(["2020-01-03", "2020-01-02"])
    assert not is_newest_first(["2020-01-02", "2020-01-03"])
    assert not is_newest_first(["2020-01-02"])
    assert not is_newest_first(["2020-01-03", "2020-01-04", "2020-01-01"], ["A", "A", "B"])


def test_a_table_is_turned_and_its_lines_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("date,open,high,low,close,volume\n" + "\n".join(ROWS) + "\n")
    report = Report()
    (made,) = run_import(import_csv, Job(Wanted(path=path), tmp_path / "tapes", report))
    assert (made.rows, made.span) == (3, ("2020-01-02", "2020-01-06"))
    assert [(one.line, one.code.value) for one in report.problems] == [(3, "not_a_time")]


def test_there_is_an_end_to_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert turned_round(part("h\nb\na\n")).stream.read() == b"h\na\nb\n"
    monkeypatch.setattr(feeds.imports.newest_first, "MOST_BYTES", 10)
    with pytest.raises(StopImportError, match="its newest line comes first"):
        turned_round(part("h\n" + "x" * 20))
    path = tmp_path / "a.csv"
    path.write_text("date,open,high,low,close,volume\n" + "\n".join(ROWS[::2]))
    with pytest.raises(StopImportError):
        run(import_csv, tmp_path, path)
