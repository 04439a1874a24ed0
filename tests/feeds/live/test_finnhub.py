from __future__ import annotations

import json

from feeds.live.finnhub import Finnhub
from feeds.live.heard import Said, Talk
from feeds.live.vendor import Keys
from matching.market import Trade
from tests.feeds.live.samples import (
    HEARD_NS,
    bears_nonsense,
    bears_wrong_types,
    kinds,
    recorded,
)

FINNHUB = Finnhub()
WATCH = FINNHUB.instruments(["AAPL"], None)
TRADE = {"c": ["1", "12"], "p": 164.0601, "s": "AAPL", "t": 1680286537580, "v": 5}


def test_the_recorded_trades() -> None:
    lines = recorded("finnhub_ws.jsonl").splitlines()
    found = [one for line in lines for one in FINNHUB.decode(WATCH, line, HEARD_NS)]
    assert found[0] == Said(Talk.BEAT)
    trades = [one for one in found if isinstance(one, Trade)]
    assert len(trades) == len(found) - 1 == 18
    assert (trades[0].price_ticks, trades[0].qty) == (1_640_601, 5)
    assert sum(one.qty for one in trades) == 342 + 113
    assert [one.at_ns for one in trades] == sorted(one.at_ns for one in trades)


def test_what_it_says() -> None:
    error = json.dumps({"type": "error", "msg": "Invalid API key"})
    assert FINNHUB.decode(WATCH, error, HEARD_NS) == [Said(Talk.ERROR, "Invalid API key")]
    news = json.dumps({"type": "news", "data": []})
    assert kinds(FINNHUB.decode(WATCH, news, HEARD_NS)) == ["Said"]


def test_parts_of_a_share_and_averages_are_no_trade() -> None:
    message = json.dumps({"type": "trade", "data": [{**TRADE, "v": 0.5}, {**TRADE, "c": ["2"]}]})
    assert kinds(FINNHUB.decode(WATCH, message, HEARD_NS)) == ["Said"]


def test_nonsense() -> None:
    def wrap(one: object) -> object:
        return {"type": "trade", "data": [one]}

    bears_nonsense(FINNHUB, WATCH, json.dumps(wrap(TRADE)))
    bears_wrong_types(FINNHUB, WATCH, TRADE, wrap)


def test_what_is_sent() -> None:
    assert FINNHUB.address(Keys("a&b")) == "wss://ws.finnhub.io?token=a%26b"
    assert [json.loads(one)["symbol"] for one in FINNHUB.hello(WATCH, Keys())] == ["AAPL"]
