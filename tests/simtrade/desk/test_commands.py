"""Requests as the journal keeps them."""

from __future__ import annotations

from datetime import date

import pytest

from matching.instrument import InstrumentId
from matching.orders import AccountId, FillProfile, OrderId, OrderKind, Side, TimeInForce
from matching.units import PriceTicks, Qty
from simtrade.desk.commands import body_of, canonical, request_of, scope_of
from simtrade.desk.requests import (
    FLOOR,
    CancelRequest,
    ClockAction,
    ClockRequest,
    JoinVenue,
    OpenPractice,
    PlaceRequest,
    ReplaceRequest,
    Request,
    UserId,
)

USER, ACCOUNT = UserId(3), AccountId(9)
APPLE = InstrumentId("XNAS:AAPL")
REQUESTS: list[Request] = [
    OpenPractice(USER, "k", "us_daily", date(2008, 2, 29), FillProfile.STRICT),
    JoinVenue(USER, "k", FLOOR, FillProfile.BEGINNER),
    ClockRequest(USER, "k", FLOOR, ClockAction.SPEED, 60),
    PlaceRequest(ACCOUNT, "k", APPLE, Side.SELL, OrderKind.MARKET, Qty(5), None, TimeInForce.IOC),
    PlaceRequest(
        ACCOUNT, "k", APPLE, Side.BUY, OrderKind.LIMIT, Qty(5), PriceTicks(7), TimeInForce.GTC
    ),
    CancelRequest(ACCOUNT, "k", OrderId(4)),
    ReplaceRequest(ACCOUNT, "k", OrderId(4), Qty(5), PriceTicks(7)),
    ReplaceRequest(ACCOUNT, "k", OrderId(4), Qty(5), None, frees_key=True, trail=30),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda one: type(one).__name__)
def test_a_request_comes_back_from_its_body(request_: Request) -> None:
    body = body_of(request_)
    again = request_of(body, "k")
    assert again == request_
    assert type(again) is type(request_)
    assert [type(getattr(again, name)) for name in again.__slots__] == [
        type(getattr(request_, name)) for name in request_.__slots__
    ]
    assert "key" not in body
    assert canonical(body_of(again)) == canonical(body)


def test_bodies_of_different_requests_differ() -> None:
    assert len({canonical(body_of(one)) for one in REQUESTS}) == len(REQUESTS)


@pytest.mark.parametrize(
    ("place", "scope"), [(0, "u:3"), (1, "u:3"), (2, "u:3"), (3, "a:9"), (5, "a:9"), (6, "a:9")]
)
def test_keys_are_those_of_the_user_or_of_the_account(place: int, scope: str) -> None:
    assert scope_of(REQUESTS[place]) == scope


def test_the_one_byte_form_does_not_depend_on_the_order_of_names() -> None:
    assert canonical({"b": 1, "a": [2, {"d": 3, "c": 4}]}) == b'{"a":[2,{"c":4,"d":3}],"b":1}'
    assert canonical({"a": [2, {"c": 4, "d": 3}], "b": 1}) == canonical(
        {"b": 1, "a": [2, {"d": 3, "c": 4}]}
    )


def test_an_unknown_request_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="no request is called"):
        request_of({"request": "Steal"}, "k")
