"""One whole application in memory's reach: real store, real feeds, a clock that tests move."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from feeds.catalogue import US_DAILY, ensure_shipped
from feeds.live.market import LiveMarkets
from matching.instrument import Instrument, InstrumentId
from matching.orders import AccountId, FillProfile, OrderId, OrderKind, Side, TimeInForce
from matching.units import NS_PER_SECOND, AtNs, PriceTicks, Qty
from simtrade.bus import Bus
from simtrade.desk.requests import (
    FLOOR,
    CancelRequest,
    ClockAction,
    ClockRequest,
    Done,
    JoinVenue,
    OpenPractice,
    PlaceRequest,
    ReplaceRequest,
    Reply,
    UserId,
    VenueId,
)
from simtrade.desk.shard import Clocks, Shard
from simtrade.desk.verify import Report, verify
from simtrade.plans.service import Plans
from simtrade.portfolio.service import Portfolio
from simtrade.store.engine_reads import EngineReads
from simtrade.store.engine_store import EngineStore
from simtrade.venues.feeds import TAPES, Feeds
from simtrade.venues.rules import BOOKS
from simtrade.venues.service import Venues

# Hand-made tapes have a market of their own, under the American rules.
BOOKS["XTST"] = "us"

WALL_START_NS = 1_700_000_000 * NS_PER_SECOND


@dataclass
class ManualClock:
    """Time stands still until a test moves it."""

    now_ns: int = WALL_START_NS

    def pass_seconds(self, seconds: float) -> None:
        self.now_ns += int(seconds * NS_PER_SECOND)

    def read(self) -> int:
        return self.now_ns


def shared_tapes(folder: Path) -> Path:
    """The shipped tapes, built once for many worlds."""
    ensure_shipped(folder)
    return folder


@dataclass
class World:
    """The desk without threads: ``submit`` is one turn of the writer.  Requests are at the exchange
    at once unless ``delays`` is set."""

    data: Path
    clock: ManualClock
    store: EngineStore
    feeds: Feeds
    bus: Bus
    shard: Shard
    venues: Venues
    portfolio: Portfolio
    plans: Plans
    delays: bool = False
    awake: int = 50  # practice markets of one person that may run at once
    live: LiveMarkets | None = None
    _keys: Iterator[int] = field(default_factory=itertools.count)

    @classmethod
    def open(
        cls,
        data: Path,
        tapes: Path,
        clock: ManualClock | None = None,
        *,
        delays: bool = False,
        awake: int = 50,
        live: LiveMarkets | None = None,
    ) -> World:
        """Recover whatever ``data`` holds, or begin."""
        clock = clock or ManualClock()
        data.mkdir(parents=True, exist_ok=True)
        link = data / TAPES
        if not link.exists():
            link.symlink_to(tapes, target_is_directory=True)
        store, feeds, bus = EngineStore.open(data), Feeds(data, floor_seed=7, live=live), Bus()
        clocks = Clocks(clock.read, clock.read)
        shard = Shard(store, feeds, bus, clocks, delays=delays, awake_per_person=awake)
        venues = Venues(store, feeds, shard.runtime)
        reads = EngineReads(store.engine)
        portfolio = Portfolio(reads, store, venues, feeds)
        plans = Plans(reads, store, venues, feeds)
        made = (data, clock, store, feeds, bus, shard, venues, portfolio, plans)
        return cls(*made, delays, awake, live)

    def reopen(self) -> World:
        """What a killed process finds: nothing is closed in order."""
        self.store.close()
        tapes = (self.data / TAPES).resolve()
        kept = {"delays": self.delays, "awake": self.awake, "live": self.live}
        again = World.open(self.data, tapes, self.clock, **kept)
        again._keys = self._keys  # a client does not use its old keys for something new
        return again

    def close(self) -> None:
        self.store.close()

    # Shorthand for requests

    def key(self) -> str:
        return f"test-{next(self._keys)}"

    def submit(self, request: object) -> Reply:
        return self.shard.turn([request])[0]  # type: ignore[list-item]

    def practice(
        self,
        session: date = date(2008, 9, 12),
        user: int = 1,
        profile: FillProfile = FillProfile.STANDARD,
    ) -> tuple[VenueId, AccountId]:
        done = self.submit(OpenPractice(UserId(user), self.key(), US_DAILY, session, profile))
        assert isinstance(done, Done), done
        assert done.account_id is not None
        return done.venue_id, done.account_id

    def floor(self, user: int = 1, profile: FillProfile = FillProfile.STANDARD) -> AccountId:
        done = self.submit(JoinVenue(UserId(user), self.key(), FLOOR, profile))
        assert isinstance(done, Done), done
        assert done.account_id is not None
        return done.account_id

    def place(
        self,
        account_id: AccountId,
        side: Side,
        qty: int,
        symbol: str = "XNAS:AAPL",
        limit: int | None = None,
        force: TimeInForce = TimeInForce.DAY,
        key: str | None = None,
        kind: OrderKind | None = None,
        **special: Any,
    ) -> Reply:
        """``special``: trigger, good_till, group, legs, amount_minor of the request."""
        return self.submit(
            PlaceRequest(
                account_id,
                key or self.key(),
                InstrumentId(symbol),
                side,
                kind or (OrderKind.MARKET if limit is None else OrderKind.LIMIT),
                Qty(qty),
                None if limit is None else PriceTicks(limit),
                force,
                **special,
            )
        )

    def cancel(self, account_id: AccountId, order_id: OrderId) -> Reply:
        return self.submit(CancelRequest(account_id, self.key(), order_id))

    def replace(
        self,
        account_id: AccountId,
        order_id: OrderId,
        qty: int,
        limit: int | None,
        stop: int | None = None,
    ) -> Reply:
        return self.submit(
            ReplaceRequest(
                account_id,
                self.key(),
                order_id,
                Qty(qty),
                None if limit is None else PriceTicks(limit),
                None if stop is None else PriceTicks(stop),
            )
        )

    def set_clock(
        self, venue_id: VenueId, action: ClockAction, number: int = 0, user: int = 1
    ) -> Reply:
        return self.submit(ClockRequest(UserId(user), self.key(), venue_id, action, number))

    def pass_seconds(self, seconds: float) -> None:
        """Wall time passes; venues move as they would, at most a second a turn."""
        while seconds > 0:
            step = min(seconds, 0.9)
            self.clock.pass_seconds(step)
            self.shard.turn([])
            seconds -= step

    def instrument(self, venue_id: VenueId, symbol: str) -> Instrument:
        return self.venues.instruments(venue_id)[InstrumentId(symbol)]

    def at(self, venue_id: VenueId) -> AtNs:
        return self.venues.clock(venue_id).at_ns

    def verify(self) -> Report:
        return verify(self.store, self.feeds)


@contextmanager
def open_world(data: Path, tapes: Path) -> Iterator[World]:
    world = World.open(data, tapes)
    try:
        yield world
    finally:
        world.close()
