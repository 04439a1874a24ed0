from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from feeds.tape import TapeError, TapeId, TapeKind
from feeds.tape_files import (
    FORMAT,
    MANIFEST,
    FileEntry,
    Manifest,
    entry_of,
    file_problems,
    instrument_of,
    read_manifest,
    write_folder,
)
from matching.market import Phase
from tests.feeds.samples import instrument

TABLE = pl.DataFrame({"x": [1, 2]})


def manifest(files: dict[str, FileEntry]) -> Manifest:
    return Manifest(
        format=FORMAT,
        tape_id="t-0",
        name="t",
        kind=TapeKind.DAILY_BARS,
        source="made up",
        licence="none",
        origin="",
        time_zone="UTC",
        phases=((0, Phase.CONTINUOUS), (60, Phase.CLOSED)),
        units={},
        rows=2,
        instruments=(),
        splits=(),
        files=files,
    )


def test_a_folder_has_its_files_and_their_digests(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, TapeId("t-0"), {"a.parquet": TABLE}, manifest)
    assert sorted(path.name for path in folder.iterdir()) == ["a.parquet", MANIFEST]
    read = read_manifest(folder)
    assert read.files["a.parquet"].size_bytes == (folder / "a.parquet").stat().st_size
    assert [step.second for step in read.hours.steps] == [0, 60]
    assert file_problems(folder, read, ("a.parquet",)) == []
    (folder / "a.parquet").write_bytes(b"")
    found = file_problems(folder, read, ("a.parquet", "b.parquet"))
    assert [one.file for one in found] == ["a.parquet", "b.parquet"]


def test_a_manifest_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    def broken(_files: dict[str, FileEntry]) -> Manifest:
        raise TapeError("no")

    with pytest.raises(TapeError, match="no"):
        write_folder(tmp_path, TapeId("t-0"), {"a.parquet": TABLE}, broken)
    assert list(tmp_path.iterdir()) == []


def test_an_instrument_comes_back_as_it_was() -> None:
    one = instrument("A", price_decimals=3, tick=5, risk_level=4)
    entry = entry_of(one, 7, 2, (1, 9))
    assert instrument_of(entry) == one
    assert (entry.first_reference_ticks, entry.rows, entry.last_time) == (7, 2, 9)
