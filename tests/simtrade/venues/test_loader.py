"""A venue that comes back from its rows is the one that went, whenever it went."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from feeds.catalogue import US_DAILY
from matching.market import Phase
from matching.orders import AccountId, FillProfile, Side, TimeInForce
from matching.rulebook import DatedRule, RuleBook
from matching.scope import Scope
from matching.units import NS_PER_MINUTE, AtNs
from matching.working import Stage
from simtrade.desk.desk import advance
from simtrade.desk.requests import FLOOR, ClockAction, Done, VenueId
from simtrade.desk.state import Changes, VenueState
from simtrade.store.engine_rows import Row, taken_rows, venue_row
from simtrade.store.engine_store import table_of
from simtrade.store.engine_tables import EngineTable, TakenRow, VenueRow
from simtrade.venues import rules
from simtrade.venues.loader import load_venue, new_venue
from simtrade.venues.runtime import FORGET_AFTER_NS
from tests.simtrade.states import essence
from tests.world import ManualClock, World


def in_memory(world: World, venue_id: VenueId) -> VenueState:
    venue = world.shard.runtime.get(venue_id)
    assert venue is not None
    return venue


def from_rows(world: World, venue_id: VenueId) -> VenueState:
    rows = world.store.load_venue(venue_id)
    assert rows is not None
    return load_venue(rows, world.feeds)


def expect_equal(world: World, venue_id: VenueId) -> None:
    """What the rows make of the venue in the turn that saves its cursor."""
    world.clock.pass_seconds(1.1)
    world.shard.turn([])
    assert essence(from_rows(world, venue_id)) == essence(in_memory(world, venue_id))


def queue_up(world: World, account: AccountId, orders: int = 6) -> None:
    """Buyers and sellers near the quote of several companies, after buying something to sell."""
    world.pass_seconds(10)
    for number, quote in enumerate(world.venues.quotes(FLOOR)[:orders]):
        assert quote.bid is not None
        assert quote.ask is not None
        place = {"symbol": quote.instrument_id, "force": TimeInForce.GTC}
        world.place(account, Side.BUY, 300, quote.instrument_id)
        world.place(account, Side.BUY, 500, limit=quote.bid.price_ticks, **place)
        world.place(account, Side.BUY, 700, limit=quote.bid.price_ticks, **place)
        world.place(account, Side.BUY, 200, limit=quote.bid.price_ticks - number, **place)


def test_the_floor_is_the_same_in_the_middle_of_its_queues(world: World) -> None:
    account = world.floor()
    queue_up(world, account)
    expect_equal(world, FLOOR)
    for seconds in (3, 7, 90):
        world.pass_seconds(seconds)
        expect_equal(world, FLOOR)
    venue = in_memory(world, FLOOR)
    orders = [one.working for one in venue.orders.values()]
    assert any(one.traded_at_price for one in orders), "nothing moved"
    assert any(list(one.consumed.entries()) for one in venue.exchange.listings.values())


@pytest.mark.parametrize("shipped", [False, True], ids=["floor", "us_daily"])
def test_a_venue_that_starts_at_a_moment_is_one_that_lived_until_then(
    world: World, shipped: bool
) -> None:
    tape = world.feeds.shipped[US_DAILY] if shipped else world.feeds.floor_tape
    feed = world.feeds.feed(tape)
    body = {
        "tape": tape, "owner": None, "first_session": "2026-01-05", "running": True, "speed": 1,
        "currency": feed.instruments[0].currency.code, "start_minor": 0,
        "start_ns": feed.start_ns,
    }  # fmt: skip
    lived = new_venue(FLOOR, body, world.feeds)
    phases = set()
    for minutes in (1, 7, 12, 16, 31, 100, 200, 226, 300, 343, 400, 900, 1_441, 1_500):
        to_ns = AtNs(feed.start_ns + minutes * NS_PER_MINUTE + 123_456_789)
        advance(lived, to_ns, Changes())
        began = new_venue(FLOOR, body | {"start_ns": to_ns}, world.feeds)
        began.start_ns = lived.start_ns
        assert essence(began) == essence(lived)
        phases.add(lived.exchange.phase)
    bars = {Phase.PRE_OPEN, Phase.CONTINUOUS, Phase.CLOSED}
    auctions = {Phase.OPENING_AUCTION, Phase.OPENING_LOCKED, Phase.OPENED, Phase.CLOSING_LOCKED}
    floor = {*auctions, Phase.CONTINUOUS, Phase.LUNCH, Phase.CLOSED}
    assert phases == (bars if shipped else floor)


def test_a_practice_is_the_same_in_the_middle_of_a_bar(world: World) -> None:
    venue_id, account = world.practice(profile=FillProfile.BEGINNER)
    last = world.venues.quotes(venue_id)[0]
    world.pass_seconds(0.3)
    world.place(account, Side.BUY, 50, last.instrument_id)
    world.place(account, Side.BUY, 50, last.instrument_id, limit=last.last_ticks - 1)
    world.place(account, Side.BUY, 10, last.instrument_id, limit=last.last_ticks // 2)
    while not world.portfolio.fills(account):
        world.pass_seconds(0.2)
    world.set_clock(venue_id, ClockAction.PAUSE)
    listing = in_memory(world, venue_id).exchange.listings[last.instrument_id]
    assert listing.street.bar_start_ns is not None, "between bars"
    assert listing.bar_used == {account: sum(one.qty for one in world.portfolio.fills(account))}
    expect_equal(world, venue_id)
    assert any(one.stage is Stage.RESTING for one in listing.orders.values())


def test_a_practice_that_was_dropped_from_memory_comes_back_equal(world: World) -> None:
    venue_id, account = world.practice(date(2005, 2, 25))
    world.place(account, Side.BUY, 100)
    world.pass_seconds(3)
    world.place(account, Side.BUY, 10, limit=4_000, force=TimeInForce.GTC)
    world.pass_seconds(70)  # nobody watches: its time has stopped
    before = essence(in_memory(world, venue_id))
    summary = world.portfolio.summary(account)
    world.clock.now_ns += FORGET_AFTER_NS
    world.pass_seconds(70)
    world.clock.now_ns += FORGET_AFTER_NS
    world.shard.turn([])
    assert world.shard.runtime.get(venue_id) is None
    assert asdict(world.portfolio.summary(account)) == asdict(summary)
    assert isinstance(world.set_clock(venue_id, ClockAction.PAUSE), Done)
    after = essence(in_memory(world, venue_id))
    before["clock"], after["clock"] = before["clock"][:6], after["clock"][:6]
    assert after == before
    assert world.verify().ok


@dataclass
class Watcher:
    """One of two worlds with the same orders; ``restarts`` names the seconds at which it dies."""

    world: World
    restarts: list[int]

    def live(self, seconds: int, speed: int) -> list[dict[str, Any]]:
        account = self.world.floor()
        queue_up(self.world, account)
        self.world.pass_seconds(1.1)
        in_memory(self.world, FLOOR).speed = speed
        for second in range(seconds):
            self.world.pass_seconds(1)
            if second in self.restarts:
                self.world = self.world.reopen()
        return [
            {name: value for name, value in asdict(one).items() if name != "instrument"}
            for one in self.world.portfolio.fills(account, limit=1_000)
        ]


@pytest.mark.parametrize("seed", range(3))
def test_a_queue_reaches_its_turn_at_the_same_moment_with_and_without_restarts(
    tmp_path: Path, tapes: Path, seed: int
) -> None:
    restarts = sorted(random.Random(seed).sample(range(60), 8))
    stories, ends = [], []
    for name, when in (("steady", []), ("restarted", restarts)):
        watcher = Watcher(World.open(tmp_path / name, tapes, ManualClock()), when)
        stories.append(watcher.live(60, speed=40))
        ends.append(watcher.world.at(FLOOR))
        watcher.world.close()
    until = min(ends)
    steady, restarted = ([one for one in story if one["at_ns"] <= until] for story in stories)
    assert steady == restarted
    queued = [one for one in steady if one["receipt"]["ahead_before_milli"]]
    assert queued, "nobody waited for his turn"


def test_a_pause_outlives_a_restart(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses of a session are found again from its prices: no row keeps them."""
    book = rules.rule_book("sima")
    halt = DatedRule(
        "halt", "main", date(2024, 1, 1), None, "a pause at the least move",
        {"basis": "open", "steps_permille": (1,), "minutes": (240,)},
    )  # fmt: skip
    paused = RuleBook("SIMA", [*book.rules, halt])
    monkeypatch.setattr(rules, "market_book", lambda _market: paused)
    feed = world.feeds.feed(world.feeds.floor_tape)
    body = {
        "tape": world.feeds.floor_tape, "owner": None, "first_session": "2026-01-05",
        "running": True, "speed": 1, "currency": "CNY", "start_minor": 0,
        "start_ns": feed.start_ns,
    }  # fmt: skip
    lived = new_venue(FLOOR, body, world.feeds)
    to_ns = AtNs(feed.advance(feed.start_ns, 20 * NS_PER_MINUTE))
    advance(lived, to_ns, Changes())
    began = new_venue(FLOOR, body | {"start_ns": to_ns}, world.feeds)
    stopped = [
        [listing.stopped(AtNs(to_ns + later)) for listing in venue.exchange.listings.values()]
        for venue in (lived, began)
        for later in (0, 100 * NS_PER_MINUTE, 10**15)
    ]
    assert stopped[:3] == stopped[3:]
    assert any(stopped[0])


