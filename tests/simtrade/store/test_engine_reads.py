"""What readers ask of committed rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from matching.orders import AccountId, OrderId, Side, TimeInForce
from simtrade.desk.requests import FLOOR, Done, UserId
from simtrade.store.database import writing
from simtrade.store.engine_reads import EngineReads
from tests.world import World


@pytest.fixture
def reads(world: World) -> Iterator[EngineReads]:
    return EngineReads(world.store.engine)  # type: ignore[return-value]


def busy(world: World) -> AccountId:
    """Three fills of market orders, then two orders that wait."""
    account = world.floor(user=1)
    world.pass_seconds(10)
    for quote in world.venues.quotes(FLOOR)[:3]:
        world.place(account, Side.BUY, 100, quote.instrument_id)
    for quote in world.venues.quotes(FLOOR)[:2]:
        world.place(account, Side.BUY, 100, quote.instrument_id, limit=quote.lower_ticks,
                    force=TimeInForce.GTC)  # fmt: skip
    return account


def test_an_account_with_everything_its_summary_needs(world: World, reads: EngineReads) -> None:
    account, other = busy(world), world.floor(user=2)
    found = reads.summary(account)
    assert found is not None
    assert found.seq == world.store.head().seq
    assert (found.account.user_id, found.venue.venue_id) == (1, FLOOR)
    assert len(found.positions) == 3
    assert found.balances.keys() == {"CNY", *found.positions}
    theirs = reads.summary(other)
    assert theirs is not None
    assert theirs.positions == {}
    assert reads.summary(AccountId(999)) is None
    assert reads.account(AccountId(999)) is None


def test_accounts_of_a_person_come_newest_first(world: World, reads: EngineReads) -> None:
    world.floor(user=1)
    world.practice(user=1)
    world.practice(user=2)
    found = [one.account_id for one in reads.accounts_of(UserId(1))]
    assert len(found) == 2
    assert found == sorted(found, reverse=True)
    assert reads.accounts_of(UserId(9)) == []


def test_orders_and_fills_come_newest_first_and_only_one_s_own(
    world: World, reads: EngineReads
) -> None:
    account, other = busy(world), world.floor(user=2)
    orders = reads.orders(account, open_only=False, limit=10)
    assert [one.order_id for one in orders] == sorted((o.order_id for o in orders), reverse=True)
    assert [one.state for one in reads.orders(account, open_only=True, limit=10)] == ["open"] * 2
    assert len(reads.orders(account, open_only=False, limit=4)) == 4
    newest = orders[0]
    assert reads.order(account, newest.order_id) is not None
    assert reads.order(other, newest.order_id) is None
    fills = reads.fills(account)
    assert [one.seq for one in fills] == sorted((one.seq for one in fills), reverse=True)
    assert reads.fills(account, limit=1) == fills[:1]
    first = OrderId(fills[-1].order_id)
    assert {one.order_id for one in reads.fills(account, order_id=first)} == {first}
    assert reads.fills(other) == []


def test_orders_and_fills_go_on_after_the_last_one_told(world: World, reads: EngineReads) -> None:
    account, other = busy(world), world.floor(user=2)
    orders = reads.orders(account, open_only=False, limit=10)
    for place, one in enumerate(orders):
        after = reads.orders(account, open_only=False, limit=10, after=OrderId(one.order_id))
        assert after == orders[place + 1 :]
    fills = reads.fills(account)
    for place, one in enumerate(fills):
        assert reads.fills(account, after=(one.order_id, one.number)) == fills[place + 1 :]
    # An order of somebody else is no place in one's own list.
    mine = OrderId(orders[0].order_id)
    assert reads.orders(other, open_only=False, limit=10, after=mine) == []
    assert reads.orders(account, open_only=False, limit=10, after=OrderId(2**53)) == []


def test_events_are_those_after_a_number_oldest_first(world: World, reads: EngineReads) -> None:
    account = busy(world)
    every = reads.events(account, after=0, limit=100)
    assert [one.number for one in every] == list(range(1, len(every) + 1))
    assert every[0].kind == "opened"
    assert reads.events(account, after=3, limit=2) == every[3:5]
    filled = reads.events(account, after=0, limit=100, kinds=["filled"])
    assert len(filled) == len(reads.fills(account))


def test_a_reader_sees_whole_batches_only(world: World, reads: EngineReads) -> None:
    account = world.floor()
    before = reads.summary(account)
    assert before is not None
    with pytest.raises(InterruptedError), writing(world.store.engine) as writer:
        writer.exec_driver_sql("UPDATE account SET fees_minor = 5")
        assert reads.summary(account) == before
        raise InterruptedError
    assert reads.summary(account) == before
    assert isinstance(world.place(account, Side.BUY, 100, "SIMA:609001"), Done)
