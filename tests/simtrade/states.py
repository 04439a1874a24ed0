"""Everything of a venue that decides its future, as plain values that can be compared."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from matching.listing import Listing
from matching.orders import Side
from simtrade.desk.state import VenueState


def essence(venue: VenueState) -> dict[str, Any]:
    exchange = venue.exchange
    return {
        "clock": (venue.venue_id, venue.owner, venue.tape, venue.first_session, venue.start_ns,
                  venue.cursor_ns, venue.running, venue.speed, venue.start_minor),
        "session": (exchange.session, exchange.phase, exchange.phase_ends_ns),
        "accounts": {key: asdict(one) for key, one in sorted(venue.accounts.items())},
        "positions": {key: asdict(one) for key, one in sorted(venue.positions.items())},
        "entitlements": [asdict(one) for _, one in sorted(venue.entitlements.items())],
        "balances": {key: asdict(one) for key, one in sorted(venue.ledger.balances.items())},
        "orders": [(key, asdict(one)) for key, one in sorted(venue.orders.items())],
        "open": {key: sorted(own) for key, own in sorted(exchange.open_orders.items())},
        "plans": [(key, asdict(one)) for key, one in venue.plans.items()],
        "listings": {key: _listing(one) for key, one in exchange.listings.items()},
    }  # fmt: skip


def _listing(listing: Listing) -> dict[str, Any]:
    street = listing.street
    found: dict[str, Any] = {
        "day": (
            listing.listed,
            listing.halted,
            listing.terms,
            listing.rules,
            listing.reference_ticks,
        ),
        "queues": [
            [one.order_id for one in listing.reached(side, 0 if side is Side.BUY else 2**31 - 1)]
            for side in Side
        ],
        "entering": list(listing.entering),
        "for_auction": sorted(listing.for_auction),
        "indication": listing.street.indication,
        "hidden": sorted(listing.hidden),
        "taken": list(listing.consumed.entries()),
        "scope": (listing.scope, dict(sorted(listing.pairs.items()))),
        "bar_used": dict(sorted(listing.bar_used.items())),
    }
    if listing.bar_used:
        found["bar_start"] = listing.bar_used_start_ns
    if listing.shows_depth:
        found["display"] = (street.visible, street.sizes, street.traded, street.levels_shown,
                            street.displayed_at_ns, street.updated_at_ns, street.event_seq,
                            street.last_ticks)  # fmt: skip
    return found