def named(table: type[EngineTable], row: Row) -> SimpleNamespace:
    return SimpleNamespace(**dict(zip(table_of(table).columns.keys(), row, strict=True)))


@pytest.mark.parametrize("scope", Scope)
def test_a_venue_keeps_its_scope_and_who_met_whom(world: World, scope: Scope) -> None:
    floor = in_memory(world, FLOOR)
    body = {
        "tape": floor.tape, "owner": None, "first_session": floor.first_session.isoformat(),
        "start_ns": floor.start_ns, "running": True, "speed": 1, "start_minor": 100,
        "currency": "CNY", "scope": scope.value,
    }  # fmt: skip
    venue = new_venue(VenueId("room"), body, world.feeds)
    listing = next(iter(venue.exchange.listings.values()))
    listing.pairs[AccountId(3), AccountId(8)] = 2
    row = named(VenueRow, venue_row(venue))
    taken = [named(TakenRow, one) for one in taken_rows(venue)]
    stored = world.store.load_venue(FLOOR)
    assert stored is not None
    rows = replace(stored, venue=row, taken=taken)
    again = load_venue(rows, world.feeds)
    assert again.exchange.scope is scope
    assert again.exchange.listings[listing.instrument.instrument_id].pairs == listing.pairs
    assert essence(again)["listings"] == essence(venue)["listings"]
