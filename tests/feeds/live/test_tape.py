"""A recording becomes a tape: everything that was heard is in it, once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feeds.live.recorder import Recorder
from feeds.live.tape import recorded_tape
from feeds.market_store import market_problems, open_market_tape
from feeds.records import StatusKind, Table
from feeds.tape import TapeError
from feeds.tape_store import verify_tape
from matching.market import Depth, Halt, Phase, PhaseChange, SessionClose, Silence, Trade
from matching.units import AtNs
from tests.feeds.live.made import (
    DAY,
    KEY,
    START_NS,
    Wall,
    display,
    market,
    opening,
    recorder,
    told,
    trade,
)


def run(made: Recorder, wall: Wall, count: int = 400) -> None:
    made.hear(told(opening()))
    for event in market(9, count):
        wall.pass_seconds(0.3)
        made.hear([(wall(), event)])
        made.flush()


def test_everything_that_was_heard_is_in_the_tape(tmp_path: Path) -> None:
    wall = Wall()
    made = recorder(tmp_path / "live", wall)
    run(made, wall)
    heard = list(made.recording.events(0, 1 << 62))
    seen: list[tuple[int, int]] = []
    tape_id, summary = recorded_tape(
        made.recording, tmp_path, progress=lambda done, whole: seen.append((done, whole))
    )
    kinds = {kind: len([one for one in heard if isinstance(one, kind)]) for kind in (Trade, Halt)}
    assert summary.rows[Table.TRADES] == kinds[Trade]
    assert summary.rows[Table.STATUS] == kinds[Halt] + 2  # the previous closes
    shown = len([one for one in heard if isinstance(one, Depth | Silence)])
    assert 0.8 * shown < summary.rows[Table.DEPTH] <= shown
    assert sum(summary.refused.values()) == 0
    assert not verify_tape(tmp_path, tape_id)
    tape = open_market_tape(tmp_path, tape_id)
    assert [one.symbol for one in tape.header.instruments] == ["BTCUSDT", "ETHUSDT"]
    assert tape.header.origin == "live:coins"
    assert list(market_problems(tmp_path / tape_id, tape.manifest)) == []


def test_the_same_recording_is_the_same_tape(tmp_path: Path) -> None:
    wall = Wall()
    made = recorder(tmp_path / "live", wall)
    run(made, wall, 100)
    first, _ = recorded_tape(made.recording, tmp_path / "a")
    assert recorded_tape(made.recording, tmp_path / "b")[0] == first


def test_one_session_or_what_came_after_a_moment(tmp_path: Path) -> None:
    wall = Wall()
    made = recorder(tmp_path / "live", wall)
    made.hear(told([*opening(), display(9, 11), trade(10, 1)]))
    closed = [PhaseChange(AtNs(0), 0, Phase.CLOSED), SessionClose(AtNs(0), 0, DAY, ((KEY, 10),))]  # type: ignore[arg-type]
    wall.pass_seconds(60)
    made.hear(told(closed))
    made.flush()
    middle = made.upto_ns
    made.hear(told([trade(12, 1), trade(13, 1)]))
    wall.pass_seconds(60)
    made.flush()
    _, whole = recorded_tape(made.recording, tmp_path)
    _, day = recorded_tape(made.recording, tmp_path, session=DAY)
    _, later = recorded_tape(made.recording, tmp_path, after_ns=middle)
    assert [one.rows[Table.TRADES] for one in (whole, day, later)] == [3, 3, 2]
    assert whole.rows[Table.STATUS] == 3
    with pytest.raises(TapeError, match="no session of 2020-01-01"):
        recorded_tape(made.recording, tmp_path, session=date(2020, 1, 1))
    with pytest.raises(TapeError):
        recorded_tape(made.recording, tmp_path, after_ns=made.upto_ns)


def test_a_display_told_again_is_one_row_and_silence_is_an_empty_one(tmp_path: Path) -> None:
    wall = Wall()
    made = recorder(tmp_path / "live", wall)
    shown, moment = display(9_999, 10_001), START_NS
    made.hear([(moment, shown), (moment, shown), (moment + 5, shown)])
    made.hear([(moment + 9, Silence(AtNs(0), 0, KEY)), (moment - 7, shown)])
    made.flush()
    tape_id, summary = recorded_tape(made.recording, tmp_path)
    assert summary.rows[Table.DEPTH] == 4
    tape = open_market_tape(tmp_path, tape_id)
    rows = [row for records in tape.rows(Table.DEPTH) for row in records]
    assert [int(row["bid_qty"][0]) for row in rows] == [300, 300, 0, 300]
    times = [int(row["at_ns"]) for row in rows]
    assert times == sorted(times)  # what comes late is not before what came
    assert StatusKind.REFERENCE == 5
