from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from feeds.imports.csv_import import import_csv
from feeds.imports.importer import WantedError
from feeds.imports.parquet_import import import_parquet
from feeds.imports.report import StopImportError
from feeds.tape_store import open_tape
from tests.feeds.imports.tables import run

BARS = {
    "symbol": ["600000", "600000"],
    "date": [date(2020, 1, 2), date(2020, 1, 3)],
    "open": [10.1, 10.2],
    "high": [10.3, 10.4],
    "low": [9.99, 10.0],
    "close": [10.15, 10.25],
    "volume": [100, 200],
}


def test_a_tape_from_parquet_is_that_from_text(tmp_path: Path) -> None:
    frame = pl.DataFrame(BARS)
    frame.write_parquet(tmp_path / "a.parquet")
    frame.write_csv(tmp_path / "a.csv")
    said = {"market": "CN", "name": "a", "source": "s"}
    (one,) = run(import_parquet, tmp_path, tmp_path / "a.parquet", **said)
    (other,) = run(import_csv, tmp_path, tmp_path / "a.csv", **said)
    assert one.tape_id == other.tape_id
    assert open_tape(tmp_path / "tapes", one.tape_id).columns[0].low_ticks.tolist() == [999, 1000]


def test_ticks_of_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "ticks"
    folder.mkdir()
    for day in (2, 3):
        frame = pl.DataFrame({"unix": [1577946600 + day * 86400], "px": [1.5], "size": [7]})
        frame.write_parquet(folder / f"{day}.parquet")
    (made,) = run(import_parquet, tmp_path, folder, columns={"time": "unix"}, time_format="unix",
                  symbol="X")  # fmt: skip
    assert dict(made.counts) == {"instruments": 1, "trades": 2}
    assert made.notes == ()


def test_nothing_to_import(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(StopImportError, match="no_rows"):
        run(import_parquet, tmp_path, tmp_path / "empty")
    with pytest.raises(WantedError, match="There is no kind"):
        pl.DataFrame(BARS).write_parquet(tmp_path / "a.parquet")
        run(import_parquet, tmp_path, tmp_path / "a.parquet", kind="x")
