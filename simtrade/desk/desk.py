"""The desk: one synchronous function from a command to its consequences.

risk -> hold -> match -> settle -> receipt, in memory, without clock, chance or I/O.  The same
venue state and command give the same changes on any machine; the store makes them durable and
``verify`` carries them out again.
"""

from __future__ import annotations

from matching.corporate_actions import CodeChange, Delisting, Due, ExDate
from matching.instrument import InstrumentId
from matching.market import MarketEvent, SessionOpen, Split
from matching.orders import (
    AccountId,
    FillProfile,
    OrderId,
)
from matching.reasons import Reason
from matching.units import AtNs
from simtrade.desk.commands import Command, CommandKind, request_of
from simtrade.desk.corporate_actions import CorporateActions
from simtrade.desk.ledger import TransferKind, holder_of, house
from simtrade.desk.margin_calls import MarginDesk
from simtrade.desk.orders import (
    cancel,
    orders_of,
    place,
    refresh,
    refusal_of,
    release_exits,
    replace_order,
)
from simtrade.desk.requests import (
    SPEEDS,
    ArmPlan,
    CancelRequest,
    ClockAction,
    ClockRequest,
    Done,
    MarginRequest,
    PlaceRequest,
    Refusal,
    ReplaceRequest,
    Reply,
    SteerPlan,
    SubscribeRequest,
    UserId,
)
from simtrade.desk.settle import Settlement
from simtrade.desk.short_actions import ShortActions
from simtrade.desk.state import Account, Changes, VenueState
from simtrade.plans.model import PlanId, Terms
from simtrade.plans.runner import Runner
from simtrade.plans.steering import arm, could_arm, steer


def apply(venue: VenueState, command: Command) -> tuple[Reply, Changes]:
    """Carry out one command on a venue that stands at the command's cursor."""
    assert venue.cursor_ns == command.cursor_ns, "the market stands elsewhere"
    changes = Changes(command.seq)
    match command.kind:
        case CommandKind.VENUE:
            reply: Reply = Done(command.seq, venue.venue_id)
        case CommandKind.ACCOUNT:
            reply = _open_account(venue, command, changes)
        case CommandKind.ADVANCE:
            advance(venue, AtNs(command.body["to_ns"]), changes)
            reply = Done(command.seq, venue.venue_id)
        case CommandKind.CLOCK:
            reply = _set_clock(venue, command, changes)
        case CommandKind.ARM | CommandKind.STEER:
            reply = _on_plan(venue, command, changes)
        case CommandKind.MARGIN:
            reply = _switch_margin(venue, command, changes)
        case _:
            reply = _on_order(venue, command, changes)
            _plans(venue, changes).follow()
            _margin(venue, changes).answered(venue.cursor_ns)
    return reply, changes


def advance(venue: VenueState, to_ns: AtNs, changes: Changes) -> None:
    """Let the market happen up to and including ``to_ns``."""
    settlement = Settlement(venue, changes)
    plans, margin = _plans(venue, changes), _margin(venue, changes)
    while True:
        for event in venue.feed.events(venue.cursor_ns, to_ns, plans.watch):
            if plans.wakes_before(event.at_ns) or margin.wakes_before(event.at_ns):
                break  # what the feed left out meanwhile may matter after that moment
            happened = venue.exchange.on_market(event)
            if happened:
                settlement.follow(happened)
            _session_facts(settlement, event)
            release_exits(settlement)
            plans.saw(event, happened)
            if margin.saw(event, happened):
                plans.follow()
        due_ns = min(filter(None, (plans.next_ns(), margin.next_ns())), default=None)
        wakes = due_ns is not None and due_ns <= to_ns
        venue.cursor_ns = due_ns if due_ns is not None and wakes else to_ns
        arrived = venue.exchange.pass_time(venue.cursor_ns)
        if arrived:
            settlement.follow(arrived)
            release_exits(settlement)
            plans.follow()
            margin.answered(venue.cursor_ns)
        if not wakes:
            return
        plans.wake()
        margin.wake()


class _Hands:
    """How a plan places and cancels: as its owner would."""

    def __init__(self, venue: VenueState, changes: Changes) -> None:
        self._venue = venue
        self._changes = changes

    def refresh(self, instrument_id: InstrumentId) -> None:
        refresh(self._venue, instrument_id)

    def place(self, request: PlaceRequest) -> Reply:
        account = self._venue.accounts[request.account_id]
        order_id = self._changes.new_order_id()
        return place(self._venue, account, order_id, request, self._changes)

    def cancel(self, request: CancelRequest) -> Reply:
        return cancel(self._venue, request, self._changes)

    def check(self, request: PlaceRequest) -> Refusal | None:
        account = self._venue.accounts[request.account_id]
        self.refresh(request.instrument_id)
        orders = orders_of(self._venue, request, account, OrderId(0), Changes())
        if isinstance(orders, Refusal):
            return orders
        refused = self._venue.exchange.check_place(orders[0], orders[1:])
        return None if refused is None else refusal_of(refused)

    def worst_ticks(self, request: PlaceRequest) -> int:
        account = self._venue.accounts[request.account_id]
        orders = orders_of(self._venue, request, account, OrderId(0), Changes())
        assert not isinstance(orders, Refusal)
        return self._venue.exchange.working_of(orders[0]).limit_ticks


