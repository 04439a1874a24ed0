"""The door to the writer: bounded, in order, and never ahead of the disk."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Iterator

import pytest

from matching.orders import AccountId, OrderId, OrderKind, Side, TimeInForce
from matching.reasons import Reason
from matching.units import PriceTicks, Qty
from simtrade.bus import Channel
from simtrade.desk.gateway import BATCH_MAX, INBOX_MAX, Gateway
from simtrade.desk.requests import FLOOR, CancelRequest, Done, PlaceRequest, Refusal, Reply, Request
from tests.world import World

WAIT = 20  # seconds after which a test that hangs has failed


class SlowShard:
    """Answers with the place of each request, one batch at a time, when it is let."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.let = threading.Event()
        self.entered = threading.Event()
        self.seq = 0

    def turn(self, requests: list[Request]) -> list[Reply]:
        if requests:
            self.entered.set()
            assert self.let.wait(WAIT)
            self.batches.append(len(requests))
        replies: list[Reply] = [Done(self.seq + n, FLOOR) for n in range(1, len(requests) + 1)]
        self.seq += len(requests)
        return replies


def request(number: int) -> Request:
    return CancelRequest(AccountId(1), f"k{number}", OrderId(number))


@pytest.fixture
def crashed() -> list[str]:
    return []


@pytest.fixture
def gateway(world: World, crashed: list[str]) -> Iterator[Gateway]:
    made = Gateway(world.shard, on_crash=lambda: crashed.append("ended"))
    yield made
    made.stop()


def bid(world: World, account: AccountId, key: str, lots: int = 1) -> PlaceRequest:
    quote = world.venues.quotes(FLOOR)[0]
    assert quote.lower_ticks is not None
    return PlaceRequest(
        account, key, quote.instrument_id, Side.BUY, OrderKind.LIMIT, Qty(100 * lots),
        PriceTicks(quote.lower_ticks), TimeInForce.DAY,
    )  # fmt: skip


def test_a_full_inbox_refuses_at_once_and_keeps_what_it_took() -> None:
    shard = SlowShard()
    gateway = Gateway(shard)  # type: ignore[arg-type]

    async def crowd() -> tuple[list[Reply], Reply]:
        first = asyncio.create_task(gateway.submit(request(0)))
        await asyncio.to_thread(shard.entered.wait, WAIT)
        waiting = [
            asyncio.create_task(gateway.submit(request(number)))
            for number in range(1, INBOX_MAX + 1)
        ]
        await asyncio.sleep(0)
        assert gateway.waiting == INBOX_MAX
        refused = await gateway.submit(request(-1))
        shard.let.set()
        return list(await asyncio.gather(first, *waiting)), refused

    replies, refused = asyncio.run(asyncio.wait_for(crowd(), WAIT))
    assert refused == Refusal(Reason.INBOX_FULL)
    assert Reason.INBOX_FULL.transient
    assert replies == [Done(seq, FLOOR) for seq in range(1, INBOX_MAX + 2)], "in order"
    assert max(shard.batches) == BATCH_MAX
    gateway.stop()
    assert not gateway.alive
    assert asyncio.run(gateway.submit(request(1))) == Refusal(Reason.INBOX_FULL)


def test_stopping_finishes_what_waits() -> None:
    shard = SlowShard()
    gateway = Gateway(shard)  # type: ignore[arg-type]

    async def leave() -> list[Reply]:
        tasks = [asyncio.create_task(gateway.submit(request(number))) for number in range(600)]
        await asyncio.sleep(0)
        stopper = asyncio.create_task(asyncio.to_thread(gateway.stop))
        shard.let.set()
        await stopper
        return list(await asyncio.gather(*tasks))

    replies = asyncio.run(asyncio.wait_for(leave(), WAIT))
    assert len(replies) == 600
    assert all(isinstance(one, Done) for one in replies)


