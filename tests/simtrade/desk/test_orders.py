"""Orders through the whole desk: what a group asks for, and when its exits begin to work."""

from __future__ import annotations

from datetime import date

from matching.orders import GroupKind, OrderKind, Side, TimeInForce, Trigger, TriggerKind
from matching.reasons import Reason
from matching.units import PriceTicks, Qty
from simtrade.desk.orders import orders_of
from simtrade.desk.requests import FLOOR, Done, Leg, PlaceRequest, Refusal, ReplaceRequest, Reply
from simtrade.desk.state import Changes
from simtrade.portfolio.views import OrderState
from tests.simtrade.desk.script import next_session
from tests.world import World

STOP = TriggerKind.STOP


def test_legs_are_in_the_instrument_and_quantity_of_the_first_with_ids_of_their_own(
    world: World,
) -> None:
    venue_id, account_id = world.practice(date(2008, 9, 12))
    venue = world.shard.runtime.get(venue_id)
    assert venue is not None
    legs = (
        Leg(OrderKind.LIMIT, PriceTicks(20_000), TimeInForce.GTC),
        Leg(OrderKind.MARKET, None, TimeInForce.GTC, Trigger(STOP, 10_000)),
    )
    request = PlaceRequest(
        account_id, "k", world.instrument(venue_id, "XNAS:AAPL").instrument_id, Side.BUY,
        OrderKind.MARKET, 5, None, TimeInForce.DAY, group=GroupKind.BRACKET, legs=legs,  # type: ignore[arg-type]
    )  # fmt: skip
    found = orders_of(venue, request, venue.accounts[account_id], 9, Changes(9))  # type: ignore[arg-type]
    assert isinstance(found, tuple)
    entry, profit, loss = found
    assert len({one.order_id for one in found}) == 3
    assert {one.group_id for one in found} == {entry.order_id} == {9}
    assert [one.side for one in found] == [Side.BUY, Side.SELL, Side.SELL]
    assert {one.qty for one in found} == {5}
    assert (profit.limit_ticks, loss.trigger) == (20_000, Trigger(STOP, 10_000))
    assert all(one.order_id < 2**53 for one in found)  # a browser's whole numbers


