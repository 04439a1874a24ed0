"""The desk's memory of open orders and their groups."""

from __future__ import annotations

from dataclasses import replace

from matching.orders import GroupKind, OrderId
from matching.working import Stage, WorkingOrder
from simtrade.desk.requests import FLOOR
from simtrade.desk.state import OrderRecord
from tests.matching.test_entry import GOOD
from tests.world import World


def record(number: int, group_id: int | None) -> OrderRecord:
    order = replace(
        GOOD,
        order_id=OrderId(number),
        group=None if group_id is None else GroupKind.BRACKET,
        group_id=None if group_id is None else OrderId(group_id),
    )
    return OrderRecord(order, "k", WorkingOrder(order, 10, 100, Stage.HELD, GOOD.at_ns, number))


def test_groups_hold_their_open_orders_and_nothing_else(world: World) -> None:
    venue = world.shard.runtime.get(FLOOR)
    assert venue is not None
    entry, leg, plain = record(1, 1), record(2, 1), record(3, None)
    for one in (entry, leg, plain):
        venue.add(one)
    assert venue.groups == {1: [entry, leg]}
    venue.drop(plain)
    venue.drop(entry)
    assert venue.groups == {1: [leg]}
    venue.drop(leg)
    assert not venue.groups
    assert not venue.orders
