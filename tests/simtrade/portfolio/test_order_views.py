"""What the owner sees of stops and groups."""

from __future__ import annotations

from datetime import date

from matching.orders import GroupKind, OrderKind, Side, TimeInForce, Trigger, TriggerKind
from matching.units import PriceTicks
from simtrade.desk.requests import FLOOR, Done, Leg
from tests.world import World

APPLE = "XNAS:AAPL"


def test_a_bracket_says_what_each_order_is_and_waits_for(world: World) -> None:
    venue, account = world.practice(date(2013, 2, 28))
    quote = world.venues.quote(venue, world.instrument(venue, APPLE).instrument_id)
    assert quote is not None
    price = quote.last_ticks
    legs = (
        Leg(OrderKind.LIMIT, PriceTicks(price + 100), TimeInForce.GTC),
        Leg(OrderKind.MARKET, None, TimeInForce.GTD, Trigger(TriggerKind.TRAIL, 50),
            date(2013, 3, 8)),
    )  # fmt: skip
    done = world.place(account, Side.BUY, 10, limit=price - 10, force=TimeInForce.GTC,
                       group=GroupKind.BRACKET, legs=legs)  # fmt: skip
    assert isinstance(done, Done), done
    loss, profit, entry = world.portfolio.orders(account, open_only=True)
    assert [one.role for one in (entry, profit, loss)] == ["entry", "take_profit", "stop_loss"]
    assert [one.waiting_for for one in (profit, loss)] == ["entry", "entry"]
    assert {one.group_id for one in (entry, profit, loss)} == {done.order_id}
    assert {one.side for one in (profit, loss)} == {Side.SELL}
    assert (loss.stop_ticks, loss.good_till) == (None, date(2013, 3, 8))
    assert loss.trigger == Trigger(TriggerKind.TRAIL, 50)
    assert not loss.platform_stop  # brokers of that market keep stops themselves


def test_stops_of_a_mainland_market_are_kept_by_the_platform(world: World) -> None:
    account = world.floor()
    quote = world.venues.quotes(FLOOR)[0]
    done = world.place(account, Side.BUY, 100, quote.instrument_id,
                       trigger=Trigger(TriggerKind.STOP, quote.last_ticks + 5))  # fmt: skip
    assert isinstance(done, Done), done
    (order,) = world.portfolio.orders(account, open_only=True)
    assert order.platform_stop
    assert (order.stop_ticks, order.limit_ticks) == (quote.last_ticks + 5, None)
