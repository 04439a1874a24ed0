"""What pages ask of the application beyond what the rest of web/ asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from feeds.blind import Blind
from feeds.notable import Notable
from lessons.model import Lesson, LessonId, Quiz
from matching.orders import AccountId
from simtrade.classroom.service import Answer
from simtrade.desk.requests import Refusal, UserId
from simtrade.people.api_keys import ApiKeys
from simtrade.people.model import PersonReason, SignedIn
from simtrade.plans.model import Plan, PlanId, Step, Terms
from simtrade.plans.outcome import Outcome
from simtrade.plans.trial import Trial
from simtrade.venues.feeds import TapeView
from simtrade.venues.tape_cards import TapeCard
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
    def notable(self, tape: str) -> tuple[Notable, ...]: ...
    def hidden(self, tape: str) -> Blind | None: ...
    def tape_cards(self) -> tuple[TapeCard, ...]: ...


class PlansOfPages(Protocol):
    def plans(self, account_id: AccountId) -> tuple[Plan, ...]: ...
    def plan(self, account_id: AccountId, plan_id: PlanId) -> Plan | None: ...
    def steps(self, plan_id: PlanId) -> tuple[Step, ...]: ...
    def outcome(self, account_id: AccountId, plan: Plan) -> Outcome: ...
    def check(self, account_id: AccountId, terms: Terms) -> Refusal | None: ...
    def try_out(self, account_id: AccountId, terms: Terms, sessions: int) -> Trial | Refusal: ...


class ClassroomOfPages(Protocol):
    def answer(
        self, user_id: UserId, lesson: Lesson, quiz: Quiz, chosen: frozenset[int]
    ) -> None: ...
    def answers(self, user_id: UserId, lesson: Lesson) -> Mapping[str, Answer]: ...
    def right(self, user_id: UserId, lessons: Iterable[Lesson]) -> Mapping[LessonId, int]: ...


class CoreOfPages(Core, Protocol):
    @property
    def classroom(self) -> ClassroomOfPages: ...
    @property
    def keys(self) -> ApiKeys: ...
    @property
    def plans(self) -> PlansOfPages: ...
    @property
    def people(self) -> PeopleOfPages: ...
    @property
    def venues(self) -> VenuesOfPages: ...
