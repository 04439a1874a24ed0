"""The desk: one synchronous function from a command to its consequences.

risk -> hold -> match -> settle -> receipt, in memory, without clock, chance or I/O.  The same
venue state and command give the same changes on any machine; the store makes them durable and
``verify`` carries them out again.
"""

from __future__ import annotations

from feeds.feed import Interval
from matching.corporate_actions import CodeChange, Delisting, Due, ExDate
from matching.entry import Refused
from matching.instrument import InstrumentId
from matching.listing import DayFigures
from matching.market import MarketEvent, SessionOpen, Split
from matching.orders import (
    AccountId,
    CancelOrder,
    FillProfile,
    OrderId,
    PlaceOrder,
    ReplaceOrder,
    Side,
)
from matching.reasons import Reason
from matching.units import AtNs
from simtrade.desk.commands import Command, CommandKind, request_of
from simtrade.desk.corporate_actions import CorporateActions
from simtrade.desk.ledger import Asset, TransferKind, holder_of, house
from simtrade.desk.requests import (
    SPEEDS,
    ArmPlan,
    CancelRequest,
    ClockAction,
    ClockRequest,
    Done,
    PlaceRequest,
    Refusal,
    ReplaceRequest,
    Reply,
    SteerPlan,
    SubscribeRequest,
    UserId,
)
from simtrade.desk.settle import Settlement, more_of
from simtrade.desk.state import Account, Changes, OrderRecord, VenueState
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
        case _:
            reply = _on_order(venue, command, changes)
            _plans(venue, changes).follow()
    return reply, changes


def advance(venue: VenueState, to_ns: AtNs, changes: Changes) -> None:
    """Let the market happen up to and including ``to_ns``."""
    settlement = Settlement(venue, changes)
    plans = _plans(venue, changes)
    while True:
        for event in venue.feed.events(venue.cursor_ns, to_ns, plans.watch):
            if plans.wakes_before(event.at_ns):
                break  # what the feed left out meanwhile may matter after that moment
            happened = venue.exchange.on_market(event)
            if happened:
                settlement.follow(happened)
            _session_facts(settlement, event)
            plans.saw(event, happened)
        due_ns = plans.next_ns()
        wakes = due_ns is not None and due_ns <= to_ns
        venue.cursor_ns = due_ns if due_ns is not None and wakes else to_ns
        arrived = venue.exchange.pass_time(venue.cursor_ns)
        if arrived:
            settlement.follow(arrived)
            plans.follow()
        if not wakes:
            return
        plans.wake()


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
        return _place(self._venue, account, order_id, request, self._changes)

    def cancel(self, request: CancelRequest) -> Reply:
        return _cancel(self._venue, request, self._changes)

    def check(self, request: PlaceRequest) -> Refusal | None:
        account = self._venue.accounts[request.account_id]
        self.refresh(request.instrument_id)
        order = order_of(request, account, OrderId(0), self._venue.cursor_ns)
        refused = self._venue.exchange.check_place(order)
        return None if refused is None else _refusal(refused)

    def worst_ticks(self, request: PlaceRequest) -> int:
        account = self._venue.accounts[request.account_id]
        order = order_of(request, account, OrderId(0), self._venue.cursor_ns)
        return self._venue.exchange.worst_ticks(order)


def _plans(venue: VenueState, changes: Changes) -> Runner:
    return Runner(venue, changes, _Hands(venue, changes))


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
            return _place(venue, account, order_id, request, changes, latency_ns)
        case CancelRequest():
            return _cancel(venue, request, changes, latency_ns)
        case ReplaceRequest():
            return _replace(venue, command, request, changes)
        case SubscribeRequest():
            refusal = CorporateActions(Settlement(venue, changes)).subscribe(request)
            return refusal or Done(command.seq, venue.venue_id, account.account_id)


def _place(
    venue: VenueState,
    account: Account,
    order_id: OrderId,
    request: PlaceRequest,
    changes: Changes,
    latency_ns: int = 0,
) -> Reply:
    refresh(venue, request.instrument_id)
    order = order_of(request, account, order_id, venue.cursor_ns, latency_ns)
    refused = venue.exchange.check_place(order)
    if refused is not None:
        return _refusal(refused)
    record = OrderRecord(order, request.key, venue.exchange.working_of(order))
    record.working.priority = changes.seq
    settlement = Settlement(venue, changes)
    needed = settlement.needed_hold(record)
    refusal = check_funds(venue, record, *needed)
    if refusal is not None:
        return refusal
    venue.orders[order.order_id] = record
    settlement.hold(record, *needed)
    settlement.follow(venue.exchange.place(record.working))
    return Done(changes.seq, venue.venue_id, account.account_id, order.order_id)


def refresh(venue: VenueState, instrument_id: InstrumentId) -> None:
    """Bring the last price of a listing without quotes up to the cursor, as a screen shows it: bars
    that could touch nobody were left out, and a running bar tells no more than its first price.
    With it come the figures of the last whole day, which an order's size is measured by."""
    listing = venue.exchange.listings.get(instrument_id)
    if listing is None or venue.exchange.shows_depth:
        return
    last = venue.feed.last(instrument_id, venue.cursor_ns)
    if last is not None:
        listing.street.last_ticks = last.last_ticks
    listing.day = last_day(venue, instrument_id)


