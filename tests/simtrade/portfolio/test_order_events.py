"""Updates of orders: each event once, in order, with its order as it was then."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.orders import AccountId, GroupKind, OrderId, OrderKind, Side, TimeInForce, Trigger
from matching.orders import TriggerKind as Kind
from matching.units import PriceTicks
from simtrade.desk.requests import FLOOR, ClockAction, Done, Leg
from simtrade.portfolio.order_events import OrderEvents, OrderUpdate, UpdateKind
from simtrade.portfolio.order_history import OrderHistory
from simtrade.portfolio.order_versions import Standing
from simtrade.portfolio.views import OrderState
from simtrade.store.engine_reads import EngineReads
from simtrade.store.order_reads import OrderReads
from tests.world import World

OVER = (UpdateKind.FILL, UpdateKind.CANCELED, UpdateKind.EXPIRED, UpdateKind.REPLACED)


def events_of(world: World) -> OrderEvents:
    history = OrderHistory(OrderReads(world.store.engine), world.venues, world.feeds)
    return OrderEvents(EngineReads(world.store.engine), history)


def done(reply: object) -> OrderId:
    assert isinstance(reply, Done), reply
    assert reply.order_id is not None
    return reply.order_id


def told(updates: tuple[OrderUpdate, ...]) -> list[tuple[UpdateKind, int, int]]:
    return [(one.kind, one.order.order_id, one.order.number) for one in updates]


@pytest.fixture
def account(world: World) -> AccountId:
    return world.practice(date(2008, 9, 12))[1]


def test_an_order_begins_is_replaced_and_ends(world: World, account: AccountId) -> None:
    events = events_of(world)
    before = events.newest(account)
    order_id = done(world.place(account, Side.BUY, 10, limit=9_000))
    done(world.replace(account, order_id, 20, 9_100))
    done(world.cancel(account, order_id))
    found = events.after(account, before, 100)
    assert told(found) == [
        (UpdateKind.NEW, order_id, 0),
        (UpdateKind.REPLACED, order_id, 0),
        (UpdateKind.NEW, order_id, 1),
        (UpdateKind.CANCELED, order_id, 1),
    ]
    assert [one.order.qty for one in found] == [10, 10, 20, 20]
    assert [one.order.limit_ticks for one in found] == [9_000, 9_000, 9_100, 9_100]
    assert [one.order.standing for one in found] == [
        Standing.WORKING, Standing.REPLACED, Standing.WORKING, Standing.ENDED,
    ]  # fmt: skip
    assert [(one.number - before, one.step) for one in found] == [(1, 0), (2, 0), (2, 1), (3, 0)]
    assert found[-1].order.cause == "by_owner"
    assert found[0].order.ended_at_ns is None
    assert events.newest(account) == found[-1].number
    assert events.after(account, found[-1].number, 100) == ()


def test_fills_tell_what_was_then_and_not_what_is_now(world: World) -> None:
    events, account = events_of(world), world.floor()
    quote = world.venues.quotes(FLOOR)[0]
    assert quote.ask
    much = 100 * (quote.ask.qty // 100 + 400)
    limit = quote.ask.price_ticks + 5
    order_id = done(world.place(account, Side.BUY, much, quote.instrument_id, limit=limit))
    world.pass_seconds(60)
    found = events.after(account, 0, 1_000)
    fills = [one for one in found if one.fill]
    assert len(fills) > 1
    assert {one.order.order_id for one in fills} == {order_id}
    total = worth = 0
    instrument = world.instrument(FLOOR, quote.instrument_id)
    for place, one in enumerate(fills, 1):
        assert one.fill
        total += one.fill.qty
        worth += one.fill.qty * one.fill.price_ticks
        assert (one.fill.number, one.order.filled, one.fill.position_qty) == (place, total, total)
        assert one.order.average_ticks_milli is not None
        assert abs(one.order.average_ticks_milli - worth * 1000 / total) <= 1000 / instrument.tick
        assert one.order.state is (OrderState.FILLED if total == much else OrderState.OPEN)
        assert one.kind is (UpdateKind.FILL if total == much else UpdateKind.PARTIAL_FILL)


def test_an_order_for_the_day_expires(world: World) -> None:
    venue, account = world.practice(date(2008, 9, 12))
    events = events_of(world)
    done(world.place(account, Side.BUY, 10, limit=5_000))
    now_ns = world.at(venue)
    world.set_clock(venue, ClockAction.SEEK, now_ns + 24 * 3_600 * 10**9)
    *_, last = events.after(account, 0, 100)
    assert (last.kind, last.order.state) == (UpdateKind.EXPIRED, OrderState.EXPIRED)
    assert last.at_ns == last.order.ended_at_ns
    assert now_ns < last.at_ns < world.at(venue)


def test_exits_are_held_and_begin_to_work(world: World) -> None:
    venue, account = world.practice(date(2008, 9, 12))
    events = events_of(world)
    legs = (
        Leg(OrderKind.LIMIT, PriceTicks(90_000), TimeInForce.GTC),
        Leg(OrderKind.MARKET, None, TimeInForce.GTC, Trigger(Kind.STOP, 100)),
    )
    entry = done(
        world.place(account, Side.BUY, 10, force=TimeInForce.GTC, group=GroupKind.BRACKET,
                    legs=legs)
    )  # fmt: skip
    world.set_clock(venue, ClockAction.SEEK, world.at(venue) + 600 * 10**9)
    found = events.after(account, 0, 100)
    begun = [one for one in found if one.kind is UpdateKind.NEW]
    assert [one.order.standing for one in begun] == [
        Standing.WORKING, Standing.HELD, Standing.HELD,
    ]  # fmt: skip
    kinds = Counter(one.kind for one in found if one.order.order_id != entry)
    assert kinds == {UpdateKind.NEW: 2, UpdateKind.RESTATED: 2}
    assert all(
        one.order.standing is Standing.WORKING for one in found if one.kind is UpdateKind.RESTATED
    )


_users = iter(range(100, 10_000))


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["buy", "sell", "limit", "replace", "cancel", "wait"]),
                  st.integers(1, 9)),
        min_size=1, max_size=15,
    ),
    limit=st.integers(1, 5),
)  # fmt: skip
def test_whatever_happens_the_updates_add_up(
    world: World, steps: list[tuple[str, int]], limit: int
) -> None:
    """Page by page they are what they are at once; quantities add up; everybody begins before he
    fills and ends once at most."""
    user = next(_users)
    venue, account = world.practice(date(2008, 9, 12), user=user)
    placed: list[OrderId] = []
    for what, number in steps:
        if what in ("buy", "sell", "limit"):
            side = Side.SELL if what == "sell" else Side.BUY
            price = 5_000 if what == "limit" else None
            reply = world.place(account, side, number, limit=price)
            placed += [reply.order_id] if isinstance(reply, Done) and reply.order_id else []
        elif what == "wait":
            world.set_clock(venue, ClockAction.SEEK, world.at(venue) + number * 60 * 10**9, user)
        elif placed and what == "replace":
            world.replace(account, placed[-1], number, 5_000 + number)
        elif placed:
            world.cancel(account, placed[-1])
    events = events_of(world)
    every = events.after(account, 0, 10_000)
    pages: list[OrderUpdate] = []
    while page := events.after(account, pages[-1].number if pages else 0, limit):
        pages += page
    assert tuple(pages) == every
    _check(every)
    history = OrderHistory(OrderReads(world.store.engine), world.venues, world.feeds)
    for order_id in placed:
        now = history.current(account, order_id)
        assert now
        last = [one for one in every if one.order.order_id == order_id][-1]
        assert (last.order.filled, last.order.state) == (now.filled, now.state)


def _check(updates: tuple[OrderUpdate, ...]) -> None:
    filled: Counter[int] = Counter()
    begun: set[tuple[int, int]] = set()
    over: set[tuple[int, int]] = set()
    for one in updates:
        name = (one.order.order_id, one.order.number)
        if one.kind is UpdateKind.NEW:
            assert name not in begun
            begun.add(name)
        assert name in begun
        assert name not in over
        if one.fill:
            filled[one.order.order_id] += one.fill.qty
        assert one.order.filled == filled[one.order.order_id]
        if one.kind in OVER:
            over.add(name)
