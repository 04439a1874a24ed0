"""The book as a trader sees it: scenarios in text, and a machine that asks the oracle."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from matching.book import FOK, IOC, REMAINDER, STAY, Book, Outcome
from matching.orders import Side, TimeInForce
from tests.matching.oracle_book import OracleBook

# One line is one step: what is asked | who is filled, in order | what becomes of it.
# "book" lines show what rests on a side: price x quantity of each order, in order of service.
SCENARIOS = {
    "better prices first, then earlier orders": """
        1 buys 10 at 100           |                              | rests 10
        2 buys 5 at 101            |                              | rests 5
        3 buys 7 at 100            |                              | rests 7
        4 sells 20 at 100          | 5 of 2 at 101, 10 of 1 at 100, 5 of 3 at 100 | filled
        book buy 100x2
    """,
    "the taker gets the maker's price and rests with the remainder": """
        1 sells 5 at 103           |                              | rests 5
        2 sells 5 at 102           |                              | rests 5
        3 buys 8 at 102            | 5 of 2 at 102                | rests 3
        book buy 102x3
        book sell 103x5
    """,
    "a market order takes any price and never rests": """
        1 sells 5 at 103           |                              | rests 5
        2 sells 5 at 2000000000    |                              | rests 5
        3 buys 12 at market        | 5 of 1 at 103, 5 of 2 at 2000000000 | cancels 2
        4 sells 1 at market        |                              | cancels 1
        book buy
        book sell
    """,
    "immediate or cancel": """
        1 sells 5 at 100           |                              | rests 5
        2 buys 8 at 100 ioc        | 5 of 1 at 100                | cancels 3
        3 buys 8 at 100 ioc        |                              | cancels 8
        book buy
    """,
    "fill or kill looks before it trades": """
        1 sells 5 at 100           |                              | rests 5
        2 sells 5 at 101           |                              | rests 5
        3 buys 11 at 101 fok       |                              | killed 11
        4 buys 6 at 100 fok        |                              | killed 6
        book sell 100x5 101x5
        5 buys 10 at 101 fok       | 5 of 1 at 100, 5 of 2 at 101 | filled
        book sell
    """,
    "nobody trades with himself: the newer order stops": """
        1 sells 5 at 100 for 7     |                              | rests 5
        2 sells 5 at 100 for 8     |                              | rests 5
        3 buys 9 at 100 for 8      | 5 of 1 at 100                | self-trade 4
        book buy
        book sell 100x5
        4 buys 9 at 100 for 8 fok  |                              | self-trade 9
        5 buys 9 at market for 8   |                              | self-trade 9
        6 buys 9 at 99 for 8       |                              | rests 9
        7 sells 9 at market for 7  | 9 of 6 at 99                 | filled
    """,
    "orders of nobody may meet": """
        1 sells 5 at 100           |                              | rests 5
        2 buys 5 at 100            | 5 of 1 at 100                | filled
    """,
    "fill or kill may fill before its own order": """
        1 sells 5 at 100 for 7     |                              | rests 5
        2 sells 5 at 101 for 8     |                              | rests 5
        3 buys 5 at 101 for 8 fok  | 5 of 1 at 100                | filled
        book sell 101x5
    """,
    "less quantity keeps the place, more or another price loses it": """
        1 buys 10 at 100           |                              | rests 10
        2 buys 10 at 100           |                              | rests 10
        3 buys 10 at 100           |                              | rests 10
        1 becomes 4 at 100         |                              | rests 4
        book buy 100x4 100x10 100x10
        2 becomes 11 at 100        |                              | rests 11
        book buy 100x4 100x10 100x11
        1 becomes 4 at 99          |                              | rests 4
        1 becomes 4 at 100         |                              | rests 4
        book buy 100x10 100x11 100x4
        9 becomes 4 at 100         |                              | unknown 0
    """,
    "a replaced order may trade, but not with its owner": """
        1 buys 10 at 100 for 7     |                              | rests 10
        2 sells 4 at 102 for 8     |                              | rests 4
        3 sells 4 at 103 for 7     |                              | rests 4
        1 becomes 10 at 103        | 4 of 2 at 102                | self-trade 6
        book buy
        book sell 103x4
    """,
    "taking off and cancelling": """
        1 buys 10 at 100           |                              | rests 10
        2 buys 10 at 100           |                              | rests 10
        1 loses 4                  |                              | rests 6
        book buy 100x6 100x10
        1 loses 6                  |                              | removed 6
        1 loses 1                  |                              | unknown 0
        2 cancels                  |                              | removed 10
        2 cancels                  |                              | unknown 0
        2 buys 3 at 100            |                              | rests 3
        book buy 100x3
    """,
    "waiting orders may cross; who comes next is served in order": """
        1 waits to sell 5 at 100   |                              | rests 5
        2 waits to buy 6 at 101    |                              | rests 6
        book buy 101x6
        book sell 100x5
        3 buys 2 at 100            | 2 of 1 at 100                | filled
        4 sells 9 at 101           | 6 of 2 at 101                | rests 3
        book sell 100x3 101x3
    """,
}

OUTCOMES = {
    "filled": Outcome.FILLED,
    "rests": Outcome.RESTED,
    "cancels": Outcome.CANCELLED,
    "self-trade": Outcome.SELF_TRADE,
    "killed": Outcome.KILLED,
    "removed": Outcome.REMOVED,
    "unknown": Outcome.UNKNOWN,
}


def perform(book: Book, words: list[str]) -> Any:
    """Do what one line asks: ``3 buys 10 at 101 for 8 fok``."""
    order_id, verb = int(words[0]), words[1]
    remainder = {"ioc": IOC, "fok": FOK}.get(words[-1], STAY)
    owner = int(words[words.index("for") + 1]) if "for" in words else 0
    if verb == "cancels":
        return book.cancel(order_id) and None
    if verb == "loses":
        return book.reduce(order_id, int(words[2])) and None
    if verb == "becomes":
        return book.replace(order_id, int(words[4]), int(words[2]))
    if verb == "waits":
        side = Side.BUY if words[3] == "buy" else Side.SELL
        return book.rest(order_id, side, int(words[6]), int(words[4]), owner)
    side = Side.BUY if verb == "buys" else Side.SELL
    if words[4] == "market":
        return book.market(order_id, side, int(words[2]), owner)
    return book.limit(order_id, side, int(words[4]), int(words[2]), owner, remainder)


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    book = Book()
    for line in SCENARIOS[name].strip().splitlines():
        words = line.split()
        if words[0] == "book":
            side = Side[words[1].upper()]
            rows = [row for row in book.orders() if row["side"] == side]
            shown = [f"{row['price_ticks']}x{row['qty']}" for row in rows]
            assert shown == words[2:], line
            continue
        asked, expected_fills, expected = (part.strip() for part in line.split("|"))
        fills = perform(book, asked.split())
        text = ", ".join(f"{qty} of {maker} at {price}" for maker, price, qty in fills or ())
        assert text == expected_fills, line
        word, _, qty = expected.partition(" ")
        assert book.outcome() == (OUTCOMES[word], int(qty or 0)), line


def test_every_time_in_force_says_what_becomes_of_a_remainder() -> None:
    assert set(REMAINDER) == set(TimeInForce)


class Both(RuleBasedStateMachine):
    """The same messages to the book and to the oracle; everything visible must agree."""

    # Few ids, owners and prices, so that orders meet, repeat and queue up; 63/64 and 127/128 are
    # borders of the words of the bitset, the far prices move the window.
    ids = st.integers(0, 30)
    sides = st.sampled_from(Side)
    prices = st.one_of(
        st.integers(61, 66), st.integers(126, 129), st.sampled_from([0, 5000, 2**20, 2**31 - 1])
    )
    qtys = st.integers(1, 9)
    owners = st.integers(0, 3)

    def __init__(self) -> None:
        super().__init__()
        self.book, self.oracle = Book(), OracleBook()
        self.matched_only = True
        self.entered = self.traded = self.removed = 0
        self.arrived = self.gone = 0

    def same(self, got: Any, expected: Any) -> None:
        assert got == expected
        assert self.book.outcome() == self.oracle.outcome

    def same_fills(self, got: Any, expected: list[Any]) -> None:
        rows = [(fill.maker_id, fill.price_ticks, fill.qty) for fill in expected]
        self.same(got, tuple(rows) or None)
        self.traded += 2 * sum(fill.qty for fill in expected)
        outcome, left = self.book.outcome()
        if outcome in (Outcome.CANCELLED, Outcome.SELF_TRADE, Outcome.KILLED):
            self.removed += left

    @rule(order_id=ids, side=sides, price=prices, qty=qtys, owner=owners, how=st.integers(0, 2))
    def limit(self, order_id: int, side: Side, price: int, qty: int, owner: int, how: int) -> None:
        if self.oracle.find(order_id):
            with pytest.raises(ValueError, match="rests already"):
                self.book.limit(order_id, side, price, qty, owner, how)
            self.oracle.limit(order_id, side, price, qty, owner, how)
            return self.same(None, None)
        self.entered += qty
        fills = self.oracle.limit(order_id, side, price, qty, owner, how)
        return self.same_fills(self.book.limit(order_id, side, price, qty, owner, how), fills)

    @rule(order_id=ids, side=sides, qty=qtys, owner=owners)
    def market(self, order_id: int, side: Side, qty: int, owner: int) -> None:
        self.entered += qty
        fills = self.oracle.market(order_id, side, qty, owner)
        self.same_fills(self.book.market(order_id, side, qty, owner), fills)

    @precondition(lambda self: len(self.oracle.arrived) > 5)
    @rule(order_id=ids, side=sides, price=prices, qty=qtys, owner=owners)
    def rest(self, order_id: int, side: Side, price: int, qty: int, owner: int) -> None:
        if self.oracle.find(order_id) is None:
            self.oracle.rest(order_id, side, price, qty, owner)
            self.same(self.book.rest(order_id, side, price, qty, owner), None)
            self.matched_only = False
            self.entered += qty

    @rule(order_id=ids)
    def cancel(self, order_id: int) -> None:
        qty = self.book.cancel(order_id)
        self.same(qty, self.oracle.cancel(order_id))
        self.removed += max(qty, 0)

    @rule(order_id=ids, qty=qtys)
    def reduce(self, order_id: int, qty: int) -> None:
        order = self.oracle.find(order_id)
        if order and qty > order.qty:
            with pytest.raises(ValueError, match="at most what rests"):
                self.book.reduce(order_id, qty)
            return
        self.removed += qty if order else 0
        self.same(self.book.reduce(order_id, qty), self.oracle.reduce(order_id, qty))

    @rule(order_id=ids, price=prices, qty=qtys)
    def replace(self, order_id: int, price: int, qty: int) -> None:
        order = self.oracle.find(order_id)
        self.entered += qty - order.qty if order else 0
        fills = self.oracle.replace(order_id, price, qty)
        self.same_fills(self.book.replace(order_id, price, qty), fills)

    @rule(side=sides, price=prices, levels=st.integers(0, 5))
    def ask(self, side: Side, price: int, levels: int) -> None:
        assert self.book.reached(side, price) == self.oracle.reached(side, price)
        assert self.book.depth(side, levels) == self.oracle.depth(side, levels)

    @invariant()
    def same_book(self) -> None:
        assert self.book.orders().tolist() == self.oracle.orders()
        assert len(self.book) == len(self.oracle.arrived)
        assert self.book.seq == len(self.oracle.fills)
        for side in Side:
            assert self.book.best(side) == self.oracle.best(side)
            assert self.book.depth(side, 100) == self.oracle.depth(side, 100)

    @invariant()
    def quantity_is_conserved(self) -> None:
        resting = int(self.book.orders()["qty"].sum())
        assert self.entered == self.traded + self.removed + resting

    @invariant()
    def not_crossed(self) -> None:
        bid, ask = self.book.best(Side.BUY), self.book.best(Side.SELL)
        assert not self.matched_only or bid < 0 or ask < 0 or bid < ask


TestBothBooks = Both.TestCase
TestBothBooks.settings = settings(
    max_examples=120, stateful_step_count=60, deadline=None, derandomize=True
)
