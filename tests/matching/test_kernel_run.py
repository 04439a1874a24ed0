"""Whole batches, and compiled functions of others that drive and read a book."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

from matching import kernel_layout
from matching.book import (
    CANCEL,
    FILL,
    LIMIT,
    MESSAGE,
    OUTCOME,
    REPLACE,
    RESTING,
    STAY,
    Book,
    Outcome,
)
from matching.kernel_bits import level_index, next_key
from matching.kernel_layout import fill_at, head_of, level_at, order_at
from matching.kernel_queues import find
from matching.kernel_run import LARGE, execute
from matching.orders import Side


def test_a_malformed_message_stops_a_batch_and_loses_nothing() -> None:
    book = Book()
    messages = np.zeros(4, MESSAGE)
    messages["order_id"] = [1, 2, 3, 4]
    messages["side"] = [0, 1, 2, 0]
    messages["price_ticks"], messages["qty"] = 100, 5
    with pytest.raises(ValueError, match="message 2 is malformed"):
        book.apply_batch(messages)
    assert [fill["maker_id"] for fill in book.fills()] == [1]
    assert len(book.fills()) == 0
    assert len(book) == 0


def test_batches_of_the_wrong_shape_are_refused() -> None:
    book, messages = Book(), np.zeros(4, MESSAGE)
    frozen = np.zeros(4, OUTCOME)
    frozen.flags.writeable = False
    for rows, outcomes in (
        (np.zeros(4, FILL), None),
        (messages[::2], None),
        (messages.reshape(2, 2), None),
        (messages, np.zeros(3, OUTCOME)),
        (messages, np.zeros(4, RESTING)),
        (messages, frozen),
    ):
        with pytest.raises(ValueError, match=r"expected a contiguous|writeable"):
            book.apply_batch(rows, outcomes)
    assert book.apply_batch(messages[:0]).tolist() == []


def test_a_large_book_that_looks_ahead_does_the_same() -> None:
    """Above LARGE orders a batch reads ahead of itself; single messages never do."""
    rng = np.random.default_rng(3)
    count, resting = 6_000, LARGE + 2_000
    messages = np.zeros(resting + count, MESSAGE)
    messages["kind"] = LIMIT
    messages["order_id"] = np.arange(resting + count)
    messages["side"] = rng.integers(0, 2, resting + count)
    messages["price_ticks"] = 5_000 + rng.integers(-40, 41, resting + count)
    messages["qty"] = rng.integers(1, 9, resting + count)
    away = np.where(messages["side"][:resting] == 0, 4_959, 5_041)
    messages["price_ticks"][:resting] = away
    later = messages[resting:]
    later["kind"] = rng.choice([LIMIT, CANCEL, REPLACE], count)
    named = later["kind"] != LIMIT
    later["order_id"][named] = rng.integers(0, resting + count, named.sum())
    batch, single = Book(), Book()
    fills = batch.apply_batch(messages)
    for row in messages:
        single.apply_batch(row.reshape(1))
    assert len(batch) > LARGE
    assert batch.seq == single.seq == len(fills) > 100
    assert batch.orders().tolist() == single.orders().tolist()


@njit(nogil=True)  # type: ignore[untyped-decorator]
def _market_of_its_own(state: int, count: int) -> int:
    """A compiled loop that places orders, reads its fills and cancels what it finds."""
    head = head_of(state)
    traded = 0
    for i in range(count):
        execute(state, LIMIT, i & 1, i, 1_000 + i * 7 % 31, 1 + i % 5, 0, STAY)
        for k in range(head.n_fills):
            traded += fill_at(head, k).qty
        head.n_fills = 0
        if i % 10 == 9 and find(head, i - 5) != 0:
            execute(state, CANCEL, 0, i - 5, 0, 0, 0, STAY)
    return traded


@njit  # type: ignore[untyped-decorator]
def _front_orders(state: int, side: int, out: Any) -> int:
    """Ids of the first order of each level, best first, read from inside compiled code."""
    head = head_of(state)
    n = 0
    key = next_key(head, side, -1)
    while key >= 0:
        slot = kernel_layout.i64(level_at(head, level_index(head, key)).head)
        out[n] = order_at(head, slot).order_id
        n += 1
        key = next_key(head, side, key)
    return n


def test_another_compiled_function_drives_a_book() -> None:
    book, plain = Book(), Book()
    traded = _market_of_its_own(book.state, 5_000)
    expected = 0
    for i in range(5_000):
        fills = plain.limit(i, i & 1, 1_000 + i * 7 % 31, 1 + i % 5)
        expected += sum(fill[2] for fill in fills or ())
        if i % 10 == 9:
            plain.cancel(i - 5)
    assert traded == expected > 0
    assert book.orders().tolist() == plain.orders().tolist()
    assert len(book.fills()) == 0


def test_another_compiled_function_reads_a_book() -> None:
    book = Book()
    for k in range(40):
        book.rest(k, Side.BUY, 500 - k % 13, 1)
    out = np.zeros(64, np.int64)
    count = _front_orders(book.state, Side.BUY, out)
    assert out[:count].tolist() == list(range(13))


@njit  # type: ignore[untyped-decorator]
def _malformed(state: int) -> int:
    refused = 0
    for side, price, remainder in ((256, 100, 0), (-1, 100, 0), (0, 1 << 32, 0), (0, 100, 256)):
        outcome = execute(state, LIMIT, side, 1, price, 5, 0, remainder)
        refused += outcome == 8 and head_of(state).outcome == 8
    return refused


def test_what_does_not_fit_a_message_is_refused_from_compiled_code_too() -> None:
    book = Book()
    assert _malformed(book.state) == 4
    assert Outcome.REFUSED == 8
    assert len(book) == 0
