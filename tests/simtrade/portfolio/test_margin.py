"""What the owner of a margin account sees agrees with what the desk would say."""

from __future__ import annotations

from datetime import date

from matching.orders import OrderKind, Side, TimeInForce
from matching.units import Qty
from simtrade.desk.lending import margin_book
from simtrade.desk.requests import ClockAction, MarginRequest, PlaceRequest
from simtrade.portfolio.views import Preview
from tests.world import World

APPLE = "XNAS:AAPL"


def test_the_view_is_the_desks_own_book(world: World) -> None:
    venue_id, account = world.practice(date(2008, 9, 12))
    view = world.portfolio.margin(account)
    assert view is not None
    assert (view.on, view.in_debt, view.buying_power_minor) == (False, False, 20_000_000)
    world.submit(MarginRequest(account, world.key(), on=True, understood=True))
    world.place(account, Side.SELL, 700, short=True)
    world.pass_seconds(3)
    world.set_clock(venue_id, ClockAction.SEEK, world.at(venue_id) + 3 * 86_400 * 10**9)
    venue = world.shard.runtime.get(venue_id)
    assert venue is not None
    book, view = margin_book(venue, account, venue.cursor_ns), world.portfolio.margin(account)
    assert book is not None
    assert view is not None
    assert view.on
    assert view.short_minor > 0
    for name in ("loan", "proceeds", "short", "equity", "restore", "free", "buying_power"):
        assert getattr(view, f"{name}_minor") == getattr(book, f"{name}_minor"), name
    assert view.needed_minor == book.maintenance_minor
    assert view.excess_minor == book.equity_minor - book.maintenance_minor
    (line,) = view.lines
    assert (line.qty, line.call_ticks) == (-700, book.call_ticks(line.instrument.instrument_id))
    assert world.portfolio.held_qty(account, line.instrument.instrument_id) == -700
    assert line.fee_day_minor == view.rules.borrow_minor(book.short_minor, 1)
    kinds = [one.kind for one in world.portfolio.activities(account)]
    assert kinds.count("borrow_fee") >= 1
    summary = world.portfolio.summary(account)
    total = summary.start_minor + summary.realised_minor + summary.unrealised_minor
    assert summary.equity_minor == total - summary.fees_minor
    assert world.portfolio.equity(account).points[-1].equity_minor == summary.equity_minor


def test_a_preview_tells_margin_fee_and_the_price_of_a_call(world: World) -> None:
    venue_id, account = world.practice(date(2008, 9, 12))
    world.submit(MarginRequest(account, world.key(), on=True, understood=True))
    name = world.instrument(venue_id, APPLE).instrument_id
    asked = PlaceRequest(
        account, world.key(), name, Side.SELL, OrderKind.MARKET, Qty(500), None, TimeInForce.DAY,
        short=True,
    )  # fmt: skip
    found = world.portfolio.preview(asked)
    assert isinstance(found, Preview)
    margin = found.margin
    assert margin is not None
    assert margin.borrow_day_minor > 0
    assert margin.loan_minor == 0
    assert abs(margin.needed_minor * 2 - found.notional_minor) < found.notional_minor // 50
    assert margin.call_ticks is not None
    assert margin.call_ticks > found.price_ticks
    assert 0 < world.portfolio.max_qty(asked) < 10**7
