"""The flows are what they say: repeatable, without dead ids, and every replace loses its place."""

from __future__ import annotations

import numpy as np
import pytest

from matching.book import CANCEL, LIMIT, MARKET, OUTCOME, REPLACE, Book, Outcome
from simtrade.bench.flow import Flow, adversarial, churn, normal, wide


@pytest.fixture(scope="module", params=[normal, adversarial, wide])
def flow(request: pytest.FixtureRequest) -> Flow:
    made: Flow = request.param(30_000)
    return made


def test_a_flow_is_the_same_every_time() -> None:
    assert normal(3_000).messages.tobytes() == normal(3_000).messages.tobytes()


def test_every_message_finds_what_it_names(flow: Flow) -> None:
    book, outcomes = Book(), np.zeros(len(flow.messages), OUTCOME)
    book.apply_batch(flow.messages, outcomes)
    refused = (Outcome.UNKNOWN, Outcome.DUPLICATE, Outcome.SELF_TRADE, Outcome.REFUSED)
    assert not np.isin(outcomes["outcome"], refused).any()
    assert len(flow.messages) == 30_000
    assert flow.messages["price_ticks"].max() < flow.prices
    assert flow.messages["order_id"].max() < flow.ids


def test_a_replace_never_keeps_its_place(flow: Flow) -> None:
    book = Book()
    messages = flow.messages
    replaced = np.flatnonzero(messages["kind"] == REPLACE)[:200]
    start = 0
    for i in replaced:
        book.apply_batch(messages[start:i])
        start = i
        rows = book.orders()
        old = rows[rows["order_id"] == messages["order_id"][i]][0]
        assert old["price_ticks"] != messages["price_ticks"][i] or old["qty"] < messages["qty"][i]


def test_the_normal_flow_has_its_mix() -> None:
    messages = normal(60_000).messages[20_000:]
    shares = np.bincount(messages["kind"], minlength=5) / len(messages)
    assert 0.4 < shares[LIMIT] < 0.6
    assert 0.35 < shares[CANCEL] < 0.5
    assert 0.02 < shares[MARKET] < 0.05
    assert 0.03 < shares[REPLACE] < 0.06


def test_churn_keeps_as_many_resting() -> None:
    first, second = churn(2_000, 10_000)
    book, outcomes = Book(), np.zeros(len(second), OUTCOME)
    assert len(book.apply_batch(first)) == 0
    assert len(book) == 2_000
    assert len(book.apply_batch(second, outcomes)) == 0
    assert len(book) == 2_000
    assert set(outcomes["outcome"].tolist()) == {Outcome.REMOVED, Outcome.RESTED}
