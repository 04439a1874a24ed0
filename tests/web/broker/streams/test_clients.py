"""The clients that people have, pointed here by addresses and keys alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from simtrade.desk.requests import FLOOR
from tests.web.broker.program import Program, practice
from tests.web.broker.streams.trading import account_of, pass_minutes, place
from tests.web.serving import Site, wait_until

SCRIPTS = ["follow_with_alpaca_py.py", "follow_with_trade_api.py"]
KINDS = ("trades", "quotes", "bars", "dailyBars")


@pytest.fixture
def market(broker: Site) -> Program:
    """A practice market with depth, whose clock goes on when the test says so."""
    view = broker.core.venues.view(FLOOR)
    assert view is not None
    one = practice(broker, f"{view.tape}:crash", view.first_session)
    pass_minutes(one, 20)  # to after the opening auction
    return one


def test_clients_follow_their_market_and_their_orders(market: Program) -> None:
    streams = market.site.app.state.streams
    account_of(market)
    with ThreadPoolExecutor() as pool:
        running = [pool.submit(market.run, script, *KINDS) for script in SCRIPTS]
        wait_until(lambda: any(one.done() for one in running) or _follow(streams), 50)
        place(market, 100)
        for _ in range(3):
            pass_minutes(market, 1)
        results = [one.result() for one in running]
    for found in results:
        assert set(KINDS) <= found["data"].keys()
        assert all(one["symbol"] for one in found["data"].values())
        events = [one["event"] for one in found["updates"]]
        assert events[0] == "new"
        assert events[-1] == "fill"
        assert found["updates"][-1]["status"] == "filled"
    assert market.site.app.state.bugs == streams.bugs == 0


def _follow(streams: Any) -> bool:
    """Every client has subscribed to data and listens to updates."""
    lines = [one for them in streams.connections._open.values() for one in them]
    listening = sum(getattr(one, "_task", None) is not None for one in lines)
    wanted = [wanted.size for room in streams._rooms.values() for _, wanted in room._groups]
    members = sum(len(room) for room in streams._rooms.values())
    return listening == members == len(SCRIPTS) and all(size >= len(KINDS) for size in wanted)
