"""Watchlists, charts and depth of one venue, without a network."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from feeds.feed import Interval
from simtrade.desk.requests import FLOOR
from simtrade.venues.views import MarketNotice
from tests.web.core_double import CoreDouble
from tests.web.live.wires import Wire
from web.live.limits import BARS_PER_FRAME
from web.live.market_rooms import BarRoom, Board, ClockRoom, DepthRoom, QuoteRoom
from web.live.room import Room, Tally


@pytest.fixture
def board(core: CoreDouble) -> Board:
    view = core.venues.view(FLOOR)
    assert view
    return Board(view, core.venues)


def told(room: Room, heard: Any) -> list[dict[str, Any]]:
    """What one browser is told when the room hears something, after a moment."""

    async def work() -> list[dict[str, Any]]:
        wire = Wire()
        room.join(wire.mailbox)
        wire.mailbox.enter([room])
        heard()
        await asyncio.sleep(0.02)
        wire.mailbox.gone()
        return wire.messages

    return asyncio.run(work())


def ignored(_room: Room) -> None:
    pass


def test_a_watchlist_says_what_changed_and_new_sessions(core: CoreDouble, board: Board) -> None:
    symbols = core.venues.instruments[1:4]
    room = QuoteRoom(board, symbols, 0.001, Tally(), ignored, lambda: 42)
    quotes = [board.quotes[one.instrument_id] for one in core.venues.instruments]
    moved = replace(quotes[3], last_ticks=7)
    opened = replace(quotes[1], reference_ticks=1000)

    def hear() -> None:
        for one in (moved, opened):
            board.quotes[one.instrument_id] = one
        board.seq = 5
        room.hear((moved, opened, quotes[0]))

    assert told(room, hear) == [
        {
            "t": "q",
            "seq": 5,
            "ts": 42,
            "d": [[0, 1000, 5000, 999, 1001, 0, 1010, 980], [2, 7, 5000, 999, 1001, 0, 1010, 980]],
            "r": [[0, 1000, 1089, 891]],
        }
    ]
    assert told(room, lambda: room.hear((quotes[0],))) == []
    wire = Wire()
    wire.write(room.missed_since(0))
    assert [row[:2] for row in wire.messages[0]["d"]] == [[0, 1000], [1, 1000], [2, 7]]
    assert len(wire.messages[0]["r"]) == 3


def bar_room(core: CoreDouble, board: Board) -> BarRoom:
    symbol = core.venues.instruments[0].instrument_id
    return BarRoom(board, symbol, Interval.MINUTE, 0.001, Tally(), ignored)


@pytest.mark.parametrize("more", [0, 1, 2, BARS_PER_FRAME - 1])
def test_a_chart_gets_every_bar(core: CoreDouble, board: Board, more: int) -> None:
    room = bar_room(core, board)
    core.venues.bar_count += more
    bars = told(room, lambda: room.hear((next(iter(board.quotes.values())),)))
    assert [one["t"] for one in bars] == ["bar"] * (more + 1)
    assert [one["done"] for one in bars] == [True] * more + [False]
    times = [one["b"][0] for one in bars]
    assert times == list(range(times[0], times[0] + 60 * len(times), 60))


def test_a_chart_that_lags_too_far_is_loaded_again(core: CoreDouble, board: Board) -> None:
    room = bar_room(core, board)
    core.venues.bar_count += BARS_PER_FRAME
    heard = told(room, lambda: room.hear((next(iter(board.quotes.values())),)))
    assert heard == [{"t": "resync", "why": "bars"}]


def test_a_browser_that_missed_the_end_of_a_bar_loads_again(core: CoreDouble, board: Board) -> None:
    room = bar_room(core, board)
    wire = Wire()
    wire.write(room.missed_since(0))
    assert wire.messages[-1]["t"] == "bar"
    core.venues.bar_count += 1
    told(room, lambda: room.hear((next(iter(board.quotes.values())),)))
    wire.write(room.missed_since(0))
    assert wire.messages[-1] == {"t": "resync", "why": "bars"}
    wire.write(room.missed_since(room.version))
    assert wire.messages[-1]["t"] == "bar"


def test_depth_is_whole_and_only_its_own_symbol(core: CoreDouble, board: Board) -> None:
    first, second = (one.instrument_id for one in core.venues.instruments[:2])
    room = DepthRoom(board, first, 0.001, Tally(), ignored)
    other, own = core.venues.depth(FLOOR, second), core.venues.depth(FLOOR, first)
    assert other
    assert own
    assert told(room, lambda: room.hear((other,))) == []
    assert told(room, lambda: room.hear((own,)))[0]["sym"] == first


def test_a_clock_that_stops_is_told_at_once(core: CoreDouble, board: Board) -> None:
    room = ClockRoom(board, 60, Tally(), ignored)

    def tick_and_stop() -> None:
        room.beaten_at = asyncio.get_running_loop().time()
        room.hear()
        board.clock = replace(board.clock, running=False)
        room.hear()

    assert [one["state"] for one in told(room, tick_and_stop)] == ["paused"]


def test_notice_shape_is_what_the_engine_sends(core: CoreDouble) -> None:
    heard: list[object] = []
    core.bus.subscribe("market:floor", heard.append)  # type: ignore[arg-type]
    core.venues.move(1)
    assert isinstance(heard[0], MarketNotice)
