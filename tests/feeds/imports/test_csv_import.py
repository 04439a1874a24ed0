from __future__ import annotations

from pathlib import Path

import pytest

from feeds.imports.csv_import import import_csv
from feeds.imports.importer import Job, Wanted, run_import
from feeds.imports.report import Report, StopImportError


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty_file"), (b"\xff\xfe\x00", "not_text"), (b"date,open\n", "no_rows")],
)
def test_a_file_of_which_nothing_can_be_used_leaves_nothing(
    tmp_path: Path, data: bytes, code: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(StopImportError) as stop:
        run_import(import_csv, Job(Wanted(path=path), tmp_path / "tapes", Report()))
    assert stop.value.problem.code == code
    assert list((tmp_path / "tapes").iterdir()) == []
