"""Reading venues: from memory, or from rows when they are not in memory."""

from __future__ import annotations

from datetime import date

import pytest

from feeds.catalogue import US_DAILY
from feeds.feed import Interval
from matching.instrument import InstrumentId
from simtrade.bus import Bus
from simtrade.desk.requests import FLOOR, ClockAction, UserId, VenueId
from simtrade.venues.runtime import VenueRuntime
from simtrade.venues.service import Venues
from tests.world import World

APPLE = InstrumentId("XNAS:AAPL")


def elsewhere(world: World) -> Venues:
    """A reader whose process has no venue in memory."""
    return Venues(world.store, world.feeds, VenueRuntime(Bus(), world.clock.read))


def test_rows_show_what_memory_shows(world: World) -> None:
    venue, _ = world.practice()
    world.set_clock(venue, ClockAction.STEP)
    world.clock.pass_seconds(1.1)
    world.shard.turn([])
    reader = elsewhere(world)
    for one in (venue, FLOOR):
        assert reader.snapshot(one).clock == world.venues.snapshot(one).clock
        assert reader.snapshot(one).quotes == world.venues.snapshot(one).quotes
        assert reader.depth(one, APPLE) == world.venues.depth(one, APPLE)


def test_a_venue_s_fixed_facts(world: World) -> None:
    venue, _ = world.practice(date(2008, 9, 13))
    view = world.venues.view(venue)
    assert view is not None
    assert (view.owner, view.tape) == (UserId(1), world.feeds.shipped[US_DAILY])
    assert view.first_session == date(2008, 9, 13)
    assert APPLE in world.venues.instruments(venue)
    assert world.venues.clock(venue).at_ns == view.start_ns


def test_no_such_venue(world: World) -> None:
    nowhere = VenueId("p99")
    assert world.venues.view(nowhere) is None
    for ask in (
        lambda: world.venues.clock(nowhere),
        lambda: world.venues.quotes(nowhere),
        lambda: world.venues.instruments(nowhere),
        lambda: world.venues.bars(nowhere, APPLE, Interval.DAY, 5),
    ):
        with pytest.raises(LookupError):
            ask()


@pytest.mark.parametrize("interval", list(Interval))
def test_a_chart_ends_at_the_venue_s_own_time(world: World, interval: Interval) -> None:
    venue, _ = world.practice()
    world.pass_seconds(7)
    at_ns = world.at(venue)
    bars = world.venues.bars(venue, APPLE, interval, 50)
    if interval in (Interval.SECOND, Interval.FIVE_SECONDS):
        assert not len(bars.start_ns), "this recording knows no seconds"
        return
    assert bars.start_ns[-1] <= at_ns
    last = world.venues.quote(venue, APPLE)
    assert last is not None
    assert bars.close_ticks[-1] == last.last_ticks
    again = world.feeds.feed(world.feeds.shipped[US_DAILY]).bars(APPLE, interval, at_ns, 50)
    assert list(again.close_ticks) == list(bars.close_ticks)


def test_a_quote_that_does_not_exist_is_none(world: World) -> None:
    venue, _ = world.practice()
    assert world.venues.quote(venue, InstrumentId("XNAS:FB")) is None
    assert world.venues.depth(venue, APPLE) is None
    assert world.venues.depth(FLOOR, InstrumentId("SIMA:609001")) is not None
    assert world.venues.tapes() == world.feeds.tapes()


def test_history_ends_with_the_venue_s_clock(world: World) -> None:
    venue, _ = world.practice()
    found = world.venues.history(venue)
    clock = world.venues.clock(venue)
    assert (found.at_ns, found.session) == (clock.at_ns, clock.session)
    assert found.quotes is found.feed
    with pytest.raises(LookupError):
        world.venues.history(VenueId("nowhere"))
