"""What the programs' side asks of the application beyond what the rest of web/ asks."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from matching.orders import AccountId, OrderId
from simtrade.desk.requests import UserId, VenueId
from simtrade.people.api_keys import ApiKey
from simtrade.people.model import User
from simtrade.portfolio.order_history import OrderPage
from simtrade.portfolio.order_versions import OrderVersion
from web.core import Core, People


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


class CoreOfPrograms(Core, Protocol):
    @property
    def keys(self) -> KeysOfPrograms: ...
    @property
    def order_history(self) -> OrdersOfPrograms: ...
    @property
    def people(self) -> PeopleOfPrograms: ...
