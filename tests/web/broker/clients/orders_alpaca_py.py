"""Every type and class of order with alpaca-py, against the server that the environment names."""

import json
import os
import sys
import uuid

from alpaca.common.exceptions import APIError
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderClass, OrderSide, QueryOrderStatus, TimeInForce
from alpaca.trading.requests import (
    ClosePositionRequest,
    GetOrderByIdRequest,
    GetOrdersRequest,
    LimitOrderRequest,
    MarketOrderRequest,
    ReplaceOrderRequest,
    StopLimitOrderRequest,
    StopLossRequest,
    StopOrderRequest,
    TakeProfitRequest,
    TrailingStopOrderRequest,
)

client = TradingClient(
    os.environ["APCA_API_KEY_ID"],
    os.environ["APCA_API_SECRET_KEY"],
    url_override=os.environ["APCA_API_BASE_URL"],
)
BUY = {"symbol": "AAPL", "qty": 2, "side": OrderSide.BUY}
DAY, GTC = TimeInForce.DAY, TimeInForce.GTC
GAIN, LOSS = TakeProfitRequest(limit_price=900), StopLossRequest(stop_price=5, limit_price=4.5)


def said(call) -> str:
    """What the server refuses with."""
    try:
        call()
    except APIError as error:
        return f"{error.status_code} {error.code} {error.message}"
    return ""


def types() -> dict:
    made = [
        client.submit_order(one)
        for one in (
            MarketOrderRequest(**BUY, time_in_force=DAY),
            MarketOrderRequest(symbol="AAPL", notional=200.5, side="buy", time_in_force=DAY),
            LimitOrderRequest(**BUY, time_in_force=GTC, limit_price=10.01),
            StopOrderRequest(**BUY, time_in_force=DAY, stop_price=900),
            StopLimitOrderRequest(**BUY, time_in_force=DAY, stop_price=900, limit_price=901.5),
            TrailingStopOrderRequest(**BUY, time_in_force=DAY, trail_percent=5),
            TrailingStopOrderRequest(**BUY, time_in_force=GTC, trail_price=3.5),
            LimitOrderRequest(**BUY, time_in_force=TimeInForce.CLS, limit_price=10),
        )
    ]
    return {
        "types": [one.type.value for one in made],
        "times": [one.time_in_force.value for one in made],
        "statuses": sorted({one.status.value for one in made}),
        "hwm": [one.hwm is not None for one in made],
    }


def classes() -> dict:
    bracket = client.submit_order(
        LimitOrderRequest(
            **BUY, time_in_force=GTC, limit_price=10, order_class=OrderClass.BRACKET,
            take_profit=GAIN, stop_loss=LOSS,
        )
    )  # fmt: skip
    oto = client.submit_order(
        LimitOrderRequest(
            **BUY, time_in_force=DAY, limit_price=10, order_class=OrderClass.OTO, take_profit=GAIN
        )
    )
    nested = client.get_orders(GetOrdersRequest(status=QueryOrderStatus.OPEN, nested=True))
    shown = client.get_order_by_id(bracket.id, GetOrderByIdRequest(nested=True))
    return {
        "classes": [bracket.order_class.value, oto.order_class.value],
        "legs": [[leg.type.value for leg in one.legs] for one in (bracket, oto, shown)],
        "nested": sorted(len(one.legs or ()) for one in nested),
    }


def changes() -> dict:
    name = str(uuid.uuid4())
    first = client.submit_order(
        LimitOrderRequest(**BUY, time_in_force=DAY, limit_price=9, client_order_id=name)
    )
    taken = said(
        lambda: client.submit_order(
            LimitOrderRequest(**BUY, time_in_force=DAY, limit_price=9, client_order_id=name)
        )
    )
    second = client.replace_order_by_id(first.id, ReplaceOrderRequest(qty=3, limit_price=9.5))
    old = client.get_order_by_client_id(name)
    client.cancel_order_by_id(second.id)
    return {
        "linked": [second.replaces == first.id, old.replaced_by == second.id],
        "old": old.status.value,
        "new": [second.qty, second.limit_price, second.status.value],
        "after": client.get_order_by_id(second.id).status.value,
        "dead": said(lambda: client.cancel_order_by_id(second.id)),
        "taken": taken,
        "missing": said(lambda: client.get_order_by_id(uuid.uuid4())),
        "dear": said(
            lambda: client.submit_order(
                MarketOrderRequest(**BUY | {"qty": 900_000}, time_in_force=DAY)
            )
        ),
    }


def closing() -> dict:
    """The market has moved on since ``types``: the market orders are filled."""
    (held,) = client.get_all_positions()
    one = client.get_open_position("AAPL")
    sold = client.close_position("AAPL", ClosePositionRequest(qty="1"))
    rest = client.close_all_positions(cancel_orders=True)
    pair = said(lambda: client.get_open_position("MSFT"))
    return {
        "held": [held.symbol, held.qty, held.side.value, held.exchange.value],
        "same": held == one,
        "sold": [sold.side.value, sold.type.value, sold.qty],
        "rest": [[each.symbol, each.status, each.body.qty] for each in rest],
        "missing": pair,
    }


def cancelling() -> dict:
    opened = client.get_orders()
    gone = client.cancel_orders()
    closed = client.get_orders(
        GetOrdersRequest(status=QueryOrderStatus.CLOSED, limit=500, symbols=["AAPL"])
    )
    return {
        "opened": len(opened),
        "gone": sorted({one.status for one in gone}),
        "left": len(client.get_orders()),
        "closed": sorted({one.status.value for one in closed}),
    }


PARTS = {
    "types": types,
    "classes": classes,
    "changes": changes,
    "closing": closing,
    "cancelling": cancelling,
}
sys.stdout.write(json.dumps({part: PARTS[part]() for part in sys.argv[1:]}))
