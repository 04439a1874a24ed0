from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

import feeds.imports.parquet
from feeds.imports.opening import Limits
from feeds.imports.parquet import parquet_part
from feeds.imports.report import StopImportError


def text(path: Path, limits: Limits | None = None) -> str:
    return parquet_part(path, limits or Limits()).stream.read().decode()


def written(path: Path, **columns: object) -> Path:
    pl.DataFrame(columns).write_parquet(path)
    return path


def test_every_kind_of_column_is_exact_text(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.parquet",
        f=[16.45, 1e-7],
        i=[1, -2],
        d=[date(2020, 1, 2)] * 2,
        t=[datetime(2020, 1, 2, 9, 30, 0, 5)] * 2,
        u=[datetime(2020, 1, 2, 9, 30, tzinfo=UTC)] * 2,
        s=["a,b", None],
        x=[Decimal("1.50")] * 2,
        no=[[1], [2]],
    )
    assert text(path).splitlines() == [
        "f,i,d,t,u,s,x",
        '16.45,1,2020-01-02,2020-01-02T09:30:00.000005000,2020-01-02T09:30:00.000000000Z,"a,b",1.50',
        "0.0000001,-2,2020-01-02,2020-01-02T09:30:00.000005000,2020-01-02T09:30:00.000000000Z,,1.50",
    ]


def test_float32_is_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"f": [81.26, 1630.75]}, schema={"f": pl.Float32}).write_parquet(path)
    assert text(path) == "f\n81.26\n1630.75\n"


def test_pieces_are_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds.imports.parquet, "ROWS_AT_ONCE", 7)
    for rows in (0, 7, 20):
        path = written(tmp_path / f"{rows}.parquet", a=list(range(rows)))
        assert text(path).split() == ["a", *map(str, range(rows))]


def test_what_is_no_parquet(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", a=list(range(1000)))
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    with pytest.raises(StopImportError, match="damaged_file"):
        text(path)
    path.write_bytes(b"a,b\n")
    with pytest.raises(StopImportError, match="not_this_format: not a Parquet file"):
        text(path)
    path.write_bytes(whole)
    with pytest.raises(StopImportError, match="too_many_bytes"):
        text(path, Limits(most_bytes=100))
