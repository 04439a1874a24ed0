from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from feeds.bar_replay import BarFeed
from feeds.calendar import time_of
from feeds.feed import Interval
from feeds.imports.csv_import import import_csv
from feeds.imports.importer import Job, Wanted, WantedError, run_import
from feeds.imports.report import Report, StopImportError
from feeds.tape_store import open_tape
from matching.instrument import InstrumentId
from matching.market import Bar
from matching.units import NS_PER_MINUTE, AtNs
from tests.feeds.imports.tables import SHARED, run
from tests.feeds.samples import AWAKE

ID = InstrumentId("XSHG:600000")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\xff\xfe\x00", "not_text"),
        (b"date,open\n", "missing_column"),
        (b"date,open,high,low,close,volume\n", "no_rows"),
    ],
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


FIVE = "time,open,high,low,close,vol\n" + "".join(
    f"2020-01-02 {clock},10,11,9,10,3\n" for clock in ("09:35", "09:40", "11:30", "13:05", "15:00")
)


def test_bars_of_five_minutes_replay_as_such(tmp_path: Path) -> None:
    (tmp_path / "600000.csv").write_text(FIVE)
    (made,) = run(import_csv, tmp_path, tmp_path / "600000.csv", market="CN", label="end",
                  qty_multiplier=100)  # fmt: skip
    assert made.notes == ("bars of 5 minutes",)
    tape = open_tape(tmp_path / "tapes", made.tape_id)
    assert (tape.minutes, tape.columns[0].volume.tolist()) == (5, [300] * 5)
    feed = BarFeed(tape)
    bars = [
        one for one in feed.events(AtNs(0), feed.end_ns, lambda _id: AWAKE) if isinstance(one, Bar)
    ]
    clocks = [time_of(one.at_ns, "Asia/Shanghai").strftime("%H:%M") for one in bars]
    assert clocks == ["09:35", "09:40", "11:30", "13:05", "15:00"]
    assert [one.at_ns - one.start_ns for one in bars] == [5 * NS_PER_MINUTE] * 5
    charts = {interval: feed.bars(ID, interval, feed.end_ns, 99) for interval in Interval}
    asked = (Interval.MINUTE, Interval.FIVE_MINUTES, Interval.QUARTER_HOUR, Interval.DAY)
    assert [len(charts[one].start_ns) for one in asked] == [5, 5, 4, 1]
    middle = feed.bars(ID, Interval.MINUTE, AtNs(bars[0].start_ns + NS_PER_MINUTE), 9)
    assert (len(middle.start_ns), middle.partial) == (1, True)
    assert feed.next_step(bars[0].start_ns) == bars[0].at_ns


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"label": "middle"}, "There is no label 'middle'"),
        ({"interval": "7m"}, "There is no interval '7m'"),
        ({"interval": "m"}, "There is no interval 'm'"),
        ({"kind": "weekly"}, "There is no kind 'weekly'"),
        ({"zone": "Mars/Olympus"}, "There is no time zone"),
        ({"time_format": "%q"}, "The time format '%q'"),
        ({"price_divisor": 20}, "The divisor of prices"),
        ({"qty_multiplier": 0}, "The multiplier of quantities"),
    ],
)
def test_a_wrong_option_is_one_sentence(
    tmp_path: Path, said: dict[str, object], sentence: str
) -> None:
    (tmp_path / "a.csv").write_text(FIVE)
    with pytest.raises(WantedError, match=re.escape(sentence)):
        run(import_csv, tmp_path, tmp_path / "a.csv", **said)


def test_all_files_of_an_archive_are_one_tape(tmp_path: Path) -> None:
    head = "date,open,high,low,close,volume,symbol\n"
    with zipfile.ZipFile(tmp_path / "years.zip", "w") as archive:
        archive.writestr("2020.csv", head + "2020-01-02,1,1,1,1,1,A\n2020-01-02,1,1,1,1,1,B\n")
        archive.writestr("2021.csv", head + "2021-01-04,1,1,1,1,1,B\n")
    (made,) = run(import_csv, tmp_path, tmp_path / "years.zip")
    assert (made.rows, made.span, dict(made.counts)) == (
        3, ("2020-01-02", "2021-01-04"), {"instruments": 2}
    )  # fmt: skip


def test_the_quarter_hours_of_the_shared_data(tmp_path: Path) -> None:
    path = SHARED / "ashare_15min_2025" / "bars_15min.csv.zst"
    if not path.exists():
        pytest.skip(f"{path.name} of the shared data is absent")
    (made,) = run(import_csv, tmp_path, path, market="CN", label="end")
    assert (made.rows, made.gaps, made.notes) == (52_800, 0, ("bars of 15 minutes",))
    feed = BarFeed(open_tape(tmp_path / "tapes", made.tape_id))
    assert [len(days.session) for days in feed.store.days] == [300] * 11
    assert {days.stop_row[0] - days.first_row[0] for days in feed.store.days} == {16}
