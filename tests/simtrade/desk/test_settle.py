"""Money and shares after fills: what is reserved, paid, given back; sessions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest

from feeds.catalogue import US_DAILY
from feeds.feed import Feed
from feeds.generator.feed import GeneratorFeed
from matching.events import Cause, Event, FillRule, OrderCancelled, OrderFilled, Receipt
from matching.fees import Fee, FeeSchedule, FillRole
from matching.instrument import InstrumentId
from matching.orders import (
    AccountId,
    FillProfile,
    OrderId,
    OrderKind,
    PlaceOrder,
    Side,
    TimeInForce,
)
from matching.reasons import Reason
from matching.units import AtNs, PriceTicks, Qty
from simtrade.desk.holds import check_funds, needed_hold
from simtrade.desk.ledger import Asset, TransferKind, holder_of, house
from simtrade.desk.requests import FLOOR, UserId
from simtrade.desk.settle import Settlement
from simtrade.desk.state import Account, Changes, OrderRecord, VenueState
from simtrade.portfolio.views import OrderState
from simtrade.venues.feeds import Feeds, session_of
from simtrade.venues.loader import new_venue
from tests.world import World

ME = AccountId(1)
NOW = AtNs(5)


@dataclass
class Books:
    """A venue with one account, whose fills are told and not matched."""

    venue: VenueState
    changes: Changes
    settlement: Settlement
    next_id: int = 100

    @property
    def instrument_id(self) -> InstrumentId:
        return self.venue.feed.instruments[0].instrument_id

    def cash(self) -> int:
        return self.venue.ledger.balance(holder_of(ME), Asset(self.venue.currency.code)).available

    def shares(self) -> int:
        return self.venue.ledger.balance(holder_of(ME), Asset(self.instrument_id)).available

    def give(self, minor: int, qty: int = 0) -> None:
        self.settlement.move(self.venue.currency.code, house(FLOOR, "grant"), holder_of(ME), minor,
                             TransferKind.POST, "grant")  # fmt: skip
        self.settlement.move(self.instrument_id, house(FLOOR, "liquidity"), holder_of(ME), qty,
                             TransferKind.POST, "gift")  # fmt: skip
        self.settlement.position(ME, self.venue.instrument(self.instrument_id))

    def unplaced(self, side: Side, qty: int, limit: int, *, short: bool = False) -> OrderRecord:
        """An order that nobody has taken in."""
        self.next_id += 1
        order = PlaceOrder(
            OrderId(self.next_id), ME, self.instrument_id, side, OrderKind.LIMIT, Qty(qty),
            PriceTicks(limit), TimeInForce.DAY, FillProfile.STANDARD, NOW, short=short,
        )  # fmt: skip
        return OrderRecord(order, f"k{self.next_id}", self.venue.exchange.working_of(order))

    def order(self, side: Side, qty: int, limit: int, *, short: bool = False) -> OrderRecord:
        record = self.unplaced(side, qty, limit, short=short)
        self.venue.add(record)
        self.settlement.hold(record, *needed_hold(self.venue, record))
        return record

    def fill(
        self, record: OrderRecord, *parts: tuple[int, int], rule: FillRule = FillRule.QUEUE
    ) -> None:
        """(price, qty) of one event of the market: the exchange goes through all of them first."""
        events: list[Event] = []
        working = record.working
        for price, qty in parts:
            working.filled += qty
            working.fills += 1
            receipt = Receipt(FillProfile.STANDARD, rule, 1, NOW, date(2026, 1, 5))
            events.append(
                OrderFilled(record.order.order_id, ME, self.instrument_id, working.side,
                            working.fills, PriceTicks(price), Qty(qty), Qty(working.leaves), NOW,
                            receipt)
            )  # fmt: skip
        self.settlement.follow(events)

    def end(self, record: OrderRecord, cause: Cause) -> None:
        order = record.order
        leaves = Qty(record.working.leaves)
        self.settlement.follow(
            [OrderCancelled(order.order_id, ME, order.instrument_id, leaves, cause, NOW)]
        )


def books(feed: Feed, tape: str, feeds: Feeds) -> Books:
    body = {
        "tape": tape, "owner": None, "first_session": session_of(feed, feed.start_ns).isoformat(),
        "start_ns": feed.advance(feed.start_ns, 1), "running": True, "speed": 1,
        "currency": feed.instruments[0].currency.code, "start_minor": 0,
    }  # fmt: skip
    venue = new_venue(FLOOR, body, feeds)
    venue.accounts[ME] = Account(ME, FLOOR, UserId(7), FillProfile.STANDARD, venue.currency, NOW, 0)
    changes = Changes()
    return Books(venue, changes, Settlement(venue, changes))


@pytest.fixture
def floor(world: World) -> Books:
    """0.025 % and at least 5.00 of commission, 0.001 % transfer fee, 0.05 % stamp duty on sales."""
    tape = world.feeds.floor_tape
    feed = world.feeds.feed(tape)
    assert isinstance(feed, GeneratorFeed)
    return books(feed, tape, world.feeds)


def test_a_buyer_reserves_the_worst_price_and_its_fees(floor: Books) -> None:
    floor.give(10**8)
    record = floor.order(Side.BUY, 1_000, 1_000)
    assert (record.hold_minor, record.hold_qty) == (1_000_000 + 500 + 10, 0)
    assert floor.cash() == 10**8 - record.hold_minor


def test_a_better_price_is_usable_at_once_and_the_minimum_is_paid_once(floor: Books) -> None:
    floor.give(10**8)
    record = floor.order(Side.BUY, 1_000, 1_000)
    floor.fill(record, (990, 400))
    assert record.hold_minor == 600_000 + 10 - 4
    assert floor.cash() == 10**8 - 396_000 - 504 - record.hold_minor
    floor.fill(record, (1_000, 600))
    assert (record.hold_minor, record.state) == (0, OrderState.FILLED)
    assert record.fees == {"commission": 500, "transfer_fee": 10}
    assert floor.cash() == 10**8 - 996_000 - 510
    assert floor.shares() == 1_000


def test_takers_and_makers_pay_for_each_fill_alone(floor: Books) -> None:
    listing = floor.venue.exchange.listings[floor.instrument_id]
    assert listing.rules is not None
    fees = (Fee("taker", rate_ppb=10**6, role=FillRole.TAKER),
            Fee("maker", rate_ppb=8 * 10**5, role=FillRole.MAKER))  # fmt: skip
    listing.rules = replace(listing.rules, fees=FeeSchedule(fees))
    floor.give(10**8)
    record = floor.order(Side.BUY, 1_000, 1_000)
    assert record.hold_minor == 1_000_000 + 1_000, "as if all of it took"
    floor.fill(record, (1_000, 400), rule=FillRule.TAKER)
    assert record.fees == {"taker": 400}
    floor.fill(record, (1_000, 600))
    assert record.fees == {"taker": 400, "maker": 480}
    assert (record.hold_minor, floor.cash()) == (0, 10**8 - 1_000_000 - 880)


@pytest.mark.parametrize(
    ("qty", "reason"),
    [(250, None), (50, None), (150, None), (200, None), (49, Reason.ODD_LOT_SPLIT),
     (51, Reason.ODD_LOT_SPLIT), (251, Reason.NOT_ENOUGH_TO_SELL)],
)  # fmt: skip
def test_the_rest_of_a_lot_is_sold_whole(floor: Books, qty: int, reason: Reason | None) -> None:
    floor.give(10**8, 250)
    order = replace(floor.order(Side.SELL, 100, 1_100).order, qty=Qty(qty))
    floor.end(floor.venue.orders[order.order_id], Cause.BY_OWNER)
    record = OrderRecord(order, "k", floor.venue.exchange.working_of(order))
    found = check_funds(floor.venue, record, 0, qty)
    assert (found and found.reason) is reason
    if found is not None and reason is Reason.ODD_LOT_SPLIT:
        assert dict(found.numbers) == {"lot": 100, "odd_qty": 50}
        assert found.rule.endswith("[1996-12-16]")


@pytest.mark.parametrize(
    ("sold", "leaves", "reason"),
    [
        (0, 250, None),
        (0, 200, None),  # nothing but the price changes
        (0, 240, Reason.ODD_LOT_SPLIT),
        (0, 199, Reason.ODD_LOT_SPLIT),  # a smaller order too
        (30, 170, None),
        (30, 220, None),  # 250 in all
        (30, 70, None),  # 100 in all
        (30, 100, Reason.ODD_LOT_SPLIT),  # 130 in all
    ],
)
def test_a_changed_order_counts_what_it_holds_and_has_sold(
    floor: Books, sold: int, leaves: int, reason: Reason | None
) -> None:
    floor.give(10**8, 250)
    record = floor.order(Side.SELL, 200, 1_100)
    if sold:
        floor.fill(record, (1_100, sold))
    found = check_funds(floor.venue, record, 0, leaves)
    assert (found and found.reason) is reason


def test_less_than_the_least_is_only_sold_as_the_last(floor: Books) -> None:
    listing = floor.venue.exchange.listings[floor.instrument_id]
    assert listing.rules is not None
    star = replace(listing.rules.lots, lot=1, min_qty=200)
    listing.rules = replace(listing.rules, lots=star)
    floor.give(10**8, 350)
    record = floor.order(Side.SELL, 250, 1_100)
    for leaves, reason in ((201, None), (199, Reason.ODD_LOT_SPLIT), (350, None), (349, None)):
        found = check_funds(floor.venue, record, 0, leaves)
        assert (found and found.reason) is reason, leaves
    floor.end(record, Cause.BY_OWNER)
    floor.fill(floor.order(Side.SELL, 250, 1_100), (1_100, 250))
    record = floor.order(Side.SELL, 100, 1_100)
    found = check_funds(floor.venue, record, 0, 99)
    assert found is not None
    assert found.reason is Reason.ODD_LOT_SPLIT


def test_a_cancelled_order_gives_everything_back(floor: Books) -> None:
    floor.give(10**8, 500)
    buy, sell = floor.order(Side.BUY, 1_000, 1_000), floor.order(Side.SELL, 400, 1_100)
    assert floor.shares() == 100
    floor.end(buy, Cause.BY_OWNER)
    floor.end(sell, Cause.DAY_OVER)
    assert (floor.cash(), floor.shares()) == (10**8, 500)
    assert (buy.state, sell.state) == (OrderState.CANCELLED, OrderState.EXPIRED)
    assert buy.cause == "by_owner"
    assert not floor.venue.orders


def test_a_sale_brings_its_value_less_the_mainland_s_fees(floor: Books) -> None:
    floor.give(0, 1_000)
    record = floor.order(Side.SELL, 1_000, 1_020)
    assert (record.hold_minor, record.hold_qty) == (0, 1_000)
    floor.fill(record, (1_020, 1_000))
    assert (floor.cash(), floor.shares()) == (1_020_000 - 1_020, 0)
    assert record.fees == {"commission": 500, "stamp_duty": 510, "transfer_fee": 10}


def test_a_seller_without_cash_pays_the_minimum_out_of_what_comes_in(floor: Books) -> None:
    floor.give(0, 300)
    record = floor.order(Side.SELL, 300, 300)
    floor.fill(record, (300, 1))  # 3.00 came in, 5.00 is due
    assert (floor.cash(), record.fees) == (0, {"commission": 300})
    floor.fill(record, (300, 1), (301, 1))
    assert record.fees == {"commission": 500}
    assert floor.cash() == 901 - 500
    floor.fill(record, (300, 297))
    assert record.fees == {"commission": 500, "stamp_duty": 45, "transfer_fee": 1}
    assert floor.cash() == 90_001 - 546


def test_a_sale_that_cannot_pay_for_itself_reserves_the_difference(floor: Books) -> None:
    floor.give(350, 200)
    record = floor.order(Side.SELL, 200, 1)
    assert (record.hold_minor, floor.cash()) == (300, 50)
    floor.fill(record, (1, 100))
    floor.fill(record, (1, 100))
    assert (floor.cash(), record.fees) == (50, {"commission": 500})


def test_each_fill_of_one_event_tells_how_far_the_order_was_then(floor: Books) -> None:
    floor.give(10**8)
    record = floor.order(Side.BUY, 300, 1_000)
    floor.fill(record, (998, 100), (999, 150), (1_000, 50))
    told = [one.body for one in floor.changes.events if one.kind == "filled"]
    assert [one["filled"] for one in told] == [100, 250, 300]
    assert [one["state"] for one in told] == ["open", "open", "filled"]
    assert sum(fill.notional_minor for fill in floor.changes.fills) == 99_800 + 149_850 + 50_000
    assert [fill.fees.get("commission", 0) for fill in floor.changes.fills] == [500, 0, 0]


def test_what_was_bought_today_is_settled_by_the_next_session(floor: Books) -> None:
    floor.give(10**8)
    floor.fill(floor.order(Side.BUY, 300, 1_000), (1_000, 300))
    position = floor.venue.positions[ME, floor.instrument_id]
    assert position.unsettled_qty == 300
    floor.settlement.settle_session()
    assert position.unsettled_qty == 0
    told = len(floor.changes.events)
    floor.settlement.settle_session()
    assert len(floor.changes.events) == told, "nothing to settle, nothing to tell"


def test_cost_leaves_in_proportion_and_the_rest_is_profit(floor: Books) -> None:
    floor.give(10**8)
    floor.fill(floor.order(Side.BUY, 300, 1_000), (1_000, 300))
    floor.fill(floor.order(Side.SELL, 100, 1_100), (1_100, 100))
    position = floor.venue.positions[ME, floor.instrument_id]
    assert (position.cost_minor, position.realised_minor) == (200_000, 10_000)
    floor.fill(floor.order(Side.SELL, 200, 900), (900, 200))
    assert (position.cost_minor, position.realised_minor) == (0, 10_000 - 20_000)


@pytest.mark.parametrize(("half", "cost"), [(None, 600), (1, 500)])
def test_the_distance_to_the_reference_is_what_the_spread_cost(
    floor: Books, half: int | None, cost: int
) -> None:
    floor.give(10**8)
    record = floor.order(Side.BUY, 100, 1_010)
    working = record.working
    working.filled, working.fills = 100, 1
    receipt = Receipt(FillProfile.STANDARD, FillRule.TAKER, 1, NOW, date(2026, 1, 5),
                      reference_ticks=PriceTicks(1_000), reference_half=half)  # fmt: skip
    fill = OrderFilled(record.order.order_id, ME, floor.instrument_id, Side.BUY, 1,
                       PriceTicks(1_003), Qty(100), Qty(0), NOW, receipt)  # fmt: skip
    floor.settlement.follow([fill])
    assert floor.venue.accounts[ME].spread_half_minor == cost


def test_the_practice_fee_never_exceeds_its_share_of_the_value(world: World) -> None:
    tape = world.feeds.shipped[US_DAILY]
    practice = books(world.feeds.feed(tape), tape, world.feeds)
    practice.give(10**7)
    record = practice.order(Side.BUY, 10, 500)
    assert record.hold_minor == 5_000 + 50
    practice.fill(record, (500, 1))
    assert record.fees == {"commission": 5}
    practice.fill(record, (500, 9))
    assert record.fees == {"commission": 50}
