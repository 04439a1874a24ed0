from __future__ import annotations

import numpy as np

from feeds.imports.number_rows import RowFault as Unreadable
from feeds.imports.number_rows import Rows
from feeds.imports.report import Report
from feeds.imports.row_faults import LineFault, refuse_bad, refuse_lines
from feeds.record_checks import RowFault


def test_every_fault_of_a_row_has_a_word_for_its_line() -> None:
    report = Report()
    faults = np.array([0, *RowFault], np.int8)
    lines, values = np.arange(10, 10 + len(faults)), np.ones((len(faults), 2), np.int64)
    refuse_lines(report, "a file", lines, values, faults)
    assert [one.code for one in report.problems] == list(LineFault)
    assert report.problems[0][:2] == ("a file", 11)
    assert report.problems[0].text == "1,1"
    assert report.counted["out_of_order"] == report.counted["duplicates"] == 1


def test_unreadable_lines_are_refused() -> None:
    report = Report()
    rows = Rows(
        np.zeros((0, 1), np.int64), np.zeros(0, np.int64), ((7, Unreadable.NOT_A_NUMBER, "x"),)
    )
    refuse_bad(report, "a file", rows)
    assert report.problems[0].sentence == "a file, line 7: not_a_number: x"
