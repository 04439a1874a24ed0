"""What a screen shows of a venue, made from its state: by the engine's thread for venues in
memory, by readers from stored rows for the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from feeds.feed import Feed
from matching.board_rules import BoardRules
from matching.instrument import InstrumentId
from matching.orders import Side
from matching.phases import PHASES
from matching.scope import Scope
from matching.units import AtNs
from simtrade.desk.requests import UserId, VenueId
from simtrade.desk.state import VenueState
from simtrade.venues.views import ClockView, DepthView, QuoteView, VenueView


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Immutable, so that it can be handed from thread to thread."""

    clock: ClockView
    quotes: dict[InstrumentId, QuoteView]
    depth: dict[InstrumentId, DepthView]
    rules: dict[InstrumentId, BoardRules]  # of the session, where they are known


def venue_view(row: Any, feed: Feed) -> VenueView:
    """The fixed facts, from the venue's row and its feed."""
    return VenueView(
        venue_id=VenueId(row.venue_id),
        tape=row.tape,
        owner=None if row.owner is None else UserId(row.owner),
        traits=feed.traits,
        instruments=feed.instruments,
        first_session=date.fromisoformat(row.first_session),
        start_ns=AtNs(row.start_ns),
        end_ns=feed.end_ns,
        scope=Scope(row.scope),
        name=row.name,
    )


def snapshot(venue: VenueState) -> Snapshot:
    clock = ClockView(
        at_ns=venue.cursor_ns,
        phase=venue.exchange.phase,
        running=venue.running and not venue.ended,
        speed=venue.speed,
        ended=venue.ended,
        owner=venue.owner,
        session=venue.exchange.session,
        phase_ends_ns=venue.exchange.phase_ends_ns,
    )
    quotes: dict[InstrumentId, QuoteView] = {}
    depth: dict[InstrumentId, DepthView] = {}
    for instrument_id, listing in venue.exchange.listings.items():
        quote = _quote(venue, instrument_id)
        if quote is not None:
            quotes[instrument_id] = quote
        if venue.exchange.shows_depth:
            bids, asks = ((), ()) if _in_auction(venue) else listing.street.visible
            shown = listing.street.indication
            depth[instrument_id] = DepthView(instrument_id, bids, asks, shown)
    rules = {
        key: listing.rules
        for key, listing in venue.exchange.listings.items()
        if listing.rules is not None
    }
    return Snapshot(clock, quotes, depth, rules)


def _in_auction(venue: VenueState) -> bool:
    """Quotes of before an auction mean nothing while it collects orders."""
    return PHASES[venue.exchange.phase].auction


def _quote(venue: VenueState, instrument_id: InstrumentId) -> QuoteView | None:
    listing, auction = venue.exchange.listings[instrument_id], _in_auction(venue)
    last = venue.feed.last(instrument_id, venue.cursor_ns)
    if last is None or not listing.listed:
        return None
    band = listing.price_band
    street = listing.street
    stale = venue.exchange.shows_depth and not auction and listing.stale(venue.cursor_ns)
    return QuoteView(
        instrument_id=instrument_id,
        last_ticks=last.last_ticks,
        reference_ticks=last.reference_ticks,
        high_ticks=last.high_ticks,
        low_ticks=last.low_ticks,
        volume=last.volume,
        bid=None if auction else street.best(Side.BUY),
        ask=None if auction else street.best(Side.SELL),
        upper_ticks=band[1] if band else None,
        lower_ticks=band[0] if band else None,
        halted=listing.stopped(venue.cursor_ns),
        stale=stale,
        crossed=street.crossed,
        sealed=listing.sealed,
        suspended=listing.terms.suspended,
    )
