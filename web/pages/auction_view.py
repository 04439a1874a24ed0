"""The panel of a call auction on the desk: what it would give now, until when orders can go."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from matching.instrument import Instrument
from matching.orders import Side
from matching.phases import PHASES
from matching.units import NS_PER_SECOND
from web import formats
from web.i18n import N_, translate
from web.pages.common import OwnAccount, core_of, language
from web.words import PHASES as PHASE_NAMES
from web.words import worded

_BUYS, _SELLS = N_("{qty} of buyers"), N_("{qty} of sellers")
_LOCK_IN, _PRICE_IN = N_("Cancelling ends in"), N_("Price is made in")
_OPEN = N_("Orders can still be cancelled.")
_LOCKED = N_("Orders can still be placed, but no longer cancelled.")


def auction_words(request: Request, own: OwnAccount, instrument: Instrument) -> dict[str, Any]:
    """What ``_auction.html`` shows; ``running`` is false outside an auction."""
    venues, spoken = core_of(request).venues, language(request)
    clock = venues.clock(own.venue.venue_id)
    depth = venues.depth(own.venue.venue_id, instrument.instrument_id)
    allows = PHASES[clock.phase]
    words = {
        "running": allows.auction and not clock.ended,
        "title": worded(PHASE_NAMES, clock.phase.value, spoken),
        "until": translate(_LOCK_IN if allows.cancels else _PRICE_IN, spoken),
        "note": translate(_OPEN if allows.cancels else _LOCKED, spoken),
        "time": "–" if clock.phase_ends_ns is None else _minutes(clock.phase_ends_ns - clock.at_ns),
        "price": "–",
        "qty": "–",
        "left": "–",
    }
    shown = depth.indication if depth else None
    if shown is not None and shown.price_ticks is not None:
        words["price"] = formats.price(shown.price_ticks, instrument)
        words["qty"] = formats.quantity(shown.qty, instrument)
    if shown is not None and shown.unmatched_side is not None:
        side = _BUYS if shown.unmatched_side is Side.BUY else _SELLS
        qty = formats.quantity(shown.unmatched_qty, instrument)
        words["left"] = translate(side, spoken).format(qty=qty)
    return {"auction": words}


def _minutes(left_ns: int) -> str:
    """``4:05``; a started second counts."""
    seconds = max(0, -(-left_ns // NS_PER_SECOND))
    return f"{seconds // 60}:{seconds % 60:02}"
