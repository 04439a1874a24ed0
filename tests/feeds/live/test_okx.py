"""OKX: no recording is at hand; the messages are those of its documentation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.book_sync import BookSync, Chain, Step
from feeds.live.heard import Said, Talk
from feeds.live.okx import Okx
from feeds.live.vendor import Keys, SymbolError
from matching.orders import Side
from tests.feeds.live.samples import HEARD_NS, bears_nonsense, bears_wrong_types

OKX = Okx()
LISTED = json.dumps(
    {
        "code": "0",
        "data": [
            {"instId": "BTC-USDT", "quoteCcy": "USDT", "tickSz": "0.1", "lotSz": "0.00000001"}
        ],
    }
).encode()
WATCH = OKX.instruments(["BTC-USDT"], LISTED)
TRADE: dict[str, object] = {"instId": "BTC-USDT", "tradeId": "130639474", "px": "42219.9"}
TRADE |= {"sz": "0.12060306", "side": "buy", "ts": "1630048897897"}


def book(action: str, previous: int, number: int, **sides: object) -> dict[str, Any]:
    part = {"asks": [], "bids": [], "ts": "1597026383085", "checksum": -855196043}
    return {
        "arg": {"channel": "books", "instId": "BTC-USDT"},
        "action": action,
        "data": [{**part, **sides, "prevSeqId": previous, "seqId": number}],
    }


def trades(*parts: object) -> object:
    return {"arg": {"channel": "trades", "instId": "BTC-USDT"}, "data": list(parts)}


def decode(message: object) -> list[Any]:
    return OKX.decode(WATCH, json.dumps(message), HEARD_NS)


def test_a_book_is_rebuilt_and_a_hole_is_seen() -> None:
    levels = {"asks": [["41006.8", "0.60038921", "0", "1"]], "bids": [["41006.3", "0.3", "0", "2"]]}
    sync = BookSync(Chain.LINKED)
    (image,) = decode(book("snapshot", -1, 123456, **levels))
    assert sync.on_snapshot(image.book) is Step.APPLIED
    (move,) = decode(book("update", 123456, 123457, bids=[["41006.4", "0.1", "0", "1"]]))
    assert sync.on_change(move.change) is Step.APPLIED
    assert sync.book.best(Side.BUY) == (410_064, 10_000_000)
    (lost,) = decode(book("update", 123460, 123461, bids=[["41006.4", "0", "0", "0"]]))
    assert sync.on_change(lost.change) is Step.GAP


def test_trades() -> None:
    (trade,) = decode(trades(TRADE))
    assert (trade.price_ticks, trade.qty, trade.aggressor) == (422_199, 12_060_306, Side.BUY)


def test_what_it_says() -> None:
    assert OKX.decode(WATCH, "pong", HEARD_NS) == [Said(Talk.BEAT)]
    assert decode({"event": "subscribe", "arg": {}}) == [Said(Talk.SUBSCRIBED)]
    error = {"event": "error", "code": "60012", "msg": "Invalid request"}
    assert decode(error) == [Said(Talk.ERROR, "60012 Invalid request")]


def test_nonsense() -> None:
    bears_nonsense(OKX, WATCH, json.dumps(trades(TRADE)))
    bears_wrong_types(OKX, WATCH, TRADE, trades)
    update = book("update", 1, 2, bids=[["1.1", "1"]])
    for name, part in (("data", {}), ("arg", {}), ("action", {})):
        bears_wrong_types(OKX, WATCH, {**update, name: update[name] or part}, lambda one: one)


def test_instruments_and_what_is_sent() -> None:
    assert (WATCH["BTC-USDT"].price_decimals, WATCH["BTC-USDT"].qty_decimals) == (1, 8)
    with pytest.raises(SymbolError):
        OKX.instruments(["ETH-USDT"], LISTED)
    asked = json.loads(OKX.hello(WATCH, Keys())[0])
    assert [one["channel"] for one in asked["args"]] == ["books", "trades"]
    assert [json.loads(one)["op"] for one in OKX.resubscribe("BTC-USDT")] == [
        "unsubscribe",
        "subscribe",
    ]
    assert OKX.beat is not None
    assert OKX.beat.text == "ping"
