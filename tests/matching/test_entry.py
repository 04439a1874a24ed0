"""What may not enter, each with its own reason, in the order of the reasons."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.entry import OPEN_ORDERS_MAX
from matching.exchange import Exchange
from matching.instrument import InstrumentId
from matching.market import (
    DataKind,
    Halt,
    Phase,
    SessionClose,
)
from matching.orders import (
    AccountId,
    FillProfile,
    GroupKind,
    OrderId,
    OrderKind,
    PlaceOrder,
    ReplaceOrder,
    Side,
    TimeInForce,
    Trigger,
    TriggerKind,
)
from matching.reasons import Reason
from matching.units import AtNs, PriceTicks, Qty
from tests.matching.scenario import FIRST_DAY, INSTRUMENT, Scenario, rules

ID = INSTRUMENT.instrument_id
OTHER = replace(INSTRUMENT, instrument_id=InstrumentId("TEST:TWO"))
BOOK = "depth 9999x300 9998x500 / 10001x200 10002x600\n"
GOOD = PlaceOrder(
    OrderId(900), AccountId(1), ID, Side.BUY, OrderKind.LIMIT, Qty(100), PriceTicks(9_990),
    TimeInForce.DAY, FillProfile.STANDARD, AtNs(0),
)  # fmt: skip


def scenario(text: str = "") -> Scenario:
    made = Scenario(book=rules(lot__lot=100, lot__max_qty=1_000, limit__permille=100))
    made.run(BOOK + text)
    return made


def refusal(exchange: Exchange, **changes: object) -> Reason | None:
    order = replace(GOOD, **changes)  # type: ignore[arg-type]
    found = exchange.check_place(order)
    return None if found is None else found.reason


# Everything that is wrong with one order, worst first: mending the first shows the second.
WRONG = [
    (Reason.INSTRUMENT_UNKNOWN, {"instrument_id": InstrumentId("TEST:NONE")}, {}),
    (Reason.QTY_NOT_POSITIVE, {"qty": Qty(0)}, {}),
    (Reason.QTY_TOO_LARGE, {"qty": Qty(1_001)}, {"max_qty": 1_000}),
    (
        Reason.QTY_NOT_IN_LOTS,
        {"qty": Qty(150)},
        {"lot": 100, "below_qty": 100, "above_qty": 200},
    ),
    (Reason.PRICE_MISSING, {"limit_ticks": None}, {}),
    (Reason.PRICE_NOT_POSITIVE, {"limit_ticks": PriceTicks(0)}, {}),
    (Reason.PRICE_TOO_LARGE, {"limit_ticks": PriceTicks(2**31 + 1)}, {}),
    (
        Reason.PRICE_ABOVE_LIMIT,
        {"limit_ticks": PriceTicks(11_001)},
        {"lower_ticks": 9_000, "upper_ticks": 11_000},
    ),
    (
        Reason.PRICE_BELOW_LIMIT,
        {"limit_ticks": PriceTicks(8_999)},
        {"lower_ticks": 9_000, "upper_ticks": 11_000},
    ),
]


@pytest.mark.parametrize(("reason", "change", "numbers"), WRONG)
def test_each_number_is_refused_with_its_figures_while_the_market_is_closed(
    reason: Reason, change: dict[str, object], numbers: dict[str, int]
) -> None:
    exchange = scenario("close 10000").exchange
    found = exchange.check_place(replace(GOOD, **change))  # type: ignore[arg-type]
    assert found is not None
    assert (found.reason, dict(found.numbers)) == (reason, numbers)
    assert bool(found.rule) == bool(numbers), "a dated rule is cited where one decided"


def test_reasons_come_in_the_order_of_their_names() -> None:
    order = list(Reason)
    reasons = [reason for reason, _, _ in WRONG]
    assert sorted(reasons, key=order.index) == reasons
    # Every pair that one order can have at once, the quantity first.
    exchange = scenario().exchange
    for first, wrong, _ in WRONG[1:4]:
        for _, also, _ in WRONG[4:]:
            assert refusal(exchange, **(wrong | also)) is first


def test_the_state_of_the_market_comes_before_the_account() -> None:
    made = scenario("A buy 100 @ 9998 => ahead 500")
    crossing = {"account_id": AccountId(ord("A")), "side": Side.SELL, "limit_ticks": 9_998}
    assert refusal(made.exchange, **crossing) is Reason.SELF_TRADE
    made.run("halt on")
    assert refusal(made.exchange, **crossing) is Reason.INSTRUMENT_HALTED
    made.run("phase lunch")
    ioc = crossing | {"time_in_force": TimeInForce.IOC}
    assert refusal(made.exchange, **ioc) is Reason.MARKET_CLOSED


def test_before_the_first_session_there_is_no_price() -> None:
    exchange = Exchange([INSTRUMENT], rules(), DataKind.DEPTH)
    assert refusal(exchange) is Reason.NO_PRICE_YET


@pytest.mark.parametrize(
    ("phase", "day", "gtc", "ioc"),
    [
        (Phase.PRE_OPEN, True, True, False),
        (Phase.CONTINUOUS, True, True, True),
        (Phase.LUNCH, True, True, False),
        (Phase.OPENING_AUCTION, True, True, False),
        (Phase.OPENING_LOCKED, True, True, False),
        (Phase.OPENED, True, True, False),
        (Phase.CLOSING_AUCTION, True, True, False),
        (Phase.CLOSING_LOCKED, True, True, False),
        (Phase.AFTER_HOURS, False, True, False),
        (Phase.CLOSED, False, True, False),
        (Phase.HALTED, False, True, False),
    ],
)
def test_each_phase_takes_the_orders_that_can_wait_for_it(
    phase: Phase, day: bool, gtc: bool, ioc: bool
) -> None:
    exchange = scenario().exchange
    exchange.phase = phase
    auction = phase.value.endswith(("_auction", "_locked"))
    immediate = Reason.IMMEDIATE_IN_AUCTION if auction else Reason.MARKET_CLOSED
    for force, taken in (
        (TimeInForce.DAY, day),
        (TimeInForce.GTC, gtc),
        (TimeInForce.IOC, ioc),
        (TimeInForce.FOK, ioc),
    ):
        found = refusal(exchange, time_in_force=force)
        closed = immediate if force in (TimeInForce.IOC, TimeInForce.FOK) else Reason.MARKET_CLOSED
        assert found is (None if taken else closed)
    market = {"kind": OrderKind.MARKET, "limit_ticks": None, "time_in_force": TimeInForce.GTC}
    closed = Reason.MARKET_ORDER_IN_AUCTION if auction else Reason.MARKET_CLOSED
    assert refusal(exchange, **market) is (None if day and not auction else closed)


def test_every_order_of_a_group_counts_among_the_open_ones() -> None:
    made = scenario()
    for number in range(OPEN_ORDERS_MAX - 1):
        made.exchange.place(made.exchange.working_of(replace(GOOD, order_id=OrderId(number))))
    pair = replace(GOOD, group=GroupKind.OCO, group_id=GOOD.order_id)
    stop = replace(
        pair, order_id=OrderId(901), kind=OrderKind.MARKET, limit_ticks=None,
        trigger=Trigger(TriggerKind.STOP, 10_020),
    )  # fmt: skip
    found = made.exchange.check_place(pair, (stop,))
    assert found is not None
    assert found.reason is Reason.TOO_MANY_OPEN_ORDERS
    assert made.exchange.check_place(replace(pair, account_id=AccountId(2)), (stop,)) is None


def test_an_account_has_only_so_many_open_orders() -> None:
    made = scenario()
    for number in range(OPEN_ORDERS_MAX):
        made.exchange.place(made.exchange.working_of(replace(GOOD, order_id=OrderId(number))))
    assert refusal(made.exchange) is Reason.TOO_MANY_OPEN_ORDERS
    assert refusal(made.exchange, account_id=AccountId(2)) is None
    first = made.exchange.find(AccountId(1), OrderId(0))
    assert first is not None
    made.exchange.replace(ReplaceOrder(OrderId(0), AccountId(1), Qty(200), PriceTicks(9_980),
                                       AtNs(1), 901))  # fmt: skip
    assert refusal(made.exchange) is Reason.TOO_MANY_OPEN_ORDERS
    made.exchange.on_market(SessionClose(AtNs(2), 999, FIRST_DAY, ()))
    assert made.exchange.open_orders == {}
    assert refusal(made.exchange, time_in_force=TimeInForce.GTC) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"order_id": OrderId(77)}, Reason.ORDER_NOT_OPEN),
        ({"account_id": AccountId(2)}, Reason.ORDER_NOT_OPEN),
        ({"qty": Qty(200), "limit_ticks": PriceTicks(9_990)}, Reason.REPLACE_CHANGES_NOTHING),
        ({"qty": Qty(0)}, Reason.QTY_BELOW_FILLED),
        ({"qty": Qty(250)}, Reason.QTY_NOT_IN_LOTS),
        ({"qty": Qty(2_000)}, Reason.QTY_TOO_LARGE),
        ({"limit_ticks": PriceTicks(-1)}, Reason.PRICE_NOT_POSITIVE),
        ({"limit_ticks": PriceTicks(12_000)}, Reason.PRICE_ABOVE_LIMIT),
        ({"limit_ticks": PriceTicks(10_005)}, Reason.SELF_TRADE),
        ({}, None),
    ],
)
def test_a_replace_is_refused_for_its_first_reason(
    changes: dict[str, object], reason: Reason | None
) -> None:
    exchange = scenario().exchange
    for number, side, limit in ((1, Side.BUY, 9_990), (2, Side.SELL, 10_005)):
        order = replace(GOOD, order_id=OrderId(number), side=side, qty=Qty(200),
                        limit_ticks=PriceTicks(limit))  # fmt: skip
        exchange.place(exchange.working_of(order))
    good = ReplaceOrder(OrderId(1), AccountId(1), Qty(300), PriceTicks(9_980), AtNs(9), 99)
    found = exchange.check_replace(replace(good, **changes))  # type: ignore[arg-type]
    assert (found and found.reason) is reason
    exchange.on_market(Halt(AtNs(9), 9, ID, halted=True))
    halted = exchange.check_replace(good)
    assert halted is not None
    assert halted.reason is Reason.INSTRUMENT_HALTED


def test_a_market_order_cannot_be_replaced() -> None:
    made = scenario("A buy 900 market => A 200@10001 A 600@10002")
    command = ReplaceOrder(made.orders["A"], AccountId(ord("A")), Qty(1_000), PriceTicks(10_000),
                           AtNs(9), 99)  # fmt: skip
    found = made.exchange.check_replace(command)
    assert found is not None
    assert found.reason is Reason.ORDER_NOT_OPEN
