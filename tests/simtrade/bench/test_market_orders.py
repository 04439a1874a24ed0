from __future__ import annotations

import pytest

from feeds.order_feed import OrderFeed
from matching.market import DataKind
from simtrade.bench import market_orders
from simtrade.bench.deep_market import episodes, generate, true_prices
from simtrade.bench.market_orders import MODELS, MarketFigures, measure


def test_the_exchange_remembers_and_the_simple_models_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(market_orders, "MESSAGES", 6_000)
    monkeypatch.setattr(market_orders, "CASES", ((1_000, 5),))
    told: list[tuple[int, int]] = []
    found = {one.model: one for one in measure(1, 60, lambda *done: told.append(done))}
    assert told == [(0, 1)]
    assert abs(found["exchange"].error_ticks) < 0.15
    assert found["walk"].error_ticks < -0.5
    assert found["all_at_best"].error_ticks < found["walk"].error_ticks
    assert all(one.episodes > 50 for one in found.values())


def test_a_single_order_is_told_exactly() -> None:
    market = generate(3, 3_000)
    wanted = [one._replace(children=1) for one in episodes(market, 3, 30, qty=900, apart=5)]
    feed = OrderFeed(market.tape, DataKind.DEPTH)
    truth = true_prices(market, wanted)
    assert MODELS["exchange"](market, feed, wanted) == truth
    assert MODELS["walk"](market, feed, wanted) == truth
    assert MODELS["all_at_best"](market, feed, wanted) != truth


def test_only_the_exchange_is_judged() -> None:
    assert MarketFigures("exchange", 300, 5, 9, -0.1).holds is True
    assert MarketFigures("exchange", 300, 5, 9, 0.101).holds is False
    assert MarketFigures("walk", 300, 5, 9, -9.0).as_json()["holds"] is None
