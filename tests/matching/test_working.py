"""What an open order says of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.orders import OrderKind, Side, Trigger, TriggerKind
from matching.working import MARKET_PLACE, Stage, WorkingOrder
from tests.matching.test_entry import GOOD


def working(kind: OrderKind = OrderKind.LIMIT, stage: Stage = Stage.ENTERING) -> WorkingOrder:
    return WorkingOrder(replace(GOOD, kind=kind), 10, 100, stage, GOOD.at_ns, 7)


@pytest.mark.parametrize(
    ("kind", "stage", "is_market"),
    [
        (OrderKind.LIMIT, Stage.ENTERING, False),
        (OrderKind.MARKET, Stage.ENTERING, True),
        (OrderKind.OWN_BEST, Stage.ENTERING, True),
        (OrderKind.OWN_BEST, Stage.RESTING, False),  # it took a price from the display
    ],
)
def test_an_order_without_a_limit_gets_one_when_it_rests(
    kind: OrderKind, stage: Stage, is_market: bool
) -> None:
    assert working(kind, stage).is_market is is_market


def test_an_order_that_its_group_ended_has_nothing_left() -> None:
    one = working()
    assert one.leaves == 10
    one.stage = Stage.ENDED
    assert one.leaves == 0


def test_what_the_market_brings_in_stands_before_the_commands_of_that_moment() -> None:
    placed, sent = working(), working()
    sent.priority = MARKET_PLACE + 5
    assert sent.place < placed.place


def test_where_the_trigger_stands() -> None:
    one = working()
    assert one.stop_ticks is None
    one.order = replace(one.order, side=Side.SELL, trigger=Trigger(TriggerKind.TRAIL, 20))
    one.mark_ticks = 1_000
    assert (one.stop_ticks, one.trails) == (980, True)


def test_a_trigger_moves_by_its_stop_or_by_its_distance() -> None:
    still, trails = working(), working()
    still.order = replace(GOOD, trigger=Trigger(TriggerKind.STOP, 90))
    assert still.stop_after(95, None) == 95
    still.move_trigger(95, None)
    assert still.stop_ticks == 95
    trails.order = replace(GOOD, side=Side.BUY, trigger=Trigger(TriggerKind.TRAIL, 10))
    assert trails.stop_after(None, 4) is None  # it follows nothing yet
    trails.mark_ticks = 100
    assert [trails.stop_after(None, trail) for trail in (None, 4)] == [110, 104]
    trails.move_trigger(None, 4)
    assert (trails.stop_ticks, trails.mark_ticks) == (104, 100)
    trails.move_trigger(None, None)
    assert trails.stop_ticks == 104
