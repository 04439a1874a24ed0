"""``simtrade bench import``: every case imports what it made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from simtrade.bench import imports
from simtrade.bench.import_cases import CASES
from simtrade.commands import bench


@pytest.mark.parametrize("name", CASES)
def test_every_row_becomes_part_of_the_tape(tmp_path: Path, name: str) -> None:
    path = imports.make(name, tmp_path, 1_000)
    rows, seconds, peak = imports.measure(name, tmp_path, path, 1_000)
    assert 1_000 <= rows <= 1_010  # a recording may need a row or two beside those that count
    assert seconds > 0
    assert peak > 1 << 20


def test_a_case_runs_in_a_process_of_its_own() -> None:
    ballast = bytearray(400 << 20)
    result = imports.run("writer-trades", 1_000)
    assert result.rows == 1_000
    assert 0 < result.peak_mb < len(ballast) >> 20


def test_what_is_slow_or_large_does_not_hold() -> None:
    good = imports.ImportResult("csv", 10, 1.0, 10, 100, 10, 300)
    assert good.holds
    assert not replace(good, rows_per_second=9).holds
    assert not replace(good, peak_mb=301).holds
    assert "DOES NOT HOLD" in replace(good, peak_mb=301).text()


def test_an_unknown_case_is_refused() -> None:
    bench.load()
    asked = CliRunner().invoke(bench.application, ["import", "--case", "nothing"])
    assert asked.exit_code == 2
