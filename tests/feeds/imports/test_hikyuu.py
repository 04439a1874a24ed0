from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from feeds.bar_days import BarDays
from feeds.calendar import time_of
from feeds.imports.hikyuu import import_hikyuu
from feeds.imports.report import StopImportError
from feeds.market_store import open_market_tape
from feeds.records import Table
from feeds.tape_store import open_tape
from tests.feeds.imports.tables import SHARED, run

TABLES = {
    "minute.csv": "symbol,datetime,price,vol\nSH600000,201812030930,10820,7\n"
    "SH600000,201812030931,10825,0\n",
    "daily.csv": "symbol,datetime,openPrice,highPrice,lowPrice,closePrice,transAmount,transCount\n"
    "SZ000001,199104030000,49000,49000,49000,49000,5,1\n",
    "ticks.csv": "symbol,datetime,price,vol,buyorsell\nSH600000,20190201092502,10820,5368,2\n"
    "SH600000,20190201093002,10790,177,1\nSH600000,20190201093005,10800,887,0\n",
    "SH000001_1min.csv": "date, open, high, low, close, amount, count\n"
    "2017-3-3 11:29:0,3214.6600,3215.4100,3214.0600,3215.1200,0.0000,5.0000\n"
    "2017-3-3 13:0:0,3214.6600,3215.4100,3214.0610,3215.1200,0.0000,5.0000\n"
    "2017-3-3 13:2:0,3214.6600,3215.4100,3214.0600,3215.1200,0.0000,5.0000\n",
}


def clock(at_ns: int) -> str:
    return time_of(at_ns, "Asia/Shanghai").strftime("%H:%M:%S")


def test_every_table_is_told_from_its_columns(tmp_path: Path) -> None:
    folder = tmp_path / "h"
    folder.mkdir()
    for name, text in TABLES.items():
        (folder / name).write_text(text)
    made = run(import_hikyuu, tmp_path, folder)
    index, daily, minute = (open_tape(tmp_path / "tapes", made[k].tape_id) for k in (0, 1, 2))
    assert [clock(at) for at in index.columns[0].time.tolist()] == [
        "11:28:00",
        "11:29:00",
        "13:01:00",
    ]
    assert index.columns[0].low_ticks.tolist() == [3214060, 3214061, 3214060]
    assert (daily.columns[0].open_ticks.tolist(), daily.columns[0].volume.tolist()) == (
        [4900],
        [100],
    )
    assert [clock(at) for at in minute.columns[0].time.tolist()] == ["09:30:00", "09:31:00"]
    assert minute.columns[0].high_ticks.tolist() == [1082, 1083]
    assert minute.columns[0].volume.tolist() == [700, 0]
    ticks = open_market_tape(tmp_path / "tapes", made[3].tape_id)
    (rows,) = ticks.rows(Table.TRADES)
    assert rows["aggressor"].tolist() == [0, 2, 1]
    assert rows["qty"].tolist() == [536800, 17700, 88700]


def test_another_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(StopImportError, match="not_this_format: its columns are a, b"):
        run(import_hikyuu, tmp_path, tmp_path / "x.csv")
    (tmp_path / "y.csv").write_text(TABLES["SH000001_1min.csv"])
    with pytest.raises(StopImportError, match="its name does not begin with a code"):
        run(import_hikyuu, tmp_path, tmp_path / "y.csv")


def test_the_shared_data(tmp_path: Path) -> None:
    folder = SHARED / "ashare_minute_tick_hikyuu"
    if not folder.exists():
        pytest.skip(f"{folder.name} of the shared data is absent")
    made = run(import_hikyuu, tmp_path, folder)
    # Five of the 16,768 transactions have no quantity.
    assert [one.rows for one in made] == [24_000, 32_479, 72_240, 16_763]
    minutes = open_tape(tmp_path / "tapes", made[2].tape_id)
    thin = {
        own.symbol: int((columns.volume == 0).sum())
        for own, columns in zip(minutes.instruments, minutes.columns, strict=True)
    }
    assert (thin["000004"], thin["000005"]) == (4_162, 961)
    days = BarDays(minutes)
    assert [len(one.session) for one in days.days] == [43] * 7
    ticks = open_market_tape(tmp_path / "tapes", made[3].tape_id)
    rows = np.concatenate(list(ticks.rows(Table.TRADES)))
    ids = [one.instrument_id for one in ticks.header.instruments]
    volumes = np.bincount(rows["instrument"], rows["qty"], len(ids)).astype(np.int64)
    by_id = dict(zip(ids, volumes.tolist(), strict=True))
    last = {
        own.instrument_id: int(days.days[k].volume[-1]) for k, own in enumerate(minutes.instruments)
    }
    off = {name: by_id[name] - last[name] for name in by_id if by_id[name] != last[name]}
    assert {name: abs(value) for name, value in off.items()} == {"XSHG:600004": 12_800}
