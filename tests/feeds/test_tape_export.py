"""A tape as CSV says exactly what the tape says."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.calendar import CHINA_HOURS
from feeds.market_store import open_market_tape
from feeds.order_store import write_order_tape
from feeds.records import Table
from feeds.tape import TapeError
from feeds.tape_export import export_tape
from feeds.tape_store import read_manifest, write_tape
from feeds.tape_writer import TapeWriter
from tests.feeds.l2_sample import SampleDay
from tests.feeds.market_samples import displays, header, trades
from tests.feeds.samples import SHANGHAI, at, daily_tape, instrument, minute_tape

FRIDAY = date(2024, 3, 1)


def exported(root: Path, tape_id: str, folder: Path, file: str) -> list[dict[str, str]]:
    rows = export_tape(root, read_manifest(root / tape_id), folder)
    with (folder / file).open(newline="", encoding="utf-8") as text:
        found = list(csv.DictReader(text))
    assert len(found) == rows[file]
    assert (folder / "manifest.json").read_bytes() == (
        root / tape_id / "manifest.json"
    ).read_bytes()
    return found


def test_daily_bars(tmp_path: Path) -> None:
    tape = daily_tape(
        {
            "A": [(FRIDAY, 1, 1100, 1, 1050, 5000)],
            "B": [(FRIDAY + timedelta(days=3), 5, 5, 5, 5, 0)],
        }
    )
    write_tape(tmp_path, tape)
    found = exported(tmp_path, tape.tape_id, tmp_path / "out", "bars.csv")
    assert [tuple(row.values()) for row in found] == [
        ("A", "2024-03-01", "0.01", "11.00", "0.01", "10.50", "5000"),
        ("B", "2024-03-04", "0.05", "0.05", "0.05", "0.05", "0"),
    ]
    assert list(found[0]) == ["symbol", "date", "open", "high", "low", "close", "volume"]


def test_minute_bars_have_the_local_clock_and_the_exact_moment(tmp_path: Path) -> None:
    start = at(SHANGHAI, 2024, 3, 1, 9, 30)
    tape = minute_tape({"A": [(start, 1000, 1000, 1000, 1000, 1)]}, CHINA_HOURS)
    write_tape(tmp_path, tape)
    (row,) = exported(tmp_path, tape.tape_id, tmp_path / "out", "bars.csv")
    assert row["local_time"].startswith("2024-03-01 09:30:00")
    assert int(row["time_ns"]) == start


def test_a_day_of_orders(tmp_path: Path) -> None:
    tape = SampleDay().tape()
    write_order_tape(tmp_path, tape)
    found = exported(tmp_path, tape.tape_id, tmp_path / "out", "street.csv")
    assert len(found) == tape.street.shape[1]
    ticks = [Decimal(row["price"]) * 100 for row in found]
    assert ticks == tape.street[6].tolist()
    assert (tmp_path / "out" / "snapshots.csv").is_file()


SCALES = st.tuples(st.sampled_from([1, 5, 25]), st.integers(0, 9), st.integers(0, 9))


@settings(max_examples=25, deadline=None)
@given(st.lists(SCALES, min_size=1, max_size=3), st.data())
def test_any_scale_is_written_exactly(
    tmp_path_factory: pytest.TempPathFactory,
    scales: list[tuple[int, int, int]],
    data: st.DataObject,
) -> None:
    root = tmp_path_factory.mktemp("tapes")
    instruments = tuple(
        instrument(f"S{place}", tick=tick, price_decimals=price, qty_decimals=qty)
        for place, (tick, price, qty) in enumerate(scales)
    )
    told = data.draw(
        st.lists(
            st.tuples(
                st.integers(0, len(scales) - 1), st.integers(1, 10**9), st.integers(1, 10**9)
            ),
            min_size=1,
            max_size=8,
        )
    )
    with TapeWriter(root, header(instruments=instruments)) as writer:
        rows = trades(*((second, *one) for second, one in enumerate(told)))
        assert not writer.trades(rows).any()
        writer.depth(displays((0, 0, [(7, 1)], [(9, 1)])))
        tape_id = writer.finish()
    found = exported(root, tape_id, root / "out", "trades.csv")
    assert sum(len(one) for one in open_market_tape(root, tape_id).rows(Table.TRADES)) == len(told)
    for row, (place, ticks, qty) in zip(found, told, strict=True):
        tick, price_decimals, qty_decimals = scales[place]
        assert row["symbol"] == f"S{place}"
        assert row["price"] == f"{Decimal(ticks * tick).scaleb(-price_decimals):.{price_decimals}f}"
        assert row["qty"] == f"{Decimal(qty).scaleb(-qty_decimals):.{qty_decimals}f}"


def test_nothing_is_written_over_and_nothing_half(tmp_path: Path) -> None:
    tape = daily_tape({"A": [(FRIDAY, 1, 1, 1, 1, 1)]})
    write_tape(tmp_path / "tapes", tape)
    manifest = read_manifest(tmp_path / "tapes" / tape.tape_id)
    (tmp_path / "there").mkdir()
    with pytest.raises(TapeError, match="exists already"):
        export_tape(tmp_path / "tapes", manifest, tmp_path / "there")
    (tmp_path / "tapes" / tape.tape_id / "bars.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(TapeError):
        export_tape(tmp_path / "tapes", manifest, tmp_path / "out")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["tapes", "there"]
