"""The exchange of one venue: orders and market events in, events out.

Pure and deterministic: the same calls give the same events.  It knows no cash and no positions;
the desk asks ``check_*`` first, reserves, and then calls ``place``/``replace``/``cancel``, which
cannot fail.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matching.auction_fills import end_auction_orders, on_last_price
from matching.corporate_actions import CodeChange, CorporateEvent, Delisting, Due, ExDate
from matching.corporate_orders import adjust_orders, move_orders, see_change
from matching.corporate_rules import corporate_rules
from matching.depth_fills import arrive, usable
from matching.entry import PhaseNow, Refused, check_cancel, check_place, check_replace
from matching.events import Cause, Event, OrderAccepted, OrderReplaced
from matching.instrument import Instrument, InstrumentId
from matching.listing import Change, Listing, Stage, WorkingOrder, stage_of
from matching.market import (
    Band,
    DataKind,
    Halt,
    MarketEvent,
    Phase,
    PhaseChange,
    SessionClose,
    SessionOpen,
    Snapshot,
    Split,
    Trade,
)
from matching.orders import AccountId, CancelOrder, OrderId, PlaceOrder, ReplaceOrder, TimeInForce
from matching.phases import PHASES, check_transition
from matching.reasons import Reason
from matching.rulebook import Rules
from matching.scope import Scope
from matching.street_data import meet, show
from matching.taking import impact_ticks
from matching.terms import ORDINARY
from matching.transit import Arrival, Transit, change_of
from matching.units import AtNs, PriceTicks

# Data that tells every change: its last display is the state at any moment until the next one.
_TOLD_AT_ONCE = (DataKind.QUOTES, DataKind.DEPTH, DataKind.ORDERS)


class Exchange:
    """Listings, phase and rules of one venue."""

    def __init__(
        self,
        instruments: Iterable[Instrument],
        rule_book: Rules,
        data: DataKind,
        scope: Scope = Scope.ACCOUNT,
    ) -> None:
        self.rule_book = rule_book
        self.data = data
        self.scope = scope
        self.listings = {one.instrument_id: Listing(one, data, scope) for one in instruments}
        self.phase = Phase.CLOSED
        self.phase_ends_ns: AtNs | None = None
        self.session: date | None = None
        self.opened_ns: AtNs | None = None  # when the session began
        self.open_orders: dict[AccountId, dict[OrderId, Listing]] = {}
        self.transit = Transit()

    @property
    def shows_depth(self) -> bool:
        """Whether the data has a display of quotes at all."""
        return self.data not in (DataKind.BARS, DataKind.TRADES)

    # What a feed may leave out

    def band(self, instrument_id: InstrumentId) -> Band:
        return self.listings[instrument_id].band

    # Orders

    def find(self, account_id: AccountId, order_id: OrderId) -> WorkingOrder | None:
        listing = self.open_orders.get(account_id, {}).get(order_id)
        return listing.orders[order_id] if listing else None

    def own(self, account_id: AccountId) -> list[WorkingOrder]:
        """All open orders of an account, in the order they came."""
        found = self.open_orders.get(account_id, {})
        return [listing.orders[order_id] for order_id, listing in found.items()]

    def check_place(self, order: PlaceOrder) -> Refused | None:
        """The first reason in order of precedence, or None."""
        listing = self.listings.get(order.instrument_id)
        if listing is None:
            return Refused(Reason.INSTRUMENT_UNKNOWN)
        return check_place(listing, order, self.phase, self.own(order.account_id))

    def worst_ticks(self, order: PlaceOrder) -> PriceTicks:
        """The worst price the order can trade at: its limit, or a market order's collar."""
        if order.limit_ticks is not None:
            return order.limit_ticks
        listing = self.listings[order.instrument_id]
        expected = listing.expected_ticks(order.side)
        assert expected is not None
        assert listing.rules is not None
        collar = listing.rules.collar_ticks(order.side, expected)
        band = listing.price_band
        if band is not None:
            collar = PriceTicks(max(band[0], min(band[1], collar)))
        return collar

    def working_of(self, order: PlaceOrder) -> WorkingOrder:
        """The order as it would start to work; ``check_place`` has let it pass."""
        listing = self.listings[order.instrument_id]
        return WorkingOrder(
            order=order,
            qty=order.qty,
            limit_ticks=self.worst_ticks(order),
            stage=stage_of(order),
            since_ns=order.at_ns,
            priority=order.order_id,
            impact_ticks=0 if self.shows_depth else impact_ticks(listing.day, order.qty),
        )

    def place(self, working: WorkingOrder) -> list[Event]:
        """Take in an order that ``check_place`` let pass."""
        order = working.order
        listing = self.listings[order.instrument_id]
        accepted = OrderAccepted(order.order_id, order.account_id, order.instrument_id, order.at_ns)
        if order.latency_ns:
            working.stage, working.since_ns = Stage.COMING, AtNs(order.at_ns + order.latency_ns)
        self.restore(working)
        return self._follow([accepted, *self._meet(listing, working, order.at_ns)])

    def _meet(self, listing: Listing, working: WorkingOrder, at_ns: AtNs) -> list[Event]:
        """Meet the display at once, unless an older order still waits for it: nobody overtakes."""
        if working.stage is not Stage.ENTERING or self.data not in _TOLD_AT_ONCE:
            return []
        others = (one for one in listing.entering.values() if one is not working)
        overtakes = any(not one.is_market for one in others)
        if self._matches(listing, at_ns) and not overtakes and usable(listing, at_ns):
            return arrive(listing, working, at_ns)
        return []

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
        return check_cancel(listing, self._now)

    @property
    def _now(self) -> PhaseNow:
        return PhaseNow(self.phase, self.phase_ends_ns)

    def cancel(self, command: CancelOrder) -> list[Event]:
        """Cancel an open order of the account, now or when the cancel has arrived; KeyError when
        there is none."""
        listing = self.open_orders[command.account_id][command.order_id]
        working = listing.orders[command.order_id]
        if command.latency_ns:
            self.transit.send_change(working, command)
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
                events += self._follow(self._arrive(listing, working, arrival))
        return events

    def _arrive(self, listing: Listing, working: WorkingOrder, arrival: Arrival) -> list[Event]:
        """An order comes to the street, or a change to its order; what was overtaken by a later
        command is no more."""
        due_ns, change = arrival.due_ns, working.change
        if working.stage is Stage.COMING and arrival.place == working.priority:
            listing.enter_again(working)
            return self._meet(listing, working, due_ns)
        if change is None or arrival.place != change.priority:
            return []
        working.change = None
        listing.touched[working.order_id] = None
        if not PHASES[self.phase].cancels:
            return []  # the auction was locked while it was on its way: the order stays as it is
        if change.qty <= working.filled:
            return [listing.cancel(working, Cause.BY_OWNER, due_ns)]
        return self._change(listing, working, change)

    def check_replace(self, command: ReplaceOrder) -> Refused | None:
        working = self.find(command.account_id, command.order_id)
        if working is None:
            return Refused(Reason.ORDER_NOT_OPEN)
        listing = self.listings[working.order.instrument_id]
        own = self.own(command.account_id)
        return check_replace(listing, command, working, self._now, own)

    def replace(self, command: ReplaceOrder) -> list[Event]:
        """E3f: a new price or a larger quantity goes to the back; a smaller one keeps its place."""
        listing = self.open_orders[command.account_id][command.order_id]
        working = listing.orders[command.order_id]
        if command.latency_ns:
            self.transit.send_change(working, command)
            return []
        return self._follow(self._change(listing, working, change_of(command)))

    def _change(self, listing: Listing, working: WorkingOrder, change: Change) -> list[Event]:
        at_ns, priority, qty, limit_ticks = change
        keeps = limit_ticks == working.limit_ticks and qty < working.qty
        replaced = OrderReplaced(
            working.order_id,
            working.account_id,
            working.order.instrument_id,
            qty,
            limit_ticks,
            keeps,
            at_ns,
        )
        if keeps:
            if working.stage is Stage.RESTING:
                listing.book.reduce(working.order_id, working.qty - qty)
            working.qty = qty
            return [replaced]
        listing.remove(working)
        working.qty, working.limit_ticks = qty, limit_ticks
        working.stage, working.since_ns = stage_of(working.order), at_ns
        working.priority = priority
        working.traded_at_price = 0
        self.restore(working)
        return [replaced, *self._meet(listing, working, at_ns)]

    # The market

    def on_market(self, event: MarketEvent) -> list[Event]:
        """Let one market event happen, after everything that arrives before it."""
        arrived = self._arrive_before(event.at_ns + isinstance(event, Snapshot))
        return arrived + self._on_market(event)

    def _on_market(self, event: MarketEvent) -> list[Event]:
        match event:
            case PhaseChange():
                return self._change_phase(event)
            case SessionOpen():
                return self._open_session(event)
            case SessionClose():
                return self._close_session(event)
            case Halt():
                self.listings[event.instrument_id].halted = event.halted
            case Split() | ExDate() | Delisting() | CodeChange() | Due():
                self.see(event)
                return self._follow(self._change_orders(event))
            case _:
                listing = self.listings[event.instrument_id]
                matches = self._matches(listing, event.at_ns)
                told = self._follow(meet(listing, event, self.phase, matches=matches))
                self.see_pauses(event)
                return told
        return []

    def _change_phase(self, event: PhaseChange) -> list[Event]:
        check_transition(self.phase, event.phase)
        self._see_phase(event)
        if self.phase is not Phase.CONTINUOUS or self.data is DataKind.BARS:
            return []
        # Where the opening had no result there was no auction for what was for it.
        listings = self.listings.values()
        return self._follow(end_auction_orders(listings, TimeInForce.AT_OPEN, event.at_ns))

    def _matches(self, listing: Listing, at_ns: AtNs) -> bool:
        return PHASES[self.phase].matches and listing.listed and not listing.stopped(at_ns)

    def _open_session(self, event: SessionOpen) -> list[Event]:
        self._see_session(event)
        events: list[Event] = []
        for listing in self.listings.values():
            listing.consumed.clear()
            listing.bar_used.clear()
            listing.pairs.clear()
            if not listing.listed:
                gone = list(listing.orders.values())
                events.extend(listing.cancel(one, Cause.NOT_LISTED, event.at_ns) for one in gone)
        return self._follow(events)

    def see(self, event: MarketEvent) -> None:
        """Know what the street shows without letting anybody trade on it: start and refresh."""
        match event:
            case PhaseChange():
                self._see_phase(event)
            case SessionOpen():
                self._see_session(event)
            case SessionClose():
                self._see_closes(event)
            case Halt():
                self.listings[event.instrument_id].halted = event.halted
            case Split() | ExDate() | Delisting() | CodeChange() | Due():
                see_change(self.listings[event.instrument_id], event)
            case _:
                show(self.listings[event.instrument_id], event)

    def see_pauses(self, event: MarketEvent) -> None:
        """Know what may pause trading: prices in continuous trading, and its breaks."""
        match event:
            case Trade():
                self._see_price(event.instrument_id, event.price_ticks, event.at_ns)
            case Snapshot() if event.last_ticks is not None:
                self._see_price(event.instrument_id, event.last_ticks, event.at_ns)
            case PhaseChange():
                self._see_phase(event)
            case _:
                pass

    def _see_price(self, instrument_id: InstrumentId, price_ticks: int, at_ns: AtNs) -> None:
        listing = self.listings[instrument_id]
        if PHASES[self.phase].matches and not listing.halted:
            listing.pauses.on_price(price_ticks, at_ns)

    @property
    def orders_pauses(self) -> bool:
        """Whether prices of the running session can pause an instrument."""
        return any(listing.pauses for listing in self.listings.values())

    def _see_phase(self, event: PhaseChange) -> None:
        self.phase, self.phase_ends_ns = event.phase, event.ends_ns
        allows = PHASES[event.phase]
        resumes = Phase.CONTINUOUS in allows.next_phases
        for listing in self.listings.values():
            listing.pauses.on_phase(matches=allows.matches, resumes=resumes, at_ns=event.at_ns)

    def _see_session(self, event: SessionOpen) -> None:
        self.session, self.opened_ns = event.session, event.at_ns
        references, terms = dict(event.references), dict(event.terms)
        pauses = self.data is not DataKind.BARS and not event.halts_told
        for key, listing in self.listings.items():
            book = self.rule_book.of(listing.instrument)
            listing.see_session(
                event.session, references.get(key), terms.get(key, ORDINARY), book, pauses=pauses
            )

    def _see_closes(self, event: SessionClose) -> None:
        for instrument_id, close_ticks in event.closes:
            self.listings[instrument_id].street.last_ticks = close_ticks

    def _close_session(self, event: SessionClose) -> list[Event]:
        self._see_closes(event)
        events: list[Event] = []
        if self.data is DataKind.BARS:
            for instrument_id, close_ticks in event.closes:
                events.extend(on_last_price(self.listings[instrument_id], event, close_ticks))
        for listing in self.listings.values():
            for working in list(listing.orders.values()):
                if working.order.time_in_force is not TimeInForce.GTC or working.is_market:
                    events.append(listing.cancel(working, Cause.DAY_OVER, event.at_ns))
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
        """Keep the index of open orders in step with what the listings did."""
        for event in events:
            own = self.open_orders.get(event.account_id)
            if own is not None:
                listing = own.get(event.order_id)
                if listing is not None and event.order_id not in listing.orders:
                    del own[event.order_id]
                    if not own:
                        del self.open_orders[event.account_id]
        return events
