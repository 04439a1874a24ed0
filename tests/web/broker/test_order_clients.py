"""The clients that people have place, replace, cancel and close orders here unchanged."""

from __future__ import annotations

from simtrade.desk.requests import ClockAction
from tests.web.broker.program import Program


def move_on(replay: Program) -> None:
    for _ in range(2):
        replay.clock(ClockAction.STEP)


def test_alpaca_py(replay: Program) -> None:
    first = replay.run("orders_alpaca_py.py", "types", "classes", "changes")
    assert first["types"] == {
        "types": ["market", "market", "limit", "stop", "stop_limit", "trailing_stop",
                  "trailing_stop", "limit"],
        "times": ["day", "day", "gtc", "day", "day", "day", "gtc", "cls"],
        "statuses": ["new"],
        "hwm": [False] * 5 + [True, True, False],
    }  # fmt: skip
    assert first["classes"] == {
        "classes": ["bracket", "oto"],
        "legs": [["limit", "stop_limit"], ["limit"], ["limit", "stop_limit"]],
        "nested": [0] * 8 + [1, 2],
    }
    changes = first["changes"]
    assert changes["linked"] == [True, True]
    assert [changes[name] for name in ("old", "new", "after")] == [
        "replaced", ["3", "9.50", "new"], "canceled",
    ]  # fmt: skip
    assert changes["dead"] == '422 42210000 order is already in "canceled" state'
    assert changes["taken"] == "422 42210000 client_order_id must be unique"
    assert changes["missing"].startswith("404 40410000 order not found for ")
    assert changes["dear"] == "403 40310000 insufficient buying power"
    move_on(replay)
    second = replay.run("orders_alpaca_py.py", "closing", "cancelling")
    closing = second["closing"]
    # Two shares, and what half a share less than 200.50 dollars bought besides.
    assert closing["held"][0::2] == ["AAPL", "long"]
    assert closing["same"]
    assert closing["sold"] == ["sell", "market", "1"]
    assert closing["missing"] == "404 40410000 position does not exist"
    (rest,) = closing["rest"]
    # cancel_orders takes the sale of one share back first, so everything can be sold.
    assert rest == ["AAPL", 200, closing["held"][1]]
    assert second["cancelling"] == {
        "opened": 1, "gone": [200], "left": 0, "closed": ["canceled", "filled", "replaced"],
    }  # fmt: skip


def test_alpaca_trade_api(replay: Program) -> None:
    placing = replay.run("orders_alpaca_trade_api.py", "placing")["placing"]
    assert placing == {
        "types": ["market", "market", "limit", "stop", "stop_limit", "trailing_stop",
                  "trailing_stop", "limit", "limit", "limit"],
        "classes": ["bracket", "oto", "simple"],
        "legs": [0] * 8 + [2, 1],
        "year": 2005,
        "replaced": ["replaced", True, "3"],
        "after": "canceled",
        "dead": '422 42210000 order is already in "canceled" state',
        "nested": 10,
        "flat": 13,
        "one": ["AAPL"],
        "extended": "422 42210000 extended hours orders are not available in this market",
    }  # fmt: skip
    move_on(replay)
    closing = replay.run("orders_alpaca_trade_api.py", "closing")["closing"]
    assert closing["held"][0::2] == ["AAPL", "long"]
    assert closing["sold"] == ["sell", "1"]
    assert closing["rest"] == [["AAPL", 403]]  # one share is held for the order that sells it
    assert closing["left"] == 0
    assert closing["missing"] == "404 40410000 position does not exist"
