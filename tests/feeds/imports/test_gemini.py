from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.book_sync import BookChange, BookSnapshot
from feeds.imports.capture_scales import Pair, Scale
from feeds.imports.gemini import decode
from feeds.live.heard import BookImage, BookMove, Fault, Talk, Unreadable
from matching.market import Trade
from matching.orders import Side

INSTRUMENT = Scale(2, 6).instrument("ALCXUSD", Pair("ALCX", "USD"))
assert INSTRUMENT is not None
WATCH = {"ALCXUSD": INSTRUMENT}
NAME = "COIN:ALCXUSD"
TRADE = {
    "type": "trade", "symbol": "ALCXUSD", "event_id": 45465890462, "timestamp": 1624493694054,
    "price": "303.05", "quantity": "8.12974", "side": "buy",
}  # fmt: skip
CHANGE = {"type": "l2_updates", "symbol": "ALCXUSD", "changes": [["sell", "303.10", "0"]]}


def hear(message: Any) -> list[Any]:
    return decode(WATCH, json.dumps(message), 5)


def test_a_trade_a_book_and_a_change() -> None:
    trade = Trade(1_624_493_694_054_000_000, 5, 0, NAME, 30_305, 8_129_740, Side.BUY)  # type: ignore[arg-type]
    assert hear(TRADE) == [trade]
    change = BookChange(0, 0, 0, (), ((30_310, 0),))
    assert hear(CHANGE) == [BookMove(NAME, 5, change)]  # type: ignore[arg-type]
    book = BookSnapshot(0, (), ((30_310, 0),))
    assert hear(CHANGE | {"trades": [TRADE]}) == [BookImage(NAME, 5, book)]  # type: ignore[arg-type]
    assert hear({"type": "heartbeat", "timestamp": 1})[0].talk is Talk.BEAT
    assert hear({"type": "subscriptions"})[0].talk is Talk.IGNORED


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (TRADE | {"symbol": "BTCUSD"}, Fault.SYMBOL),
        (TRADE | {"side": "auction"}, Fault.SHAPE),
        (TRADE | {"price": "-1"}, Fault.NUMBER),
        (TRADE | {"price": None}, Fault.SHAPE),
        (TRADE | {"timestamp": 7}, Fault.TIME),
        (CHANGE | {"changes": [["hold", "1", "1"]]}, Fault.SHAPE),
        (CHANGE | {"changes": {}}, Fault.SHAPE),
        ([], Fault.SHAPE),
    ],
)
def test_what_is_no_message_is_told(message: Any, fault: Fault) -> None:
    (found,) = hear(message)
    assert isinstance(found, Unreadable)
    assert found.fault is fault


def test_half_a_message_is_told() -> None:
    assert decode(WATCH, '{"type":', 5) == [Unreadable(Fault.NOT_JSON, '{"type":')]
