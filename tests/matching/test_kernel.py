"""The kernel under load: long random flows against the oracle, growth, windows, ids, callers."""

from __future__ import annotations

import contextlib
import gc
from typing import Any

import numpy as np
import pytest
from numba import njit

from matching import kernel_layout
from matching.book import (
    CANCEL,
    FILL,
    LIMIT,
    MARKET,
    MESSAGE,
    OUTCOME,
    REDUCE,
    REPLACE,
    REST,
    RESTING,
    STAY,
    Book,
    Outcome,
)
from matching.kernel_bits import level_index, next_key
from matching.kernel_layout import fill_at, head_of, level_at, order_at
from matching.kernel_queues import find
from matching.kernel_run import execute
from matching.orders import Side
from tests.matching.oracle_book import OracleBook

KINDS = [LIMIT, MARKET, CANCEL, REPLACE, REST, REDUCE]


def random_messages(seed: int, count: int) -> np.ndarray[Any, Any]:
    """Messages around one price, its width and the reuse of ids drawn from the seed."""
    rng = np.random.default_rng(seed)
    spread = int(rng.choice([2, 40, 5_000, 2_000_000]))
    # Word borders of every layer of the bitset, and both ends of the price range.
    centre = int(rng.choice([0, 64, 4_096, 64**3, 64**4, 2**31 - 1]))
    ids = int(rng.choice([20, count]))
    step = int(rng.choice([1, 64, 2**20, 2**40 + 1]))
    messages = np.zeros(count, MESSAGE)
    messages["kind"] = rng.choice(KINDS, count, p=[0.45, 0.1, 0.2, 0.1, 0.05, 0.1])
    messages["side"] = rng.integers(0, 2, count)
    messages["time_in_force"] = rng.choice([0, 0, 0, 1, 2], count)
    prices = centre + rng.integers(-spread, spread + 1, count)
    messages["price_ticks"] = np.clip(prices, 0, 2**31 - 1)
    messages["order_id"] = rng.integers(0, ids, count) * step
    messages["qty"] = rng.integers(1, 30, count)
    messages["owner"] = rng.integers(0, 6, count)
    return messages


def apply_to_oracle(oracle: OracleBook, message: Any) -> None:
    side, order_id, price = (
        int(message["side"]),
        int(message["order_id"]),
        int(message["price_ticks"]),
    )
    qty, owner = int(message["qty"]), int(message["owner"])
    match int(message["kind"]):
        case kernel_layout.LIMIT:
            oracle.limit(order_id, side, price, qty, owner, int(message["time_in_force"]))
        case kernel_layout.MARKET:
            oracle.market(order_id, side, qty, owner)
        case kernel_layout.CANCEL:
            oracle.cancel(order_id)
        case kernel_layout.REPLACE:
            oracle.replace(order_id, price, qty)
        case kernel_layout.REST:
            oracle.rest(order_id, side, price, qty, owner)
        case kernel_layout.REDUCE:
            oracle.reduce(order_id, qty)


def without_too_large_reductions(messages: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A reduction by more than rests stops a batch; the oracle knows which ones would."""
    oracle = OracleBook()
    keep = np.ones(len(messages), bool)
    for i, message in enumerate(messages):
        order = oracle.find(int(message["order_id"]))
        if message["kind"] == REDUCE and order and message["qty"] > order.qty:
            keep[i] = False
        else:
            apply_to_oracle(oracle, message)
    return messages[keep]


@pytest.mark.parametrize("seed", range(48))
def test_random_flow_in_batches(seed: int) -> None:
    messages = without_too_large_reductions(random_messages(seed, 600))
    book, oracle = Book(), OracleBook()
    outcomes = np.zeros(len(messages), OUTCOME)
    expected: list[tuple[int, int]] = []
    fills = []
    for start in range(0, len(messages), 150):
        part = messages[start : start + 150]
        for message in part:
            apply_to_oracle(oracle, message)
            expected.append(oracle.outcome)
        fills += book.apply_batch(part, outcomes[start : start + 150]).tolist()
        assert book.orders().tolist() == oracle.orders()
    assert fills == oracle.fills
    assert outcomes.tolist() == expected


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


def test_a_bound_function_keeps_its_book_alive() -> None:
    book = Book()
    limit, depth = book.limit, book.depth
    del book
    gc.collect()
    for k in range(500):
        limit(k, Side.SELL, 100 + k % 50, 1)
    assert depth(Side.SELL, 1) == [(100, 10, 10)]


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
        slot = kernel_layout.i64(level_at(head, level_index(head, side, key)).head)
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