def test_a_storm_of_the_same_keys_has_one_effect_each(world: World, gateway: Gateway) -> None:
    account = world.floor()
    orders = [bid(world, account, f"storm-{number}", 1 + number % 3) for number in range(40)]

    async def storm() -> list[Reply]:
        crowd = [one for one in orders for _ in range(64)]
        random.Random(4).shuffle(crowd)
        replies = await asyncio.gather(*(gateway.submit(one) for one in crowd))
        told: dict[str, set[tuple[object, ...]]] = {}
        for one, reply in zip(crowd, replies, strict=True):
            assert isinstance(reply, Done)
            told.setdefault(one.key, set()).add((reply.seq, reply.order_id, reply.account_id))
        assert all(len(found) == 1 for found in told.values()), "all replies of a key are equal"
        assert sum(not reply.replayed for reply in replies if isinstance(reply, Done)) == 40
        return list(replies)

    asyncio.run(asyncio.wait_for(storm(), 3 * WAIT))
    found = world.portfolio.orders(account, open_only=False, limit=1_000)
    assert sorted(one.key for one in found) == sorted(one.key for one in orders)
    assert {one.key: one.qty for one in found} == {one.key: one.qty for one in orders}
    assert world.verify().ok


def test_a_reply_comes_after_the_commit_that_holds_it(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = world.floor()
    commit = world.store.commit
    held, letting = threading.Event(), threading.Event()

    def slowly(*arguments: object) -> None:
        held.set()
        assert letting.wait(WAIT)
        commit(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(world.store, "commit", slowly)
    notices: list[object] = []
    world.bus.subscribe(Channel.account(account), notices.append)

    async def ask() -> None:
        asked = asyncio.create_task(gateway.submit(bid(world, account, "k")))
        await asyncio.to_thread(held.wait, WAIT)
        for _ in range(20):
            await asyncio.sleep(0.005)
        assert not asked.done(), "acknowledged before it was durable"
        assert notices == []
        letting.set()
        reply = await asked
        assert isinstance(reply, Done)
        assert world.store.head().seq >= reply.seq

    asyncio.run(asyncio.wait_for(ask(), WAIT))


def test_a_failed_commit_ends_the_process_and_answers_nobody(
    world: World, crashed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    account = world.floor()
    rows = world.store.state()
    told: list[object] = []
    world.bus.subscribe(Channel.account(account), told.append)
    ended = threading.Event()

    def broken(*arguments: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(world.store, "commit", broken)
    gateway = Gateway(world.shard, on_crash=lambda: (crashed.append("ended"), ended.set()))  # type: ignore[arg-type]

    async def ask() -> None:
        asked = [asyncio.create_task(gateway.submit(bid(world, account, f"k{n}"))) for n in "abc"]
        assert await asyncio.to_thread(ended.wait, WAIT)
        await asyncio.sleep(0.05)
        assert not any(one.done() for one in asked)
        for one in asked:
            one.cancel()

    asyncio.run(asyncio.wait_for(ask(), WAIT))
    assert crashed == ["ended"]
    assert not gateway.alive
    assert told == []
    monkeypatch.undo()
    reopened = world.reopen()
    assert reopened.store.state() == rows
    assert reopened.verify().ok
    reopened.close()


def test_nobody_has_to_wait_for_the_answer(world: World, gateway: Gateway) -> None:
    """A client that went away, or a loop that is closed, hurts nobody."""
    account = world.floor()

    async def leave() -> None:
        asked = asyncio.create_task(gateway.submit(bid(world, account, "gone")))
        await asyncio.sleep(0)
        asked.cancel()

    asyncio.run(leave())
    reply = asyncio.run(gateway.submit(bid(world, account, "here")))
    assert isinstance(reply, Done)
    assert gateway.alive
    keys = {one.key for one in world.portfolio.orders(account, open_only=True)}
    assert keys == {"gone", "here"}, "what was taken in is carried out"
    assert gateway.seq == world.store.head().seq
