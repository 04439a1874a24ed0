"""Orders over the wire: their life, their lists, and what is refused without a trace."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from matching.instrument import InstrumentId
from matching.orders import OrderKind, Side, TimeInForce
from matching.units import PriceTicks, Qty
from simtrade.desk.requests import ClockAction, Done, PlaceRequest
from simtrade.people.api_keys import KeyScope
from simtrade.portfolio.views import OrderState
from tests.web.broker.program import Program, practice, program, submit
from tests.web.serving import Site
from web.broker.wire import asset_uuid

LOW = {"symbol": "AAPL", "qty": "10", "side": "buy", "type": "limit", "time_in_force": "day",
       "limit_price": "10"}  # fmt: skip
UNKNOWN = "00000000-0000-4000-8000-000000000001"


def low(bot: Program, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = bot.post("/v2/orders", **LOW | more)
    return found


def order(bot: Program, order_id: str) -> dict[str, Any]:
    found: dict[str, Any] = bot.get(f"/v2/orders/{order_id}")
    return found


def state_of(site: Site, bot: Program) -> object:
    """Everything of an account that an order could change."""
    portfolio = site.core.portfolio
    return (
        portfolio.orders(bot.account_id, open_only=False),
        portfolio.summary(bot.account_id).cash_minor,
    )


def test_an_order_is_placed_replaced_and_cancelled(replay: Program) -> None:
    first = low(replay, client_order_id="one")
    assert (first["status"], first["client_order_id"]) == ("new", "one")
    path = f"/v2/orders/{first['id']}"
    second = replay.call("PATCH", path, json={"qty": 20, "limit_price": 11.5})
    assert (second["qty"], second["limit_price"], second["status"]) == ("20", "11.50", "new")
    old = order(replay, first["id"])
    assert (old["status"], old["replaced_by"]) == ("replaced", second["id"])
    assert second["replaces"] == first["id"]
    assert second["client_order_id"] not in ("one", "")
    for asked, found in (("one", first["id"]), (second["client_order_id"], second["id"])):
        assert replay.get("/v2/orders:by_client_order_id", client_order_id=asked)["id"] == found
    dead = (422, {"code": 42210000, "message": 'order is already in "replaced" state',
                  "status": "replaced"})  # fmt: skip
    assert replay.refused("DELETE", path) == dead
    assert replay.refused("PATCH", path, json={"qty": 5}) == dead
    answer = replay.http.delete(f"/v2/orders/{second['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert order(replay, second["id"])["status"] == "canceled"
    status, body = replay.refused("DELETE", f"/v2/orders/{second['id']}")
    assert (status, body["code"]) == (422, 42210000)
    assert body["message"] == 'order is already in "canceled" state'


def test_a_filled_order_says_when_and_for_how_much(replay: Program) -> None:
    made = replay.post("/v2/orders", **LOW | {"type": "market", "limit_price": None})
    for _ in range(2):
        replay.clock(ClockAction.STEP)
    done = order(replay, made["id"])
    assert (done["status"], done["filled_qty"], done["type"]) == ("filled", "10", "market")
    assert float(done["filled_avg_price"]) > 0
    assert done["filled_at"] == done["updated_at"] > done["submitted_at"]
    status, body = replay.refused("DELETE", f"/v2/orders/{made['id']}")
    assert (status, body["message"]) == (422, 'order is already in "filled" state')
    fill = replay.site.core.portfolio.fills(replay.account_id)[0]
    assert done["filled_avg_price"] == fill.instrument.price_text(fill.price_ticks)


def test_money_in_place_of_a_quantity(replay: Program) -> None:
    members = {"qty": None, "notional": 500.5, "type": "market", "limit_price": None}
    made = replay.post("/v2/orders", **LOW | members)
    assert made["notional"] == "500.50"
    assert order(replay, made["id"])["notional"] == "500.50"


@pytest.mark.parametrize(
    ("kind", "status", "code", "message"),
    [
        ({"symbol": "NOPE"}, 422, 40010001, 'could not find asset "NOPE"'),
        ({"symbol": "\x00"}, 422, 40010001, 'could not find asset "\x00"'),
        ({"symbol": ["AAPL"]}, 422, 40010001, "symbol must be a string"),
        ({"symbol": None}, 422, 40010001, "symbol is required"),
        ({"qty": 10**6 - 1}, 403, 40310000, "insufficient buying power"),
        ({"qty": 10**9}, 422, 42210000, "qty must be <= 1000000"),
        ({"side": "sell"}, 403, 40310000, "account is not allowed to short"),
        ({"position_intent": "sell_to_open", "side": "sell", "limit_price": 900}, 403, 40310000,
         "account is not allowed to short"),
        ({"type": "stop", "limit_price": None, "stop_price": 1}, 422, 42210000,
         "stop_price would be met at once: above the last price for buy, below it for sell"),
        ({"limit_price": 10.001}, 422, 42210000, "invalid limit_price 10.001. sub-penny "
         "increment does not fulfill minimum pricing criteria"),
        ({"order_class": "bracket", "take_profit": {"limit_price": 5},
          "stop_loss": {"stop_price": 4}}, 422, 42210000,
         "take_profit.limit_price must be on the winning side of base_price (10.00)"),
        ({"order_class": "bracket", "take_profit": {"limit_price": 50},
          "stop_loss": {"stop_price": 10}}, 422, 42210000,
         "stop_loss.stop_price must be on the losing side of base_price (10.00)"),
        ({"client_order_id": "x" * 129}, 422, 40010001,
         "client_order_id must be 1 to 128 printable characters"),
    ],
)  # fmt: skip
def test_a_refused_order_leaves_nothing_behind(
    broker: Site, replay: Program, kind: dict[str, Any], status: int, code: int, message: str
) -> None:
    before = state_of(broker, replay)
    found, body = replay.refused("POST", "/v2/orders", json=LOW | kind)
    assert (found, body["code"], body["message"]) == (status, code, message)
    assert state_of(broker, replay) == before
    assert not broker.core.keys.is_bot(replay.user.user_id, replay.key.venue_id)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b"{", b'{"qty":NaN}', b'{"qty":1,"qty":2}', b"\xff", b'"x"', b"[" * 99],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_is_no_object_is_no_order(replay: Program, content: bytes, method: str) -> None:
    path = "/v2/orders" if method == "POST" else f"/v2/orders/{low(replay)['id']}"
    headers = {"content-type": "application/json"}
    status, body = replay.refused(method, path, content=content, headers=headers)
    assert (status, body["code"]) in [(400, 40010000), (422, 40010001), (422, 42210000)]


@pytest.mark.parametrize("value", ["1e400", "1" + "0" * 30, "-1e999", "0.00000000000000000000001"])
def test_numbers_beyond_everything(replay: Program, value: str) -> None:
    content = (
        f'{{"symbol":"AAPL","qty":{value},"side":"buy","type":"market","time_in_force":"day"}}'
    )
    headers = {"content-type": "application/json"}
    status, _ = replay.refused("POST", "/v2/orders", content=content, headers=headers)
    assert status in (400, 422)


def test_a_name_is_used_up_by_an_order_only(replay: Program) -> None:
    dear = LOW | {"qty": 10**6 - 1, "client_order_id": "again"}
    for _ in range(2):  # the same body, refused again
        assert replay.refused("POST", "/v2/orders", json=dear)[0] == 403
    made = low(replay, client_order_id="again")
    for body in (LOW | {"client_order_id": "again"}, dear):
        status, told = replay.refused("POST", "/v2/orders", json=body)
        assert (status, told["code"]) == (422, 42210000)
        assert told["message"] == "client_order_id must be unique"
    other = low(replay)
    path = f"/v2/orders/{other['id']}"
    status, told = replay.refused("PATCH", path, json={"qty": 3, "client_order_id": "again"})
    assert (status, told["message"]) == (422, "client_order_id must be unique")
    named = replay.call("PATCH", path, json={"qty": 3, "client_order_id": "third"})
    assert named["client_order_id"] == "third"
    assert len(replay.get("/v2/orders")) == 2
    assert order(replay, made["id"])["client_order_id"] == "again"


def test_of_eight_orders_of_one_name_one_wins(broker: Site, replay: Program) -> None:
    for name in ("a", "b"):
        with ThreadPoolExecutor(8) as pool:
            answers = list(
                pool.map(
                    lambda _: replay.http.post("/v2/orders", json=LOW | {"client_order_id": name}),  # noqa: B023
                    range(8),
                )
            )
        assert Counter(one.status_code for one in answers) == {200: 1, 422: 7}
    assert len(replay.get("/v2/orders")) == 2
    assert broker.core.keys.is_bot(replay.user.user_id, replay.key.venue_id)


def test_orders_of_others_do_not_exist(broker: Site, replay: Program) -> None:
    mine = low(replay, client_order_id="mine")
    other = practice(broker)
    for order_id in (mine["id"], UNKNOWN, "1", "%00", "a" * 300):
        path = f"/v2/orders/{order_id}"
        for method in ("GET", "PATCH", "DELETE"):
            body = {"json": {"qty": 1}} if method == "PATCH" else {}
            status, told = other.refused(method, path, **body)
            assert (status, told["code"]) == (404, 40410000)
    path = "/v2/orders:by_client_order_id"
    assert other.refused("GET", path, params={"client_order_id": "mine"})[0] == 404
    assert other.refused("GET", path)[1]["code"] == 40010001
    assert order(replay, mine["id"])["status"] == "new"


def test_a_key_that_may_only_read_places_nothing(broker: Site, replay: Program) -> None:
    mine = low(replay)
    reader = program(
        broker, user=replay.user, venue_id=replay.key.venue_id, scopes=frozenset[KeyScope]()
    )
    path = f"/v2/orders/{mine['id']}"
    for method, where in (
        ("POST", "/v2/orders"), ("PATCH", path), ("DELETE", path), ("DELETE", "/v2/orders"),
        ("DELETE", "/v2/positions"), ("DELETE", "/v2/positions/AAPL"),
    ):  # fmt: skip
        body = {} if method == "DELETE" else {"json": LOW}
        assert reader.refused(method, where, **body)[0] == 403
    assert reader.get("/v2/orders")[0]["id"] == mine["id"]


def test_an_order_placed_by_hand_has_its_ids_too(broker: Site, replay: Program) -> None:
    wish = PlaceRequest(
        replay.account_id, "by hand", InstrumentId("XNAS:AAPL"), Side.BUY, OrderKind.LIMIT,
        Qty(10), PriceTicks(1_000), TimeInForce.GTC,
    )  # fmt: skip
    assert isinstance(submit(broker, wish), Done)
    found = replay.get("/v2/orders:by_client_order_id", client_order_id="by hand")
    assert (found["symbol"], found["time_in_force"], found["expires_at"]) == ("AAPL", "gtc", None)
    assert replay.get(f"/v2/orders/{found['id']}") == found


# Lists


def test_lists_are_filtered_and_paged(replay: Program) -> None:
    made = []
    for number in range(6):
        symbol = ("AAPL", "MSFT")[number % 2]
        made.append(low(replay, symbol=symbol, qty=number + 1)["id"])
        replay.clock(ClockAction.STEP)
    replay.call("DELETE", f"/v2/orders/{made[0]}")
    orders = {name: order(replay, name) for name in made}

    def ids(**query: Any) -> list[str]:
        return [one["id"] for one in replay.get("/v2/orders", **query)]

    assert ids() == made[:0:-1]
    assert ids(status="closed") == made[:1]
    assert ids(status="all", direction="asc") == made
    assert ids(limit=2) == made[:3:-1]
    assert ids(symbols="MSFT,NOPE") == [made[5], made[3], made[1]]
    assert ids(symbols="NOPE") == []
    assert ids(side="sell") == []
    assert ids(side="buy", limit=1) == made[5:]
    assert ids(asset_class="crypto") == []
    at = orders[made[2]]["submitted_at"]
    assert ids(after=at) == made[:2:-1]
    assert ids(until=at) == [made[1]]
    assert ids(after_order_id=made[3], direction="asc") == made[4:]
    assert ids(before_order_id=made[3], limit=1) == [made[2]]
    assert ids(status="all", nested="True") == made[::-1]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "limit=x", "status=dead", "direction=up", "nested=perhaps",
     "after=yesterday", "until=1e9", "side=long", "limit=1&limit=2", f"before_order_id={UNKNOWN}",
     "after_order_id=x", "asset_class=y", "symbols=%00"],
)  # fmt: skip
def test_a_list_that_nobody_can_read(replay: Program, query: str) -> None:
    status, body = replay.refused("GET", f"/v2/orders?{query}")
    assert (status, body["code"]) == (422, 40010001)


# Types, classes and times


def test_every_type_and_class(replay: Program) -> None:
    plain = {"limit_price": None}
    made = {
        "stop": low(replay, type="stop", stop_price=999, **plain),
        "stop_limit": low(replay, type="stop_limit", stop_price=999, limit_price=1_000),
        "trailing_stop": low(replay, type="trailing_stop", trail_percent=5, **plain),
        "limit": low(replay, type="limit", time_in_force="gtc"),
    }
    assert {name: one["type"] for name, one in made.items()} == {name: name for name in made}
    assert made["trailing_stop"]["hwm"]
    exits = {"take_profit": {"limit_price": 20}, "stop_loss": {"stop_price": 5, "limit_price": 4.5}}
    bracket = low(replay, order_class="bracket", **exits)
    assert [leg["status"] for leg in bracket["legs"]] == ["held", "held"]
    assert [leg["type"] for leg in bracket["legs"]] == ["limit", "stop_limit"]
    once = low(replay, order_class="oto", stop_loss={"stop_price": 5})
    assert [leg["type"] for leg in once["legs"]] == ["stop"]
    flat = replay.get("/v2/orders")
    nested = replay.get("/v2/orders", nested=True)
    assert (len(flat), len(nested)) == (9, 6)
    leg = bracket["legs"][0]
    assert order(replay, leg["id"])["id"] == leg["client_order_id"]
    found = replay.get("/v2/orders:by_client_order_id", client_order_id=leg["client_order_id"])
    assert found["id"] == leg["id"]
    closer = replay.call("PATCH", f"/v2/orders/{leg['id']}", json={"limit_price": 21})
    assert (closer["limit_price"], closer["status"]) == ("21.00", "held")
    status, body = replay.refused("PATCH", f"/v2/orders/{bracket['id']}", json={"qty": 5})
    assert (status, body["message"]) == (422, "qty of a complex order cannot be replaced")
    gone = replay.call("DELETE", "/v2/orders")
    assert {one["status"] for one in gone} == {200}
    assert replay.get("/v2/orders") == []


def test_a_pair_of_exits(replay: Program) -> None:
    replay.post("/v2/orders", **LOW | {"type": "market", "limit_price": None})
    for _ in range(2):
        replay.clock(ClockAction.STEP)
    pair = low(replay, side="sell", limit_price=None, order_class="oco",
               take_profit={"limit_price": 900}, stop_loss={"stop_price": 20})  # fmt: skip
    assert (pair["type"], pair["limit_price"], pair["order_class"]) == ("limit", "900.00", "oco")
    assert [leg["stop_price"] for leg in pair["legs"]] == ["20.00"]
    status, body = replay.refused("POST", "/v2/orders", json=LOW | {"side": "sell"})
    assert (status, body["available"], body["existing_qty"], body["held_for_orders"]) == (
        403, "0", "10", "10",
    )  # fmt: skip
    assert body["message"] == ("insufficient qty available for order (requested: 10, available: 0)")


def test_stops_and_trails_are_replaced(replay: Program) -> None:
    stop = low(replay, type="stop", stop_price=999, limit_price=None)
    higher = replay.call("PATCH", f"/v2/orders/{stop['id']}", json={"stop_price": "998.5"})
    assert higher["stop_price"] == "998.50"
    trail = low(replay, type="trailing_stop", trail_price=5, limit_price=None)
    path = f"/v2/orders/{trail['id']}"
    closer = replay.call("PATCH", path, json={"trail": 2.5})
    assert (closer["trail_price"], closer["hwm"]) == ("2.50", trail["hwm"])
    assert float(closer["stop_price"]) == float(closer["hwm"]) + 2.5
    assert order(replay, trail["id"])["trail_price"] == "5.00"
    last = replay.call("PATCH", f"/v2/orders/{closer['id']}", json={"qty": 7})
    assert (last["trail_price"], last["qty"]) == ("2.50", "7")
    for members, message in (
        ({"trail": 0}, "trail must be > 0"),
        ({"stop_price": 5}, "this order has no stop_price to replace"),
        ({"limit_price": 5}, "this order has no limit_price to replace"),
        ({"qty": "x"}, "qty must be a number"),
        ({"time_in_force": "gtc"},
         "time_in_force cannot be replaced: cancel the order and place another"),
        ({}, "nothing to replace: the order is like that already"),
        ({"time_in_force": "day"}, "nothing to replace: the order is like that already"),
    ):  # fmt: skip
        status, body = replay.refused("PATCH", f"/v2/orders/{last['id']}", json=members)
        assert (status, body["message"]) == (422, message)
    status, body = replay.refused("PATCH", f"/v2/orders/{higher['id']}", json={"trail": 5})
    assert (status, body["message"]) == (422, "this order has no trail to replace")


# The desk's own view


def test_the_desk_and_the_program_see_the_same(broker: Site, replay: Program) -> None:
    made = [low(replay, qty=number + 1, symbol=symbol)
            for number, symbol in enumerate(["AAPL", "MSFT"] * 3)]  # fmt: skip
    replay.call("PATCH", f"/v2/orders/{made[1]['id']}", json={"qty": 9})
    replay.call("DELETE", f"/v2/orders/{made[2]['id']}")
    replay.post("/v2/orders", **LOW | {"type": "market", "limit_price": None})
    for _ in range(2):
        replay.clock(ClockAction.STEP)
    views = broker.core.portfolio.orders(replay.account_id, open_only=False)
    shown = [one for one in replay.get("/v2/orders", status="all") if one["status"] != "replaced"]
    states = {"new": OrderState.OPEN, "filled": OrderState.FILLED,
              "canceled": OrderState.CANCELLED}  # fmt: skip
    assert Counter(
        (one["symbol"], one["qty"], one["filled_qty"], states[one["status"]]) for one in shown
    ) == Counter(
        (view.instrument.symbol, str(view.qty), str(view.filled), view.state) for view in views
    )
    fills = broker.core.portfolio.fills(replay.account_id)
    assert sum(int(one["filled_qty"]) for one in shown) == sum(fill.qty for fill in fills)


def test_thousands_of_symbols_look_through_the_market_once(
    replay: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = low(replay)
    looked: list[str] = []

    def count(instrument_id: InstrumentId) -> str:
        looked.append(instrument_id)
        return asset_uuid(instrument_id)

    monkeypatch.setattr("web.broker.identity.asset_uuid", count)
    names = ",".join([made["asset_id"], *(f"X{number}" for number in range(5_000))])
    assert [one["id"] for one in replay.get("/v2/orders", symbols=names)] == [made["id"]]
    assert len(looked) == len(set(looked))


def test_a_market_order_that_waits_for_a_price_is_not_replaced(replay: Program) -> None:
    made = replay.post("/v2/orders", symbol="IBM", side="buy", type="market", qty="10",
                       time_in_force="day")  # fmt: skip
    assert made["status"] == "new"
    status, body = replay.refused("PATCH", f"/v2/orders/{made['id']}", json={"qty": "5"})
    assert (status, body["message"]) == (422, "this order cannot be replaced that way")
    assert body["status"] == "new"
