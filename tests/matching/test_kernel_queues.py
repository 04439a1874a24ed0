"""Growth of every table, and ids of every shape."""

from __future__ import annotations

import numpy as np
import pytest

from matching.book import MESSAGE, Book, Outcome
from matching.orders import Side


def test_many_orders_on_many_levels_survive_every_growth() -> None:
    """All tables double many times while every order keeps its place."""
    book, count = Book(), 20_000
    messages = np.zeros(count, MESSAGE)
    messages["order_id"] = np.arange(count) * 8_191 % 2**61
    messages["price_ticks"] = 1_000_000 + np.arange(count) * 7_919 % 3_000
    messages["qty"] = 1 + np.arange(count) % 97
    assert len(book.apply_batch(messages)) == 0
    rows = book.orders()
    assert len(rows) == len(book) == count
    order = np.lexsort((np.arange(count), -messages["price_ticks"].astype(np.int64)))
    assert rows["order_id"].tolist() == messages["order_id"][order].tolist()
    total = int(messages["qty"].sum())
    fills = book.market(-1 + 2**62, Side.SELL, total)
    assert fills is not None
    assert [fill[0] for fill in fills] == rows["order_id"].tolist()
    assert len(book) == 0
    assert book.best(Side.BUY) == -1
    assert book.outcome() == (Outcome.FILLED, 0)


@pytest.mark.parametrize("expected", [1, 64, 65, 5_000])
def test_expecting_orders_changes_nothing_but_the_first_size(expected: int) -> None:
    book = Book(expected)
    for k in range(3_000):
        book.limit(k, Side.BUY, 100 + k % 700, 1)
    assert len(book) == 3_000
    assert book.depth(Side.BUY, 1) == [(799, 4, 4)]


def test_a_book_expects_at_least_one_order() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Book(0)


@pytest.mark.parametrize("step", [1, 2, 64, 4_096, 2**20, 2**32, 2**48 + 1, 3**30])
def test_ids_at_any_distance_are_found_and_forgotten(step: int) -> None:
    book = Book()
    ids = [k * step % 2**62 for k in range(2_000)]
    for order_id in ids:
        book.rest(order_id, Side.SELL, 100, 1)
    for order_id in ids[::2]:
        assert book.cancel(order_id) == 1
        assert book.cancel(order_id) == -1
    assert book.reached(Side.SELL, 100) == ids[1::2]


def test_one_order_may_trade_with_everybody_in_a_book_that_never_grew() -> None:
    book = Book(8_192)
    for k in range(5_000):
        book.rest(k, Side.SELL, 100, 1)
    # There must be room for a fill with each before the first of them is written.
    assert book.limit(9_999, Side.BUY, 99, 1) is None
    assert int(book._head["fill_capacity"][0]) > 5_000
    fills = book.market(10_000, Side.BUY, 6_000)
    assert fills == tuple((k, 100, 1) for k in range(5_000))
