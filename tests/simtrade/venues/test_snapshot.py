"""What screens show of a venue."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path

import pytest

from matching.market import Phase
from matching.orders import Side
from matching.reasons import Reason
from simtrade.desk.requests import FLOOR, ClockAction, Done, Refusal
from simtrade.venues.snapshot import snapshot
from tests.world import World, open_world


def test_the_floor_shows_quotes_depth_and_limits(world: World) -> None:
    world.pass_seconds(10)
    venue = world.shard.runtime.get(FLOOR)
    assert venue is not None
    shown = snapshot(venue)
    assert shown.clock.phase is Phase.CONTINUOUS
    assert shown.clock.session == date(2026, 1, 5)
    assert shown.clock.owner is None
    listed = {key for key, one in venue.exchange.listings.items() if one.listed}
    assert shown.quotes.keys() == listed
    assert shown.depth.keys() == venue.exchange.listings.keys() > listed
    for key, quote in shown.quotes.items():
        depth = shown.depth[key]
        assert quote.bid == (depth.bids[0] if depth.bids else None)
        assert quote.ask == (depth.asks[0] if depth.asks else None)
        assert quote.low_ticks <= quote.last_ticks <= quote.high_ticks
        assert quote.lower_ticks is not None
        assert quote.upper_ticks is not None
        assert quote.lower_ticks <= quote.low_ticks <= quote.high_ticks <= quote.upper_ticks
        assert not quote.stale


def test_a_display_that_is_too_old_says_so(world: World) -> None:
    world.pass_seconds(10)
    venue = world.shard.runtime.get(FLOOR)
    assert venue is not None
    one = next(iter(venue.exchange.listings))
    venue.exchange.listings[one].street.displayed_at_ns -= 61 * 10**9
    assert snapshot(venue).quotes[one].stale
    assert sum(quote.stale for quote in snapshot(venue).quotes.values()) == 1


def test_bars_show_no_quotes_no_depth_and_only_what_is_listed(world: World) -> None:
    venue_id, _ = world.practice(date(2008, 9, 12))
    shown = world.venues.snapshot(venue_id)
    assert shown.depth == {}
    assert "XNAS:AAPL" in shown.quotes
    assert "XNAS:FB" not in shown.quotes, "not public before 2012"
    for quote in shown.quotes.values():
        assert (quote.bid, quote.ask, quote.upper_ticks, quote.stale) == (None, None, None, False)


def test_a_venue_at_the_end_of_its_tape_does_not_run(world: World) -> None:
    venue_id, _ = world.practice(date(2013, 3, 1))
    view = world.venues.view(venue_id)
    assert view is not None
    assert view.end_ns is not None
    world.set_clock(venue_id, ClockAction.SEEK, view.end_ns)
    clock = world.venues.clock(venue_id)
    assert (clock.ended, clock.running) == (True, False)


def test_what_is_shown_does_not_change_under_the_reader(world: World) -> None:
    world.pass_seconds(10)
    shown = world.venues.snapshot(FLOOR)
    kept = dict(shown.quotes)
    world.pass_seconds(30)
    assert shown.quotes == kept
    assert world.venues.snapshot(FLOOR).quotes != kept
    with pytest.raises(FrozenInstanceError):
        shown.clock = None  # type: ignore[misc, assignment]


def test_an_auction_shows_what_it_would_give_and_nobody_s_quotes(
    tmp_path: Path, tapes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simtrade.desk.shard.floor_start", lambda feed: feed.start_ns)
    with open_world(tmp_path / "auction", tapes) as world:
        world.pass_seconds(14)
        shown = world.venues.snapshot(FLOOR)
        assert shown.clock.phase is Phase.OPENING_AUCTION
        left_ns = shown.clock.phase_ends_ns - shown.clock.at_ns  # type: ignore[operator]
        assert left_ns // 10**6 == 20_000, "twenty seconds pass in one"
        for quote in shown.quotes.values():
            assert (quote.bid, quote.ask, quote.stale) == (None, None, False)
        for key, depth in shown.depth.items():
            assert (depth.bids, depth.asks) == ((), ())
            assert (depth.indication is not None) == (key in shown.quotes)
        # An order waits for the auction, may go before it is locked, and is filled in it.
        instrument_id, depth = next(iter(shown.depth.items()))
        upper = shown.quotes[instrument_id].upper_ticks
        account = world.floor()
        first, kept = (
            world.place(account, Side.BUY, 100, instrument_id, limit=upper) for _ in range(2)
        )
        assert isinstance(first, Done)
        assert isinstance(kept, Done)
        assert isinstance(world.cancel(account, first.order_id), Done)
        (order,) = world.portfolio.orders(account, open_only=True)
        assert order.waiting_for == "opening_auction"
        world.pass_seconds(2)
        refused = world.cancel(account, kept.order_id)
        assert isinstance(refused, Refusal)
        assert refused.reason is Reason.CANCEL_LOCKED
        assert refused.numbers == {"until_ns": world.venues.clock(FLOOR).phase_ends_ns}
        world = world.reopen()  # as after a crash in the locked minutes
        world.pass_seconds(15)
        (fill,) = world.portfolio.fills(account)
        assert fill.receipt["rule"] == "auction"
        assert fill.price_ticks < upper  # type: ignore[operator]
        assert world.venues.snapshot(FLOOR).depth[instrument_id].indication is None
        assert world.verify().ok
        world.close()
