"""The market as tools tell it."""

from __future__ import annotations

import pytest

from simtrade.desk.requests import ClockAction
from tests.web.broker.program import Program
from tests.web.mcp.agent import Agent


def test_the_clock_is_the_venues(tutor: Agent) -> None:
    now = tutor.ask("market_clock", language="en")
    assert now["time"].startswith("2005-02-01T14:30:")
    assert now["local_time"].startswith("2005-02-01T09:30:")
    assert (now["phase"], now["phase_words"], now["trading"]) == ("continuous", "Market open", True)
    assert not now["running"]
    assert now["venue_name"] == "Practice from Feb 1, 2005"
    before = now["time"]
    tutor.program.clock(ClockAction.STEP)
    assert tutor.ask("market_clock")["time"] > before
    assert tutor.ask("market_clock", language="zh")["phase_words"] != now["phase_words"]


def test_instruments_are_found_by_what_one_types(idle: Agent) -> None:
    found = idle.ask("find_instruments", text="apple")
    (apple,) = found["instruments"]
    assert (apple["symbol"], apple["instrument_id"], apple["price_step"]) == (
        "AAPL", "XNAS:AAPL", "0.01",
    )  # fmt: skip
    assert len(idle.ask("find_instruments", limit=2)["instruments"]) == 2
    assert idle.ask("find_instruments", text="zzzz")["instruments"] == []


def test_quotes_of_bars_have_no_sides_and_those_of_a_book_do(idle: Agent, bot: Program) -> None:
    found = idle.ask("quotes", symbols=["AAPL", "XNAS:MSFT"])
    assert [one["symbol"] for one in found["quotes"]] == ["AAPL", "MSFT"]
    assert found["quotes"][0]["bid"] is None
    assert idle.ask("quotes", symbols=["FB"])["without_price"] == ["FB"]
    refusal = idle.refused("quotes", symbols=["AAPL", "NOPE"])
    assert (refusal["code"], refusal["symbol"]) == ("instrument_unknown", "NOPE")
    floor = Agent(bot)
    symbol = floor.ask("find_instruments", limit=1)["instruments"][0]["symbol"]
    assert floor.ask("quotes", symbols=[symbol])["quotes"][0]["currency"] == "CNY"


def test_depth_says_whether_there_is_a_book(idle: Agent, bot: Program) -> None:
    assert idle.ask("depth", symbol="AAPL")["shown"] is False
    floor = Agent(bot)
    symbol = floor.ask("find_instruments", limit=1)["instruments"][0]["symbol"]
    book = floor.ask("depth", symbol=symbol)
    assert book["shown"]
    bids = [float(one["price"]) for one in book["bids"]]
    assert bids == sorted(bids, reverse=True)


@pytest.mark.parametrize("interval", ["1m", "1d"])
def test_bars_end_at_the_venues_own_time(idle: Agent, interval: str) -> None:
    found = idle.ask("bars", symbol="AAPL", interval=interval, count=3)
    now = idle.ask("market_clock")["time"]
    assert 0 < len(found["bars"]) <= 3
    assert all(one["time"] <= now for one in found["bars"])
    for one in found["bars"]:
        assert float(one["low"]) <= float(one["open"]) <= float(one["high"])
