"""The few rules a screen must know before anything is asked: lots and when shares can be sold."""

from __future__ import annotations

from datetime import date

from matching.board_rules import BoardRules
from matching.instrument import Instrument
from simtrade.venues.rules import market_book
from simtrade.venues.views import VenueView


def rules_of(venue: VenueView, instrument: Instrument, session: date | None) -> BoardRules:
    """The dated rules of an instrument on a day, the venue's first day before any session."""
    book = market_book(instrument.market)
    return book.on(instrument.board, session or venue.first_session)
