"""When venues move, how far, what is shown, what is forgotten."""

from __future__ import annotations

import pytest

from matching.orders import Side
from matching.units import NS_PER_SECOND
from simtrade.bus import Channel
from simtrade.desk.requests import FLOOR, ClockAction, VenueId
from simtrade.venues.runtime import AWAY_AFTER_NS, FORGET_AFTER_NS
from simtrade.venues.views import MarketNotice
from tests.world import World


def moved_seconds(world: World, venue: VenueId, wall_seconds: float) -> float:
    """Venue seconds that pass while the wall clock passes so many, in small steps."""
    found = world.shard.runtime.get(venue)
    assert found is not None
    before = found.cursor_ns
    world.pass_seconds(wall_seconds)
    return (found.cursor_ns - before) / NS_PER_SECOND


@pytest.mark.parametrize("speed", [1, 60, 300])
def test_a_practice_runs_at_its_speed(world: World, speed: int) -> None:
    venue, _ = world.practice()
    world.set_clock(venue, ClockAction.SPEED, speed)
    assert moved_seconds(world, venue, 5) == pytest.approx(5 * speed)


def test_the_floor_always_moves_and_keeps_its_own_time(world: World) -> None:
    assert moved_seconds(world, FLOOR, 200) == pytest.approx(200)


def test_a_process_that_slept_owes_the_market_a_second_at_most(world: World) -> None:
    before = world.at(FLOOR)
    world.clock.pass_seconds(3_600)
    world.shard.turn([])
    assert world.at(FLOOR) - before == NS_PER_SECOND


def test_a_clock_that_goes_back_moves_nothing(world: World) -> None:
    world.pass_seconds(2)
    before = world.at(FLOOR)
    world.clock.now_ns -= 5 * NS_PER_SECOND
    world.shard.turn([])
    assert world.at(FLOOR) == before


def test_pause_stands_still_and_play_goes_on_without_the_pause(world: World) -> None:
    venue, _ = world.practice()
    world.set_clock(venue, ClockAction.PAUSE)
    assert moved_seconds(world, venue, 10) == 0
    world.set_clock(venue, ClockAction.PLAY)
    assert moved_seconds(world, venue, 1) == pytest.approx(60)


def test_whoever_listens_keeps_a_practice_awake(world: World) -> None:
    venue, _ = world.practice()
    leave = world.bus.subscribe(Channel.market(venue), lambda notice: None)
    assert moved_seconds(world, venue, 100) == pytest.approx(6_000)
    leave()
    away = AWAY_AFTER_NS / NS_PER_SECOND
    assert moved_seconds(world, venue, away + 40) <= 60, "nobody used it for a minute already"
    world.venues.quotes(venue)
    assert moved_seconds(world, venue, 10) == pytest.approx(600, abs=60)


def test_looking_is_using(world: World) -> None:
    venue, _ = world.practice()
    for _ in range(5):
        world.pass_seconds(40)
        world.venues.clock(venue)
    found = world.shard.runtime.get(venue)
    assert found is not None
    assert (found.cursor_ns - found.start_ns) // NS_PER_SECOND == pytest.approx(200 * 60, abs=60)


def test_ten_notices_a_second_of_what_changed(world: World) -> None:
    heard: list[MarketNotice] = []
    world.bus.subscribe(Channel.market(FLOOR), heard.append)  # type: ignore[arg-type]
    before = {one.instrument_id: one for one in world.venues.quotes(FLOOR)}
    for _ in range(400):
        world.clock.pass_seconds(0.01)
        world.shard.turn([])
    assert 35 <= len(heard) <= 44, "four seconds"
    assert [one.seq for one in heard] == list(range(1, len(heard) + 1))
    moments = [one.clock.at_ns for one in heard]
    assert moments == sorted(set(moments))
    known = dict(before)
    for notice in heard:
        for quote in notice.quotes:
            assert known[quote.instrument_id] != quote, "told again without news"
            known[quote.instrument_id] = quote
    assert known == {one.instrument_id: one for one in world.venues.quotes(FLOOR)}


def test_a_clock_that_somebody_set_is_shown_at_once(world: World) -> None:
    venue, _ = world.practice()
    heard: list[MarketNotice] = []
    world.bus.subscribe(Channel.market(venue), heard.append)  # type: ignore[arg-type]
    world.set_clock(venue, ClockAction.PAUSE)
    assert len(heard) == 1
    assert not heard[0].clock.running
    world.set_clock(venue, ClockAction.SPEED, 300)
    assert [one.clock.speed for one in heard] == [60, 300]


def test_what_is_not_saved_is_not_forgotten(world: World) -> None:
    venue, _ = world.practice()
    found = world.shard.runtime.get(venue)
    assert found is not None
    world.pass_seconds(2)
    found.cursor_ns += 1
    world.clock.now_ns += FORGET_AFTER_NS + AWAY_AFTER_NS
    world.shard.runtime.forget_idle()
    assert world.shard.runtime.get(venue) is found
    world.shard.runtime.saved([found])
    world.shard.runtime.forget_idle()
    assert world.shard.runtime.get(venue) is None


def test_only_idle_private_saved_venues_are_forgotten(world: World) -> None:
    venue, account = world.practice()
    watched, _ = world.practice(user=2)
    world.bus.subscribe(Channel.market(watched), lambda notice: None)
    world.place(account, Side.BUY, 10)
    world.pass_seconds(AWAY_AFTER_NS / NS_PER_SECOND + 5)
    world.clock.now_ns += FORGET_AFTER_NS
    world.shard.turn([])
    assert world.shard.runtime.get(venue) is None
    assert world.shard.runtime.shown(venue) is None
    assert world.shard.runtime.get(FLOOR) is not None
    assert world.shard.runtime.get(watched) is not None
    world.shard.runtime.use(venue)  # nothing to use, no harm
    assert world.verify().ok
