from __future__ import annotations

import pytest

from tests.web.broker.program import Program


def test_lot_and_tick_of_the_floor(bot: Program) -> None:
    assets = bot.get("/v2/assets")
    first = assets[0]
    assert (first["class"], first["exchange"], first["status"]) == ("us_equity", "", "active")
    assert first["market"] == "SIMA"
    increments = ("min_order_size", "min_trade_increment", "price_increment")
    assert [first[one] for one in increments] == ["100", "100", "0.01"]
    assert isinstance(first["maintenance_margin_requirement"], float)
    growth = [one for one in assets if one["min_order_size"] == "200"]
    assert growth
    assert {one["min_trade_increment"] for one in growth} == {"1"}


def test_one_asset_by_symbol_or_id(replay: Program) -> None:
    apple = replay.get("/v2/assets/AAPL")
    assert (apple["symbol"], apple["exchange"], apple["tradable"]) == ("AAPL", "NASDAQ", True)
    assert replay.get(f"/v2/assets/{apple['id']}") == apple
    assert replay.get("/v2/assets/XNAS:AAPL") == apple


def test_assets_are_chosen(replay: Program) -> None:
    active = replay.get("/v2/assets", status="active")
    inactive = replay.get("/v2/assets", status="inactive")
    assert {one["symbol"] for one in active} & {one["symbol"] for one in inactive} == set()
    assert not any(one["tradable"] for one in inactive)
    assert len(active) + len(inactive) == len(replay.get("/v2/assets", status="all"))
    nasdaq = replay.get("/v2/assets", exchange="NASDAQ")
    assert {one["exchange"] for one in nasdaq} == {"NASDAQ"}
    assert replay.get("/v2/assets", asset_class="crypto") == []
    assert replay.get("/v2/assets", attributes="ptp_no_exception") == []


@pytest.mark.parametrize(
    "symbol", ["609001", "00000000-0000-4000-8000-000000000000", "BTC/USD", "A%00B", "股"]
)
def test_assets_of_other_venues_and_of_none(replay: Program, symbol: str) -> None:
    status, body = replay.refused("GET", f"/v2/assets/{symbol}")
    assert (status, body["code"]) == (404, 40410000)


@pytest.mark.parametrize(
    "query", ["status=open", "asset_class=bond", "exchange=%00", "status=all&status=all"]
)
def test_wrong_queries(replay: Program, query: str) -> None:
    status, body = replay.refused("GET", f"/v2/assets?{query}")
    assert (status, body["code"]) == (422, 40010001)
