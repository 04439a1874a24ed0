"""What may be sent as an order: every rule of the contract, one line each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from matching.orders import (
    AccountId,
    FillProfile,
    GroupKind,
    OrderKind,
    Side,
    TimeInForce,
    Trigger,
    TriggerKind,
)
from matching.units import AtNs
from simtrade.desk.requests import FLOOR, PlaceRequest, UserId
from simtrade.portfolio.views import AccountRef
from simtrade.venues.rules import market_book
from tests.web.broker.test_order_json import APPLE
from web.broker.errors import ApiError
from web.broker.order_body import Here, client_order_id, permille_of, place_request

ACCOUNT = AccountRef(AccountId(7), FLOOR, UserId(1), FillProfile.STANDARD, APPLE.currency, AtNs(1))
SHANGHAI = market_book("XSHG").on("star", date(2024, 1, 5))
LAST = date(2026, 4, 1)
HERE = Here(ACCOUNT, APPLE, 0, None, LAST)
BASE: dict[str, Any] = {"symbol": "AAPL", "qty": "10", "side": "buy", "type": "market",
                        "time_in_force": "day"}  # fmt: skip
LIMIT = {**BASE, "type": "limit", "limit_price": "180.5"}
STOP = {**BASE, "type": "stop", "stop_price": 190}
TRAIL = {**BASE, "type": "trailing_stop", "trail_price": "1.5"}
EXITS = {"take_profit": {"limit_price": "200"}, "stop_loss": {"stop_price": "170"}}


def read(body: dict[str, Any], here: Here = HERE) -> PlaceRequest:
    return place_request(body, here, "k")


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({**BASE, "side": None}, 40010001, "side is required"),
        ({**BASE, "side": "long"}, 40010001, "invalid side: one of buy, sell is expected"),
        ({**BASE, "side": ["buy"]}, 40010001, "side must be a string"),
        ({**BASE, "type": ""}, 40010001, "type is required"),
        ({**BASE, "type": "iceberg"}, 40010001, "invalid type: one of market, limit, stop, "
         "stop_limit, trailing_stop is expected"),
        ({**BASE, "time_in_force": None}, 40010001, "time_in_force is required"),
        ({**BASE, "time_in_force": "gtd"}, 40010001,
         "invalid time_in_force: one of day, gtc, opg, cls, ioc, fok is expected"),
        ({**BASE, "order_class": "mleg"}, 42210000, "mleg orders are not available"),
        ({**BASE, "order_class": "x"}, 40010001,
         "invalid order_class: one of simple, bracket, oco, oto is expected"),
        ({**BASE, "qty": None}, 40010001, "qty or notional is required"),
        ({**BASE, "notional": 5}, 40010001, "only one of qty or notional is accepted"),
        ({**BASE, "qty": "1.5"}, 40010001, "qty must be integer"),
        ({**BASE, "qty": Decimal("1.5")}, 40010001, "qty must be integer"),
        ({**BASE, "qty": "0"}, 40010001, "qty must be > 0"),
        ({**BASE, "qty": -3}, 40010001, "qty must be > 0"),
        ({**BASE, "qty": "ten"}, 40010001, "qty must be a number"),
        ({**BASE, "qty": True}, 40010001, "qty must be a number"),
        ({**BASE, "qty": {}}, 40010001, "qty must be a number"),
        ({**BASE, "qty": "1" + "0" * 20}, 42210000, "qty is too large"),
        ({**BASE, "qty": Decimal("1e400")}, 40010001, "qty must be a number"),
        ({**BASE, "qty": None, "notional": "1.234"}, 42210000,
         "notional value must be limited to 2 decimal places"),
        ({**BASE, "qty": None, "notional": 0}, 40010001, "notional must be > 0"),
        ({**BASE, "qty": None, "notional": 500, "order_class": "oto", **EXITS}, 42210000,
         "complex orders require qty"),
        ({**LIMIT, "limit_price": None}, 40010001, "limit orders require a limit price"),
        ({**LIMIT, "limit_price": "0"}, 40010001, "limit_price must be > 0"),
        ({**LIMIT, "limit_price": "NaN"}, 40010001, "limit_price must be a number"),
        ({**LIMIT, "limit_price": "1e5"}, 40010001, "limit_price must be a number"),
        ({**LIMIT, "limit_price": "9" * 30}, 40010001, "limit_price must be a number"),
        ({**LIMIT, "limit_price": "9" * 20}, 42210000, "limit_price is too large"),
        ({**LIMIT, "limit_price": "100.123"}, 42210000, "invalid limit_price 100.123. sub-penny "
         "increment does not fulfill minimum pricing criteria"),
        ({**LIMIT, "stop_price": 3}, 42210000, "limit orders require no stop price"),
        ({**STOP, "stop_price": None}, 40010001, "stop orders require a stop price"),
        ({**STOP, "limit_price": 3}, 42210000, "stop orders require no limit price"),
        ({**STOP, "type": "stop_limit"}, 40010001,
         "stop limit orders require both stop and limit price"),
        ({**LIMIT, "type": "stop_limit"}, 40010001,
         "stop limit orders require both stop and limit price"),
        ({**BASE, "limit_price": 3}, 42210000, "market orders require no limit price"),
        ({**BASE, "stop_price": 3}, 42210000, "market orders require no stop price"),
        ({**BASE, "trail_price": 3}, 42210000, "market orders require no trail"),
        ({**TRAIL, "trail_percent": 3}, 40010001,
         "trailing stop orders must specify one of trail_price or trail_percent"),
        ({**TRAIL, "trail_price": None}, 40010001,
         "trailing stop orders must specify one of trail_price or trail_percent"),
        ({**TRAIL, "trail_price": None, "trail_percent": "1.25"}, 42210000,
         "trail_percent must be limited to 1 decimal place"),
        ({**TRAIL, "trail_price": "-1"}, 40010001, "trail_price must be > 0"),
        ({**TRAIL, "time_in_force": "ioc"}, 42210000,
         "trailing stop orders must be DAY or GTC orders"),
        ({**TRAIL, "order_class": "bracket", **EXITS}, 42210000,
         "trailing stop orders must be simple orders"),
        ({**BASE, "extended_hours": "perhaps"}, 40010001, "extended_hours must be a boolean"),
        ({**BASE, "extended_hours": True}, 42210000,
         "extended hours order must be DAY limit orders"),
        ({**LIMIT, "extended_hours": True, "time_in_force": "ioc"}, 42210000,
         "extended hours order must be DAY limit orders"),
        ({**LIMIT, "extended_hours": True, "order_class": "bracket", **EXITS}, 42210000,
         "extended hours order must be DAY limit orders"),
        ({**LIMIT, "extended_hours": True}, 42210000,
         "extended hours orders are not available in this market"),
        ({**BASE, **EXITS}, 42210000, "simple orders have no take_profit and no stop_loss"),
        ({**BASE, "order_class": "bracket", "take_profit": {"limit_price": 1}}, 42210000,
         "bracket orders require take_profit and stop_loss"),
        ({**BASE, "order_class": "bracket"}, 42210000,
         "bracket orders require take_profit and stop_loss"),
        ({**BASE, "order_class": "bracket", **EXITS, "time_in_force": "opg"}, 42210000,
         "bracket orders must be DAY or GTC orders"),
        ({**BASE, "order_class": "oto", **EXITS}, 42210000,
         "oto orders require one of take_profit and stop_loss"),
        ({**BASE, "order_class": "oto"}, 42210000,
         "oto orders require one of take_profit and stop_loss"),
        ({**BASE, "order_class": "oco", **EXITS}, 42210000, "oco orders must be limit orders"),
        ({**BASE, "type": "limit", "order_class": "oco", "stop_loss": {"stop_price": 1}}, 40010001,
         "take_profit.limit_price is required"),
        ({**LIMIT, "order_class": "oco", **EXITS}, 42210000,
         "limit_price and take_profit.limit_price do not agree"),
        ({**BASE, "order_class": "oto", "take_profit": [1]}, 40010001,
         "take_profit must be an object"),
        ({**BASE, "order_class": "oto", "stop_loss": {"limit_price": 1}}, 40010001,
         "stop_loss.stop_price is required"),
        ({**BASE, "order_class": "oto", "stop_loss": {"stop_price": "x"}}, 40010001,
         "stop_loss.stop_price must be a number"),
        ({**BASE, "position_intent": "sell_to_open"}, 42210000,
         "side and position_intent do not agree"),
        ({**BASE, "position_intent": "hold"}, 40010001, "invalid position_intent: one of "
         "buy_to_open, buy_to_close, sell_to_open, sell_to_close is expected"),
        ({**BASE, "position_intent": "buy_to_close"}, 42210000,
         "position intent mismatch, inferred: buy_to_open, specified: buy_to_close"),
    ],
)  # fmt: skip
def test_what_cannot_be_an_order(body: dict[str, Any], code: int, message: str) -> None:
    with pytest.raises(ApiError) as told:
        read(body)
    assert (told.value.status_code, told.value.code) == (422, code)
    assert told.value.message == message


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (BASE, {"kind": OrderKind.MARKET, "qty": 10, "limit_ticks": None, "side": Side.BUY}),
        ({**BASE, "qty": Decimal("10.0")}, {"qty": 10}),
        ({**BASE, "unknown": object()}, {"qty": 10}),
        ({**BASE, "side": None, "position_intent": "sell_to_close"}, {"side": Side.SELL}),
        (LIMIT, {"kind": OrderKind.LIMIT, "limit_ticks": 18_050}),
        ({**LIMIT, "limit_price": Decimal("180.50")}, {"limit_ticks": 18_050}),
        ({**LIMIT, "time_in_force": "fok"}, {"time_in_force": TimeInForce.FOK}),
        ({**LIMIT, "time_in_force": "opg"}, {"time_in_force": TimeInForce.AT_OPEN}),
        ({**LIMIT, "time_in_force": "cls"}, {"time_in_force": TimeInForce.AT_CLOSE}),
        ({**LIMIT, "time_in_force": "gtc"}, {"time_in_force": TimeInForce.GTD, "good_till": LAST}),
        (STOP, {"kind": OrderKind.MARKET, "trigger": Trigger(TriggerKind.STOP, 19_000)}),
        ({**STOP, "type": "stop_limit", "limit_price": 191},
         {"kind": OrderKind.LIMIT, "limit_ticks": 19_100}),
        (TRAIL, {"trigger": Trigger(TriggerKind.TRAIL, 150)}),
        ({**TRAIL, "trail_price": None, "trail_percent": "1.5"},
         {"trigger": Trigger(TriggerKind.TRAIL_PERMILLE, 15)}),
        ({**BASE, "qty": None, "notional": "500.50"}, {"qty": 0, "amount_minor": 50_050}),
        ({**BASE, "order_class": "simple"}, {"group": None, "legs": ()}),
        ({**BASE, "order_class": ""}, {"group": None}),
    ],
)  # fmt: skip
def test_what_becomes_of_an_order(body: dict[str, Any], expected: dict[str, Any]) -> None:
    request = read(body)
    assert {name: getattr(request, name) for name in expected} == expected
    assert request.frees_key


def test_a_bracket_has_its_exits_for_as_long_as_the_entry() -> None:
    for force, shown in (("day", TimeInForce.DAY), ("gtc", TimeInForce.GTD)):
        request = read({**BASE, "order_class": "bracket", **EXITS, "time_in_force": force})
        gain, loss = request.legs
        assert (request.group, gain.limit_ticks) == (GroupKind.BRACKET, 20_000)
        assert loss.trigger == Trigger(TriggerKind.STOP, 17_000)
        assert (gain.time_in_force, loss.time_in_force) == (shown, shown)


def test_an_exit_of_what_can_be_sold_tomorrow_only_lasts_longer() -> None:
    here = replace(HERE, rules=SHANGHAI)
    request = read({**BASE, "order_class": "oto", "stop_loss": {"stop_price": 170}}, here)
    (leg,) = request.legs
    assert (request.time_in_force, leg.time_in_force) == (TimeInForce.DAY, TimeInForce.GTD)
    assert leg.good_till == LAST


def test_a_pair_is_a_limit_at_the_target_and_a_stop() -> None:
    body = {**BASE, "side": "sell", "type": "limit", "order_class": "oco",
            "take_profit": {"limit_price": 200}, "stop_loss": {"stop_price": 170,
                                                              "limit_price": 169}}  # fmt: skip
    request = read(body)
    assert (request.limit_ticks, len(request.legs)) == (20_000, 1)
    assert (request.legs[0].kind, request.legs[0].limit_ticks) == (OrderKind.LIMIT, 16_900)


@pytest.mark.parametrize(
    ("margin", "held", "intent", "short"),
    [
        (False, 0, None, False),
        (True, 0, None, True),
        (True, -5, None, True),
        (True, 5, None, False),
        (True, 0, "sell_to_close", False),
        (False, 0, "sell_to_open", True),
    ],
)
def test_who_sells_what_he_has_not_sells_short(
    margin: bool,
    held: int,
    intent: str | None,
    short: bool,
) -> None:
    here = replace(HERE, account=replace(ACCOUNT, margin=margin), held=held)
    body = {**BASE, "side": "sell", "position_intent": intent}
    assert read(body, here).short is short
    bought = read({**BASE, "position_intent": "buy_to_close" if held < 0 else None}, here)
    assert not bought.short


def test_after_hours_is_the_closing_price_where_there_is_one() -> None:
    here = replace(HERE, rules=SHANGHAI)
    request = read({**LIMIT, "extended_hours": "true"}, here)
    assert (request.kind, request.time_in_force) == (OrderKind.FIXED_PRICE, TimeInForce.DAY)
    assert read({**LIMIT, "extended_hours": False}, here).kind is OrderKind.LIMIT


@pytest.mark.parametrize("value", ["a" * 129, "a\nb", "\x00", 5, ["x"], "margin-call-1"])
def test_names_of_orders_are_short_and_printable(value: object) -> None:
    with pytest.raises(ApiError):
        client_order_id({"client_order_id": value})
    assert client_order_id({"client_order_id": ""}) is None
    assert client_order_id({"client_order_id": "好 " * 64}) == "好 " * 64


def test_a_percentage_has_one_decimal() -> None:
    assert [permille_of(one, "trail") for one in ("1.5", 2, Decimal("0.1"))] == [15, 20, 1]
