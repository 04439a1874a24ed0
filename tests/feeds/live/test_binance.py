"""Binance: the recorded streams of 2021 and 2024, and a book that ends as the exchange shows it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.book_sync import BookSync, Chain, Step
from feeds.live.binance import Binance
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

BINANCE = Binance()


def listing(symbol: str, quote: str, price_step: str, qty_step: str) -> dict[str, Any]:
    return {
        "symbol": symbol,
        "quoteAsset": quote,
        "filters": [
            {"filterType": "PRICE_FILTER", "tickSize": price_step},
            {"filterType": "LOT_SIZE", "stepSize": qty_step},
            {"filterType": "NOTIONAL"},
        ],
    }


LISTED = json.dumps(
    {
        "symbols": [
            listing("BTCUSDT", "USDT", "0.01000000", "0.00001000"),
            listing("NKNUSDT", "USDT", "0.00010000", "1.00000000"),
        ]
    }
).encode()
WATCH = BINANCE.instruments(["BTCUSDT", "NKNUSDT"], LISTED)
BTC = WATCH["BTCUSDT"].instrument_id
MOVE: dict[str, object] = {"e": "depthUpdate", "E": 1723161255208, "s": "BTCUSDT", "U": 5, "u": 9}
MOVE |= {"b": [["61737.63000000", "0.00000000"]], "a": [["61837.64000000", "1.54698000"]]}
TRADE: dict[str, object] = {"e": "trade", "E": 1723161255343, "s": "BTCUSDT", "t": 3735683259}
TRADE |= {"p": "61837.63000000", "q": "0.02000000", "T": 1723161255342, "m": True, "M": True}


def decode(message: object) -> list[Any]:
    return BINANCE.decode(WATCH, json.dumps(message), HEARD_NS)


def test_instruments_have_the_steps_of_the_exchange() -> None:
    assert (WATCH["BTCUSDT"].price_decimals, WATCH["BTCUSDT"].qty_decimals) == (2, 5)
    assert (WATCH["NKNUSDT"].price_decimals, WATCH["NKNUSDT"].qty_decimals) == (4, 0)
    with pytest.raises(SymbolError, match="ETHUSDT"):
        BINANCE.instruments(["ETHUSDT"], LISTED)


def test_a_change_and_a_trade() -> None:
    (move,) = decode({"stream": "btcusdt@depth@100ms", "data": MOVE})
    assert isinstance(move, BookMove)
    assert move.change == (5, 9, 4, ((6_173_763, 0),), ((6_183_764, 154_698),))
    number, trade = decode(TRADE)
    assert number == TradeNumber(BTC, 3735683259)
    assert trade[3:] == (BTC, 6_183_763, 2_000, Side.SELL, None, None)
    assert trade.at_ns == 1_723_161_255_342_000_000


def test_what_it_says() -> None:
    assert decode({"result": None, "id": 1}) == [Said(Talk.SUBSCRIBED)]
    failed = {"error": {"code": 2, "msg": "Invalid request"}, "id": 1}
    assert decode(failed) == [Said(Talk.ERROR, "2 Invalid request")]
    assert decode({"code": -1121, "msg": "Bad symbol"}) == [Said(Talk.ERROR, "-1121 Bad symbol")]
    refused = BINANCE.image(WATCH, "BTCUSDT", b'{"code":-1003,"msg":"Too many requests"}', HEARD_NS)
    assert refused == [Said(Talk.ERROR, "-1003 Too many requests")]


def test_a_change_that_ends_before_it_begins() -> None:
    (found,) = decode({**MOVE, "u": 4})
    assert isinstance(found, Unreadable)
    assert found.fault is Fault.DISAGREES


def test_nonsense() -> None:
    bears_nonsense(BINANCE, WATCH, json.dumps(MOVE))
    bears_wrong_types(BINANCE, WATCH, MOVE, lambda one: {"stream": "x", "data": one})
    bears_wrong_types(BINANCE, WATCH, TRADE, lambda one: one)
    for body in (b"", b"<html>", b"{}", b'{"lastUpdateId": 1, "bids": 3, "asks": []}'):
        assert kinds(BINANCE.image(WATCH, "BTCUSDT", body, HEARD_NS)) == ["Unreadable"]


def test_what_is_sent() -> None:
    asked = json.loads(BINANCE.hello(WATCH, Keys())[0])
    assert asked["params"][:2] == ["btcusdt@depth@100ms", "btcusdt@trade"]
    request = BINANCE.image_request("BTCUSDT")
    assert request is not None
    assert request.url.endswith("/api/v3/depth?symbol=BTCUSDT&limit=1000")


def test_the_recorded_market_of_2021() -> None:
    folder = SHARED / "ws_multi_exchange_cryptofeed"
    sync, asked, seen = BookSync(Chain.CONTIGUOUS), None, 0
    for line in unpacked(folder / "BINANCE.http.0.0.zst"):
        if "NKNUSDT" in line:
            asked = BINANCE.image(WATCH, "NKNUSDT", line.split(": ", 1)[1].encode(), HEARD_NS)
    assert asked is not None
    assert isinstance(asked[0], BookImage)
    for line in unpacked(folder / "BINANCE.ws.1.0.zst")[1:]:
        stamp, _, body = line.partition(": ")
        if not stamp.replace(".", "").isdigit():
            continue
        for one in BINANCE.decode(WATCH, body, HEARD_NS):
            if isinstance(one, Unreadable):
                assert one.fault is Fault.SYMBOL  # the capture has pairs that nobody asked for
            elif isinstance(one, BookMove):
                seen += 1
                sync.on_change(one.change)
                if seen == 3:
                    assert sync.on_snapshot(asked[0].book) is Step.APPLIED
    assert sync.synced
    assert sync.steps[Step.GAP] == 0
    assert sync.steps[Step.APPLIED] == 1 + seen - 3


def test_two_thousand_recorded_messages_of_2024_rebuild_the_best_prices() -> None:
    lines = unpacked(SHARED / "crypto_binance_spot_ws_20240808" / "spot_btcusdt_20240808.jsonl.zst")
    sync, agree, compared, trades = BookSync(Chain.CONTIGUOUS), 0, 0, 0
    best: tuple[int, int] | None = None
    for line in lines[:2_000]:
        body = line.split(" ", 1)[1]
        if body.startswith('{"lastUpdateId"'):
            (image,) = BINANCE.image(WATCH, "BTCUSDT", body.encode(), HEARD_NS)
            assert isinstance(image, BookImage)
            assert sync.on_snapshot(image.book) is Step.APPLIED
            continue
        if "@bookTicker" in body:
            data = json.loads(body)["data"]
            texts = data["b"], data["a"]
            best = tuple(WATCH["BTCUSDT"].price_from_text(one) for one in texts)  # type: ignore[assignment]
            continue
        for one in BINANCE.decode(WATCH, body, HEARD_NS):
            assert not isinstance(one, Unreadable), one
            trades += isinstance(one, Trade)
            if isinstance(one, BookMove):
                sync.on_change(one.change)
                if sync.synced and best is not None:
                    bids, asks = sync.book.depth(1)
                    compared += 1
                    agree += (bids[0].price_ticks, asks[0].price_ticks) == best
    assert trades > 200
    assert compared > 100
    assert agree >= compared - 1
