from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feeds.imports.lean_files import Resolution, lean_files, lean_root
from feeds.imports.report import StopImportError
from tests.feeds.imports.lean_sample import write


def test_the_data_is_found_from_above_and_from_within(tmp_path: Path) -> None:
    root = write(tmp_path / "lean")
    usa = root / "equity" / "usa"
    for path in (root, root / "equity", usa, usa / "tick", usa / "tick" / "abc"):
        assert lean_root(path) == usa
    assert lean_root(tmp_path / "elsewhere") is None
    ticks = lean_files(usa, root, Resolution.TICK)
    assert [(one.ticker, one.day, one.quotes) for one in ticks] == [
        ("abc", date(2013, 10, 7), False),
        ("abc", date(2013, 10, 7), True),
    ]
    assert lean_files(usa, ticks[1].path, Resolution.TICK) == ticks[1:]
    assert lean_files(usa, usa / "daily", Resolution.TICK) == []
    assert [one.ticker for one in lean_files(usa, usa, Resolution.DAILY)] == ["abc", "new", "old"]


def test_other_names_are_passed_over_and_links_stop_the_import(tmp_path: Path) -> None:
    usa = write(tmp_path / "lean") / "equity" / "usa"
    folder = usa / "tick" / "abc"
    for name in ("20131307_trade.zip", "20131007_openinterest.zip", "readme.txt"):
        (folder / name).write_bytes(b"")
    assert len(lean_files(usa, usa, Resolution.TICK)) == 2
    (folder / "20131008_trade.zip").symlink_to(folder / "20131007_trade.zip")
    with pytest.raises(StopImportError, match="symlink"):
        lean_files(usa, usa, Resolution.TICK)
