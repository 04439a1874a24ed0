"""Coinbase: the recorded connection of 2021, ten products."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.book_sync import BookSync, Chain
from feeds.live.coinbase import Coinbase
from feeds.live.heard import (
    BookImage,
    BookMove,
    Fault,
    Said,
    Talk,
    TradeNumber,
    Unreadable,
)
from feeds.live.vendor import Keys, SymbolError
from matching.market import Trade
from matching.orders import Side
from tests.feeds.live.samples import (
    HEARD_NS,
    SHARED,
    bears_nonsense,
    bears_wrong_types,
    kinds,
    unpacked,
)

COINBASE = Coinbase()
LISTED = json.dumps(
    [
        {
            "id": "SKL-USD",
            "quote_currency": "USD",
            "quote_increment": "0.0001",
            "base_increment": "0.1",
        },
        {
            "id": "SKL-GBP",
            "quote_currency": "GBP",
            "quote_increment": "0.0001",
            "base_increment": "0.1",
        },
    ]
).encode()
WATCH = COINBASE.instruments(["SKL-USD"], LISTED)
SKL = WATCH["SKL-USD"].instrument_id
MATCH: dict[str, object] = {"type": "match", "trade_id": 1568268, "side": "sell", "size": "450"}
MATCH |= {"price": "0.791", "product_id": "SKL-USD", "time": "2021-04-17T16:43:37.121358Z"}
MOVE: dict[str, object] = {"type": "l2update", "product_id": "SKL-USD"}
MOVE |= {"changes": [["sell", "0.7910", "0"], ["buy", "0.79", "3.5"]]}
MOVE |= {"time": "2021-04-17T16:43:37.121358Z"}


def decode(message: object) -> list[Any]:
    return COINBASE.decode(WATCH, json.dumps(message), HEARD_NS)


def test_instruments() -> None:
    assert (WATCH["SKL-USD"].price_decimals, WATCH["SKL-USD"].qty_decimals) == (4, 1)
    with pytest.raises(SymbolError, match="GBP"):
        COINBASE.instruments(["SKL-GBP"], LISTED)
    with pytest.raises(SymbolError, match="does not list"):
        COINBASE.instruments(["BTC-USD"], LISTED)


def test_the_side_of_a_match_is_the_makers() -> None:
    number, trade = decode(MATCH)
    assert number == TradeNumber(SKL, 1568268)
    assert (trade.price_ticks, trade.qty, trade.aggressor) == (7_910, 4_500, Side.BUY)
    assert kinds(decode({**MATCH, "type": "last_match"})) == ["TradeNumber"]


def test_a_change_and_a_snapshot() -> None:
    (move,) = decode(MOVE)
    assert move.change[3:] == (((7_900, 35),), ((7_910, 0),))
    whole = {"type": "snapshot", "product_id": "SKL-USD", "bids": [["0.79", "1"]], "asks": []}
    (image,) = decode(whole)
    assert image.book == (0, ((7_900, 10),), ())


def test_what_it_says() -> None:
    assert decode({"type": "subscriptions", "channels": []}) == [Said(Talk.SUBSCRIBED)]
    error = {"type": "error", "message": "Failed to subscribe", "reason": "no such product"}
    assert decode(error) == [Said(Talk.ERROR, "Failed to subscribe no such product")]
    beat = {"type": "heartbeat", "product_id": "SKL-USD", "last_trade_id": 7, "sequence": 1}
    assert decode(beat) == [Said(Talk.BEAT)]


def test_nonsense() -> None:
    bears_nonsense(COINBASE, WATCH, json.dumps(MOVE))
    bears_wrong_types(COINBASE, WATCH, MOVE, lambda one: one)
    bears_wrong_types(COINBASE, WATCH, MATCH, lambda one: one)


def test_what_is_sent() -> None:
    asked = json.loads(COINBASE.hello(WATCH, Keys())[0])
    assert asked["channels"] == ["level2_batch", "matches", "heartbeat"]
    off, on = map(json.loads, COINBASE.resubscribe("SKL-USD"))
    assert (off["type"], on["type"], on["channels"]) == (
        "unsubscribe",
        "subscribe",
        ["level2_batch"],
    )


def test_the_recorded_connection() -> None:
    lines = unpacked(SHARED / "ws_multi_exchange_cryptofeed" / "COINBASE.ws.28.0.zst")
    sync, counts = BookSync(Chain.UNNUMBERED), dict.fromkeys(("image", "move", "trade"), 0)
    last = 0
    for line in lines:
        stamp, _, body = line.partition(": ")
        if " <" in stamp or not body.startswith("{"):
            continue
        for one in COINBASE.decode(WATCH, body, HEARD_NS):
            match one:
                case Unreadable():
                    assert one.fault is Fault.SYMBOL
                case BookImage():
                    counts["image"] += 1
                    sync.on_snapshot(one.book)
                case BookMove():
                    counts["move"] += 1
                    sync.on_change(one.change)
                    bid, ask = sync.book.best(Side.BUY), sync.book.best(Side.SELL)
                    assert bid is not None
                    assert ask is not None
                    assert bid.price_ticks < ask.price_ticks
                case Trade():
                    counts["trade"] += 1
                case TradeNumber():
                    assert one.number >= last
                    last = one.number
    assert counts["image"] == 1
    assert counts["move"] > 500
    assert counts["trade"] > 5
