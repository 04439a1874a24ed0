"""Fill model E3g: a street of which every order is known has an exact queue."""

from __future__ import annotations

import pytest
from hypothesis import given

from matching.market import DataKind, MarketEvent
from matching.orders import FillProfile, OrderId, PlaceOrder, Side
from tests.matching.scenario import Scenario, rules
from tests.matching.street_tapes import OrderMarket
from tests.matching.tapes import Action, Run, Step, actions, steps
from tests.matching.test_fill_invariants import EXAMPLES

BOOK = """
    joins 1 buy 200 @ 9999
    joins 2 buy 100 @ 9999
    joins 3 buy 500 @ 9998
    joins 4 sell 200 @ 10001
    joins 5 sell 600 @ 10002
    joins 6 sell 100 @ 10003
"""

SCENARIOS = {
    "a market order walks the levels": """
        A buy 900 market => A 200@10001 A 600@10002 A 100@10003
    """,
    "the whole book can be walked, not only what would be displayed": """
        joins 11 sell 1 @ 10004
        joins 12 sell 1 @ 10005
        joins 13 sell 1 @ 10006
        joins 14 sell 1 @ 10007
        joins 15 sell 1 @ 10008
        joins 16 sell 1 @ 10009
        joins 17 sell 1 @ 10010
        joins 18 sell 90 @ 10011
        A buy 907 @ 10010 ioc => A 200@10001 A 600@10002 A 100@10003 ONES
        A2 buy 50 market => A2 50@10011
    """,
    "an order stands behind who was there, and before who comes later": """
        A buy 50 @ 9999 => ahead 300
        joins 7 buy 400 @ 9999
        trade sell 200 @ 9999 from 1
        ahead A 100
        trade sell 100 @ 9999 from 2
        ahead A 0
        trade sell 30 @ 9999 from 7 => A 30@9999
        trade sell 30 @ 9999 from 7 => A 20@9999
    """,
    "cancels ahead are known, cancels behind give nothing, in every profile": """
        profile strict
        A buy 50 @ 9999 => ahead 300
        joins 7 buy 400 @ 9999
        leaves 7 300
        ahead A 300
        leaves 1 150
        ahead A 150
        leaves 2 100
        ahead A 50
    """,
    "the last who came before us counts as before us": """
        joins 7 buy 40 @ 9999
        A buy 50 @ 9999 => ahead 340
        joins 8 buy 900 @ 9999
        leaves 7 40
        ahead A 300
        leaves 8 900
        ahead A 300
    """,
    "deep in the book the queue is known too": """
        joins 7 buy 70 @ 9990
        A buy 50 @ 9990 => ahead 70
        leaves 7 70
        ahead A 0
        trade sell 20 @ 9990 => A 20@9990
    """,
    "a print beyond our price fills at our limit, never more than was traded": """
        A buy 1000 @ 9999 => ahead 300
        trade sell 120 @ 9998 from 3 => A 120@9999
    """,
    "what we took is gone for us until its level is": """
        A buy 150 @ 10001 ioc => A 150@10001
        A2 buy 150 @ 10001 ioc => A2 50@10001 A2 ioc_remainder
        trade buy 100 @ 10001 from 4
        A3 buy 10 @ 10001 ioc => A3 ioc_remainder
        joins 7 sell 60 @ 10001
        A4 buy 100 @ 10001 ioc => A4 60@10001 A4 ioc_remainder
    """,
    "a seller who comes to our price meets us once": """
        A buy 500 @ 10000 => ahead 0
        joins 7 sell 80 @ 10000 => A 80@10000
        joins 8 sell 20 @ 10000 => A 20@10000
    """,
    "an order on its way through the other side fills by its prints alone": """
        A buy 50 @ 9999 => ahead 300
        joins 7 sell 340 @ 9999
        left A 50
        trade sell 200 @ 9999 from 1 by 7
        ahead A 100
        trade sell 100 @ 9999 from 2 by 7 => A 40@9999
    """,
    "who takes is read from who stands": """
        A buy 50 @ 9999 => ahead 300
        trade unknown 150 @ 9999 from 1
        ahead A 150
    """,
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    ones = " ".join(f"A 1@{price}" for price in range(10_004, 10_011))
    text = SCENARIOS[name].replace("ONES", ones)
    Scenario(data=DataKind.ORDERS, book=rules(limit__permille=100)).run(BOOK + text)


def test_a_new_session_has_a_new_book() -> None:
    scenario = Scenario(data=DataKind.ORDERS)
    scenario.run(BOOK + "close 10000\nsession\njoins 1 buy 7 @ 9999\nA buy 5 @ 9999 => ahead 7")


class Exact(Run):
    """After every event the queue before an order is the sum of who stands there since before."""

    def __init__(self) -> None:
        super().__init__(DataKind.ORDERS)
        self.took: set[OrderId] = set()  # orders whose queue was shorter by what we had taken

    def place(self, order: PlaceOrder) -> None:
        if any(True for _ in self.listing.consumed.entries()):
            self.took.add(order.order_id)
        super().place(order)

    def after(self, event: MarketEvent) -> None:
        book, joined = self.listing.street.book, self.listing.street.joined
        assert book is not None
        assert set(joined) == {
            name
            for side in Side
            for level in book.levels(side)
            for name, _ in book.queue(side, level.price_ticks)
        }
        takings = any(True for _ in self.listing.consumed.entries())
        for order_id, one in self.listing.orders.items():
            if takings:
                self.took.add(order_id)  # it may be replaced to a price where they are
            absent = self.listing.coming | self.listing.entering
            if order_id in absent or one.profile is FillProfile.BEGINNER:
                continue
            queue = book.queue(one.side, one.limit_ticks)
            before = sum(qty for name, qty in queue if joined[name] <= one.joined_seq)
            assert one.ahead_milli <= before * 1000, "the queue is longer than it can be"
            if one.order_id not in self.took:
                assert one.ahead_milli == before * 1000


@given(steps, actions)
@EXAMPLES
def test_the_place_in_the_queue_is_exact(tape: list[Step], plan: list[Action]) -> None:
    Exact().play(OrderMarket().play(tape), plan)
