"""The exchange around the fills: what it refuses and in which order, sessions, recovery."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date, timedelta

import pytest

from matching.exchange import OPEN_ORDERS_MAX, Exchange, Refused
from matching.instrument import InstrumentId
from matching.market import (
    Bar,
    BarOpen,
    Depth,
    Halt,
    Level,
    MarketEvent,
    Phase,
    PhaseChange,
    SessionClose,
    SessionOpen,
    Split,
    Trade,
)
from matching.orders import (
    AccountId,
    FillProfile,
    OrderId,
    OrderKind,
    PlaceOrder,
    ReplaceOrder,
    Side,
    TimeInForce,
)
from matching.phases import PHASES, check_transition
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
    (Reason.QTY_NOT_IN_LOTS, {"qty": Qty(150)}, {"lot": 100}),
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
    exchange = Exchange([INSTRUMENT], rules(), shows_depth=True)
    assert refusal(exchange) is Reason.NO_PRICE_YET


def test_what_is_not_listed_today_is_refused_and_its_orders_end() -> None:
    exchange = Exchange([INSTRUMENT, OTHER], rules(), shows_depth=True)
    both = ((ID, PriceTicks(100)), (OTHER.instrument_id, PriceTicks(100)))
    exchange.on_market(SessionOpen(AtNs(1), 1, FIRST_DAY, both))
    order = replace(GOOD, time_in_force=TimeInForce.GTC, limit_ticks=PriceTicks(50))
    exchange.place(exchange.working_of(order))
    exchange.on_market(SessionClose(AtNs(2), 2, FIRST_DAY, ()))
    tomorrow = FIRST_DAY + timedelta(days=1)
    (ended,) = exchange.on_market(SessionOpen(AtNs(3), 3, tomorrow, both[1:]))
    assert ended.order_id == GOOD.order_id
    assert exchange.find(AccountId(1), GOOD.order_id) is None
    exchange.on_market(PhaseChange(AtNs(4), 4, Phase.CONTINUOUS))
    assert refusal(exchange) is Reason.INSTRUMENT_NOT_LISTED
    assert refusal(exchange, instrument_id=OTHER.instrument_id) is None


@pytest.mark.parametrize(
    ("phase", "day", "gtc", "ioc"),
    [
        (Phase.PRE_OPEN, True, True, False),
        (Phase.CONTINUOUS, True, True, True),
        (Phase.LUNCH, True, True, False),
        (Phase.CLOSED, False, True, False),
        (Phase.HALTED, False, True, False),
    ],
)
def test_each_phase_takes_the_orders_that_can_wait_for_it(
    phase: Phase, day: bool, gtc: bool, ioc: bool
) -> None:
    exchange = scenario().exchange
    exchange.phase = phase
    for force, taken in (
        (TimeInForce.DAY, day),
        (TimeInForce.GTC, gtc),
        (TimeInForce.IOC, ioc),
        (TimeInForce.FOK, ioc),
    ):
        found = refusal(exchange, time_in_force=force)
        assert found is (None if taken else Reason.MARKET_CLOSED)
    market = {"kind": OrderKind.MARKET, "limit_ticks": None, "time_in_force": TimeInForce.GTC}
    assert refusal(exchange, **market) is (None if day else Reason.MARKET_CLOSED)


def test_only_the_table_s_transitions_happen() -> None:
    for old in Phase:
        for new in Phase:
            if new == old or new in PHASES[old].next_phases:
                check_transition(old, new)
            else:
                with pytest.raises(AssertionError):
                    check_transition(old, new)
    exchange = Exchange([INSTRUMENT], rules(), shows_depth=True)
    with pytest.raises(AssertionError):
        exchange.on_market(PhaseChange(AtNs(1), 1, Phase.LUNCH))


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
    ("side", "worst"), [(Side.BUY, 11_000), (Side.SELL, 9_000)], ids=["buy", "sell"]
)
def test_a_market_order_s_collar_ends_at_the_price_limit(side: Side, worst: int) -> None:
    made = Scenario(book=rules(limit__permille=100, market_order__collar_permille=500))
    made.run(BOOK)
    order = replace(GOOD, side=side, kind=OrderKind.MARKET, limit_ticks=None)
    assert made.exchange.worst_ticks(order) == worst
    narrow = Scenario(book=rules(market_order__collar_permille=20))
    narrow.run(BOOK)
    expected = 10_001 if side is Side.BUY else 9_999
    assert narrow.exchange.worst_ticks(order) == round(expected * (1 + side.sign * 0.02))


def test_the_own_order_it_would_meet_first_is_named() -> None:
    text = """
        A sell 100 @ 10010 => ahead 0
        A2 sell 100 @ 10020 => ahead 0
        A replace 100 @ 10015 => ahead 0
    """
    made = scenario(text)
    order = replace(GOOD, account_id=AccountId(ord("A")), limit_ticks=PriceTicks(10_030))
    assert made.exchange.check_place(order) == Refused(Reason.SELF_TRADE, {"limit_ticks": 10_015})
    again = restored(made)
    assert again.exchange.check_place(order) == made.exchange.check_place(order)


def restored(made: Scenario) -> Scenario:
    """The same venue after a restart: orders put back by their stored priority."""
    again = Scenario(book=made.exchange.rule_book, reference=made.reference)
    again.names, again.orders = made.names, made.orders
    again.at_ns, again.seq, again.day = made.at_ns, made.seq, made.day
    old = made.listing
    street, traded = old.street, copy.deepcopy(old.street.traded)
    again.exchange.see(
        Depth(street.displayed_at_ns, street.displayed_at_ns, street.event_seq, ID,
              *street.visible, street.levels_shown)
    )  # fmt: skip
    for side in Side:
        again.listing.street.traded[side].update(traded[side])
    for one in sorted(old.orders.values(), key=lambda order: order.priority):
        again.exchange.restore(copy.deepcopy(one))
    return again


def test_restored_orders_stand_where_they_stood() -> None:
    made = scenario(
        """
        A buy 100 @ 9999 => ahead 300
        A2 buy 100 @ 9999 => ahead 300
        A3 buy 100 @ 9999 => ahead 300
        A replace 200 @ 9999 => ahead 300
        trade sell 310 @ 9999 => A2 10@9999
        """
    )
    again = restored(made)
    for one in (made, again):
        one.run("trade sell 150 @ 9999 => A2 90@9999 A3 60@9999")
        one.run("trade sell 100 @ 9999 => A3 40@9999 A 60@9999")
    assert made.exchange.open_orders.keys() == again.exchange.open_orders.keys()


SEEN: list[MarketEvent] = [
    SessionOpen(AtNs(1), 1, date(2026, 1, 6), ((ID, PriceTicks(9_000)),)),
    PhaseChange(AtNs(2), 2, Phase.CONTINUOUS),
    Depth(AtNs(3), AtNs(3), 3, ID, (), (Level(PriceTicks(9_000), Qty(10**6)),), 5),
    Trade(AtNs(4), AtNs(4), 4, ID, PriceTicks(8_000), Qty(10**6), Side.SELL),
    BarOpen(AtNs(5), AtNs(5), 5, ID, PriceTicks(8_000), Qty(10**6)),
    Bar(AtNs(6), AtNs(6), 6, ID, AtNs(5), *[PriceTicks(8_000)] * 4, Qty(10**6)),
    Halt(AtNs(7), 7, ID, halted=True),
    Split(AtNs(8), 8, ID, 2, 1),
    SessionClose(AtNs(9), 9, date(2026, 1, 6), ((ID, PriceTicks(7_000)),)),
]


@pytest.mark.parametrize("event", SEEN, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("shows_depth", [True, False])
def test_to_see_something_fills_and_ends_nobody(event: MarketEvent, shows_depth: bool) -> None:
    made = Scenario(shows_depth=shows_depth)
    if shows_depth:
        made.run(BOOK)
    for number, limit in ((1, 9_990), (2, 9_000)):
        order = replace(GOOD, order_id=OrderId(number), limit_ticks=PriceTicks(limit))
        made.exchange.place(made.exchange.working_of(order))
    before = copy.deepcopy(made.listing.orders)
    made.exchange.see(event)
    assert made.listing.orders == before
    assert len(made.exchange.open_orders[AccountId(1)]) == 2


def test_what_was_seen_is_known() -> None:
    exchange = Exchange([INSTRUMENT], rules(), shows_depth=True)
    for event in SEEN[:4]:
        exchange.see(event)
    street = exchange.listings[ID].street
    assert (exchange.session, exchange.phase) == (date(2026, 1, 6), Phase.CONTINUOUS)
    assert (street.best(Side.SELL), street.last_ticks) == ((9_000, 10**6), 8_000)
    exchange.see(SEEN[-1])
    assert street.last_ticks == 7_000


def test_a_split_ends_the_orders_of_its_instrument_only() -> None:
    exchange = Exchange([INSTRUMENT, OTHER], rules(), shows_depth=False)
    both = ((ID, PriceTicks(100)), (OTHER.instrument_id, PriceTicks(100)))
    exchange.on_market(SessionOpen(AtNs(1), 1, FIRST_DAY, both))
    exchange.on_market(PhaseChange(AtNs(2), 2, Phase.CONTINUOUS))
    for number, instrument in ((1, ID), (2, OTHER.instrument_id)):
        order = replace(GOOD, order_id=OrderId(number), instrument_id=instrument)
        exchange.place(exchange.working_of(order))
    (ended,) = exchange.on_market(Split(AtNs(3), 3, ID, 2, 1))
    assert ended.order_id == 1
    assert list(exchange.open_orders[AccountId(1)]) == [2]
    assert exchange.band(OTHER.instrument_id).awake


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
