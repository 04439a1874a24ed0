"""What an order would cost is what it costs, and asking changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from feeds.feed import Interval
from matching.instrument import InstrumentId
from matching.orders import (
    AccountId,
    GroupKind,
    OrderKind,
    Side,
    TimeInForce,
    Trigger,
    TriggerKind,
)
from matching.reasons import Reason
from matching.units import PriceTicks, Qty
from simtrade.desk.requests import FLOOR, Done, Leg, PlaceRequest, Refusal
from simtrade.portfolio.views import Preview
from simtrade.venues.views import QuoteView
from tests.simtrade.states import essence
from tests.world import World

Ask = Callable[..., PlaceRequest]


@pytest.fixture
def account(world: World) -> AccountId:
    world.pass_seconds(10)
    return world.floor()


def quoted(world: World) -> tuple[QuoteView, int]:
    """A company and a quantity that its best offer covers."""
    for quote in world.venues.quotes(FLOOR):
        if quote.ask is not None and quote.bid is not None and quote.ask.qty >= 200:
            return quote, quote.ask.qty // 100 * 100
    raise AssertionError("nobody offers two lots")


def request(
    account: AccountId, symbol: str, side: Side, qty: int, limit: int | None = None
) -> PlaceRequest:
    return PlaceRequest(
        account, "preview", InstrumentId(symbol), side,
        OrderKind.MARKET if limit is None else OrderKind.LIMIT, Qty(qty),
        None if limit is None else PriceTicks(limit), TimeInForce.DAY,
    )  # fmt: skip


def previewed(world: World, asked: PlaceRequest) -> Preview:
    found = world.portfolio.preview(asked)
    assert isinstance(found, Preview), found
    return found


def test_the_total_is_what_the_fill_takes_from_the_cash(world: World, account: AccountId) -> None:
    quote, qty = quoted(world)
    assert quote.ask is not None
    limit = quote.ask.price_ticks
    asked = request(account, quote.instrument_id, Side.BUY, qty, limit)
    found = previewed(world, asked)
    before = world.portfolio.summary(account).cash_minor
    assert isinstance(world.submit(asked), Done)
    after = world.portfolio.summary(account)
    (fill,) = world.portfolio.fills(account)
    assert (fill.qty, fill.price_ticks) == (qty, limit)
    assert before - after.cash_minor == found.total_minor
    assert after.cash_minor == found.cash_after_minor
    assert after.hold_minor == 0
    assert fill.fees == tuple(sorted(found.fees, key=lambda one: one.code))
    assert found.total_minor == found.notional_minor + sum(one.amount_minor for one in found.fees)


def test_what_is_to_be_reserved_is_reserved(world: World, account: AccountId) -> None:
    quote, _ = quoted(world)
    asked = request(account, quote.instrument_id, Side.BUY, 500, quote.lower_ticks)
    found = previewed(world, asked)
    assert isinstance(world.submit(asked), Done)
    assert world.portfolio.summary(account).hold_minor == found.hold_minor == found.total_minor


def test_a_sale_brings_what_was_told(world: World, account: AccountId) -> None:
    quote, qty = quoted(world)
    world.place(account, Side.BUY, qty, quote.instrument_id)
    venue = world.shard.runtime.get(FLOOR)
    assert venue is not None
    venue.positions[account, quote.instrument_id].unsettled_qty = 0
    world.pass_seconds(1.2)
    bid = world.venues.quote(FLOOR, quote.instrument_id)
    assert bid is not None
    assert bid.bid is not None
    with world.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE position SET unsettled_qty = 0")
    asked = request(account, quote.instrument_id, Side.SELL, 100, bid.bid.price_ticks)
    found = previewed(world, asked)
    before = world.portfolio.summary(account).cash_minor
    assert isinstance(world.submit(asked), Done)
    assert world.portfolio.summary(account).cash_minor - before == found.total_minor
    assert found.total_minor == found.notional_minor - sum(one.amount_minor for one in found.fees)
    assert found.max_qty == qty


def test_a_sale_tells_when_a_broker_would_pay_its_money_out(
    world: World, account: AccountId
) -> None:
    """The floor has the mainland's rules: the money buys again at once and leaves the next day."""
    quote, qty = quoted(world)
    buy = request(account, quote.instrument_id, Side.BUY, qty)
    assert previewed(world, buy).withdrawable_sessions == 0
    world.place(account, Side.BUY, qty, quote.instrument_id)
    with world.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE position SET unsettled_qty = 0")
    sale = request(account, quote.instrument_id, Side.SELL, 100)
    assert previewed(world, sale).withdrawable_sessions == 1


