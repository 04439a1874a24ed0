"""``simtrade tape``."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.simtrade.commands.conftest import Shell

DAILY = """Symbol,Date,Open,High,Low,Close,Volume
AAA,2001-01-02,10.00,10.50,9.90,10.20,1000
AAA,2001-01-03,10.20,10.30,10.00,10.10,1100
AAA,2001-01-03,10.20,10.30,10.00,10.10,1100
BBB,2001-01-02,10.00,9.00,11.00,10.20,1000
"""


def write(folder: Path, name: str, text: str) -> str:
    packed = gzip.compress(text.encode()) if name.endswith(".gz") else text.encode()
    (folder / name).write_bytes(packed)
    return str(folder / name)


def test_connectors_are_listed(shell: Shell) -> None:
    listed = {
        one["connector"]: one for one in shell("tape", "connectors", "--json").json["connectors"]
    }
    assert (listed["binance"]["kind"], listed["binance"]["needs_key"]) == ("depth", False)
    assert listed["alpaca"]["needs_key"] is True
    assert "hq.sinajs.cn" in shell("tape", "connectors").out


def test_a_file_becomes_a_tape_and_bad_lines_are_listed(shell: Shell, tmp_path: Path) -> None:
    done = shell("tape", "import", "csv", write(tmp_path, "My Bars.csv", DAILY), "--json")
    result = done.json
    assert result["tape"].startswith("my_bars-")
    assert (result["rows"], result["refused"]) == (2, 2)
    assert result["span"] == ["2001-01-02", "2001-01-03"]
    assert "line 4: duplicate_time" in done.error
    assert "line 5: high_below_low" in done.error
    listed = shell("tape", "list", "--json").json["tapes"]
    assert [(one["tape"], one["rows"]) for one in listed] == [(result["tape"], 2)]
    assert result["tape"] in shell("tape", "list").out
    assert shell("tape", "show", result["tape"], "--json").json["rows"] == 2
    assert shell("tape", "verify", "--json").json["ok"] is True


def test_a_changed_tape_is_found(shell: Shell, tmp_path: Path) -> None:
    tape = shell("tape", "import", "csv", write(tmp_path, "a.csv", DAILY), "--json").json["tape"]
    bars = shell.data / "tapes" / tape / "bars.parquet"
    bars.write_bytes(bars.read_bytes() + b"x")
    found = shell("tape", "verify", tape)
    assert (found.code, "1 problems" in found.out) == (1, True)
    assert "bars.parquet" in found.error


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("import", "nonsense", "x.csv"),
            "There is no format 'nonsense'; the formats are csv, ",
        ),
        (("show", "../../x"), "There is no tape '../../x'"),
        (("verify", "x"), "There is no tape 'x'"),
    ],
)
def test_a_mistake_is_one_sentence(shell: Shell, arguments: tuple[str, ...], sentence: str) -> None:
    finished = shell("tape", *arguments)
    assert (finished.code, finished.out) == (1, "")
    assert sentence in finished.error