def _plans(venue: VenueState, changes: Changes) -> Runner:
    return Runner(venue, changes, _Hands(venue, changes))


def _margin(venue: VenueState, changes: Changes) -> MarginDesk:
    return MarginDesk(Settlement(venue, changes), _Hands(venue, changes))


def _switch_margin(venue: VenueState, command: Command, changes: Changes) -> Reply:
    request = request_of(command.body["request"], command.key or "")
    assert isinstance(request, MarginRequest)
    account = venue.accounts.get(request.account_id)
    if account is None:
        return Refusal(Reason.ACCOUNT_UNKNOWN)
    refusal = _margin(venue, changes).switch(account, request)
    return refusal or Done(command.seq, venue.venue_id, account.account_id)


def check_plan(venue: VenueState, account_id: AccountId, terms: Terms) -> Refusal | None:
    """Why a plan could not be armed on this copy of a venue."""
    return could_arm(_plans(venue, Changes()), venue, account_id, terms)


def _on_plan(venue: VenueState, command: Command, changes: Changes) -> Reply:
    request = request_of(command.body["request"], command.key or "")
    assert isinstance(request, ArmPlan | SteerPlan)
    account = venue.accounts.get(request.account_id)
    if account is None:
        return Refusal(Reason.ACCOUNT_UNKNOWN)
    runner = _plans(venue, changes)
    if isinstance(request, ArmPlan):
        refusal = arm(runner, venue, PlanId(command.seq), request)
        plan_id = PlanId(command.seq)
    else:
        refusal = steer(runner, venue, request)
        plan_id = request.plan_id
    if refusal is not None:
        return refusal
    return Done(command.seq, venue.venue_id, account.account_id, plan_id=plan_id)


def _session_facts(settlement: Settlement, event: MarketEvent) -> None:
    match event:
        case SessionOpen():
            settlement.settle_session()
        case Split() | ExDate() | Due() | Delisting() | CodeChange():
            CorporateActions(settlement).happen(event)
            ShortActions(settlement).happen(event)
        case _:
            pass


def _open_account(venue: VenueState, command: Command, changes: Changes) -> Reply:
    user_id = UserId(command.body["user_id"])
    for account in venue.accounts.values():
        if account.user_id == user_id:
            return Done(command.seq, venue.venue_id, account.account_id)
    account = Account(
        account_id=AccountId(command.seq),
        venue_id=venue.venue_id,
        user_id=user_id,
        profile=FillProfile(command.body["profile"]),
        currency=venue.currency,
        opened_at_ns=venue.cursor_ns,
        start_minor=venue.start_minor,
    )
    venue.accounts[account.account_id] = account
    settlement = Settlement(venue, changes)
    settlement.move(
        venue.currency.code,
        house(venue.venue_id, "grant"),
        holder_of(account.account_id),
        venue.start_minor,
        TransferKind.POST,
        "grant",
    )
    settlement.tell(account, "opened", {"start_minor": venue.start_minor})
    return Done(command.seq, venue.venue_id, account.account_id)


def _set_clock(venue: VenueState, command: Command, changes: Changes) -> Reply:
    """``to_ns`` is where the writer lets the market run to for a step or a seek."""
    request = request_of(command.body["request"], command.key or "")
    assert isinstance(request, ClockRequest)
    if venue.owner != request.user_id:
        return Refusal(Reason.CLOCK_NOT_YOURS)
    match request.action:
        case ClockAction.PLAY:
            if venue.ended:
                return Refusal(Reason.VENUE_ENDED)
            venue.running = True
        case ClockAction.PAUSE:
            venue.running = False
        case ClockAction.SPEED:
            if request.number not in SPEEDS:
                return Refusal(Reason.SPEED_NOT_OFFERED)
            venue.speed = request.number
        case ClockAction.STEP | ClockAction.SEEK:
            to_ns = AtNs(command.body["to_ns"])
            if to_ns < venue.cursor_ns:
                return Refusal(Reason.SEEK_BACKWARDS)
            if venue.feed.end_ns is not None and to_ns > venue.feed.end_ns:
                return Refusal(Reason.SEEK_OUTSIDE_TAPE)
            if request.action is ClockAction.STEP:
                venue.running = False
            advance(venue, to_ns, changes)
    return Done(command.seq, venue.venue_id)


def _on_order(venue: VenueState, command: Command, changes: Changes) -> Reply:
    request = request_of(command.body["request"], command.key or "")
    assert isinstance(request, PlaceRequest | CancelRequest | ReplaceRequest | SubscribeRequest)
    account = venue.accounts.get(request.account_id)
    if account is None:
        return Refusal(Reason.ACCOUNT_UNKNOWN)
    if venue.ended and not isinstance(request, CancelRequest):
        return Refusal(Reason.VENUE_ENDED)
    latency_ns = command.body.get("latency_ns", 0)
    match request:
        case PlaceRequest():
            order_id = OrderId(command.seq)
            return place(venue, account, order_id, request, changes, latency_ns)
        case CancelRequest():
            return cancel(venue, request, changes, latency_ns)
        case ReplaceRequest():
            return replace_order(venue, command, request, changes)
        case SubscribeRequest():
            refusal = CorporateActions(Settlement(venue, changes)).subscribe(request)
            return refusal or Done(command.seq, venue.venue_id, account.account_id)
