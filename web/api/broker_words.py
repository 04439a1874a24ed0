"""What the document says of addresses whose shapes others decided: summaries, queries, bodies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]
_NONE: Schema = {}


@dataclass(frozen=True, slots=True)
class Words:
    """``query`` and ``body`` are JSON schemas of objects, empty where there is none."""

    summary: str
    query: Schema = field(default_factory=dict)
    body: Schema = field(default_factory=dict)


_TEXT: Schema = {"type": "string"}
_FIGURE: Schema = {
    "type": ["string", "number", "null"],
    "description": "A decimal; as a text it stays exact.",
}


def _query(*names: str, needed: tuple[str, ...] = ()) -> Schema:
    return {"properties": dict.fromkeys((*needed, *names), _TEXT), "required": list(needed)}


def _body(needed: tuple[str, ...] = (), /, **members: Schema) -> Schema:
    return {"type": "object", "properties": members, "required": list(needed)}


_LISTED: Schema = {"type": "array", "items": _TEXT}
_LIST = _body(name=_TEXT, symbols=_LISTED)
_SYMBOL = _body(("symbol",), symbol=_TEXT)
_NAMED = _query(needed=("name",))
_EXIT = _body(limit_price=_FIGURE, stop_price=_FIGURE)
_ORDER = _body(
    ("symbol",),
    symbol=_TEXT, qty=_FIGURE, notional=_FIGURE, side=_TEXT, type=_TEXT, time_in_force=_TEXT,
    limit_price=_FIGURE, stop_price=_FIGURE, trail_price=_FIGURE, trail_percent=_FIGURE,
    extended_hours={"type": "boolean"}, client_order_id=_TEXT, order_class=_TEXT,
    take_profit=_EXIT, stop_loss=_EXIT, position_intent=_TEXT,
)  # fmt: skip
_CHANGE = _body(
    qty=_FIGURE, time_in_force=_TEXT, limit_price=_FIGURE, stop_price=_FIGURE, trail=_FIGURE,
    client_order_id=_TEXT,
)  # fmt: skip
_SPAN = ("start", "end", "limit", "sort", "page_token", "feed", "asof", "currency")
_PAGES = _query(*_SPAN)
_BARS = _query("adjustment", *_SPAN, needed=("timeframe",))
_NEWEST = _query("feed", "currency")
_ACTIVITIES = ("date", "after", "until", "direction", "page_size", "page_token")


def _data(root: str, several: tuple[str, ...], latest: str) -> dict[tuple[str, str], Words]:
    """Market data of several symbols at once; bars want a timeframe."""
    found = {}
    for kind in several:
        own = ("timeframe", "adjustment") if kind == "bars" else ()
        symbols = _query(*own, *_SPAN, needed=("symbols",))
        found["GET", f"{root}/{kind}"] = Words(f"{kind.capitalize()} of some symbols", symbols)
    symbols = _query("feed", needed=("symbols",))
    for kind in ("bars", "quotes", "trades", "orderbooks"):
        path = f"{root}/{latest.format(kind=kind)}"
        found["GET", path] = Words(f"The newest {kind} of some symbols", symbols)
    words = Words("Newest trade, quote and bars of some symbols", symbols)
    return {**found, ("GET", f"{root}/snapshots"): words}


def _single() -> dict[tuple[str, str], Words]:
    root = "/v2/stocks/{symbol}"
    found = {("GET", f"{root}/bars"): Words("Bars of one symbol", _BARS)}
    for kind in ("quotes", "trades", "auctions"):
        found["GET", f"{root}/{kind}"] = Words(f"{kind.capitalize()} of one symbol", _PAGES)
    for kind, one in (("bars", "bar"), ("quotes", "quote"), ("trades", "trade")):
        found["GET", f"{root}/{kind}/latest"] = Words(f"The newest {one} of one symbol", _NEWEST)
    words = Words("Newest trade, quote and bars of one symbol", _NEWEST)
    return {**found, ("GET", f"{root}/snapshot"): words}


def _watchlists() -> dict[tuple[str, str], Words]:
    found = {
        ("GET", "/v2/watchlists"): Words("All watchlists, by name"),
        ("POST", "/v2/watchlists"): Words("A new watchlist", _NONE, _LIST),
    }
    for path, query in (
        ("/v2/watchlists:by_name", _NAMED),
        ("/v2/watchlists/{watchlist_id}", _NONE),
    ):
        found["GET", path] = Words("One watchlist with its assets", query)
        found["PUT", path] = Words("Change a watchlist; what is left out stays", query, _LIST)
        found["POST", path] = Words("Add a symbol to a watchlist", query, _SYMBOL)
        found["DELETE", path] = Words("Delete a watchlist", query)
        found["DELETE", f"{path}/{{symbol}}"] = Words("Take a symbol from a watchlist", query)
    return found


_ACCOUNT: dict[tuple[str, str], Words] = {
    ("GET", "/v2/account"): Words("What the account holds and may spend"),
    ("GET", "/v2/account/configurations"): Words("How the account is set"),
    ("PATCH", "/v2/account/configurations"): Words(
        "Change how the account is set",
        _NONE,
        _body(no_shorting={"type": "boolean"}, suspend_trade={"type": "boolean"}),
    ),
    ("GET", "/v2/account/portfolio/history"): Words(
        "The account's value over time",
        _query("period", "timeframe", "start", "end", "date_start", "date_end", "pnl_reset",
               "intraday_reporting", "extended_hours", "cashflow_types"),
    ),
    ("GET", "/v2/events/trades"): Words(
        "What happens to the account's orders, as server-sent events without an end",
        _query("since", "until", "since_id", "until_id"),
    ),
    ("GET", "/v2/account/activities"): Words(
        "Fills, fees, dividends and whatever else moved cash or shares",
        _query("activity_types", "category", *_ACTIVITIES),
    ),
    ("GET", "/v2/account/activities/{activity_type}"): Words(
        "Activities of one kind", _query(*_ACTIVITIES)
    ),
    ("GET", "/v2/corporate_actions/announcements"): Words(
        "Dividends, splits and rights issues that have been announced",
        _query("symbol", "cusip", "date_type", needed=("ca_types", "since", "until")),
    ),
    ("GET", "/v2/corporate_actions/announcements/{announcement_id}"): Words("One announcement"),
    ("GET", "/v2/assets"): Words(
        "What can be traded in the key's market",
        _query("status", "asset_class", "exchange", "attributes"),
    ),
    ("GET", "/v2/assets/{symbol}"): Words("One asset, by symbol or id"),
    ("GET", "/v2/clock"): Words("What time it is in the key's market, and whether it is open"),
    ("GET", "/v3/clock"): Words("The same with the phase of the day", _query("markets")),
    ("GET", "/v2/calendar"): Words("Trading days", _query("start", "end", "date_type")),
    ("GET", "/v3/calendar/{market}"): Words(
        "Trading days with their phases", _query("start", "end", "date_type")
    ),
}  # fmt: skip
_ORDERS: dict[tuple[str, str], Words] = {
    ("GET", "/v2/orders"): Words(
        "Orders of the account",
        _query("status", "limit", "after", "until", "direction", "nested", "symbols", "side",
               "asset_class", "before_order_id", "after_order_id"),
    ),
    ("POST", "/v2/orders"): Words("Place an order or a group", _NONE, _ORDER),
    ("DELETE", "/v2/orders"): Words("Cancel every open order"),
    ("GET", "/v2/orders:by_client_order_id"): Words(
        "One order, by the name its sender gave it",
        _query("nested", needed=("client_order_id",)),
    ),
    ("GET", "/v2/orders/{order_id}"): Words("One order", _query("nested")),
    ("PATCH", "/v2/orders/{order_id}"): Words("Replace an order", _NONE, _CHANGE),
    ("DELETE", "/v2/orders/{order_id}"): Words("Cancel an order"),
    ("GET", "/v2/positions"): Words("Positions of the account"),
    ("DELETE", "/v2/positions"): Words("Close every position", _query("cancel_orders")),
    ("GET", "/v2/positions/{symbol}"): Words("One position, by symbol or asset id"),
    ("DELETE", "/v2/positions/{symbol}"): Words(
        "Close a position, wholly or in part", _query("qty", "percentage")
    ),
}  # fmt: skip
_OTHERS: dict[tuple[str, str], Words] = {
    ("GET", "/v2/stocks/meta/conditions/{kind}"): Words("What conditions of prices mean"),
    ("GET", "/v2/stocks/meta/exchanges"): Words("What exchange codes mean"),
    ("GET", "/v1beta1/screener/stocks/most-actives"): Words(
        "What is traded most", _query("by", "top")
    ),
    ("GET", "/v1beta1/screener/{kind}/movers"): Words("What moved most", _query("top")),
    ("GET", "/v1beta1/news"): Words(
        "News: an empty list, as there are none here",
        _query("start", "end", "sort", "symbols", "limit", "page_token"),
    ),
    ("GET", "/v1/corporate-actions"): Words(
        "Splits, dividends and rights issues",
        _query("symbols", "types", "start", "end", "ids", "limit", "sort", "page_token"),
    ),
}
_UDF: dict[tuple[str, str], Words] = {
    ("GET", "/api/udf/config"): Words("What the datafeed offers", _query("venue")),
    ("GET", "/api/udf/time"): Words("The market's time in seconds, as plain text", _query("venue")),
    ("GET", "/api/udf/symbols"): Words("One symbol", _query("symbol", "venue")),
    ("GET", "/api/udf/search"): Words(
        "Symbols by code or name", _query("query", "type", "exchange", "limit", "venue")
    ),
    ("GET", "/api/udf/history"): Words(
        "Bars", _query("symbol", "resolution", "from", "to", "countback", "venue")
    ),
    ("GET", "/api/udf/quotes"): Words("Newest prices", _query("symbols", "venue")),
}

WORDS: Mapping[tuple[str, str], Words] = {
    **_ACCOUNT,
    **_ORDERS,
    **_watchlists(),
    **_data("/v2/stocks", ("bars", "quotes", "trades", "auctions"), "{kind}/latest"),
    **_data("/v1beta3/crypto/{loc}", ("bars", "quotes", "trades"), "latest/{kind}"),
    **_single(),
    **_OTHERS,
    **_UDF,
}
