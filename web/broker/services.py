"""What the programs' side asks of the application beyond what the rest of web/ asks."""

from __future__ import annotations

from typing import Protocol

from simtrade.desk.requests import UserId, VenueId
from simtrade.people.api_keys import ApiKey
from simtrade.people.model import User
from web.core import Core, People


class KeysOfPrograms(Protocol):
    def check(self, key_id: str, secret: str) -> ApiKey | None: ...
    def alive(self, key_id: str) -> bool: ...
    def ordered(self, key: ApiKey) -> None: ...
    def is_bot(self, user_id: UserId, venue_id: VenueId) -> bool: ...


class PeopleOfPrograms(People, Protocol):
    def user(self, user_id: UserId) -> User | None: ...


class CoreOfPrograms(Core, Protocol):
    @property
    def keys(self) -> KeysOfPrograms: ...
    @property
    def people(self) -> PeopleOfPrograms: ...
