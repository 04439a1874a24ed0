"""Positions over the wire, and closing them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simtrade.desk.requests import ClockAction
from simtrade.portfolio.views import PositionView
from tests.web.broker.orders import buy
from tests.web.broker.program import Program
from tests.web.broker.test_order_json import APPLE
from tests.web.serving import Site
from web.broker.positions import position_value

APPLES, MICROSOFT = "XNAS:AAPL", "XNAS:MSFT"
HELD = PositionView(
    instrument=APPLE, qty=10, available=4, held=6, unsettled=0, pending=0, suspended=False,
    cost_minor=100_000, last_ticks=11_000, value_minor=110_000, profit_minor=10_000,
    day_profit_minor=-1_000,
)  # fmt: skip


def test_a_long_position_word_by_word() -> None:
    value = position_value(HELD, None, marginable=True)
    assert value | {"asset_id": ""} == {
        "asset_id": "", "symbol": "AAPL", "exchange": "NYSE", "asset_class": "us_equity",
        "market": "US", "asset_marginable": True, "qty": "10", "qty_available": "4",
        "side": "long", "avg_entry_price": "100.0000", "market_value": "1100.00",
        "cost_basis": "1000.00", "unrealized_pl": "100.00", "unrealized_plpc": "0.100000",
        "unrealized_intraday_pl": "-10.00", "unrealized_intraday_plpc": "-0.009009",
        "current_price": "110.0000", "lastday_price": "110.0000", "change_today": "0.000000",
    }  # fmt: skip


def test_what_is_owed_is_negative() -> None:
    short = replace(HELD, qty=-10, available=10, cost_minor=-100_000, value_minor=-110_000,
                    profit_minor=-10_000)  # fmt: skip
    value = position_value(short, None, marginable=True)
    assert [value[name] for name in ("side", "qty", "qty_available", "avg_entry_price")] == [
        "short", "-10", "-10", "100.0000",
    ]  # fmt: skip
    assert [value[name] for name in ("market_value", "cost_basis", "unrealized_plpc")] == [
        "-1100.00", "-1000.00", "-0.100000",
    ]  # fmt: skip


def closed(replay: Program) -> None:
    for _ in range(2):
        replay.clock(ClockAction.STEP)


def test_positions_are_those_of_the_account(broker: Site, replay: Program) -> None:
    assert replay.get("/v2/positions") == []
    buy(replay, APPLES, 10)
    buy(replay, MICROSOFT, 5)
    found = {one["symbol"]: one for one in replay.get("/v2/positions")}
    views = broker.core.portfolio.summary(replay.account_id).positions
    assert {name: one["qty"] for name, one in found.items()} == {"AAPL": "10", "MSFT": "5"}
    for view in views:
        one = found[view.instrument.symbol]
        assert one["market_value"] == f"{view.value_minor / 100:.2f}"
        assert one["cost_basis"] == f"{view.cost_minor / 100:.2f}"
        for name in (view.instrument.symbol, one["asset_id"]):
            assert replay.get(f"/v2/positions/{name}") == one
    status, body = replay.refused("GET", "/v2/positions/IBM")
    assert (status, body) == (404, {"code": 40410000, "message": "position does not exist"})
    assert replay.refused("GET", "/v2/positions/NOPE")[0] == 404


@pytest.mark.parametrize(
    ("query", "sold"),
    [({}, "10"), ({"qty": "4"}, "4"), ({"percentage": "50"}, "5"), ({"percentage": "33.3"}, "3"),
     ({"percentage": "100"}, "10")],
)  # fmt: skip
def test_a_position_is_closed(replay: Program, query: dict[str, str], sold: str) -> None:
    buy(replay, APPLES, 10)
    made = replay.call("DELETE", "/v2/positions/AAPL", params=query)
    assert (made["side"], made["type"], made["qty"]) == ("sell", "market", sold)
    closed(replay)
    left = {one["symbol"]: one["qty"] for one in replay.get("/v2/positions")}
    assert left == ({} if sold == "10" else {"AAPL": str(10 - int(sold))})


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ({"qty": "11"}, 403, "insufficient qty available for order (requested: 11, available: 10)"),
        ({"qty": "0"}, 422, "qty must be > 0"),
        ({"qty": "x"}, 422, "qty must be a number"),
        ({"qty": "1.5"}, 422, "qty must be integer"),
        ({"qty": "1", "percentage": "1"}, 422, "only one of qty and percentage is accepted"),
        ({"percentage": "0"}, 422, "percentage must be > 0 and <= 100"),
        ({"percentage": "100.1"}, 422, "percentage must be > 0 and <= 100"),
        ({"percentage": "NaN"}, 422, "percentage must be > 0 and <= 100"),
        ({"percentage": "1"}, 422, "percentage is less than the smallest quantity"),
    ],
)
def test_what_cannot_be_closed(
    replay: Program, query: dict[str, str], status: int, message: str
) -> None:
    buy(replay, APPLES, 10)
    found, body = replay.refused("DELETE", "/v2/positions/AAPL", params=query)
    assert (found, body["message"]) == (status, message)
    assert replay.get("/v2/orders") == []


def test_everything_is_closed_and_what_waits_is_cancelled(replay: Program) -> None:
    assert replay.call("DELETE", "/v2/positions") == []
    buy(replay, APPLES, 10)
    buy(replay, MICROSOFT, 5)
    sale: dict[str, Any] = {"symbol": "AAPL", "qty": 6, "side": "sell", "type": "limit",
                            "time_in_force": "gtc", "limit_price": 900}  # fmt: skip
    waiting = replay.post("/v2/orders", **sale)
    answer = replay.http.delete("/v2/positions")
    assert answer.status_code == 207
    first = {one["symbol"]: one for one in answer.json()}
    assert (first["AAPL"]["status"], first["MSFT"]["status"]) == (403, 200)
    assert first["AAPL"]["body"]["held_for_orders"] == "6"
    assert first["MSFT"]["body"]["id"] == first["MSFT"]["order_id"]
    closed(replay)
    second = replay.call("DELETE", "/v2/positions", params={"cancel_orders": "True"})
    assert [(one["symbol"], one["status"]) for one in second] == [("AAPL", 200)]
    closed(replay)
    assert replay.get("/v2/positions") == []
    assert replay.get(f"/v2/orders/{waiting['id']}")["status"] == "canceled"


def test_what_was_bought_today_is_sold_tomorrow(broker: Site, bot: Program) -> None:
    quote = broker.core.venues.quotes(bot.key.venue_id)[0]
    symbol = quote.instrument_id.partition(":")[2]
    order = {"symbol": symbol, "qty": 100, "side": "buy", "type": "market", "time_in_force": "day"}
    bot.post("/v2/orders", **order)
    (held,) = bot.get("/v2/positions")
    assert (held["qty"], held["qty_available"], held["exchange"]) == ("100", "0", "")
    status, body = bot.refused("DELETE", f"/v2/positions/{symbol}")
    assert (status, body["code"], body["available"]) == (403, 40310000, "0")
    assert body["rule"]
