"""The Order object of one version: every type, time, class and status in the contract's words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import msgspec
import pytest

from matching.instrument import Instrument, InstrumentId
from matching.orders import GroupKind, OrderId, OrderKind, Side, TimeInForce, Trigger, TriggerKind
from matching.units import CURRENCIES, AtNs
from simtrade.portfolio.order_versions import OrderVersion, Standing
from simtrade.portfolio.views import OrderState
from web.broker import wire
from web.broker.order_json import order_value

APPLE = Instrument(
    InstrumentId("XNAS:AAPL"), "AAPL", "Apple", "苹果", CURRENCIES["USD"], "US", "main", 4, 100
)
LIMIT = OrderVersion(
    order_id=OrderId(41),
    number=0,
    client_id="mine",
    instrument=APPLE,
    side=Side.BUY,
    kind=OrderKind.LIMIT,
    time_in_force=TimeInForce.DAY,
    qty=100,
    filled=0,
    average_ticks_milli=None,
    limit_ticks=18_050,
    trigger=None,
    stop_ticks=None,
    best_ticks=None,
    state=OrderState.OPEN,
    cause="",
    standing=Standing.WORKING,
    submitted_at_ns=AtNs(1_700_000_000_000_000_001),
    updated_at_ns=AtNs(1_700_000_000_000_000_002),
    ended_at_ns=None,
    expires_at_ns=AtNs(1_700_000_100_000_000_000),
    one_session=True,
    good_till=None,
    group=None,
    group_id=None,
    short=False,
    amount_minor=None,
)
STOP = replace(LIMIT, kind=OrderKind.MARKET, limit_ticks=None,
               trigger=Trigger(TriggerKind.STOP, 19_000), stop_ticks=19_000)  # fmt: skip
TRAIL = replace(STOP, trigger=Trigger(TriggerKind.TRAIL, 150), stop_ticks=18_200, best_ticks=18_050)
ENDED_NS = AtNs(1_700_000_050_000_000_000)


def ended(one: OrderVersion, state: OrderState, standing: Standing = Standing.ENDED) -> object:
    return order_value(replace(one, state=state, standing=standing, ended_at_ns=ENDED_NS))


def test_a_plain_order_word_by_word() -> None:
    assert order_value(LIMIT) == {
        "id": wire.order_uuid(OrderId(41)),
        "client_order_id": "mine",
        "created_at": "2023-11-14T22:13:20.000000001Z",
        "updated_at": "2023-11-14T22:13:20.000000002Z",
        "submitted_at": "2023-11-14T22:13:20.000000001Z",
        "filled_at": None,
        "expired_at": None,
        "expires_at": "2023-11-14T22:15:00.000000000Z",
        "canceled_at": None,
        "failed_at": None,
        "replaced_at": None,
        "replaced_by": None,
        "replaces": None,
        "asset_id": wire.asset_uuid(APPLE.instrument_id),
        "symbol": "AAPL",
        "asset_class": "us_equity",
        "market": "US",
        "notional": None,
        "qty": "100",
        "filled_qty": "0",
        "filled_avg_price": None,
        "order_class": "simple",
        "order_type": "limit",
        "type": "limit",
        "side": "buy",
        "position_intent": "buy_to_open",
        "time_in_force": "day",
        "limit_price": "180.5000",
        "stop_price": None,
        "status": "new",
        "extended_hours": False,
        "legs": None,
        "trail_percent": None,
        "trail_price": None,
        "hwm": None,
        "cause": None,
    }


@pytest.mark.parametrize(
    ("one", "kind", "stop", "limit", "price", "percent", "hwm"),
    [
        (STOP, "stop", "190.0000", None, None, None, None),
        (replace(STOP, kind=OrderKind.LIMIT, limit_ticks=19_100), "stop_limit", "190.0000",
         "191.0000", None, None, None),
        (TRAIL, "trailing_stop", "182.0000", None, "1.5000", None, "180.5000"),
        (replace(TRAIL, trigger=Trigger(TriggerKind.TRAIL_PERMILLE, 15)), "trailing_stop",
         "182.0000", None, None, "1.5", "180.5000"),
        (replace(TRAIL, trigger=Trigger(TriggerKind.TRAIL_PERMILLE, 20)), "trailing_stop",
         "182.0000", None, None, "2", "180.5000"),
        (replace(LIMIT, kind=OrderKind.BEST_FIVE, limit_ticks=None), "market", None, None, None,
         None, None),
    ],
)  # fmt: skip
def test_types_and_their_prices(
    one: OrderVersion, kind: str, stop: str, limit: str, price: str, percent: str, hwm: str
) -> None:
    value = order_value(one)
    assert value["type"] == value["order_type"] == kind
    found = [value[name] for name in ("stop_price", "limit_price", "trail_price", "trail_percent")]
    assert found == [stop, limit, price, percent]
    assert value["hwm"] == hwm


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, "new"),
        ({"filled": 1}, "partially_filled"),
        ({"standing": Standing.EARLY}, "accepted"),
        ({"standing": Standing.COMING}, "pending_new"),
        ({"standing": Standing.HELD}, "held"),
        ({"standing": Standing.CANCELLING, "filled": 1}, "pending_cancel"),
        ({"standing": Standing.CHANGING}, "pending_replace"),
        ({"standing": Standing.ASKED, "number": 1}, "pending_new"),
    ],
)
def test_where_an_open_order_stands(change: dict[str, object], status: str) -> None:
    assert order_value(replace(LIMIT, **change))["status"] == status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "standing", "status", "moment"),
    [
        (OrderState.FILLED, Standing.ENDED, "filled", "filled_at"),
        (OrderState.CANCELLED, Standing.ENDED, "canceled", "canceled_at"),
        (OrderState.EXPIRED, Standing.ENDED, "expired", "expired_at"),
        (OrderState.CANCELLED, Standing.REPLACED, "replaced", "replaced_at"),
        (OrderState.CANCELLED, Standing.LOST, "rejected", "failed_at"),
    ],
)
def test_how_an_order_ended_and_when(
    state: OrderState, standing: Standing, status: str, moment: str
) -> None:
    value = ended(LIMIT, state, standing)
    assert isinstance(value, dict)
    moments = ("filled_at", "canceled_at", "expired_at", "replaced_at", "failed_at")
    assert value["status"] == status
    assert [name for name in moments if value[name]] == [moment]
    assert value[moment] == "2023-11-14T22:14:10.000000000Z"


def test_versions_name_each_other() -> None:
    old = replace(LIMIT, standing=Standing.REPLACED, ended_at_ns=ENDED_NS)
    new = replace(LIMIT, number=1)
    first, second = order_value(old), order_value(new)
    assert (first["replaced_by"], second["replaces"]) == (second["id"], first["id"])
    assert (first["replaces"], second["replaced_by"]) == (None, None)


@pytest.mark.parametrize(
    ("force", "one_session", "shown"),
    [
        (TimeInForce.DAY, True, "day"),
        (TimeInForce.GTD, True, "day"),
        (TimeInForce.GTD, False, "gtc"),
        (TimeInForce.GTC, False, "gtc"),
        (TimeInForce.IOC, False, "ioc"),
        (TimeInForce.FOK, False, "fok"),
        (TimeInForce.AT_OPEN, False, "opg"),
        (TimeInForce.AT_CLOSE, False, "cls"),
    ],
)
def test_times_in_force(force: TimeInForce, one_session: bool, shown: str) -> None:
    one = replace(LIMIT, time_in_force=force, one_session=one_session, good_till=date(2023, 11, 14))
    assert order_value(one)["time_in_force"] == shown


def test_exits_hang_below_their_entry() -> None:
    entry = replace(LIMIT, group=GroupKind.BRACKET, group_id=OrderId(41))
    leg = replace(entry, order_id=OrderId(1 << 52), side=Side.SELL, client_id="",
                  standing=Standing.HELD)  # fmt: skip
    value = order_value(replace(entry, legs=(leg,)))
    assert value["order_class"] == "bracket"
    assert value["legs"] == [order_value(leg)]
    shown = order_value(leg)
    assert shown["client_order_id"] == shown["id"] != value["id"]
    assert (shown["position_intent"], shown["legs"]) == ("sell_to_close", None)


@pytest.mark.parametrize(
    ("side", "short", "exits", "intent"),
    [
        (Side.BUY, False, False, "buy_to_open"),
        (Side.SELL, False, False, "sell_to_close"),
        (Side.SELL, True, False, "sell_to_open"),
        (Side.BUY, True, True, "buy_to_close"),
        (Side.SELL, False, True, "sell_to_close"),
    ],
)
def test_what_an_order_means_for_the_position(
    side: Side,
    short: bool,
    exits: bool,
    intent: str,
) -> None:
    one = replace(LIMIT, side=side, short=short)
    if exits:
        one = replace(one, group=GroupKind.OTO, group_id=OrderId(7))
    assert order_value(one)["position_intent"] == intent


def test_amounts_and_averages() -> None:
    one = replace(LIMIT, amount_minor=50_000, filled=2, average_ticks_milli=18_050_500)
    value = order_value(one)
    assert (value["notional"], value["filled_avg_price"]) == ("500.00", "180.5050")
    assert order_value(replace(LIMIT, kind=OrderKind.FIXED_PRICE))["extended_hours"] is True


def test_it_is_json_and_its_ids_are_uuids() -> None:
    value = msgspec.json.decode(msgspec.json.encode(order_value(replace(LIMIT, number=3))))
    for name in ("id", "asset_id", "replaces"):
        assert UUID(value[name]).version in (4, 5)
