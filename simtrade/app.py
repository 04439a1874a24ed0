"""The composition root: everything is built and connected here, and nowhere else.

Recovery is the only way to start: migrate, take the folder, take the shard over, go on.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from feeds.live.ear import Times
from feeds.live.market import LiveMarkets
from matching.scope import Scope
from simtrade.bus import Bus
from simtrade.classroom.service import Classroom
from simtrade.clock import monotonic_ns, now_ns
from simtrade.desk.gateway import Gateway, end_process
from simtrade.desk.requests import FLOOR
from simtrade.desk.shard import Clocks, Shard
from simtrade.people.api_keys import ApiKeys
from simtrade.people.configurations import Configurations
from simtrade.people.passwords import Passwords
from simtrade.people.service import People
from simtrade.people.watchlists import Watchlists
from simtrade.plans.service import Plans
from simtrade.portfolio.history import AccountHistory
from simtrade.portfolio.order_events import OrderEvents
from simtrade.portfolio.order_history import OrderHistory
from simtrade.portfolio.service import Portfolio
from simtrade.portfolio.statements import Statements
from simtrade.settings import Settings
from simtrade.store.answer_store import AnswerStore
from simtrade.store.app_store import AppStore
from simtrade.store.configuration_store import ConfigurationStore
from simtrade.store.engine_reads import EngineReads
from simtrade.store.engine_store import EngineStore
from simtrade.store.key_store import KeyStore
from simtrade.store.lock import DataLock
from simtrade.store.order_reads import OrderReads
from simtrade.store.watchlist_store import WatchlistStore
from simtrade.venues.feeds import Feeds
from simtrade.venues.live import floor_tape, open_markets, wait_for
from simtrade.venues.service import Venues


@dataclass(frozen=True, slots=True)
class Simtrade:
    """One running application.  ``close`` ends it in order; being killed is as good."""

    settings: Settings
    bus: Bus
    people: People
    keys: ApiKeys
    configurations: Configurations
    watchlists: Watchlists
    classroom: Classroom
    gateway: Gateway
    venues: Venues
    portfolio: Portfolio
    statements: Statements
    account_history: AccountHistory
    order_history: OrderHistory
    order_events: OrderEvents
    plans: Plans
    store: EngineStore
    lock: DataLock
    live: LiveMarkets

    @classmethod
    def open(
        cls,
        settings: Settings,
        clocks: Clocks | None = None,
        on_crash: Callable[[], None] = end_process,
    ) -> Simtrade:
        """Recover and start.  Raises Mistake when the data folder is in use or cannot be read."""
        lock = DataLock(settings.data)
        store = EngineStore.open(settings.data)
        bus = Bus()
        # Drawn anew at every start, used only when the floor begins: its venue keeps the seed.
        seed = settings.floor_seed or 1 + secrets.randbelow(2**31 - 1)
        clocks = clocks or Clocks(now_ns, monotonic_ns)
        floor = floor_tape(settings)
        live = open_markets(settings, Times(clocks.wall_ns, clocks.monotonic_ns))
        if floor is not None and store.venue_row(FLOOR) is None:
            wait_for(live, floor)
        feeds = Feeds(settings.data, seed, live, floor)
        scope = Scope(settings.floor_scope)
        shard = Shard(
            store, feeds, bus, clocks, delays=settings.latency, floor_scope=scope,
            awake_per_person=settings.awake_per_person,
        )  # fmt: skip
        venues = Venues(store, feeds, shard.runtime)
        reads = EngineReads(store.engine)
        order_history = OrderHistory(OrderReads(store.engine), venues, feeds)
        app_store = AppStore.open(settings.data)
        portfolio = Portfolio(reads, store, venues, feeds)
        statements = Statements(reads, portfolio, venues)
        return cls(
            settings=settings,
            bus=bus,
            people=People(app_store, Passwords(), settings),
            keys=ApiKeys(KeyStore(app_store.engine)),
            configurations=Configurations(ConfigurationStore(app_store.engine)),
            watchlists=Watchlists(WatchlistStore(app_store.engine)),
            classroom=Classroom(AnswerStore(app_store.engine)),
            gateway=Gateway(shard, on_crash),
            venues=venues,
            portfolio=portfolio,
            statements=statements,
            account_history=AccountHistory(portfolio, statements, store, feeds),
            order_history=order_history,
            order_events=OrderEvents(reads, order_history),
            plans=Plans(reads, store, venues, feeds),
            store=store,
            lock=lock,
            live=live,
        )

    def close(self) -> None:
        self.gateway.stop()
        self.live.stop()
        self.people.close()
        self.store.close()
        self.lock.release()
