"""Corporate actions from CSV."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feeds.imports.csv_actions import COLUMNS, ActionsResult, import_csv_actions
from feeds.tape import TapeSplit
from feeds.tape_actions import ActionKind, TapeAction
from matching.instrument import InstrumentId
from tests.feeds.samples import daily_tape

A, B = InstrumentId("XTST:A"), InstrumentId("XTST:B")
D2, D3, D6 = date(2020, 1, 2), date(2020, 1, 3), date(2020, 1, 6)
ROW = (D2, 100, 110, 90, 101, 10)
HEADER = ",".join(COLUMNS)


def read(tmp_path: Path, *lines: str, header: str = HEADER) -> ActionsResult:
    width = header.count(",")
    path = tmp_path / "actions.csv"
    padded = [line + "," * (width - line.count(",")) for line in lines]
    path.write_text("\n".join([header, *padded]) + "\n", "utf-8")
    return import_csv_actions(path, daily_tape({"A": [ROW], "B": [ROW]}))


def test_every_action(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "A,2020-01-03,dividend,0.125,,,,2020-01-06,,,,,,2020-01-02",
        "A,2020-01-03,bonus,,3,10,,,2020-01-07",
        "A,2020-01-03,rights,,2,10,0.80,,2020-01-09,2020-01-08",
        "",
        "B,2020-01-02,split,,2,1",
        "B,2020-01-03,suspension,,,,,,,,2020-01-05",
        "A,2020-01-10,delisting,0.50,,,,,,,,2020-01-09",
    )
    assert found.problems == ()
    assert found.rows == 6
    assert found.tape.splits == (TapeSplit(B, D2, 2, 1),)
    assert found.tape.actions == (
        TapeAction(
            A, D3, ActionKind.EX, announced=D2, cash_micro=125_000, bonus_new=3, bonus_old=10,
            rights_new=2, rights_old=10, rights_ticks=80, pay_session=D6,
            bonus_session=date(2020, 1, 7), rights_deadline=date(2020, 1, 8),
            rights_session=date(2020, 1, 9),
        ),
        TapeAction(B, D3, ActionKind.SUSPENSION, until=date(2020, 1, 5)),
        TapeAction(
            A, date(2020, 1, 10), ActionKind.DELISTING, cash_ticks=50,
            period_session=date(2020, 1, 9),
        ),
    )  # fmt: skip


def test_a_new_code(tmp_path: Path) -> None:
    found = read(tmp_path, "A,2020-01-06,code,B", header="symbol,date,action,to")
    assert found.tape.actions == (TapeAction(A, D6, ActionKind.CODE, new_id=B),)


BAD = [
    ("A,2020-01-03,gift", "unknown_action"),
    ("C,2020-01-03,dividend,1", "unknown_symbol"),
    ("A,03.01.2020,dividend,1", "not_a_date"),
    ("A,2020-01-03,dividend", "not_a_number"),
    ("A,2020-01-03,dividend,-1", "not_a_number"),
    ("A,2020-01-03,dividend,0.0000001", "not_a_number"),
    ("A,2020-01-03,dividend,0", "contradiction"),
    ("A,2020-01-03,dividend,1,,,,2020-01-02", "contradiction"),
    ("A,2020-01-03,bonus,,0,1", "not_a_number"),
    ("A,2020-01-03,split,,1001,1", "not_a_number"),
    ("A,2020-01-03,rights,,1,10,0.805,,,2020-01-08", "not_a_number"),
    ("A,2020-01-03,rights,,1,10,0.80", "not_a_date"),
    ("A,2020-01-03,suspension", "not_a_date"),
    ("A,2020-01-03,code,,,,,,,,,,C", "unknown_symbol"),
    ("A,2020-01-03,code,,,,,,,,,,A", "contradiction"),
    ("B,2020-01-03,dividend,2", "twice"),
    ("A,2020-01-03,dividend,1,,,,,,,,,,2020-01-04,extra", "wrong_number_of_cells"),
]


@pytest.mark.parametrize(("line", "code"), BAD)
def test_a_bad_line_is_named_and_the_good_ones_are_used(
    tmp_path: Path, line: str, code: str
) -> None:
    found = read(tmp_path, "B,2020-01-03,dividend,1", line, "B,2020-01-06,dividend,1")
    assert [(one.line, one.code.value) for one in found.problems] == [(3, code)]
    assert found.rows == len(found.tape.actions) == 2


def test_files_that_are_no_table(tmp_path: Path) -> None:
    missing = read(tmp_path, "A,2020-01-03", header="symbol,date,why")
    assert [one.code.value for one in missing.problems] == ["missing_column", "unknown_column"]
    path = tmp_path / "empty.csv"
    path.write_text("", "utf-8")
    tape = daily_tape({"A": [ROW]})
    assert [one.code.value for one in import_csv_actions(path, tape).problems] == ["empty_file"]
    path.write_bytes(b"symbol,date,action\n\xff\xfe\n")
    found = import_csv_actions(path, tape)
    assert [one.code.value for one in found.problems] == ["not_text"]
    assert found.tape == tape
