from __future__ import annotations

from pathlib import Path

import pytest

from feeds.calendar import CHINA_HOURS, US_HOURS
from feeds.imports.bar_import import HONG_KONG_HOURS, hours_of
from feeds.imports.csv_import import import_csv
from feeds.imports.report import StopImportError
from feeds.tape_store import open_tape, verify_tape
from tests.feeds.imports.tables import run


def test_hours_by_market() -> None:
    assert hours_of("CN") is hours_of("XSHE") is CHINA_HOURS
    assert hours_of("XNAS") is US_HOURS
    assert hours_of("XHKG") is HONG_KONG_HOURS
    assert hours_of("XCME", "America/Chicago").time_zone == "America/Chicago"


def test_everything_beside_the_bars_becomes_part_of_the_tape(tmp_path: Path) -> None:
    bars = "date,symbol,open,high,low,close,volume\n" + "".join(
        f"2020-01-0{day},{symbol},10,11,9,10,1\n"
        for day in (2, 3)
        for symbol in ("600001", "600000")
    )
    (tmp_path / "bars.csv").write_text(bars)
    (tmp_path / "names.csv").write_text("symbol,name_zh,lot,reference\n600000,浦发银行,200,9.50\n")
    (tmp_path / "actions.csv").write_text(
        "symbol,date,action,cash\n600001,2020-01-03,dividend,0.1\n"
    )
    (tmp_path / "listings.csv").write_text(
        "symbol,from,status\n600001,2020-01-03,st\nX,2020-01-03,st\n"
    )
    (made,) = run(
        import_csv, tmp_path, tmp_path / "bars.csv", market="CN",
        instruments=tmp_path / "names.csv", actions=tmp_path / "actions.csv",
        listings=tmp_path / "listings.csv",
    )  # fmt: skip
    assert (made.rows, made.span) == (4, ("2020-01-02", "2020-01-03"))
    assert dict(made.counts) == {"instruments": 2, "actions": 1, "listings": 2}
    tape = open_tape(tmp_path / "tapes", made.tape_id)
    assert [one.instrument_id for one in tape.instruments] == ["XSHG:600001", "XSHG:600000"]
    assert tape.instruments[1].name_zh == "浦发银行"
    assert tape.first_references == (None, 950)
    assert verify_tape(tmp_path / "tapes", made.tape_id) == []


BARS = "date,symbol,open,high,low,close,volume\n2020-01-02,600001,10,11,9,10,1\n"


def test_files_beside_the_data_are_guarded_too(tmp_path: Path) -> None:
    (tmp_path / "bars.csv").write_text(BARS)
    (tmp_path / "actions.csv").symlink_to(tmp_path / "bars.csv")
    with pytest.raises(StopImportError, match=r"actions\.csv: symlink"):
        run(import_csv, tmp_path, tmp_path / "bars.csv", market="CN",
            actions=tmp_path / "actions.csv")  # fmt: skip
    with (tmp_path / "listings.csv").open("wb") as file:
        file.truncate(10 << 30)
    with pytest.raises(StopImportError, match=r"listings\.csv: too_many_bytes"):
        run(import_csv, tmp_path, tmp_path / "bars.csv", market="CN",
            listings=tmp_path / "listings.csv")  # fmt: skip
    assert list((tmp_path / "tapes").iterdir()) == []
