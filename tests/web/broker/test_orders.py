"""Reading orders over the wire."""

from __future__ import annotations

from matching.instrument import InstrumentId
from matching.orders import OrderKind, Side, TimeInForce
from matching.units import PriceTicks, Qty
from simtrade.desk.requests import Done, PlaceRequest
from tests.web.broker.program import Program, practice, submit
from tests.web.serving import Site


def test_an_order_by_its_ids(broker: Site, replay: Program) -> None:
    account = broker.core.portfolio.accounts(replay.user.user_id)[0].account_id
    wish = PlaceRequest(
        account, "by hand", InstrumentId("XNAS:AAPL"), Side.BUY, OrderKind.LIMIT, Qty(10),
        PriceTicks(1_000), TimeInForce.DAY,
    )  # fmt: skip
    assert isinstance(submit(broker, wish), Done)
    order = replay.get("/v2/orders:by_client_order_id", client_order_id="by hand")
    assert (order["symbol"], order["qty"], order["type"]) == ("AAPL", "10", "limit")
    assert replay.get(f"/v2/orders/{order['id']}") == order
    other = practice(broker)
    for path in (f"/v2/orders/{order['id']}", "/v2/orders/1", "/v2/orders/%00"):
        status, body = other.refused("GET", path)
        assert (status, body["code"]) == (404, 40410000)
    status, _ = other.refused("GET", "/v2/orders:by_client_order_id?client_order_id=by%20hand")
    assert status == 404
