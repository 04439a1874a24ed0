"""Orders as rows: only one's own, filtered by the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from matching.orders import AccountId, Side
from simtrade.desk.requests import Done
from simtrade.store.order_reads import OrderFilter, OrderReads
from tests.world import World

MICROSOFT = "XNAS:MSFT"


@pytest.fixture
def reads(world: World) -> OrderReads:
    return OrderReads(world.store.engine)


@pytest.fixture
def orders(world: World) -> tuple[AccountId, list[int]]:
    """Three orders of one account, of which the second has ended and the third was replaced."""
    _, account = world.practice(date(2008, 9, 12))
    ids = []
    for symbol in ("XNAS:AAPL", MICROSOFT, "XNAS:AAPL"):
        done = world.place(account, Side.BUY, 10, symbol, limit=2_000)
        assert isinstance(done, Done), done
        assert done.order_id
        ids.append(done.order_id)
    world.cancel(account, ids[1])  # type: ignore[arg-type]
    world.replace(account, ids[2], 20, 2_000)  # type: ignore[arg-type]
    return account, ids  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (lambda at, ids: OrderFilter(), (1, 0)),
        (lambda at, ids: OrderFilter(open=True), (0,)),
        (lambda at, ids: OrderFilter(open=False), (1,)),
        (lambda at, ids: OrderFilter(instruments={MICROSOFT}), (1,)),
        (lambda at, ids: OrderFilter(side=Side.SELL), ()),
        (lambda at, ids: OrderFilter(after_ns=at - 1), (1, 0)),
        (lambda at, ids: OrderFilter(after_ns=at), ()),
        (lambda at, ids: OrderFilter(until_ns=at), ()),
        (lambda at, ids: OrderFilter(until_ns=at + 1), (1, 0)),
        (lambda at, ids: OrderFilter(after_place=(at, ids[0])), (1,)),
        (lambda at, ids: OrderFilter(before_place=(at, ids[1])), (0,)),
        (lambda at, ids: OrderFilter(leaders=True), (1, 0)),
    ],
)
def test_filters(
    world: World,
    reads: OrderReads,
    orders: tuple[AccountId, list[int]],
    wanted: Callable[[int, list[int]], OrderFilter],
    chosen: tuple[int, ...],
) -> None:
    account, ids = orders
    at_ns = reads.rows(account, ids[:1])[ids[0]].placed_at_ns
    found = reads.unreplaced(account, wanted(at_ns, ids), newest_first=True, limit=9)
    assert [row.order_id for row in found] == [ids[one] for one in chosen]


def test_only_ones_own(
    world: World, reads: OrderReads, orders: tuple[AccountId, list[int]]
) -> None:
    account, ids = orders
    _, other = world.practice(user=2)
    assert reads.rows(other, ids) == {}
    assert reads.rows(account, ids).keys() == set(ids)
    assert reads.unreplaced(other, OrderFilter(), newest_first=True, limit=9) == []
    assert reads.replaced_and_open(account, OrderFilter()) == {ids[2]}
    assert reads.replaced_and_open(other, OrderFilter()) == set()
    assert len(reads.replacements(account, 0)) == 1
    assert reads.replacements(other, 0) == []


def test_more_ids_than_one_query_takes(
    reads: OrderReads, orders: tuple[AccountId, list[int]]
) -> None:
    account, ids = orders
    assert reads.rows(account, [*range(10**6, 10**6 + 2_000), *ids]).keys() == set(ids)
