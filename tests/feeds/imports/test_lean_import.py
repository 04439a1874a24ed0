"""``simtrade tape import lean``: our own small folder, and every way in which one can be broken."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.feeds.imports.lean_sample import QUOTES, TRADES, imported, pack, write
from tests.simtrade.commands.conftest import Shell


def test_every_resolution_becomes_a_tape(shell: Shell, tmp_path: Path) -> None:
    made = imported(shell, write(tmp_path / "lean"))
    assert {kind: one["counts"] for kind, one in made.items()} == {
        "daily": {"bars": 7, "splits": 1, "dividends": 1, "codes": 1},
        "minute": {"bars": 1, "quote bars read": 2},
        "second": {"status": 2, "snapshots": 3},
        "tick": {"status": 2, "trades": 7, "depth": 3},
    }
    assert made["daily"]["span"] == ["2013-10-03", "2013-10-08"]
    assert made["minute"]["notes"] == ["2 bars before or after regular hours: left out."]
    assert "lean_tick-" in str(made["tick"]["tape"])


def test_one_file_or_folder_is_a_part(shell: Shell, tmp_path: Path) -> None:
    root = write(tmp_path / "lean")
    ticks = root / "equity" / "usa" / "tick"
    assert imported(shell, ticks / "abc" / "20131007_trade.zip")["tick"]["counts"] == {
        "status": 2,
        "trades": 7,
    }
    assert imported(shell, ticks, "tick")["tick"]["counts"] == {
        "status": 2,
        "trades": 7,
        "depth": 3,
    }


def test_a_bad_line_is_left_out_and_told(shell: Shell, tmp_path: Path) -> None:
    root = tmp_path / "lean"
    lines = [*TRADES[:2], "34200100,0,100,N,1,0", "34200100,1", TRADES[0], *TRADES[2:]]
    pack(root / "tick" / "abc" / "20131007_trade.zip", lines)
    result = shell("tape", "import", "lean", str(root), "--json").json
    assert (result["rows"], result["refused"], result["out_of_order"]) == (7, 3, 1)
    told = [(one["line"], one["code"]) for one in result["problems"]]
    assert sorted(told) == [
        (3, "not_positive"),
        (4, "wrong_number_of_cells"),
        (5, "out_of_order"),
    ]
    assert result["problems"][0]["file"] == "20131007_trade.zip/inside.csv"


def test_what_can_not_be_used_imports_nothing(shell: Shell, tmp_path: Path) -> None:
    root = write(tmp_path / "lean")
    usa = root / "equity" / "usa"

    def stopped(said: str) -> None:
        done = shell("tape", "import", "lean", str(root))
        assert (done.code, said in done.error) == (2, True), done.error
        assert shell("tape", "list", "--json").json["tapes"] == []

    quotes = usa / "tick" / "abc" / "20131007_quote.zip"
    whole = quotes.read_bytes()
    quotes.write_bytes(whole[:-30])
    stopped("20131007_quote.zip: damaged_file")
    quotes.write_bytes(b"<html>not found</html>")
    stopped("20131007_quote.zip: damaged_file")
    pack(quotes, ["<!DOCTYPE html>", "<p>"])
    stopped("line 1: web_page")
    pack(quotes, [QUOTES[-1], QUOTES[0]])
    stopped("20131007_quote.zip/inside.csv, line 2: contradiction: 34199000000000 ns after")
    with zipfile.ZipFile(quotes, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.csv", b"\0" * 1_000_000)
    stopped("line 1: not_text: a zero byte")
    quotes.write_bytes(whole)
    (usa / "map_files" / "new.csv").write_text("nonsense")
    stopped("new.csv, line 1: wrong_number_of_cells")


def test_a_resolution_without_a_row_is_left_out(shell: Shell, tmp_path: Path) -> None:
    root = write(tmp_path / "lean")
    usa = root / "equity" / "usa"
    for resolution in ("minute", "second", "tick"):
        for path in (usa / resolution).rglob("*.zip"):
            pack(path, [])
    assert list(imported(shell, root)) == ["daily"]
    done = shell("tape", "import", "lean", str(root), "--kind", "tick")
    assert (done.code, "no_rows" in done.error) == (2, True)


def test_mistakes_are_one_sentence(shell: Shell, tmp_path: Path) -> None:
    done = shell("tape", "import", "lean", str(tmp_path))
    assert (done.code, "not_this_format: no folder daily" in done.error) == (2, True)
    done = shell("tape", "import", "lean", str(write(tmp_path / "lean")), "--kind", "hourly")
    assert (done.code, "There is no kind 'hourly'" in done.error) == (1, True)


SHARED = Path(__file__).parents[4] / "shared" / "data" / "us_equity_lean"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared folder is not here")
def test_the_shared_folder(shell: Shell) -> None:
    """Every count is that of its SOURCE.md."""
    made = imported(shell, SHARED)
    counts = {kind: one["counts"] for kind, one in made.items()}
    assert counts["daily"] == {"bars": 50_963, "splits": 15, "dividends": 552, "codes": 1}
    assert counts["minute"] == {"bars": 11_899, "quote bars read": 19_918}
    assert made["minute"]["notes"] == ["5,871 bars before or after regular hours: left out."]
    assert 11_899 + 5_871 == 17_770
    assert counts["tick"] == {"status": 14, "trades": 465_168, "depth": 928_445}
    assert counts["second"] == {"status": 44, "snapshots": 398_484}
