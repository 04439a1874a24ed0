"""Whatever a program does, it sees what the desk sees: the same orders, fills and holdings."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simtrade.desk.requests import ClockAction
from simtrade.portfolio.views import OrderState, OrderView
from tests.web.broker.program import Program, practice
from tests.web.serving import Site
from web.broker import wire

SYMBOLS = ("AAPL", "MSFT")
PRICES = {"limit": {"limit_price": 60}, "stop": {"stop_price": 90}, "market": {},
          "stop_limit": {"stop_price": 90, "limit_price": 91},
          "trailing_stop": {"trail_percent": 3}}  # fmt: skip
ENDED = {
    "filled": OrderState.FILLED, "canceled": OrderState.CANCELLED, "expired": OrderState.EXPIRED,
}  # fmt: skip

place = st.fixed_dictionaries(
    {
        "symbol": st.sampled_from(SYMBOLS),
        "side": st.sampled_from(("buy", "sell")),
        "qty": st.integers(-1, 30),
        "type": st.sampled_from(sorted(PRICES)),
        "time_in_force": st.sampled_from(("day", "gtc", "ioc", "fok", "opg", "cls")),
        "order_class": st.sampled_from(("", "bracket", "oto", "oco")),
    }
)
step = st.one_of(
    place.map(lambda body: ("place", body)),
    st.tuples(st.just("replace"), st.integers(0, 9), st.integers(1, 40)),
    st.tuples(st.sampled_from(("cancel", "close", "move")), st.integers(0, 9)),
)


def body_of(terms: dict[str, Any]) -> dict[str, Any]:
    body = terms | PRICES[terms["type"]]
    if terms["order_class"]:
        body["stop_loss"] = {"stop_price": 20}
    if terms["order_class"] in ("bracket", "oco"):
        body["take_profit"] = {"limit_price": 200}
    if terms["order_class"] == "oco":
        body.pop("limit_price", None)
    return body


def act(bot: Program, action: tuple[Any, ...]) -> None:
    """One step; refused or not, never an error of the server."""
    what, *rest = action
    opened = bot.get("/v2/orders")
    if what == "move":
        bot.clock(ClockAction.STEP)
        return
    if what == "place":
        answer = bot.http.post("/v2/orders", json=body_of(rest[0]))
    elif what == "close":
        answer = bot.http.delete(f"/v2/positions/{SYMBOLS[rest[0] % 2]}")
    elif not opened:
        return
    else:
        path = f"/v2/orders/{opened[rest[0] % len(opened)]['id']}"
        if what == "cancel":
            answer = bot.http.delete(path)
        else:
            answer = bot.http.patch(path, json={"qty": rest[1]})
    assert answer.status_code < 500, answer.text


def agrees(one: dict[str, Any], view: OrderView) -> None:
    assert one["qty"] == str(view.qty)
    assert one["filled_qty"] == str(view.filled)
    assert ENDED.get(one["status"], OrderState.OPEN) is view.state
    assert one["side"] == ("buy" if view.side == 0 else "sell")
    if view.filled:
        low = int(float(one["filled_avg_price"]) * 10**view.instrument.price_decimals)
        assert view.average_ticks_milli is not None
        assert abs(low - view.average_ticks_milli * view.instrument.tick // 1000) <= 1


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(actions=st.lists(step, min_size=4, max_size=14))
def test_program_and_desk_agree(broker: Site, actions: list[tuple[Any, ...]]) -> None:
    bot = practice(broker)
    portfolio = broker.core.portfolio
    for action in actions:
        act(bot, action)
    views = {one.order_id: one for one in portfolio.orders(bot.account_id, open_only=False)}
    everything = bot.get("/v2/orders", status="all", limit=500)
    assert len({one["id"] for one in everything}) == len(everything)
    current = [one for one in everything if one["status"] != "replaced"]
    assert len(current) == len(views)
    for one in current:
        known = wire.order_of_uuid(one["id"])
        assert known is not None
        agrees(one, views[known[0]])
        assert bot.get(f"/v2/orders/{one['id']}") == one
        name = one["client_order_id"]
        assert bot.get("/v2/orders:by_client_order_id", client_order_id=name) == one
    by_id = {one["id"]: one for one in everything}
    for one in everything:
        if one["status"] == "replaced":
            assert by_id[one["replaced_by"]]["replaces"] == one["id"]
    opened = [one["id"] for one in bot.get("/v2/orders", limit=500)]
    assert opened == [one["id"] for one in current if one["status"] not in ENDED]
    summary = portfolio.summary(bot.account_id)
    held = {one["symbol"]: int(one["qty"]) for one in bot.get("/v2/positions")}
    assert held == {one.instrument.symbol: one.qty for one in summary.positions}
