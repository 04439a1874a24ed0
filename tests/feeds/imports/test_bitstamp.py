from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.book_sync import BookChange
from feeds.imports.bitstamp import decode
from feeds.imports.capture_scales import Pair, Scale
from feeds.live.heard import BookMove, Fault, Said, Talk, Unreadable
from matching.market import Trade
from matching.orders import Side

INSTRUMENT = Scale(2, 8).instrument("ETHUSD", Pair("ETH", "USD"))
assert INSTRUMENT is not None
WATCH = {"ETHUSD": INSTRUMENT}
TRADE = {
    "id": 216000506, "amount_str": "2.73248242", "price_str": "3800.80", "type": 1,
    "microtimestamp": "1641343721269123", "buy_order_id": 1443875826053121,
}  # fmt: skip
BOOK = {"microtimestamp": "1641343721663333", "bids": [["3800.10", "0"]], "asks": []}


def hear(event: str, channel: str, data: Any) -> list[Any]:
    return decode(WATCH, json.dumps({"event": event, "channel": channel, "data": data}), 5)


def test_a_trade_and_a_change() -> None:
    (trade,) = hear("trade", "live_trades_ethusd", TRADE)
    assert trade == Trade(
        1_641_343_721_269_123_000, 5, 0, "COIN:ETHUSD", 380_080, 273_248_242, Side.SELL
    )  # type: ignore[arg-type]
    (move,) = hear("data", "diff_order_book_ethusd", BOOK)
    clock = 1_641_343_721_663_333
    change = BookChange(clock, clock, 0, ((380_010, 0),), ())
    assert move == BookMove("COIN:ETHUSD", clock * 1000, change)  # type: ignore[arg-type]


def test_words_about_the_connection() -> None:
    said = {
        event: hear(event, "", {})[0].talk
        for event in ("bts:subscription_succeeded", "bts:error", "bts:request_reconnect", "other")
    }
    assert list(said.values()) == [Talk.SUBSCRIBED, Talk.ERROR, Talk.ERROR, Talk.IGNORED]
    assert isinstance(hear("bts:error", "", {})[0], Said)


@pytest.mark.parametrize(
    ("event", "channel", "data", "fault"),
    [
        ("trade", "live_trades_btcusd", TRADE, Fault.SYMBOL),
        ("trade", "live_trades_ethusd", TRADE | {"type": 2}, Fault.SHAPE),
        ("trade", "live_trades_ethusd", TRADE | {"price_str": "x"}, Fault.NUMBER),
        ("trade", "live_trades_ethusd", TRADE | {"price_str": "3800.801"}, Fault.BETWEEN_TICKS),
        ("trade", "live_trades_ethusd", TRADE | {"microtimestamp": "soon"}, Fault.TIME),
        ("trade", "live_trades_ethusd", {}, Fault.SHAPE),
        ("data", "diff_order_book_ethusd", BOOK | {"bids": [["1"]]}, Fault.SHAPE),
        ("data", "diff_order_book_ethusd", [], Fault.SHAPE),
    ],
)
def test_what_is_no_message_is_told(event: str, channel: str, data: Any, fault: Fault) -> None:
    (found,) = hear(event, channel, data)
    assert isinstance(found, Unreadable)
    assert found.fault is fault


def test_half_a_message_is_told() -> None:
    (found,) = decode(WATCH, '{"event":"tra', 5)
    assert found == Unreadable(Fault.NOT_JSON, '{"event":"tra')
