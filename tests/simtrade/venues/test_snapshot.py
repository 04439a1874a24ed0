"""What screens show of a venue."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from matching.market import Phase
from simtrade.desk.requests import FLOOR, ClockAction
from simtrade.venues.snapshot import snapshot
from tests.world import World


def test_the_floor_shows_quotes_depth_and_limits(world: World) -> None:
    world.pass_seconds(10)
    venue = world.shard.runtime.get(FLOOR)
    assert venue is not None
    shown = snapshot(venue)
    assert shown.clock.phase is Phase.CONTINUOUS
    assert shown.clock.session == date(2026, 1, 5)
    assert shown.clock.owner is None
    assert shown.quotes.keys() == shown.depth.keys() == venue.exchange.listings.keys()
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
