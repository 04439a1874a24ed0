from __future__ import annotations

import pytest

from feeds.imports.csv_values import BarFault
from feeds.imports.report import FileFault, Report, StopImportError


def test_every_problem_is_counted_and_the_first_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.imports.report.MOST_KEPT", 2)
    report = Report()
    for line in range(5):
        report.refuse("a.csv", line + 2, BarFault.OUT_OF_ORDER, "x")
    report.complain("a.csv", 1, BarFault.UNKNOWN_COLUMN, "Adj")
    assert (report.refused, report.problem_count, len(report.problems)) == (5, 6, 2)
    assert report.counted["out_of_order"] == 5


def test_too_many_refused_lines_end_the_import() -> None:
    report = Report(most_refused=1)
    report.refuse("a.csv", 2, BarFault.NOT_CSV, "x")
    with pytest.raises(StopImportError, match=r"a\.csv, line 3: too_many_refused: more than 1"):
        report.refuse("a.csv", 3, BarFault.NOT_CSV, "x")


def test_a_sentence_has_file_line_and_reason_and_no_control_characters() -> None:
    stop = StopImportError("a.csv", 7, FileFault.NOT_TEXT, "x\x1b[31m" + "y" * 200)
    assert stop.problem.sentence.startswith("a.csv, line 7: not_text: x\ufffd[31myyy")
    assert len(stop.problem.text) == 80
    assert StopImportError("b", 0, FileFault.SYMLINK, "").problem.sentence == "b: symlink"
