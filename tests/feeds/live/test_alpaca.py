"""Alpaca's stream: the recorded live messages, and what is made of them."""

from __future__ import annotations

import json
from typing import Any

from feeds.live.alpaca import Alpaca
from feeds.live.heard import Fault, Said, Talk, Unreadable
from feeds.live.vendor import Keys
from matching.market import Depth, Halt, Level, Trade
from tests.feeds.live.samples import (
    HEARD_NS,
    bears_nonsense,
    bears_wrong_types,
    kinds,
    recorded,
)

ALPACA = Alpaca()
WATCH = ALPACA.instruments(["AAPL", "MSFT", "SPY"], None)
QUOTE = {"T": "q", "S": "AAPL", "bx": "V", "bp": 171.22, "bs": 2, "ax": "V", "ap": 171.24}
QUOTE |= {"as": 1, "c": ["R"], "z": "C", "t": "2024-03-28T16:59:00.11462648Z"}


def decode(*messages: Any) -> list[Any]:
    return ALPACA.decode(WATCH, json.dumps(messages), HEARD_NS)


def test_the_recorded_stream() -> None:
    lines = recorded("alpaca_stream.jsonl").splitlines()
    found = [one for line in lines for one in ALPACA.decode(WATCH, line, HEARD_NS)]
    assert not [one for one in found if isinstance(one, Unreadable)]
    assert found[:2] == [
        Said(Talk.CONNECTED, "connected"),
        Said(Talk.AUTHENTICATED, "authenticated"),
    ]
    trades = [one for one in found if isinstance(one, Trade)]
    assert [(one.price_ticks, one.qty) for one in trades] == [
        (1_712_400, 100),
        (1_716_400, 6),
        (1_716_950, 100),
    ]
    assert trades[0].at_ns == 1_711_645_140_114_612_043
    quote = next(one for one in found if isinstance(one, Depth))
    assert quote.bids == (Level(1_712_200, 200),)  # type: ignore[arg-type]
    assert quote.asks == (Level(1_712_400, 100),)  # type: ignore[arg-type]
    assert found[-1] == Said(Talk.ERROR, "connection limit exceeded")


def test_recorded_quotes_before_the_open_are_crossed_and_told_as_they_are() -> None:
    page = json.loads(recorded("alpaca_rest.json"))["quotes_crossed_premarket"]
    found = decode(*({"T": "q", "S": "AAPL", **one} for one in page["quotes"]))
    assert kinds(found) == ["Depth", "Depth"]
    assert all(one.bids[0].price_ticks > one.asks[0].price_ticks for one in found)


def test_sizes_are_shares_since_the_tapes_show_shares() -> None:
    assert decode(QUOTE)[0].bids[0].qty == 200
    assert decode({**QUOTE, "t": "2026-01-05T15:00:00Z"})[0].bids[0].qty == 2


def test_an_empty_side_is_nobody() -> None:
    found = decode({**QUOTE, "ap": 0, "as": 0})[0]
    assert (len(found.bids), found.asks) == (1, ())


def test_halts() -> None:
    status = {"T": "s", "S": "AAPL", "sc": "H", "sm": "Halted", "t": "2026-01-05T15:00:00Z"}
    halted, resumed = decode(status, {**status, "sc": "T"})
    assert isinstance(halted, Halt)
    assert (halted.halted, resumed.halted) == (True, False)
    assert kinds(decode({**status, "sc": "E"})) == ["Said"]


def test_prints_that_are_not_of_the_moment_are_left_out() -> None:
    trade = {"T": "t", "S": "AAPL", "p": 171, "s": 5, "c": ["@"], "t": "2026-01-05T15:00:00Z"}
    assert kinds(decode(trade, {**trade, "c": ["@", "W"]}, {**trade, "s": 0})) == ["Trade", "Said"]


def test_one_bad_part_of_a_message() -> None:
    found = decode(QUOTE, {**QUOTE, "bp": "x"}, {**QUOTE, "S": "GME"}, {**QUOTE, "ap": 171.00001})
    assert kinds(found) == ["Depth", "Unreadable", "Unreadable", "Unreadable"]
    assert [one.fault for one in found[1:]] == [Fault.NUMBER, Fault.SYMBOL, Fault.BETWEEN_TICKS]


def test_nonsense() -> None:
    bears_nonsense(ALPACA, WATCH, json.dumps([QUOTE]))
    bears_wrong_types(ALPACA, WATCH, QUOTE, lambda one: [one])


def test_what_is_sent() -> None:
    keys = Keys("KEY", "SECRET")
    assert "KEY" not in repr(keys)
    assert Keys("a&b").hide("wss://x?token=a%26b") == "wss://x?token=***"
    assert keys.hide("auth of KEY with SECRET failed") == "auth of *** with *** failed"
    assert json.loads(ALPACA.hello(WATCH, keys)[0])["secret"] == "SECRET"
    assert ALPACA.reply(Said(Talk.CONNECTED), WATCH, keys) == ()
    asked = json.loads(ALPACA.reply(Said(Talk.AUTHENTICATED), WATCH, keys)[0])
    assert asked["quotes"] == ["AAPL", "MSFT", "SPY"]
