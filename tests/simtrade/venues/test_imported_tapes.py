"""Practice on an imported recording: bars of a quarter of an hour, an index beside the shares."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from feeds.imports.csv_import import import_csv
from feeds.imports.importer import Job, Wanted, run_import
from feeds.imports.report import Report
from matching.orders import FillProfile, Side
from matching.units import NS_PER_MINUTE
from simtrade.desk.requests import ClockAction, Done, OpenPractice, Refusal, UserId
from tests.world import open_world, shared_tapes

CLOCKS = (
    *("09:45", "10:00", "10:15", "10:30", "10:45", "11:00", "11:15", "11:30"),
    *("13:15", "13:30", "13:45", "14:00", "14:15", "14:30", "14:45", "15:00"),
)


def test_quarter_hours_and_an_index(tmp_path: Path) -> None:
    lines = ["symbol,datetime,open,high,low,close,volume"]
    lines += [
        f"{symbol},2026-07-0{day} {clock},10.00,10.05,9.95,10.00,1000000"
        for symbol in ("600001.XSHG", "000001.XSHG")
        for day in (2, 3)
        for clock in CLOCKS
    ]
    (tmp_path / "bars.csv").write_text("\n".join(lines) + "\n")
    root = shared_tapes(tmp_path / "tapes")
    wanted = Wanted(path=tmp_path / "bars.csv", market="CN", label="end")
    (made,) = run_import(import_csv, Job(wanted, root, Report()))
    with open_world(tmp_path / "data", root) as world:
        asked = OpenPractice(
            UserId(1), world.key(), made.tape_id, date(2026, 7, 3), FillProfile.STANDARD
        )
        done = world.submit(asked)
        assert isinstance(done, Done), done
        assert done.account_id is not None
        venue, account = done.venue_id, done.account_id
        reply = world.place(account, Side.BUY, 100, "XSHG:600001", 1000)
        assert isinstance(reply, Done), reply
        index = world.place(account, Side.BUY, 100, "XSHG:000001", 10000)
        assert isinstance(index, Refusal)
        before = world.at(venue)
        assert isinstance(world.set_clock(venue, ClockAction.STEP), Done)
        assert world.at(venue) - before == 15 * NS_PER_MINUTE - 1
        quotes = {one.instrument_id: one for one in world.venues.quotes(venue)}
        assert quotes["XSHG:600001"].upper_ticks == 1100  # type: ignore[index]
        assert world.verify().ok
