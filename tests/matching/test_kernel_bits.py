"""The window of prices and the search for the next occupied one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from matching.book import Book
from matching.orders import Side


def test_the_window_follows_the_market_and_keeps_far_orders() -> None:
    book = Book()
    far = [(1, Side.BUY, 3), (2, Side.SELL, 2**31 - 1), (3, Side.BUY, 2**30)]
    for order_id, side, price in far:
        book.limit(order_id, side, price, 1)
    for i, price in enumerate(range(2**30 + 1, 2**31 - 2, 50_000_017)):
        book.limit(10 + i, Side.SELL, price, 1)
        assert book.reached(Side.SELL, price) == [10 + i]
        assert book.cancel(10 + i) == 1
    assert book.depth(Side.BUY, 9) == [(2**30, 1, 1), (3, 1, 1)]
    assert book.depth(Side.SELL, 9) == [(2**31 - 1, 1, 1)]


def test_an_order_that_cannot_rest_does_not_widen_the_window() -> None:
    book = Book()
    book.limit(1, Side.SELL, 100, 5)
    width = int(book._head["width"][0])
    assert book.limit(2, Side.BUY, 2**31 - 1, 5, 0, 1) == ((1, 100, 5),)
    assert int(book._head["width"][0]) == width


def test_a_window_that_moves_back_and_forth_does_not_grow_without_need() -> None:
    book = Book()
    for turn in range(200):
        book.limit(turn, turn & 1, 1_000_000 * (turn % 7), 1)
        assert book.cancel(turn) == 1
    assert int(book._head["width"][0]) == 64
    assert int(book._head["n_blocks"][0]) == 1


@pytest.mark.parametrize("price", [0, 62, 63, 64, 65, 127, 128, 4_095, 4_096, 64**3 - 1, 64**3])
@pytest.mark.parametrize("gap", [1, 63, 64, 65, 4_096, 64**3])
def test_the_next_price_is_found_across_word_borders(price: int, gap: int) -> None:
    for side, sign in ((Side.BUY, -1), (Side.SELL, 1)):
        book = Book()
        prices = [price + gap * k for k in range(4)][::sign]
        for k, level in enumerate(prices):
            book.rest(k, side, level, 1)
        assert [row[0] for row in book.depth(side, 9)] == prices
        for k, level in enumerate(prices):
            assert book.best(side) == level
            book.cancel(k)
        assert book.best(side) == -1


NO_MEMORY = """
import resource
from matching.book import Book, Outcome
book = Book()
book.limit(1, 0, 100, 5)
used = int(open("/proc/self/statm").read().split()[0]) * 4096
resource.setrlimit(resource.RLIMIT_AS, (used + 100_000_000, -1))
try:
    book.limit(2, 1, 2**31 - 1, 5)
except MemoryError:
    assert book.outcome() == (Outcome.NO_MEMORY, 0)
    assert book.limit(3, 1, 100, 5) == ((1, 100, 5),)
    print("refused and unharmed")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_window_there_is_no_memory_for_is_an_error_that_changes_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", NO_MEMORY], capture_output=True, text=True)
    assert done.stdout.strip() == "refused and unharmed", done.stderr