def test_exits_of_shares_under_t_1_wait_for_the_next_session_and_then_hold_them(
    evening: World,
) -> None:
    world = evening
    account = world.floor()
    quote = world.venues.quotes(FLOOR)[0]
    assert quote.upper_ticks is not None
    legs = (
        Leg(OrderKind.LIMIT, PriceTicks(quote.upper_ticks), TimeInForce.GTC),
        Leg(OrderKind.MARKET, None, TimeInForce.GTC, Trigger(STOP, quote.last_ticks // 2)),
    )
    done = world.place(account, Side.BUY, 100, quote.instrument_id,
                       group=GroupKind.BRACKET, legs=legs)  # fmt: skip
    assert isinstance(done, Done), done
    world.pass_seconds(3)
    loss, profit, entry = world.portfolio.orders(account, open_only=False)
    assert entry.state is OrderState.FILLED
    assert {one.waiting_for for one in (profit, loss)} == {"settlement"}
    (position,) = world.portfolio.summary(account).positions
    assert (position.unsettled, position.held) == (100, 0)
    world = world.reopen()
    next_session(world)
    (position,) = world.portfolio.summary(account).positions
    assert (position.unsettled, position.held) == (0, 100)
    assert len(world.portfolio.orders(account, open_only=True)) == 2
    assert world.verify().ok


def test_an_amount_of_money_buys_whole_shares_where_the_market_allows_it(world: World) -> None:
    venue, account = world.practice(date(2008, 9, 12))
    quote = world.venues.quote(venue, world.instrument(venue, "XNAS:AAPL").instrument_id)
    assert quote is not None
    limit = quote.last_ticks
    done = world.place(account, Side.BUY, 0, limit=limit, amount_minor=10 * limit + limit // 2)
    assert isinstance(done, Done), done
    (order,) = world.portfolio.orders(account, open_only=True)
    assert order.qty == 10
    refused = world.place(account, Side.BUY, 0, limit=limit, amount_minor=limit - 1)
    assert isinstance(refused, Refusal)
    assert (refused.reason, refused.numbers) == (Reason.AMOUNT_TOO_SMALL, {"least_minor": limit})
    floor = world.floor()
    name = world.venues.quotes(FLOOR)[0].instrument_id
    refused = world.place(floor, Side.BUY, 0, name, amount_minor=1_000_000)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.AMOUNT_NOT_OFFERED
    assert world.verify().ok


def test_a_waiting_bracket_is_taken_back_whole_and_reserved_nothing_of_its_exits(
    world: World,
) -> None:
    venue_id, account = world.practice(date(2005, 2, 25))
    quote = world.venues.quotes(venue_id)[0]
    below, above = quote.last_ticks * 8 // 10, quote.last_ticks * 11 // 10
    legs = (
        Leg(OrderKind.LIMIT, PriceTicks(above), TimeInForce.GTC),
        Leg(OrderKind.MARKET, None, TimeInForce.GTC, Trigger(STOP, below // 2)),
    )
    done = world.place(account, Side.BUY, 10, quote.instrument_id, limit=below,
                       group=GroupKind.BRACKET, legs=legs)  # fmt: skip
    assert isinstance(done, Done), done
    assert done.order_id is not None
    world.pass_seconds(30)
    assert isinstance(world.cancel(account, done.order_id), Done)
    world.pass_seconds(5)
    assert world.portfolio.orders(account, open_only=True) == ()
    summary = world.portfolio.summary(account)
    assert summary.hold_minor == 0
    assert world.verify().ok


def test_a_trailing_stop_gets_another_distance_and_keeps_its_best_trade(world: World) -> None:
    venue, account = world.practice(date(2008, 9, 12))
    name = world.instrument(venue, "XNAS:AAPL").instrument_id

    def asked(number: int, qty: int, trail: int | None, stop: int | None = None) -> Reply:
        stop_ticks = None if stop is None else PriceTicks(stop)
        return world.submit(
            ReplaceRequest(account, f"r{number}", order_id, Qty(qty), None, stop_ticks, trail=trail)
        )

    done = world.place(account, Side.BUY, 10, name, trigger=Trigger(TriggerKind.TRAIL, 200))
    assert isinstance(done, Done), done
    assert done.order_id is not None
    order_id = done.order_id
    before = world.portfolio.order(account, order_id)
    assert before is not None
    assert isinstance(asked(1, 10, 500), Done)
    after = world.portfolio.order(account, order_id)
    assert after is not None
    assert after.trigger == Trigger(TriggerKind.TRAIL, 500)
    assert after.stop_ticks is not None
    assert before.stop_ticks is not None
    assert after.stop_ticks - before.stop_ticks == 300
    assert after.hold_minor > before.hold_minor  # what it may cost at the worst has grown
    for number, terms, reason in (
        (2, (10, None), Reason.REPLACE_CHANGES_NOTHING),
        (3, (10, 500), Reason.REPLACE_CHANGES_NOTHING),
        (5, (10, -1), Reason.TRAIL_NOT_POSITIVE),
        (6, (10, 300, 20_000), Reason.REPLACE_NOT_POSSIBLE),
    ):
        refused = asked(number, *terms)
        assert isinstance(refused, Refusal), (number, refused)
        assert refused.reason is reason
    assert isinstance(asked(7, 20, None), Done)
    stop = world.place(account, Side.BUY, 10, name, trigger=Trigger(STOP, 50_000))
    assert isinstance(stop, Done)
    assert stop.order_id is not None
    order_id = stop.order_id
    refused = asked(8, 10, 100, 40_000)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.REPLACE_NOT_POSSIBLE
    assert world.reopen().verify().ok
