"""Every type and class of order with alpaca-trade-api, pointed here by the environment alone."""

import json
import sys

import alpaca_trade_api
from alpaca_trade_api.rest import APIError

client = alpaca_trade_api.REST()


def said(call) -> str:
    try:
        call()
    except APIError as error:
        return f"{error.status_code} {error.code} {error}"
    return ""


def place(**terms):
    return client.submit_order("AAPL", **{"qty": 2, "side": "buy", "time_in_force": "day"} | terms)


def placing() -> dict:
    exits = {"take_profit": {"limit_price": "900"}, "stop_loss": {"stop_price": "5"}}
    made = [
        place(type="market"),
        place(type="market", qty=None, notional=100),
        place(type="limit", limit_price="10.5", time_in_force="gtc"),
        place(type="stop", stop_price="900"),
        place(type="stop_limit", stop_price="900", limit_price="901"),
        place(type="trailing_stop", trail_price="2"),
        place(type="trailing_stop", trail_percent="2.5"),
        place(type="limit", limit_price="10", time_in_force="cls"),
        place(type="limit", limit_price="10", order_class="bracket", **exits),
        place(type="limit", limit_price="10", order_class="oto", stop_loss={"stop_price": "5"}),
    ]
    named = place(type="limit", limit_price="9", client_order_id="legacy")
    changed = client.replace_order(named.id, qty="3", limit_price="9.5")
    found = client.get_order_by_client_order_id("legacy")
    client.cancel_order(changed.id)
    return {
        "types": [one.type for one in made],
        "classes": sorted({one.order_class for one in made}),
        "legs": [len(one.legs or ()) for one in made],
        "year": made[0].submitted_at.year,
        "replaced": [found.status, found.replaced_by == changed.id, changed.qty],
        "after": client.get_order(changed.id).status,
        "dead": said(lambda: client.cancel_order(changed.id)),
        "nested": len(client.list_orders(status="open", limit=100, nested=True)),
        "flat": len(client.list_orders()),
        "one": [
            one.symbol for one in client.list_orders(symbols=["AAPL", "X"], limit=1, side="buy")
        ],
        "extended": said(lambda: place(type="limit", limit_price="9", extended_hours=True)),
    }


def closing() -> dict:
    (held,) = client.list_positions()
    sold = client.close_position("AAPL", qty=1)
    rest = client.close_all_positions()
    client.cancel_all_orders()
    return {
        "held": [held.symbol, held.qty, client.get_position("AAPL").side],
        "sold": [sold.side, sold.qty],
        "rest": [[one.symbol, one.status] for one in rest],
        "left": len(client.list_orders()),
        "missing": said(lambda: client.get_position("MSFT")),
    }


sys.stdout.write(json.dumps({part: globals()[part]() for part in sys.argv[1:]}))
