"""Single calls: their arguments, errors, and whose memory they use."""

from __future__ import annotations

import contextlib
import gc
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest

from matching.book import CANCEL, LIMIT, MARKET, Book, Outcome
from matching.book import __file__ as book_file
from matching.orders import Side
from tests.matching.test_kernel import random_messages


def test_batch_and_single_messages_are_the_same() -> None:
    messages = random_messages(5, 3_000)
    messages = messages[np.isin(messages["kind"], (LIMIT, MARKET, CANCEL))]
    batch, single = Book(), Book()
    fills = batch.apply_batch(messages)
    again: list[tuple[int, ...]] = []
    for kind, side, remainder, _, price, order_id, qty, owner in messages.tolist():
        got = None
        if kind == MARKET:
            got = single.market(order_id, side, qty, owner)
        elif kind == CANCEL:
            single.cancel(order_id)
        else:
            # A batch reports an id that rests already, a call raises.
            with contextlib.suppress(ValueError):
                got = single.limit(order_id, side, price, qty, owner, remainder)
        again += [(order_id, *fill) for fill in got or ()]
    assert len(again) > 100
    assert fills[["taker_id", "maker_id", "price_ticks", "qty"]].tolist() == again
    assert single.orders().tolist() == batch.orders().tolist()


@pytest.mark.parametrize("order_id", [-1, 2**62, 2**64, 1.5, "1", None])
def test_ids_outside_their_range_are_refused(order_id: Any) -> None:
    book = Book()
    for call in (
        lambda: book.limit(order_id, 0, 1, 1),
        lambda: book.market(order_id, 0, 1),
        lambda: book.rest(order_id, 0, 1, 1),
        lambda: book.replace(order_id, 1, 1),
        lambda: book.reduce(order_id, 1),
        lambda: book.cancel(order_id),
    ):
        with pytest.raises((ValueError, TypeError, OverflowError)):
            call()


@pytest.mark.parametrize(
    ("side", "price", "qty", "owner", "remainder"),
    [
        (-1, 1, 1, 0, 0),
        (2, 1, 1, 0, 0),
        (256, 1, 1, 0, 0),
        (0, -1, 1, 0, 0),
        (0, 2**31, 1, 0, 0),
        (0, 1, 0, 0, 0),
        (0, 1, -5, 0, 0),
        (0, 1, 2**50, 0, 0),
        (0, 1, 1, -1, 0),
        (0, 1, 1, 0, 3),
        (0, 1, 1, 0, -1),
    ],
)
def test_malformed_limits_are_refused_and_change_nothing(
    side: int, price: int, qty: int, owner: int, remainder: int
) -> None:
    book = Book()
    with pytest.raises(ValueError, match="order_id must be in"):
        book.limit(1, side, price, qty, owner, remainder)
    assert len(book) == 0
    assert book.outcome() == (Outcome.REFUSED, 0)


def test_wrong_numbers_of_arguments_are_type_errors() -> None:
    book: Any = Book()
    for call in (
        lambda: book.limit(1, 0, 1),
        lambda: book.limit(1, 0, 1, 1, 1, 1, 1),
        lambda: book.market(1, 0),
        lambda: book.rest(1, 0, 1),
        lambda: book.replace(1, 1),
        lambda: book.reduce(1),
        lambda: book.cancel(),
        lambda: book.reached(0),
        lambda: book.depth(0),
        lambda: book.outcome(1),
    ):
        with pytest.raises(TypeError):
            call()


@pytest.mark.parametrize("bad", ["best", "reached", "depth"])
def test_questions_about_no_side_are_refused(bad: str) -> None:
    book: Any = Book()
    with pytest.raises(ValueError, match="side 0 or 1"):
        getattr(book, bad)(*(2,) if bad == "best" else (2, 1))


def test_a_bound_function_keeps_its_book_alive() -> None:
    book = Book()
    limit, depth = book.limit, book.depth
    del book
    gc.collect()
    for k in range(500):
        limit(k, Side.SELL, 100 + k % 50, 1)
    assert depth(Side.SELL, 1) == [(100, 10, 10)]


def _held_for_books() -> int:
    """Bytes that this file and the book still hold; what other threads of the process allocate
    (a test runner's, a server's of an earlier test) is not theirs."""
    held = tracemalloc.take_snapshot().filter_traces(
        [tracemalloc.Filter(True, file) for file in (__file__, book_file)]
    )
    return sum(trace.size for trace in held.traces)


def test_the_memory_of_a_book_goes_with_it() -> None:
    def use() -> None:
        book = Book()
        for k in range(500):
            book.limit(k, k & 1, 100 + 10_000 * (k & 1) + k, 1)

    use()
    tracemalloc.start()
    before = _held_for_books()
    for _ in range(50):
        use()
    gc.collect()
    grown = _held_for_books() - before
    tracemalloc.stop()
    assert grown < 500_000, "fifty kept books are twenty times as much"


def test_answers_are_new_objects_that_nobody_else_holds() -> None:
    book = Book()
    big = 2**40
    for k in range(100):
        book.limit(big + k, Side.SELL, 10_000, 1)
    ids, depth = book.reached(Side.SELL, 10_000), book.depth(Side.SELL, 1)
    fills = book.market(1, Side.BUY, 50)
    assert fills is not None
    # Each is held by a name or its container, the tuple of the loop, the loop, and the call.
    for answer in (ids, depth, fills, ids[0], depth[0], fills[0], fills[0][0]):
        assert sys.getrefcount(answer) == 4
    none = sys.getrefcount(None)
    for k in range(10_000):
        book.limit(k, Side.BUY, 5, 1)
    assert abs(sys.getrefcount(None) - none) < 1_000
