"""A recorded day of single orders as a market that a person practises on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.order_store import write_order_tape
from feeds.order_tape import OrderTape, with_id
from matching.market import DataKind, Phase
from matching.orders import AccountId, FillProfile, Side
from matching.units import NS_PER_SECOND, AtNs
from simtrade.desk.requests import ClockAction, Done, OpenPractice, UserId, VenueId
from tests.feeds.l2_sample import SESSION, SampleDay
from tests.feeds.test_order_day import at, until
from tests.world import World, open_world, shared_tapes

TAPE = SampleDay(steps=300).tape()
QUIET = SampleDay(steps=40).tape()
STOCK = "XSHG:600001"


@pytest.fixture
def market(tmp_path: Path) -> Iterator[World]:
    root = shared_tapes(tmp_path / "tapes")
    write_order_tape(root, TAPE)
    with open_world(tmp_path / "data", root) as world:
        yield world


def practise(world: World, told: str = "") -> tuple[VenueId, AccountId]:
    name = TAPE.tape_id + (f"@{told}" if told else "")
    done = world.submit(OpenPractice(UserId(1), world.key(), name, SESSION, FillProfile.STANDARD))
    assert isinstance(done, Done), done
    assert done.account_id is not None
    return done.venue_id, done.account_id


def go_to(world: World, venue: VenueId, moment: int) -> None:
    assert isinstance(world.set_clock(venue, ClockAction.SEEK, moment), Done)


def kind_of(world: World, venue: VenueId) -> DataKind:
    view = world.venues.view(venue)
    assert view is not None
    return view.traits.kind


def test_it_begins_in_the_opening_auction_and_is_told_whole(market: World) -> None:
    venue, _ = practise(market)
    clock = market.venues.clock(venue)
    assert (clock.phase, clock.session) == (Phase.OPENING_AUCTION, SESSION)
    assert kind_of(market, venue) is DataKind.ORDERS
    views = {view.name: view for view in market.feeds.tapes()}
    assert views[TAPE.tape_id].first_session == views[TAPE.tape_id].last_session == SESSION


def test_a_person_sees_ten_levels_and_trades_in_the_exact_queue(market: World) -> None:
    venue, account = practise(market)
    go_to(market, venue, at(10, 0))
    depth = market.venues.depth(venue, STOCK)  # type: ignore[arg-type]
    assert depth is not None
    assert 1 < len(depth.bids) <= 10
    best, behind = depth.bids[0], depth.bids[1]
    done = market.place(account, Side.BUY, 100, STOCK, behind.price_ticks)
    assert isinstance(done, Done), done
    taken = market.place(account, Side.BUY, 100, STOCK)
    assert isinstance(taken, Done), taken
    (fill,) = market.portfolio.fills(account, limit=9)
    assert (fill.price_ticks, fill.qty) == (depth.asks[0].price_ticks, 100)
    assert best.price_ticks > behind.price_ticks
    go_to(market, venue, at(14, 50))
    assert market.verify().ok


@pytest.mark.parametrize("told", [kind.value for kind in DataKind])
def test_every_lesser_view_can_be_practised_on(market: World, told: str) -> None:
    venue, account = practise(market, told)
    go_to(market, venue, at(10, 0))
    assert kind_of(market, venue) is DataKind(told)
    placed = market.place(account, Side.BUY, 200, STOCK)
    assert isinstance(placed, Done), placed
    go_to(market, venue, at(10, 10))
    assert market.portfolio.fills(account, limit=9)
    again = market.reopen()
    try:
        assert again.venues.clock(venue).at_ns == AtNs(at(10, 10))
        assert again.verify().ok
    finally:
        again.close()


def test_what_cannot_be_practised_on_is_not_offered(market: World) -> None:
    cut = with_id(until(TAPE, at(9, 21)))
    write_order_tape((market.data / "tapes").resolve(), cut)
    names = {view.name for view in market.feeds.tapes()}
    assert TAPE.tape_id in names
    assert cut.tape_id not in names
    feeds = market.feeds
    assert feeds.resolve(cut.tape_id) is None
    assert feeds.resolve(f"{TAPE.tape_id}@quotes") == f"{TAPE.tape_id}@quotes"
    assert feeds.resolve(f"{TAPE.tape_id}@") is None
    assert feeds.resolve(f"{TAPE.tape_id}@level9") is None
    assert feeds.resolve(f"{feeds.shipped['us_daily']}@bars") is None


def longest_silence(tape: OrderTape) -> tuple[int, int]:
    """Where the rows of the morning lie farthest apart: begin and length in nanoseconds."""
    times = [one for one in tape.street[1].tolist() if at(9, 30) <= one <= at(11, 30)]
    return max(((a, b - a) for a, b in itertools.pairwise(times)), key=lambda one: one[1])


def test_a_quiet_recording_is_not_stale(market: World) -> None:
    """Whoever comes long after the last event trades with what stands there."""
    begin, length = longest_silence(QUIET)
    assert length > 70 * NS_PER_SECOND
    write_order_tape((market.data / "tapes").resolve(), QUIET)
    done = market.submit(
        OpenPractice(UserId(1), market.key(), QUIET.tape_id, SESSION, FillProfile.STANDARD)
    )
    assert isinstance(done, Done), done
    assert done.account_id is not None
    go_to(market, done.venue_id, begin + 65 * NS_PER_SECOND)
    assert not next(iter(market.venues.quotes(done.venue_id))).stale
    assert isinstance(market.place(done.account_id, Side.BUY, 100, STOCK), Done)
    assert market.portfolio.fills(done.account_id, limit=9)


def test_a_day_has_the_rules_of_what_the_stock_was(market: World) -> None:
    warned = with_id(replace(TAPE, status="st"))
    write_order_tape((market.data / "tapes").resolve(), warned)
    limits = []
    for tape in (TAPE, warned):
        asked = OpenPractice(UserId(1), market.key(), tape.tape_id, SESSION, FillProfile.STANDARD)
        done = market.submit(asked)
        assert isinstance(done, Done), done
        quote = next(iter(market.venues.quotes(done.venue_id)))
        limits.append((quote.lower_ticks, quote.upper_ticks))
    assert limits == [(900, 1100), (950, 1050)]


def test_its_history_has_the_quotes_of_a_feed_of_quotes(market: World) -> None:
    venue, _ = practise(market)
    found = market.venues.history(venue)
    assert found.feed.traits.kind is DataKind.ORDERS
    assert found.quotes.traits.kind is DataKind.QUOTES
    told, _ = practise(market, "trades")
    assert market.venues.history(told).quotes.traits.kind is DataKind.TRADES
