"""Long random flows in batches against the oracle: every rule, far prices, repeated ids."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matching import kernel_layout
from matching.book import CANCEL, LIMIT, MARKET, MESSAGE, OUTCOME, REDUCE, REPLACE, REST, Book
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
