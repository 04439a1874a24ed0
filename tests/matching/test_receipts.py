"""A receipt holds the quote, the queue and the event that decided a fill."""

from __future__ import annotations

from matching.events import FillRule
from matching.receipts import fill_receipt
from tests.matching.scenario import FIRST_DAY, Scenario, rules


def test_everything_that_decided_is_written_down() -> None:
    scenario = Scenario()
    scenario.run("depth 9999x300 / 10001x200\nlatency 500\nA buy 50 @ 9999 => on the way")
    scenario.run("trade sell 280 @ 9999")
    (working,) = scenario.listing.orders.values()
    found = fill_receipt(
        scenario.listing, working, FillRule.QUEUE, budget=30, ahead_before=20_000, consumed_before=5
    )
    assert (found.bid_ticks, found.bid_qty, found.ask_ticks, found.ask_qty) == (
        9999, 300, 10001, 200,
    )  # fmt: skip
    assert (found.reference_ticks, found.reference_half) == (10_000, None)
    assert (found.ahead_at_entry_milli, found.ahead_before_milli) == (300_000, 20_000)
    assert (found.budget_qty, found.consumed_before_milli) == (30, 5)
    assert (found.event_seq, found.event_at_ns) == (scenario.seq, scenario.at_ns)
    assert found.latency_ns == 500_000_000
    assert found.rule_date == rules().on("main", FIRST_DAY).rule_date


def test_the_middle_of_a_spread_of_one_tick_is_half_a_tick_from_both_sides() -> None:
    scenario = Scenario()
    scenario.run("depth 9999x300 / 10000x300\nlatency 500\nA buy 50 @ 9990 => on the way")
    (working,) = scenario.listing.orders.values()
    found = fill_receipt(scenario.listing, working, FillRule.TAKER, budget=50)
    assert (found.reference_ticks, found.reference_half) == (9999, 1)
    middle = found.reference_half_ticks
    assert middle is not None
    assert 2 * 10_000 - middle == middle - 2 * 9999 == 1


def test_without_both_sides_the_last_price_is_the_reference() -> None:
    scenario = Scenario()
    scenario.run("depth 9999x300 /\nA buy 50 @ 9998 => ahead 0\ntrade sell 1 @ 9999")
    (working,) = scenario.listing.orders.values()
    found = fill_receipt(scenario.listing, working, FillRule.THROUGH, budget=1)
    assert (found.ask_ticks, found.ask_qty, found.reference_ticks) == (None, None, 9999)
    assert found.reference_half_ticks == 2 * 9999
    assert found.latency_ns is None
