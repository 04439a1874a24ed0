"""Requests take their time to the exchange, and a killed process forgets none of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from matching.orders import (
    AccountId,
    FillProfile,
    GroupKind,
    OrderId,
    OrderKind,
    Side,
    TimeInForce,
    Trigger,
    TriggerKind,
)
from matching.reasons import Reason
from matching.units import PriceTicks
from simtrade.desk.delay import delay_ns
from simtrade.desk.requests import FLOOR, CancelRequest, Done, Leg, Refusal
from simtrade.portfolio.views import OrderState
from simtrade.venues.views import QuoteView
from tests.world import World


@pytest.fixture
def slow(tmp_path: Path, tapes: Path) -> Iterator[World]:
    world = World.open(tmp_path / "slow", tapes, delays=True)
    world.pass_seconds(10)
    yield world
    world.close()


def quote(world: World) -> QuoteView:
    return next(one for one in world.venues.quotes(FLOOR) if one.bid and one.ask)


def resting(world: World, account: AccountId) -> OrderId:
    """An order far enough away to rest, that has arrived."""
    far = quote(world)
    assert far.bid is not None
    limit = far.bid.price_ticks - 20
    done = world.place(account, Side.BUY, 100, far.instrument_id, limit=limit)
    assert isinstance(done, Done)
    assert done.order_id is not None
    world.pass_seconds(1.2)
    return done.order_id


def waiting(world: World, account: AccountId, order_id: OrderId) -> tuple[OrderState, str]:
    view = world.portfolio.order(account, order_id)
    assert view is not None
    return view.state, view.waiting_for


def test_a_market_order_on_the_floor_is_filled_within_a_second(slow: World) -> None:
    account = slow.floor()
    shown = quote(slow)
    done = slow.place(account, Side.BUY, 100, shown.instrument_id)
    assert isinstance(done, Done)
    assert done.order_id is not None
    assert waiting(slow, account, done.order_id) == (OrderState.OPEN, "on_its_way")
    assert slow.portfolio.fills(account) == ()
    slow.pass_seconds(1.1)
    assert waiting(slow, account, done.order_id)[0] is OrderState.FILLED
    assert slow.verify().ok


def test_beginners_and_bars_are_there_at_once(slow: World) -> None:
    beginner = slow.floor(profile=FillProfile.BEGINNER)
    slow.place(beginner, Side.BUY, 100, quote(slow).instrument_id)
    assert len(slow.portfolio.fills(beginner)) >= 1
    venue_id, account = slow.practice()
    venue = slow.shard.runtime.get(venue_id)
    assert venue is not None
    assert delay_ns(venue, CancelRequest(account, "x", OrderId(1))) == 0
    assert delay_ns(venue, CancelRequest(AccountId(99), "x", OrderId(1))) == 0


def test_what_was_on_its_way_arrives_after_a_crash(slow: World) -> None:
    account = slow.floor()
    kept = resting(slow, account)
    done = slow.place(account, Side.BUY, 100, quote(slow).instrument_id)
    slow.cancel(account, kept)
    again = slow.reopen()
    assert isinstance(done, Done)
    assert done.order_id is not None
    assert waiting(again, account, done.order_id) == (OrderState.OPEN, "on_its_way")
    assert waiting(again, account, kept) == (OrderState.OPEN, "cancel_on_its_way")
    again.pass_seconds(1.2)
    assert waiting(again, account, done.order_id)[0] is OrderState.FILLED
    assert waiting(again, account, kept)[0] is OrderState.CANCELLED
    report = again.verify()
    assert report.ok, report.problems
    again.close()


def test_a_second_change_waits_for_the_first_and_a_cancel_takes_its_place(slow: World) -> None:
    account = slow.floor()
    order_id = resting(slow, account)
    view = slow.portfolio.order(account, order_id)
    assert view is not None
    assert view.limit_ticks is not None
    assert isinstance(slow.replace(account, order_id, 200, view.limit_ticks), Done)
    assert waiting(slow, account, order_id)[1] == "change_on_its_way"
    again = slow.replace(account, order_id, 300, view.limit_ticks)
    assert isinstance(again, Refusal)
    assert again.reason is Reason.CHANGE_ON_ITS_WAY
    assert isinstance(slow.cancel(account, order_id), Done)
    refused = slow.cancel(account, order_id)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.CHANGE_ON_ITS_WAY
    slow.pass_seconds(1.2)
    after = slow.portfolio.order(account, order_id)
    assert after is not None
    assert (after.state, after.qty) == (OrderState.CANCELLED, 100)
    assert slow.verify().ok


def test_until_a_change_arrives_both_terms_are_reserved(slow: World) -> None:
    account = slow.floor()
    order_id = resting(slow, account)
    old = slow.portfolio.order(account, order_id)
    assert old is not None
    assert old.limit_ticks is not None
    for qty in (300, 100):
        slow.replace(account, order_id, qty, old.limit_ticks - (qty == 100))
        during = slow.portfolio.order(account, order_id)
        slow.pass_seconds(1.2)
        after = slow.portfolio.order(account, order_id)
        assert during is not None
        assert after is not None
        assert (during.qty, after.qty) == ((100, 300) if qty == 300 else (300, 100))
        assert during.hold_minor >= max(after.hold_minor, old.hold_minor)
    assert after.hold_minor < old.hold_minor
    assert slow.verify().ok


def test_delays_are_one_s_own(tmp_path: Path, tapes: Path) -> None:
    """E9: another account changes nobody's luck."""
    found = []
    for others in (0, 3):
        world = World.open(tmp_path / str(others), tapes, delays=True)
        account = world.floor(user=7)
        for user in range(others):
            world.place(world.floor(user=20 + user), Side.BUY, 100, quote(world).instrument_id)
        venue = world.shard.runtime.get(FLOOR)
        assert venue is not None
        request = CancelRequest(account, "x", OrderId(1))
        found.append((delay_ns(venue, request), delay_ns(venue, request)))
        world.close()
    assert found[0] == found[1]
    assert found[0][0] == found[0][1] > 0


def test_the_exit_of_a_bracket_is_changed_before_its_entry_and_reserves_nothing(
    slow: World,
) -> None:
    account = slow.floor()
    shown = quote(slow)
    assert shown.bid is not None
    below, above = shown.bid.price_ticks - 20, shown.bid.price_ticks + 50
    legs = (
        Leg(OrderKind.LIMIT, PriceTicks(above), TimeInForce.GTC),
        Leg(OrderKind.MARKET, None, TimeInForce.GTC, Trigger(TriggerKind.STOP, below - 30)),
    )
    done = slow.place(account, Side.BUY, 100, shown.instrument_id, limit=below,
                      force=TimeInForce.GTC, group=GroupKind.BRACKET, legs=legs)  # fmt: skip
    assert isinstance(done, Done), done
    opened = slow.portfolio.orders(account, open_only=True)
    profit = next(one for one in opened if one.limit_ticks == above)
    assert isinstance(slow.replace(account, profit.order_id, 100, above + 1), Done)
    assert slow.verify().ok
