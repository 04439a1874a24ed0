from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from feeds.imports.csv_import import import_csv
from feeds.imports.importer import Job, Wanted, run_import
from feeds.imports.report import Report, StopImportError
from feeds.market_store import MarketTape, open_market_tape
from feeds.records import Records, Table
from tests.feeds.imports.tables import SHARED, run

TRADES = """time,price,qty,side
2020-01-02 09:30:00.5,10.00,100,B
2020-01-02 09:30:01,10.01,200,sell
2020-01-02 09:30:01,10.01,200,?
2020-01-02 09:30:00,10.01,200,B
2020-01-02 09:30:02,-1,200,B
2020-01-02 09:30:02,0,200,B
2020-01-02 09:30:02,10,0,B
"""
BOTH = """time,bid1,bid1_qty,ask1,ask1_qty,bid2,bid2_qty,price,qty
2020-01-02 09:30:00,9.99,5,10.00,6,9.98,7,,
2020-01-02 09:30:01,10.00,5,9.99,6,9.98,7,10.00,3
2020-01-02 09:30:02,9.99,5,,,10.50,7,,
2020-01-02 09:30:03,,,10.00,1,,,,
"""


def read_all(tape: MarketTape, table: Table) -> Records:
    return np.concatenate(list(tape.rows(table)))


def imported(tmp_path: Path, text: str, **said: object) -> tuple[MarketTape, Report]:
    path = tmp_path / "abc.csv"
    path.write_text(text)
    report = Report()
    wanted = Wanted(path=path, **said)  # type: ignore[arg-type]
    (made,) = run_import(import_csv, Job(wanted, tmp_path / "tapes", report))
    return open_market_tape(tmp_path / "tapes", made.tape_id), report


def test_trades_with_their_sides(tmp_path: Path) -> None:
    tape, report = imported(tmp_path, TRADES)
    rows = read_all(tape, Table.TRADES)
    assert [(row["price_ticks"], row["qty"], row["aggressor"]) for row in rows] == [
        (1000, 100, 1), (1001, 200, 2), (1001, 200, 0)
    ]  # fmt: skip
    assert [(one.line, one.code.value) for one in report.problems] == [
        (5, "out_of_order"), (6, "not_positive"), (7, "not_positive"), (8, "not_positive")
    ]  # fmt: skip
    assert tape.header.instruments[0].symbol == "ABC"


def test_quotes_and_trades_of_one_table(tmp_path: Path) -> None:
    tape, report = imported(tmp_path, BOTH)
    assert len(read_all(tape, Table.TRADES)) == 1
    depth = read_all(tape, Table.DEPTH)
    assert [row["bid_ticks"].tolist() for row in depth] == [[999, 998], [1000, 998], [0, 0]]
    assert [(one.line, one.code.value) for one in report.problems] == [(4, "levels_out_of_order")]
    assert report.counted["crossed"] == 1
    one, _ = imported(tmp_path, BOTH, levels=1)
    assert read_all(one, Table.DEPTH)[0]["bid_ticks"].tolist() == [999]


def test_a_table_without_ticks(tmp_path: Path) -> None:
    with pytest.raises(StopImportError, match="missing_column: ticks have price and qty"):
        imported(tmp_path, "time,price\n2020-01-02,1\n", kind="ticks")


def test_the_futures_of_the_shared_data(tmp_path: Path) -> None:
    path = SHARED / "es_ticks_mlfinpy" / "tick_data.csv.zst"
    if not path.exists():
        pytest.skip(f"{path.name} of the shared data is absent")
    (made,) = run(
        import_csv, tmp_path, path, symbol="ES", market="XCME", zone="America/Chicago", tick="0.25",
        columns={"date": "DateTime", "price": "Price", "qty": "Volume"},
    )  # fmt: skip
    assert (made.rows, made.span) == (
        500_000, ("2013-09-01T17:00:00.083000-05:00", "2013-09-03T13:51:44.578000-05:00")
    )  # fmt: skip
    tape = open_market_tape(tmp_path / "tapes", made.tape_id)
    rows = read_all(tape, Table.TRADES)
    assert rows["qty"].sum() == 1_844_058
    assert (rows["price_ticks"].min(), rows["price_ticks"].max()) == (6523, 6600)
