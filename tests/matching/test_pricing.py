"""Orders that take their limit from the market."""

from __future__ import annotations

import pytest

from matching.market import DataKind
from tests.matching.scenario import Scenario, rules


def made(kind: str, data: DataKind = DataKind.DEPTH, times: str = "day ioc") -> Scenario:
    return Scenario(data=data, book=rules(kinds__code=kind, kinds__times=times))


def test_a_price_that_protects_an_order_is_never_passed() -> None:
    scenario = made("opposite_best")
    scenario.run(
        """
        depth 9999x300 / 10005x40
        A buy 100 @ 10002 opposite_best     => A limit 10002
        left A 100
        """
    )


def test_an_order_that_took_its_price_is_a_limit_order() -> None:
    scenario = made("own_best")
    scenario.run("depth 9999x300 / 10001x40\nA buy 100 own_best => A limit 9999")
    working = scenario.listing.orders[scenario.orders["A"]]
    assert not working.is_market
    assert working.limit_ticks == 9_999


@pytest.mark.parametrize(
    ("kind", "opened"),
    [
        ("opposite_best", "A limit 10001 A 40@10001"),
        ("own_best", "A limit 10000"),
        ("best_five", "A 40@10001 A limit 10000"),
    ],
)
def test_on_bars_the_first_price_stands_for_the_quotes(kind: str, opened: str) -> None:
    scenario = made(kind, DataKind.BARS)
    scenario.run("volume 160\nopen 10000")
    assert scenario.step(f"A buy 100 {kind}") == "waits"
    scenario.run("bar 10000 10000 10000 10000 x160")
    assert scenario.step("open 10000") == opened


@pytest.mark.parametrize(
    ("kind", "printed"),
    [
        ("opposite_best", "A limit 10001 A 40@10001"),
        ("own_best", "A limit 10000"),
        ("best_five", "A 40@10001 A limit 10000"),
    ],
)
def test_on_prints_the_first_one_stands_for_the_quotes(kind: str, printed: str) -> None:
    scenario = made(kind, DataKind.TRADES)
    scenario.run("trade buy 5 @ 10000")
    assert scenario.step(f"A buy 100 {kind}") == "waits"
    assert scenario.step("trade sell 40 @ 10000") == printed
