"""The ear on a line that drops, doubles, swaps and garbles: never a wrong book, always back."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from feeds.live.ear import OLD_NS, SHOW_AGAIN_NS, Count, Ear, Times
from feeds.live.recorder import Recorder
from feeds.live.recording import FORMAT, Description, Recording, write_description
from feeds.live.vendor import Keys
from feeds.live.vendors import VENDORS
from feeds.live.wire import rfc3339_ns
from matching.market import Depth, SessionOpen, Silence, Snapshot, Trade
from matching.units import NS_PER_SECOND
from tests.feeds.live.channel import FAULTS, Line
from tests.feeds.live.made import OPENED, Wall
from tests.feeds.live.test_sina import LINE
from tests.feeds.live.test_sina import WATCH as SHARES

NUMBERED = ("binance", "okx")
EVERY = (*NUMBERED, "coinbase")


def displays(line: Line) -> list[Depth]:
    line.recorder.flush()
    found = line.recorder.recording.events(0, 1 << 62)
    return [one for one in found if isinstance(one, Depth)]


@pytest.mark.parametrize("name", EVERY)
def test_a_good_line_shows_the_market(name: str, tmp_path: Path) -> None:
    line = Line.of(name, tmp_path)
    line.connect()
    for _ in range(300):
        line.step()
        line.pass_seconds(0.05)
    assert line.display == line.market.best()
    assert {(one.bids, one.asks) for one in displays(line)} <= line.market.shown
    counts = line.ear.status.counts
    assert (counts[Count.UNREADABLE], counts[Count.GAPS], counts[Count.CROSSED]) == (0, 0, 0)
    assert counts[Count.TRADES_LOST] == 0
    events = list(line.recorder.recording.events(0, 1 << 62))
    assert len([one for one in events if isinstance(one, Trade)]) == line.market.trades - 100
    assert len([one for one in events if isinstance(one, SessionOpen)]) == 1


@pytest.mark.parametrize("fault", [*FAULTS, "swap"])
@pytest.mark.parametrize("name", NUMBERED)
def test_a_spoilt_line_never_shows_what_was_not(name: str, fault: str, tmp_path: Path) -> None:
    line, draw = Line.of(name, tmp_path, seed=5), random.Random(8)
    line.connect()
    for _ in range(400):
        line.step(fault if draw.random() < 0.15 else "")
        line.pass_seconds(0.2)
    assert {(one.bids, one.asks) for one in displays(line)} <= line.market.shown
    # Healed, it is whole again in a few seconds.
    for _ in range(40):
        line.step()
        line.pass_seconds(0.5)
    assert line.display == line.market.best()
    if fault in ("drop", "fields"):
        assert line.ear.status.counts[Count.GAPS] > 0
    if fault == "twice" and name == "binance":  # OKX numbers its trades with holes
        line.recorder.flush()
        found = line.recorder.recording.events(0, 1 << 62)
        assert len([one for one in found if isinstance(one, Trade)]) == line.market.trades - 100
        assert line.ear.status.counts[Count.DUPLICATES] > 0


@pytest.mark.parametrize("name", NUMBERED)
def test_a_book_with_a_hole_is_out_of_sight_until_it_was_told_anew(
    name: str, tmp_path: Path
) -> None:
    line = Line.of(name, tmp_path)
    line.connect()
    for _ in range(5):
        line.give(line.market.change(line.wall()))
    assert line.display == line.market.best()
    line.market.change(line.wall())  # nobody hears of it
    line.wall.pass_seconds(6)
    wants = line.ear.message(line.market.change(line.wall()))
    assert line.display is None
    assert wants.images or any("subscribe" in one for one in wants.send)
    line.give(line.market.change(line.wall()))
    assert line.display is None
    line.do(wants)
    assert line.display == line.market.best()


@pytest.mark.parametrize("fault", FAULTS)
def test_without_numbers_a_lost_trade_or_a_crossed_book_tells(fault: str, tmp_path: Path) -> None:
    line, draw = Line.of("coinbase", tmp_path, seed=4), random.Random(8)
    line.connect()
    for _ in range(400):
        line.step(fault if draw.random() < 0.15 else "")
        line.pass_seconds(0.2)
    for one in displays(line):
        assert not one.bids or not one.asks or one.bids[0] < one.asks[0]
    if fault == "drop":
        assert line.ear.status.counts[Count.TRADES_LOST] > 0
    line.ear.lost("cut")
    line.connect()
    for _ in range(30):
        line.step()
    assert line.display == line.market.best()


@pytest.mark.parametrize("name", EVERY)
def test_thirty_seconds_of_silence_take_it_out_of_sight(name: str, tmp_path: Path) -> None:
    line = Line.of(name, tmp_path)
    line.connect()
    for _ in range(20):
        line.step()
        line.pass_seconds(0.1)
    assert line.display is not None
    wants = []
    for _ in range(31):
        line.wall.pass_seconds(1)
        wants.append(line.ear.tick().again)
    told = [one for one in wants if one]
    assert told
    assert told[0].startswith("nothing was heard for")
    line.ear.lost(told[0])
    assert line.display is None
    line.connect()
    line.step()
    line.pass_seconds(0.1)
    line.step()
    assert line.display == line.market.best()
    line.recorder.flush()
    events = list(line.recorder.recording.events(0, 1 << 62))
    assert len([one for one in events if isinstance(one, Silence)]) == 1


def test_a_lost_line_is_silent_at_once_and_once(tmp_path: Path) -> None:
    line = Line.of("binance", tmp_path)
    line.connect()
    line.step()
    assert line.display is not None
    for _ in range(3):
        line.ear.lost("connection refused")
    line.recorder.flush()
    events = list(line.recorder.recording.events(0, 1 << 62))
    assert len([one for one in events if isinstance(one, Silence)]) == 1
    assert line.ear.status.errors[-1][1] == "connection refused"
    assert line.ear.status.counts[Count.LOSSES] == 1


def test_a_display_that_nobody_changes_is_shown_again(tmp_path: Path) -> None:
    line = Line.of("okx", tmp_path)
    line.connect()
    line.step()
    before = len(displays(line))
    for _ in range(3 * SHOW_AGAIN_NS // NS_PER_SECOND):
        line.wall.pass_seconds(1)
        line.ear.word()
        assert not line.ear.tick().again
    assert len(displays(line)) in (before + 2, before + 3)


def test_heartbeats_are_sent(tmp_path: Path) -> None:
    line = Line.of("okx", tmp_path)
    line.connect()
    sent: list[str] = []
    for _ in range(60):
        line.wall.pass_seconds(1)
        line.ear.word()
        sent += line.ear.tick().send
    assert sent.count("ping") == 4


def test_what_a_vendor_complains_of_is_kept_without_keys(tmp_path: Path) -> None:
    line = Line.of("binance", tmp_path)
    ear = Ear(
        line.vendor,
        {"BTCUSDT": line.instrument},
        Keys("KEY"),
        line.recorder,
        Times(line.wall, line.wall),
    )
    ear.connected()
    ear.message('{"code": -2014, "msg": "API-key KEY invalid"}')
    assert ear.status.errors[-1][1] == "binance: -2014 API-key *** invalid"
    assert ear.status.counts[Count.ERRORS] == 1


def shares(tmp_path: Path, at: str) -> tuple[Ear, Recorder, Wall]:
    """An ear on Sina at a moment."""
    wall, vendor = Wall(rfc3339_ns(at)), VENDORS["sina"]
    description = Description(
        FORMAT, "shares", "sina", vendor.kind, 5, "Asia/Shanghai", "made up", dict(SHARES)
    )
    write_description(tmp_path, description)
    made = Recorder(Recording(tmp_path, description), wall)
    OPENED.append(made)
    return Ear(vendor, SHARES, Keys(), made, Times(wall, wall)), made, wall


def test_pictures_that_are_old_or_overtaken_are_no_news(tmp_path: Path) -> None:
    ear, made, wall = shares(tmp_path, "2015-04-10T06:50:00Z")
    ear.connected()
    newer, older = (LINE.replace("15:03:05", clock) for clock in ("14:49:59", "14:49:56"))
    ear.message(newer.encode("gbk"))
    ear.message(older.encode("gbk"))
    assert ear.status.counts[Count.LATE] == 1
    wall.pass_seconds(OLD_NS // NS_PER_SECOND + 1)
    ear.message(newer.encode("gbk"))
    assert ear.status.counts[Count.OLD] == 1
    assert ear.status.errors[-1][1] == "what it tells is 62 s old and is not used"
    made.flush()
    shown = [one for one in made.recording.events(0, 1 << 62) if isinstance(one, Snapshot)]
    assert len(shown) == 1


def test_a_halt_is_told_once(tmp_path: Path) -> None:
    ear, made, _ = shares(tmp_path, "2015-04-10T06:50:00Z")
    ear.connected()
    for clock, status in (
        ("14:49:50", "00"),
        ("14:49:53", "03"),
        ("14:49:56", "03"),
        ("14:49:59", "00"),
    ):
        ear.message(LINE.replace('15:03:05,00"', f'{clock},{status}"').encode("gbk"))
    made.flush()
    found = [one for one in made.recording.events(0, 1 << 62) if type(one).__name__ == "Halt"]
    assert [one.halted for one in found] == [True, False]  # type: ignore[union-attr]
