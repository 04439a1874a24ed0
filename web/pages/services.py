"""What pages ask of the application beyond what the rest of web/ asks."""

from __future__ import annotations

from typing import Protocol

from simtrade.desk.requests import UserId
from simtrade.people.model import PersonReason, SignedIn
from simtrade.venues.feeds import TapeView
from web.core import Core, People, Venues


class PeopleOfPages(People, Protocol):
    def create_guest(self, language: str | None) -> SignedIn: ...
    async def sign_up(
        self, guest: UserId | None, name: str, password: str
    ) -> SignedIn | PersonReason: ...
    async def log_in(self, name: str, password: str, address: str) -> SignedIn | PersonReason: ...
    def set_preferences(
        self,
        user_id: UserId,
        *,
        language: str | None = None,
        theme: str | None = None,
        updown: str | None = None,
    ) -> None: ...


class VenuesOfPages(Venues, Protocol):
    def tapes(self) -> tuple[TapeView, ...]: ...


class CoreOfPages(Core, Protocol):
    @property
    def people(self) -> PeopleOfPages: ...
    @property
    def venues(self) -> VenuesOfPages: ...
