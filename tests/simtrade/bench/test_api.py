"""``simtrade bench api``: what fifty programs were told is on the disk."""

from __future__ import annotations

import pytest

from simtrade.bench import api
from simtrade.bench.api import ApiResult, run


def test_a_thousand_orders_of_fifty_programs_are_durable_and_single() -> None:
    result = run(keys=50, orders=1_000)
    assert (result.lost, result.doubled, result.holds) == (0, 0, True)
    alone, together = result.figures
    assert (alone.keys, together.keys) == (1, 50)
    assert result.acknowledged == 1 + alone.orders + together.orders == 1_201


def test_what_is_missing_or_twice_in_the_journal_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = api._journal_counts

    def spoilt(data: object) -> object:
        found = counts(data)  # type: ignore[arg-type]
        del found["k0-0"]
        found["k0-1"] += 1
        return found

    monkeypatch.setattr(api, "_journal_counts", spoilt)
    result = run(keys=1, orders=3)
    assert (result.lost, result.doubled, result.holds) == (1, 1, False)


def test_one_lost_order_is_enough() -> None:
    assert not ApiResult((), 1, 1, 0).holds
    assert not ApiResult((), 1, 0, 1).holds
    assert ApiResult((), 1, 0, 0).holds
