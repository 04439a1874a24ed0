"""The vocabulary of orders: where a trigger stands, which kinds name a limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.orders import GroupKind, OrderId, OrderKind, Side, TimeInForce, Trigger, TriggerKind
from tests.matching.test_entry import GOOD


@pytest.mark.parametrize(
    ("trigger", "side", "mark", "stop"),
    [
        (Trigger(TriggerKind.STOP, 990), Side.SELL, None, 990),
        (Trigger(TriggerKind.STOP, 990), Side.SELL, 995, 995),  # put there by a replace
        (Trigger(TriggerKind.TRAIL, 20), Side.SELL, 1_000, 980),
        (Trigger(TriggerKind.TRAIL, 20), Side.BUY, 1_000, 1_020),
        (Trigger(TriggerKind.TRAIL_PERMILLE, 15), Side.SELL, 1_000, 985),
        (Trigger(TriggerKind.TRAIL_PERMILLE, 15), Side.BUY, 1_033, 1_048),  # 15.495 down
        (Trigger(TriggerKind.TRAIL_PERMILLE, 15), Side.BUY, 1_034, 1_050),  # 15.51 up
        (Trigger(TriggerKind.TRAIL_PERMILLE, 1), Side.SELL, 100, 99),  # at least a tick
    ],
)
def test_where_a_trigger_stands(trigger: Trigger, side: Side, mark: int | None, stop: int) -> None:
    assert trigger.stop_ticks(side, mark) == stop


def test_a_kind_without_a_limit_of_its_own_may_not_need_one() -> None:
    named = {kind for kind in OrderKind if kind.names_limit}
    assert named == {
        OrderKind.LIMIT,
        OrderKind.ENHANCED_LIMIT,
        OrderKind.SPECIAL_LIMIT,
        OrderKind.FIXED_PRICE,
    }
    assert OrderKind.BEST_FIVE.levels_max == 5
    assert OrderKind.LIMIT.levels_max is None


def test_only_gtc_and_gtd_outlive_a_session_and_nothing_is_both() -> None:
    assert [one for one in TimeInForce if one.carried] == [TimeInForce.GTC, TimeInForce.GTD]
    assert not [one for one in TimeInForce if one.carried and one.immediate]


@pytest.mark.parametrize(
    ("group", "group_id", "is_exit"),
    [
        (None, None, False),
        (GroupKind.BRACKET, GOOD.order_id, False),
        (GroupKind.BRACKET, OrderId(99), True),
        (GroupKind.OTO, OrderId(99), True),
        (GroupKind.OCO, OrderId(99), False),
    ],
)
def test_an_exit_is_a_leg_that_waits(
    group: GroupKind | None, group_id: OrderId | None, is_exit: bool
) -> None:
    assert replace(GOOD, group=group, group_id=group_id).is_exit is is_exit
