"""What an owner sees of an account."""

from __future__ import annotations

from datetime import date

import pytest

from matching.orders import AccountId, FillProfile, Side, TimeInForce
from simtrade.desk.requests import FLOOR, ClockAction, Done, UserId
from simtrade.portfolio import service
from simtrade.portfolio.views import OrderState
from tests.world import World

DAY_NS = 86_400 * 10**9


def test_accounts_of_a_person(world: World) -> None:
    floor = world.floor(user=1, profile=FillProfile.STRICT)
    _, practice = world.practice(user=1)
    world.floor(user=2)
    found = world.portfolio.accounts(UserId(1))
    assert [one.account_id for one in found] == [practice, floor]
    ref = world.portfolio.account(floor)
    assert ref == found[1]
    assert (ref.venue_id, ref.profile, ref.currency.code) == (FLOOR, FillProfile.STRICT, "CNY")
    assert world.portfolio.account(AccountId(999)) is None


def test_no_such_account(world: World) -> None:
    nobody = AccountId(999)
    for ask in (
        lambda: world.portfolio.summary(nobody),
        lambda: world.portfolio.orders(nobody, open_only=True),
        lambda: world.portfolio.fills(nobody),
        lambda: world.portfolio.equity(nobody),
        lambda: world.portfolio.order(nobody, 1),  # type: ignore[arg-type]
    ):
        with pytest.raises(LookupError):
            ask()


def test_an_order_in_a_queue_says_how_many_are_ahead(world: World) -> None:
    world.pass_seconds(10)
    account = world.floor()
    quote = next(one for one in world.venues.quotes(FLOOR) if one.bid and one.ask)
    assert quote.bid is not None
    done = world.place(account, Side.BUY, 200, quote.instrument_id, limit=quote.bid.price_ticks)
    assert isinstance(done, Done)
    assert done.order_id is not None
    view = world.portfolio.order(account, done.order_id)
    assert view is not None
    assert (view.state, view.waiting_for) == (OrderState.OPEN, "queue")
    assert view.ahead_qty == quote.bid.qty
    assert view.traded_at_price == 0
    assert view.hold_minor == world.portfolio.summary(account).hold_minor > 0
    assert world.portfolio.order(world.floor(user=2), done.order_id) is None


def test_what_an_order_waits_for(world: World) -> None:
    venue, account = world.practice()
    world.place(account, Side.BUY, 10, limit=1_000, force=TimeInForce.GTC)
    (view,) = world.portfolio.orders(account, open_only=True)
    assert (view.waiting_for, view.ahead_qty) == ("next_bar", None)
    world.pass_seconds(2)
    (view,) = world.portfolio.orders(account, open_only=True)
    assert view.waiting_for == "price"
    while world.venues.clock(venue).phase == "continuous":
        world.set_clock(venue, ClockAction.SEEK, world.at(venue) + DAY_NS // 48)
    (view,) = world.portfolio.orders(account, open_only=True)
    assert view.waiting_for == "market_open"


def test_an_average_price_is_told_to_the_thousandth(world: World) -> None:
    world.pass_seconds(10)
    account = world.floor()
    done = None
    for quote in world.venues.quotes(FLOOR):
        if quote.ask is not None:
            done = world.place(account, Side.BUY, quote.ask.qty + 100, quote.instrument_id)
            if len(world.portfolio.fills(account)) >= 2:
                break
    assert isinstance(done, Done)
    assert done.order_id is not None
    view = world.portfolio.order(account, done.order_id)
    assert view is not None
    fills = world.portfolio.fills(account, order_id=done.order_id)
    assert len(fills) >= 2
    worth = sum(one.price_ticks * one.qty for one in fills)
    assert view.average_ticks_milli == worth * 1_000 // view.filled
    assert [one.number for one in fills] == list(range(len(fills), 0, -1)), "newest first"


def test_profit_of_the_day_begins_with_the_session(world: World) -> None:
    venue, account = world.practice(date(2008, 9, 11))
    world.place(account, Side.BUY, 50)
    world.pass_seconds(60)
    first = world.portfolio.summary(account)
    gained = first.unrealised_minor + first.realised_minor - first.fees_minor
    assert first.day_profit_minor == gained
    session = world.venues.clock(venue).session
    while world.venues.clock(venue).session == session:
        world.set_clock(venue, ClockAction.SEEK, world.at(venue) + DAY_NS // 24)
    second = world.portfolio.summary(account)
    (position,) = second.positions
    quote = world.venues.quote(venue, position.instrument.instrument_id)
    assert quote is not None
    assert second.day_profit_minor == 50 * (quote.last_ticks - quote.reference_ticks)
    assert second.day_profit_minor == position.day_profit_minor
    world.place(account, Side.SELL, 50)
    world.pass_seconds(2)
    sold = world.portfolio.summary(account)
    (fill, _) = world.portfolio.fills(account)
    assert sold.positions == ()
    fees = sum(one.amount_minor for one in fill.fees)
    assert sold.day_profit_minor == fill.notional_minor - 50 * quote.reference_ticks - fees
    assert sold.realised_minor + sold.start_minor - sold.fees_minor == sold.equity_minor


def test_too_long_away_is_told_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    account, quote = world.floor(), world.venues.quotes(FLOOR)[0]
    for _ in range(5):
        world.place(account, Side.BUY, 100, quote.instrument_id, limit=quote.lower_ticks)
    every = world.portfolio.events_since(account, 0)
    assert every is not None
    assert len(every) == 6
    monkeypatch.setattr(service, "RESUME_EVENTS_MAX", len(every))
    assert world.portfolio.events_since(account, 0) == every
    monkeypatch.setattr(service, "RESUME_EVENTS_MAX", len(every) - 1)
    assert world.portfolio.events_since(account, 0) is None
    assert world.portfolio.events_since(account, 1) == every[1:]
    assert world.portfolio.events_since(account, 10**9) == ()


def test_a_fill_brings_its_receipt(world: World) -> None:
    world.pass_seconds(10)
    account = world.floor(profile=FillProfile.BEGINNER)
    quote = next(one for one in world.venues.quotes(FLOOR) if one.ask)
    assert quote.ask is not None
    world.place(account, Side.BUY, 100, quote.instrument_id)
    (fill,) = world.portfolio.fills(account)
    assert fill.receipt["rule"] == "taker"
    assert fill.receipt["profile"] == "beginner"
    assert fill.receipt["ask_ticks"] == fill.price_ticks == quote.ask.price_ticks
    assert fill.receipt["budget_qty"] == quote.ask.qty
    assert fill.receipt["consumed_before_milli"] == 0
    assert fill.receipt["rule_date"] == "2023-08-28"
