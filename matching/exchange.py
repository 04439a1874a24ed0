"""The exchange of one venue: orders and market events in, events out.

Pure and deterministic: the same calls give the same events.  It knows no cash and no positions;
the desk asks ``check_*`` first, reserves, and then calls ``place``/``replace``/``cancel``, which
cannot fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matching.after_hours import on_close
from matching.auction_fills import end_auction_orders
from matching.corporate_actions import CodeChange, CorporateEvent, Delisting, Due, ExDate
from matching.corporate_orders import adjust_orders, move_orders
from matching.corporate_rules import corporate_rules
from matching.depth_fills import arrive, usable
from matching.entry import (
    PhaseNow,
    check_cancel,
    check_place,
    check_replace,
    check_room,
    over,
    working_of,
)
from matching.entry_terms import check_group
from matching.events import Cause, Event, OrderAccepted, OrderReleased, OrderTriggered
from matching.groups import Release, exits_of, set_to_work, settled
from matching.instrument import Instrument
from matching.listing import Listing
from matching.market import (
    DataKind,
    Halt,
    MarketEvent,
    Phase,
    PhaseChange,
    SessionClose,
    SessionOpen,
    Silence,
    Snapshot,
    Split,
)
from matching.market_view import MarketView
from matching.orders import AccountId, CancelOrder, OrderId, PlaceOrder, ReplaceOrder, TimeInForce
from matching.phases import check_transition
from matching.reasons import Reason, Refused
from matching.rulebook import Rules
from matching.scope import Scope
from matching.street_data import happen
from matching.transit import Arrival, Transit, change_of, replaced
from matching.units import AtNs, PriceTicks, Qty
from matching.working import (
    MARKET_PLACE,
    NOT_AT_MARKET,
    Change,
    Stage,
    WorkingOrder,
    stage_of,
)

# Data that tells every change: its last display is the state at any moment until the next one.
_TOLD_AT_ONCE = (DataKind.QUOTES, DataKind.DEPTH, DataKind.ORDERS)


class Exchange(MarketView):
    """The orders of one venue and how they meet its market."""

    def __init__(
        self,
        instruments: Iterable[Instrument],
        rule_book: Rules,
        data: DataKind,
        scope: Scope = Scope.ACCOUNT,
        *,
        complete: bool = False,
    ) -> None:
        super().__init__(instruments, rule_book, data, scope, complete=complete)
        self.open_orders: dict[AccountId, dict[OrderId, Listing]] = {}
        self.transit = Transit()
        self._releases: list[Release] = []
        # The moment of what happens now, and its place in line among everything of that moment.
        self._here: tuple[AtNs, int] = AtNs(0), 0

    # Orders

    def find(self, account_id: AccountId, order_id: OrderId) -> WorkingOrder | None:
        listing = self.open_orders.get(account_id, {}).get(order_id)
        return listing.orders[order_id] if listing else None

    def own(self, account_id: AccountId) -> list[WorkingOrder]:
        """All open orders of an account, in the order they came."""
        found = self.open_orders.get(account_id, {})
        return [listing.orders[order_id] for order_id, listing in found.items()]

    def check_place(self, order: PlaceOrder, legs: Sequence[PlaceOrder] = ()) -> Refused | None:
        """The first reason in order of precedence, or None; of a group nothing enters unless all
        can."""
        listing = self.listings.get(order.instrument_id)
        if listing is None:
            return Refused(Reason.INSTRUMENT_UNKNOWN)
        own = self.own(order.account_id)
        for one in (order, *legs):
            refused = check_place(listing, one, self.phase, self.session, own)
            if refused is not None:
                return refused
        return check_room(own, 1 + len(legs)) or check_group(listing, order, legs)

    def working_of(self, order: PlaceOrder) -> WorkingOrder:
        """The order as it would start to work; ``check_place`` has let it pass."""
        return working_of(self.listings[order.instrument_id], order)

    def place(self, working: WorkingOrder, legs: Sequence[WorkingOrder] = ()) -> list[Event]:
        """Take in an order that ``check_place`` let pass, with its legs."""
        everyone = (working, *legs)
        events: list[Event] = []
        self._here = working.order.at_ns, working.priority
        for one in everyone:  # everybody is there before the first one fills
            order = one.order
            events.append(
                OrderAccepted(order.order_id, order.account_id, order.instrument_id, order.at_ns)
            )
            if order.latency_ns and one.stage is stage_of(order):
                one.stage, one.since_ns = Stage.COMING, AtNs(order.at_ns + order.latency_ns)
            self.restore(one)
        for one in everyone:
            events += self._meet(one, one.order.at_ns)
        return self._follow(events)

    def _meet(self, working: WorkingOrder, at_ns: AtNs) -> list[Event]:
        """Meet the display at once, unless an older order still waits for it: nobody overtakes."""
        listing = self.listings[working.order.instrument_id]
        if working.stage is not Stage.ENTERING or self.data not in _TOLD_AT_ONCE:
            return []
        others = (one for one in listing.entering.values() if one is not working)
        overtakes = any(not one.is_market for one in others)
        if self.matches(listing, at_ns) and not overtakes and usable(listing, at_ns):
            return arrive(listing, working, at_ns)
        return []

    # Groups

    def take_releases(self) -> list[Release]:
        """Groups whose exits may begin to work for what their entry has filled, once each."""
        found, self._releases = self._releases, []
        return found

    def exits(self, due: Release) -> list[WorkingOrder]:
        """The open exits of a group."""
        return exits_of(due.listing, due.group_id)

    def release(self, due: Release) -> list[Event]:
        """Let the exits of a group work for what the entry has filled."""
        listing, events = due.listing, list[Event]()
        exits = self.exits(due)
        for working in exits:
            events.append(
                OrderReleased(
                    working.order_id,
                    working.account_id,
                    working.order.instrument_id,
                    Qty(working.entry_filled),
                    due.at_ns,
                )
            )
            set_to_work(listing, working, due, *self._here)
        if due.walk is not None:
            events += due.walk.resume(exits, due.position)
        for working in exits:
            events += self._meet(working, due.at_ns)
        return self._follow(events)

    def refuse(self, due: Release, cause: Cause) -> list[Event]:
        """The exits of a group cannot work."""
        listing = due.listing
        exits = self.exits(due)
        return self._follow([listing.cancel(one, cause, due.at_ns) for one in exits])

    def restore(self, working: WorkingOrder) -> None:
        """Put back an open order as it was: recovery, orders in priority order."""
        listing = self.listings[working.order.instrument_id]
        listing.add(working)
        self.open_orders.setdefault(working.account_id, {})[working.order_id] = listing
        self.transit.expect(working)

    def check_cancel(self, command: CancelOrder) -> Refused | None:
        listing = self.open_orders.get(command.account_id, {}).get(command.order_id)
        if listing is None:
            return Refused(Reason.ORDER_NOT_OPEN)
        return check_cancel(listing, listing.orders[command.order_id], self._phase_now)

    @property
    def _phase_now(self) -> PhaseNow:
        return PhaseNow(self.phase, self.phase_ends_ns)

    def cancel(self, command: CancelOrder) -> list[Event]:
        """Cancel an open order of the account, now or when the cancel has arrived; KeyError when
        there is none.  What is not in the market has no way to go."""
        listing = self.open_orders[command.account_id][command.order_id]
        working = listing.orders[command.order_id]
        if command.latency_ns and working.stage not in NOT_AT_MARKET:
            self.transit.send_change(listing, working, command)
            return []
        return self._follow([listing.cancel(working, Cause.BY_OWNER, command.at_ns)])

    # What is on its way

    def pass_time(self, to_ns: AtNs) -> list[Event]:
        """Nothing more happens on the street up to and including ``to_ns``: let everything arrive
        that is due by then."""
        return self._arrive_before(to_ns + 1)

    def _arrive_before(self, end_ns: int) -> list[Event]:
        events: list[Event] = []
        while (arrival := self.transit.next_before(end_ns)) is not None:
            listing = self.open_orders.get(arrival.account_id, {}).get(arrival.order_id)
            if listing is not None:
                working = listing.orders[arrival.order_id]
                self._here = arrival.due_ns, arrival.place
                events += self._follow(self._arrive(listing, working, arrival))
        return events

    def _arrive(self, listing: Listing, working: WorkingOrder, arrival: Arrival) -> list[Event]:
        """An order comes to the street, or a change to its order; what was overtaken by a later
        command is no more."""
        due_ns, change = arrival.due_ns, working.change
        if working.stage is Stage.COMING and arrival.place == working.priority:
            listing.enter_again(working)
            return self._meet(working, due_ns)
        if change is None or arrival.place != change.priority:
            return []
        working.change = None
        del listing.changing[working.order_id]
        listing.touched[working.order_id] = None
        if check_cancel(listing, working, self._phase_now):
            return []  # the auction was locked while it was on its way: the order stays as it is
        if change.qty <= working.filled:
            return [listing.cancel(working, Cause.BY_OWNER, due_ns)]
        if working.order.group_id is not None:  # its quantity is not its own
            change = change._replace(qty=Qty(working.qty))
        return self._change(listing, working, change)

    def check_replace(self, command: ReplaceOrder) -> Refused | None:
        working = self.find(command.account_id, command.order_id)
        if working is None:
            return Refused(Reason.ORDER_NOT_OPEN)
        listing = self.listings[working.order.instrument_id]
        own = self.own(command.account_id)
        return check_replace(listing, command, working, self._phase_now, own)

    def replaced_limit(self, command: ReplaceOrder) -> PriceTicks:
        """The worst price of an order after a replace that ``check_replace`` let pass."""
        listing = self.open_orders[command.account_id][command.order_id]
        working = listing.orders[command.order_id]
        if command.limit_ticks is not None:
            return command.limit_ticks
        stop_ticks = working.stop_after(command.stop_ticks, command.trail)
        if stop_ticks is None:  # an exit that trails has no stop before its entry has filled
            return PriceTicks(working.limit_ticks)
        return listing.collar_ticks(working.side, stop_ticks)

    def replace(self, command: ReplaceOrder) -> list[Event]:
        """E3f: a new price or a larger quantity goes to the back; a smaller one keeps its place.
        An order that is not in the market yet has none to lose."""
        listing = self.open_orders[command.account_id][command.order_id]
        working = listing.orders[command.order_id]
        limit_ticks = self.replaced_limit(command)
        if working.stage in NOT_AT_MARKET:
            working.qty, working.limit_ticks = command.qty, limit_ticks
            working.move_trigger(command.stop_ticks, command.trail)
            return [replaced(working, command.at_ns, command.priority, keeps=True)]
        if command.latency_ns:
            self.transit.send_change(listing, working, command)
            return []
        self._here = command.at_ns, command.priority
        return self._follow(self._change(listing, working, change_of(command)))

    def _change(self, listing: Listing, working: WorkingOrder, change: Change) -> list[Event]:
        at_ns, priority, qty, limit_ticks = change
        keeps = limit_ticks == working.limit_ticks and qty < working.qty
        if keeps:
            if working.stage is Stage.RESTING:
                listing.book.reduce(working.order_id, working.qty - qty)
            working.qty = qty
            return [replaced(working, at_ns, priority, keeps=True)]
        listing.remove(working)
        working.qty, working.limit_ticks = qty, limit_ticks
        working.stage, working.since_ns = stage_of(working.order), at_ns
        working.priority = priority
        working.traded_at_price = 0
        self.restore(working)
        return [replaced(working, at_ns, priority, keeps=False), *self._meet(working, at_ns)]

    # The market

    def on_market(self, event: MarketEvent) -> list[Event]:
        """Let one market event happen, after everything that arrives before it."""
        arrived = self._arrive_before(event.at_ns + isinstance(event, Snapshot))
        self._here = event.at_ns, MARKET_PLACE + event.seq
        return arrived + self._on_market(event)

    def _on_market(self, event: MarketEvent) -> list[Event]:
        match event:
            case PhaseChange():
                return self._change_phase(event)
            case SessionOpen():
                return self._open_session(event)
            case SessionClose():
                return self._close_session(event)
            case Halt() | Silence():
                self.see(event)
            case Split() | ExDate() | Delisting() | CodeChange() | Due():
                self.see(event)
                return self._follow(self._change_orders(event))
            case _:
                listing = self.listings[event.instrument_id]
                reopens = self.reopens(event)
                matches = self.matches(listing, event.at_ns)
                told = happen(listing, event, self.phase, matches=matches, reopens=reopens)
                told = self._follow(told)
                self.see_pauses(event)
                return told
        return []

    def _change_phase(self, event: PhaseChange) -> list[Event]:
        check_transition(self.phase, event.phase)
        self.see_phase(event)
        self.forget_auction(event)
        if self.phase is not Phase.CONTINUOUS or self.data is DataKind.BARS:
            return []
        # Where the opening had no result there was no auction for what was for it.
        listings = self.listings.values()
        return self._follow(end_auction_orders(listings, TimeInForce.AT_OPEN, event.at_ns))

    def _open_session(self, event: SessionOpen) -> list[Event]:
        self.see_session(event)
        events: list[Event] = []
        for listing in self.listings.values():
            listing.consumed.clear()
            listing.bar_used.clear()
            listing.pairs.clear()
            if not listing.listed:
                events += listing.cancel_all(Cause.NOT_LISTED, event.at_ns)
            self._releases += settled(listing, event.at_ns)
        return self._follow(events)

    def _close_session(self, event: SessionClose) -> list[Event]:
        self.see_closes(event)
        events: list[Event] = []
        for instrument_id, close_ticks in event.closes:
            events.extend(on_close(self.listings[instrument_id], event, close_ticks))
        for listing in self.listings.values():
            for working in listing.in_order():
                cause = over(working, self.session)
                if working.order_id not in listing.orders:
                    continue  # it ended with its group
                if cause is not None:
                    events.append(listing.cancel(working, cause, event.at_ns))
                elif self.shows_depth and working.stage is Stage.RESTING:
                    listing.enter_again(working)  # tomorrow's queue is a new one
        return self._follow(events)

    def _change_orders(self, event: Split | CorporateEvent) -> list[Event]:
        """What an instrument's change does to its open orders; they go on, or they end."""
        listing = self.listings[event.instrument_id]
        if isinstance(event, CodeChange):
            renamed = self.listings[event.new_id]
            for order_id, working in listing.orders.items():
                self.open_orders[working.account_id][order_id] = renamed
            return move_orders(listing, renamed, event.at_ns)
        if self.session is None or isinstance(event, Due):
            return []
        instrument = listing.instrument
        book = self.rule_book.of(instrument)
        return adjust_orders(listing, event, corporate_rules(book, instrument.board, self.session))

    def _follow(self, events: list[Event]) -> list[Event]:
        """Tell what events led to inside groups right after them, and keep the index of open
        orders in step with what the listings did."""
        told: list[Event] = []
        for event in events:
            listing = self.listings[event.instrument_id]
            told.append(event)
            if listing.aftermath:
                told += [after for because, after in listing.aftermath if because is event]
            if listing.releases:
                self._releases += listing.releases
                listing.releases.clear()
            if isinstance(event, OrderTriggered) and event.order_id in listing.coming:
                self.transit.expect(listing.coming[event.order_id])
        for event in told:
            listing = self.listings[event.instrument_id]
            listing.aftermath.clear()
            own = self.open_orders.get(event.account_id)
            if own is not None and event.order_id in own and event.order_id not in listing.orders:
                del own[event.order_id]
                if not own:
                    del self.open_orders[event.account_id]
        return told
