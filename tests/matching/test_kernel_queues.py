"""Growth of every table, and ids of every shape."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numba import njit

from matching.book import MESSAGE, Book, Outcome
from matching.kernel_layout import head_of
from matching.kernel_queues import MOST_BITS_AT_FIRST, bucket_of
from matching.orders import Side


@njit  # type: ignore[untyped-decorator]
def bucket(state: int, order_id: int) -> int:
    return int(bucket_of(head_of(state), order_id))


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


@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_ids_that_share_a_bucket_are_told_apart(count: int) -> None:
    """A duplicate is known wherever it stands in its chain, and each leaves from its own place."""
    seen: dict[int, list[int]] = {}
    fresh = Book()
    for order_id in range(0, 2**20, 61):
        seen.setdefault(bucket(fresh.state, order_id), []).append(order_id)
    ids = max(seen.values(), key=len)[:count]
    assert len(ids) == count
    for removed in range(count):
        book = Book()
        for order_id in ids:
            book.rest(order_id, Side.BUY, 100, 1)
        for order_id in ids:
            with pytest.raises(ValueError, match="rests already"):
                book.limit(order_id, Side.BUY, 100, 1)
        assert book.cancel(ids[removed]) == 1
        assert book.cancel(ids[removed]) == -1
        book.rest(ids[removed], Side.BUY, 100, 1)
        assert book.reached(Side.BUY, 100) == ids[:removed] + ids[removed + 1 :] + [ids[removed]]


def test_there_is_at_least_the_room_that_is_counted() -> None:
    """``spare`` new orders fit, whatever trades, leaves or is handed out in between."""
    rng = np.random.default_rng(4)
    book, least = Book(), 1 << 20
    for turn in range(4_000):
        kind = int(rng.integers(0, 4))
        if kind == 0:
            book.cancel(int(rng.integers(0, turn + 1)))
        elif kind == 1:
            book.market(turn, int(rng.integers(0, 2)), int(rng.integers(1, 9)))
        else:
            side = int(rng.integers(0, 2))
            book.limit(turn, side, 10_000 + (2 * side - 1) * int(rng.integers(0, 900)), 5)
        head = book._head[0]
        room = min(
            head["order_capacity"] - head["n_live"],
            head["level_capacity"] - head["live_levels"],
            head["fill_capacity"] - head["n_fills"] - head["n_live"],
        )
        assert 0 <= head["spare"] <= room
        assert head["live_levels"] == len(book.depth(0, 9_999)) + len(book.depth(1, 9_999))
        least = min(least, int(head["spare"]))
    assert least == 0


HUGE = Path("/sys/kernel/mm/transparent_hugepage/enabled")


@pytest.mark.skipif(not HUGE.exists(), reason="this system has no huge pages to ask for")
def test_a_very_large_book_asks_for_large_pages() -> None:
    def flags(address: int) -> list[str]:
        inside = False
        for line in Path("/proc/self/smaps").read_text().splitlines():
            first = line.split()[0]
            if "-" in first:
                start, end = (int(bound, 16) for bound in first.split("-"))
                inside = start <= address < end
            elif inside and first == "VmFlags:":
                return line.split()[1:]
        raise AssertionError(address)

    count = 2**MOST_BITS_AT_FIRST
    book = Book(2 * count)
    messages = np.zeros(count + 1, MESSAGE)
    messages["order_id"] = np.arange(count + 1)
    messages["price_ticks"], messages["qty"] = 100, 1
    book.apply_batch(
        messages
    )  # whether a smaller book has them too depends on what lay there before
    assert "hg" in flags(int(book._head["orders_at"][0]) + 2**22)
    assert book.depth(Side.BUY, 1) == [(100, count + 1, count + 1)]
