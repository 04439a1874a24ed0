"""A small application in memory that keeps the contract of ``simtrade.app``.

The people are real (a database in a temporary folder); the market is what the test says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np

from feeds.feed import Bars, FeedTraits, Interval
from feeds.live.market import LiveMarkets
from matching.board_rules import BoardRules
from matching.instrument import Instrument, InstrumentId
from matching.market import DataKind, Level, Phase
from matching.orders import AccountId, FillProfile, OrderId, OrderKind, Side, TimeInForce
from matching.reasons import Reason
from matching.units import CURRENCIES, AtNs, PriceTicks, Qty
from simtrade.bus import Bus, Channel
from simtrade.classroom.service import Classroom
from simtrade.desk.requests import (
    FLOOR,
    ClockRequest,
    Done,
    PlaceRequest,
    Refusal,
    Reply,
    Request,
    UserId,
    VenueId,
)
from simtrade.people.api_keys import ApiKeys
from simtrade.people.passwords import Passwords
from simtrade.people.service import People
from simtrade.portfolio.corporate import ActivityView, ComingView, RightView
from simtrade.portfolio.margin import MarginView
from simtrade.portfolio.views import (
    AccountNotice,
    AccountRef,
    EquityCurve,
    FillView,
    OrderState,
    OrderView,
    PortfolioView,
    Preview,
)
from simtrade.settings import Settings
from simtrade.store.answer_store import AnswerStore
from simtrade.store.app_store import AppStore
from simtrade.store.key_store import KeyStore
from simtrade.venues.rules import rule_book
from simtrade.venues.views import (
    ClockView,
    DepthView,
    MarketNotice,
    QuoteView,
    VenueView,
)

START_NS = AtNs(1_700_000_000_000_000_000)  # 2023-11-14 22:13:20 UTC
MINUTE_NS = 60_000_000_000


def instrument(number: int) -> Instrument:
    symbol = f"{600000 + number}"
    return Instrument(
        InstrumentId(f"XSIM:{symbol}"),
        symbol,
        f"Company {number}",
        f"公司{number}",
        CURRENCIES["CNY"],
        "sima",
        "main",
    )


@dataclass
class VenuesDouble:
    bus: Bus
    instruments: tuple[Instrument, ...]
    owners: dict[VenueId, UserId | None] = field(default_factory=lambda: {FLOOR: None})
    latest: dict[InstrumentId, QuoteView] = field(default_factory=dict)
    now: ClockView = field(
        default_factory=lambda: ClockView(
            START_NS, Phase.CONTINUOUS, True, 1, False, None, date(2023, 11, 14)
        )
    )
    seq: int = 0
    bar_count: int = 3
    broken: bool = False
    secret: str = "canary of a person"

    def __post_init__(self) -> None:
        for one in self.instruments:
            self.latest[one.instrument_id] = QuoteView(
                one.instrument_id, 1000, 990, 1010, 980, 5000,
                Level(PriceTicks(999), Qty(300)), Level(PriceTicks(1001), Qty(200)),
                1089, 891, False, False,
            )  # fmt: skip

    def view(self, venue_id: VenueId) -> VenueView | None:
        if self.broken:
            raise RuntimeError(self.secret)
        if venue_id not in self.owners:
            return None
        traits = FeedTraits(DataKind.DEPTH, False, True, "Asia/Shanghai", "made up")
        return VenueView(
            venue_id, "tape", self.owners[venue_id], traits, self.instruments,
            date(2023, 11, 14), START_NS, None,
        )  # fmt: skip

    def clock(self, venue_id: VenueId) -> ClockView:
        return self.now

    def quotes(self, venue_id: VenueId) -> tuple[QuoteView, ...]:
        return tuple(self.latest.values())

    def quote(self, venue_id: VenueId, instrument_id: InstrumentId) -> QuoteView | None:
        return self.latest.get(instrument_id)

    def depth(self, venue_id: VenueId, instrument_id: InstrumentId) -> DepthView | None:
        quote = self.latest[instrument_id]
        assert quote.bid
        assert quote.ask
        return DepthView(instrument_id, (quote.bid,), (quote.ask,))

    def rules(self, venue_id: VenueId, instrument_id: InstrumentId) -> BoardRules | None:
        return rule_book("sima").on("main", self.now.session or date(2023, 11, 14))

    def bars(
        self, venue_id: VenueId, instrument_id: InstrumentId, interval: Interval, count: int
    ) -> Bars:
        size = min(count, self.bar_count)
        newest = START_NS + (self.bar_count - 1) * MINUTE_NS
        start = newest - np.arange(size - 1, -1, -1, dtype=np.int64) * MINUTE_NS
        close = np.full(size, self.latest[instrument_id].last_ticks, dtype=np.int64)
        return Bars(start, close, close + 5, close - 5, close, close * 0 + 100, True)

    def publish(self, *changed: QuoteView, clock: ClockView | None = None) -> None:
        """As the engine would: newest state first, then the notice."""
        self.seq += 1
        self.now = clock or replace(self.now, at_ns=AtNs(self.now.at_ns + 100_000_000))
        self.latest.update((quote.instrument_id, quote) for quote in changed)
        depths = tuple(
            view for quote in changed if (view := self.depth(FLOOR, quote.instrument_id))
        )
        for venue_id in self.owners:
            notice = MarketNotice(venue_id, self.seq, self.now, changed, depths)
            self.bus.publish(Channel.market(venue_id), notice)

    def move(self, price: int, place: int = 0) -> None:
        quote = self.latest[self.instruments[place].instrument_id]
        self.publish(replace(quote, last_ticks=price))


@dataclass
class PortfolioDouble:
    bus: Bus
    instruments: tuple[Instrument, ...]
    refs: dict[AccountId, AccountRef] = field(default_factory=dict)
    placed: dict[AccountId, list[OrderView]] = field(default_factory=dict)
    notices: dict[AccountId, list[AccountNotice]] = field(default_factory=dict)
    oldest_kept: int = 0
    cash: int = 100_000_000

    def open(self, user_id: UserId, venue_id: VenueId = FLOOR) -> AccountId:
        account_id = AccountId(len(self.refs) + 1)
        self.refs[account_id] = AccountRef(
            account_id, venue_id, user_id, FillProfile.STANDARD, CURRENCIES["CNY"], START_NS
        )
        self.placed[account_id], self.notices[account_id] = [], []
        return account_id

    def accounts(self, user_id: UserId) -> tuple[AccountRef, ...]:
        return tuple(ref for ref in self.refs.values() if ref.user_id == user_id)

    def account(self, account_id: AccountId) -> AccountRef | None:
        return self.refs.get(account_id)

    def summary(self, account_id: AccountId) -> PortfolioView:
        return PortfolioView(
            self.refs[account_id], len(self.notices[account_id]), START_NS, self.cash, 0,
            0, self.cash, 100_000_000, 0, 0, 0, 0, 0, self.cash, (),
        )  # fmt: skip

    def orders(
        self, account_id: AccountId, *, open_only: bool, limit: int = 200
    ) -> tuple[OrderView, ...]:
        return tuple(self.placed[account_id][-limit:])

    def order(self, account_id: AccountId, order_id: OrderId) -> OrderView | None:
        return next((one for one in self.placed[account_id] if one.order_id == order_id), None)

    def fills(
        self, account_id: AccountId, *, limit: int = 200, order_id: OrderId | None = None
    ) -> tuple[FillView, ...]:
        return ()

    def activities(self, account_id: AccountId, *, limit: int = 200) -> tuple[ActivityView, ...]:
        return ()

    def rights(self, account_id: AccountId) -> tuple[RightView, ...]:
        return ()

    def coming(self, account_id: AccountId) -> tuple[ComingView, ...]:
        return ()

    def equity(self, account_id: AccountId) -> EquityCurve:
        return EquityCurve((), 0, None, None)

    def preview(self, request: PlaceRequest) -> Preview | Refusal:
        return Refusal(Reason.MARKET_CLOSED)

    def margin(self, account_id: AccountId) -> MarginView | None:
        return None

    def max_qty(self, request: PlaceRequest) -> int:
        return 0

    def events_since(self, account_id: AccountId, number: int) -> tuple[AccountNotice, ...] | None:
        if number < self.oldest_kept:
            return None
        return tuple(one for one in self.notices[account_id] if one.number > number)

    def fill(self, account_id: AccountId, *, publish: bool = True) -> AccountNotice:
        """One order accepted and filled in one commit."""
        number = len(self.notices[account_id]) + 1
        order_id = OrderId(100 + number)
        self.placed[account_id].append(
            OrderView(
                order_id, f"key-{number}", self.instruments[0], Side.BUY, OrderKind.LIMIT,
                TimeInForce.DAY, 100, 100, 1000, 1_000_000, OrderState.FILLED, "", "", None, None,
                START_NS, 0,
            )
        )  # fmt: skip
        self.cash -= 1000
        events: tuple[dict[str, object], ...] = tuple(
            {"kind": kind, "order_id": order_id} for kind in ("accepted", "filled")
        )
        notice = AccountNotice(account_id, number, number, events)
        self.notices[account_id].append(notice)
        if publish:
            self.bus.publish(Channel.account(account_id), notice)
        return notice


@dataclass
class GatewayDouble:
    asked: list[Request] = field(default_factory=list)
    waiting: int = 0
    alive: bool = True
    answer: Callable[[Request], Reply] = lambda request: Done(1, FLOOR)

    async def submit(self, request: Request) -> Reply:
        self.asked.append(request)
        return self.answer(request)


class CoreDouble:
    def __init__(self, data: Path, symbols: int = 6, **settings: object) -> None:
        self.settings = Settings(data=data, port=0, **settings)  # type: ignore[arg-type]
        self.store = AppStore.open(self.settings.data)
        self.people = People(self.store, Passwords(), self.settings)
        self.classroom = Classroom(AnswerStore(self.store.engine))
        self.keys = ApiKeys(KeyStore(self.store.engine))
        self.bus = Bus()
        instruments = tuple(instrument(number) for number in range(symbols))
        self.venues = VenuesDouble(self.bus, instruments)
        self.portfolio = PortfolioDouble(self.bus, instruments)
        self.gateway = GatewayDouble()
        self.live = LiveMarkets({})

    def close(self) -> None:
        self.people.close()


def clock_request_refused(request: Request) -> Reply:
    assert isinstance(request, ClockRequest)
    return Refusal(Reason.SPEED_NOT_OFFERED, {"speed": request.number})