def last_day(venue: VenueState, instrument_id: InstrumentId) -> DayFigures | None:
    """Volume and range of the newest whole day at the cursor; None before the first one."""
    days = venue.feed.bars(instrument_id, Interval.DAY, venue.cursor_ns, 2)
    whole = len(days.volume) - days.partial
    if whole < 1:
        return None
    high, low = int(days.high_ticks[whole - 1]), int(days.low_ticks[whole - 1])
    return DayFigures(int(days.volume[whole - 1]), high - low)


def order_of(
    request: PlaceRequest, account: Account, order_id: OrderId, at_ns: AtNs, latency_ns: int = 0
) -> PlaceOrder:
    return PlaceOrder(
        order_id=order_id,
        account_id=account.account_id,
        instrument_id=request.instrument_id,
        side=request.side,
        kind=request.kind,
        qty=request.qty,
        limit_ticks=request.limit_ticks,
        time_in_force=request.time_in_force,
        profile=account.profile,
        at_ns=at_ns,
        latency_ns=latency_ns,
    )


def check_funds(venue: VenueState, record: OrderRecord, minor: int, qty: int) -> Refusal | None:
    """Whether cash and sellable shares cover a reservation of ``minor`` and ``qty``, counting what
    the order reserves already."""
    order = record.order
    mine = holder_of(order.account_id)
    more_qty = qty - record.hold_qty
    if order.side is Side.SELL and more_qty > 0:
        shares = venue.ledger.balance(mine, Asset(order.instrument_id)).available
        position = venue.positions.get((order.account_id, order.instrument_id))
        unsettled = position.unsettled_qty if position else 0
        numbers = {"available": max(0, shares - unsettled), "unsettled": unsettled}
        if more_qty > shares:
            return Refusal(Reason.NOT_ENOUGH_TO_SELL, numbers)
        if more_qty > shares - unsettled:
            rules = venue.exchange.listings[order.instrument_id].rules
            source = rules.cite("settlement") if rules else ""
            return Refusal(Reason.NOT_SETTLED_YET, numbers, source)
        split = _check_odd_lot(venue, order, qty, shares - unsettled + record.hold_qty)
        if split is not None:
            return split
    more_minor = minor - record.hold_minor
    cash = venue.ledger.balance(mine, Asset(venue.currency.code)).available
    if more_minor > cash:
        numbers = {"available_minor": cash, "needed_minor": more_minor}
        return Refusal(Reason.NOT_ENOUGH_CASH, numbers)
    return None


def _check_odd_lot(venue: VenueState, order: PlaceOrder, qty: int, held: int) -> Refusal | None:
    """The rest of a holding that is no whole lot is sold in one order, never in pieces."""
    rules = venue.exchange.listings[order.instrument_id].rules
    if rules is None or not rules.lots.odd_lot_sell or not rules.lots.splits_rest(qty, held):
        return None
    numbers = {"lot": rules.lots.min_qty, "odd_qty": rules.lots.odd_qty(held)}
    return Refusal(Reason.ODD_LOT_SPLIT, numbers, rules.cite("lot"))


def _cancel(
    venue: VenueState, request: CancelRequest, changes: Changes, latency_ns: int = 0
) -> Reply:
    working = venue.exchange.find(request.account_id, request.order_id)
    if working is None:
        return Refusal(Reason.ORDER_NOT_OPEN)
    if latency_ns and working.change is not None and not working.change.qty:
        return Refusal(Reason.CHANGE_ON_ITS_WAY)
    cancel = CancelOrder(
        request.order_id, request.account_id, venue.cursor_ns, latency_ns, changes.seq
    )
    refused = venue.exchange.check_cancel(cancel)
    if refused is not None:
        return _refusal(refused)
    changes.orders[request.order_id] = venue.orders[request.order_id]
    Settlement(venue, changes).follow(venue.exchange.cancel(cancel))
    return Done(changes.seq, venue.venue_id, request.account_id, request.order_id)


def _replace(
    venue: VenueState, command: Command, request: ReplaceRequest, changes: Changes
) -> Reply:
    replace = ReplaceOrder(
        request.order_id,
        request.account_id,
        request.qty,
        request.limit_ticks,
        venue.cursor_ns,
        command.seq,
        command.body.get("latency_ns", 0),
    )
    refused = venue.exchange.check_replace(replace)
    if refused is not None:
        return _refusal(refused)
    record = venue.orders[request.order_id]
    if record.working.change is not None:
        return Refusal(Reason.CHANGE_ON_ITS_WAY)
    settlement = Settlement(venue, changes)
    needed = settlement.needed_hold(record, request.qty, request.limit_ticks)
    refusal = check_funds(venue, record, *needed)
    if refusal is not None:
        return refusal
    if replace.latency_ns:  # until it arrives the order works on as it is
        needed = more_of(needed, settlement.needed_hold(record))
    settlement.hold(record, *needed)
    settlement.follow(venue.exchange.replace(replace))
    return Done(command.seq, venue.venue_id, request.account_id, request.order_id)


def _refusal(refused: Refused) -> Refusal:
    return Refusal(refused.reason, refused.numbers, refused.rule)
