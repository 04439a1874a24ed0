"""Each frame, exactly as docs/live.md shows it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from feeds.feed import Bars
from matching.market import AuctionIndication, Phase
from matching.orders import Side
from matching.units import AtNs, PriceTicks, Qty
from simtrade.desk.requests import FLOOR
from simtrade.portfolio.views import OrderState
from simtrade.venues.views import DepthView
from tests.web.core_double import START_NS, CoreDouble
from web.live import vocabulary


def said(frame: bytes) -> dict[str, object]:
    start = 2 if frame[1] < 126 else 4
    found: dict[str, object] = json.loads(frame[start:])
    return found


def test_small_frames() -> None:
    assert said(vocabulary.heartbeat(5)) == {"t": "hb", "ts": 5}
    assert said(vocabulary.pong(3, 5)) == {"t": "pong", "n": 3, "ts": 5}
    assert said(vocabulary.resync("gap")) == {"t": "resync", "why": "gap"}
    assert said(vocabulary.bye(1012, 700)) == {"t": "bye", "code": 1012, "after_ms": 700}
    refused = said(vocabulary.error("speed_not_offered", "k", {"speed": 3}))
    assert refused == {"t": "err", "code": "speed_not_offered", "key": "k", "args": {"speed": 3}}


def test_rows_of_halted_and_stale_and_quoteless(core: CoreDouble) -> None:
    quote = core.venues.quotes(FLOOR)[0]
    assert vocabulary.quote_row(4, quote) == [4, 1000, 5000, 999, 1001, 0, 1010, 980]
    odd = replace(quote, bid=None, ask=None, halted=True, stale=True)
    assert vocabulary.quote_row(4, odd) == [4, 1000, 5000, None, None, 3, 1010, 980]
    bare = vocabulary.symbol_row(core.venues.instruments[0], None, "zh")
    assert bare == ["XSIM:600000", "公司0", 2, None, None, None, None, None, 1]


def test_new_session_is_told_beside_the_row(core: CoreDouble) -> None:
    quote = core.venues.quotes(FLOOR)[0]
    frame = said(vocabulary.quotes(7, 9, [vocabulary.quote_row(0, quote)], [(0, quote)]))
    assert frame["r"] == [[0, 990, 1089, 891]]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "open"),
        ({"phase": Phase.LUNCH}, "lunch"),
        ({"phase": Phase.PRE_OPEN}, "auction"),
        ({"phase": Phase.OPENING_LOCKED}, "auction"),
        ({"phase": Phase.AFTER_HOURS}, "closed"),
        ({"running": False}, "paused"),
        ({"running": False, "ended": True}, "ended"),
    ],
)
def test_clock_states(core: CoreDouble, change: dict[str, object], state: str) -> None:
    view = core.venues.view(FLOOR)
    assert view
    clock = replace(core.venues.now, **change)  # type: ignore[arg-type]
    value = vocabulary.clock_value(clock, view.traits, START_NS + 5_000_000)
    assert value["state"] == state
    assert value["left"] == 5
    assert value["session"] == "2023-11-14"


def test_the_end_of_a_phase_is_told_on_the_wall_clock(core: CoreDouble) -> None:
    view = core.venues.view(FLOOR)
    assert view
    assert vocabulary.clock_value(core.venues.now, view.traits, None)["ends"] is None
    clock = replace(core.venues.now, phase_ends_ns=AtNs(core.venues.now.at_ns + 7 * 10**9))
    value = vocabulary.clock_value(clock, view.traits, None)
    assert value["ends"] == vocabulary.clock_value(clock, view.traits, None)["sim"] + 7_000  # type: ignore[operator]


def test_a_running_auction_is_told_with_the_display(core: CoreDouble) -> None:
    symbol = core.venues.instruments[0].instrument_id
    at, none = AtNs(1), Qty(0)
    shown = AuctionIndication(at, at, 1, symbol, PriceTicks(990), Qty(700), Side.SELL, Qty(30))
    assert vocabulary.depth_value(DepthView(symbol, (), (), shown))["x"] == [990, 700, 1, 30]
    nobody = AuctionIndication(at, at, 2, symbol, None, none, None, none)
    assert vocabulary.depth_value(DepthView(symbol, (), (), nobody))["x"] == [None, 0, None, 0]
    assert vocabulary.depth_value(DepthView(symbol, (), ()))["x"] is None


def test_bars_of_nothing() -> None:
    empty = np.array([], dtype=np.int64)
    assert vocabulary.bar_rows(Bars(empty, empty, empty, empty, empty, empty, False), "UTC") == []


def test_order_states(core: CoreDouble) -> None:
    account_id = core.portfolio.open(core.people.create_guest(None).user.user_id)
    core.portfolio.fill(account_id, publish=False)
    order = core.portfolio.placed[account_id][0]
    states = {
        "filled": order,
        "new": replace(order, state=OrderState.OPEN, filled=0),
        "part": replace(order, state=OrderState.OPEN, filled=50),
        "cancelled": replace(order, state=OrderState.EXPIRED, cause="day_over"),
    }
    for name, view in states.items():
        assert said(vocabulary.order(view, 1))["st"] == name
    ended = said(vocabulary.order(states["cancelled"], None))
    assert ended["why"] == {"code": "day_over", "args": {}}
    assert ended["n"] is None
