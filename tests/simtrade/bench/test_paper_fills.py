from __future__ import annotations

import pytest

from feeds.order_feed import OrderFeed
from matching.market import DataKind
from matching.orders import FillProfile
from simtrade.bench.paper_fills import paper_fills
from simtrade.bench.passive_probes import Case, choose
from simtrade.bench.true_fills import true_fills
from tests.feeds.l2_sample import SampleDay

CASE = Case(300, 900)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shown_every_order_the_exchange_fills_exactly_as_the_queue(seed: int) -> None:
    tape = SampleDay(seed, steps=300).tape()
    feed = OrderFeed(tape, DataKind.ORDERS)
    probes = choose(feed.day, CASE, 150, seed)
    true = true_fills(feed.day, probes)
    assert sum(one.qty for one in true) > 0
    for profile in (FillProfile.STANDARD, FillProfile.STRICT):
        orders = [(one, profile) for one in probes]
        assert paper_fills(feed, orders, lambda _done: None) == true


def test_lesser_data_is_strict_or_probable() -> None:
    tape = SampleDay(1, steps=300).tape()
    probes = choose(OrderFeed(tape).day, CASE, 150, 1)
    true = sum(one.qty for one in true_fills(OrderFeed(tape).day, probes))
    for kind in DataKind:
        feed, told = OrderFeed(tape, kind), list[int]()
        filled = {
            profile: sum(
                one.qty for one in paper_fills(feed, [(p, profile) for p in probes], told.append)
            )
            for profile in FillProfile
        }
        assert told[0] == 0
        assert filled[FillProfile.STRICT] <= filled[FillProfile.STANDARD] * 1.001
        if kind is DataKind.DEPTH:
            assert abs(filled[FillProfile.STANDARD] - true) < 0.05 * true
