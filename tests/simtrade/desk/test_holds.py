"""What stops, pairs and brackets reserve, through the whole desk."""

from __future__ import annotations

from datetime import date

import pytest

from matching.orders import AccountId, GroupKind, OrderKind, Side, TimeInForce, Trigger, TriggerKind
from matching.reasons import Reason
from matching.units import PriceTicks
from simtrade.desk.ledger import Asset, holder_of
from simtrade.desk.requests import ClockAction, Done, Leg, Refusal, VenueId
from simtrade.portfolio.views import OrderState
from tests.world import World

APPLE = "XNAS:AAPL"
STOP = TriggerKind.STOP


def last(world: World, venue: VenueId) -> int:
    quote = world.venues.quote(venue, world.instrument(venue, APPLE).instrument_id)
    assert quote is not None
    return quote.last_ticks


def owner_of_100(world: World) -> tuple[VenueId, AccountId]:
    venue, account = world.practice(date(2008, 9, 12))
    world.place(account, Side.BUY, 100)
    world.pass_seconds(2)
    (position,) = world.portfolio.summary(account).positions
    assert position.qty == 100
    return venue, account


def exits(price: int, near: int, far: int) -> tuple[Leg, Leg]:
    return (
        Leg(OrderKind.LIMIT, PriceTicks(price + far), TimeInForce.GTC),
        Leg(OrderKind.MARKET, None, TimeInForce.GTC, Trigger(STOP, price - near)),
    )


def held(world: World, account: AccountId) -> int:
    (position,) = world.portfolio.summary(account).positions
    return position.held


def test_a_stop_of_a_seller_holds_his_shares_and_survives_a_restart(world: World) -> None:
    venue, account = owner_of_100(world)
    price = last(world, venue)
    done = world.place(account, Side.SELL, 60, force=TimeInForce.GTC,
                       trigger=Trigger(STOP, price - 50))  # fmt: skip
    assert isinstance(done, Done)
    assert held(world, account) == 60
    again = world.reopen()
    (order,) = again.portfolio.orders(account, open_only=True)
    assert (order.stop_ticks, order.waiting_for) == (price - 50, "trigger")
    again.set_clock(venue, ClockAction.SEEK, again.at(venue) + 8 * 86_400 * 10**9)
    order = again.portfolio.order(account, order.order_id)
    assert order is not None
    assert order.state is OrderState.FILLED
    assert order.triggered_ticks is not None
    assert order.triggered_ticks <= price - 50
    assert again.verify().ok


def test_a_pair_of_a_seller_holds_its_shares_once(world: World) -> None:
    venue, account = owner_of_100(world)
    price = last(world, venue)
    leg = Leg(OrderKind.MARKET, None, TimeInForce.GTC, Trigger(STOP, price - 60))
    done = world.place(account, Side.SELL, 100, limit=price + 60, force=TimeInForce.GTC,
                       group=GroupKind.OCO, legs=(leg,))  # fmt: skip
    assert isinstance(done, Done), done
    assert held(world, account) == 100
    assert len(world.portfolio.orders(account, open_only=True)) == 2
    assert done.order_id is not None
    world.cancel(account, done.order_id)  # the reservation moves to the other one
    (other,) = world.portfolio.orders(account, open_only=True)
    assert (other.group_id, other.role) == (done.order_id, "pair")
    assert held(world, account) == 100
    world.cancel(account, other.order_id)
    assert held(world, account) == 0
    assert world.verify().ok


@pytest.mark.parametrize("near", [150, 300])
def test_a_bracket_holds_cash_first_then_the_shares_once_and_ends_flat(
    world: World, near: int
) -> None:
    venue, account = world.practice(date(2008, 9, 12))
    price = last(world, venue)
    done = world.place(account, Side.BUY, 50, group=GroupKind.BRACKET,
                       legs=exits(price, near, 450 - near))  # fmt: skip
    assert isinstance(done, Done), done
    before = world.portfolio.summary(account)
    world.pass_seconds(2)
    assert before.hold_minor > 50 * price
    assert held(world, account) == 50
    assert world.portfolio.summary(account).hold_minor == 0
    world = world.reopen()
    world.set_clock(venue, ClockAction.SEEK, world.at(venue) + 8 * 86_400 * 10**9)
    assert world.portfolio.summary(account).positions == ()
    entry, profit, loss = sorted(
        world.portfolio.orders(account, open_only=False), key=lambda one: one.order_id
    )
    assert entry.state is OrderState.FILLED
    states = {profit.state, loss.state}
    assert states == {OrderState.FILLED, OrderState.CANCELLED}
    assert {profit.cause, loss.cause} == {"", "other_filled"}
    assert world.verify().ok


def test_a_group_is_taken_whole_or_not_at_all(world: World) -> None:
    venue, account = world.practice(date(2008, 9, 12))
    price = last(world, venue)
    reply = world.place(account, Side.BUY, 50, group=GroupKind.BRACKET,
                        legs=exits(price, -40, 300), key="one")  # fmt: skip
    assert isinstance(reply, Refusal)
    assert reply.reason is Reason.STOP_LOSS_WRONG_SIDE
    assert world.portfolio.orders(account, open_only=False) == ()
    again = world.place(account, Side.BUY, 50, group=GroupKind.BRACKET,
                        legs=exits(price, -40, 300), key="one")  # fmt: skip
    assert isinstance(again, Refusal)
    assert again.replayed


def test_exits_that_buy_end_when_their_cash_is_gone(world: World) -> None:
    venue, account = owner_of_100(world)
    price = last(world, venue)
    legs = (
        Leg(OrderKind.LIMIT, PriceTicks(price - 300), TimeInForce.GTC),
        Leg(OrderKind.MARKET, None, TimeInForce.GTC, Trigger(STOP, price * 90)),
    )
    done = world.place(account, Side.SELL, 100, group=GroupKind.BRACKET, legs=legs)
    assert isinstance(done, Done), done
    world.pass_seconds(3)
    found = world.portfolio.orders(account, open_only=False)
    causes = sorted(one.cause for one in found if one.role in ("take_profit", "stop_loss"))
    assert causes == ["not_enough_cash", "not_enough_cash"]
    assert world.verify().ok


def test_a_buy_stop_holds_the_collar_of_its_stop(world: World) -> None:
    venue, account = world.practice(date(2008, 9, 12))
    price = last(world, venue)
    world.place(account, Side.BUY, 10, trigger=Trigger(STOP, price + 100))
    summary = world.portfolio.summary(account)
    assert summary.hold_minor > 10 * (price + 100)
    cash = world.shard.runtime.get(venue)
    assert cash is not None
    mine = cash.ledger.balance(holder_of(account), Asset("USD"))
    assert mine.debits_pending == summary.hold_minor
