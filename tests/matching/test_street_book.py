"""The street order by order against a plain list of orders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.instrument import InstrumentId
from matching.market import StreetCancel, StreetOrder, Trade
from matching.orders import Side
from matching.street_book import StreetBook, StreetPlace
from matching.units import AtNs, PriceTicks, Qty

NAME = InstrumentId("XSHG:600000")
T = AtNs(0)


def order(number: int, side: Side, price: int, qty: int) -> StreetOrder:
    return StreetOrder(T, T, number, NAME, number, side, PriceTicks(price), Qty(qty))


def cancel(number: int, side: Side, qty: int) -> StreetCancel:
    return StreetCancel(T, T, number, NAME, number, side, Qty(qty))


def trade(price: int, qty: int, aggressor: Side | None, buy: int, sell: int) -> Trade:
    return Trade(T, T, 0, NAME, PriceTicks(price), Qty(qty), aggressor, buy, sell)


def test_everybody_stands_in_line() -> None:
    book = StreetBook()
    for one in (
        order(1, Side.BUY, 100, 300),
        order(2, Side.BUY, 100, 200),
        order(3, Side.BUY, 101, 50),
        order(4, Side.SELL, 103, 10),
        order(5, Side.SELL, 102, 20),
    ):
        book.on(one)
    assert book.queue(Side.BUY, 100) == ((1, 300), (2, 200))
    assert book.depth(10) == (((101, 50), (100, 500)), ((102, 20), (103, 10)))
    assert book.depth(1) == (((101, 50),), ((102, 20),))
    assert (book.best(Side.BUY), book.best(Side.SELL), len(book)) == (101, 102, 5)
    assert (book.size(Side.BUY, 100), book.size(Side.BUY, 99)) == (500, 0)
    assert (book.find(2), book.find(9)) == (StreetPlace(Side.BUY, 100, 200), None)
    shown = book.display(NAME, T, 7, 1)
    assert (shown.bids, shown.asks, shown.levels_shown, shown.seq) == (*book.depth(1), 1, 7)


def test_a_cancel_keeps_the_place_of_what_is_left() -> None:
    book = StreetBook()
    book.on(order(1, Side.BUY, 100, 300))
    book.on(order(2, Side.BUY, 100, 200))
    book.on(cancel(1, Side.BUY, 100))
    assert book.queue(Side.BUY, 100) == ((1, 200), (2, 200))
    book.on(cancel(1, Side.BUY, 200))
    assert book.queue(Side.BUY, 100) == ((2, 200),)
    book.on(cancel(2, Side.BUY, 200))
    assert (book.depth(5), book.best(Side.BUY), len(book)) == (((), ()), None, 0)


def test_a_taker_that_is_published_as_its_remainder_pays_once() -> None:
    """Shanghai: buyer 9 takes 60 of seller 1, and only its last 40 are ever told as an order."""
    book = StreetBook()
    book.on(order(1, Side.SELL, 100, 60))
    book.on(trade(100, 60, Side.BUY, 9, 1))
    book.on(order(9, Side.BUY, 100, 40))
    assert book.depth(5) == (((100, 40),), ())


def test_an_auction_takes_from_both_sides() -> None:
    book = StreetBook()
    book.on(order(1, Side.BUY, 101, 100))
    book.on(order(2, Side.SELL, 99, 70))
    book.on(trade(100, 70, None, 1, 2))
    assert book.depth(5) == (((101, 30),), ())
    book.clear()
    assert (book.depth(5), len(book)) == (((), ()), 0)


@pytest.mark.parametrize(
    "broken",
    [
        order(1, Side.SELL, 105, 10),
        order(7, Side.SELL, 105, 0),
        cancel(7, Side.BUY, 10),
        cancel(1, Side.BUY, 301),
        cancel(1, Side.BUY, 0),
        trade(100, 301, Side.SELL, 1, 9),
        trade(100, 250, None, 1, 2),
    ],
)
def test_a_broken_sequence_changes_nothing(broken: StreetOrder | StreetCancel | Trade) -> None:
    book = StreetBook()
    book.on(order(1, Side.BUY, 100, 300))
    book.on(order(2, Side.SELL, 100, 200))
    before = (book.depth(9), len(book))
    with pytest.raises(ValueError, match="street order"):
        book.on(broken)
    assert (book.depth(9), len(book)) == before


@given(
    st.lists(
        st.tuples(st.sampled_from(Side), st.integers(1, 6), st.integers(1, 9), st.booleans()),
        max_size=40,
    )
)
def test_it_agrees_with_a_plain_list(steps: list[tuple[Side, int, int, bool]]) -> None:
    """Each step is an order, or takes from the oldest order of that side and price."""
    book, plain = StreetBook(), list[list[int]]()
    for number, (side, price, qty, takes) in enumerate(steps):
        oldest = next((one for one in plain if one[1:3] == [side, price]), None)
        if takes and oldest:
            taken = min(qty, oldest[3])
            book.on(cancel(oldest[0], side, taken))
            oldest[3] -= taken
            plain = [one for one in plain if one[3]]
        else:
            book.on(order(number, side, price, qty))
            plain.append([number, side, price, qty])
        for one_side in Side:
            prices = sorted({one[2] for one in plain if one[1] == one_side}, reverse=not one_side)
            sizes = [sum(o[3] for o in plain if o[1:3] == [one_side, p]) for p in prices]
            assert book.levels(one_side) == tuple(zip(prices, sizes, strict=True))
            for p in prices:
                line = [(o[0], o[3]) for o in plain if o[1:3] == [one_side, p]]
                assert book.queue(one_side, p) == tuple(line)
