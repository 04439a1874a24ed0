"""The ticket's fields become one request, or one sentence at each field at fault."""

from __future__ import annotations

from datetime import date

import pytest

from matching.orders import (
    AccountId,
    GroupKind,
    OrderKind,
    Side,
    TimeInForce,
    Trigger,
    TriggerKind,
)
from simtrade.desk.requests import Leg, PlaceRequest
from tests.web.core_double import instrument
from web.forms import TICKET_FIELDS, Checked, Typed
from web.order_form import place_request

STOP = TriggerKind.STOP
ONE = instrument(0)


def read(**fields: str) -> Checked[PlaceRequest]:
    typed = Typed.of({"key": "k", "qty": "100", **fields})
    return place_request(typed, AccountId(1), ONE, "en")


def asked(**fields: str) -> PlaceRequest:
    found = read(**fields)
    assert found.request is not None, found.errors
    return found.request


def test_a_plain_order_says_nothing_special() -> None:
    request = asked(kind="limit", price="10.50")
    assert (request.kind, request.limit_ticks) == (OrderKind.LIMIT, 1_050)
    assert (request.trigger, request.group, request.legs) == (None, None, ())
    assert not request.short


def test_a_short_sale_is_a_side_of_its_own() -> None:
    request = asked(side="short")
    assert (request.side, request.short) == (Side.SELL, True)
    assert [asked(side=one).short for one in ("buy", "sell", "cover")] == [False, False, False]


@pytest.mark.parametrize(
    ("fields", "trigger"),
    [
        ({"stop": "9.90"}, Trigger(STOP, 990)),
        ({"trail": "0.20"}, Trigger(TriggerKind.TRAIL, 20)),
        ({"trail": "1.5", "trail_unit": "percent"}, Trigger(TriggerKind.TRAIL_PERMILLE, 15)),
        ({"trail": "１.5%", "trail_unit": "percent"}, Trigger(TriggerKind.TRAIL_PERMILLE, 15)),
    ],
)
def test_triggers(fields: dict[str, str], trigger: Trigger) -> None:
    assert asked(**fields).trigger == trigger


def test_a_bracket_a_single_exit_and_a_pair() -> None:
    profit = Leg(OrderKind.LIMIT, 1_100, TimeInForce.GTC)  # type: ignore[arg-type]
    loss = Leg(OrderKind.MARKET, None, TimeInForce.GTC, Trigger(STOP, 900))
    bracket = asked(take_profit="11", stop_loss="9")
    assert (bracket.group, bracket.legs) == (GroupKind.BRACKET, (profit, loss))
    single = asked(stop_loss="9", exit_tif="gtd", exit_good_till="2026-12-01")
    assert single.group is GroupKind.OTO
    (leg,) = single.legs
    assert (leg.time_in_force, leg.good_till) == (TimeInForce.GTD, date(2026, 12, 1))
    follows = asked(take_profit="11", stop_loss_trail="2.5%", stop_loss_trail_unit="percent")
    trail = Leg(OrderKind.MARKET, None, TimeInForce.GTC, Trigger(TriggerKind.TRAIL_PERMILLE, 25))
    assert (follows.group, follows.legs) == (GroupKind.BRACKET, (profit, trail))
    alone = asked(stop_loss_trail="0.20")
    assert alone.group is GroupKind.OTO
    assert alone.legs[0].trigger == Trigger(TriggerKind.TRAIL, 20)
    pair = asked(side="sell", kind="limit", price="11", pair_stop="9", pair_limit="8.9")
    assert pair.group is GroupKind.OCO
    assert pair.legs == (
        Leg(OrderKind.LIMIT, 890, TimeInForce.DAY, Trigger(STOP, 900)),  # type: ignore[arg-type]
    )


def test_an_amount_of_money_stands_in_place_of_a_quantity() -> None:
    request = asked(qty="", amount="1,000.50")
    assert (request.qty, request.amount_minor) == (0, 100_050)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"stop": "x"}, "stop"),
        ({"stop": "9.999"}, "stop"),
        ({"trail": "x"}, "trail"),
        ({"stop": "9", "trail": "1"}, "trail"),
        ({"trail": "1.55", "trail_unit": "percent"}, "trail"),
        ({"tif": "gtd"}, "good_till"),
        ({"tif": "gtd", "good_till": "tomorrow"}, "good_till"),
        ({"take_profit": "x"}, "take_profit"),
        ({"stop_loss": "9", "stop_loss_limit": "x"}, "stop_loss_limit"),
        ({"stop_loss": "9", "exit_tif": "gtd"}, "exit_good_till"),
        ({"stop_loss_trail": "1", "exit_tif": "gtd"}, "exit_good_till"),
        ({"stop_loss_trail": "x"}, "stop_loss_trail"),
        ({"stop_loss": "9", "stop_loss_trail": "1"}, "stop_loss_trail"),
        ({"pair_stop": "0"}, "pair_stop"),
        ({"pair_stop": "9", "pair_limit": "x"}, "pair_limit"),
        ({"pair_stop": "9", "take_profit": "11"}, "pair_stop"),
        ({"amount": "much"}, "amount"),
        ({"amount": "0"}, "amount"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(fields: dict[str, str], field: str) -> None:
    found = read(**fields)
    assert found.request is None
    assert list(found.errors) == [field]
    assert field in TICKET_FIELDS
