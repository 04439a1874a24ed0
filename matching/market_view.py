"""What an exchange knows of its market: phase, session, rules, pauses, and what the street shows.

Nothing here touches an order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matching.corporate_actions import CodeChange, Delisting, Due, ExDate
from matching.corporate_orders import see_change
from matching.instrument import Instrument, InstrumentId
from matching.listing import Listing
from matching.market import (
    AuctionIndication,
    Band,
    DataKind,
    Depth,
    Halt,
    MarketEvent,
    Phase,
    PhaseChange,
    SessionClose,
    SessionOpen,
    Silence,
    Snapshot,
    Split,
    StreetCancel,
    StreetData,
    StreetOrder,
    Trade,
)
from matching.phases import PHASES
from matching.rulebook import Rules
from matching.scope import Scope
from matching.street_data import show
from matching.terms import ORDINARY
from matching.units import AtNs


class MarketView:
    """Listings, phase, session and rules of one venue, as its feed tells them.

    ``complete``: the feed tells every change when it happens, so that its silence means that
    nothing does; a display of it never grows stale.
    """

    def __init__(
        self,
        instruments: Iterable[Instrument],
        rule_book: Rules,
        data: DataKind,
        scope: Scope = Scope.ACCOUNT,
        *,
        complete: bool = False,
    ) -> None:
        self.rule_book = rule_book
        self.data = data
        self.scope = scope
        self.listings = {
            one.instrument_id: Listing(one, data, scope, complete=complete) for one in instruments
        }
        self.phase = Phase.CLOSED
        self.phase_ends_ns: AtNs | None = None
        self.session: date | None = None
        self.opened_ns: AtNs | None = None  # when the session began

    @property
    def shows_depth(self) -> bool:
        """Whether the data has a display of quotes at all."""
        return self.data not in (DataKind.BARS, DataKind.TRADES)

    # What a feed may leave out

    def band(self, instrument_id: InstrumentId) -> Band:
        return self.listings[instrument_id].band

    def matches(self, listing: Listing, at_ns: AtNs) -> bool:
        return PHASES[self.phase].matches and listing.listed and not listing.stopped(at_ns)

    def see(self, event: MarketEvent) -> None:
        """Know what the street shows without letting anybody trade on it: start and refresh."""
        match event:
            case PhaseChange():
                self.see_phase(event)
                self.forget_auction(event)
            case SessionOpen():
                self.see_session(event)
            case SessionClose():
                self.see_closes(event)
            case Halt():
                self.listings[event.instrument_id].halted = event.halted
            case Silence():
                self.listings[event.instrument_id].street.lose_sight()
            case Split() | ExDate() | Delisting() | CodeChange() | Due():
                see_change(self.listings[event.instrument_id], event)
            case _:
                show(self.listings[event.instrument_id], event)

    def see_pauses(self, event: MarketEvent) -> None:
        """Know what may pause trading: prices in continuous trading, its breaks, and the first word
        of the street after a pause."""
        match event:
            case Trade():
                self.reopens(event)
                self._see_price(event.instrument_id, event.price_ticks, event.at_ns)
            case Snapshot():
                self.reopens(event)
                if event.last_ticks is not None:
                    self._see_price(event.instrument_id, event.last_ticks, event.at_ns)
            case Depth() | StreetOrder() | StreetCancel():
                self.reopens(event)
            case PhaseChange():
                self.see_phase(event)
            case _:
                pass

    def reopens(self, event: StreetData) -> bool:
        """Whether it is the market's first word after a pause that a call auction ends."""
        listing = self.listings[event.instrument_id]
        if isinstance(event, AuctionIndication) or not PHASES[self.phase].matches:
            return False
        if listing.halted:
            return False
        return listing.pauses.resume(event.at_ns)

    def _see_price(self, instrument_id: InstrumentId, price_ticks: int, at_ns: AtNs) -> None:
        listing = self.listings[instrument_id]
        if PHASES[self.phase].matches and not listing.halted:
            listing.pauses.on_price(price_ticks, at_ns)

    @property
    def orders_pauses(self) -> bool:
        """Whether prices of the running session can pause an instrument."""
        return any(listing.pauses for listing in self.listings.values())

    def see_phase(self, event: PhaseChange) -> None:
        self.phase, self.phase_ends_ns = event.phase, event.ends_ns
        allows = PHASES[event.phase]
        resumes = Phase.CONTINUOUS in allows.next_phases
        for listing in self.listings.values():
            listing.pauses.on_phase(matches=allows.matches, resumes=resumes, at_ns=event.at_ns)

    def forget_auction(self, event: PhaseChange) -> None:
        """What the opening auction traded says nothing about the close."""
        if event.phase is Phase.CONTINUOUS:
            for listing in self.listings.values():
                listing.street.auction_qty = 0

    def see_session(self, event: SessionOpen) -> None:
        self.session, self.opened_ns = event.session, event.at_ns
        references, terms = dict(event.references), dict(event.terms)
        pauses = self.data is not DataKind.BARS and not event.halts_told
        for key, listing in self.listings.items():
            book = self.rule_book.of(listing.instrument)
            listing.see_session(
                event.session, references.get(key), terms.get(key, ORDINARY), book, pauses=pauses
            )

    def see_closes(self, event: SessionClose) -> None:
        for instrument_id, close_ticks in event.closes:
            self.listings[instrument_id].street.last_ticks = close_ticks
