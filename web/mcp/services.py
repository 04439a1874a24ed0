"""What agents ask of the application: what programs and what pages ask of it."""

from __future__ import annotations

from typing import Protocol

from web.broker.services import CoreOfPrograms, PeopleOfPrograms, VenuesOfPrograms
from web.pages.services import CoreOfPages, PeopleOfPages, VenuesOfPages


class PeopleOfAgents(PeopleOfPages, PeopleOfPrograms, Protocol):
    pass


class VenuesOfAgents(VenuesOfPages, VenuesOfPrograms, Protocol):
    pass


class CoreOfAgents(CoreOfPages, CoreOfPrograms, Protocol):
    @property
    def people(self) -> PeopleOfAgents: ...
    @property
    def venues(self) -> VenuesOfAgents: ...
