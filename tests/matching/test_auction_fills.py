from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.auction_fills import CAP_PERMILLE
from matching.events import AuctionPlace, Event, FillRule, OrderCancelled, OrderFilled
from matching.market import (
    AuctionCross,
    AuctionIndication,
    DataKind,
    Phase,
    PhaseChange,
    SessionClose,
    Trade,
)
from matching.orders import (
    AccountId,
    CancelOrder,
    FillProfile,
    OrderId,
    OrderKind,
    PlaceOrder,
    Side,
    TimeInForce,
)
from matching.reasons import Reason
from matching.units import NS_PER_SECOND, AtNs, PriceTicks, Qty
from tests.matching.scenario import FIRST_DAY, INSTRUMENT, Scenario, rules

ID = INSTRUMENT.instrument_id
TABLE = Path(__file__).parents[1] / "scenarios" / "auctions.txt"
AT = AtNs(50 * NS_PER_SECOND)


def scenarios() -> list[tuple[str, str]]:
    parts = TABLE.read_text().split("\n== ")[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


def morning(data: DataKind = DataKind.DEPTH) -> Scenario:
    made = Scenario(data=data)
    made.run("close 10000\nsession opening_auction")
    return made


@pytest.mark.parametrize(("title", "text"), scenarios())
def test_scenarios(title: str, text: str) -> None:
    assert title, "a heading says what is shown"
    morning().run(text)


def test_the_receipt_has_what_decided() -> None:
    run = morning()
    run.run("A sell 70 @ 10000 => waits\nphase opened")
    cross = AuctionCross(AT, AT, 900, ID, PriceTicks(10_000), Qty(1_000), Side.SELL, Qty(400))
    (fill,) = run.exchange.on_market(cross)
    assert isinstance(fill, OrderFilled)
    receipt = fill.receipt
    assert receipt.rule is FillRule.AUCTION
    assert (receipt.event_seq, receipt.event_at_ns) == (900, AT)
    assert receipt.rule_date == rules().on("main", FIRST_DAY).rule_date
    assert (receipt.auction_qty, receipt.unmatched_side, receipt.unmatched_qty) == (1_000, 1, 400)
    assert (receipt.budget_qty, receipt.reference_ticks) == (1_000, 10_000)


def test_a_locked_order_tells_until_when_and_by_which_rule() -> None:
    run = Scenario(book=rules(auction__tie="middle", auction_cancel__lasts=1))
    run.run("close 10000\nsession opening_auction\nA buy 10 @ 10000 => waits")
    until = AtNs(run.at_ns + NS_PER_SECOND)
    run.exchange.on_market(PhaseChange(run.at_ns, 800, Phase.OPENING_LOCKED, until))
    refused = run.exchange.check_cancel(CancelOrder(run.orders["A"], AccountId(65), run.at_ns))
    assert refused is not None
    assert dict(refused.numbers) == {"until_ns": until}
    assert refused.rule == "test auction_cancel [2000-01-01]"


@pytest.mark.parametrize(("words", "reason"), [
    ("mkt", Reason.MARKET_ORDER_IN_AUCTION),
    ("@ 10000 ioc", Reason.IMMEDIATE_IN_AUCTION),
])  # fmt: skip
def test_what_an_auction_does_not_take_is_refused_by_that_rule(words: str, reason: Reason) -> None:
    run = Scenario(book=rules(auction__tie="middle", auction_orders__limit=1))
    run.run("close 10000\nsession opening_auction")
    (order,) = run._parse("A", f"buy 10 {words}".split())
    refused = run.exchange.check_place(order)
    assert refused is not None
    assert (refused.reason, refused.rule) == (reason, "test auction_orders [2000-01-01]")


PLACES = [
    ("buy 10 mkt at_open", Side.SELL, AuctionPlace.ANY_PRICE),
    ("buy 10 @ 10010", Side.BUY, AuctionPlace.BETTER),
    ("buy 10 @ 10010 at_open", Side.BUY, AuctionPlace.BETTER),
    ("buy 10 @ 10000 gtc", Side.SELL, AuctionPlace.LIGHTER),
    ("buy 10 @ 10000", None, AuctionPlace.LIGHTER),
    ("buy 10 @ 10000", Side.BUY, AuctionPlace.HEAVIER),
    ("sell 10 @ 9990", Side.SELL, AuctionPlace.BETTER),
    ("sell 10 @ 10000", Side.SELL, AuctionPlace.HEAVIER),
]


@pytest.mark.parametrize(("words", "heavier", "place"), PLACES)
def test_the_receipt_says_where_the_order_stood(
    words: str, heavier: Side | None, place: AuctionPlace
) -> None:
    run = morning()
    run.run(f"A {words} => waits\nphase opened")
    left = Qty(400 if heavier is not None else 0)
    cross = AuctionCross(AT, AT, 900, ID, PriceTicks(10_000), Qty(1_000), heavier, left)
    (fill,) = run.exchange.on_market(cross)
    assert isinstance(fill, OrderFilled)
    assert fill.receipt.auction_place is place


def test_an_indication_is_seen_until_the_auction_is_over() -> None:
    run = morning()
    shown = AuctionIndication(AT, AT, 800, ID, PriceTicks(9_999), Qty(500), Side.BUY, Qty(7))
    assert run.exchange.on_market(shown) == []
    assert run.listing.street.indication == shown
    assert run.listing.street.last_ticks == 10_000, "an indication is no trade"
    run.run("phase opened\ncross 9998 x600")
    assert run.listing.street.indication is None
    assert run.listing.street.last_ticks == 9_998
    # The same for a market that is only looked at, as after a start.
    run.exchange.see(shown)
    assert run.listing.street.indication == shown
    run.exchange.see(AuctionCross(AT, AT, 801, ID, None, Qty(0), None, Qty(0)))
    assert (run.listing.street.indication, run.listing.street.last_ticks) == (None, 9_998)


# Bars: the first and the last price of a session


def bar_day(text: str) -> None:
    made = Scenario(data=DataKind.BARS)
    made.run("volume 400\nopen 10000\nbar 10000 10010 9990 10000 x400\nclose 10000")
    made.run(text)


def test_for_the_opening_on_bars() -> None:
    # A quarter of the last bar's 400; no half spread; at the price itself nobody knows.
    bar_day(
        """
        A buy 60 @ 10020 at_open => waits
        A2 buy 60 mkt at_open => waits
        B buy 10 @ 10010 at_open => waits
        profile beginner
        C buy 10 @ 10010 at_open => waits
        profile standard
        session
        open 10010 => A 60@10010 A2 40@10010 C 10@10010 A2 auction_over B auction_over
        """
    )


def test_for_the_close_on_bars() -> None:
    bar_day(
        """
        session
        A buy 150 @ 10020 at_close => waits
        open 10000
        bar 10000 10005 9995 10001 x800
        open 10001
        bar 10001 10005 9995 10004 x400
        close 10004 => A 100@10004 A auction_over
        """
    )


# What holds of every auction

ORDERS = st.lists(
    st.tuples(
        st.integers(0, 2),  # account
        st.sampled_from(Side),
        st.integers(9_995, 10_005),
        st.integers(1, 400),
        st.sampled_from((TimeInForce.DAY, TimeInForce.GTC, TimeInForce.AT_OPEN)),
    ),
    max_size=8,
)
RESULTS = st.tuples(
    st.integers(9_996, 10_004),
    st.integers(1, 900),
    st.sampled_from((None, Side.BUY, Side.SELL)),
    st.integers(1, 300),
)
Drawn = list[tuple[int, Side, int, int, TimeInForce]]
Result = tuple[int, int, Side | None, int]


def held(
    drawn: Drawn, result: Result, profile: FillProfile
) -> tuple[dict[OrderId, PlaceOrder], list[Event]]:
    """Hold an auction; the orders that came in and everything that happened to them that day."""
    run = morning()
    placed: dict[OrderId, PlaceOrder] = {}
    for number, (account, side, limit, qty, force) in enumerate(drawn, 1):
        order = PlaceOrder(
            OrderId(number), AccountId(account + 1), ID, side, OrderKind.LIMIT, Qty(qty),
            PriceTicks(limit), force, profile, run.at_ns,
        )  # fmt: skip
        if run.exchange.check_place(order) is None:
            placed[order.order_id] = order
            run.exchange.place(run.exchange.working_of(order))
    price, qty, heavier, left = result
    market = (
        PhaseChange(AT, 900, Phase.OPENED),
        AuctionCross(
            AT,
            AT,
            901,
            ID,
            PriceTicks(price),
            Qty(qty),
            heavier,
            Qty(0 if heavier is None else left),
        ),
        PhaseChange(AT, 902, Phase.CONTINUOUS),
        PhaseChange(AT, 903, Phase.CLOSED),
        SessionClose(AT, 904, run.day, ((ID, PriceTicks(price)),)),
    )
    happened = [one for event in market for one in run.exchange.on_market(event)]
    assert {one.order_id for one in run.exchange.listings[ID].orders.values()} == {
        order.order_id
        for order in placed.values()
        if order.time_in_force is TimeInForce.GTC
        and sum(
            f.qty for f in happened if isinstance(f, OrderFilled) and f.order_id == order.order_id
        )
        < order.qty
    }
    return placed, happened


@given(ORDERS, RESULTS, st.sampled_from(FillProfile))
def test_every_auction_fill_is_possible(drawn: Drawn, result: Result, profile: FillProfile) -> None:
    price, traded, heavier, left = result
    placed, happened = held(drawn, result, profile)
    filled: dict[OrderId, int] = defaultdict(int)
    by_account: dict[tuple[int, Side], int] = defaultdict(int)
    ended: set[OrderId] = set()
    for event in happened:
        order = placed[event.order_id]
        assert event.order_id not in ended, "filled or cancelled after its end"
        if isinstance(event, OrderCancelled):
            ended.add(event.order_id)
            assert event.leaves == order.qty - filled[event.order_id] > 0
        elif isinstance(event, OrderFilled):
            assert event.price_ticks == price
            assert order.limit_ticks is not None
            assert order.side.sign * (order.limit_ticks - price) >= 0, "worse than its limit"
            filled[event.order_id] += event.qty
            assert filled[event.order_id] <= order.qty
            by_account[order.account_id, order.side] += event.qty
            if order.limit_ticks == price and order.side is heavier:
                share = {"beginner": Fraction(1), "strict": Fraction(0)}.get(
                    profile, Fraction(traded, traded + left)
                )
                assert event.qty <= share * order.qty
            if filled[event.order_id] == order.qty:
                ended.add(event.order_id)
    cap = traded * CAP_PERMILLE[profile] // 1000
    assert all(qty <= cap for qty in by_account.values()), "more than the auction traded"
    for order in placed.values():
        # Who is better and alone is filled, up to the cap.
        alone = sum(one.account_id == order.account_id for one in placed.values()) == 1
        assert order.limit_ticks is not None
        if alone and order.side.sign * (order.limit_ticks - price) > 0:
            assert filled[order.order_id] == min(order.qty, cap)


@given(ORDERS, RESULTS)
def test_strict_is_filled_no_more_than_standard_and_that_no_more_than_beginners(
    drawn: Drawn, result: Result
) -> None:
    got: list[dict[int, int]] = []
    for profile in (FillProfile.STRICT, FillProfile.STANDARD, FillProfile.BEGINNER):
        placed, happened = held(drawn, result, profile)
        totals = dict.fromkeys((order.account_id for order in placed.values()), 0)
        for event in happened:
            if isinstance(event, OrderFilled):
                totals[event.account_id] += event.qty
        got.append(totals)
    for account in got[0]:
        assert got[0][account] <= got[1][account] <= got[2][account]


@given(ORDERS, RESULTS)
def test_other_accounts_change_nothing(drawn: Drawn, result: Result) -> None:
    _, together = held(drawn, result, FillProfile.STANDARD)
    alone = [one for one in drawn if one[0] == 0]
    _, apart = held(alone, result, FillProfile.STANDARD)
    first = AccountId(1)

    def fills(events: list[Event]) -> list[tuple[int, int]]:
        return [
            (one.price_ticks, one.qty)
            for one in events
            if isinstance(one, OrderFilled) and one.account_id == first
        ]

    assert fills(together) == fills(apart)


def test_the_receipt_of_a_reopening_has_its_trade() -> None:
    paused = {"halt__basis": "open", "halt__steps_permille": (300,), "halt__minutes": (10,)}
    run = Scenario(book=rules(**paused, reopening__auction=1))  # type: ignore[arg-type]
    run.run("""
        depth 9999x300 / 10001x200
        trade buy 10 @ 10000
        trade buy 10 @ 13000
        A buy 50 @ 13200 => waits
        wait 600
    """)
    trade = Trade(run.at_ns, run.at_ns, 900, ID, PriceTicks(13_060), Qty(300), Side.BUY)
    (fill,) = run.exchange.on_market(trade)
    assert isinstance(fill, OrderFilled)
    assert fill.receipt.rule is FillRule.REOPENING
    assert fill.receipt.auction_place is AuctionPlace.BETTER
    assert (fill.receipt.event_seq, fill.receipt.auction_qty, fill.receipt.budget_qty) == (
        900, 300, 300,
    )  # fmt: skip
