"""The probes measure what they say; how fast this machine is does not matter here."""

from __future__ import annotations

import sys

import pytest

from matching.book import MESSAGE
from simtrade.bench.engines import BookByBatch, BookByCalls
from simtrade.bench.flow import normal
from simtrade.bench.probes import bytes_per_order, churn_ns, latencies


def test_latencies_are_one_for_each_message_after_the_first_ones() -> None:
    times = latencies(BookByCalls(), normal(3_000), count=2_000, skip=500, rounds=1)
    assert len(times) == 1_500
    assert times.min() > 0


def test_churn_is_measured_by_calls_and_by_batch() -> None:
    calls, batch = BookByCalls(), BookByBatch()
    assert churn_ns(batch, 500, 1) > 0
    assert churn_ns(calls, 500, 1) > 0
    assert len(calls.book) == len(batch.book) == 500


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_an_order_at_rest_takes_at_most_64_bytes() -> None:
    """The promise of the design, measured as growth of a fresh process."""
    measured = bytes_per_order(100_000)
    assert measured is not None
    assert MESSAGE.itemsize < measured <= 64
