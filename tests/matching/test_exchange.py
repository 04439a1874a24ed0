"""The exchange around the fills: sessions, restarts, splits, collars."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date, timedelta

import pytest

from matching.exchange import Exchange
from matching.market import (
    Bar,
    BarOpen,
    DataKind,
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
    OrderId,
    OrderKind,
    Side,
    TimeInForce,
)
from matching.reasons import Reason, Refused
from matching.rulebook import RuleBook
from matching.terms import ListingTerms
from matching.units import NS_PER_SECOND, AtNs, PriceTicks, Qty
from tests.matching.scenario import FIRST_DAY, INSTRUMENT, Scenario, rules
from tests.matching.test_entry import BOOK, GOOD, ID, OTHER, refusal, scenario


def test_what_is_not_listed_today_is_refused_and_its_orders_end() -> None:
    exchange = Exchange([INSTRUMENT, OTHER], rules(), DataKind.DEPTH)
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
    ("side", "worst"), [(Side.BUY, 11_000), (Side.SELL, 9_000)], ids=["buy", "sell"]
)
def test_a_market_order_s_collar_ends_at_the_price_limit(side: Side, worst: int) -> None:
    made = Scenario(book=rules(limit__permille=100, market_order__collar_permille=500))
    made.run(BOOK)
    order = replace(GOOD, side=side, kind=OrderKind.MARKET, limit_ticks=None)
    assert made.exchange.working_of(order).limit_ticks == worst
    narrow = Scenario(book=rules(market_order__collar_permille=20))
    narrow.run(BOOK)
    expected = 10_001 if side is Side.BUY else 9_999
    assert narrow.exchange.working_of(order).limit_ticks == round(expected * (1 + side.sign * 0.02))


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
    for one in sorted(
        old.orders.values(), key=lambda one: (one.since_ns, one.priority, one.order_id)
    ):
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
@pytest.mark.parametrize("data", [DataKind.DEPTH, DataKind.BARS])
def test_to_see_something_fills_and_ends_nobody(event: MarketEvent, data: DataKind) -> None:
    made = Scenario(data=data)
    if data is DataKind.DEPTH:
        made.run(BOOK)
    for number, limit in ((1, 9_990), (2, 9_000)):
        order = replace(GOOD, order_id=OrderId(number), limit_ticks=PriceTicks(limit))
        made.exchange.place(made.exchange.working_of(order))
    before = copy.deepcopy(made.listing.orders)
    made.exchange.see(event)
    assert made.listing.orders == before
    assert len(made.exchange.open_orders[AccountId(1)]) == 2


def test_what_was_seen_is_known() -> None:
    exchange = Exchange([INSTRUMENT], rules(), DataKind.DEPTH)
    for event in SEEN[:4]:
        exchange.see(event)
    street = exchange.listings[ID].street
    assert (exchange.session, exchange.phase) == (date(2026, 1, 6), Phase.CONTINUOUS)
    assert (street.best(Side.SELL), street.last_ticks) == ((9_000, 10**6), 8_000)
    exchange.see(SEEN[-1])
    assert street.last_ticks == 7_000


def test_a_split_ends_the_orders_of_its_instrument_only() -> None:
    exchange = Exchange([INSTRUMENT, OTHER], rules(), DataKind.BARS)
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


PAUSED = {
    "halt__basis": "open",
    "halt__steps_permille": (300, 600),
    "halt__minutes": (10, 10),
}


def test_a_price_that_runs_away_pauses_matching_and_takes_orders() -> None:
    made = Scenario(book=rules(**PAUSED))  # type: ignore[arg-type]
    made.run("""
        depth 9999x300 / 10001x200
        trade buy 10 @ 10000
        A buy 100 @ 9999                => ahead 300
        trade buy 10 @ 13000
        trade sell 900 @ 9999
        B buy 10 @ 10001                => waits
        C buy 10 @ 10001 ioc            => refused instrument_halted
        wait 600
        depth 9999x300 / 10001x200      => B 10@10001
    """)


def test_a_feed_that_tells_its_halts_is_not_paused() -> None:
    made = Scenario(book=rules(**PAUSED))  # type: ignore[arg-type]
    references = ((ID, PriceTicks(10_000)),)
    made.exchange.on_market(SessionOpen(made.at_ns, 99, FIRST_DAY, references, halts_told=True))
    assert not made.exchange.orders_pauses
    made.run("""
        depth 9999x300 / 10001x200
        trade buy 10 @ 10000
        trade buy 10 @ 13000
        A buy 10 @ 10001                => A 10@10001
    """)


def test_bars_have_no_prices_to_pause_by() -> None:
    assert not Scenario(book=rules(**PAUSED), data=DataKind.BARS).exchange.orders_pauses  # type: ignore[arg-type]


def test_the_terms_of_a_session_end_with_it() -> None:
    exchange = Exchange([INSTRUMENT], rules(), DataKind.DEPTH)
    references = ((ID, PriceTicks(10_000)),)
    terms = ((ID, ListingTerms(suspended=True)),)
    exchange.on_market(SessionOpen(AtNs(1), 1, FIRST_DAY, references, terms))
    exchange.on_market(PhaseChange(AtNs(2), 2, Phase.CONTINUOUS))
    assert refusal(exchange) is Reason.INSTRUMENT_SUSPENDED
    exchange.on_market(PhaseChange(AtNs(3), 3, Phase.CLOSED))
    exchange.on_market(SessionClose(AtNs(3), 4, FIRST_DAY, ()))
    exchange.on_market(SessionOpen(AtNs(4), 5, FIRST_DAY + timedelta(days=1), references))
    exchange.on_market(PhaseChange(AtNs(5), 6, Phase.CONTINUOUS))
    assert refusal(exchange) is None


def test_a_session_of_unknown_rules_ends_orders_and_refuses_new_ones() -> None:
    old = [replace(one, valid_to=FIRST_DAY) for one in rules().rules]
    exchange = Exchange([INSTRUMENT], RuleBook("TEST", old), DataKind.DEPTH)
    references = ((ID, PriceTicks(10_000)),)
    exchange.on_market(SessionOpen(AtNs(1), 1, FIRST_DAY, references))
    order = replace(GOOD, time_in_force=TimeInForce.GTC)
    exchange.place(exchange.working_of(order))
    exchange.on_market(SessionClose(AtNs(2), 2, FIRST_DAY, ()))
    tomorrow = FIRST_DAY + timedelta(days=1)
    (ended,) = exchange.on_market(SessionOpen(AtNs(3), 3, tomorrow, references))
    assert ended.order_id == order.order_id
    exchange.on_market(PhaseChange(AtNs(4), 4, Phase.CONTINUOUS))
    found = exchange.check_place(GOOD)
    assert found is not None
    assert (found.reason, dict(found.numbers)) == (Reason.RULES_NOT_KNOWN, {"first_day": 20000101})
    assert found.rule == "TEST main: no lot rule in force on 2026-01-06"


def test_a_market_that_is_only_looked_at_knows_which_pause_waits_for_its_auction() -> None:
    """As after a start: the same events seen give the same answer to the next one."""
    book = rules(**PAUSED, reopening__auction=1)  # type: ignore[arg-type]
    lines = ["trade buy 10 @ 10000", "trade buy 10 @ 13000", "wait 600"]
    lived, seen = Scenario(book=book), Scenario(book=book)
    for line in lines:
        lived.step(line)
    for price, at in ((10_000, 2), (13_000, 3)):
        event = Trade(
            AtNs(at * NS_PER_SECOND), AtNs(at), at, ID, PriceTicks(price), Qty(10), Side.BUY
        )
        seen.exchange.see_pauses(event)
    for one in (lived, seen):
        assert one.listing.stopped(AtNs(700 * NS_PER_SECOND))
        assert one.exchange.reopens(
            Trade(AtNs(700 * NS_PER_SECOND), AtNs(1), 9, ID, PriceTicks(1), Qty(1), Side.BUY)
        )
        assert not one.listing.stopped(AtNs(700 * NS_PER_SECOND))
