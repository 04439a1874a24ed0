from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from feeds.calendar import time_of
from feeds.imports.czsc import import_czsc
from feeds.tape_store import open_tape
from tests.feeds.imports.tables import SHARED, run

MINUTES = """symbol,id,dt,freq,open,close,high,low,vol
000001.XSHG,0,2015-01-05 09:31:00,Freq.F1,3258.63,3259.69,3262.85,3258.63,1333523100
000001.XSHG,1,2015-01-05 11:30:00,Freq.F1,3258.33,3256.19,3259.55,3256.19,511386100
"""
LATER = "symbol,dt,open,close,high,low,vol\n000001.XSHG,2020-07-01 09:31:00,1,1,1,1,5.0\n"
DAILY = "symbol,dt,open,close,high,low,vol\n000001.SH,2006-11-06 15:00:00,1,1,1,1,7.0\n"


def test_days_and_minutes_become_two_tapes(tmp_path: Path) -> None:
    folder = tmp_path / "czsc"
    folder.mkdir()
    for name, text in (("a", LATER), ("b", DAILY), ("c", MINUTES)):
        (folder / f"{name}.csv").write_text(text)
    daily, minutes = run(import_czsc, tmp_path, folder)
    assert (daily.rows, minutes.rows, minutes.span) == (1, 3, ("2015-01-05", "2020-07-01"))
    tape = open_tape(tmp_path / "tapes", minutes.tape_id)
    assert tape.instruments[0].instrument_id == "XSHG:000001"
    assert tape.columns[0].volume.tolist() == [1333523100, 511386100, 5]
    assert time_of(int(tape.columns[0].time[1]), "Asia/Shanghai").strftime("%H:%M") == "11:29"
    assert open_tape(tmp_path / "tapes", daily.tape_id).columns[0].volume.tolist() == [700]


def test_the_shared_data(tmp_path: Path) -> None:
    folder = SHARED / "ashare_index_1min_czsc"
    if not folder.exists():
        pytest.skip(f"{folder.name} of the shared data is absent")
    daily, minutes = run(import_czsc, tmp_path, folder)
    assert (daily.rows, minutes.rows) == (3_332, 239_550 + 2_640)
    tape = open_tape(tmp_path / "tapes", minutes.tape_id)
    days = Counter(str(time_of(at, "Asia/Shanghai").date()) for at in tape.columns[0].time.tolist())
    # The two days on which the market's circuit breaker stopped it.
    assert (days["2016-01-04"], days["2016-01-07"]) == (142, 17)
    assert Counter(days.values()).most_common(1)[0][0] in (239, 240)