def test_asking_changes_nothing(world: World, account: AccountId) -> None:
    quote, qty = quoted(world)
    venue = world.shard.runtime.get(FLOOR)
    assert venue is not None
    before, rows = essence(venue), world.store.state()
    for side in Side:
        for limit in (None, quote.lower_ticks, quote.last_ticks):
            asked = request(account, quote.instrument_id, side, qty, limit)
            world.portfolio.preview(asked)
            world.portfolio.max_qty(asked)
    assert essence(venue) == before
    assert world.store.state() == rows
    assert world.verify().ok


def test_a_practice_is_previewed_at_its_own_moment(world: World) -> None:
    venue_id, account = world.practice()
    world.pass_seconds(5)
    quote = world.venues.quotes(venue_id)[0]
    found = previewed(world, request(account, quote.instrument_id, Side.BUY, 10))
    half_spread = max(1, round(quote.last_ticks * 200 / 10**6))
    assert found.price_ticks == quote.last_ticks + half_spread


@pytest.mark.parametrize(
    ("symbol", "side", "qty", "limit"),
    [
        ("SIMA:NONE", Side.BUY, 100, 1_000),
        ("SIMA:609001", Side.BUY, 150, None),
        ("SIMA:609001", Side.BUY, 100, 1),
        ("SIMA:609001", Side.BUY, 1_000_000, None),
        ("SIMA:609001", Side.SELL, 100, None),
    ],
)
def test_a_preview_is_refused_as_the_order_would_be(
    world: World, account: AccountId, symbol: str, side: Side, qty: int, limit: int | None
) -> None:
    asked = request(account, symbol, side, qty, limit)
    found, reply = world.portfolio.preview(asked), world.submit(asked)
    assert isinstance(found, Refusal)
    assert found == reply


@pytest.mark.parametrize("limited", [True, False])
def test_the_largest_quantity_is_accepted_and_a_lot_more_is_not(
    world: World, account: AccountId, limited: bool
) -> None:
    quote, _ = quoted(world)
    limit = quote.lower_ticks if limited else None
    asked = request(account, quote.instrument_id, Side.BUY, 100, limit)
    most = world.portfolio.max_qty(asked)
    assert previewed(world, asked).max_qty == most
    assert most % 100 == 0
    too_much = request(account, quote.instrument_id, Side.BUY, most + 100, limit)
    refused = world.portfolio.preview(too_much)
    assert isinstance(refused, Refusal)
    assert refused.reason in (Reason.NOT_ENOUGH_CASH, Reason.QTY_TOO_LARGE)
    previewed(world, request(account, quote.instrument_id, Side.BUY, most, limit))


def test_nothing_can_be_had_of_what_is_unknown_or_not_held(
    world: World, account: AccountId
) -> None:
    assert world.portfolio.max_qty(request(account, "SIMA:NONE", Side.BUY, 1)) == 0
    assert world.portfolio.max_qty(request(account, "SIMA:609001", Side.SELL, 1)) == 0


def test_the_size_is_measured_by_the_last_whole_day(world: World) -> None:
    venue_id, mine = world.practice()
    asked = request(mine, InstrumentId("XNAS:AAPL"), Side.BUY, 10, None)
    feed = world.feeds.feed(world.venues.view(venue_id).tape)  # type: ignore[union-attr]
    days = feed.bars(asked.instrument_id, Interval.DAY, world.at(venue_id), 2)
    yesterday = int(days.volume[len(days.volume) - 1 - days.partial])
    assert previewed(world, asked).day_share_permille == 10 * 1000 // yesterday


def test_each_exit_says_what_it_would_bring(world: World, account: AccountId) -> None:
    """A stop that follows the price counts where it stands when the entry fills."""
    quote, qty = quoted(world)
    limit = quote.last_ticks
    carried = TimeInForce.GTC
    profit = Leg(OrderKind.LIMIT, PriceTicks(limit + 30), carried)
    for trigger, gain_ticks in (
        (Trigger(TriggerKind.STOP, limit - 20), -20),
        (Trigger(TriggerKind.TRAIL, 25), -25),
    ):
        loss = Leg(OrderKind.MARKET, None, carried, trigger)
        asked = replace(
            request(account, quote.instrument_id, Side.BUY, qty, limit),
            group=GroupKind.BRACKET,
            legs=(profit, loss),
        )
        found = previewed(world, asked)
        assert [(one.kind, one.price_ticks, one.gain_minor) for one in found.exits] == [
            ("take_profit", limit + 30, 30 * qty),
            ("stop_loss", limit + gain_ticks, gain_ticks * qty),
        ]
