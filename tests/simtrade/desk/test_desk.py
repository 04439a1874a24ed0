"""Orders through the whole desk: money, shares, sessions, splits, refusals."""

from __future__ import annotations

from datetime import date

from matching.orders import Side, TimeInForce
from matching.reasons import Reason
from simtrade.desk.requests import (
    FLOOR,
    ClockAction,
    Done,
    JoinVenue,
    OpenPractice,
    PlaceRequest,
    Refusal,
    UserId,
    VenueId,
)
from simtrade.portfolio.views import OrderState
from tests.world import World

DAY_NS = 86_400 * 10**9


def reason(reply: object) -> Reason:
    assert isinstance(reply, Refusal), reply
    return reply.reason


def test_a_market_order_on_bars_fills_at_the_next_open_and_everything_adds_up(
    world: World,
) -> None:
    _, account = world.practice()
    reply = world.place(account, Side.BUY, 10)
    assert isinstance(reply, Done)
    before = world.portfolio.summary(account)
    assert before.hold_minor > 0
    assert before.cash_minor + before.hold_minor == 10_000_000
    world.pass_seconds(2)
    after = world.portfolio.summary(account)
    (fill,) = world.portfolio.fills(account)
    assert after.hold_minor == 0
    assert after.cash_minor == 10_000_000 - fill.notional_minor - 100
    (position,) = after.positions
    assert (position.qty, position.cost_minor) == (10, fill.notional_minor)
    assert after.equity_minor == after.cash_minor + position.value_minor
    assert (
        after.equity_minor
        == after.start_minor + after.realised_minor + after.unrealised_minor - after.fees_minor
    )
    assert fill.receipt["rule"] == "bar_open"


def test_holding_over_the_split_of_2005_02_28_doubles_the_shares_and_keeps_the_value(
    world: World,
) -> None:
    venue, account = world.practice(date(2005, 2, 25))
    world.place(account, Side.BUY, 100)
    world.pass_seconds(2)
    world.place(account, Side.BUY, 10, limit=1000, force=TimeInForce.GTC)
    (before,) = world.portfolio.summary(account).positions
    feed = world.feeds.feed(world.venues.view(venue).tape)
    close = feed.last(before.instrument.instrument_id, feed.advance(world.at(venue), 10**18))
    del close
    friday_close = world.at(venue)
    while world.venues.clock(venue).session == date(2005, 2, 25):
        friday_close = world.at(venue)
        world.set_clock(venue, ClockAction.SEEK, int(friday_close + 3_600 * 10**9))
    summary = world.portfolio.summary(account)
    (after,) = summary.positions
    assert (before.qty, after.qty) == (100, 200)
    assert after.cost_minor == before.cost_minor
    quote = world.venues.quote(venue, after.instrument.instrument_id)
    assert quote is not None
    # 8,899 was the close of Friday: half of it, rounded, is Monday's reference.
    assert after.qty * quote.reference_ticks == before.qty * 8_898 + before.qty * 2
    (order,) = world.portfolio.orders(account, open_only=False, limit=1)
    assert (order.state, order.qty, order.limit_ticks) == (OrderState.OPEN, 20, 500)
    assert summary.hold_minor == order.hold_minor == 20 * 500 + 100


def test_shares_bought_today_on_the_floor_are_sold_tomorrow(evening: World) -> None:
    world = evening
    account = world.floor()
    symbol = world.venues.quotes(FLOOR)[0].instrument_id
    assert isinstance(world.place(account, Side.BUY, 300, symbol), Done)
    assert reason(world.place(account, Side.SELL, 300, symbol)) is Reason.NOT_SETTLED_YET
    assert reason(world.place(account, Side.SELL, 400, symbol)) is Reason.NOT_ENOUGH_TO_SELL
    (position,) = world.portfolio.summary(account).positions
    assert (position.available, position.unsettled) == (0, 300)
    session = world.venues.clock(FLOOR).session
    venue = world.shard.runtime.get(FLOOR)
    assert venue is not None
    venue.speed = 3_600
    while world.venues.clock(FLOOR).session == session:
        world.pass_seconds(0.5)
    (position,) = world.portfolio.summary(account).positions
    assert (position.available, position.unsettled) == (300, 0)


