"""Rows that a writer left out, as lines that an import refused."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from feeds.calendar import Int64s
from feeds.imports.number_rows import Rows
from feeds.imports.report import Report
from feeds.record_checks import Faults, RowFault


class LineFault(StrEnum):
    """``feeds.record_checks.RowFault`` by its word."""

    UNKNOWN_INSTRUMENT = "unknown_instrument"
    NOT_A_TIME = "not_a_time"
    NOT_POSITIVE = "not_positive"
    TOO_LARGE = "too_large"
    UNKNOWN_CODE = "unknown_code"
    LEVELS_OUT_OF_ORDER = "levels_out_of_order"
    CONTRADICTS_ITSELF = "contradicts_itself"
    OUT_OF_ORDER = "out_of_order"
    DUPLICATE = "duplicates"


_RENAMED = {RowFault.TIME_RUNS_BACK: LineFault.OUT_OF_ORDER, RowFault.REPEATED: LineFault.DUPLICATE}


def refuse_bad(report: Report, file: str, rows: Rows) -> None:
    """Tell of the lines that are no rows at all."""
    for line, fault, text in rows.bad:
        report.refuse(file, line, fault, text)


def refuse_faults(report: Report, file: str, rows: Rows, faults: Faults) -> None:
    """Tell of rows that a writer left out; ``faults`` has one entry for each of ``rows``."""
    refuse_lines(report, file, rows.lines, rows.values, faults)


def refuse_lines(
    report: Report, file: str, lines: Int64s, values: Int64s, faults: NDArray[np.int8]
) -> None:
    for row in np.flatnonzero(faults).tolist():
        found = RowFault(int(faults[row]))
        word = _RENAMED.get(found) or LineFault(found.name.lower())
        text = ",".join(map(str, values[row].tolist()))
        report.refuse(file, int(lines[row]), word, text)
