"""What web/ asks of the application: the shape of ``simtrade.app.Simtrade`` seen from here."""

from __future__ import annotations

from typing import Protocol

from feeds.feed import Bars, Interval
from feeds.live.market import LiveMarkets
from matching.board_rules import BoardRules
from matching.instrument import InstrumentId
from matching.orders import AccountId, OrderId
from simtrade.bus import Bus
from simtrade.desk.requests import PlaceRequest, Refusal, Reply, Request, UserId, VenueId
from simtrade.people.model import User
from simtrade.portfolio.corporate import ActivityView, ComingView, RightView
from simtrade.portfolio.margin import MarginView
from simtrade.portfolio.views import (
    AccountNotice,
    AccountRef,
    EquityCurve,
    FillView,
    OrderView,
    PortfolioView,
    Preview,
)
from simtrade.settings import Settings
from simtrade.venues.views import ClockView, DepthView, QuoteView, VenueView


class Gateway(Protocol):
    @property
    def waiting(self) -> int:
        """Requests in the inbox of the engine."""

    @property
    def alive(self) -> bool:
        """Whether the engine's thread runs."""

    async def submit(self, request: Request) -> Reply: ...


class Venues(Protocol):
    def view(self, venue_id: VenueId) -> VenueView | None: ...
    def clock(self, venue_id: VenueId) -> ClockView: ...
    def quotes(self, venue_id: VenueId) -> tuple[QuoteView, ...]: ...
    def quote(self, venue_id: VenueId, instrument_id: InstrumentId) -> QuoteView | None: ...
    def depth(self, venue_id: VenueId, instrument_id: InstrumentId) -> DepthView | None: ...
    def rules(self, venue_id: VenueId, instrument_id: InstrumentId) -> BoardRules | None: ...
    def bars(
        self, venue_id: VenueId, instrument_id: InstrumentId, interval: Interval, count: int
    ) -> Bars: ...


class Portfolio(Protocol):
    def accounts(self, user_id: UserId) -> tuple[AccountRef, ...]: ...
    def account(self, account_id: AccountId) -> AccountRef | None: ...
    def summary(self, account_id: AccountId) -> PortfolioView: ...
    def held_qty(self, account_id: AccountId, instrument_id: InstrumentId) -> int: ...
    def orders(
        self,
        account_id: AccountId,
        *,
        open_only: bool,
        limit: int = 200,
        after: OrderId | None = None,
    ) -> tuple[OrderView, ...]: ...
    def order(self, account_id: AccountId, order_id: OrderId) -> OrderView | None: ...
    def fills(
        self,
        account_id: AccountId,
        *,
        limit: int = 200,
        order_id: OrderId | None = None,
        after: tuple[int, int] | None = None,
    ) -> tuple[FillView, ...]: ...
    def equity(self, account_id: AccountId) -> EquityCurve: ...
    def activities(
        self, account_id: AccountId, *, limit: int = 200
    ) -> tuple[ActivityView, ...]: ...
    def rights(self, account_id: AccountId) -> tuple[RightView, ...]: ...
    def coming(self, account_id: AccountId) -> tuple[ComingView, ...]: ...
    def preview(self, request: PlaceRequest) -> Preview | Refusal: ...
    def margin(self, account_id: AccountId) -> MarginView | None: ...
    def max_qty(self, request: PlaceRequest) -> int: ...
    def events_since(
        self, account_id: AccountId, number: int
    ) -> tuple[AccountNotice, ...] | None: ...


class People(Protocol):
    def session(self, token: str) -> User | None: ...
    def session_alive(self, token: str) -> bool: ...
    def log_out(self, token: str) -> None: ...


class Core(Protocol):
    @property
    def settings(self) -> Settings: ...
    @property
    def people(self) -> People: ...
    @property
    def bus(self) -> Bus: ...
    @property
    def gateway(self) -> Gateway: ...
    @property
    def venues(self) -> Venues: ...
    @property
    def portfolio(self) -> Portfolio: ...
    @property
    def live(self) -> LiveMarkets: ...