def test_refusals_name_the_first_reason_and_change_nothing(world: World) -> None:
    _, account = world.practice()
    start = world.portfolio.summary(account)
    cases = [
        (world.place(account, Side.BUY, 1, "XNAS:NONE"), Reason.INSTRUMENT_UNKNOWN),
        (world.place(account, Side.BUY, 0), Reason.QTY_NOT_POSITIVE),
        (world.place(account, Side.BUY, -5), Reason.QTY_NOT_POSITIVE),
        (world.place(account, Side.BUY, 10**14), Reason.QTY_TOO_LARGE),
        (world.place(account, Side.BUY, 1, limit=-1), Reason.PRICE_NOT_POSITIVE),
        (world.place(account, Side.BUY, 1, limit=10**13), Reason.PRICE_TOO_LARGE),
        (world.place(account, Side.BUY, 1_000), Reason.NOT_ENOUGH_CASH),
        (world.place(account, Side.SELL, 1), Reason.NOT_ENOUGH_TO_SELL),
        (world.place(account, Side.BUY, 1, "XNAS:FB"), Reason.NO_PRICE_YET),
        (world.cancel(account, 999), Reason.ORDER_NOT_OPEN),
        (world.replace(account, 999, 5, 5), Reason.ORDER_NOT_OPEN),
        (world.place(account + 100, Side.BUY, 1), Reason.ACCOUNT_UNKNOWN),
    ]
    for reply, expected in cases:
        assert reason(reply) is expected
    end = world.portfolio.summary(account)
    assert (start.cash_minor, start.hold_minor) == (end.cash_minor, end.hold_minor)
    assert world.portfolio.orders(account, open_only=False) == ()


def test_a_repeated_key_gets_the_first_reply_even_after_a_restart(world: World) -> None:
    _, account = world.practice()
    first = world.place(account, Side.BUY, 10, key="same")
    again = world.place(account, Side.BUY, 10, key="same")
    other = world.place(account, Side.BUY, 11, key="same")
    assert isinstance(first, Done)
    assert isinstance(again, Done)
    assert (again.order_id, again.seq, again.replayed) == (first.order_id, first.seq, True)
    assert reason(other) is Reason.KEY_REUSED
    refused = world.place(account, Side.BUY, 10_000, key="too much")
    assert reason(refused) is Reason.NOT_ENOUGH_CASH
    reopened = world.reopen()
    assert reopened.place(account, Side.BUY, 10, key="same") == again
    assert reason(reopened.place(account, Side.BUY, 11, key="same")) is Reason.KEY_REUSED
    sticky = reopened.place(account, Side.BUY, 10_000, key="too much")
    assert isinstance(sticky, Refusal)
    assert sticky.replayed
    assert len(reopened.portfolio.orders(account, open_only=False)) == 1
    reopened.close()


def test_cancel_and_replace_move_the_reservation(world: World) -> None:
    _, account = world.practice()
    done = world.place(account, Side.BUY, 100, limit=10_000)
    assert isinstance(done, Done)
    assert done.order_id is not None
    assert world.portfolio.summary(account).hold_minor == 1_000_000 + 100
    world.replace(account, done.order_id, 50, 10_000)
    assert world.portfolio.summary(account).hold_minor == 500_000 + 100
    world.replace(account, done.order_id, 500, 10_000)
    assert world.portfolio.summary(account).hold_minor == 5_000_000 + 250
    refused = world.replace(account, done.order_id, 5_000, 10_000)
    assert reason(refused) is Reason.NOT_ENOUGH_CASH
    world.cancel(account, done.order_id)
    assert world.portfolio.summary(account).cash_minor == 10_000_000
    assert reason(world.cancel(account, done.order_id)) is Reason.ORDER_NOT_OPEN


