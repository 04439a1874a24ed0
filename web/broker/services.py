"""What the programs' side asks of the application beyond what the rest of web/ asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from feeds.tape_actions import TapeAction
from matching.instrument import InstrumentId
from matching.market import Split
from matching.orders import AccountId, OrderId
from matching.units import AtNs
from simtrade.desk.requests import UserId, VenueId
from simtrade.people.api_keys import ApiKey
from simtrade.people.configurations import Configuration
from simtrade.people.model import User
from simtrade.people.watchlists import Watchlist, WatchlistReason
from simtrade.portfolio.history import HistoryView, HistoryWish
from simtrade.portfolio.order_history import OrderPage
from simtrade.portfolio.order_versions import OrderVersion
from simtrade.portfolio.statements import StatementLine, StatementPage
from simtrade.venues.assets import AssetView
from simtrade.venues.timetable import TradingDay
from web.core import Core, People, Venues


class KeysOfPrograms(Protocol):
    def check(self, key_id: str, secret: str) -> ApiKey | None: ...
    def alive(self, key_id: str) -> bool: ...
    def ordered(self, key: ApiKey) -> None: ...
    def is_bot(self, user_id: UserId, venue_id: VenueId) -> bool: ...


class OrdersOfPrograms(Protocol):
    def version(
        self, account_id: AccountId, order_id: OrderId, number: int, *, nested: bool = False
    ) -> OrderVersion | None: ...
    def current(
        self, account_id: AccountId, order_id: OrderId, *, nested: bool = False
    ) -> OrderVersion | None: ...
    def by_client_id(
        self, account_id: AccountId, client_id: str, *, nested: bool = False
    ) -> OrderVersion | None: ...
    def page(self, account_id: AccountId, wanted: OrderPage) -> tuple[OrderVersion, ...]: ...
    def next_session(self, venue_id: VenueId) -> date | None: ...


class PeopleOfPrograms(People, Protocol):
    def user(self, user_id: UserId) -> User | None: ...


class ConfigurationsOfPrograms(Protocol):
    def of(self, account_id: AccountId) -> Configuration: ...
    def change(
        self, account_id: AccountId, values: Mapping[str, bool | str | int | None]
    ) -> Configuration: ...


class WatchlistsOfPrograms(Protocol):
    def of(self, account_id: AccountId) -> tuple[Watchlist, ...]: ...
    def named(self, account_id: AccountId, name: str) -> str | None: ...
    def one(self, account_id: AccountId, watchlist_id: str) -> Watchlist | None: ...
    def create(
        self, account_id: AccountId, name: str, instruments: Iterable[InstrumentId]
    ) -> Watchlist | WatchlistReason: ...
    def update(
        self,
        account_id: AccountId,
        watchlist_id: str,
        name: str | None,
        instruments: Iterable[InstrumentId] | None,
    ) -> Watchlist | WatchlistReason: ...
    def add(
        self, account_id: AccountId, watchlist_id: str, instrument_id: InstrumentId
    ) -> Watchlist | WatchlistReason: ...
    def drop(
        self, account_id: AccountId, watchlist_id: str, instrument_id: InstrumentId
    ) -> Watchlist | WatchlistReason: ...
    def remove(self, account_id: AccountId, watchlist_id: str) -> bool: ...


class StatementsOfPrograms(Protocol):
    def page(self, account_id: AccountId, wanted: StatementPage) -> tuple[StatementLine, ...]: ...


class HistoryOfPrograms(Protocol):
    def of(self, account_id: AccountId, wanted: HistoryWish) -> HistoryView: ...


class VenuesOfPrograms(Venues, Protocol):
    def assets(self, venue_id: VenueId) -> tuple[AssetView, ...]: ...
    def trading_days(
        self, venue_id: VenueId, first: date, last: date
    ) -> tuple[TradingDay, ...]: ...
    def next_changes(self, venue_id: VenueId) -> tuple[AtNs, AtNs]: ...
    def actions(self, venue_id: VenueId) -> tuple[TapeAction, ...]: ...
    def splits(self, venue_id: VenueId, instrument_id: InstrumentId) -> tuple[Split, ...]: ...


class CoreOfPrograms(Core, Protocol):
    @property
    def keys(self) -> KeysOfPrograms: ...
    @property
    def order_history(self) -> OrdersOfPrograms: ...
    @property
    def people(self) -> PeopleOfPrograms: ...
    @property
    def configurations(self) -> ConfigurationsOfPrograms: ...
    @property
    def watchlists(self) -> WatchlistsOfPrograms: ...
    @property
    def statements(self) -> StatementsOfPrograms: ...
    @property
    def account_history(self) -> HistoryOfPrograms: ...
    @property
    def venues(self) -> VenuesOfPrograms: ...
