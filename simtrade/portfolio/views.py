"""What an account owner sees.  Money in minor units of ``currency``, prices in ticks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matching.instrument import Instrument
from matching.market import DataKind
from matching.orders import (
    AccountId,
    FillProfile,
    GroupKind,
    OrderId,
    OrderKind,
    Side,
    TimeInForce,
    Trigger,
)
from matching.scope import Scope
from matching.units import AtNs, Currency
from simtrade.desk.requests import UserId, VenueId


@dataclass(frozen=True, slots=True)
class AccountRef:
    account_id: AccountId
    venue_id: VenueId
    user_id: UserId
    profile: FillProfile
    currency: Currency
    opened_at_ns: AtNs  # venue time
    margin: bool = False  # it may borrow


@dataclass(frozen=True, slots=True)
class FeeItem:
    """One itemised cost: ``code`` is the rule's fee name (commission, stamp_duty ...)."""

    code: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PositionView:
    instrument: Instrument
    qty: int  # all that is owned; below zero what is owed
    # Sellable now: not held by open orders, not bought today under T+1; of what is owed what may be
    # bought back now.
    available: int
    held: int
    unsettled: int
    pending: int  # new shares that are not listed yet
    suspended: bool  # cannot be traded for days; the last price stays
    cost_minor: int
    last_ticks: int
    value_minor: int
    profit_minor: int  # unrealised, value - cost
    day_profit_minor: int  # of the running session, before fees


@dataclass(frozen=True, slots=True)
class PortfolioView:
    """equity = cash + hold + receivable + sum of position values - loan, to the minor unit."""

    account: AccountRef
    seq: int  # newest journal entry included
    at_ns: AtNs
    cash_minor: int  # spendable
    hold_minor: int  # reserved by open orders
    receivable_minor: int  # dividends before their day, and the value of open rights
    equity_minor: int
    start_minor: int  # cash given at the start
    realised_minor: int
    unrealised_minor: int
    fees_minor: int
    spread_half_minor: int  # paid against the reference price of each fill
    day_profit_minor: int  # of the running session, after fees
    twin_minor: int  # equity of the shadow that did nothing since the account was opened
    positions: tuple[PositionView, ...]
    loan_minor: int = 0


class OrderState(StrEnum):
    OPEN = "open"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class OrderView:
    order_id: OrderId
    key: str
    instrument: Instrument
    side: Side
    kind: OrderKind
    time_in_force: TimeInForce
    qty: int
    filled: int
    limit_ticks: int | None
    average_ticks_milli: int | None  # average fill price in thousandths of a tick
    state: OrderState
    cause: str  # why it ended: "", "by_owner", "ioc_remainder", "day_over", "self_trade" ...
    # While open: "next_bar", "next_quote", "queue", "price", "market_open", "fresh_quote",
    # "on_its_way" ..., "trigger" (a trade at ``stop_ticks``), "entry" (of its group), "settlement".
    waiting_for: str
    ahead_qty: int | None  # displayed shares still before it in the queue, depth data only
    traded_at_price: int | None  # volume printed at its price since it arrived
    placed_at_ns: AtNs
    hold_minor: int
    trigger: Trigger | None = None
    stop_ticks: int | None = None  # where the trigger stands now, or stood when it was met
    triggered_at_ns: AtNs | None = None
    triggered_ticks: int | None = None  # the trade that met it
    platform_stop: bool = False  # kept by the platform: the market itself knows no stops
    good_till: date | None = None
    group_id: OrderId | None = None  # id of the first order of the group
    group: GroupKind | None = None
    role: str = ""  # in its group: "entry", "take_profit", "stop_loss", "pair"; "" without one
    short: bool = False  # sells borrowed shares


@dataclass(frozen=True, slots=True)
class FillView:
    """``receipt`` is the matching.events.Receipt as plain values, for the explanation; ``data`` and
    ``scope`` are what the venue shows of the market and who shares it with whom.  ``short``:
    borrowed shares were sold."""

    order_id: OrderId
    number: int
    instrument: Instrument
    side: Side
    price_ticks: int
    qty: int
    notional_minor: int
    fees: tuple[FeeItem, ...]
    at_ns: AtNs
    receipt: dict[str, object]
    data: DataKind
    scope: Scope
    short: bool = False


@dataclass(frozen=True, slots=True)
class ExitPreview:
    """What an exit would bring over the entry if it fills at its price, before fees."""

    kind: str  # "take_profit" or "stop_loss"
    price_ticks: int
    gain_minor: int  # negative: a loss


@dataclass(frozen=True, slots=True)
class MarginPreview:
    """Of an order of an account that may borrow: what of its margin it takes, what is lent for it,
    what the borrowed shares cost a day, and the price at which a call would come after it."""

    needed_minor: int
    free_after_minor: int
    loan_minor: int
    borrow_day_minor: int
    interest_day_minor: int
    call_ticks: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a request would cost, before it is sent.

    ``band_ticks``: lowest and highest price allowed today, None without a limit; ``band_rule`` is
    its citation.  ``sellable_on``: the day from which bought shares may be sold, when not at once;
    ``withdrawable_sessions``: how many sessions after a sale its money may leave an account, while
    it buys again as the rules say; 0 where it may at once and for what is no sale of holdings.
    """

    price_ticks: int  # limit, or the expected price of a market order
    notional_minor: int
    fees: tuple[FeeItem, ...]
    total_minor: int  # buy: to pay; sell: to receive
    hold_minor: int  # what will be reserved
    cash_after_minor: int
    max_qty: int  # largest allowed quantity with today's cash or holdings
    day_share_permille: int | None  # the order's part of the last whole day's volume
    band_ticks: tuple[int, int] | None = None
    band_rule: str = ""
    sellable_on: date | None = None
    withdrawable_sessions: int = 0
    exits: tuple[ExitPreview, ...] = ()
    margin: MarginPreview | None = None


@dataclass(frozen=True, slots=True)
class EquityPoint:
    at_ns: AtNs
    equity_minor: int
    twin_minor: int


@dataclass(frozen=True, slots=True)
class EquityCurve:
    points: tuple[EquityPoint, ...]
    max_drawdown_permyriad: int  # largest fall from a peak, in 1/10,000 of the peak
    drawdown_from_ns: AtNs | None
    drawdown_to_ns: AtNs | None


@dataclass(frozen=True, slots=True)
class AccountNotice:
    """Published on ``Channel.account(account_id)`` after each commit that touched the account.

    ``number`` is dense per account (1, 2, 3 ...): a gap means that something was missed.
    """

    account_id: AccountId
    number: int
    seq: int
    events: tuple[dict[str, object], ...]  # journal events of that commit, oldest first