def test_only_the_owner_moves_the_clock_and_only_forward(world: World) -> None:
    venue, _ = world.practice()
    at_ns = world.at(venue)
    stranger = world.set_clock(venue, ClockAction.PAUSE, user=2)
    assert reason(stranger) is Reason.CLOCK_NOT_YOURS
    assert reason(world.set_clock(FLOOR, ClockAction.PAUSE)) is Reason.CLOCK_NOT_YOURS
    assert reason(world.set_clock(VenueId("p99"), ClockAction.PLAY)) is Reason.VENUE_UNKNOWN
    assert reason(world.set_clock(venue, ClockAction.SPEED, 7)) is Reason.SPEED_NOT_OFFERED
    assert reason(world.set_clock(venue, ClockAction.SEEK, at_ns - 1)) is Reason.SEEK_BACKWARDS
    far = reason(world.set_clock(venue, ClockAction.SEEK, at_ns + 20_000 * DAY_NS))
    assert far is Reason.SEEK_OUTSIDE_TAPE
    world.set_clock(venue, ClockAction.STEP)
    stepped = world.at(venue)
    assert (stepped - at_ns) // 10**9 <= 60
    assert not world.venues.clock(venue).running
    world.pass_seconds(3)
    assert world.at(venue) == stepped


def test_the_end_of_the_tape_ends_the_venue(world: World) -> None:
    venue, account = world.practice(date(2013, 3, 1))
    end = world.venues.view(venue)
    assert end is not None
    assert end.end_ns is not None
    world.set_clock(venue, ClockAction.SEEK, end.end_ns)
    assert world.venues.clock(venue).ended
    assert reason(world.place(account, Side.BUY, 1)) is Reason.VENUE_ENDED
    assert reason(world.set_clock(venue, ClockAction.PLAY)) is Reason.VENUE_ENDED


def test_venues_are_opened_within_limits(world: World) -> None:
    missing = OpenPractice(UserId(1), "k", "no such tape", date(2008, 9, 12))
    assert reason(world.submit(missing)) is Reason.TAPE_UNKNOWN
    late = OpenPractice(UserId(1), "l", "us_daily", date(2030, 1, 1))
    assert reason(world.submit(late)) is Reason.SEEK_OUTSIDE_TAPE
    venue, _ = world.practice()
    foreign = JoinVenue(UserId(2), "m", venue)
    assert reason(world.submit(foreign)) is Reason.VENUE_UNKNOWN
    assert world.floor() == world.floor()
    for key in ("", "x" * 129):
        request = PlaceRequest(1, key, "XNAS:AAPL", Side.BUY, "market", 1, None, "day")  # type: ignore[arg-type]
        assert reason(world.submit(request)) is Reason.KEY_INVALID


def test_nobody_watches_and_time_waits(world: World) -> None:
    venue, _ = world.practice()
    world.pass_seconds(59)
    before = world.venues.clock(venue).at_ns
    world.pass_seconds(70)
    shown = world.shard.runtime.shown(venue)
    assert shown is not None
    gone = (shown.clock.at_ns - before) // (60 * 10**9)
    assert 59 <= gone <= 61, "a minute after the last look the market waits"


def test_a_market_that_is_only_looked_at_runs_on_after_a_restart(world: World) -> None:
    venue, _ = world.practice()
    world.pass_seconds(2)
    reopened = world.reopen()
    before = reopened.venues.clock(venue).at_ns
    reopened.pass_seconds(2)
    assert reopened.venues.clock(venue).at_ns - before > 60 * 10**9
    reopened.close()


def test_an_order_that_outlives_its_tape_can_be_cancelled(world: World) -> None:
    venue, account = world.practice(date(2013, 3, 1))
    done = world.place(account, Side.BUY, 10, limit=100, force=TimeInForce.GTC)
    assert isinstance(done, Done)
    view = world.venues.view(venue)
    assert view is not None
    assert view.end_ns is not None
    world.set_clock(venue, ClockAction.SEEK, view.end_ns)
    assert world.portfolio.summary(account).hold_minor > 0
    assert isinstance(world.cancel(account, done.order_id), Done)
    assert world.portfolio.summary(account).hold_minor == 0


def test_a_clock_number_that_no_row_could_hold_is_not_journaled(world: World) -> None:
    venue, _ = world.practice()
    before = world.shard.seq
    for number in (-1, 10**30):
        reply = world.set_clock(venue, ClockAction.SEEK, number)
        assert reason(reply) is Reason.SEEK_OUTSIDE_TAPE
    assert world.shard.seq == before
