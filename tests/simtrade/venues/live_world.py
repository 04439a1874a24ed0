"""A desk on a live market without sockets: tests say what is heard, and when."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from feeds.live.ear import Times
from feeds.live.events import Kept
from feeds.live.market import LiveMarket, LiveMarkets
from feeds.live.recorder import Recorder
from feeds.live.vendor import Keys
from feeds.live.vendors import watchlist
from matching.orders import AccountId, FillProfile
from simtrade.desk.requests import Done, OpenPractice, Reply, UserId, VenueId
from simtrade.venues.live import LIVE
from tests.feeds.live.made import START_NS, described, killed, opening, told
from tests.world import ManualClock, World

TAPE = "live:coins"


@dataclass
class LiveWorld:
    """``hear`` records and brings to the disk; ``pass_seconds`` lets time pass in silence."""

    world: World
    market: LiveMarket
    folder: Path
    tapes: Path

    @property
    def recorder(self) -> Recorder:
        found = self.market._recorder
        assert found is not None
        return found

    def hear(self, *events: Kept, seconds: float = 0.1) -> None:
        self.recorder.hear(told(list(events)))
        self.pass_seconds(seconds)

    def pass_seconds(self, seconds: float) -> None:
        while seconds > 0:
            step = min(seconds, 0.5)
            self.world.clock.pass_seconds(step)
            self.recorder.flush()
            self.world.shard.turn([])
            seconds -= step

    def open(self, user: int = 1) -> Reply:
        world = self.world
        asked = OpenPractice(
            UserId(user), world.key(), TAPE, date(2026, 1, 5), FillProfile.STANDARD
        )
        return world.submit(asked)

    def practice(self, user: int = 1) -> tuple[VenueId, AccountId]:
        done = self.open(user)
        assert isinstance(done, Done), done
        assert done.account_id is not None
        return done.venue_id, done.account_id

    def restart(self) -> LiveWorld:
        """What a killed process finds: nothing was written or closed in order."""
        self.world.store.close()
        killed(self.recorder)
        again = _opened(self.folder, self.tapes, self.world.clock)
        again.world._keys = self.world._keys  # a client does not use its old keys for another thing
        return again


def _opened(folder: Path, tapes: Path, clock: ManualClock) -> LiveWorld:
    times = Times(clock.read, clock.read)
    recorded = folder / LIVE / "coins"
    listed = watchlist("coins = binance BTCUSDT ETHUSDT")
    market = LiveMarket(listed, recorded, Keys(), times, lambda below: below // 2)
    market._open(described(recorded))
    live = LiveMarkets({"coins": market})
    return LiveWorld(World.open(folder, tapes, clock, live=live), market, folder, tapes)


@contextmanager
def live_world(folder: Path, tapes: Path) -> Iterator[LiveWorld]:
    """A running session with nothing displayed yet."""
    made = [_opened(folder, tapes, ManualClock(START_NS + 3_600_000_000_000))]
    made[0].hear(*opening())
    original = LiveWorld.restart

    def restart(self: LiveWorld) -> LiveWorld:
        again = original(self)
        made.append(again)
        return again

    LiveWorld.restart = restart  # type: ignore[method-assign]
    try:
        yield made[0]
    finally:
        LiveWorld.restart = original  # type: ignore[method-assign]
        made[-1].recorder.close()
        made[-1].world.close()
