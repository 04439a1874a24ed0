"""Fill model E0: nothing fills before it is there, and nothing ends before its cancel is."""

from __future__ import annotations

import pytest

from matching.market import DataKind
from matching.orders import AccountId, CancelOrder, OrderId, ReplaceOrder, Side
from matching.transit import Transit, change_of
from matching.units import AtNs, PriceTicks, Qty
from matching.working import Change
from tests.matching.scenario import Scenario, rules
from tests.matching.test_listing import listing, working

BOOK = "depth 9999x300 9998x500 / 10001x200 10002x600\nlatency 1500\n"

SCENARIOS = {
    "a market order meets what is displayed when it arrives": """
        A buy 100 market => on the way
        depth 9999x300 / 10002x600            # one second later: it is not there yet
        depth 9999x300 / 10003x600 => A 100@10002
    """,
    "it needs no event of the street to arrive": """
        A buy 100 market => on the way
        arrive
        arrive => A 100@10001
    """,
    "at the same time the market moves first": """
        latency 2000
        A buy 100 market => on the way
        depth 9999x300 / 10002x600
        depth 9999x300 / 10005x600            # the moment of its arrival
        arrive => A 100@10005
    """,
    "a print before the arrival does not reach it": """
        A buy 50 @ 10000 => on the way
        trade sell 80 @ 10000
        arrive
        trade sell 80 @ 10000 => A 50@10000
    """,
    "it stands behind whoever is displayed on its arrival": """
        A buy 50 @ 9999 => on the way
        depth 9999x700 / 10001x200
        arrive
        ahead A 700
    """,
    "a fill before the cancel arrives stands": """
        latency 0
        A buy 50 @ 10000 => ahead 0
        latency 1500
        A cancel
        trade sell 30 @ 10000 => A 30@10000
        arrive => A by_owner
        trade sell 30 @ 10000
    """,
    "filled before the cancel arrives is filled": """
        latency 0
        A buy 50 @ 10000 => ahead 0
        latency 1500
        A cancel
        trade sell 80 @ 10000 => A 50@10000
        arrive
    """,
    "a cancel does not overtake its order": """
        latency 5000
        A buy 50 market => on the way
        latency 1
        A cancel
        depth 9999x300 / 10001x200
        left A 50
        depth 9999x300 / 10001x200
        arrive => A 50@10001
    """,
    "a change takes effect when it arrives": """
        latency 0
        A buy 50 @ 9999 => ahead 300
        latency 1500
        A replace 60 @ 10000 => on the way
        trade sell 320 @ 9999 => A 20@9999
        arrive
        ahead A 0
        left A 40
        trade sell 90 @ 10000 => A 40@10000
    """,
    "a change to less than was filled meanwhile ends the order": """
        latency 0
        A buy 50 @ 10000 => ahead 0
        latency 1500
        A replace 20 @ 10000 => on the way
        trade sell 30 @ 10000 => A 30@10000
        arrive => A by_owner
    """,
    "a cancel takes the place of a change that is on its way": """
        latency 0
        A buy 50 @ 9999 => ahead 300
        latency 1500
        A replace 60 @ 10001 => on the way
        A cancel
        arrive
        arrive => A by_owner
    """,
    "a smaller quantity keeps the place it has on arrival": """
        latency 0
        A buy 50 @ 9999 => ahead 300
        latency 1500
        A replace 40 @ 9999 => on the way
        trade sell 280 @ 9999
        arrive
        ahead A 20
        left A 40
    """,
    "what arrives in the break waits": """
        A buy 50 market => on the way
        phase lunch
        arrive
        phase continuous
        depth 9999x300 / 10001x200 => A 50@10001
    """,
    "the day is over before it arrives": """
        A buy 50 @ 9999 => on the way
        close 10000 => A day_over
        arrive
    """,
    "two that arrive together come in the order in which they were sent": """
        A buy 150 @ 10001 ioc => on the way
        latency 500
        A2 buy 150 @ 10001 ioc => on the way
        arrive => A 150@10001 A2 50@10001 A2 ioc_remainder
    """,
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    Scenario(book=rules(limit__permille=100)).run(BOOK + SCENARIOS[name])


def test_a_snapshot_at_the_very_moment_is_the_first_that_is_met() -> None:
    Scenario(data=DataKind.SNAPSHOTS).run(
        """
        latency 3000
        snap 9999x300 / 10001x200
        A buy 50 market => on the way
        snap 9999x300 / 10007x200 => A 50@10007
        """
    )


def test_a_bar_that_begins_before_the_arrival_is_not_met() -> None:
    Scenario(data=DataKind.BARS).run(
        """
        volume 1000
        latency 1500
        A buy 50 market => on the way
        open 9990
        bar 9990 9990 9990 9990 x1000
        open 9980 => A 50@9981
        """
    )


def test_a_print_before_the_arrival_is_not_met() -> None:
    Scenario(data=DataKind.TRADES).run(
        """
        latency 1500
        A buy 50 market => on the way
        trade buy 100 @ 9990
        trade buy 100 @ 9980 => A 50@9981
        """
    )


def test_arrivals_come_by_time_and_place_and_an_older_cancel_than_its_order_waits_for_it() -> None:
    transit, made = Transit(), listing()
    first, second = working(1, Side.BUY, 99), working(2, Side.BUY, 99)
    cancel = CancelOrder(first.order_id, first.account_id, AtNs(10), 7, 5)
    change = ReplaceOrder(second.order_id, second.account_id, Qty(3), PriceTicks(9), AtNs(10), 4, 7)
    transit.send_change(made, first, cancel)
    transit.send_change(made, second, change)
    assert list(made.changing) == [1, 2]
    assert second.change == Change(AtNs(17), 4, Qty(3), PriceTicks(9))
    assert transit.next_before(17) is None
    assert [transit.next_before(18), transit.next_before(18)] == [
        (17, 4, second.account_id, second.order_id),
        (17, 5, first.account_id, first.order_id),
    ]
    assert transit.next_before(10**9) is None


def test_a_command_is_due_when_it_was_given() -> None:
    cancel = CancelOrder(OrderId(1), AccountId(1), AtNs(10), 7, 5)
    assert change_of(cancel) == (10, 5, 0, 0)
