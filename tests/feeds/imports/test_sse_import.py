"""``simtrade tape import sse-l2`` and ``simtrade bench reproduce``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.feeds.l2_sample import SampleDay
from tests.simtrade.commands.conftest import Shell

DAY = SampleDay()
NOTES = """# SSE 600001, 2023-02-07, a day (made up)
Repository: nowhere.
Licence: none.
"""


def noted(folder: Path) -> str:
    DAY.write(folder)
    (folder / "SOURCE.md").write_text(NOTES)
    return str(folder)


def test_a_folder_becomes_a_tape(shell: Shell, tmp_path: Path) -> None:
    result = shell("tape", "import", "sse-l2", noted(tmp_path / "A Day"), "--json").json
    assert result["tape"].startswith("a_day-")
    assert result["rows"] == len(DAY.orders) + len(DAY.trades) + len(DAY.snapshots)
    assert (result["refused"], result["problems"]) == (0, [])
    assert result["span"] == ["2023-02-07T09:15:00+08:00", "2023-02-07T15:00:00.030000+08:00"]
    listed = shell("tape", "list", "--json").json["tapes"]
    assert [(one["tape"], one["kind"]) for one in listed] == [(result["tape"], "street_orders")]
    shown = shell("tape", "show", result["tape"], "--json").json
    assert (shown["session"], shown["source"], shown["licence"]) == (
        "2023-02-07",
        "nowhere.",
        "none.",
    )
    assert shown["instruments"][0]["instrument_id"] == "XSHG:600001"
    assert shell("tape", "verify", result["tape"], "--json").json["ok"] is True
    found = shell("bench", "reproduce", "--tape", result["tape"], "--json").json
    assert found["trades"] == found["trades_equal"] == len(DAY.trades)
    assert found["snapshots"] == found["snapshots_equal"] > 0


def test_symbol_and_day_may_be_given_or_in_the_name(shell: Shell, tmp_path: Path) -> None:
    named = str(DAY.write(tmp_path / "600002_20230207"))
    text = shell("tape", "import", "sse-l2", named).out
    assert text.startswith("Imported 600002_20230207-")
    assert f"{len(DAY.trades)} trades" in text
    plain = str(DAY.write(tmp_path / "plain"))
    options = ("--symbol", "600003", "--session", "2023-02-07", "--name", "own", "--licence", "x")
    tape = shell("tape", "import", "sse-l2", plain, *options, "--json").json["tape"]
    shown = shell("tape", "show", tape, "--json").json
    assert (shown["name"], shown["licence"], shown["source"]) == ("own", "x", "plain")


def test_what_the_stock_was_that_day_may_be_told(shell: Shell, tmp_path: Path) -> None:
    folder = noted(tmp_path / "day")
    tape = shell("tape", "import", "sse-l2", folder, "--status", "st", "--json").json["tape"]
    assert shell("tape", "show", tape, "--json").json["status"] == "st"
    wrong = shell("tape", "import", "sse-l2", folder, "--status", "poor")
    assert (wrong.code, "There is no status 'poor'" in wrong.error) == (1, True)


def test_a_bad_line_imports_nothing(shell: Shell, tmp_path: Path) -> None:
    folder = Path(noted(tmp_path / "bad"))
    lines = DAY.lines()["orders"]
    lines[4] = lines[4].replace(",A,", ",Z,")
    DAY.write(folder, orders=lines)
    done = shell("tape", "import", "sse-l2", str(folder), "--json")
    assert done.code == 2
    result = json.loads(done.out)
    assert (result["tape"], result["rows"], result["refused"]) == (None, 0, 1)
    assert (result["span"], result["tapes"]) == (None, [])
    assert result["problems"] == [
        {"file": "orders.csv.gz", "line": 5, "code": "unknown_type", "text": "OrdType=Z"}
    ]
    assert done.error.startswith("orders.csv.gz, line 5: unknown_type: OrdType=Z\n")
    assert shell("tape", "list", "--json").json["tapes"] == []
    assert "Nothing imported; 1 lines refused" in shell("tape", "import", "sse-l2", str(folder)).out


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("absent", (), "There is no file"),
        ("plain", (), "Which stock is it?"),
        ("plain", ("--symbol", "60001"), "Which stock is it?"),
        ("plain", ("--symbol", "600001"), "Which day is it?"),
        ("plain", ("--symbol", "600001", "--session", "7 Feb"), "'7 Feb' is no day"),
        (
            "plain",
            ("--symbol", "600001", "--session", "2023-02-05"),
            "does not trade on 2023-02-05",
        ),
        ("plain", ("--symbol", "600001", "--session", "2023-02-07", "--name", "A B"), "The name"),
    ],
)
def test_a_mistake_is_one_sentence(
    shell: Shell, tmp_path: Path, name: str, options: tuple[str, ...], sentence: str
) -> None:
    DAY.write(tmp_path / "plain")
    done = shell("tape", "import", "sse-l2", str(tmp_path / name), *options)
    assert (done.code, done.out) == (1, "")
    assert sentence in done.error


def test_a_day_that_differs_is_an_exit_code(shell: Shell, tmp_path: Path) -> None:
    folder = Path(noted(tmp_path / "off"))
    lines = DAY.lines()["snapshots"]
    cells = lines[60].split(",")
    cells[17] = "1000"  # one share on the best bid
    lines[60] = ",".join(cells)
    DAY.write(folder, snapshots=lines)
    shell("tape", "import", "sse-l2", str(folder))
    done = shell("bench", "reproduce", "--tape", "off")
    assert done.code == 1
    assert "NOT EQUAL" in done.out
    assert "First difference: snapshot of " in done.error
