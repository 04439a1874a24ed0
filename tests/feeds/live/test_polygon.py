from __future__ import annotations

import json
from typing import Any

from feeds.live.heard import Said, Talk
from feeds.live.polygon import Polygon
from feeds.live.vendor import Keys
from matching.market import Level
from tests.feeds.live.samples import (
    HEARD_NS,
    bears_nonsense,
    bears_wrong_types,
    kinds,
    recorded,
)

POLYGON = Polygon()
WATCH = POLYGON.instruments(["NVDA"], None)
TRADE = {"ev": "T", "sym": "NVDA", "x": 4, "p": 225.63, "s": 129, "t": 1786649956459, "z": 3}
QUOTE = {"ev": "Q", "sym": "NVDA", "bp": 225.62, "ap": 225.64, "bs": 100, "as": 500}
QUOTE |= {"t": 1786649956446}


def decode(*messages: Any) -> list[Any]:
    return POLYGON.decode(WATCH, json.dumps(messages), HEARD_NS)


def test_the_recorded_message() -> None:
    quote, trade, status = POLYGON.decode(WATCH, recorded("polygon_ws.jsonl"), HEARD_NS)
    assert quote.bids == (Level(2_256_200, 100),)  # type: ignore[union-attr, arg-type]
    assert quote.asks == (Level(2_256_400, 500),)  # type: ignore[union-attr, arg-type]
    assert (trade.price_ticks, trade.qty, trade.at_ns) == (  # type: ignore[union-attr]
        2_256_300,
        129,
        1_786_649_956_459_000_000,
    )
    assert status == Said(Talk.SUBSCRIBED, "subscribed")


def test_before_the_tapes_showed_shares_sizes_were_lots() -> None:
    assert decode({**QUOTE, "t": 1700000000000})[0].asks[0].qty == 50_000
    assert decode(QUOTE)[0].asks[0].qty == 500


def test_what_it_says() -> None:
    told = {"ev": "status", "status": "auth_failed", "message": "bad key"}
    assert decode(told, {**told, "status": "auth_success", "message": "authenticated"}) == [
        Said(Talk.ERROR, "bad key"),
        Said(Talk.AUTHENTICATED, "authenticated"),
    ]
    assert kinds(decode({**TRADE, "c": [2]}, {**TRADE, "s": 0}, {"ev": "A"})) == ["Said", "Said"]


def test_nonsense() -> None:
    bears_nonsense(POLYGON, WATCH, json.dumps([TRADE, QUOTE]))
    bears_wrong_types(POLYGON, WATCH, TRADE, lambda one: [one])
    bears_wrong_types(POLYGON, WATCH, QUOTE, lambda one: [one])


def test_what_is_sent() -> None:
    keys = Keys("KEY")
    assert json.loads(POLYGON.hello(WATCH, keys)[0]) == {"action": "auth", "params": "KEY"}
    asked = json.loads(POLYGON.reply(Said(Talk.AUTHENTICATED), WATCH, keys)[0])
    assert asked["params"] == "T.NVDA,Q.NVDA"
    assert POLYGON.reply(Said(Talk.CONNECTED), WATCH, keys) == ()
