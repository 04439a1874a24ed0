"""A recording of quotes and trades as a market that a person practises on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from matching.market import DataKind, Phase
from matching.orders import AccountId, FillProfile, Side
from matching.units import NS_PER_SECOND, AtNs
from simtrade.desk.requests import ClockAction, Done, OpenPractice, UserId, VenueId
from tests.feeds.market_week import SESSIONS, write_shanghai, write_week
from tests.feeds.samples import NEW_YORK, SHANGHAI, at
from tests.world import World, open_world, shared_tapes

SHARE = "XTST:A"


def moment(hour: int, minute: int, second: int = 0, day: int = 7) -> AtNs:
    return at(NEW_YORK, 2024, 3, day, hour, minute, second)


@pytest.fixture
def market(tmp_path: Path) -> Iterator[tuple[World, str]]:
    root = shared_tapes(tmp_path / "tapes")
    tape = write_week(root)
    with open_world(tmp_path / "data", root) as world:
        yield world, tape


def practise(world: World, tape: str, told: str = "", day: int = 0) -> tuple[VenueId, AccountId]:
    name = f"{tape}@{told}" if told else tape
    asked = OpenPractice(UserId(1), world.key(), name, SESSIONS[day], FillProfile.STANDARD)
    done = world.submit(asked)
    assert isinstance(done, Done), done
    assert done.account_id is not None
    return done.venue_id, done.account_id


def go_to(world: World, venue: VenueId, moment: int) -> None:
    assert isinstance(world.set_clock(venue, ClockAction.SEEK, moment), Done)


def test_it_is_offered_with_its_days_and_told_as_recorded(market: tuple[World, str]) -> None:
    world, tape = market
    view = next(one for one in world.feeds.tapes() if one.name == tape)
    assert (view.first_session, view.last_session) == SESSIONS
    assert view.kinds[0] is DataKind.DEPTH
    assert view.kinds[-1] is DataKind.BARS
    for kind in view.kinds:
        assert world.feeds.resolve(view.told(kind)) == view.told(kind)
    venue, _ = practise(world, tape)
    clock = world.venues.clock(venue)
    assert (clock.phase, clock.session) == (Phase.CONTINUOUS, SESSIONS[0])
    found = world.venues.view(venue)
    assert found is not None
    assert found.traits.kind is DataKind.DEPTH
    _, later = practise(world, tape, day=1)
    assert world.portfolio.summary(later).at_ns == moment(9, 30, day=8) + 1


def test_orders_meet_the_quotes_and_everything_outlives_a_restart(
    market: tuple[World, str],
) -> None:
    world, tape = market
    venue, account = practise(world, tape)
    go_to(world, venue, moment(10, 0))
    quote = next(one for one in world.venues.quotes(venue) if one.instrument_id == SHARE)
    assert quote.bid is not None
    assert quote.ask is not None
    assert not quote.stale
    taken = world.place(account, Side.BUY, 100, SHARE)
    assert isinstance(taken, Done), taken
    (fill,) = world.portfolio.fills(account, limit=9)
    assert fill.price_ticks == quote.ask.price_ticks
    resting = world.place(account, Side.BUY, 100, SHARE, quote.bid.price_ticks)
    assert isinstance(resting, Done), resting
    again = world.reopen()
    try:
        assert again.verify().ok
        go_to(again, venue, moment(15, 59))
        assert len(again.portfolio.fills(account, limit=9)) == 2
        go_to(again, venue, moment(9, 40, day=8))
        assert again.venues.clock(venue).session == SESSIONS[1]
        assert again.verify().ok
    finally:
        again.close()


@pytest.mark.parametrize("told", ["depth", "quotes", "snapshots", "trades", "bars"])
def test_every_lesser_view_can_be_practised_on(market: tuple[World, str], told: str) -> None:
    world, tape = market
    venue, account = practise(world, tape, told)
    go_to(world, venue, moment(10, 0))
    placed = world.place(account, Side.BUY, 200, SHARE)
    assert isinstance(placed, Done), placed
    go_to(world, venue, moment(10, 30))
    assert world.portfolio.fills(account, limit=9)
    again = world.reopen()
    try:
        assert again.venues.clock(venue).at_ns == moment(10, 30)
        assert again.verify().ok
    finally:
        again.close()


def test_only_what_was_recorded_can_be_told(market: tuple[World, str]) -> None:
    world, tape = market
    assert world.feeds.resolve(f"{tape}@quotes") == f"{tape}@quotes"
    for told in ("orders", "", "level9"):
        assert world.feeds.resolve(f"{tape}@{told}") is None


def test_nobody_trades_on_a_display_that_grew_old(tmp_path: Path) -> None:
    root = shared_tapes(tmp_path / "tapes")
    tape = write_week(root, steps=40)  # nothing for many minutes
    with open_world(tmp_path / "data", root) as world:
        venue, account = practise(world, tape)
        go_to(world, venue, moment(10, 0))
        quote = next(one for one in world.venues.quotes(venue) if one.instrument_id == SHARE)
        assert quote.stale
        placed = world.place(account, Side.BUY, 100, SHARE)
        assert isinstance(placed, Done), placed
        assert not world.portfolio.fills(account, limit=9)
        before = world.venues.clock(venue).at_ns
        go_to(world, venue, moment(11, 30))
        (fill,) = world.portfolio.fills(account, limit=9)
        assert fill.at_ns > before + NS_PER_SECOND
        assert world.verify().ok


def test_a_chinese_day_of_snapshots_is_traded_from_auction_to_auction(tmp_path: Path) -> None:
    root = shared_tapes(tmp_path / "tapes")
    tape = write_shanghai(root)
    with open_world(tmp_path / "data", root) as world:
        venue, account = practise(world, tape)

        def clock(hour: int, minute: int, second: int = 0) -> AtNs:
            return at(SHANGHAI, 2024, 3, 7, hour, minute, second)

        assert world.venues.clock(venue).phase is Phase.OPENING_AUCTION
        share = "XSHG:600001"
        early = world.place(account, Side.BUY, 100, share, 1_090)
        assert isinstance(early, Done), early
        go_to(world, venue, clock(9, 26))
        (opening,) = world.portfolio.fills(account, limit=9)
        assert opening.at_ns == clock(9, 25, 3)
        go_to(world, venue, clock(10, 0, 1))
        assert isinstance(world.place(account, Side.BUY, 200, share), Done)
        go_to(world, venue, clock(10, 5))
        assert sum(one.qty for one in world.portfolio.fills(account, limit=9)) == 300
        go_to(world, venue, clock(14, 58))
        late = world.place(account, Side.BUY, 100, share, 1_090)
        assert isinstance(late, Done), late
        go_to(world, venue, clock(15, 0, 3))
        newest = world.portfolio.fills(account, limit=9)[0]
        assert newest.at_ns == clock(15, 0, 3)
        again = world.reopen()
        try:
            assert again.verify().ok
        finally:
            again.close()
