"""How long a request is on its way to the exchange: fill model E8."""

from __future__ import annotations

from matching.chance import draw
from matching.latency import latency_ns
from matching.market import DataKind
from simtrade.desk.requests import CancelRequest, PlaceRequest, ReplaceRequest
from simtrade.desk.state import VenueState


def delay_ns(venue: VenueState, request: PlaceRequest | CancelRequest | ReplaceRequest) -> int:
    """Drawn from the venue, the session, the person and the number of things that have happened in
    his account: what others do changes nobody's delay, and a refused request draws the same again.

    While a venue's time stands still nothing is on its way.  Bars are so much slower than any
    delay that they need none.
    """
    account = venue.accounts.get(request.account_id)
    if account is None or not venue.running or venue.ended:
        return 0
    if venue.exchange.data is DataKind.BARS:
        return 0
    session = venue.exchange.session
    names = (venue.venue_id, venue.tape, "" if session is None else session.isoformat())
    drawn = draw(*names, account.user_id, account.events, type(request).__name__)
    return latency_ns(account.profile, drawn)
