"""Members of a room meet in a call auction, at the street's price or at one of their own."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.auction import TieRule, cross
from matching.events import Event, FillRule, OrderFilled
from matching.market import AuctionCross
from matching.orders import Side
from matching.scope import Scope
from matching.units import Qty
from tests.matching.scenario import INSTRUMENT, Scenario, rules

ID = INSTRUMENT.instrument_id
SCENARIOS = {
    "where the street trades, members share that; what is left of them meets at its price": """
        A buy 700 @ 10010 => waits
        B buy 600 @ 10005 => waits
        C sell 900 @ 9990 => waits
        D sell 400 @ 9999 => waits
        phase opened
        cross 10000 x1000 => A 700@10000 B 300@10000 C 900@10000 D 100@10000 B 300@10000 D 300@10000
        left B 0
    """,
    "nobody meets beyond his limit, and what the price left over goes on": """
        A buy 1200 @ 10010 => waits
        B sell 100 @ 10001 => waits
        phase opened
        cross 10000 x1000 => A 1000@10000
        left A 200
        left B 100
    """,
    "where the street has no trade, the members' own orders make the price": """
        A buy 50 @ 10003 => waits
        B buy 30 @ 10001 => waits
        C sell 60 @ 10000 => waits
        phase opened
        cross none => A 50@10001 C 50@10001 B 10@10001 C 10@10001
        left B 20
    """,
    "an order without a price never makes one": """
        A buy 50 mkt at_open => waits
        B sell 50 @ 9990 at_open => waits
        phase opened
        cross none => A 50@9990 B 50@9990
    """,
    "two orders without a price meet at the last close": """
        A buy 50 mkt at_open => waits
        B sell 80 mkt at_open => waits
        phase opened
        cross none => A 50@10000 B 50@10000 B auction_over
    """,
    "nobody meets himself, not even with orders that are exempt from the check": """
        A buy 50 @ 10003 => waits
        A2 sell 50 @ 9990 or stop 9900 => waits
        B sell 20 @ 9985 => waits
        phase opened
        cross none => A 20@9990 B 20@9990
    """,
    "one member alone finds nobody": """
        A buy 50 @ 10003 => waits
        phase opened
        cross none
        left A 50
    """,
    "the closing auction too": """
        phase opened
        cross 10000 x1000
        phase continuous
        depth 9999x300 / 10001x400
        phase closing_locked
        A buy 50 @ 10000 at_close => waits
        B sell 30 @ 10000 at_close => waits
        cross none => A 30@10000 B 30@10000 A auction_over
    """,
    "a halted instrument has no auction for them either": """
        A buy 50 @ 10003 => waits
        B sell 50 @ 9990 => waits
        halt on
        phase opened
        cross none
        left A 50
    """,
}


def morning(scope: Scope = Scope.EXCHANGE, tie: str = "middle") -> Scenario:
    made = Scenario(book=rules(auction__tie=tie), scope=scope)
    made.run("close 10000\nsession opening_auction")
    return made


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    morning().run(SCENARIOS[name])


@pytest.mark.parametrize("scope", [Scope.ACCOUNT, Scope.POOL])
def test_elsewhere_members_never_meet_in_an_auction(scope: Scope) -> None:
    morning(scope).run(
        """
        A buy 50 @ 10003 => waits
        B sell 50 @ 9990 => waits
        phase opened
        cross none
        left A 50
        """
    )


def test_the_receipt_says_that_it_was_a_member_and_how_often() -> None:
    run = morning()
    run.run("A buy 50 @ 10003 => waits\nB sell 70 @ 10000 => waits\nphase opened")
    none = AuctionCross(run.at_ns, run.at_ns, 900, ID, None, Qty(0), None, Qty(0))
    buy, sell = run.exchange.on_market(none)
    assert isinstance(buy, OrderFilled)
    assert isinstance(sell, OrderFilled)
    for fill, budget in ((buy, 70), (sell, 50)):
        assert fill.receipt.rule is FillRule.MEMBER_AUCTION
        assert fill.receipt.pair_trades == 1
        assert fill.receipt.budget_qty == budget
        assert (fill.receipt.auction_qty, fill.receipt.unmatched_side) == (50, Side.SELL)


ORDERS = st.lists(
    st.tuples(st.sampled_from(Side), st.integers(9_990, 10_010), st.integers(1, 90)),
    min_size=1,
    max_size=12,
)


def fills(events: list[Event]) -> list[OrderFilled]:
    return [one for one in events if isinstance(one, OrderFilled)]


@given(ORDERS, st.sampled_from(TieRule))
@settings(max_examples=200, deadline=None)
def test_members_alone_trade_what_an_auction_of_their_orders_gives(
    drawn: list[tuple[Side, int, int]], tie: TieRule
) -> None:
    """Everybody is another member: the whole crossing volume trades, at its price, in pairs."""
    run = morning(tie=tie.value)
    both: dict[Side, dict[int, int]] = {side: defaultdict(int) for side in Side}
    limits: dict[int, tuple[Side, int, int]] = {}
    for number, (side, price, qty) in enumerate(drawn):
        name = chr(ord("A") + number)
        run.run(f"{name} {side.name.lower()} {qty} @ {price} => waits")
        both[side][price] += qty
        limits[run.orders[name]] = (side, price, qty)
    run.run("phase opened")
    none = AuctionCross(run.at_ns, run.at_ns, 900, ID, None, Qty(0), None, Qty(0))
    happened = fills(run.exchange.on_market(none))
    expected = cross(both[Side.BUY], both[Side.SELL], tie, 10_000)
    traded: dict[int, int] = defaultdict(int)
    by_side: dict[Side, int] = defaultdict(int)
    for fill in happened:
        side, limit, _ = limits[fill.order_id]
        assert fill.price_ticks == expected.price_ticks
        assert side.sign * (limit - fill.price_ticks) >= 0
        traded[fill.order_id] += fill.qty
        by_side[side] += fill.qty
    assert by_side[Side.BUY] == by_side[Side.SELL] == expected.qty
    assert all(qty <= limits[order][2] for order, qty in traded.items())
    for one, other in zip(happened[::2], happened[1::2], strict=True):
        assert one.qty == other.qty
        assert one.account_id != other.account_id
    if expected.price_ticks is not None:
        for order, (side, limit, qty) in limits.items():
            if side.sign * (limit - expected.price_ticks) > 0:
                assert traded[order] == qty, "better orders come first"
