"""The desk's memory of a venue, and the list of what a command changed in it.

State rows are the snapshot: everything here can be loaded back from the store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from feeds.feed import Feed
from matching.exchange import Exchange
from matching.instrument import Instrument, InstrumentId
from matching.orders import AccountId, FillProfile, OrderId, PlaceOrder
from matching.units import AtNs, Currency
from matching.working import WorkingOrder
from simtrade.desk.entitlement import Entitlement, EntitlementKey, Lot
from simtrade.desk.ledger import BalanceKey, Ledger, Transfer
from simtrade.desk.requests import UserId, VenueId
from simtrade.plans.model import Plan, PlanId, Step
from simtrade.portfolio.views import OrderState


@dataclass(slots=True)
class Account:
    """``fees_minor`` and ``spread_half_minor`` are what trading has cost so far, the second in half
    minor units: the middle of a quote may lie half a tick away.  ``events`` counts the journal
    events of the account (dense numbers for resuming).

    ``margin``: it may borrow money and shares.  A call came in the session ``call_session`` and
    leaves ``call_left`` more sessions; at 0 its positions are closed."""

    account_id: AccountId
    venue_id: VenueId
    user_id: UserId
    profile: FillProfile
    currency: Currency
    opened_at_ns: AtNs
    start_minor: int
    fees_minor: int = 0
    spread_half_minor: int = 0
    events: int = 0
    margin: bool = False
    call_session: date | None = None
    call_left: int = 0


@dataclass(slots=True)
class Position:
    """What the ledger cannot say of a holding: its cost, what is not settled, what was earned.
    Of what is owed, ``cost_minor`` is what its sale brought, below zero, and ``unsettled_qty`` what
    may not be bought back yet.

    ``lots`` are kept, oldest first, where tax on dividends follows from how long shares were held.
    """

    account_id: AccountId
    instrument_id: InstrumentId
    cost_minor: int = 0
    unsettled_qty: int = 0
    realised_minor: int = 0
    lots: list[Lot] = field(default_factory=list)


@dataclass(slots=True)
class OrderRecord:
    """An order as the desk keeps it; ``working`` is its life in the exchange.

    ``filled`` is what is settled: while one event's fills are followed, ``working`` is ahead of it.
    ``hold_minor``/``hold_qty`` are what the order still reserves; ``fees`` are charged so far by
    code.  ``replaced``: how often its terms were replaced.
    """

    order: PlaceOrder
    key: str
    working: WorkingOrder
    state: OrderState = OrderState.OPEN
    cause: str = ""
    filled: int = 0  # settled so far
    filled_notional_minor: int = 0
    fees: dict[str, int] = field(default_factory=dict)
    hold_minor: int = 0
    hold_qty: int = 0
    ended_at_ns: AtNs | None = None
    replaced: int = 0


@dataclass(slots=True)
class VenueState:
    """One venue: its fixed facts, clock and cursor, exchange, ledger and open business."""

    venue_id: VenueId
    owner: UserId | None
    tape: str
    first_session: date
    start_ns: AtNs
    cursor_ns: AtNs
    running: bool
    speed: int
    start_minor: int
    currency: Currency
    feed: Feed
    exchange: Exchange
    name: str = ""  # what its owner calls it
    ledger: Ledger = field(default_factory=Ledger)
    accounts: dict[AccountId, Account] = field(default_factory=dict)
    positions: dict[tuple[AccountId, InstrumentId], Position] = field(default_factory=dict)
    orders: dict[OrderId, OrderRecord] = field(default_factory=dict)
    plans: dict[PlanId, Plan] = field(default_factory=dict)  # armed and paused ones, oldest first
    entitlements: dict[EntitlementKey, Entitlement] = field(default_factory=dict)

    groups: dict[OrderId, list[OrderRecord]] = field(default_factory=dict)  # open ones, by group

    def add(self, record: OrderRecord) -> None:
        """An open order."""
        order = record.order
        self.orders[order.order_id] = record
        if order.group_id is not None:
            self.groups.setdefault(order.group_id, []).append(record)

    def drop(self, record: OrderRecord) -> None:
        """It has ended."""
        order = record.order
        del self.orders[order.order_id]
        if order.group_id is not None:
            members = self.groups[order.group_id]
            members.remove(record)
            if not members:
                del self.groups[order.group_id]

    def instrument(self, instrument_id: InstrumentId) -> Instrument:
        return self.exchange.listings[instrument_id].instrument

    @property
    def ended(self) -> bool:
        return self.feed.end_ns is not None and self.cursor_ns >= self.feed.end_ns


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """A fact for the journal.  ``account_id``/``number`` None for facts about a venue."""

    kind: str
    account_id: AccountId | None
    number: int | None
    body: dict[str, object]


@dataclass(frozen=True, slots=True)
class FillRecord:
    order_id: OrderId
    number: int
    account_id: AccountId
    instrument_id: InstrumentId
    side: int
    price_ticks: int
    qty: int
    notional_minor: int
    fees: dict[str, int]
    at_ns: AtNs
    receipt: dict[str, object]


@dataclass(frozen=True, slots=True)
class StepRecord:
    plan_id: PlanId
    account_id: AccountId
    step: Step


# Orders that are born inside a command are numbered apart from those that a command is.  Ids stay
# below 2^53: a browser's numbers end there.
_BORN = 1 << 52
_BORN_BITS = 18


def born_id(seq: int, place: int) -> OrderId:
    """The id of the order that the command ``seq`` placed (place 0), or of the ``place``-th one
    that came from what it did."""
    return OrderId(_BORN | seq << _BORN_BITS | place if place else seq)


def birth_of(order_id: OrderId) -> tuple[int, int]:
    """Inverse of ``born_id``."""
    if not order_id & _BORN:
        return order_id, 0
    known = order_id & (_BORN - 1)
    return known >> _BORN_BITS, known & ((1 << _BORN_BITS) - 1)


@dataclass(slots=True)
class Changes:
    """What one command did: facts in order, and the state that it touched.  ``seq`` is its place
    in the journal, or will be."""

    seq: int = 0
    born: int = 0
    events: list[JournalEvent] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    fills: list[FillRecord] = field(default_factory=list)
    accounts: dict[AccountId, Account] = field(default_factory=dict)
    positions: dict[tuple[AccountId, InstrumentId], Position] = field(default_factory=dict)
    orders: dict[OrderId, OrderRecord] = field(default_factory=dict)
    entitlements: dict[EntitlementKey, Entitlement] = field(default_factory=dict)
    balances: dict[BalanceKey, None] = field(default_factory=dict)
    plans: dict[PlanId, Plan] = field(default_factory=dict)
    steps: list[StepRecord] = field(default_factory=list)

    def new_order_id(self) -> OrderId:
        """An id for an order that no person's command placed; the same when carried out again."""
        self.born += 1
        assert self.born < 1 << _BORN_BITS
        return born_id(self.seq, self.born)
